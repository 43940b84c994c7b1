"""Passwords: hashing with argon2id, the rule for new ones, one-time passwords, changing one's own."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput, WrongPassword
from eakte.records.access import Actor, Permission
from eakte.records.passwords import canonical, problem_of
from eakte.store.history import record
from eakte.store.people import Person, person_by_login
from eakte.store.sign_in import WebSession

HASHER = PasswordHasher()
"""argon2id with the library's parameters (RFC 9106, low memory); older hashes are renewed at sign-in."""
DECOY = "$argon2id$v=19$m=65536,t=3,p=4$/E29IBXXe1XQRCB6GdTy6g$3euPVRBvP0HisQ3UPJI8kxFoWb/Hjmq6XZDAXbtUBIE"
"""Checked where there is no hash, so that an unknown login costs the same time as a wrong password. Written down:
hashing it would hold up the start of every command."""
ONE_TIME_VALID = timedelta(hours=72)
_ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is misread or misheard: no i, l, o, 0, 1."""


def matches(stored: str | None, password: str) -> bool:
    """Whether a password fits a hash; ``None`` takes as long and never fits."""
    try:
        fits = HASHER.verify(stored or DECOY, canonical(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return fits and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with parameters that are no longer ours."""
    return HASHER.check_needs_rehash(stored)


def accepted_hash(password: str, *, login: str, name: str) -> str:
    """Return the hash of a new password.

    Raises:
        InvalidInput: The rule refuses it; the sentence says why.
    """
    about = (login, *(part.strip(".,") for part in name.split()))
    if problem := problem_of(password, about=about, common=_common()):
        raise InvalidInput(problem=problem, field="password")
    return HASHER.hash(canonical(password))


@cache
def _common() -> frozenset[str]:
    text = (files("eakte.actions") / "common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


def set_password(session: Session, actor: Actor, login: str, *, password: str, now: datetime) -> None:
    """Give an account a new password and end its sessions."""
    actor.require(Permission.USERS)
    person = _local(session, login)
    person.password_hash = accepted_hash(password, login=person.login, name=person.name)
    person.must_change_password, person.password_expires_at = False, None
    _fresh(session, person)
    record(session, actor, "person.password_set", about=("person", person.id), now=now)


def recover(session: Session, actor: Actor, login: str, *, now: datetime, valid: timedelta = ONE_TIME_VALID) -> str:
    """Give an account a one-time password, end its sessions and return the password: it is shown once and kept nowhere.

    It opens nothing but the choice of a new password, and only until it expires.
    """
    actor.require(Permission.USERS)
    person = _local(session, login)
    groups = ("".join(secrets.choice(_ONE_TIME_LETTERS) for _ in range(4)) for _ in range(4))
    password = "-".join(groups)
    person.password_hash = HASHER.hash(password)
    person.must_change_password, person.password_expires_at = True, now + valid
    _fresh(session, person)
    detail = {"until": (now + valid).isoformat(timespec="minutes")}
    record(session, actor, "person.recovered", about=("person", person.id), now=now, detail=detail)
    return password


def change_own(session: Session, actor: Actor, *, old: str, new: str, now: datetime) -> Person:
    """Change one's own password; all sessions of the person end, so the caller opens a new one.

    Raises:
        WrongPassword: The old one is wrong.
        InvalidInput: The rule refuses the new one, or it is the old one.
    """
    actor.require(Permission.ACCOUNT)
    person = session.get_one(Person, actor.person_id, with_for_update=True, populate_existing=True)
    if not matches(person.password_hash, old):
        raise WrongPassword(field="old")
    if canonical(old) == canonical(new):
        raise InvalidInput(problem="Bitte wählen Sie ein anderes Kennwort als das bisherige.", field="password")
    person.password_hash = accepted_hash(new, login=person.login, name=person.name)
    person.must_change_password, person.password_expires_at = False, None
    _fresh(session, person)
    record(session, actor, "person.password_changed", about=("person", person.id), now=now)
    return person


def has_password(session: Session, person_id: UUID) -> bool:
    """Whether the account has a password of ours; else another service keeps it."""
    return session.get_one(Person, person_id).password_hash is not None


def _fresh(session: Session, person: Person) -> None:
    """Begin anew with the account: no wrong tries, no open sessions."""
    person.failed_sign_ins, person.locked_until = 0, None
    session.execute(delete(WebSession).where(WebSession.person_id == person.id))


def _local(session: Session, login: str) -> Person:
    person = person_by_login(session, login)
    if person is None:
        raise InvalidInput(problem=f"Es gibt keine Person mit dem Anmeldenamen „{login}“.", field="login")
    if person.technical:
        problem = f"„{login}“ ist das Konto eines Fachverfahrens: Es hat Zugangsschlüssel und kein Kennwort."
        raise InvalidInput(problem=problem, field="login")
    return person
