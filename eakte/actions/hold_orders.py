"""Hold orders (Sperranordnung): placing, reviewing and lifting them.

An order over named case files holds them at once. One over a person or a search is asked of the whole stock by a job
that begins with it, and of every record that comes or changes later (:mod:`eakte.actions.holding`). Whoever placed it
may leave: it stays, and its owner or any records manager looks at it on its day of review.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import run_settling, verdicts
from eakte.actions.cases import changed
from eakte.actions.guard import case_files_of, check_revision
from eakte.actions.hold_owners import Owner, checked_owner, is_owner
from eakte.actions.holding import asked
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotFound
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.holding import ASKED, MOST_WORDS, HoldScope, in_a_year, questions
from eakte.store.disposal import DisposalHold
from eakte.store.files import CaseFile, visible
from eakte.store.history import noted, record, set_to, since
from eakte.store.hold_orders import HoldOrder, HoldReview
from eakte.store.jobs import enqueue
from eakte.store.processing import restricts_by_hold
from search.matching import Question

LONGEST_TITLE = 200
MOST_FILES = 500
"""Case files one order may name, and holds lifted in one transaction; a worker lifts the others."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an order is to hold: case files by id, or a person, or a search."""

    scope: HoldScope
    case_file_ids: tuple[UUID, ...] = ()
    names: tuple[str, ...] = ()
    """How the person is called in records; each may be enough."""
    marks: tuple[str, ...] = ()
    """What else names the person: an account, a customer or personnel number, an address; each may be enough."""
    text: str = ""
    """A question in the language of the search."""

    @property
    def criteria(self) -> dict[str, Any]:
        """What is kept of it with the order."""
        if self.scope is HoldScope.PERSON:
            return {"names": list(self.names), "marks": list(self.marks)}
        return {"text": self.text.strip()} if self.scope is HoldScope.QUERY else {}


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a person states when placing an order."""

    reach: Reach
    reason: str
    title: str = ""
    """How it is called in lists; empty: what it reaches."""
    legal_basis: str = ""
    owner: Owner | None = None
    """Who answers for it; ``None``: whoever places it."""
    review_on: date | None = None
    """When it is looked at again; ``None``: in a year."""


def files_named(session: Session, actor: Actor, references: Collection[str], now: datetime) -> tuple[UUID, ...]:
    """Return the case files with these references that the actor may see.

    Raises:
        InvalidInput: One is not there, or the actor may not know of it; both look the same.
    """
    query = select(CaseFile.file_reference, CaseFile.id).where(
        CaseFile.file_reference.in_(references), visible(actor.keys, now)
    )
    found = dict(session.execute(query).all())
    if missing := [reference for reference in references if reference not in found]:
        raise InvalidInput(problem=f"Diese Akten gibt es nicht: {', '.join(missing[:10])}.", field="case_files")
    return tuple(found[reference] for reference in references)


def check_reach(session: Session, reach: Reach) -> None:
    """Refuse what would hold nothing, everything, or something else than was meant.

    Raises:
        InvalidInput: Nothing is named, too much is, or a word of the search was not understood.
    """
    if reach.scope is HoldScope.FILES:
        if not 0 < len(set(reach.case_file_ids)) <= MOST_FILES:
            problem = f"Bitte mindestens eine und höchstens {MOST_FILES} Akten nennen."
            raise InvalidInput(problem=problem, field="case_files")
        return
    field = "text" if reach.scope is HoldScope.QUERY else "names"
    texts = questions(reach.scope, reach.criteria)
    if len(reach.names) + len(reach.marks) > MOST_WORDS:
        raise InvalidInput(problem=f"Höchstens {MOST_WORDS} Namen und Merkmale in einer Anordnung.", field=field)
    if not texts:
        raise InvalidInput(problem="Bitte einen Namen oder ein Merkmal der Person nennen.", field=field)
    for text in texts:
        question = Question(asked(session, text))
        if question.notes:
            problem = " ".join(question.notes) + " Für eine Sperranordnung muss die Suche eindeutig sein."
            raise InvalidInput(problem=problem, field=field)
        if question.is_empty:
            raise InvalidInput(problem="Bitte sagen, wonach gesucht werden soll.", field=field)


def place(session: Session, actor: Actor, new: NewOrder, now: datetime) -> HoldOrder:
    """Place an order; files it names are held at once, the others by the job ordered here.

    Raises:
        MissingReason: No reason was given.
        InvalidInput: What it reaches, its title, owner or day of review cannot be accepted.
        NotFound: A named case file is not there, or the actor may not know of it.
    """
    actor.require(Permission.HOLD)
    if not new.reason.strip():
        raise MissingReason
    check_reach(session, new.reach)
    review_on = new.review_on or in_a_year(day_of(now))
    if review_on <= day_of(now):
        raise InvalidInput(problem="Das Prüfdatum muss in der Zukunft liegen.", field="review_on")
    ids = tuple(dict.fromkeys(new.reach.case_file_ids)) if new.reach.scope is HoldScope.FILES else ()
    run_settling.lock_disposals(session, ids)
    files = case_files_of(session, actor, ids, now) if ids else []
    order = HoldOrder(
        title=_title(new, files),
        scope=new.reach.scope,
        criteria=new.reach.criteria,
        reason=new.reason.strip(),
        legal_basis=new.legal_basis.strip(),
        placed_at=now,
        placed_by=actor.name,
        review_on=review_on,
        **_owner(session, actor, new.owner),
    )
    session.add(order)
    session.flush()
    holds = [_hold(session, actor, order, file, now) for file in files]
    detail = {"scope": order.scope.value, "review_on": review_on.isoformat(), "files": len(holds)}
    tell(session, actor, order, "hold_order.placed", now, detail)
    if ids:
        run_settling.settle(session, now, case_file_ids=ids)
    else:
        enqueue(session, "holding", str(order.id))
    return order


def _title(new: NewOrder, files: Collection[CaseFile]) -> str:
    title = " ".join(new.title.split())
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(problem=f"Die Bezeichnung hat höchstens {LONGEST_TITLE} Zeichen.", field="title")
    if title:
        return title
    if new.reach.scope is HoldScope.FILES:
        return f"{next(iter(files)).file_reference}{f' und {len(files) - 1} weitere' if len(files) > 1 else ''}"
    return " ".join((new.reach.text or "; ".join([*new.reach.names, *new.reach.marks])).split())[:LONGEST_TITLE]


def _owner(session: Session, actor: Actor, owner: Owner | None) -> Mapping[str, UUID | None]:
    if owner is None:
        return {"owner_person_id": actor.person_id}
    checked_owner(session, owner)
    return {"owner_person_id": owner.person_id, "owner_post_id": owner.post_id}


def _hold(session: Session, actor: Actor, order: HoldOrder, case_file: CaseFile, now: datetime) -> DisposalHold:
    hold = DisposalHold(case_file_id=case_file.id, order=order, placed_on=day_of(now), placed_by=actor.name)
    session.add(hold)
    session.flush()
    verdicts.keep_verdict(session, case_file, day_of(now))
    case_file.revision += 1
    changes = set_to(reason=order.reason, legal_basis=order.legal_basis or None, review_on=order.review_on)
    detail = {"hold": str(hold.id), "order": str(order.id)}
    changed(session, actor, case_file, "hold.placed", now=now, detail=detail, changes=changes)
    return hold


def prolong(
    session: Session,
    actor: Actor,
    order_id: UUID,
    *,
    reason: str,
    review_on: date,
    revision: int | None = None,
    now: datetime,
) -> HoldOrder:
    """Find an order still needed until another day, with a reason.

    Raises:
        NotFound: There is none in force, or the actor may not know of it.
        MoveRefused: It is part of a restriction of processing and goes with that.
        MissingReason: No reason was given.
        InvalidInput: The day is not to come.
        StaleRevision: Somebody else reviewed it since.
    """
    order = in_force(session, actor, order_id, now)
    check_revision(order.revision, revision)
    if not reason.strip():
        raise MissingReason
    if review_on <= day_of(now):
        raise InvalidInput(problem="Das neue Prüfdatum muss in der Zukunft liegen.", field="review_on")
    due_on, order.review_on = order.review_on, review_on
    order.revision += 1
    seen = {"order_id": order.id, "at": now, "by": actor.name, "due_on": due_on, "review_on": review_on}
    session.add(HoldReview(reason=reason.strip(), **seen))
    session.flush()
    detail = {"due_on": due_on.isoformat(), "review_on": review_on.isoformat()}
    tell(session, actor, order, "hold_order.reviewed", now, detail)
    return order


def lift(
    session: Session, actor: Actor, order_id: UUID, *, reason: str, revision: int | None = None, now: datetime
) -> HoldOrder:
    """Lift an order with a reason: all it holds is let go, and nothing that another order holds too.

    A worker lets the rest go where there is much; until then it is held.

    Raises:
        NotFound: There is none in force, or the actor may not know of it.
        MissingReason: No reason was given.
        StaleRevision: Somebody else reviewed it since.
    """
    order = in_force(session, actor, order_id, now)
    check_revision(order.revision, revision)
    if not reason.strip():
        raise MissingReason
    if restricts_by_hold(session, select(DisposalHold.id).where(DisposalHold.order_id == order.id)):
        raise MoveRefused(state="Teil einer Einschränkung der Verarbeitung")
    order.lifted_at, order.lifted_by, order.lift_reason = now, actor.name, reason.strip()
    order.revision += 1
    session.flush()
    tell(session, actor, order, "hold_order.lifted", now, {"scope": order.scope.value})
    if let_go(session, actor, order.id, now) == MOST_FILES:
        enqueue(session, "holding", f"{order.id}:lifted", str(order.id))
    return order


def let_go(session: Session, actor: Actor, order_id: UUID, now: datetime) -> int:
    """Lift the next holds of a lifted order, at most ``MOST_FILES``, and return how many those were."""
    order = session.get_one(HoldOrder, order_id)
    if order.lifted_at is None:
        return 0
    query = select(DisposalHold.case_file_id).where(DisposalHold.order_id == order_id, DisposalHold.lifted_on.is_(None))
    ids = list(session.scalars(query.order_by(DisposalHold.case_file_id).limit(MOST_FILES)))
    run_settling.lock_disposals(session, ids)
    run_settling.lock_files(session, ids)
    held = select(DisposalHold).where(DisposalHold.order_id == order_id, DisposalHold.case_file_id.in_(ids))
    holds = list(session.scalars(held.order_by(DisposalHold.case_file_id)))
    before = [noted(hold, "lifted_on", "lift_reason") for hold in holds]
    for hold in holds:
        hold.lifted_on, hold.lifted_by, hold.lift_reason = day_of(now), order.lifted_by, order.lift_reason
    session.flush()
    verdicts.review(session, ids, day_of(now))
    for hold, was in zip(holds, before, strict=True):
        detail = {"hold": str(hold.id), "order": str(order_id)}
        about, changes = ("case_file", hold.case_file_id), since(was, hold)
        record(
            session, actor, "hold.lifted", about=about, now=now, case_file_id=hold.case_file_id, detail=detail,
            changes=changes,
        )  # fmt: skip
    return len(ids)


def in_force(session: Session, actor: Actor, order_id: UUID, now: datetime) -> HoldOrder:
    """Return an order in force that the actor may decide about, its row locked.

    Raises:
        NotFound: There is none, or the actor may not know of it.
        NotAllowed: The actor is neither its owner nor a records manager.
        MoveRefused: It is lifted already.
    """
    order = order_of(session, actor, order_id, now, lock=True)
    if order.lifted_at is not None:
        raise MoveRefused(state="aufgehoben")
    return order


def order_of(session: Session, actor: Actor, order_id: UUID, now: datetime, *, lock: bool = False) -> HoldOrder:
    """Return an order the actor may know of: its owner and the records managers, and if it names files, who sees one.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    order = session.get(HoldOrder, order_id, with_for_update={"of": HoldOrder} if lock else None)
    if order is None or not (actor.may(Permission.HOLD) or is_owner(session, actor, order, now)):
        raise NotFound
    if order.scope not in ASKED and actor is not SYSTEM and not _sees_one(session, actor, order_id, now):
        raise NotFound
    if actor.may(Permission.HOLD):
        actor.require(Permission.HOLD)
    return order


def _sees_one(session: Session, actor: Actor, order_id: UUID, now: datetime) -> bool:
    query = (
        select(DisposalHold.id)
        .join(CaseFile, CaseFile.id == DisposalHold.case_file_id)
        .where(DisposalHold.order_id == order_id, visible(actor.keys, now))
    )
    return session.scalar(query.limit(1)) is not None


def tell(
    session: Session, actor: Actor, order: HoldOrder, action: str, now: datetime, detail: Mapping[str, object]
) -> None:
    """Write the history of an order. It holds no word of it: what was written lies with the order and goes with it."""
    record(session, actor, action, about=("hold_order", order.id), now=now, detail=detail)
