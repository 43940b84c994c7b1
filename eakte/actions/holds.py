"""Disposal holds (Löschsperre)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import run_settling
from eakte.actions.cases import changed
from eakte.actions.guard import case_file_of
from eakte.actions.verdicts import keep_verdict
from eakte.errors import MissingReason, MoveRefused, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.store.disposal import DisposalHold
from eakte.store.history import noted, set_to, since


def place(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    reason: str,
    legal_basis: str = "",
    review_on: date | None = None,
    now: datetime,
) -> UUID:
    """Protect a case file from disposal until the hold is lifted.

    Raises:
        MissingReason: No reason was given.
    """
    actor.require(Permission.HOLD)
    if not reason.strip():
        raise MissingReason
    run_settling.lock_disposals(session, [case_file_id])
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    hold = DisposalHold(
        case_file_id=case_file.id,
        reason=reason.strip(),
        legal_basis=legal_basis.strip(),
        placed_on=day_of(now),
        placed_by=actor.name,
        review_on=review_on,
    )
    session.add(hold)
    session.flush()
    keep_verdict(session, case_file, day_of(now))
    case_file.revision += 1
    changes = set_to(reason=hold.reason, legal_basis=hold.legal_basis or None, review_on=review_on)
    changed(session, actor, case_file, "hold.placed", now=now, detail={"hold": str(hold.id)}, changes=changes)
    run_settling.settle(session, now, case_file_ids=[case_file.id])
    return hold.id


def lift(session: Session, actor: Actor, hold_id: UUID, *, reason: str, now: datetime) -> None:
    """Lift a hold, with a reason.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: The hold is lifted already.
    """
    actor.require(Permission.HOLD)
    if not reason.strip():
        raise MissingReason
    hold = session.get(DisposalHold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound
    case_file = case_file_of(session, actor, hold.case_file_id, now, lock=True)
    if hold.lifted_on is not None:
        raise MoveRefused(state="aufgehoben")
    before = noted(hold, "lifted_on", "lift_reason")
    hold.lifted_on, hold.lifted_by, hold.lift_reason = day_of(now), actor.name, reason.strip()
    session.flush()
    keep_verdict(session, case_file, day_of(now))
    case_file.revision += 1
    changes = since(before, hold)
    changed(session, actor, case_file, "hold.lifted", now=now, detail={"hold": str(hold.id)}, changes=changes)
