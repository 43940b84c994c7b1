"""Rights as sets: the keys a person holds against the keys a record carries.

A record carries the key of its lead unit (``unit:63.2``), ``all`` unless it is need-to-know, and the
keys of explicit shares. A person holds the keys of the units below the posts they hold or stand in for, and
``all`` if a role of theirs reads everything. A record is visible if the sets meet and none of the keys it is
blocked for is among the person's: their own (``person:…``), or those of the units they work in, which are
written ``member:63`` because a block on a unit strikes everybody who works in it or below it. What is restricted in its
processing is visible only to those who opened it for a purpose. Roles also grant powers (what one may do), which never
make a record visible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from eakte.errors import NotAllowed

ALL = "all"
"""The key of roles that read every record that is not need-to-know."""
KEEPER = "keeper"
"""The key of the installation alone, which stores what people may not process (Art. 18 (2) GDPR)."""


class Role(StrEnum):
    """What a post is for (GLOSSARY, people and rights)."""

    CLERK = "clerk"
    MAIL_CLERK = "mail_clerk"
    REGISTRAR = "registrar"
    RECORDS_MANAGER = "records_manager"
    ARCHIVIST = "archivist"
    AUDITOR = "auditor"
    DPO = "dpo"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: Mapping[Role, str] = {
    Role.CLERK: "Sachbearbeitung",
    Role.MAIL_CLERK: "Poststelle",
    Role.REGISTRAR: "Registratur",
    Role.RECORDS_MANAGER: "Schriftgutverwaltung",
    Role.ARCHIVIST: "Stadtarchiv",
    Role.AUDITOR: "Revision",
    Role.DPO: "Datenschutz",
    Role.ADMINISTRATOR: "Systemverwaltung",
}


class RestrictionKind(StrEnum):
    """Why somebody must not know of a record, whatever their post is."""

    LOCK = "lock"
    CONFLICT = "conflict"


RESTRICTION_LABELS: Mapping[RestrictionKind, str] = {
    RestrictionKind.LOCK: "Sperrvermerk",
    RestrictionKind.CONFLICT: "Interessenkonflikt",
}


class Permission(StrEnum):
    """Powers named in the table of routes."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ACCOUNT = "account"
    """One's own account: all that is left while a new password has to be chosen."""
    OWN = "own"
    """Seeing one's own sessions and keys and taking them back, which a program may do too."""
    READ = "read"
    UPLOAD = "upload"
    FILE = "file"
    OPEN_FILE = "open_file"
    CLOSE = "close"
    REOPEN = "reopen"
    EVENT = "event"
    """Recording and correcting the events that start retention periods."""
    HOLD = "hold"
    DISPOSE = "dispose"
    APPRAISE = "appraise"
    EXCHANGE = "exchange"
    """Looking after the exchange with the archive; handing over and taking out need the power to dispose."""
    DISPOSAL_RUNS = "disposal_runs"
    """Taking part in disposal runs; which step is whose, its action decides by the powers above."""
    PAPER = "paper"
    """Keep and lend the paper part of case files."""
    HISTORY = "history"
    USERS = "users"
    DEPUTE = "depute"
    """Arranging a deputyship for one's own post: everybody who has one."""
    DEPUTIES = "deputies"
    """Arranging deputyships for posts of others."""
    RIGHTS = "rights"
    """Seeing who sees a record and why; the record must be visible."""
    SHARE = "share"
    """Sharing case files of one's own units."""
    RESTRICT = "restrict"
    """Blocks, need-to-know, and handing a case file over to another unit."""
    EXIT = "exit"
    """Taking a whole authority out or in: no role has it, the command line acts for the installation itself."""
    PLAN = "plan"
    """Working on the file plan: versions, units, patterns, re-mapping."""
    DATA_PROTECTION = "data_protection"
    """Seeing restrictions of processing and requests of data subjects, and opening what is restricted for a purpose."""
    DATA_SUBJECTS = "data_subjects"
    """Restricting and lifting, entering requests of data subjects and deciding them."""
    MIGRATE = "migrate"
    """Taking whole shelves of scanned paper into one's own units, and taking that back."""


_EVERYBODY = frozenset({Permission.PUBLIC, Permission.SIGNED_IN, Permission.ACCOUNT, Permission.OWN})
_CLERK = frozenset(
    {
        Permission.READ,
        Permission.UPLOAD,
        Permission.FILE,
        Permission.OPEN_FILE,
        Permission.CLOSE,
        Permission.EVENT,
        Permission.DISPOSAL_RUNS,
        Permission.RIGHTS,
        Permission.SHARE,
    }
)
POWERS: Mapping[Role, frozenset[Permission]] = {
    Role.CLERK: _CLERK,
    Role.MAIL_CLERK: frozenset({Permission.READ, Permission.UPLOAD, Permission.FILE}),
    Role.REGISTRAR: _CLERK
    | {
        Permission.PLAN,
        Permission.REOPEN,
        Permission.RESTRICT,
        Permission.DEPUTIES,
        Permission.PAPER,
        Permission.MIGRATE,
        Permission.DATA_PROTECTION,
        Permission.DATA_SUBJECTS,
    },
    Role.RECORDS_MANAGER: frozenset(
        {
            Permission.READ,
            Permission.PLAN,
            Permission.REOPEN,
            Permission.EVENT,
            Permission.HOLD,
            Permission.DISPOSE,
            Permission.EXCHANGE,
            Permission.DISPOSAL_RUNS,
            Permission.HISTORY,
            Permission.RIGHTS,
            Permission.RESTRICT,
            Permission.PAPER,
            Permission.DATA_PROTECTION,
            Permission.DATA_SUBJECTS,
        }
    ),
    Role.ARCHIVIST: frozenset({Permission.APPRAISE, Permission.EXCHANGE, Permission.DISPOSAL_RUNS}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.HISTORY, Permission.RIGHTS}),
    # Art. 38 (2) GDPR: access to personal data and processing operations, without changing or deciding anything.
    Role.DPO: frozenset({Permission.READ, Permission.HISTORY, Permission.RIGHTS, Permission.DATA_PROTECTION}),
    Role.ADMINISTRATOR: frozenset({Permission.USERS, Permission.DEPUTIES}),
}
READ_ALL = frozenset({Role.RECORDS_MANAGER, Role.AUDITOR, Role.DPO})
"""Roles that read every record that is not need-to-know."""


