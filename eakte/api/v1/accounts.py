"""Accounts for administrators: listed, closed and opened, sessions ended, keys revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import accounts, sessions, tokens
from eakte.api import paging
from eakte.api.models import In, Nothing, Out, Page, PageQuery
from eakte.api.operation import Call, Operation
from eakte.api.v1.account import (
    EndedSessions,
    RevokedToken,
    SignIns,
    Tokens,
    WebSessions,
    revoke_of,
    told_sessions,
    told_sign_ins,
    told_tokens,
)
from eakte.records.access import Permission

_ACCOUNT = "/accounts/<uuid:person_id>"


class AccountQuery(PageQuery):
    """Which accounts are listed: those whose login or name contains the text."""

    q: Annotated[str, StringConstraints(max_length=80)] = ""


class Account(Out):
    """An account."""

    person_id: UUID
    login: str
    name: str
    active: bool
    technical: bool
    ways: list[str]
    must_change: bool
    locked_until: datetime | None
    last_sign_in: datetime | None


class AccountPage(Page[Account]):
    """A piece of the accounts, by login."""

    total: int


class Closing(In):
    """Why an account is closed."""

    remark: Annotated[str, StringConstraints(max_length=500)] = ""


class _Place(paging.Place):
    login: Annotated[str, StringConstraints(min_length=1, max_length=80)]


def _told(row: accounts.AccountRow) -> Account:
    same = {name: getattr(row, name) for name in Account.model_fields if hasattr(row, name)}
    return Account(**same | {"ways": list(row.ways)}, person_id=row.id)


def listing(call: Call, query: AccountQuery) -> AccountPage:
    """List accounts by login."""
    at = paging.place(query, _Place)
    rows, total = accounts.accounts(
        call.session,
        call.actor,
        now=call.now,
        text=query.q,
        after=at.login if at else "",
        limit=query.limit + 1,
    )
    told = [_told(row) for row in rows]
    made: AccountPage = paging.page(AccountPage, query, told, lambda row: _Place(login=row.login), total=total)
    return made


def show(call: Call, person_id: UUID) -> Account:
    """Return one account."""
    return _told(accounts.account(call.session, call.actor, person_id, call.now))


def close(call: Call, person_id: UUID, body: Closing) -> Account:
    """Close an account: its sessions end, its keys work no more."""
    accounts.close(call.session, call.actor, person_id, now=call.now, reason=body.remark)
    return show(call, person_id)


def reopen(call: Call, person_id: UUID, body: Nothing) -> Account:
    """Open a closed account again."""
    del body
    accounts.reopen(call.session, call.actor, person_id, now=call.now)
    return show(call, person_id)


def list_sessions(call: Call, person_id: UUID) -> WebSessions:
    """List the open sessions of an account."""
    show(call, person_id)
    return told_sessions(sessions.open_sessions(call.session, call.actor, person_id, call.now))


def end_sessions(call: Call, person_id: UUID) -> EndedSessions:
    """End all sessions of an account."""
    show(call, person_id)
    return EndedSessions(number=sessions.end(call.session, call.actor, person_id, call.now))


def list_sign_ins(call: Call, person_id: UUID) -> SignIns:
    """List the last attempts to sign in to an account."""
    show(call, person_id)
    return told_sign_ins(sessions.sign_ins(call.session, call.actor, person_id))


def list_tokens(call: Call, person_id: UUID) -> Tokens:
    """List the keys of an account."""
    show(call, person_id)
    return told_tokens(tokens.tokens_of(call.session, call.actor, person_id, call.now))


def revoke_token(call: Call, person_id: UUID, token_id: UUID) -> RevokedToken:
    """Revoke a key of an account."""
    return revoke_of(call, person_id, token_id)


OPERATIONS = (
    Operation("GET", "/accounts", listing, Permission.USERS, AccountPage, "Konten", query=AccountQuery),
    Operation("GET", _ACCOUNT, show, Permission.USERS, Account, "Ein Konto"),
    Operation(
        "POST", f"{_ACCOUNT}/closure", close, Permission.USERS, Account, "Konto schließen", body=Closing,
        notes="Sitzungen und Zugangsschlüssel gelten sofort nicht mehr. "
        "Das eigene Konto schließt nur eine andere Person.",
    ),
    Operation(
        "POST", f"{_ACCOUNT}/reopening", reopen, Permission.USERS, Account, "Konto wieder öffnen", body=Nothing
    ),
    Operation("GET", f"{_ACCOUNT}/sessions", list_sessions, Permission.USERS, WebSessions, "Offene Sitzungen"),
    Operation(
        "DELETE", f"{_ACCOUNT}/sessions", end_sessions, Permission.USERS, EndedSessions, "Alle Sitzungen beenden"
    ),
    Operation("GET", f"{_ACCOUNT}/sign-ins", list_sign_ins, Permission.USERS, SignIns, "Letzte Anmeldungen"),
    Operation(
        "GET", f"{_ACCOUNT}/tokens", list_tokens, Permission.USERS, Tokens, "Zugangsschlüssel eines Kontos",
        notes="Schlüssel und Einmalkennwörter vergeben nur Menschen, auf den Seiten oder in der Befehlszeile.",
    ),
    Operation(
        "DELETE", f"{_ACCOUNT}/tokens/<uuid:token_id>", revoke_token, Permission.USERS, RevokedToken,
        "Zugangsschlüssel widerrufen",
    ),
)  # fmt: skip
