"""Which case file a document belongs to, as far as its facts and text tell, and how likely. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

import numpy as np

from ingest.likeness import UNLIKE
from ingest.model import Evidence, Proposal
from ingest.naming import Misread, first_named, stands_in
from ingest.odds import EVIDENCE, SHIPPED
from ingest.references import find_references

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ingest.likeness import Alike
    from ingest.model import CaseCandidate, Facts, Finding
    from ingest.odds import Odds

SURE = 0.95
"""From here on a proposal is called "sicher"; only a reference that was read reaches it."""

AUTOMATIC = 0.9
"""From here on a proposal stands by itself: of such, at least 95 in 100 were right on letters kept apart. Below, the
reason asks to compare."""

_SHOWN_FROM = 0.1
_MOST = 3
_WITHOUT_REFERENCE = 0.94
_CLOSED = 0.69
"""Nothing can be filed there: it is shown, but never preselected."""
_KNOWN_SENDER = _SHOWN_FROM
"""Another file of somebody known is worth showing, however unlikely."""
_ALIKE = 0.5
"""Share of the likeliest file's chance from which another is told to fit as well."""
_YEARS_CURRENT = 3
_SAY_NOTHING = frozenset({"unit", "closed", "old"})
_SUBJECT_FITS, _TEXT_FITS, _RARE_FIT = 0.5, 0.25, 0.6

_WORD = re.compile(r"[^\W\d_]{4,}|\d{1,5}[a-z]?")
_FILLERS = """
antrag bescheid schreiben wegen betreff sehr geehrte damen herren eine einer eines einem einen nach oder und unter gegen
über dass diese dieser dieses stadt für vom zum zur
"""
_EMPTY_WORDS = frozenset(_FILLERS.split())
_LEGAL_FORMS = re.compile(
    r"(?i)\b(?:gmbh|mbh|ag|kg|ohg|gbr|ug|se|e\.?\s?v\.?|e\.?\s?k\.?|co|und|u|herr|frau|dr|prof)\b"
)
_OTHER_LETTERS = str.maketrans("ıøđł", "iodl")


@dataclass(frozen=True, slots=True)
class _Match:
    confidence: float
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class _Letter:
    facts: Facts
    text: str
    named: tuple[str, ...]
    misread: Misread


@dataclass(frozen=True, slots=True)
class Weighing:
    """A letter beside the case files it may belong to, with what speaks for each."""

    letter: _Letter
    candidates: Sequence[CaseCandidate]
    alike: Sequence[Alike]
    rows: Sequence[tuple[float, ...]]
    """A value for each of ``ingest.odds.EVIDENCE``, for each candidate."""

    @property
    def by_reference(self) -> bool:
        """Whether a reference of one of them stands in the letter, so that nothing needs to be weighed."""
        return any(_by_reference(candidate, self.letter) for candidate in self.candidates)

    def strongest(self, odds: Odds, most: int) -> dict[str, tuple[float, ...]]:
        """Return by ``case_file_id`` the evidence of the likeliest, to learn from; where a reference decides, none."""
        if not self.rows or self.by_reference:
            return {}
        order = np.argsort(-odds.chances(np.array(self.rows)), kind="stable")[:most]
        return {self.candidates[at].case_file_id: tuple(round(value, 3) for value in self.rows[at]) for at in order}


def weigh(
    facts: Facts,
    text: str,
    candidates: Sequence[CaseCandidate],
    today: date,
    likeness: Mapping[str, Alike] | None = None,
) -> Weighing:
    """Return what speaks for each candidate: sender, subject, addresses and numbers, likeness to the texts of the file.

    ``likeness`` comes by ``case_file_id`` from :class:`ingest.likeness.Likeness`.
    """
    letter = letter_of(facts, text)
    alike = [(likeness or {}).get(candidate.case_file_id, UNLIKE) for candidate in candidates]
    rows = [evidence_of(candidate, letter, own, today) for candidate, own in zip(candidates, alike, strict=True)]
    return Weighing(letter, candidates, alike, rows)


