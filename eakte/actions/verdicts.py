"""Evaluating retention: facts from the database, the rule from the file plan, the verdict kept for lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.states import CaseFileState
from eakte.store.disposal import DisposalHold, RetentionEvent, VerdictRow
from eakte.store.files import CaseFile
from eakte.store.plan import plan_codes, rules_on_path
from retention import evaluate
from retention.model import CaseFacts, Place, Verdict

BATCH = 500
FROM_MANIFEST = (
    "Der Tag ist das Ende der Laufzeit, das die Liste der Migration nennt; die Frist läuft von dort und nicht vom Tag "
    "der Übernahme."
)


def facts_of(session: Session, case_file: CaseFile) -> CaseFacts:
    """Return what retention needs to know of a case file."""
    events = session.scalars(select(RetentionEvent).where(RetentionEvent.case_file_id == case_file.id))
    return CaseFacts(
        reference=case_file.file_reference,
        opened_on=case_file.opened_on,
        closed_on=case_file.closed_on,
        events={event.trigger: event.happened_on for event in events},
        closing_basis=FROM_MANIFEST if case_file.closed_by_run_id else "",
        place=Place(plan_codes(session, case_file.file_plan_unit_id), file_type=case_file.file_type),
    )


def verdict_of(session: Session, case_file: CaseFile, today: date) -> Verdict:
    """Evaluate one case file now, from the database and never from the kept verdict."""
    holds = session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == case_file.id))
    return evaluate(
        facts_of(session, case_file),
        rules_on_path(session, case_file.file_plan_unit_id),
        [row.hold() for row in holds],
        today,
    )


def keep_verdict(session: Session, case_file: CaseFile, today: date) -> Verdict:
    """Evaluate one case file and keep the verdict for lists and counts."""
    verdict = verdict_of(session, case_file, today)
    row = session.get(VerdictRow, case_file.id) or VerdictRow(case_file_id=case_file.id)
    row.outcome, row.retention_end, row.rule_id = verdict.outcome, verdict.retention_end, verdict.rule_id
    row.steps, row.evaluated_on = list(verdict.steps), today
    session.add(row)
    return verdict


def review_batches(session: Session) -> Iterator[list[UUID]]:
    """Yield the ids of all case files to evaluate, in batches that fit one transaction each."""
    ids = session.scalars(
        select(CaseFile.id).where(CaseFile.state != CaseFileState.DESTROYED).order_by(CaseFile.id)
    ).all()
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])


def review(session: Session, case_file_ids: list[UUID], today: date) -> int:
    """Evaluate the given case files and return how many verdicts changed."""
    changed = 0
    for case_file in session.scalars(select(CaseFile).where(CaseFile.id.in_(case_file_ids))):
        before = session.get(VerdictRow, case_file.id)
        kept = (before.outcome, before.retention_end) if before else None
        verdict = keep_verdict(session, case_file, today)
        changed += kept != (verdict.outcome, verdict.retention_end)
    return changed
