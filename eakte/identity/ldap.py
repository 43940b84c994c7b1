"""A directory (LDAP) as source of people, and as judge of their passwords.

The only file that knows ``ldap3``, whose upkeep is slow: another client can take its place here.
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from eakte.errors import IdentityIncomplete, IdentityUnreachable
from eakte.records.identity import DIRECTORY, Told, told_by

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it uses names of its own parts that are going away
    import ldap3
    from ldap3.core.exceptions import LDAPException
    from ldap3.utils.conv import escape_filter_chars
    from ldap3.utils.dn import parse_dn

CONNECT_SECONDS, ANSWER_SECONDS = 5, 20
PAGE = 500
"""Entries asked for at a time: Active Directory gives 1,000 at most."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach the directory, and where in it people stand."""

    url: str
    start_tls: bool
    ca_file: str
    bind_dn: str
    password: str = field(repr=False)
    base: str
    filter: str
    login: str
    name: str
    subject: str
    groups: str


class Directory:
    """One directory; every question is a connection of its own."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def people(self) -> tuple[list[Told], list[str]]:
        """Return everybody the filter finds, and the entries that cannot be people here, by their names.

        Raises:
            IdentityUnreachable: The directory does not answer, or refuses us.
        """
        found: list[Told] = []
        unusable: list[str] = []
        with self._connected() as connection:
            for entry in self._entries(connection, self._access.filter):
                try:
                    found.append(self._told(entry))
                except IdentityIncomplete:
                    unusable.append(str(entry["dn"]))
        return found, unusable

    def check(self, login: str, password: str) -> str | None:
        """Return the subject of the one entry with this login if the password opens it, else ``None``.

        Raises:
            IdentityUnreachable: The directory does not answer.
        """
        if not password:  # RFC 4513, 5.1.2: a bind without a password succeeds and proves nothing
            return None
        access = self._access
        exactly = f"(&{access.filter}({access.login}={escape_filter_chars(login)}))"
        with self._connected() as connection:
            entries = list(self._entries(connection, exactly))
        if len(entries) != 1 or not self._opens(str(entries[0]["dn"]), password):
            return None
        try:
            return self._told(entries[0]).subject
        except IdentityIncomplete:
            return None

    def _opens(self, dn: str, password: str) -> bool:
        with _faults():
            connection = self._connection(dn, password, raise_exceptions=False)
            with _ending(connection):
                if self._access.start_tls and not connection.start_tls():
                    raise IdentityUnreachable(reason="StartTLS")
                return bool(connection.bind())

    @contextmanager
    def _connected(self) -> Iterator[ldap3.Connection]:
        access = self._access
        with _faults():
            connection = self._connection(access.bind_dn or None, access.password or None, raise_exceptions=True)
            with _ending(connection):
                if access.start_tls:
                    connection.start_tls()
                connection.bind()
                yield connection

    def _connection(self, user: str | None, password: str | None, *, raise_exceptions: bool) -> ldap3.Connection:
        access = self._access
        tls = _Verified(validate=ssl.CERT_REQUIRED, ca_certs_file=access.ca_file or None)
        server = ldap3.Server(access.url, tls=tls, connect_timeout=CONNECT_SECONDS, get_info=ldap3.NONE)
        return ldap3.Connection(
            server,
            user,
            password,
            authentication=ldap3.SIMPLE if user else ldap3.ANONYMOUS,
            read_only=True,
            auto_referrals=False,  # a referral would send our password wherever an entry says
            receive_timeout=ANSWER_SECONDS,
            raise_exceptions=raise_exceptions,
        )

    def _entries(self, connection: ldap3.Connection, wanted: str) -> Iterator[Mapping[str, Any]]:
        access = self._access
        attributes = [access.login, access.name, access.subject, access.groups]
        found = connection.extend.standard.paged_search(
            access.base, wanted, attributes=attributes, paged_size=PAGE, generator=True
        )
        return (entry for entry in found if entry.get("type") == "searchResEntry")

    def _told(self, entry: Mapping[str, Any]) -> Told:
        access = self._access
        values = {name.lower(): _texts(raw) for name, raw in entry["raw_attributes"].items()}
        groups = values.get(access.groups.lower(), [])
        values[access.groups.lower()] = [*groups, *(name for dn in groups if (name := _first_name(dn)))]
        return told_by(
            DIRECTORY,
            next(iter(values.get(access.subject.lower(), [])), ""),
            values,
            login=access.login.lower(),
            name=access.name.lower(),
            groups=access.groups.lower(),
        )


def is_guarded(url: str, *, start_tls: bool) -> bool:
    """Whether a directory is spoken to encrypted, or on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "ldaps" or (parts.scheme == "ldap" and start_tls):
        return bool(parts.hostname)
    return parts.scheme == "ldap" and parts.hostname in {"127.0.0.1", "::1", "localhost"}


class _Verified(ldap3.Tls):
    """TLS as Python's own library checks it, the name of the server included; ``ldap3`` brings a check of its own."""

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 - its signature
        """Encrypt the connection's socket."""
        del do_handshake
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


@contextmanager
def _ending(connection: ldap3.Connection) -> Iterator[None]:
    """Take leave of the directory at the end; it may have hung up before."""
    try:
        yield
    finally:
        with suppress(LDAPException, OSError):
            connection.unbind()
        if connection.socket is not None:  # it leaves open what it could not connect
            connection.socket.close()


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (LDAPException, OSError) as error:
        raise IdentityUnreachable(reason=type(error).__name__) from error


def _texts(raw: Sequence[bytes]) -> list[str]:
    return [_text(value) for value in raw]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()  # Active Directory's objectGUID


def _first_name(dn: str) -> str:
    """Return the group's own name in its place in the tree: ``akte-sb`` of ``cn=akte-sb,ou=gruppen,…``."""
    try:
        return str(parse_dn(dn)[0][1])
    except (LDAPException, IndexError):
        return ""
