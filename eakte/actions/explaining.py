"""``why`` and ``who``: which key opens a record to whom, through what, now and at a past moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of, document_of, item_of
from eakte.actions.sight import seen_by
from eakte.actions.standing import facts_of, represented
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import SYSTEM, Actor, Permission, PostFacts, keys_of, person_key
from eakte.records.calendar import BERLIN, day_of, german
from eakte.records.explaining import BlockedFor, Closed, Explanation, PostWay, RecordRights, SharedWith, explain
from eakte.records.organisation import Organisation
from eakte.records.states import CaseFileState
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import AccessRestriction, BusinessCase, CaseFile, Share, SubFile, access_key_of, access_of
from eakte.store.organisation import Held, during, organisation_at, posts_held
from eakte.store.people import OrgUnit, Person, person_by_login
from eakte.store.processing import opened_for, running_on
from eakte.store.references import CASE, CASE_FILE, DOCUMENT, SUB_FILE, resolve

_ITEM = "item"
_ALL_DETAILS = frozenset({Permission.RESTRICT, Permission.HISTORY})
"""Who sets blocks or audits may read their reasons; nobody else learns why a colleague is blocked."""


def why(
    session: Session, actor: Actor, login: str, case_file_id: UUID, *, at: datetime | None = None, now: datetime
) -> Explanation:
    """Explain whether a person sees a case file at a moment, and why; the asker must see it now.

    Raises:
        NotFound: There is no such case file the actor may see.
        NotAllowed: The actor may not look into rights.
        InvalidInput: There is no such person.
    """
    actor.require(Permission.RIGHTS)
    file = _file(session, actor, case_file_id, now)
    return _why_file(session, actor, _person(session, login), file, at or now)


def why_document(
    session: Session, actor: Actor, login: str, document_id: UUID, *, at: datetime | None = None, now: datetime
) -> Explanation:
    """Explain the same of a document: its case file decides, or its inbox while it is not filed."""
    actor.require(Permission.RIGHTS)
    document = _document(session, actor, document_id, now)
    if document.case is None:
        return why_item(session, actor, login, document.item_id, at=at, now=now)
    return _why_file(session, actor, _person(session, login), document.case.case_file, at or now)


def why_item(
    session: Session, actor: Actor, login: str, item_id: UUID, *, at: datetime | None = None, now: datetime
) -> Explanation:
    """Explain whether a person sees an incoming item in its present inbox; once filed, the case file decides."""
    actor.require(Permission.RIGHTS)
    item = item_of(session, actor, item_id, now)
    if item.document is not None and item.document.case is not None:
        return _why_file(session, actor, _person(session, login), item.document.case.case_file, at or now)
    rights = RecordRights(item.access_key, restricted=True, inbox=True)
    return _explain(session, _person(session, login), rights, at or now)


def why_named(
    session: Session, actor: Actor, login: str, reference: str, *, at: datetime | None = None, now: datetime
) -> Explanation:
    """Explain the same of what a reference, present or former, or an id names; what lies in a file is as the file."""
    kind, record_id = _named(session, reference)
    answer = {DOCUMENT: why_document, _ITEM: why_item}.get(kind, why)
    return answer(session, actor, login, record_id, at=at, now=now)


def who_named(
    session: Session, actor: Actor, reference: str, *, at: datetime | None = None, now: datetime
) -> tuple[Seer, ...]:
    """Return everybody who sees the case file that a reference or id names, or that what it names lies in."""
    kind, record_id = _named(session, reference)
    if kind == DOCUMENT:
        document = _document(session, actor, record_id, now)
        if document.case is None:
            raise NotFound
        record_id = document.case.case_file_id
    return who(session, actor, record_id, at=at, now=now)


def _named(session: Session, reference: str) -> tuple[str, UUID]:
    """Return kind and id of a case file, document or item; parts of a case file stand for it."""
    try:
        key = UUID(reference)
    except ValueError:
        kind, key = resolve(session, reference) or (_ITEM, UUID(int=0))
    else:
        tables = ((CASE_FILE, CaseFile), (DOCUMENT, Document), (_ITEM, IncomingItem))
        kind = next((name for name, table in tables if session.get(table, key) is not None), _ITEM)
    if kind == CASE:
        return CASE_FILE, session.get_one(BusinessCase, key).case_file_id
    if kind == SUB_FILE:
        return CASE_FILE, session.get_one(SubFile, key).case_file_id
    return kind, key


def _file(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> CaseFile:
    """Return a case file the actor may see; the installation itself may ask about every one."""
    if actor is not SYSTEM:
        return case_file_of(session, actor, case_file_id, now)
    file = session.get(CaseFile, case_file_id)
    if file is None or file.state is CaseFileState.DESTROYED:
        raise NotFound
    return file


def _document(session: Session, actor: Actor, document_id: UUID, now: datetime) -> Document:
    if actor is not SYSTEM:
        return document_of(session, actor, document_id, now)
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound
    return document


def _person(session: Session, login: str) -> Person:
    person = person_by_login(session, login)
    if person is None:
        raise InvalidInput(problem=f"Es gibt keine Person mit dem Anmeldenamen „{login}“.", field="login")
    return person


def _why_file(session: Session, actor: Actor, person: Person, file: CaseFile, moment: datetime) -> Explanation:
    if day_of(moment) < file.opened_on:
        return Explanation(visible=False, sentences=(f"Die Akte gibt es erst seit dem {german(file.opened_on)}.",))
    rights = rights_of(session, file, moment, details=sees_reasons(actor))
    return _explain(session, person, rights, moment)


def sees_reasons(actor: Actor) -> bool:
    """Whether the actor may know of blocks and their reasons."""
    return actor is SYSTEM or not _ALL_DETAILS.isdisjoint(actor.permissions)


def _explain(session: Session, person: Person, rights: RecordRights, moment: datetime) -> Explanation:
    if not person.active:
        return Explanation(visible=False, sentences=(f"Das Konto von {person.name} ist geschlossen.",))
    held, organisation = posts_held(session, moment, [person.id]), organisation_at(session, moment)
    facts = facts_of(held, organisation, represented(session, held, moment))
    ways = [_way(each, meaning, organisation) for each, meaning in zip(held, facts, strict=True)]
    keys = keys_of(person.id, facts)
    return explain(person.name, person_key(person.id), keys, ways, rights, unit_names(session))


def _way(held: Held, facts: PostFacts, organisation: Organisation) -> PostWay:
    return PostWay(
        title=held.title,
        role=held.role,
        unit=held.unit_key,
        below=organisation.below(held.unit_key),
        around=facts.member_of,
        deputy=f"bis {_moment(held.deputy_until)} {facts.on_behalf_of}" if held.deputy_until else "",
    )


def unit_names(session: Session) -> dict[str, str]:
    """Return code and name of every unit by its key."""
    return {unit.key: f"{unit.code} {unit.name}" for unit in session.scalars(select(OrgUnit))}


def rights_of(session: Session, file: CaseFile, moment: datetime, *, details: bool) -> RecordRights:
    """Return what decides about a case file at a moment, with reasons in German where wanted."""
    access_key, restricted = access_key_of(session, file, moment)
    shares = session.scalars(
        select(Share)
        .where(Share.case_file_id == file.id, during(Share.since, Share.expires_at, moment))
        .order_by(Share.since)
    )
    blocks = session.scalars(
        select(AccessRestriction)
        .where(
            AccessRestriction.case_file_id == file.id,
            during(AccessRestriction.since, AccessRestriction.until, moment),
        )
        .order_by(AccessRestriction.since)
    )
    return RecordRights(
        access_key,
        restricted,
        tuple(SharedWith(one.key, _told(one.since, one.expires_at, one.reason)) for one in shares),
        tuple(
            BlockedFor(one.key, one.kind, _told(one.since, one.until, one.reason) if details else "") for one in blocks
        ),
        closed=_closed(session, file, moment),
    )


def _closed(session: Session, file: CaseFile, moment: datetime) -> Closed | None:
    running = running_on(session, file.id, moment)
    if not running:
        return None
    opened = frozenset.intersection(*(opened_for(session, one.id, moment) for one in running))
    return Closed(opened, _told(running[0].since, None, ""))


def _told(since: datetime | None, until: datetime | None, reason: str) -> str:
    words = f" seit {_moment(since)}" if since else ""
    words += f" bis {_moment(until)}" if until else ""
    return f"{words} ({reason})" if reason else words


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%d.%m.%Y, %H:%M}"


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who sees a record, with the sentences why."""

    login: str
    name: str
    sentences: tuple[str, ...]


def who(
    session: Session, actor: Actor, case_file_id: UUID, *, at: datetime | None = None, now: datetime
) -> tuple[Seer, ...]:
    """Return everybody who sees a case file at a moment, by name, and why.

    Raises:
        NotFound: There is no such case file the actor may see.
        NotAllowed: The actor may not look into rights.
    """
    actor.require(Permission.RIGHTS)
    file, moment = _file(session, actor, case_file_id, now), at or now
    if day_of(moment) < file.opened_on:
        return ()
    rights = rights_of(session, file, moment, details=sees_reasons(actor))
    organisation, names = organisation_at(session, moment), unit_names(session)
    found = []
    for one in seen_by(session, access_of(session, file, moment), moment):
        ways = [_way(held, facts, organisation) for held, facts in one.posts]
        answer = explain(one.name, person_key(one.person_id), one.keys, ways, rights, names)
        found.append(Seer(one.login, one.name, answer.sentences))
    return tuple(found)
