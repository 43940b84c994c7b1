"""Which case (Vorgang) of a case file a document belongs to, or that it begins a new one. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.likeness import ASPECTS, FileText, Likeness
from ingest.model import Facts, Proposal
from ingest.odds import EVIDENCE, SHIPPED

NEW = ""
"""Value of the proposal to open a new case."""
FITS_FROM = 0.5
"""Below, no case of several is likelier than not."""
_READ, _SAME_SIGN, _MOST = 0.97, 0.93, 0.9
_ONLY, _NEW, _FIRST = 0.6, 0.5, 0.9


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case with the heads of its newest documents; ``signs`` are foreign references of its documents."""

    case_id: str
    number: int
    subject: str
    text: str
    signs: frozenset[str] = frozenset()
    senders: frozenset[str] = frozenset()


def propose_case(facts: Facts, text: str, file_reference: str, cases: Sequence[OpenCase]) -> Proposal:
    """Return the case of a file that a letter belongs to (value: its id) or that it begins a new one (``NEW``).

    Its reference or the foreign one decides; else subject, sender and text speak as for case files. The only open
    case of a file is proposed where nothing speaks against it.
    """
    if not cases:
        return Proposal(NEW, _FIRST, "Die Akte hat keinen offenen Vorgang.")
    if (named := _named(text, file_reference, cases)) is not None:
        return Proposal(named.case_id, _READ, f"Zeichen des Vorgangs {named.number:02d} gelesen.")
    sign = facts.foreign_reference.value if facts.foreign_reference else ""
    if sign and (same := [case for case in cases if sign in case.signs]):
        return Proposal(same[0].case_id, _SAME_SIGN, f"Fremdes Zeichen „{sign}“ steht auch in diesem Vorgang.")
    best, chance, reasons = _likeliest(facts, text, cases)
    if chance >= FITS_FROM:
        return Proposal(best.case_id, round(min(_MOST, chance), 2), " ".join(reasons))
    if len(cases) == 1:
        return Proposal(best.case_id, _ONLY, " ".join((*reasons, "Einziger offener Vorgang der Akte.")))
    return Proposal(NEW, _NEW, "Kein offener Vorgang passt eindeutig zu Betreff, Absender und Text.")


def _named(text: str, file_reference: str, cases: Sequence[OpenCase]) -> OpenCase | None:
    found = re.search(rf"(?<!\w){re.escape(file_reference)}-0*(\d{{1,4}})(?!\d)", text)
    return next((case for case in cases if found and case.number == int(found[1])), None)


def _likeliest(facts: Facts, text: str, cases: Sequence[OpenCase]) -> tuple[OpenCase, float, list[str]]:
    alike = Likeness([FileText(case.case_id, case.subject, case.text) for case in cases]).of(text)
    rows = np.zeros((len(cases), len(EVIDENCE)))
    rows[:, : len(ASPECTS)] = [alike[case.case_id].values for case in cases]
    sender = facts.sender.value.casefold() if facts.sender else ""
    known = [bool(sender) and sender in {each.casefold() for each in case.senders} for case in cases]
    rows[:, EVIDENCE.index("sender")] = known
    likely = SHIPPED.chances(rows)
    best = int(likely.argmax())
    reasons = {
        "Betreff ähnelt dem des Vorgangs.": alike[cases[best].case_id].of("subject") >= FITS_FROM,
        "Absender ist in diesem Vorgang bekannt.": known[best],
        "Text ähnelt den Dokumenten dieses Vorgangs.": alike[cases[best].case_id].of("stems") >= FITS_FROM / 2,
    }
    return cases[best], float(likely[best]), [reason for reason, so in reasons.items() if so]