@dataclass(frozen=True, slots=True)
class PostFacts:
    """One post a person holds, or stands in for, at a moment."""

    role: Role
    unit_codes: frozenset[str]
    """Keys of its unit and of all units it holds with that."""
    member_of: frozenset[str] = frozenset()
    """Keys of its unit, of those above and of what they took over: what blocks on units look at."""
    on_behalf_of: str | None = None
    """Login of the holder, or the title of a vacant post, where the person is only a deputy."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a deputyship adds: the keys and powers of one post, and for whom."""

    on_behalf_of: str
    keys: frozenset[str]
    permissions: frozenset[Permission]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with keys and powers, or the system itself (``person_id`` is ``None``)."""

    person_id: UUID | None
    login: str
    name: str
    keys: frozenset[str]
    permissions: frozenset[Permission]
    unit_codes: frozenset[str]
    """Codes of the units the person works in, for forms."""
    home_unit: str | None = None
    """Code of the unit of the first post, for defaults in forms."""
    mandates: tuple[Mandate, ...] = ()
    """Deputyships: ``keys`` and ``permissions`` hold what they add already."""
    own_keys: frozenset[str] = frozenset()
    """What the person would hold without them; of use only where there are mandates, as are the next two."""
    own_permissions: frozenset[Permission] = frozenset()
    needed: set[Permission] = field(default_factory=set, compare=False, repr=False)
    """Powers that were asked for so far, so that the history tells which acts only a deputyship allowed."""

    @property
    def signature(self) -> str:
        """The name with the login, as decisions are signed: two people of one name are still two."""
        return f"{self.name} ({self.login})"

    def may(self, permission: Permission) -> bool:
        """Whether the actor has the power."""
        return permission in self.permissions

    def may_by_own_post(self, permission: Permission) -> bool:
        """Whether the actor has the power without any deputyship: what a deputy may not pass on."""
        return self.may(permission) and (not self.mandates or permission in self.own_permissions)

    def held_by_own_post(self) -> frozenset[str]:
        """Return the keys the actor holds without any deputyship."""
        return self.keys & self.own_keys if self.mandates else self.keys

    def require(self, permission: Permission) -> None:
        """Raise :class:`NotAllowed` unless the actor has the power."""
        if permission not in self.permissions:
            raise NotAllowed
        if self.mandates:
            self.needed.add(permission)


def unit_key(code: str) -> str:
    """Return the key that stands for an organisation unit."""
    return f"unit:{code}"


def person_key(person_id: UUID) -> str:
    """Return the key that stands for one person, used by explicit shares."""
    return f"person:{person_id}"


def member_key(code: str) -> str:
    """Return the key of everybody who works in a unit or below it, used by blocks; it opens nothing."""
    return f"member:{code}"


def keys_of(person_id: UUID, posts: Collection[PostFacts]) -> frozenset[str]:
    """Return the keys a person holds through their posts."""
    if not posts:
        return frozenset()
    return frozenset({person_key(person_id)}).union(*(keys_of_post(post) for post in posts))


@lru_cache(maxsize=4_096)
def keys_of_post(post: PostFacts) -> frozenset[str]:
    """Return the keys a post gives to whoever acts in it."""
    keys = {member_key(code) for code in post.member_of}
    if post.role in READ_ALL:
        keys.add(ALL)
    elif Permission.READ in POWERS[post.role]:
        keys.update(unit_key(code) for code in post.unit_codes)
    return frozenset(keys)


def permissions_of(posts: Collection[PostFacts]) -> frozenset[Permission]:
    """Return the powers of all posts together; without a post a person may only sign in."""
    own = {Permission.DEPUTE} if posts else ()
    return _EVERYBODY.union(own, *(POWERS[post.role] for post in posts))


def record_keys(access_key: str, *, restricted: bool, shares: Iterable[str]) -> frozenset[str]:
    """Return the keys a case file carries, the lead unit's first: any of them opens it."""
    keys = {access_key, *shares}
    if not restricted:
        keys.add(ALL)
    return frozenset(keys)


def meets(
    keys: frozenset[str], carried: frozenset[str], blocked: frozenset[str], only: frozenset[str] | None = None
) -> bool:
    """Tell whether a record is visible: one key opens it and none is blocked, whatever else the person holds.

    Where its processing is restricted, only those with one of the keys in *only* still see it, and the installation.
    """
    closed = only is not None and keys.isdisjoint(only | {KEEPER})
    return not keys.isdisjoint(carried) and keys.isdisjoint(blocked) and not closed


def mandates_of(posts: Collection[PostFacts]) -> tuple[Mandate, ...]:
    """Return what the deputyships among the posts add, one mandate each."""
    return tuple(
        Mandate(post.on_behalf_of, keys_of_post(post), POWERS[post.role])
        for post in posts
        if post.on_behalf_of is not None
    )


SYSTEM = Actor(
    person_id=None,
    login="system",
    name="System",
    keys=frozenset({ALL, KEEPER}),
    permissions=frozenset(Permission),
    unit_codes=frozenset(),
)
"""The worker and the command line acting for the installation itself."""
