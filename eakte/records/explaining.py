"""Why a person sees a record or does not, in German: from the same keys that decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eakte.records.access import (
    ALL,
    POWERS,
    READ_ALL,
    RESTRICTION_LABELS,
    ROLE_LABELS,
    Permission,
    RestrictionKind,
    Role,
    meets,
)
from eakte.records.organisation import Edge, Relation


@dataclass(frozen=True, slots=True)
class PostWay:
    """One post the person acts in at the moment, with the ways from its unit to all it holds."""

    title: str
    role: Role
    unit: str
    """Key of its unit."""
    below: Mapping[str, tuple[Edge, ...]]
    around: frozenset[str]
    deputy: str = ""
    """For deputies: for whom and until when, in German."""


@dataclass(frozen=True, slots=True)
class SharedWith:
    """A share that holds at the moment; ``told`` is its reason and time in German."""

    key: str
    told: str


@dataclass(frozen=True, slots=True)
class BlockedFor:
    """A block that holds at the moment."""

    key: str
    kind: RestrictionKind
    told: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A restriction of processing that holds at the moment."""

    opened_for: frozenset[str]
    """Keys of the people who have the record open for a purpose."""
    told: str


@dataclass(frozen=True, slots=True)
class RecordRights:
    """What decides about a record at the moment: the key of its lead unit or inbox, and what was added."""

    access_key: str
    restricted: bool
    shares: Sequence[SharedWith] = ()
    blocks: Sequence[BlockedFor] = ()
    closed: Closed | None = None
    inbox: bool = False
    """An incoming item: only who works in the inbox sees it, no role that reads all records."""

    @property
    def carried(self) -> frozenset[str]:
        """The keys that open it."""
        opened = {self.access_key, *(share.key for share in self.shares)}
        return frozenset(opened if self.restricted or self.inbox else opened | {ALL})

    @property
    def blocked(self) -> frozenset[str]:
        """The keys it is blocked for."""
        return frozenset(block.key for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer, and the German sentences that lead to it."""

    visible: bool
    sentences: tuple[str, ...]


def explain(
    name: str,
    person: str,
    keys: frozenset[str],
    posts: Sequence[PostWay],
    record: RecordRights,
    names: Mapping[str, str],
) -> Explanation:
    """Say which key opens a record to a person, through what, or why none does.

    Args:
        name: of the person.
        person: the key of the person.
        keys: all keys the person holds at the moment, from which the rights are decided.
        posts: what the person acts in.
        record: what decides about the record.
        names: code and name of units by their key.
    """
    visible = meets(keys, record.carried, record.blocked, record.closed.opened_for if record.closed else None)
    ways = [*_by_posts(name, posts, record, names), *_by_share(name, person, keys, record)]
    against = [_blocked(name, person, posts, block, names) for block in record.blocks if block.key in keys]
    if against:
        return Explanation(visible, (*ways, *against, "Eine Sperre geht jedem Recht vor."))
    if ways and record.closed:
        return Explanation(visible, (*ways, *_restricted(name, record.closed, visible=visible)))
    return Explanation(visible, tuple(ways or _none(name, posts, record, names)))


def _by_posts(name: str, posts: Sequence[PostWay], record: RecordRights, names: Mapping[str, str]) -> list[str]:
    told = []
    for post in posts:
        reads_all = post.role in READ_ALL
        if reads_all and ALL in record.carried:
            told.append(
                f"{_acts(name, post, names)} Die Rolle {ROLE_LABELS[post.role]} liest alle Akten, "
                "die nicht auf die zuständige Einheit beschränkt sind."
            )
        if reads_all or Permission.READ not in POWERS[post.role]:
            continue
        unit = record.access_key.removeprefix("unit:")
        if unit in post.below:
            leads = "hat diesen Posteingang" if record.inbox else "führt die Akte"
            told.append(f"{_acts(name, post, names)} {_path(post, unit, names)}{_unit(unit, names)} {leads}.")
        for share in record.shares:
            shared = share.key.removeprefix("unit:")
            if share.key.startswith("unit:") and shared in post.below:
                way = f"{_acts(name, post, names)} {_path(post, shared, names)}"
                told.append(f"{way}Mit {_unit(shared, names)} ist die Akte geteilt{share.told}.")
    return told


def _by_share(name: str, person: str, keys: frozenset[str], record: RecordRights) -> list[str]:
    if person not in keys:
        return []
    return [
        f"Die Akte ist mit {name} persönlich geteilt{share.told}." for share in record.shares if share.key == person
    ]


def _blocked(name: str, person: str, posts: Sequence[PostWay], block: BlockedFor, names: Mapping[str, str]) -> str:
    label = RESTRICTION_LABELS[block.kind]
    if block.key == person:
        return f"{label}: Die Akte ist für {name} gesperrt{block.told}."
    unit = block.key.removeprefix("member:")
    where = next((post for post in posts if unit in post.around), None)
    works = f" {_acts(name, where, names)}" if where else ""
    struck = f"alle, die in {_unit(unit, names)} oder darunter arbeiten"
    return f"{label}: Die Akte ist gesperrt für {struck}{block.told}.{works}"


def _restricted(name: str, closed: Closed, *, visible: bool) -> tuple[str, str]:
    stands = f"Die Verarbeitung der Akte ist eingeschränkt{closed.told} (Art. 18 DSGVO)."
    if visible:
        return stands, f"{name} hat sie für einen erlaubten Zweck geöffnet."
    return stands, f"Nur wer sie für einen erlaubten Zweck öffnet, sieht sie; {name} hat das nicht getan."


def _none(name: str, posts: Sequence[PostWay], record: RecordRights, names: Mapping[str, str]) -> list[str]:
    if not posts:
        return [f"{name} hat zu diesem Zeitpunkt keine Stelle und vertritt niemanden."]
    unit = _unit(record.access_key.removeprefix("unit:"), names)
    leads = f"Den Posteingang hat {unit}." if record.inbox else f"Die Akte führt {unit}."
    told = [leads, *(_acts(name, post, names) + _why_not(post, record) for post in posts)]
    if not record.inbox:
        told.append(f"Mit {name} oder einer Einheit, deren Schlüssel {name} hält, ist die Akte nicht geteilt.")
    return told


def _why_not(post: PostWay, record: RecordRights) -> str:
    if post.role in READ_ALL and not record.inbox:
        return " Die Akte ist auf die zuständige Einheit und Freigaben beschränkt; da reicht auch diese Rolle nicht."
    if post.role in READ_ALL:
        return " Diese Rolle arbeitet in keinem Posteingang."
    if Permission.READ not in POWERS[post.role]:
        return " Diese Rolle liest keine Akten."
    return " Diese Einheit gehört nicht dazu."


def _acts(name: str, post: PostWay, names: Mapping[str, str]) -> str:
    place = f"„{post.title}“ ({ROLE_LABELS[post.role]}) in {_unit(post.unit, names)}"
    return f"{name} vertritt {post.deputy} in der Stelle {place}." if post.deputy else f"{name} hat die Stelle {place}."


def _path(post: PostWay, unit: str, names: Mapping[str, str]) -> str:
    words = {Relation.PART: "{upper} steht über {lower}. ", Relation.SUCCESSION: "{upper} hat {lower} übernommen. "}
    return "".join(
        words[edge.relation].format(upper=_unit(edge.upper, names), lower=_unit(edge.lower, names))
        for edge in post.below[unit]
    )


def _unit(key: str, names: Mapping[str, str]) -> str:
    return names.get(key, key)
