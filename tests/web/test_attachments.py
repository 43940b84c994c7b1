"""Attachments in the browser: under their letter in the inbox, filed with it, shown at its document."""

from __future__ import annotations

import io
import re
from uuid import UUID

from sqlalchemy import select

from eakte.actions import attachments
from eakte.actions.attachments import StoredPart
from eakte.records.states import ItemState
from eakte.store.arrivals import Attachment
from eakte.store.documents import IncomingItem
from tests.web.city import NOW, City, state_of
from tests.web.conftest import Person
from tests.web.test_inbox import filing


def attach(city: City, item_id: UUID, *names: str) -> list[UUID]:
    """Attach files to a waiting item that nobody could read: a clerk sees them all the same."""
    parts = [StoredPart(name, city.services.objects.put(io.BytesIO(name.encode()))) for name in names]
    with city.services.database.begin() as session:
        attachments.attach(session, city.services.objects, session.get_one(IncomingItem, item_id), parts, NOW)
        query = select(Attachment.item_id).where(Attachment.parent_id == item_id).order_by(Attachment.part)
        found = list(session.scalars(query))
        for each in found:
            item = session.get_one(IncomingItem, each)
            item.state, item.fault_code = ItemState.FAULT, "unknown-type"
    return found


def test_attachments_stand_under_their_letter_and_are_filed_with_it(city: City, clerk: Person) -> None:
    parts = attach(city, city.waiting[0], "plan.dwg", "foto.xyz")
    page = clerk.get("/posteingang").text
    assert "2 Anlagen" in page
    assert "1. plan.dwg" in page
    answer = clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", htmx=True, **filing(city))
    assert f"Abgelegt in {city.file_reference} mit 2 Anlagen" in answer.text
    assert {state_of(city, part) for part in parts} == {"filed"}
    document = re.search(r"/dokumente/([0-9a-f-]{36})/rueckgaengig", answer.text)
    assert document
    shown = clerk.get(f"/dokumente/{document[1]}").text
    assert "2. foto.xyz" in shown
    attached = re.findall(r"/dokumente/([0-9a-f-]{36})/original", shown)
    assert len(attached) == 3
    last = clerk.get(f"/dokumente/{attached[-1]}").text
    assert "Diese Anlage liegt nur im Original vor." in last or "Anlage" in last
    assert clerk.get(f"/dokumente/{attached[-1]}/original").status_code == 200


def test_an_attachment_names_its_letter_and_can_be_taken_out(city: City, clerk: Person) -> None:
    [part] = attach(city, city.waiting[0], "plan.dwg")
    clerk.get("/posteingang")
    assert "Anlage 1 zu" in clerk.get(f"/posteingang/{part}").text
    assert clerk.post(f"/posteingang/{part}/herausnehmen").status_code == 303
    assert "1. plan.dwg" not in clerk.get(f"/posteingang/{city.waiting[0]}").text


def test_an_id_a_browser_chooses_takes_no_attachment_its_place(city: City, clerk: Person) -> None:
    clerk.get("/hochladen")
    files = [(io.BytesIO(name.encode()), name) for name in ("null.pdf", "eins.pdf")]
    data = {"csrf": clerk.token, "unit": "63.2", "upload_id": f"part:{city.waiting[0]}", "files": files}
    assert clerk.client.post("/hochladen", data=data).status_code == 200
    assert len(attach(city, city.waiting[0], "plan.dwg")) == 1


def test_nobody_else_takes_an_attachment_out(city: City, stranger: Person) -> None:
    [part] = attach(city, city.waiting[0], "plan.dwg")
    stranger.get("/posteingang")
    assert stranger.post(f"/posteingang/{part}/herausnehmen").status_code == 404
    assert stranger.get(f"/posteingang/{part}").status_code == 404


def test_a_faulty_attachment_is_found_in_the_worklist_with_its_letter(city: City, clerk: Person) -> None:
    [part] = attach(city, city.waiting[0], "plan.dwg")
    page = clerk.get("/stoerungen").text
    assert "Anlage 1 zu" in page
    other = re.search(r'<option value="([^"]+)">', page)
    assert other
    assert clerk.post(f"/posteingang/{part}/weiterleiten", unit=other[1], back="faults").status_code == 303
    assert "plan.dwg" not in clerk.get("/stoerungen").text


def test_the_balance_is_one_page_for_who_may_see_it(city: City, clerk: Person, manager: Person) -> None:
    assert "Eingang im Gleichgewicht" in clerk.get("/eingang").text
    assert "laut Protokoll eingegangen" not in clerk.get("/eingang").text
    assert "Im Gleichgewicht" in manager.get("/eingang").text
    assert city.waiting


def test_the_proof_of_receipt_is_there_for_those_who_see_the_item(city: City, clerk: Person, stranger: Person) -> None:
    address = f"/posteingang/{city.waiting[0]}/eingangsnachweis"
    assert clerk.get(f"{address}.json").get_json()["files"][0]["sha512"]
    assert clerk.get(f"{address}.pdf").data.startswith(b"%PDF")
    assert clerk.get(f"{address}.exe").status_code == 404
    assert stranger.get(f"{address}.json").status_code == 404