def propose_case_files(
    weighing: Weighing, odds: Odds = SHIPPED, *, most: int = _MOST, shown_from: float = _SHOWN_FROM
) -> tuple[Proposal, ...]:
    """Return the case files the document may belong to, best first (value: ``case_file_id``).

    A reference of a candidate that stands in the document decides alone. Without one, all else speaks together
    (:mod:`ingest.odds`) as a chance among all candidates and "none of them", so where two look alike, none is likely;
    it reaches "prüfen" at most.
    """
    likely = odds.chances(np.array(weighing.rows)).tolist() if weighing.rows else []
    rivals = _two_best(likely)
    letter = weighing.letter
    matches: list[tuple[CaseCandidate, _Match]] = []
    for candidate, own, row, chance in zip(weighing.candidates, weighing.alike, weighing.rows, likely, strict=True):
        match = _by_reference(candidate, letter) or _by_likeness(candidate, letter, own, row, chance, rivals)
        if match.confidence >= shown_from:
            matches.append((candidate, match))
    matches.sort(key=lambda pair: (-pair[1].confidence, pair[0].reference))
    return tuple(
        Proposal(candidate.case_file_id, round(match.confidence, 2), " ".join(match.reasons), match.evidence)
        for candidate, match in matches[:most]
    )


def likeliest(
    facts: Facts, text: str, candidates: Sequence[CaseCandidate], *, first: frozenset[str], most: int
) -> list[CaseCandidate]:
    """Return the candidates worth comparing by text: those named, those of *first*, then by sender and subject."""
    letter = letter_of(facts, text)
    subject = facts.subject.value if facts.subject else ""

    def worth(candidate: CaseCandidate) -> float:
        if _by_reference(candidate, letter) is not None:
            return 4.0
        known = float(_knows_sender(candidate, facts)) + _subject_likeness(candidate.subject, subject, text)
        return known + 2.0 * (candidate.case_file_id in first)

    return sorted(candidates, key=worth, reverse=True)[:most]


def _two_best(likely: Sequence[float]) -> tuple[float, float]:
    best, second, *_ = [*sorted(likely, reverse=True), 0.0, 0.0]
    return best, second


def letter_of(facts: Facts, text: str) -> _Letter:
    """Return what a letter says, to be asked for many files."""
    return _Letter(facts, text, _named(facts, text), Misread(text))


def evidence_of(candidate: CaseCandidate, letter: _Letter, alike: Alike, today: date) -> tuple[float, ...]:
    """Return what speaks for a candidate: a value for each of ``ingest.odds.EVIDENCE``."""
    facts = letter.facts
    known = (candidate.reference, *candidate.aliases)
    unit = any(reference.split("-", 1)[0] == candidate.file_plan_code for reference in letter.named)
    return (
        *alike.values,
        float(any(letter.misread.names(reference) for reference in known)),
        float(_knows_sender(candidate, facts)),
        _subject_likeness(candidate.subject, facts.subject.value if facts.subject else "", letter.text),
        float(unit),
        float(not candidate.is_open),
        float(today.year - candidate.opened_on.year > _YEARS_CURRENT),
    )


def _named(facts: Facts, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(finding.value for finding in facts.references), *find_references(text)]))


def _by_reference(candidate: CaseCandidate, letter: _Letter) -> _Match | None:
    facts = letter.facts
    rank = first_named(letter.named, frozenset({candidate.reference, *candidate.aliases}))
    if rank is None:
        known = (candidate.reference, *candidate.aliases)
        sign = next((sign for sign in known if stands_in(sign, letter.text)), None)
        if sign is None:
            return None
        return _Match(SURE, (_called(sign, candidate), *_more(candidate, facts)))
    named = letter.named[rank]
    finding = next((f for f in facts.references if f.value == named), None)
    reasons = (_where(named, candidate, facts), *_more(candidate, facts))
    # A letter that names several files is about the first; the others are mentioned.
    confidence = 0.8 if rank else 0.99 if len(reasons) > 1 else 0.97
    return _Match(confidence, reasons, finding.evidence if finding else ())


