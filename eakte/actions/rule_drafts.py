"""Changing a retention rule: a draft that is typed and checked, and its approval by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import rule_preview
from eakte.actions.guard import check_revision
from eakte.actions.rule_preview import State, state_of
from eakte.errors import InvalidInput, MissingReason, NotFound, SamePerson
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.rule_draft import (
    CODE,
    ChangeKind,
    Checked,
    DraftNotReady,
    DraftState,
    Known,
    PreviewNotSeen,
    check,
    fields_of,
    move_draft,
    texts_of,
)
from eakte.store.database import catalogue_of
from eakte.store.history import noted, record, set_to, since
from eakte.store.jobs import enqueue
from eakte.store.people import OrgUnit
from eakte.store.plan import FilePlanUnit, RetentionRule, plan_in_force
from eakte.store.rules import RuleDraft
from retention.model import CASE_CLOSED, PeriodStart, RetentionKind, Rule
from retention.rules import version_order

LONGEST_TEXT = 2_000
"""Characters kept of one field."""
_TOLD = ("title", "kind", "months", "trigger", "period_start", "action", "legal_basis", "branch", "departments")
"""What the history tells of a new version beside its day."""


def begin(session: Session, actor: Actor, change: ChangeKind, code: str, now: datetime) -> RuleDraft:
    """Begin a change of the rule *code*, with what its youngest version says; of a new rule, with nothing.

    Raises:
        NotFound: There is no such rule to supersede or to end.
        InvalidInput: The code of a new rule is taken, or is none.
    """
    actor.require(Permission.DISPOSE)
    code = code.strip()
    former = _former(session, code)
    if change is not ChangeKind.NEW and former is None:
        raise NotFound
    if change is ChangeKind.NEW and former is not None:
        raise InvalidInput(problem=f"Die Regel {code} gibt es schon. Bitte eine neue Fassung beginnen.", field="code")
    if change is ChangeKind.NEW and not CODE.fullmatch(code):
        problem = "Das Kürzel hat höchstens 40 Zeichen: Buchstaben, Ziffern, Punkt, Strich."
        raise InvalidInput(problem=problem, field="code")
    texts = texts_of(former) if former else _empty()
    draft = RuleDraft(
        code=code,
        change=change,
        texts={name: texts[name] for name in fields_of(change)},
        authors=[_id(actor)],
        begun_by=actor.signature,
        begun_at=now,
        changed_by=actor.signature,
        changed_at=now,
    )
    session.add(draft)
    session.flush()
    _log(session, actor, draft, "rule_draft.begun", now, changes=set_to(rule=code, kind=change.value))
    return draft


def _empty() -> dict[str, str]:
    defaults = {
        "kind": RetentionKind.FIXED.value,
        "trigger": CASE_CLOSED,
        "trigger_label": "z.d.A.-Verfügung",
        "period_start": PeriodStart.END_OF_CALENDAR_YEAR.value,
        "certainty": "sure",
    }
    return {name: defaults.get(name, "") for name in fields_of(ChangeKind.NEW)}


def save(
    session: Session,
    actor: Actor,
    draft_id: UUID,
    texts: Mapping[str, str],
    *,
    revision: int | None = None,
    now: datetime,
) -> RuleDraft:
    """Keep what was typed, faulty or not; fields that are not named stay as they are.

    Raises:
        StaleRevision: Somebody else has changed it since *revision*.
        MoveRefused: It was approved or discarded.
    """
    draft = _open(session, actor, draft_id, revision)
    typed = {name: texts[name][:LONGEST_TEXT].strip() for name in fields_of(draft.change) if name in texts}
    before, after = draft.texts, {**draft.texts, **typed}
    draft.texts, draft.authors = after, sorted({*draft.authors, _id(actor)})
    draft.changed_by, draft.changed_at, draft.revision = actor.signature, now, draft.revision + 1
    changes = {name: (before.get(name), text) for name, text in after.items()}
    _log(session, actor, draft, "rule_draft.changed", now, changes=changes)
    return draft


def order_preview(session: Session, actor: Actor, draft_id: UUID, now: datetime) -> RuleDraft:
    """Order the comparison of the whole stock under the draft, anew where there was one.

    Raises:
        DraftNotReady: Something in it is wrong.
        MoveRefused: It was approved or discarded.
    """
    draft = _open(session, actor, draft_id, None)
    rule = checked(session, draft, now).rule
    if rule is None:
        raise DraftNotReady
    rule_preview.order(session, actor, draft, rule, now)
    return draft


def discard(session: Session, actor: Actor, draft_id: UUID, *, reason: str, now: datetime) -> RuleDraft:
    """Give a draft up; it stays readable.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: It was approved or discarded.
    """
    draft = _open(session, actor, draft_id, None)
    if not reason.strip():
        raise MissingReason
    before = noted(draft, "state")
    draft.state, draft.decision = move_draft(draft.state, DraftState.DISCARDED), reason.strip()
    draft.decided_by, draft.decided_at, draft.revision = actor.signature, now, draft.revision + 1
    _log(session, actor, draft, "rule_draft.discarded", now, reason=reason.strip(), changes=since(before, draft))
    return draft


def approve(session: Session, actor: Actor, draft_id: UUID, *, fingerprint: str, now: datetime) -> Rule:
    """Let a change count from its day on, as a second person who has seen what it moves.

    Raises:
        SamePerson: The approver has typed in the draft.
        DraftNotReady: Something in it is wrong, perhaps because its day is past by now.
        PreviewNotSeen: There is no finished preview of it, of today and under today's rules, or it is another one
            than *fingerprint* names.
        MoveRefused: It was approved or discarded.
    """
    draft = _open(session, actor, draft_id, None)
    if actor.person_id is None or _id(actor) in draft.authors:
        raise SamePerson
    rule = checked(session, draft, now).rule
    if rule is None:
        raise DraftNotReady
    standing = state_of(session, draft, rule, now)
    if standing.state is not State.FRESH or standing.fingerprint != fingerprint:
        raise PreviewNotSeen
    approved = replace(rule, approved_by=actor.signature, approved_on=day_of(now))
    reason = draft.texts["reason"]
    session.add(RetentionRule.of(approved, reason))
    before = noted(draft, "state")
    draft.state, draft.rule_id = move_draft(draft.state, DraftState.APPROVED), approved.rule_id
    draft.decided_by, draft.decided_at, draft.revision = actor.signature, now, draft.revision + 1
    session.flush()
    told = set_to(**{name: _plain(getattr(approved, name)) for name in _TOLD}, valid_from=approved.valid_from)
    changes = {**since(before, draft), **told}
    _log(session, actor, draft, "rule.approved", now, reason=reason, changes=changes)
    enqueue(session, "verdicts", approved.rule_id)
    return approved


def _plain(value: object) -> object:
    return ", ".join(value) if isinstance(value, tuple) else value


def draft_of(session: Session, actor: Actor, draft_id: UUID) -> RuleDraft:
    """Return a draft.

    Raises:
        NotFound: There is none.
    """
    actor.require(Permission.DISPOSE)
    draft = session.get(RuleDraft, draft_id)
    if draft is None:
        raise NotFound
    return draft


def listing(session: Session, actor: Actor, *, code: str = "") -> list[RuleDraft]:
    """Return all drafts, or those of one rule: those being prepared first, then the newest."""
    actor.require(Permission.DISPOSE)
    query = select(RuleDraft).where(*([RuleDraft.code == code] if code else []))
    found = session.scalars(query.order_by(RuleDraft.begun_at.desc(), RuleDraft.id)).all()
    return sorted(found, key=lambda draft: draft.state is not DraftState.DRAFT)


def _open(session: Session, actor: Actor, draft_id: UUID, revision: int | None) -> RuleDraft:
    actor.require(Permission.DISPOSE)
    draft = session.get(RuleDraft, draft_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise NotFound
    check_revision(draft.revision, revision)
    move_draft(draft.state, DraftState.DRAFT)
    return draft


def checked(session: Session, draft: RuleDraft, now: datetime) -> Checked:
    """Return the version a draft would become, or what is wrong with what was typed."""
    return check(draft.change, draft.texts, known(session, draft.code, now))


def known(session: Session, code: str, now: datetime) -> Known:
    """Return what a draft of a rule is checked against."""
    plan = plan_in_force(session)
    branches = select(FilePlanUnit.code).where(FilePlanUnit.plan_id == (plan.id if plan else None))
    numbers = [
        int(number)
        for rule_id in session.scalars(select(RetentionRule.rule_id).where(RetentionRule.code == code))
        if (number := rule_id.rpartition("/")[2]).isdecimal()
    ]
    return Known(
        today=day_of(now),
        code=code,
        number=max(numbers, default=0) + 1,
        former=_former(session, code),
        branches=frozenset(session.scalars(branches)),
        units=frozenset(session.scalars(select(OrgUnit.code).where(OrgUnit.dissolved_at.is_(None)))),
        file_types=frozenset(kind.name for kind in catalogue_of(session).case_file_kinds),
    )


def _former(session: Session, code: str) -> Rule | None:
    versions = [row.rule() for row in session.scalars(select(RetentionRule).where(RetentionRule.code == code))]
    return max(versions, key=version_order, default=None)


def _id(actor: Actor) -> str:
    return str(actor.person_id or actor.login)


def _log(
    session: Session,
    actor: Actor,
    draft: RuleDraft,
    action: str,
    now: datetime,
    *,
    reason: str = "",
    changes: Mapping[str, tuple[object, object]] | None = None,
) -> None:
    detail = {"rule": draft.rule_id or draft.code}
    about = ("rule_draft", draft.id)
    record(session, actor, action, about=about, now=now, detail=detail, reason=reason, changes=changes)
