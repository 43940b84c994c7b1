"""What a change of a rule would move in the whole stock: ordered by a person, compared round by round."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from eakte.actions.rule_comparison import compared
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile
from eakte.store.history import record
from eakte.store.jobs import enqueue
from eakte.store.organisation import department_of
from eakte.store.plan import FilePlanUnit, RetentionRule
from eakte.store.retention_rows import Span, next_span
from eakte.store.rules import RuleDraft, RuleMove, RulePreview
from retention.change import effect
from retention.model import Rule

ROUND = 25_000
"""Case files compared in one round: some seconds, then other jobs have their turn."""


class State(StrEnum):
    """Whether the preview of a draft can be relied on."""

    NONE = "none"
    RUNNING = "running"
    FAULT = "fault"
    STALE = "stale"
    """Of another day, of other rules, or of what was typed before."""
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a preview is."""

    state: State
    day: date
    """The day both decisions are made for."""
    run: int = 0
    compared: int = 0
    total: int = 0
    ordered_by: str = ""
    ordered_at: datetime | None = None
    ended_at: datetime | None = None
    fingerprint: str = ""
    """What whoever approves has to name; empty unless fresh."""

    @property
    def percent(self) -> int:
        """How much of the stock is compared."""
        return 100 if self.compared >= self.total else self.compared * 100 // self.total


def state_of(session: Session, draft: RuleDraft, rule: Rule | None, now: datetime) -> Standing:
    """Return whether there is a preview of the version a draft would become, from today and under today's rules."""
    kept = session.get(RulePreview, draft.id)
    day = _day(rule, now) if rule else day_of(now)
    if kept is None:
        return Standing(State.NONE, day)
    state = State.FAULT if kept.fault else State.RUNNING
    if kept.fingerprint:
        state = State.FRESH if rule is not None and kept.basis == basis(session, draft, rule, now) else State.STALE
    return Standing(
        state,
        kept.day,
        kept.run,
        kept.compared,
        kept.total,
        kept.ordered_by,
        kept.ordered_at,
        kept.ended_at,
        (kept.fingerprint or "") if state is State.FRESH else "",
    )


def _day(rule: Rule, now: datetime) -> date:
    return max(rule.valid_from, day_of(now))


