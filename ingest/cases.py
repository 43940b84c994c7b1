"""Which case file a document belongs to, as far as its facts and text tell. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from ingest.model import Evidence, Proposal
from ingest.references import find_references

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ingest.model import CaseCandidate, Facts, Finding

SURE = 0.95
"""From here on a proposal is called "sicher"; only a reference that was read reaches it."""

_SHOWN_FROM = 0.3
_MOST = 3
_WITHOUT_REFERENCE = 0.9


_SPEAKS_OF_TEXT, _WORTH_TELLING = 0.7, 0.2
_ALIKE = 0.08
_UNDECIDED = 0.65
_YEARS_CURRENT = 3

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


def propose_case_files(
    facts: Facts,
    text: str,
    candidates: Sequence[CaseCandidate],
    today: date,
    *,
    likeness: Mapping[str, float] | None = None,
    most: int = _MOST,
    shown_from: float = _SHOWN_FROM,
) -> tuple[Proposal, ...]:
    """Return the case files of *candidates* the document may belong to, best first (value: ``case_file_id``).

    A reference of a candidate that stands in the document decides alone. Without one, sender, subject, likeness to
    the texts of the file (0 to 1 by ``case_file_id``, from :class:`ingest.likeness.Likeness`) and file plan unit
    speak together and reach "prüfen" at most; where two candidates look alike, none is preferred.
    """
    alike = likeness or {}
    found = find_references(text)
    named = tuple(dict.fromkeys([*(finding.value for finding in facts.references), *found]))
    matches: list[tuple[CaseCandidate, _Match]] = []
    for candidate in candidates:
        match = _by_reference(candidate, named, facts, text) or _by_likeness(
            candidate, named, facts, text, today, alike.get(candidate.case_file_id, 0.0)
        )
        if match.confidence >= shown_from:
            matches.append((candidate, match))
    matches.sort(key=lambda pair: (-pair[1].confidence, pair[0].reference))
    return tuple(
        Proposal(candidate.case_file_id, round(match.confidence, 2), " ".join(match.reasons), match.evidence)
        for candidate, match in _undecided_if_alike(matches)[:most]
    )


def _by_reference(candidate: CaseCandidate, named: Sequence[str], facts: Facts, text: str) -> _Match | None:
    known = {candidate.reference, *candidate.aliases}
    rank = next((rank for rank, reference in enumerate(named) if reference in known), None)
    if rank is None:
        alias = next((alias for alias in candidate.aliases if _stands_in(alias, text)), None)
        return (
            None
            if alias is None
            else _Match(SURE, (f"Früheres Aktenzeichen {alias} gelesen.", *_more(candidate, facts)))
        )
    finding = next((f for f in facts.references if f.value == named[rank]), None)
    reasons = (_where(named[rank], candidate, facts), *_more(candidate, facts))
    # A letter that names several files is about the first; the others are mentioned.
    confidence = 0.8 if rank else 0.99 if len(reasons) > 1 else 0.97
    return _Match(confidence, reasons, finding.evidence if finding else ())


def _where(reference: str, candidate: CaseCandidate, facts: Facts) -> str:
    if reference != candidate.reference:
        return f"Früheres Aktenzeichen {reference} gelesen."
    in_subject = facts.subject is not None and reference in find_references(facts.subject.value)
    return "Aktenzeichen im Betreff gelesen." if in_subject else f"Aktenzeichen {reference} im Schreiben gelesen."


def _more(candidate: CaseCandidate, facts: Facts) -> tuple[str, ...]:
    known = ("Absender ist in dieser Akte bekannt.",) if _knows_sender(candidate, facts) else ()
    return (*known, *(() if candidate.is_open else ("Die Akte ist abgeschlossen.",)))


def _by_likeness(
    candidate: CaseCandidate, named: Sequence[str], facts: Facts, text: str, today: date, alike: float
) -> _Match:
    doubts, reasons = 1.0, list[str]()
    evidence: list[Evidence] = []
    if _knows_sender(candidate, facts):
        doubts *= 0.45
        reasons.append("Absender ist in dieser Akte bekannt.")
        evidence += _places(facts.sender)
    likeness = _subject_likeness(candidate.subject, facts.subject.value if facts.subject else "", text)
    if likeness >= 0.5:
        doubts *= 1 - 0.6 * likeness
        reasons.append("Betreff ähnelt dem der Akte.")
        evidence += _places(facts.subject)
    if alike > 0:
        doubts *= 1 - _SPEAKS_OF_TEXT * alike
        reasons += ["Text ähnelt den Dokumenten dieser Akte."] if alike >= _WORTH_TELLING else []
    if doubts == 1:
        return _Match(0.0, ())  # the same file plan unit alone says nothing about the file
    if any(reference.split("-", 1)[0] == candidate.file_plan_code for reference in named):
        doubts *= 0.85
        reasons.append("Gleiche Aktenplaneinheit.")
    confidence = min(_WITHOUT_REFERENCE, 1 - doubts)
    if not candidate.is_open:
        return _Match(confidence * 0.75, (*reasons, "Die Akte ist abgeschlossen."), tuple(evidence))
    if today.year - candidate.opened_on.year > _YEARS_CURRENT:
        confidence *= 0.95  # of two files about the same, the younger one is meant
    return _Match(confidence, tuple(reasons), tuple(evidence))


def _undecided_if_alike(
    matches: list[tuple[CaseCandidate, _Match]],
) -> list[tuple[CaseCandidate, _Match]]:
    if len(matches) < 2 or matches[0][1].confidence >= SURE:
        return matches
    if matches[0][1].confidence - matches[1][1].confidence >= _ALIKE:
        return matches
    return [
        (
            candidate,
            _Match(
                min(match.confidence, _UNDECIDED), (*match.reasons, "Mehrere Akten passen ähnlich gut."), match.evidence
            ),
        )
        for candidate, match in matches
    ]


def _places(finding: Finding | None) -> tuple[Evidence, ...]:
    return finding.evidence if finding else ()


def _stands_in(alias: str, text: str) -> bool:
    """Whether an old sign stands in *text* as a whole, whatever spaces and dashes it is written with."""
    if sum(sign.isalnum() for sign in alias) < 5 or not any(sign.isdigit() for sign in alias):
        return False  # too short to mean this file and no other
    parts = [re.escape(part) for part in re.split(r"[\s\-–—]+", alias) if part]
    return re.search(r"(?<![\w.])" + r"[\s\-–—]*".join(parts) + r"(?![\w/])", text) is not None


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
