"""People as other services know them: recognised, created, linked, kept in step with their groups."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from eakte.actions.sessions import fingerprint
from eakte.actions.users import add_person, post_of
from eakte.errors import AccountClosed, IdentityExpired, IdentityTaken, IdentityUnknown, InvalidInput
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.identity import Told, Wanted
from eakte.store.history import record
from eakte.store.organisation import held
from eakte.store.people import OrgUnit, Person, Post, PostHolder, person_by_login, unit_by_code
from eakte.store.sign_in import Identity, OidcFlow

LOG = logging.getLogger(__name__)
UNDER_WAY = timedelta(minutes=10)
"""How long a sign-in at the provider may take."""


@dataclass(frozen=True, slots=True)
class Joining:
    """How people of another service become people here; both are rules the operator sets."""

    create: bool
    """Somebody unknown gets an account."""
    link_logins: bool
    """Somebody unknown takes over the account with the same login: only right where the service's logins are ours."""


def begin_flow(
    session: Session, *, state: str, visitor: str, nonce: str, code_verifier: str, back: str | None, now: datetime
) -> None:
    """Remember a sign-in that goes on at the provider."""
    session.add(
        OidcFlow(
            state_hash=fingerprint(state),
            visitor_hash=fingerprint(visitor),
            nonce=nonce,
            code_verifier=code_verifier,
            next_path=back,
            expires_at=now + UNDER_WAY,
        )
    )


def claim_flow(session: Session, *, state: str, visitor: str, now: datetime) -> OidcFlow:
    """Take a sign-in that comes back; it can be taken once, and only by the browser that began it.

    Raises:
        IdentityExpired: There is none.
    """
    query = select(OidcFlow).where(OidcFlow.state_hash == fingerprint(state)).with_for_update()
    flow = session.scalar(query) if state and visitor else None
    if flow is None or flow.visitor_hash != fingerprint(visitor) or flow.expires_at <= now:
        raise IdentityExpired
    session.delete(flow)
    return flow


def forget_flows(session: Session, now: datetime) -> None:
    """Remove sign-ins that never came back."""
    session.execute(delete(OidcFlow).where(OidcFlow.expires_at <= now))


def recognise(session: Session, told: Told, joining: Joining, now: datetime) -> Person:
    """Return the person another service tells of, linked by its subject; the login alone proves nothing.

    Raises:
        IdentityTaken: An account has this login and must not be taken over.
        IdentityUnknown: There is no account, and none is made.
        AccountClosed: The account is closed.
    """
    person = person_of(session, told, joining, now)
    if not person.active:
        raise AccountClosed
    rename(session, person, told.name, now)
    return person


def person_of(session: Session, told: Told, joining: Joining, now: datetime) -> Person:
    """Return the person like :func:`recognise`, also with a closed account and under the name it has here."""
    return _linked(session, told) or _joined(session, told, joining, now)


def rename(session: Session, person: Person, name: str, now: datetime) -> bool:
    """Give a person the name another service tells; return whether it was another one."""
    if person.name == name:
        return False
    changes = {"name": (person.name, name)}
    person.name = name
    record(session, SYSTEM, "person.renamed", about=("person", person.id), now=now, changes=changes)
    return True


def _linked(session: Session, told: Told) -> Person | None:
    return session.scalar(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.issuer == told.issuer, Identity.subject == told.subject)
    )


def _joined(session: Session, told: Told, joining: Joining, now: datetime) -> Person:
    person = person_by_login(session, told.login)
    if person is not None and (person.technical or not joining.link_logins or _has_identity(session, person, told)):
        raise IdentityTaken
    if person is None and not joining.create:
        raise IdentityUnknown
    if person is None:
        person_id = add_person(session, SYSTEM, login=told.login, name=told.name, password=None, now=now)
        person = session.get_one(Person, person_id)
    _link(session, SYSTEM, person, told.issuer, told.subject, now)
    return person


def _has_identity(session: Session, person: Person, told: Told) -> bool:
    """Whether another subject of the same service is linked already: the login was given to somebody else."""
    query = select(Identity.id).where(Identity.person_id == person.id, Identity.issuer == told.issuer)
    return session.scalar(query) is not None


def link(session: Session, actor: Actor, login: str, *, issuer: str, subject: str, now: datetime) -> None:
    """Link an account to a subject of another service by an administrator's decision; replaces an older link.

    Raises:
        InvalidInput: There is no such person, or the subject is linked to somebody else.
    """
    actor.require(Permission.USERS)
    person = person_by_login(session, login)
    if person is None or person.technical:
        raise InvalidInput(problem=f"Es gibt keine Person mit dem Anmeldenamen „{login}“.", field="login")
    taken = session.scalar(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject))
    if taken is not None and taken.person_id != person.id:
        raise InvalidInput(problem="Diese Kennung ist schon mit einem anderen Konto verknüpft.", field="subject")
    session.execute(delete(Identity).where(Identity.person_id == person.id, Identity.issuer == issuer))
    _link(session, actor, person, issuer, subject, now)


def _link(session: Session, actor: Actor, person: Person, issuer: str, subject: str, now: datetime) -> None:
    session.add(Identity(person_id=person.id, issuer=issuer, subject=subject, linked_at=now))
    session.flush()
    record(session, actor, "person.linked", about=("person", person.id), now=now, detail={"issuer": issuer})


def keep_posts(session: Session, person: Person, wanted: Collection[Wanted], *, source: str, now: datetime) -> bool:
    """Give and take posts until those from *source* are the wanted ones; return whether anything changed.

    Posts given by hand stay untouched; a unit that does not exist is told to the operator.
    """
    changed = False
    mine = {_as_wanted(post, unit): holder for holder, post, unit in _holders(session, person.id, now)}
    for gone in [one for one, holder in mine.items() if holder.source == source and one not in wanted]:
        mine[gone].ended_at = now
        _tell(session, person, "person.post_ended", gone, now)
        changed = True
    missing = []
    for new in sorted(set(wanted) - mine.keys()):
        unit = unit_by_code(session, new.unit)
        if unit is None:
            missing.append(new)
            continue
        post = post_of(session, unit, new.title, new.role, now)
        session.add(
            PostHolder(post_id=post.id, person_id=person.id, valid_from=day_of(now), assigned_at=now, source=source)
        )
        _tell(session, person, "person.post_assigned", new, now)
        changed = True
    if missing:
        LOG.warning("groups name units that do not exist: %s", ", ".join(sorted({one.unit for one in missing})))
    return changed


def _holders(session: Session, person_id: UUID, now: datetime) -> list[tuple[PostHolder, Post, OrgUnit]]:
    query = (
        select(PostHolder, Post, OrgUnit)
        .join(Post, Post.id == PostHolder.post_id)
        .join(OrgUnit, OrgUnit.id == Post.org_unit_id)
        .where(PostHolder.person_id == person_id, held(now))
    )
    return [(holder, post, unit) for holder, post, unit in session.execute(query)]


def _as_wanted(post: Post, unit: OrgUnit) -> Wanted:
    return Wanted(unit.code, post.role, post.title)


def _tell(session: Session, person: Person, action: str, what: Wanted, now: datetime) -> None:
    detail = {"unit": what.unit, "role": what.role.value}
    record(session, SYSTEM, action, about=("person", person.id), now=now, detail=detail)