def basis(session: Session, draft: RuleDraft, rule: Rule, now: datetime) -> str:
    """Return the SHA-256 (hex) of what a preview rests on: the change, all rules, where they are named, the day."""
    named = select(FilePlanUnit.id, FilePlanUnit.code, FilePlanUnit.parent_id, FilePlanUnit.rule_code)
    told = [
        [str(draft.id), draft.change.value, _told(rule)],
        sorted(_told(row.rule()) for row in session.scalars(select(RetentionRule))),
        sorted([str(part) for part in row] for row in session.execute(named)),
        day_of(now).isoformat(),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _told(rule: Rule) -> str:
    return repr(rule)


def order(session: Session, actor: Actor, draft: RuleDraft, rule: Rule, now: datetime) -> RulePreview:
    """Order the comparison of the whole stock, anew where there was one; *draft* is locked by the caller."""
    actor.require(Permission.DISPOSE)
    kept = session.get(RulePreview, draft.id, with_for_update=True, populate_existing=True)
    run, kept = (kept.run + 1, kept) if kept else (1, RulePreview(draft_id=draft.id))
    kept.run, kept.basis, kept.day = run, basis(session, draft, rule, now), _day(rule, now)
    kept.position = kept.ended_at = kept.fault = kept.fingerprint = None
    living = select(func.count()).select_from(CaseFile).where(CaseFile.state != CaseFileState.DESTROYED)
    kept.total, kept.compared = session.scalar(living) or 0, 0
    kept.ordered_by, kept.ordered_at = actor.signature, now
    session.add(kept)
    session.flush()
    detail = {"rule": draft.code, "on": kept.day.isoformat()}
    record(session, actor, "rule_draft.preview_ordered", about=("rule_draft", draft.id), now=now, detail=detail)
    next_round(session, draft.id, run, None)
    return kept


def next_round(session: Session, draft_id: UUID, run: int, behind: UUID | None) -> None:
    """Order the round that goes on behind a case file."""
    enqueue(session, "rule_preview", f"{draft_id}:{run}:{behind or 'start'}", str(draft_id), str(run))


def clear(session: Session, draft_id: UUID, run: int) -> bool:
    """Delete some of what earlier runs found and return whether there is more of it."""
    old = select(RuleMove.run, RuleMove.case_file_id).where(RuleMove.draft_id == draft_id, RuleMove.run < run)
    found = session.execute(old.order_by(RuleMove.run, RuleMove.case_file_id).limit(ROUND)).all()
    if not found:
        return False
    last = found[-1]
    gone = delete(RuleMove).where(
        RuleMove.draft_id == draft_id,
        (RuleMove.run < last.run) | ((RuleMove.run == last.run) & (RuleMove.case_file_id <= last.case_file_id)),
    )
    session.execute(gone, execution_options={"synchronize_session": False})
    return len(found) == ROUND


@dataclass(frozen=True, slots=True)
class Round:
    """What one round found: which piece it compared, and the rows of those that move."""

    span: Span | None
    moves: list[dict[str, object]]


def compare(session: Session, preview: RulePreview, rule: Rule, *, size: int = ROUND) -> Round:
    """Compare the next case files; only reads. Without a piece the stock is at its end."""
    span = next_span(session, preview.position, size)
    if span is None:
        return Round(None, [])
    departments = department_of(session)
    moves: list[dict[str, object]] = []
    for row, before, after in compared(session, preview.day, rule, span):
        found = effect(before, after)
        if found is not None:
            moves.append(
                {
                    "draft_id": preview.draft_id,
                    "run": preview.run,
                    "case_file_id": row.id,
                    "effect": found,
                    "department_id": departments[row.org_unit_id],
                    "outcome_before": before.outcome,
                    "outcome_after": after.outcome,
                    "end_before": before.retention_end,
                    "end_after": after.retention_end,
                }
            )
    return Round(span, moves)


def keep(session: Session, draft_id: UUID, run: int, behind: UUID | None, found: Round, now: datetime) -> None:
    """Keep what a round found and order the next one, or note the end.

    Doing it again is the same as once: a round that was kept has moved the position on.
    """
    kept = session.get(RulePreview, draft_id, with_for_update=True, populate_existing=True)
    if kept is None or kept.run != run or kept.position != behind or kept.fingerprint:
        return
    if found.span is None:
        _end(session, kept, now)
        return
    if found.moves:
        session.execute(insert(RuleMove), found.moves)
    kept.position, kept.compared = found.span.upto, kept.compared + found.span.files
    next_round(session, draft_id, run, kept.position)


def _end(session: Session, kept: RulePreview, now: datetime) -> None:
    """Note the end, with the fingerprint of what was found."""
    destroyed = select(CaseFile.id).where(CaseFile.state == CaseFileState.DESTROYED)
    of_run = (RuleMove.draft_id == kept.draft_id) & (RuleMove.run == kept.run)
    gone = delete(RuleMove).where(of_run, RuleMove.case_file_id.in_(destroyed))
    session.execute(gone, execution_options={"synchronize_session": False})
    columns = (RuleMove.department_id, RuleMove.effect, RuleMove.outcome_before, RuleMove.outcome_after)
    sums = select(*columns, func.count(), func.min(RuleMove.end_after), func.max(RuleMove.end_after))
    rows = sorted(repr(tuple(row)) for row in session.execute(sums.where(of_run).group_by(*columns)))
    told = json.dumps([kept.basis, kept.run, kept.total, rows])
    kept.fingerprint, kept.ended_at = hashlib.sha256(told.encode()).hexdigest(), now


def stop(session: Session, draft_id: UUID, run: int, code: str) -> None:
    """Keep the code of the fault that stopped the comparison; it can be ordered again."""
    kept = session.get(RulePreview, draft_id, with_for_update=True)
    if kept is not None and kept.run == run:
        kept.fault = code
