"""Retention: when a case file's keeping ends, how it is offered to the archive, and what its end leaves behind."""

from retention.model import (
    CASE_CLOSED,
    CaseFacts,
    DisposalAction,
    Hold,
    Outcome,
    PeriodStart,
    RetentionKind,
    Rule,
    Verdict,
)
from retention.periods import add_months, retention_end
from retention.rules import applicable, effective
from retention.schedule import evaluate

__all__ = [
    "CASE_CLOSED",
    "CaseFacts",
    "DisposalAction",
    "Hold",
    "Outcome",
    "PeriodStart",
    "RetentionKind",
    "Rule",
    "Verdict",
    "add_months",
    "applicable",
    "effective",
    "evaluate",
    "retention_end",
]
