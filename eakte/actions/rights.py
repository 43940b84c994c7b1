"""Rights of one case file: shares, blocks and need-to-know, each with a reason, a time and a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.cases import changed
from eakte.actions.guard import case_file_of
from eakte.actions.sight import SightChange, change_of_sight, seen_by
from eakte.errors import InvalidInput, MissingReason, NotAllowed, NotFound
from eakte.records.access import ALL, SYSTEM, Actor, Permission, RestrictionKind, member_key, person_key, unit_key
from eakte.store.files import Access, AccessRestriction, CaseFile, Share, access_of, change_access
from eakte.store.history import Changes
from eakte.store.jobs import enqueue
from eakte.store.organisation import during
from eakte.store.people import OrgUnit, Person, code_of_key, person_by_login, unit_by_code


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a share or block is for: the code of a unit or the login of a person, exactly one of them."""

    unit: str = ""
    person: str = ""


def share(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    whom: Whom,
    *,
    reason: str,
    expires_at: datetime | None,
    now: datetime,
) -> UUID:
    """Share a case file of one's own unit with another unit or a person; return the share's id.

    A unit stands for itself and those above it, as everywhere. Who sees a file only by a share cannot share it on.

    Raises:
        MissingReason: No reason was given.
        InvalidInput: There is no such unit or person, it is shared so already, or the end is not to come.
        NotAllowed: The file is not one of the actor's units.
    """
    actor.require(Permission.SHARE)
    file = case_file_of(session, actor, case_file_id, now, lock=True)
    if actor is not SYSTEM and file.access_key not in actor.keys:
        raise NotAllowed
    _check(reason, expires_at, now)
    key = _unit_key(session, whom) if whom.unit else _person_key(session, whom)
    if key == file.access_key or _running(session, file, key, now) is not None:
        raise InvalidInput(problem="Damit ist die Akte schon geteilt.", field="unit" if whom.unit else "person")
    made = Share(
        case_file_id=file.id, key=key, since=now, expires_at=expires_at, reason=reason.strip(), granted_by=actor.login
    )
    session.add(made)
    session.flush()
    detail = {"whom": whom.unit or whom.person, "until": expires_at.isoformat() if expires_at else None}
    _tell(session, actor, file, "case_file.shared", detail, reason, now)
    _order_end(session, file, made.id, expires_at, now)
    return made.id


def revoke(session: Session, actor: Actor, case_file_id: UUID, share_id: UUID, *, now: datetime) -> None:
    """End a share at once.

    Raises:
        NotFound: There is no such share of this file that still runs.
    """
    actor.require(Permission.SHARE)
    file = case_file_of(session, actor, case_file_id, now, lock=True)
    if actor is not SYSTEM and file.access_key not in actor.keys:
        raise NotAllowed
    running = during(Share.since, Share.expires_at, now)
    found = session.scalar(select(Share).where(Share.id == share_id, Share.case_file_id == file.id, running))
    if found is None:
        raise NotFound
    found.expires_at = now
    _tell(session, actor, file, "case_file.share_revoked", {"whom": whose(session, found.key)}, "", now)


def block(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    whom: Whom,
    *,
    kind: RestrictionKind,
    reason: str,
    until: datetime | None,
    now: datetime,
) -> UUID:
    """Hide a case file from a person, or from all who work in a unit or below it, whatever else they hold.

    Raises:
        MissingReason: No reason was given.
        InvalidInput: There is no such unit or person, the end is not to come, or nobody would be left to lift it.
    """
    actor.require(Permission.RESTRICT)
    file = case_file_of(session, actor, case_file_id, now, lock=True)
    _check(reason, until, now)
    key = _member_key(session, whom) if whom.unit else _person_key(session, whom)
    access = access_of(session, file, now)
    _keep_a_guardian(session, replace(access, blocked=access.blocked | {key}), now)
    # Told before it holds: who blocks themselves is still the one who did it.
    detail = {"whom": whom.unit or whom.person, "kind": kind.value, "until": until.isoformat() if until else None}
    _tell(session, actor, file, "case_file.blocked", detail, reason, now)
    about = {"kind": kind, "reason": reason.strip(), "set_by": actor.login}
    made = AccessRestriction(case_file_id=file.id, key=key, since=now, until=until, **about)
    session.add(made)
    session.flush()
    _order_end(session, file, made.id, until, now)
    return made.id


def lift(session: Session, actor: Actor, case_file_id: UUID, block_id: UUID, *, reason: str, now: datetime) -> None:
    """Lift a block, with a reason.

    Raises:
        MissingReason: No reason was given.
        NotFound: There is no such block of this file that still holds.
    """
    actor.require(Permission.RESTRICT)
    file = case_file_of(session, actor, case_file_id, now, lock=True)
    _check(reason, None, now)
    holding = during(AccessRestriction.since, AccessRestriction.until, now)
    found = session.scalar(
        select(AccessRestriction).where(
            AccessRestriction.id == block_id, AccessRestriction.case_file_id == file.id, holding
        )
    )
    if found is None:
        raise NotFound
    found.until = now
    _tell(
        session,
        actor,
        file,
        "case_file.unblocked",
        {"whom": whose(session, found.key), "kind": found.kind.value},
        reason,
        now,
    )


