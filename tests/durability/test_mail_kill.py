"""``kill -9`` while mails are fetched, stored and marked on a real server: each is one item, marked only when safe.

The lines at which the worker dies come from a seed, told with every failure; ``EAKTE_SEED`` repeats one.
"""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from eakte.records.mail import envelope_of
from eakte.services import build
from eakte.settings import Settings
from eakte.store.documents import IncomingItem
from eakte.store.history import HistoryEntry
from eakte.worker.mail import KEYWORD, MailSource
from eakte.worker.sources import Mailbox
from tests.durability import mail_worker
from tests.durability.harness import FORKS
from tests.mail.server import DONE, Server, emptied, looking
from tests.town import Town

KILLS, AT_ONCE = 12, 3
"""Kills, and mails that arrive before each."""
LINES = 560
"""The latest line to die at; one mail takes about 150."""
PLAIN = b"\n"


def letter(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "bauamt@example.org"
    mail["Subject"], mail["Message-ID"] = f"Antrag {number}", f"<{number}@example.org>"
    mail.set_content(f"Antrag auf Baugenehmigung {number}\n")
    return mail.as_bytes()


@dataclass
class Post:
    """A mailbox, and the town its mails come to."""

    town: Town
    server: Server
    mailbox: Mailbox
    delivered: int = 0

    def deliver(self, count: int) -> None:
        """Let new mails arrive, and the newest once more over another server."""
        for _ in range(count):
            self.server.deliver(letter(self.delivered))
            self.delivered += 1
        self.server.deliver(b"Received: from relay.example.net\n" + letter(self.delivered - 1))

    def killed(self, line: int) -> int | None:
        url = self.town.database.url.render_as_string(hide_password=False)
        arguments = (str(self.town.folder), url, self.mailbox, line)
        worker = FORKS.Process(target=mail_worker.main, args=arguments, daemon=True)
        worker.start()
        worker.join(60)
        worker.kill()
        worker.join()
        return worker.exitcode

    def look(self) -> int:
        """Let somebody take what is left whom nobody kills."""
        url = self.town.database.url.render_as_string(hide_password=False)
        services = build(Settings(data_folder=self.town.folder, database_url=url, ocr_engine="null"))
        taken = MailSource(services, self.mailbox).look()
        services.close()
        return taken

    def mails(self) -> tuple[set[str], set[str]]:
        """Return the ids of the mails that are marked or moved, and of those that are not."""
        with looking(self.server) as opened:
            found = list(opened.fetch(mark_seen=False))
            done = {mail.headers["message-id"][0] for mail in found if KEYWORD in mail.flags}
            left = {mail.headers["message-id"][0] for mail in found if KEYWORD not in mail.flags}
            if opened.folder.exists(DONE):
                opened.folder.set(DONE)
                done |= {mail.headers["message-id"][0] for mail in opened.fetch(mark_seen=False)}
        return done, left

    def kept(self) -> list[str]:
        """Return the ids of the mails that are items, whose bytes are all there."""
        with self.town.database.reading() as session:
            items = session.scalars(select(IncomingItem)).all()
            told = session.scalars(select(HistoryEntry.about_id).where(HistoryEntry.action == "item.received")).all()
        assert sorted(told) == sorted(str(item.id) for item in items)
        return [self._id(item) for item in items]

    def _id(self, item: IncomingItem) -> str:
        with self.town.objects.open(item.sha256) as stream:
            content = stream.read().replace(b"\r\n", PLAIN)
        message_id = envelope_of(content)["message_id"]
        assert content.endswith(letter(int(message_id[1:].split("@")[0])))
        return message_id


@pytest.fixture(params=["", DONE])
def post(request: pytest.FixtureRequest, town: Town, mail_server: Server) -> Post:
    """An empty mailbox, whose mails are marked or moved."""
    return Post(town, mail_server, emptied(mail_server, request.param))


@pytest.mark.timeout(400)
def test_each_mail_is_one_item_and_marked_only_when_safe_wherever_the_worker_is_killed(post: Post) -> None:
    seed = int(os.environ.get("EAKTE_SEED", time.time_ns() % 1_000_000))
    chance = random.Random(seed)
    for number in range(KILLS):
        post.deliver(AT_ONCE)
        line = chance.randrange(1, LINES)
        told = f"seed {seed}, kill {number} at line {line}"
        assert post.killed(line) == -signal.SIGKILL, told
        done, _ = post.mails()
        assert done <= set(post.kept()), f"{told}: marked and not safe"
    while post.look():
        pass
    every = {f"<{number}@example.org>" for number in range(post.delivered)}
    assert sorted(post.kept()) == sorted(every), f"seed {seed}"
    assert post.mails() == (every, set()), f"seed {seed}"
