"""Attachments and the proof of receipt as programs read them: whose they are, in their order, with every hash."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.records.states import ItemState
from eakte.store.documents import IncomingItem
from eakte.store.history import HistoryEntry
from tests.api.conftest import Program, code_of
from tests.api.test_submissions import FILES, FORM_ID, ID, send
from tests.web.city import City
from tests.web.test_attachments import attach


@pytest.fixture
def parts(city: City) -> list[str]:
    """Two attachments of the first item that waits; nobody could read them."""
    return [str(one) for one in attach(city, city.waiting[0], "plan.dwg", "foto.xyz")]


def filed(clerk: Program, city: City) -> str:
    """File the first item and return the id of its document."""
    path = f"/incoming-items/{city.waiting[0]}"
    body = {
        "case_file_id": str(city.file_id),
        "document_type": "Schreiben",
        "subject": "Bauantrag mit Anlagen",
        "sender": "Architekturbüro Hollmann",
        "letter_date": "2026-11-12",
    }
    answer = clerk.post(f"{path}/filing", body, seen=clerk.tag(path))
    assert answer.status_code in {200, 201}, answer.text
    document_id: str = answer.get_json()["document_id"]
    return document_id


def test_an_item_names_its_attachments_in_their_order_and_each_its_item(
    clerk: Program, city: City, parts: list[str]
) -> None:
    item = str(city.waiting[0])
    told = clerk.get(f"/incoming-items/{item}/attachments").get_json()
    assert told["lead"] is None
    assert [(one["attachment_number"], one["item_id"], one["filename"], one["state"]) for one in told["items"]] == [
        (1, parts[0], "plan.dwg", "fault"),
        (2, parts[1], "foto.xyz", "fault"),
    ]
    assert told["items"][0]["fault_code"] == "unknown-type"
    part = clerk.get(f"/incoming-items/{parts[1]}/attachments").get_json()
    assert (part["lead"]["item_id"], part["lead"]["attachment_number"], part["items"]) == (item, 2, [])


def test_attachments_are_filed_with_their_letter_and_stand_at_its_document(
    clerk: Program, city: City, parts: list[str]
) -> None:
    document_id = filed(clerk, city)
    told = clerk.get(f"/documents/{document_id}/attachments").get_json()
    assert told["lead"] is None
    assert [(one["attachment_number"], one["filename"]) for one in told["items"]] == [(1, "plan.dwg"), (2, "foto.xyz")]
    assert {clerk.get(f"/incoming-items/{one}").get_json()["state"] for one in parts} == {"filed"}
    attached = told["items"][1]["document_id"]
    of_part = clerk.get(f"/documents/{attached}/attachments").get_json()
    assert (of_part["lead"]["document_id"], of_part["lead"]["attachment_number"], of_part["items"]) == (
        document_id,
        2,
        [],
    )
    assert clerk.get(f"/documents/{attached}/original").data == b"foto.xyz"


def test_what_is_taken_out_is_no_attachment_any_more_and_stays_in_the_proof(
    clerk: Program, city: City, parts: list[str]
) -> None:
    item = str(city.waiting[0])
    taken = clerk.post(f"/incoming-items/{parts[0]}/taking-out")
    assert (taken.status_code, taken.get_json()["item_id"]) == (200, parts[0])
    left = clerk.get(f"/incoming-items/{item}/attachments").get_json()["items"]
    assert [(one["attachment_number"], one["item_id"]) for one in left] == [(2, parts[1])]
    assert code_of(clerk.post(f"/incoming-items/{parts[0]}/taking-out")) == (404, "not-found")
    names = [one["name"] for one in clerk.get(f"/incoming-items/{item}/receipt.json").get_json()["files"]]
    assert names[1:] == ["plan.dwg", "foto.xyz"]


def test_an_attachment_that_is_being_read_is_not_taken_out(clerk: Program, city: City, parts: list[str]) -> None:
    with city.services.database.begin() as session:
        session.get_one(IncomingItem, UUID(parts[0])).state = ItemState.READING
    assert code_of(clerk.post(f"/incoming-items/{parts[0]}/taking-out")) == (409, "attachments-under-way")


def test_the_proof_of_receipt_names_sender_time_hashes_and_the_entry_of_the_history(clerk: Program, city: City) -> None:
    receipt = send(clerk).get_json()
    path = f"/incoming-items/{receipt['item_id']}"
    proof = clerk.get(f"{path}/receipt.json")
    told = proof.get_json()
    assert (told["format"], told["item_id"], told["source"]) == ("eakte-receipt/1", receipt["item_id"], "portal")
    assert datetime.fromisoformat(told["received_at"]) == datetime.fromisoformat(receipt["received_at"])
    assert told["envelope"]["submission_id"] == ID
    assert sorted(one["sha256"] for one in told["files"]) == sorted(receipt["hashes"].values())
    assert told["files"][0]["sha512"] == hashlib.sha512(FILES[FORM_ID]).hexdigest()
    assert json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == proof.data
    assert clerk.get(f"{path}/receipt.pdf").data.startswith(b"%PDF")
    with city.services.database.reading() as session:
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.sequence == told["history"]["sequence"])).one()
        assert (entry.action, entry.about_id) == ("item.received", receipt["item_id"])
        assert entry.entry_hash == told["history"]["hash"]
        taken = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "item.proof_taken")).all()
    assert len(taken) == 2


def test_nobody_without_the_right_learns_of_attachments_or_receipt(
    clerk: Program, stranger: Program, city: City, parts: list[str]
) -> None:
    document_id = filed(clerk, city)
    for item in (str(city.waiting[0]), parts[0]):
        for page in ("attachments", "receipt.json", "receipt.pdf"):
            assert code_of(stranger.get(f"/incoming-items/{item}/{page}")) == (404, "not-found")
        assert code_of(stranger.post(f"/incoming-items/{item}/taking-out")) == (404, "not-found")
    assert code_of(stranger.get(f"/documents/{document_id}/attachments")) == (404, "not-found")
