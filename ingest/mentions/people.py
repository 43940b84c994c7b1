"""Persons: "Herr Dr. Peter Klein", "Eheleute Max und Erika Muster", the printed name below a greeting, contacts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.mentions.companies import LEGAL_FORM
from ingest.mentions.found import CERTAIN, LIKELY, POSSIBLE, Found, spaced

if TYPE_CHECKING:
    from collections.abc import Iterator

_UPPER = r"[^\W\d_a-zäöüß]"
_TITLE = (
    r"(?:(?:Prof(?:essor(?:in)?|\.)|Dr\.(?:-Ing\.)?|Dipl\.-?[ ]?\w{1,20}\.?(?:[ ]?\(FH\))?|PD|Mag\."
    r"|med\.|jur\.|iur\.|phil\.|rer\."
    r"|nat\.|pol\.|h\.[ ]?c\.|Ing\.)[ ]?){1,6}"
)
_OFFICE = (
    r"(?:(?:Ober|Erste[rn]?[ ])?(?:[Bb]ürgermeister|[Ss]tadtrat|[Ss]tadträt|Landrat|Landrät|Präsident|Direktor|Minister"
    r"|Rechtsanwalt|Rechtsanwält|RA|Notar|[Rr]ichter|Amtsleiter|Kolleg|Vorsitzend|Abgeordnet|Pfarrer|Hauptmann|Inspektor)"
    r"(?:in|e[rn]?)?n?[ ]){0,3}"
)
_PARTICLE = r"(?:(?:von|van|zu|vom|zum|zur|de|di|del|da|el|al|ter|ten)[ ](?:(?:der|den|dem|la)[ ])?)?"
_WORD = rf"{_UPPER}(?:[^\W\d_]|[’'-](?=[^\W\d_])){{1,40}}"
_ONE = rf"{_PARTICLE}{_WORD}"
_INITIALS = rf"(?:{_UPPER}\.[ ]?){{0,3}}"
_NAMED = rf"(?:{_TITLE})?{_INITIALS}{_ONE}(?:[ ]{_INITIALS}{_ONE}){{0,3}}"
_FULL = rf"(?:(?:{_TITLE}){_INITIALS}{_ONE}|(?:{_TITLE})?(?:{_WORD}|{_UPPER}\.)(?:[ ]{_INITIALS}{_ONE}){{1,3}})"
_GIVEN_FIRST = re.compile(_FULL)
_ADDRESSED = re.compile(rf"\b(?:Herrn?|Frau|Fräulein|Hr\.|Fr\.)\s{_OFFICE}(?P<name>{_NAMED})")
_COUPLE = re.compile(
    rf"\b(?:Eheleuten?|Ehepaar|Familie|Geschwister)(?:\s)(?P<name>{_ONE}(?:[ ]und[ ]{_ONE})?(?:[ ]{_ONE})?)"
)
_CONTACT = re.compile(
    r"(?i:\b(?:ansprechpartner(?:in)?|(?:sach)?bearbeiter(?:in)?|bearbeitet\s+von|kontakt|auskunft\s+erteilt|es\s+berät\s+sie"
    r"|antragsteller(?:in)?|bauherr(?:in|schaft)?|eigentümer(?:in)?|name(?:,\s*vorname)?|geschäftsführer(?:in)?|inhaber(?:in)?"
    r"|unterzeichner(?:in)?|vorstand))\s?:\s*"
    rf"(?:(?:Herrn?|Frau)\s)?(?P<name>{_FULL})(?![\w&]|\s?(?:{LEGAL_FORM}))"
)
_CLOSING = re.compile(
    r"(?i)^(?:mit\s+(?:freundlich|best|vorz[üu]glich|kollegial)\w*\s.*|hochachtungsvoll\W*|freundliche\s+gr[üu].*"
    r"|beste\s+gr[üu].*|im\s+auftrag\W*)$"
)
_SIGNED = re.compile(
    rf"(?:gez\.|i\.\s?A\.|i\.\s?V\.|ppa\.|[Ii]m\s+Auftrag|[Ii]n\s+Vertretung)\s+(?P<name>{_FULL}|{_NAMED})(?=\s|[),.]|$)"
)
_BELOW_CLOSING = 5
"""Lines below a greeting in which the name of the writer is printed."""
_NO_NAME = re.compile(
    r"(?i)(?:"
    r"telefon|tel|telefax|fax|durchwahl|zimmer|raum|datum|ort|seite|kontakt|mail|e-mail|betreff|az|aktenzeichen"
    r"|zeichen|stadt|gemeinde|landkreis|kreis|amt|bauamt|ordnungsamt|sozialamt|finanzamt|bezirksamt|abteilung"
    r"|fachbereich|fachdienst|sachgebiet|jobcenter|agentur|polizei|handwerkskammer|industrie|bank|sparkasse"
    r"|volksbank|telekom|stadtwerke|verein|büro|kanzlei|firma|hausverwaltung|architekturbüro|geschäftsführung"
    r"|geschäftsleitung|vorstand|leitung|sekretariat|ihr|ihre|ihrem|ihren|ihrer|unser|unsere|die|der|das|den|dem"
    r"|mit|sehr|guten|im|am|an|zur|zum|sie|wir|ich|damen|herren|herr|herrn|frau|postfach|straße|platz|weg|anlage"
    r"|anlagen|antrag|bescheid|rechnung|widerspruch|klage|gruß|grüßen|oberbürgermeister(?:in)?"
    r"|bürgermeister(?:in)?|präsident(?:in)?|kolleg(?:e|in)|doktor|sachbearbeiter(?:in)?|rechtsanw[aä]lt(?:in)?"
    r"|geschäftsführer(?:in)?|architekt(?:in)?|steuerberater(?:in)?|richterin|minister(?:in)?|direktor(?:in)?"
    r"|vorsitzender?"
    r")[.,]?"
)
"""Words that stand where names do, and end or deny one, if they begin large."""


def find_people(text: str) -> tuple[Found, ...]:
    """Return the persons in *text* without "Herr" and "Frau", with their academic titles; a name stays on its line."""
    found = [*_named(text, _ADDRESSED, CERTAIN), *_named(text, _COUPLE, LIKELY), *_named(text, _CONTACT, LIKELY)]
    found += [*_named(text, _SIGNED, LIKELY), *_below_closings(text)]
    first = {each.start: each for each in sorted(found, key=lambda each: each.confidence)}
    return tuple(first[start] for start in sorted(first))


def _named(text: str, pattern: re.Pattern[str], confidence: float) -> Iterator[Found]:
    for match in pattern.finditer(text):
        name = _up_to_stop(match["name"])
        if len(name) > 1:
            start = match.start("name")
            yield Found(spaced(name), start, start + len(name), confidence)


def _up_to_stop(name: str) -> str:
    """Return the words of *name* before one that is no name."""
    words = name.split(" ")
    end = next((number for number, word in enumerate(words) if _is_no_name(word)), len(words))
    kept = " ".join(words[:end])
    return "" if re.fullmatch(_TITLE, f"{kept} ") else kept


def _is_no_name(word: str) -> bool:
    return word[:1].isupper() and _NO_NAME.fullmatch(word) is not None


def _below_closings(text: str) -> Iterator[Found]:
    """The printed name below a greeting: given and family name."""
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append((start, line))
        start += len(line) + 1
    for number, (_, line) in enumerate(lines):
        if not _CLOSING.match(line.strip()):
            continue
        below = [each for each in lines[number + 1 :] if each[1].strip()][:_BELOW_CLOSING]
        for place, written in below:
            name = written.strip(" ()")
            if _GIVEN_FIRST.fullmatch(name) and not any(_is_no_name(word) for word in name.split(" ")):
                begin = place + written.index(name)
                yield Found(spaced(name), begin, begin + len(name), POSSIBLE)
                break
