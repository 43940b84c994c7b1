"""Rights as sets: the keys a person holds against the keys a record carries.

A record carries the key of its lead unit (``unit:63.2``), ``all`` unless it is need-to-know, and the
keys of explicit shares. A person holds the keys of the units below their posts, and ``all`` if a role
of theirs reads everything. A record is visible if the sets meet. Roles also grant powers (what one
may do), which never make a record visible.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from eakte.errors import NotAllowed

ALL = "all"
"""The key of roles that read every record that is not need-to-know."""


class Role(StrEnum):
    """What a post is for (GLOSSARY, people and rights)."""

    CLERK = "clerk"
    REGISTRAR = "registrar"
    RECORDS_MANAGER = "records_manager"
    ARCHIVIST = "archivist"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: Mapping[Role, str] = {
    Role.CLERK: "Sachbearbeitung",
    Role.REGISTRAR: "Registratur",
    Role.RECORDS_MANAGER: "Schriftgutverwaltung",
    Role.ARCHIVIST: "Stadtarchiv",
    Role.AUDITOR: "Revision",
    Role.ADMINISTRATOR: "Systemverwaltung",
}


class Permission(StrEnum):
    """Powers named in the table of routes."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ACCOUNT = "account"
    """One's own account: all that is left while a new password has to be chosen."""
    READ = "read"
    UPLOAD = "upload"
    FILE = "file"
    OPEN_FILE = "open_file"
    CLOSE = "close"
    REOPEN = "reopen"
    HOLD = "hold"
    DISPOSE = "dispose"
    APPRAISE = "appraise"
    HISTORY = "history"
    USERS = "users"


_EVERYBODY = frozenset({Permission.PUBLIC, Permission.SIGNED_IN, Permission.ACCOUNT})
_CLERK = frozenset({Permission.READ, Permission.UPLOAD, Permission.FILE, Permission.OPEN_FILE, Permission.CLOSE})
POWERS: Mapping[Role, frozenset[Permission]] = {
    Role.CLERK: _CLERK,
    Role.REGISTRAR: _CLERK | {Permission.REOPEN},
    Role.RECORDS_MANAGER: frozenset(
        {Permission.READ, Permission.REOPEN, Permission.HOLD, Permission.DISPOSE, Permission.HISTORY}
    ),
    Role.ARCHIVIST: frozenset({Permission.APPRAISE}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.HISTORY}),
    Role.ADMINISTRATOR: frozenset({Permission.USERS}),
}
_READ_ALL = frozenset({Role.RECORDS_MANAGER, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class PostFacts:
    """One post a person holds today: its role and the codes of its unit and all units below."""

    role: Role
    unit_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with keys and powers, or the system itself (``person_id`` is ``None``)."""

    person_id: UUID | None
    login: str
    name: str
    keys: frozenset[str]
    permissions: frozenset[Permission]
    unit_codes: frozenset[str]
    home_unit: str | None = None
    """Code of the unit of the first post, for defaults in forms."""
    on_behalf_of: str | None = None
    """Login of the person the actor stands in for (i. V.); the history tells it."""

    def may(self, permission: Permission) -> bool:
        """Whether the actor has the power."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise :class:`NotAllowed` unless the actor has the power."""
        if permission not in self.permissions:
            raise NotAllowed


def unit_key(code: str) -> str:
    """Return the key that stands for an organisation unit."""
    return f"unit:{code}"


def person_key(person_id: UUID) -> str:
    """Return the key that stands for one person, used by explicit shares."""
    return f"person:{person_id}"


def keys_of(person_id: UUID, posts: Collection[PostFacts]) -> frozenset[str]:
    """Return the keys a person holds through their posts."""
    if not posts:
        return frozenset()
    keys = {person_key(person_id)}
    for post in posts:
        if post.role in _READ_ALL:
            keys.add(ALL)
        elif Permission.READ in POWERS[post.role]:
            keys.update(unit_key(code) for code in post.unit_codes)
    return frozenset(keys)


def permissions_of(posts: Collection[PostFacts]) -> frozenset[Permission]:
    """Return the powers of all posts together; without a post a person may only sign in."""
    return _EVERYBODY.union(*(POWERS[post.role] for post in posts))


def record_keys(unit_code: str, *, restricted: bool, shares: Collection[str]) -> frozenset[str]:
    """Return the keys a case file carries."""
    keys = {unit_key(unit_code), *shares}
    if not restricted:
        keys.add(ALL)
    return frozenset(keys)


SYSTEM = Actor(
    person_id=None,
    login="system",
    name="System",
    keys=frozenset({ALL}),
    permissions=frozenset(Permission),
    unit_codes=frozenset(),
)
"""The worker and the command line acting for the installation itself."""
