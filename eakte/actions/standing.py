"""Who a person is at a moment: the posts they act in, and the keys and powers these give."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.access import POWERS, Actor, Permission, PostFacts, keys_of, mandates_of, permissions_of
from eakte.records.organisation import Organisation
from eakte.store.organisation import Held, holders_of, living_units, organisation_at, posts_held
from eakte.store.people import OrgUnit, Person


def actor_for(session: Session, person: Person, moment: datetime) -> Actor:
    """Return the actor a person is, or was, at a moment, through the posts they act in."""
    held = posts_held(session, moment, [person.id])
    facts = facts_of(held, organisation_at(session, moment), represented(session, held, moment))
    own = [fact for fact in facts if fact.on_behalf_of is None]
    units = living_units(session, frozenset[str]().union(*(fact.unit_codes for fact in facts)))
    return Actor(
        person_id=person.id,
        login=person.login,
        name=person.name,
        keys=keys_of(person.id, facts),
        permissions=permissions_of(facts),
        unit_codes=frozenset(unit.code for unit in units),
        home_unit=session.get_one(OrgUnit, held[0].unit_id).current.code if held else None,
        mandates=mandates_of(facts),
        own_keys=keys_of(person.id, own),
        own_permissions=permissions_of(own),
    )


def facts_of(held: Sequence[Held], organisation: Organisation, behalf: Mapping[UUID, str]) -> list[PostFacts]:
    """Return what posts mean for rights; ``behalf`` says for whom deputies of a post act."""
    units = {
        key: (frozenset(organisation.below(key)), organisation.around(key)) for key in {each.unit_key for each in held}
    }
    return [
        PostFacts(each.role, *units[each.unit_key], behalf[each.post_id] if each.deputy_until else None)
        for each in held
    ]


def represented(session: Session, held: Collection[Held], moment: datetime) -> dict[UUID, str]:
    """Return for whom deputies of the posts act: the holder's login, or the title of a vacant post."""
    deputised = {each.post_id: each.title for each in held if each.deputy_until}
    holders = holders_of(session, deputised, moment) if deputised else {}
    return {
        post_id: holders[post_id][0].login if post_id in holders else title[:80] for post_id, title in deputised.items()
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """One person with what they hold at a moment."""

    person_id: UUID
    login: str
    name: str
    posts: tuple[tuple[Held, PostFacts], ...]

    @property
    def keys(self) -> frozenset[str]:
        """All keys the person holds."""
        return keys_of(self.person_id, [facts for _, facts in self.posts])

    def may(self, permission: Permission) -> bool:
        """Whether one of the posts gives the power."""
        return any(permission in POWERS[facts.role] for _, facts in self.posts)


def everybody(session: Session, moment: datetime) -> list[Standing]:
    """Return all active people who act in a post at a moment, by name: some thousands in a large city."""
    held = posts_held(session, moment)
    facts = facts_of(held, organisation_at(session, moment), represented(session, held, moment))
    posts: dict[UUID, list[tuple[Held, PostFacts]]] = {}
    for each, meaning in zip(held, facts, strict=True):
        posts.setdefault(each.person_id, []).append((each, meaning))
    people = session.execute(
        select(Person.id, Person.login, Person.name).where(Person.active).order_by(Person.name, Person.login)
    )
    return [Standing(*row, tuple(posts[row.id])) for row in people.all() if row.id in posts]
