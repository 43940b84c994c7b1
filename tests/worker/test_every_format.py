"""Every format there is and every nasty file, through a watched folder into a real worker process: nothing is lost.

Limits are small, so that what never ends is over soon; the reason may then be another one than with the usual limits.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.actions import balance, verification
from eakte.records.states import ItemState
from eakte.store.arrivals import Attachment
from eakte.store.database import connect
from eakte.store.documents import Document, IncomingItem
from eakte.store.jobs import live_jobs
from eakte.store.objects import LocalObjects
from eakte.texts import sentences
from ingest import errors
from tests.durability import intake_worker
from tests.durability.harness import FORKS, wait_until
from tests.ingest.good import WAITING, one_of_each
from tests.ingest.test_nasty_corpus import ALL, OF_OFFICE
from tests.ingest.test_nasty_files import NASTY
from tests.town import Templates, Town

LOG = logging.getLogger(__name__)
LIMITS = {"read_seconds": 30, "max_read_pages": 30, "max_read_bytes": 20_000_000}
OF_LIMITS = {errors.TooManyPages.code, errors.TooLarge.code, errors.ReadTimedOut.code}
"""Reasons that small limits give to what would be read otherwise, or refused for another one."""
UNIT = "63.2"
LETTER = (
    b"Stadtwerke Musterstadt\n\nAntrag auf Baugenehmigung\n\nSehr geehrte Damen und Herren,\nanbei die Pl\xc3\xa4ne.\n"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was put into the folder: what it is called here, its bytes, the reason it must have, if any."""

    name: str
    content: bytes
    reason: str | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@pytest.fixture
def sqlite_town(templates: Templates, tmp_path: Path) -> Iterator[Town]:
    opened = connect(templates.copy("sqlite", tmp_path, peopled=True))
    yield Town(opened, LocalObjects(tmp_path / "objects"), tmp_path)
    opened.close()


def _everything(folder: Path) -> list[Sent]:
    good = one_of_each(folder / "making")
    sent = [Sent(name, data, WAITING[name].code if name in WAITING else None) for name, data in good.items()]
    has_office = any(name.endswith(".docx") for name in good)
    for number, (name, (write, expected)) in enumerate({**ALL, **NASTY}.items()):
        if has_office or name not in OF_OFFICE:
            path = folder / "making" / f"nasty-{number}"
            write(path)
            sent.append(Sent(name, path.read_bytes(), expected.code if expected else None))
    return list({one.sha256: one for one in sent}.values())


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("durability")
def test_nothing_is_lost_and_nobody_stops_whatever_comes(sqlite_town: Town) -> None:
    town = sqlite_town
    sent = _everything(town.folder)
    assert len(sent) > 120
    inbox = town.folder / "watched" / UNIT
    inbox.mkdir(parents=True)
    worker = _started(town)
    try:
        for number, one in enumerate(sent):
            _put(inbox, f"post-{number:03d}.pdf", one.content)
        assert wait_until(lambda: not _left(town, inbox), 800, every=1), _left(town, inbox)
        pid = worker.pid
        letter = Sent("a normal letter", LETTER, None)
        _put(inbox, "brief.txt", letter.content)
        assert wait_until(lambda: not _left(town, inbox), 60, every=0.5), _left(town, inbox)
        assert worker.is_alive()
        assert worker.pid == pid
    finally:
        worker.kill()
        worker.join()
    _compare(town, inbox, [*sent, letter])


def _started(town: Town) -> Process:
    url = town.database.url.render_as_string(hide_password=False)
    arguments = (str(town.folder), url, str(town.folder / "watched"), LIMITS)
    worker = FORKS.Process(target=intake_worker.watch_and_work, args=arguments, daemon=True)
    worker.start()
    return worker


def _put(inbox: Path, name: str, content: bytes) -> None:
    aside = inbox / f".{name}.part"
    aside.write_bytes(content)
    aside.rename(inbox / name)


def _left(town: Town, inbox: Path) -> tuple[str | frozenset[str], ...]:
    """What still lies in the folder or is still being read."""
    files = [file.name for file in inbox.iterdir() if file.is_file()]
    jobs = live_jobs(town.database, "intake")
    return (*files, *jobs)


def _compare(town: Town, inbox: Path, sent: list[Sent]) -> None:
    with town.database.reading() as session:
        items = {item.id: item for item in session.scalars(select(IncomingItem))}
        inside = set(session.scalars(select(Attachment.item_id)))
        leads = {item.sha256: item for item in items.values() if item.id not in inside}
        assert Counter(item.sha256 for item in leads.values()) == Counter(one.sha256 for one in sent)
        for one in sent:
            _check(one, leads[one.sha256])
        assert {item.state for item in items.values()} <= {ItemState.WAITING, ItemState.FAULT}
        assert all(sentences()[item.fault_code or ""] for item in items.values() if item.state is ItemState.FAULT)
        for item in items.values():
            with town.objects.open(item.sha256) as kept:
                assert hashlib.sha256(kept.read()).hexdigest() == item.sha256
        whole = balance.balance(session)
        assert (whole.received, whole.present, whole.even) == (len(items), len(items), True)
        read = {item.id for item in items.values() if item.state is ItemState.WAITING}
        assert set(session.scalars(select(Document.item_id))) == read
        assert verification.verify(session).unbroken
    moved = Counter(
        hashlib.sha256(file.read_bytes()).hexdigest() for file in (inbox / ".erledigt").rglob("*") if file.is_file()
    )
    assert moved == Counter(one.sha256 for one in sent)
    assert not (inbox / ".abgelehnt").exists()


def _check(one: Sent, item: IncomingItem) -> None:
    told = f"{one.name}: {item.state} {item.fault_code or ''}"
    LOG.info("%s", told)
    if item.state is ItemState.WAITING:
        assert one.reason is None, told
    else:
        assert item.fault_code in {one.reason, *OF_LIMITS}, told
