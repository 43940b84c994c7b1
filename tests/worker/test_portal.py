"""The portal's folder: complete submissions alone, as a whole, once, acknowledged when they are safe."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.actions import inbox
from eakte.actions.attachments import AttachedItem
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.store.arrivals import Arrival
from eakte.store.documents import IncomingItem
from eakte.worker import portal as portal_module
from eakte.worker.portal import MARKER, PortalSource
from eakte.worker.sources import PortalFolder
from tests.records.test_portal import DATA, FORM_ID, metadata
from tests.town import NOW, Town

ID = "f5a3c1f0-7a3e-4f6b-9b1e-0c7b5d2e8a41"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "portal"
    made.mkdir()
    return made


def put(folder: Path, name: str = ID, *, done: bool = True, plan: str = "Plan") -> Path:
    place = folder / name
    (place / "attachments").mkdir(parents=True)
    (place / "metadata.json").write_bytes(metadata())
    (place / "data.json").write_text(DATA)
    (place / "attachments" / FORM_ID).write_text("Formular")
    (place / "attachments" / "Lageplan.pdf").write_text(plan)
    if done:
        (place / MARKER).touch()
    return place


def source(services: Services, folder: Path) -> PortalSource:
    return PortalSource(services, PortalFolder(str(folder), "63.2"), clock=lambda: NOW)


def leads(town: Town) -> list[IncomingItem]:
    with town.database.reading() as session:
        return list(session.scalars(select(IncomingItem).where(IncomingItem.upload_id.startswith("portal:"))))


def attached(town: Town) -> tuple[AttachedItem, ...]:
    [lead] = leads(town)
    with town.database.reading() as session:
        return inbox.show(session, town.actor("brandt"), lead.id, town.now).attached


def test_a_submission_becomes_a_form_with_attachments_and_is_acknowledged(
    town: Town, services: Services, folder: Path
) -> None:
    put(folder)
    assert source(services, folder).look() == 1
    [lead] = leads(town)
    assert (lead.filename, lead.source, lead.received_at) == ("Antrag.pdf", "portal", NOW)
    assert [one.filename for one in attached(town)] == ["Lageplan.pdf", "data.json", "metadata.json"]
    with town.database.reading() as session:
        envelope = session.get_one(Arrival, lead.id).envelope
    assert (envelope["service"], envelope["data"]["nachname"]) == ("Baugenehmigung", "Hollmann")
    moved = folder / ".erledigt" / f"{NOW:%Y-%m-%d}" / ID
    receipt = json.loads((moved / "quittung.json").read_text())
    assert (receipt["item_id"], receipt["outcome"]) == (str(lead.id), "accepted")
    assert receipt["hashes"][FORM_ID] == lead.sha256


def test_what_is_still_being_written_is_not_looked_at(town: Town, services: Services, folder: Path) -> None:
    place = put(folder, done=False)
    assert source(services, folder).look() == 0
    (place / MARKER).touch()
    assert source(services, folder).look() == 1
    assert len(leads(town)) == 1


def test_ended_before_the_receipt_the_submission_is_found_again_and_stays_one(
    town: Town, services: Services, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder)

    class EndedError(BaseException):
        """Stands for the end of the process."""

    def ended(*_: object) -> None:
        raise EndedError

    monkeypatch.setattr(portal_module, "_told", ended)
    with pytest.raises(EndedError):
        source(services, folder).look()
    assert not (folder / ".erledigt").exists()
    monkeypatch.undo()
    assert source(services, folder).look() == 1
    assert len(leads(town)) == 1
    assert len(attached(town)) == 3


def test_submissions_for_a_full_inbox_stay_until_there_is_room(town: Town, services: Services, folder: Path) -> None:
    limited = replace(services, settings=replace(services.settings, source_waiting=1))
    now = [NOW]
    found = PortalSource(limited, PortalFolder(str(folder), "63.2"), clock=lambda: now[0])
    other = ID.replace("f5a3", "a5a3")
    for name in (ID, other):
        put(folder, name)
    assert found.look() == 1
    assert sorted(one.name for one in folder.iterdir() if not one.name.startswith(".")) == [max(ID, other)]
    with town.database.begin() as session:
        for item in session.scalars(select(IncomingItem)):
            item.state = ItemState.FILED
    assert found.look() == 0
    now[0] += timedelta(minutes=6)
    assert found.look() == 1
    assert len(leads(town)) == 2


def test_another_submission_under_the_same_form_is_another(town: Town, services: Services, folder: Path) -> None:
    for name in (ID, ID.replace("f5", "a1")):
        put(folder, name)
    assert source(services, folder).look() == 2
    assert len(leads(town)) == 2


def test_what_is_not_as_its_metadata_say_is_put_aside_with_the_reason(
    town: Town, services: Services, folder: Path
) -> None:
    put(folder, plan="vertauscht")
    assert source(services, folder).look() == 0
    assert leads(town) == []
    assert "andere Datei" in (folder / ".abgelehnt" / f"{ID}.txt").read_text()
    assert (folder / ".abgelehnt" / ID / "attachments" / "Lageplan.pdf").read_text() == "vertauscht"
