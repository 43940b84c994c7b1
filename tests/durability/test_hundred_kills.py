"""A hundred times ``kill -9`` at random moments while 300 documents come in: nothing lost, nothing twice.

Two workers watch a folder that fills up between the kills, so that every kill meets work: storing, receiving, moving
files away, taking mails apart, reading, recording. The moments come from a seed, told with every failure;
``EAKTE_SEED`` repeats one.
"""

import hashlib
import logging
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path

import pytest
from sqlalchemy import func, select

from eakte.actions import inbox, verification
from eakte.records.states import ItemState
from eakte.store.arrivals import Attachment
from eakte.store.database import connect
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import HistoryEntry
from eakte.store.jobs import live_jobs
from tests.durability import intake_worker
from tests.durability.harness import FORKS, wait_until
from tests.town import Town

KILLS, DOCUMENTS = 100, 300
MOMENTS = (0.2, 1.0)
"""Seconds between two kills."""
LOG = logging.getLogger(__name__)
UNIT = "63.2"


def content_of(number: int) -> bytes:
    """Return the bytes of one document: every tenth a mail with an attachment, some damaged, most plain letters."""
    text = f"Stadtwerke Musterstadt\n\nAntrag Nummer {number}\n\nSehr geehrte Damen und Herren,\nanbei die Pläne.\n"
    if number % 30 == 7:
        return f"%PDF-1.7\ndamaged {number}".encode()
    if number % 10:
        return text.encode()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", f"Antrag {number}"
    mail["Message-ID"] = f"<{number}@example.org>"
    mail.set_content(text)
    mail.add_attachment(attached_to(number), maintype="text", subtype="plain", filename=f"plan-{number}.txt")
    mail.set_boundary(f"grenze-{number}")  # the same bytes each time
    return mail.as_bytes()


def attached_to(number: int) -> bytes:
    return f"Lageplan {number}\n".encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Desk:
    """The town with a watched folder and two workers that do not live long."""

    town: Town
    chance: random.Random
    workers: list[Process] = field(default_factory=list)
    put: int = 0

    @property
    def folder(self) -> Path:
        return self.town.folder / "watched" / UNIT

    def start(self) -> None:
        url = self.town.database.url.render_as_string(hide_password=False)
        arguments = (str(self.town.folder), url, str(self.folder.parent))
        worker = FORKS.Process(target=intake_worker.watch_and_work, args=arguments, daemon=True)
        worker.start()
        self.workers.append(worker)

    def kill(self) -> None:
        """End the older worker or the younger one, and let another begin."""
        victim = self.workers.pop(self.chance.randrange(len(self.workers)))
        victim.kill()
        victim.join()
        self.start()

    def fill(self, files: int) -> None:
        """Put the next files into the folder, each at once as a whole."""
        for number in range(self.put, min(self.put + files, DOCUMENTS)):
            aside = self.folder / f".{number}.part"
            aside.write_bytes(content_of(number))
            aside.rename(self.folder / f"brief-{number:03d}.pdf")
            self.put = number + 1

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.join()

    def left(self) -> tuple[list[str], frozenset[str]]:
        """Return files that still lie in the folder, and items whose job waits or runs."""
        files = sorted(file.name for file in self.folder.iterdir() if file.is_file())
        return files, live_jobs(self.town.database, "intake")

    def waiting(self) -> bool:
        """Whether anything is still to be done; what was interrupted too often is tried again, as a clerk would."""
        brandt = self.town.actor("brandt")
        with self.town.database.begin() as session:
            for row in inbox.faults(session, brandt, limit=DOCUMENTS, now=self.town.now):
                if row.fault_code == "interrupted":
                    inbox.retry(session, brandt, row.item_id, self.town.now)
        return any(self.left())


@pytest.mark.timeout(900)
def test_a_hundred_kills_lose_nothing_and_double_nothing(town: Town) -> None:
    seed = int(os.environ.get("EAKTE_SEED") or random.SystemRandom().randrange(10**6))
    LOG.warning("EAKTE_SEED=%d", seed)
    desk = Desk(town, random.Random(seed))
    desk.folder.mkdir(parents=True)
    try:
        desk.start()
        desk.start()
        for _ in range(KILLS):
            desk.fill(DOCUMENTS // KILLS)
            time.sleep(desk.chance.uniform(*MOMENTS))
            desk.kill()
        # Looked at seldom: looking takes processor and database from the workers.
        assert wait_until(lambda: not desk.waiting(), 600, every=1), desk.left()
    finally:
        desk.end()
    _compare(town, desk.folder)


def _compare(town: Town, folder: Path) -> None:
    """Look with a connection of our own at what the killed workers left."""
    sent = Counter(sha256(content_of(number)) for number in range(DOCUMENTS))
    attachments = {sha256(attached_to(number)): sha256(content_of(number)) for number in range(0, DOCUMENTS, 10)}
    damaged = {sha256(content_of(number)) for number in range(DOCUMENTS) if number % 30 == 7}
    database = connect(town.database.url.render_as_string(hide_password=False))
    with database.reading() as session:
        items = {item.id: item for item in session.scalars(select(IncomingItem))}
        links = {link.item_id: link for link in session.scalars(select(Attachment))}
        came = Counter(item.sha256 for item in items.values() if item.id not in links)
        assert came == sent
        parts = Counter((items[link.item_id].sha256, items[link.parent_id].sha256) for link in links.values())
        assert parts == Counter(attachments.items())
        states = {item.sha256: item.state for item in items.values()}
        expected = {one: ItemState.FAULT if one in damaged else ItemState.WAITING for one in (*sent, *attachments)}
        assert states == expected
        read = [item.id for item in items.values() if item.state is ItemState.WAITING]
        assert sorted(session.scalars(select(Document.item_id))) == sorted(read)
        for action, count in (
            ("item.received", len(sent)),
            ("item.attached", len(attachments)),
            ("item.read", len(read)),
        ):
            told = select(func.count(), func.count(HistoryEntry.about_id.distinct()))
            assert session.execute(told.where(HistoryEntry.action == action)).one() == (count, count)
        assert verification.verify(session).unbroken
        for item in items.values():
            with town.objects.open(item.sha256) as kept:
                assert sha256(kept.read()) == item.sha256
    database.close()
    moved = Counter(sha256(file.read_bytes()) for file in (folder / ".erledigt").rglob("*") if file.is_file())
    assert moved == sent
