"""When a case file may go and why: its verdict with the rule behind it, its holds and its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of
from eakte.actions.sharing import moving_on
from eakte.actions.verdicts import verdict_of
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.store.disposal import DisposalHold, RetentionEvent
from eakte.store.plan import RetentionRule
from retention.model import DisposalAction, Outcome


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """The rule a verdict follows."""

    rule_id: str
    title: str
    legal_basis: str
    trigger: str
    trigger_label: str
    months: int | None
    disposal_action: DisposalAction


@dataclass(frozen=True, slots=True)
class DueDate:
    """The verdict on a case file today, from the facts and never from what was kept."""

    case_file_id: UUID
    reference: str
    outcome: Outcome
    retention_end: date | None
    rule: RuleFacts | None
    steps: tuple[str, ...]
    """The German steps that led to the date."""
    on_hold: bool


def of_case_file(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> DueDate:
    """Return when a case file the actor may see may go, and why."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    verdict = verdict_of(session, file, day_of(now))
    rule = session.get(RetentionRule, verdict.rule_id) if verdict.rule_id else None
    active = [row for row in _holds(session, file.id) if row.hold().active(day_of(now))]
    return DueDate(
        case_file_id=file.id,
        reference=file.file_reference,
        outcome=verdict.outcome,
        retention_end=verdict.retention_end,
        rule=_facts(rule) if rule else None,
        steps=(*verdict.steps, *moving_on(session, actor, file, now)),
        on_hold=bool(active),
    )


def _facts(rule: RetentionRule) -> RuleFacts:
    return RuleFacts(
        rule.rule_id, rule.title, rule.legal_basis, rule.trigger, rule.trigger_label, rule.months, rule.action
    )


def holds_of(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[DisposalHold, ...]:
    """Return all holds of a case file the actor may see, lifted ones too, oldest first."""
    actor.require(Permission.READ)
    return tuple(_holds(session, case_file_of(session, actor, case_file_id, now).id))


def _holds(session: Session, case_file_id: UUID) -> list[DisposalHold]:
    query = select(DisposalHold).where(DisposalHold.case_file_id == case_file_id)
    return list(session.scalars(query.order_by(DisposalHold.placed_on, DisposalHold.id)))


def events_of(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[RetentionEvent, ...]:
    """Return the recorded events of a case file the actor may see, those that were corrected too."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    query = select(RetentionEvent).where(RetentionEvent.case_file_id == file.id)
    return tuple(session.scalars(query.order_by(RetentionEvent.trigger, RetentionEvent.recorded_at)))
