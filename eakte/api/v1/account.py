"""One's own account: open sessions, last sign-ins and keys, and taking them back. Keys are made on the pages alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from eakte.actions import sessions, tokens
from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.errors import NotFound
from eakte.records.access import Permission
from eakte.records.scopes import Scope


class WebSession(Out):
    """An open session of a browser."""

    session_id: UUID
    since: datetime
    seen_at: datetime
    way: str
    address: str
    browser: str


class WebSessions(Out):
    """Open sessions, the newest first."""

    items: list[WebSession]


class SignIn(Out):
    """An attempt to sign in."""

    at: datetime
    way: str
    success: bool
    address: str
    browser: str


class SignIns(Out):
    """The last attempts to sign in, also the failed ones."""

    items: list[SignIn]


class Token(Out):
    """A key for programs, without its secret."""

    token_id: UUID
    name: str
    token_start: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    valid: bool


class Tokens(Out):
    """Keys for programs, the newest first."""

    items: list[Token]


class EndedSessions(Out):
    """The receipt for ended sessions."""

    number: int


class RevokedToken(Out):
    """The receipt for a revoked key."""

    token_id: UUID


def told_sessions(rows: Iterable[sessions.SessionRow]) -> WebSessions:
    """Return sessions as programs read them."""
    return WebSessions(
        items=[
            WebSession(
                session_id=row.id,
                since=row.since,
                seen_at=row.seen_at,
                way=row.way,
                address=row.address,
                browser=row.browser,
            )
            for row in rows
        ]
    )


def told_sign_ins(rows: Iterable[sessions.SignInRow]) -> SignIns:
    """Return attempts to sign in as programs read them."""
    return SignIns(
        items=[
            SignIn(at=row.at, way=row.way, success=row.outcome == "done", address=row.address, browser=row.browser)
            for row in rows
        ]
    )


def told_tokens(rows: Iterable[tokens.TokenRow]) -> Tokens:
    """Return keys as programs read them."""
    return Tokens(
        items=[
            Token(
                token_id=row.id,
                name=row.name,
                token_start=row.prefix,
                scopes=list(row.scopes),
                created_at=row.created_at,
                expires_at=row.expires_at,
                used_at=row.used_at,
                revoked_at=row.revoked_at,
                valid=row.valid,
            )
            for row in rows
        ]
    )


def revoke_of(call: Call, person_id: UUID, token_id: UUID) -> RevokedToken:
    """Revoke a key of one person.

    Raises:
        NotFound: It is not theirs.
    """
    if token_id not in {row.id for row in tokens.tokens_of(call.session, call.actor, person_id, call.now)}:
        raise NotFound
    tokens.revoke(call.session, call.actor, token_id, call.now)
    return RevokedToken(token_id=token_id)


def _own_id(call: Call) -> UUID:
    if call.actor.person_id is None:
        raise NotFound
    return call.actor.person_id


def list_sessions(call: Call) -> WebSessions:
    """List one's own open sessions."""
    return told_sessions(sessions.open_sessions(call.session, call.actor, _own_id(call), call.now))


def end_session(call: Call, session_id: UUID) -> EndedSessions:
    """End one of one's own sessions."""
    return EndedSessions(number=sessions.end(call.session, call.actor, _own_id(call), call.now, only=session_id))


def list_sign_ins(call: Call) -> SignIns:
    """List the last attempts to sign in to one's own account."""
    return told_sign_ins(sessions.sign_ins(call.session, call.actor, _own_id(call)))


def list_tokens(call: Call) -> Tokens:
    """List one's own keys."""
    return told_tokens(tokens.tokens_of(call.session, call.actor, _own_id(call), call.now))


def revoke_token(call: Call, token_id: UUID) -> RevokedToken:
    """Revoke one of one's own keys, maybe the one in use."""
    return revoke_of(call, _own_id(call), token_id)


OPERATIONS = (
    Operation("GET", "/me/sessions", list_sessions, Permission.OWN, WebSessions, "Eigene offene Sitzungen"),
    Operation(
        "DELETE", "/me/sessions/<uuid:session_id>", end_session, Permission.OWN, EndedSessions,
        "Eine eigene Sitzung beenden",
    ),
    Operation("GET", "/me/sign-ins", list_sign_ins, Permission.OWN, SignIns, "Eigene letzte Anmeldungen"),
    Operation(
        "GET", "/me/tokens", list_tokens, Permission.OWN, Tokens, "Eigene Zugangsschlüssel",
        notes="Neue Schlüssel entstehen nur auf der Seite „Mein Konto“: Kein Schlüssel überlebt seinen Widerruf, "
        "indem er einen weiteren anlegt.",
    ),
    Operation(
        "DELETE", "/me/tokens/<uuid:token_id>", revoke_token, Permission.OWN, RevokedToken,
        "Einen eigenen Zugangsschlüssel widerrufen", notes="Auch den, mit dem gefragt wird.",
    ),
)  # fmt: skip
