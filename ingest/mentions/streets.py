"""Streets with house numbers and postal addresses (DIN 5008): "Lindenweg 7", "Am Markt 3, 30159 Musterstadt"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.mentions.found import CERTAIN, LIKELY, POSSIBLE, Found, spaced

if TYPE_CHECKING:
    from collections.abc import Iterator

_UPPER = r"[^\W\d_a-zäöüß]"
_KIND = (
    r"(?i:stra(?:ß|ss|b|fs)e|str\.?|weg|allee|platz|gasse|ring|damm|ufer|chaussee|stieg|steig|pfad|promenade|twiete|brink"
    r"|kamp|wall|graben|markt|redder|zeile)"
)
_WEAK_KIND = (
    r"(?i:hof|berg|garten|winkel|feld|wiese|anger|bogen|grund|höhe|busch|heide|park|tor|brücke|kai|deich|koppel|see)"
)
_NAME = rf"{_UPPER}[\w.’'-]{{0,40}}(?:-\s[\w.’'-]{{1,30}})?"
_ADJECTIVE = rf"{_UPPER}[a-zäöüß]{{1,30}}(?:er|e|en|es)[ ](?=[A-Z])"
_OLD = r"(?:(?:Alt|Neu|Groß|Klein|Lang|Ober|Unter|Hoh|Breit|Kurz)e[rs]?[ ])"
_LETTER = r"(?:\s?[a-zA-Z](?![\w.]))?"
_NUMBER = (
    rf"(?P<number>\d{{1,4}}{_LETTER}(?:\s?[-–/+]\s?\d{{1,4}}{_LETTER})?)"
    r"(?![\w]|[.,:]\d|\.\s?[A-ZÄÖÜ]\w+ \d{4}|\s?(?:%|€|Euro|EUR|Uhr|m²|qm))"
)
_STRONG = rf"(?:{_OLD}?{_NAME}|{_ADJECTIVE}){_KIND}"
_WEAK = rf"(?:{_UPPER}[\w-]{{2,40}}|{_ADJECTIVE}){_WEAK_KIND}"
_LED = (
    r"(?:Am|An[ ]de[rnm]|Im|In[ ]de[rn]|Auf[ ]de[rmn]|Zum|Zur|Vor[ ]de[rm]|Hinter[ ]de[rmn]|Unter[ ]den|Bei[ ]der|Beim"
    r"|Achter|Neben[ ]de[rm])"
    rf"(?:[ ][a-zäöüß]+e[nr])?[ ]{_UPPER}[\w-]+(?:-{_UPPER}\w+)*"
)
_STREET = re.compile(rf"(?<![\w-])(?:(?P<strong>{_STRONG})|(?P<led>{_LED})|(?P<weak>{_WEAK}))\s{_NUMBER}")
_TOWN_NAME = (
    rf"(?:(?:Bad|Sankt|St\.|Groß|Klein|Neu|Alt)[ ])?{_UPPER}[^\W\d_]+(?:-{_UPPER}?[^\W\d_]+)*"
    rf"(?:[ ](?:am|an[ ]der|im|in|bei|ob[ ]der|vor[ ]der)[ ]{_UPPER}[^\W\d_]+|[ ]\({_UPPER}[^\W\d_]+\))?"
)
_APART = r"(?:,?\s{1,3}|\s?[^\w\s.]{1,2}\s|\s[^\w\s]{1,2}\s)"
"""Between street and town: the dot in the middle of a return line is read as almost any sign."""
_TOWN = re.compile(rf"{_APART}(?:D-?\s?)?(?P<postcode>[0-9O]{{5}})\s(?P<town>{_TOWN_NAME})")
_NO_STREET = re.compile(
    r"(?i)^(?:(?:stell|arbeits|park|spiel|sitz|studien|bau|sport|kita|listen|liege|lager|camping|markt)pl[aä]tz"
    r"|(?:rechts|geh|rad|dienst|verfahrens|verwaltungs|instanzen|fu[ßs]+|um|ab|postal|aus|zahlungs)weg$"
    r"|(?:im|am)\s(?:jahr|januar|februar|m[äa]rz|april|mai|juni|juli|august|september|oktober|november|dezember|montag|dienstag"
    r"|mittwoch|donnerstag|freitag|samstag|sonntag|haus|zimmer|raum|umfang|abschnitt|absatz|artikel|fall|zeitraum|alter|tag|termin"
    r"|monat|plan|maßstab|teil|punkt|wert|anhang|blatt|sinne)\b"
    r"|zum\s(?:stand|stichtag|thema|punkt|teil|\w*plan|az|aktenzeichen)|zur\s(?:ziffer|nummer|anlage|vorlage|drucksache|rechnung|nr)"
    r"|(?:in|auf|an)\sde[rnm]\s(?:anlage|flur|seite|fassung|höhe|ziffer|nummer|klasse|stufe|größe|tabelle|gebäudeklasse)"
    r"|\w*(?:friedhof|bahnhof|bauhof|kindergarten|hintergrund|umfeld|netzwerk|vordergrund|umgang|berufsfeld|supermarkt"
    r"|hering|wochenmarkt|arbeitsmarkt|rundgang))"
)
_OF_PROPERTY = re.compile(
    r"(?i)(?:grundst[üu]ck\w*|bauvorhaben|vorhaben|neubau|umbau|anbau|ausbau|anwesen|objekt\w*|wohnung|geb[äa]ude|h[äa]us\w*|baustelle"
    r"|gastst[äa]tte|betrieb\w*|standort|lage|immobilie|\w+haus|garage|carport|abbruch|stellplatz|liegenschaft|\w*objekt|parzelle"
    r"|ort der \w+|unfallort|tatort)\W[^.]{0,60}$"
)


@dataclass(frozen=True, slots=True)
class FoundStreet:
    """A street with its house number, and postcode and town if they stand behind it."""

    street: str
    town: str
    start: int
    end: int
    is_certain: bool

    @property
    def value(self) -> str:
        """Street and town on one line."""
        return f"{self.street}, {self.town}" if self.town else self.street


def find_streets(text: str) -> Iterator[FoundStreet]:
    """Yield the streets with a house number in *text*; a name that only might be one needs a postcode behind it."""
    for match in _STREET.finditer(text):
        name = spaced(match["strong"] or match["led"] or match["weak"])
        if _NO_STREET.match(name) or len(name) < 4:
            continue
        town = _TOWN.match(text, match.end())
        told = _OF_PROPERTY.search(text[max(0, match.start() - 80) : match.start()])
        if match["strong"] or town or (match["led"] and told):
            place = f"{town['postcode'].replace('O', '0')} {town['town']}" if town else ""
            number = "".join(match["number"].split()).replace("–", "-")
            street = f"{_written_out(name)} {number}"
            certain = bool(match["strong"] and (town or told))
            yield FoundStreet(street, place, match.start(), town.end() if town else match.end(), certain)


def find_property(text: str) -> tuple[Found, ...]:
    """Return the streets in *text* as places of property; those of sender and recipient are not told apart here."""
    return tuple(
        Found(each.value, each.start, each.end, CERTAIN if each.is_certain else LIKELY if not each.town else POSSIBLE)
        for each in find_streets(text)
    )


def _written_out(name: str) -> str:
    return re.sub(r"(?i)(s)tr(?:\.|a(?:ss|b|fs)e)?$", r"\1traße", re.sub(r"\s?[-–]\s?", "-", name))
