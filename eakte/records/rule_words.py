"""German words for what a retention rule is made of, the same on pages, for programs and on the command line."""

from __future__ import annotations

from collections.abc import Mapping

from retention.model import EVERYWHERE, DisposalAction, PeriodStart, RetentionKind, Rule
from retention.wording import german_date, summary

KIND_LABELS: Mapping[RetentionKind, str] = {
    RetentionKind.FIXED: "feste Frist",
    RetentionKind.MIN: "gesetzliche Mindestfrist",
    RetentionKind.LAW_MAX: "gesetzliche Höchstfrist",
    RetentionKind.PERMANENT: "dauernd",
    RetentionKind.UNTIL_EVENT_PLUS: "bis zu einem Ereignis",
    RetentionKind.MULTI_PHASE: "zwei Abschnitte",
}
START_LABELS: Mapping[PeriodStart, str] = {
    PeriodStart.END_OF_CALENDAR_YEAR: "mit Ablauf des Kalenderjahres",
    PeriodStart.EXACT_DATE: "taggenau",
    PeriodStart.NONE: "ohne Beginn (dauernd)",
}
ACTION_LABELS: Mapping[DisposalAction, str] = {
    DisposalAction.ARCHIVE: "A archivwürdig",
    DisposalAction.REVIEW: "B bewerten",
    DisposalAction.DESTROY: "V vernichten",
}
CERTAINTY_LABELS: Mapping[str, str] = {
    "sure": "Rechtsgrundlage gelesen",
    "memory": "nicht nachgelesen",
    "illustrative": "nur beispielhaft",
}


def scope(rule: Rule) -> str:
    """Return in a few words what a rule counts for."""
    if rule.branch == EVERYWHERE:
        parts = ["ganzer Aktenplan"]
    else:
        parts = [f"Zweig {rule.branch}" if rule.branch else "wo der Aktenplan sie nennt"]
    parts += [f"OE {' oder '.join(rule.departments)}"] if rule.departments else []
    parts += [f"Aktenart {' oder '.join(rule.file_types)}"] if rule.file_types else []
    return ", ".join(parts)


def validity(rule: Rule) -> str:
    """Return from when until when a version counts."""
    if rule.ended:
        return f"beendet zum {german_date(rule.valid_from)}"
    until = f" bis {german_date(rule.valid_to)}" if rule.valid_to else ""
    return f"ab {german_date(rule.valid_from)}{until}"


__all__ = [
    "ACTION_LABELS",
    "CERTAINTY_LABELS",
    "KIND_LABELS",
    "START_LABELS",
    "scope",
    "summary",
    "validity",
]
