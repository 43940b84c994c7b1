"""With a real virus scanner set, nothing infected and nothing unscanned is ever read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from eakte.actions.documents import item_original
from eakte.errors import InfectedKept
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.store.documents import IncomingItem
from eakte.worker.intake import on_fault, read
from eakte.worker.workflow import DONE, PUT_OFF, perform
from tests import clamd
from tests.ingest.test_containers import mail
from tests.town import Town

pytestmark = pytest.mark.skipif(clamd.program() is None, reason="ClamAV (clamd) is not set up")
LETTER = b"Sehr geehrte Damen und Herren,\nanbei die Unterlagen.\n"


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with clamd.running(tmp_path_factory.mktemp("clamd")) as (path, _):
        yield path


def _scanning(services: Services, address: str) -> Services:
    return replace(services, settings=replace(services.settings, clamav=address))


def _read(services: Services, item_id: UUID) -> str:
    outcome = perform(read, services, (str(item_id),), threading.Event())
    if outcome not in (DONE, PUT_OFF):
        on_fault(services, outcome, str(item_id))
    return outcome


def _state(town: Town, item_id: UUID) -> tuple[ItemState, str | None, bool]:
    with town.database.reading() as session:
        item = session.get_one(IncomingItem, item_id)
        return item.state, item.fault_code, item.document is not None


@pytest.mark.parametrize("content", [clamd.EICAR, mail(("rechnung.pdf", clamd.EICAR))])
def test_what_is_infected_is_a_fault_unread_kept_and_not_handed_out(
    content: bytes, town: Town, services: Services, scanner: str
) -> None:
    item_id = town.receive(content).item_id
    assert _read(_scanning(services, scanner), item_id) == "infected-file"
    assert _state(town, item_id) == (ItemState.FAULT, "infected-file", False)
    with town.database.reading() as session:
        assert services.objects.exists(session.get_one(IncomingItem, item_id).sha256)
    with town.database.begin() as session, pytest.raises(InfectedKept):
        item_original(session, town.actor("brandt"), item_id, town.now)


def test_what_is_clean_is_read(town: Town, services: Services, scanner: str) -> None:
    item_id = town.receive(LETTER).item_id
    assert _read(_scanning(services, scanner), item_id) == DONE
    assert _state(town, item_id)[2]


def test_without_the_scanner_an_item_waits_unread_and_is_read_when_it_answers_again(
    town: Town, services: Services, scanner: str, tmp_path: Path
) -> None:
    item_id = town.receive(LETTER).item_id
    assert _read(_scanning(services, str(tmp_path / "nobody")), item_id) == PUT_OFF
    assert _state(town, item_id) == (ItemState.READING, None, False)
    assert _read(_scanning(services, scanner), item_id) == DONE
    assert _state(town, item_id)[2]
