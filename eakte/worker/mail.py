"""Mailboxes: each mail becomes an incoming item, and is marked or moved only when that is safe.

First the whole mail lies in the object store, then its item is committed, and only then the mail is marked in the
mailbox. Ended anywhere in between, the mail is found again, and its fingerprint makes twice the same as once. Mails
are fetched without marking them as read: people may look into the same mailbox. Taking a mail apart into a letter
and attachments is the reader's work, as for a mail that somebody uploads.
"""

from __future__ import annotations

import imaplib
import io
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

from eakte.actions.intake import Source, Told, Upload, receive
from eakte.actions.quotas import IntakeFull
from eakte.errors import EakteError
from eakte.records.access import SYSTEM
from eakte.records.mail import envelope_of, fingerprint_of
from eakte.services import Services
from eakte.store.stored import ObjectVanished
from eakte.worker.clock import now as utc_now
from eakte.worker.sources import Mailbox

LOG = logging.getLogger(__name__)

KEYWORD = "EAkte"
"""Marks a mail that is safe with us (a keyword of RFC 3501), where it stays in its folder."""
TIMEOUT = 60.0
"""Seconds a mail server may be silent."""
_ANY_KEYWORD = b"\\*"


class MailboxUnusable(Exception):
    """The mailbox cannot be read as it is set; the text says why."""


FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError, MailboxUnusable)
"""An outage or a wrong setting: told, and tried again with the next look."""


class MailSource:
    """One mailbox that is looked into again and again."""

    def __init__(self, services: Services, mailbox: Mailbox, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._services, self._mailbox, self._clock = services, mailbox, clock
        self._told: set[str] = set()
        self._full_until: datetime | None = None

    def look(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Take every mail that is new, mark it, and return how many were taken."""
        taken = 0
        if self._full_until and self._clock() < self._full_until:
            return 0
        try:
            with _opened(self._mailbox) as server:
                for uid in self._new(server):
                    if not go_on():
                        break
                    if self._take(server, uid):
                        self._mark(server, uid)
                        taken += 1
        except IntakeFull as full:
            LOG.warning("mailbox %s waits for room in its inbox (%s s)", self._mailbox.name, full.detail["seconds"])
            self._full_until = self._clock() + full.wait
            return taken
        except FAULTS as fault:
            self._tell_once(type(fault).__name__)  # its words may quote the account
            return taken
        self._told = {each for each in self._told if each.startswith("mail ")}
        return taken

    def _tell_once(self, text: str) -> None:
        """Log an outage or a refusal when it begins, not every time it is noticed."""
        if text not in self._told:
            LOG.warning("mailbox %s: %s", self._mailbox.name, text)
        self._told.add(text)

    def _new(self, server: BaseMailBox) -> list[str]:
        if self._mailbox.done_folder:
            return server.uids("UNDELETED")
        allowed = server.client.untagged_responses.get("PERMANENTFLAGS", [b""])[-1]
        if _ANY_KEYWORD not in allowed and KEYWORD.encode() not in allowed:
            raise MailboxUnusable("it keeps no keywords; set done_folder")
        return server.uids(f"UNDELETED UNKEYWORD {KEYWORD}")

    def _take(self, server: BaseMailBox, uid: str) -> bool:
        """Make one mail safe; a mail that cannot be taken stays unmarked in the mailbox, and the log says why."""
        size = _size(server, uid)
        if size > self._services.settings.max_upload_bytes:
            self._tell_once(f"mail {uid} is larger than allowed ({size} bytes) and stays where it is")
            return False
        mail = _fetch(server, uid)
        if mail is None:
            return False  # gone since the mailbox was searched
        try:
            self._receive(mail)
        except ObjectVanished:
            return False  # the next look stores it again
        except IntakeFull:
            raise
        except EakteError as refusal:
            self._tell_once(f"mail {uid} was refused and stays where it is ({refusal.code})")
            return False
        return True

    def _receive(self, mail: bytes) -> None:
        """Store the mail and commit its item; when this returns, the mail is safe."""
        envelope = envelope_of(mail)
        stored = self._services.objects.put(io.BytesIO(mail))
        told = Told(envelope={**envelope, "mailbox": self._mailbox.name}, languages=self._mailbox.languages)
        name = f"{envelope.get('subject', '')[:120].strip() or 'E-Mail'}.eml".replace("/", "-")
        unit = self._mailbox.unit
        upload = Upload(stored, name, Source.MAIL, unit, f"mail:{unit}:{fingerprint_of(mail)}", told)
        with self._services.database.begin() as session:
            receive(session, self._services.objects, SYSTEM, upload, self._clock(), self._services.quotas)

    def _mark(self, server: BaseMailBox, uid: str) -> None:
        if folder := self._mailbox.done_folder:
            if not server.folder.exists(folder):
                server.folder.create(folder)
            server.move(uid, folder)
        else:
            server.flag(uid, KEYWORD, value=True)


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    password = Path(mailbox.password_file).read_text("utf-8").strip()
    server = _connected(mailbox)
    try:
        server.login(mailbox.user, password, initial_folder=mailbox.folder)
    except BaseException:
        server.client.shutdown()
        raise
    with server:
        yield server


def _connected(mailbox: Mailbox) -> BaseMailBox:
    if mailbox.encryption == "none":
        return MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=TIMEOUT)
    context = ssl.create_default_context(cafile=mailbox.ca_file or None)
    kind = MailBoxStartTls if mailbox.encryption == "starttls" else MailBox
    return kind(mailbox.host, mailbox.port, timeout=TIMEOUT, ssl_context=context)


def _size(server: BaseMailBox, uid: str) -> int:
    _, answer = server.client.uid("fetch", uid, "(RFC822.SIZE)")
    digits = b"".join(each for each in answer if isinstance(each, bytes)).partition(b"RFC822.SIZE ")[2]
    return int(digits.partition(b")")[0].split()[0]) if digits else 0


def _fetch(server: BaseMailBox, uid: str) -> bytes | None:
    """Return a mail as it lies there, without marking it as read."""
    _, answer = server.client.uid("fetch", uid, "(BODY.PEEK[])")
    return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), None)