def _called(reference: str, candidate: CaseCandidate) -> str:
    former = "Früheres Aktenzeichen" if reference != candidate.reference else "Aktenzeichen"
    return f"{former} {reference} gelesen."


def _where(reference: str, candidate: CaseCandidate, facts: Facts) -> str:
    if reference != candidate.reference:
        return _called(reference, candidate)
    in_subject = facts.subject is not None and reference in find_references(facts.subject.value)
    return "Aktenzeichen im Betreff gelesen." if in_subject else f"Aktenzeichen {reference} im Schreiben gelesen."


def _more(candidate: CaseCandidate, facts: Facts) -> tuple[str, ...]:
    known = ("Absender ist in dieser Akte bekannt.",) if _knows_sender(candidate, facts) else ()
    return (*known, *(() if candidate.is_open else ("Die Akte ist abgeschlossen.",)))


def _by_likeness(
    candidate: CaseCandidate,
    letter: _Letter,
    alike: Alike,
    row: Sequence[float],
    chance: float,
    rivals: tuple[float, float],
) -> _Match:
    told = dict(zip(EVIDENCE, row, strict=True))
    if not any(value for name, value in told.items() if name not in _SAY_NOTHING):
        return _Match(0.0, ())  # the same file plan unit alone says nothing about the file
    best, second = rivals
    subject = told["subject_words"] >= _SUBJECT_FITS or told["subject"] >= _SUBJECT_FITS
    reasons = {
        "Ein undeutlich gelesenes Zeichen passt zum Aktenzeichen.": bool(told["misread"]),
        "Absender ist in dieser Akte bekannt.": bool(told["sender"]),
        "Betreff ähnelt dem der Akte.": subject,
        f"„{alike.marks[0] if alike.marks else ''}“ steht auch in dieser Akte.": bool(alike.marks),
        "Text ähnelt den Dokumenten dieser Akte.": told["stems"] >= _TEXT_FITS or told["rare"] >= _RARE_FIT,
        "Gleiche Aktenplaneinheit.": bool(told["unit"]),
        "Die Akte ist abgeschlossen.": not candidate.is_open,
        "Mehrere Akten passen ähnlich gut.": second > _ALIKE * best,
        "Bitte vergleichen.": chance < AUTOMATIC,
    }
    places = (letter.facts.sender if told["sender"] else None, letter.facts.subject if subject else None)
    evidence = tuple(place for finding in places for place in _places(finding))
    most = _WITHOUT_REFERENCE if candidate.is_open else _CLOSED
    likely = min(most, max(chance, _KNOWN_SENDER if told["sender"] else 0.0))
    return _Match(likely, tuple(reason for reason, so in reasons.items() if so), evidence)


def _places(finding: Finding | None) -> tuple[Evidence, ...]:
    return finding.evidence if finding else ()


def _knows_sender(candidate: CaseCandidate, facts: Facts) -> bool:
    if facts.sender is None:
        return False
    sender = _name(facts.sender.value)
    return len(sender) >= 1 and any(_same_name(sender, _name(known)) for known in candidate.senders)


def _name(written: str) -> frozenset[str]:
    """The words of a name without accents, which recognition often loses or takes for others."""
    plain = normalize("NFKD", _LEGAL_FORMS.sub(" ", written).casefold().translate(_OTHER_LETTERS))
    return frozenset(re.findall(r"\w{2,}", "".join(sign for sign in plain if not combining(sign))))


def _same_name(one: frozenset[str], other: frozenset[str]) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 2 and shorter <= longer


def _subject_likeness(candidate: str, subject: str, text: str) -> float:
    wanted = _significant(candidate)
    if len(wanted) < 2:
        return 0.0
    given = _significant(subject)
    shared = len(wanted & given) / max(1, min(len(wanted), len(given))) if len(given) >= 2 else 0.0
    in_text = len(wanted & _significant(text)) / len(wanted)
    return max(shared if len(wanted & given) >= 2 else 0.0, 0.9 * in_text if in_text > 0.7 else 0.0)


def _significant(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.casefold()) if word not in _EMPTY_WORDS)
