"""The sources files come from besides people and programs: mailboxes, scan folders with a profile, a portal's folder.

They stand in the TOML file that the setting ``sources_file`` names; ``config/sources.example.toml`` shows them all.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

from eakte.errors import SettingsInvalid

NAME = "sources_file"
ENCRYPTION = frozenset({"tls", "starttls", "none"})


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder of an IMAP mailbox whose mails come to the inbox of a unit."""

    name: str
    host: str
    user: str
    password_file: str
    unit: str
    port: int = 993
    encryption: str = "tls"
    """``tls``, ``starttls``, or ``none`` for a server on this machine."""
    ca_file: str = ""
    """Certificates to trust; empty: those of the system."""
    folder: str = "INBOX"
    done_folder: str = ""
    """Where a mail is moved once it is safe; empty: it stays and is marked by the keyword ``EAkte``."""
    languages: str = ""
    seconds: int = 60
    """Between two looks."""


@dataclass(frozen=True, slots=True)
class ScanFolder:
    """A folder one scanner or scan profile writes to; its files come to the inbox of one unit."""

    path: str
    unit: str
    languages: str = ""
    """Of the text recognition, for example ``deu+frk`` for Fraktur; empty: as set for all."""
    document_type: str = ""
    """Type of everything this profile scans; empty: as read."""


@dataclass(frozen=True, slots=True)
class PortalFolder:
    """A folder a portal's client puts submissions into, each a folder of its own."""

    path: str
    unit: str


@dataclass(frozen=True, slots=True)
class Sources:
    """All of them."""

    mailboxes: tuple[Mailbox, ...] = ()
    folders: tuple[ScanFolder, ...] = ()
    portals: tuple[PortalFolder, ...] = ()


Source = TypeVar("Source", Mailbox, ScanFolder, PortalFolder)


def load(file: str) -> Sources:
    """Read the sources; none without a file.

    Raises:
        SettingsInvalid: The file is missing or a source in it is wrong; the sentence names it.
    """
    if not file:
        return Sources()
    try:
        told = tomllib.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsInvalid(name=NAME, problem=f"„{file}“ ist nicht lesbar ({error}).") from error
    if unknown := sorted(set(told) - {"mailbox", "folder", "portal"}):
        raise SettingsInvalid(name=NAME, problem=f"„{unknown[0]}“ gibt es nicht.")
    mailboxes = _all(Mailbox, "mailbox", told)
    for mailbox in mailboxes:
        _check(mailbox)
    return Sources(mailboxes, _all(ScanFolder, "folder", told), _all(PortalFolder, "portal", told))


def _all(kind: type[Source], name: str, told: dict[str, Any]) -> tuple[Source, ...]:
    return tuple(_one(kind, f"{name} Nummer {number}", values) for number, values in enumerate(told.get(name, []), 1))


def _one(kind: type[Source], what: str, values: dict[str, Any]) -> Source:
    fields = {field.name: field for field in dataclasses.fields(kind)}
    needed = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    if unknown := sorted(set(values) - set(fields)):
        raise SettingsInvalid(name=NAME, problem=f"{what}: „{unknown[0]}“ gibt es nicht.")
    if missing := sorted(needed - {name for name, value in values.items() if value != ""}):
        raise SettingsInvalid(name=NAME, problem=f"{what}: „{missing[0]}“ fehlt.")
    for name, value in values.items():
        wanted = int if isinstance(fields[name].default, int) else str
        if type(value) is not wanted:
            raise SettingsInvalid(name=NAME, problem=f"{what}: „{name}“ passt nicht.")
    return kind(**values)


def _check(mailbox: Mailbox) -> None:
    if mailbox.encryption not in ENCRYPTION:
        raise SettingsInvalid(name=NAME, problem=f"Postfach {mailbox.name}: encryption ist tls, starttls oder none.")
    if mailbox.encryption == "none" and not _is_here(mailbox.host):
        problem = f"Postfach {mailbox.name}: Unverschlüsselt wird nur auf dieser Maschine gelesen."
        raise SettingsInvalid(name=NAME, problem=problem)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