def set_restricted(
    session: Session, actor: Actor, case_file_id: UUID, *, restricted: bool, reason: str, now: datetime
) -> None:
    """Make a case file need-to-know, or take that back, with a reason.

    Raises:
        MissingReason: No reason was given.
        InvalidInput: It is so already, or nobody would be left who may take it back.
    """
    actor.require(Permission.RESTRICT)
    file = case_file_of(session, actor, case_file_id, now, lock=True)
    _check(reason, None, now)
    if file.restricted == restricted:
        raise InvalidInput(problem="Daran ändert sich nichts.", field="restricted")
    _keep_a_guardian(session, restricted_access(access_of(session, file, now), restricted=restricted), now)
    _tell(session, actor, file, "case_file.restricted", {"restricted": restricted}, reason, now)
    change_access(session, file, restricted=restricted, now=now)


def restricted_access(access: Access, *, restricted: bool) -> Access:
    """Return rights with the need-to-know flag set or taken back."""
    carried = access.carried - {ALL} if restricted else access.carried | {ALL}
    return replace(access, carried=carried)


def preview(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    shared: Whom | None = None,
    blocked: Whom | None = None,
    restricted: bool | None = None,
    now: datetime,
) -> SightChange:
    """Return who would gain and lose sight of a case file by a share, a block or the need-to-know flag."""
    actor.require(Permission.RIGHTS)
    file = case_file_of(session, actor, case_file_id, now)
    before = after = access_of(session, file, now)
    if shared is not None:
        key = _unit_key(session, shared) if shared.unit else _person_key(session, shared)
        after = replace(after, carried=after.carried | {key})
    if blocked is not None:
        key = _member_key(session, blocked) if blocked.unit else _person_key(session, blocked)
        after = replace(after, blocked=after.blocked | {key})
    if restricted is not None:
        after = restricted_access(after, restricted=restricted)
    return change_of_sight(session, before, after, now)


def _keep_a_guardian(session: Session, access: Access, now: datetime) -> None:
    # A restriction of processing leaves the right to lift it, and ends some day.
    if not any(one.may(Permission.RESTRICT) for one in seen_by(session, replace(access, only=None), now)):
        raise InvalidInput(
            problem="Danach könnte niemand mehr die Rechte dieser Akte ändern. Eine Person, die es darf, muss bleiben.",
            field="restricted",
        )


def _check(reason: str, until: datetime | None, now: datetime) -> None:
    if not reason.strip():
        raise MissingReason
    if until is not None and until <= now:
        raise InvalidInput(problem="Das Ende muss in der Zukunft liegen.", field="until")


def _running(session: Session, file: CaseFile, key: str, now: datetime) -> Share | None:
    running = during(Share.since, Share.expires_at, now)
    return session.scalar(select(Share).where(Share.case_file_id == file.id, Share.key == key, running))


def _unit_key(session: Session, whom: Whom) -> str:
    return unit_key(_unit(session, whom).key)


def _member_key(session: Session, whom: Whom) -> str:
    return member_key(_unit(session, whom).key)


def _unit(session: Session, whom: Whom) -> OrgUnit:
    unit = unit_by_code(session, whom.unit)
    if unit is None:
        raise InvalidInput(problem=f"Die Organisationseinheit „{whom.unit}“ gibt es nicht.", field="unit")
    return unit


def _person_key(session: Session, whom: Whom) -> str:
    person = person_by_login(session, whom.person)
    if person is None or not person.active:
        raise InvalidInput(problem=f"Es gibt keine aktive Person „{whom.person}“.", field="person")
    return person_key(person.id)


def whose(session: Session, key: str) -> str:
    """Return whom a key of a share or block means: the code of a unit or the login of a person."""
    kind, _, name = key.partition(":")
    if kind == "person":
        person = session.get(Person, UUID(name))
        return person.login if person else name
    return code_of_key(session, key)


def _tell(
    session: Session,
    actor: Actor,
    file: CaseFile,
    action: str,
    detail: Mapping[str, object],
    reason: str,
    now: datetime,
) -> None:
    """Write the history and order the index anew: the entry's version grows with the file's revision."""
    file.revision += 1
    changes = _OLD_AND_NEW[action](detail)
    changed(session, actor, file, action, now=now, detail=detail, reason=reason.strip(), changes=changes)


_OLD_AND_NEW: Mapping[str, Callable[[Mapping[str, object]], Changes]] = {
    "case_file.shared": lambda told: {"share": (None, told["whom"])},
    "case_file.share_revoked": lambda told: {"share": (told["whom"], None)},
    "case_file.blocked": lambda told: {"block": (None, told["whom"])},
    "case_file.unblocked": lambda told: {"block": (told["whom"], None)},
    "case_file.restricted": lambda told: {"restricted": (not told["restricted"], told["restricted"])},
}
"""Old and new value of what each action changes."""


def _order_end(session: Session, file: CaseFile, name: UUID, until: datetime | None, now: datetime) -> None:
    """Let the index learn when a share or block ends by itself; the database knows anyway."""
    if until is not None:
        enqueue(session, "reindexing", f"{file.id}:ends:{name}", str(file.id), delay=until - now)
