"""What the page on the rights of a case file shows: who sees it and why, shares, blocks, need-to-know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import explaining
from eakte.actions.explaining import Seer, unit_names
from eakte.actions.guard import case_file_of
from eakte.records.access import RESTRICTION_LABELS, SYSTEM, Actor, Permission
from eakte.store.files import AccessRestriction, CaseFile, Share
from eakte.store.people import Person


@dataclass(frozen=True, slots=True)
class Row:
    """A share or block, running or past."""

    row_id: UUID
    whom: str
    """Unit or person in German."""
    kind: str
    """Of a block, in German."""
    since: datetime | None
    until: datetime | None
    reason: str
    by: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RightsView:
    """The rights of one case file as somebody may see them."""

    file: CaseFile
    lead: str
    restricted: bool
    seers: tuple[Seer, ...]
    shares: tuple[Row, ...]
    blocks: tuple[Row, ...]
    may_share: bool
    may_restrict: bool
    sees_blocks: bool


def show(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> RightsView:
    """Return the rights of a case file the actor may see; blocks only for those who set or audit them."""
    actor.require(Permission.RIGHTS)
    file, names = case_file_of(session, actor, case_file_id, now), unit_names(session)
    sees_blocks = explaining.sees_reasons(actor)
    return RightsView(
        file=file,
        lead=f"{file.org_unit.current.code} {file.org_unit.current.name}",
        restricted=file.restricted,
        seers=explaining.who(session, actor, case_file_id, now=now),
        shares=_shares(session, file, names, now),
        blocks=_blocks(session, file, names, now) if sees_blocks else (),
        may_share=actor.may(Permission.SHARE) and (actor is SYSTEM or file.access_key in actor.keys),
        may_restrict=actor.may(Permission.RESTRICT),
        sees_blocks=sees_blocks,
    )


def _shares(session: Session, file: CaseFile, names: dict[str, str], now: datetime) -> tuple[Row, ...]:
    found = session.scalars(select(Share).where(Share.case_file_id == file.id).order_by(Share.since.desc()))
    return tuple(
        Row(
            one.id,
            _whom(session, one.key, names),
            "",
            one.since,
            one.expires_at,
            one.reason,
            one.granted_by,
            one.expires_at is None or one.expires_at > now,
        )
        for one in found
    )


def _blocks(session: Session, file: CaseFile, names: dict[str, str], now: datetime) -> tuple[Row, ...]:
    query = select(AccessRestriction).where(AccessRestriction.case_file_id == file.id)
    return tuple(
        Row(
            one.id,
            _whom(session, one.key, names),
            RESTRICTION_LABELS[one.kind],
            one.since,
            one.until,
            one.reason,
            one.set_by,
            one.until is None or one.until > now,
        )
        for one in session.scalars(query.order_by(AccessRestriction.since.desc()))
    )


def _whom(session: Session, key: str, names: dict[str, str]) -> str:
    kind, _, name = key.partition(":")
    if kind == "person":
        person = session.get(Person, UUID(name))
        return person.name if person else "eine Person"
    return names.get(name, name) + (" und alle darunter" if kind == "member" else "")
