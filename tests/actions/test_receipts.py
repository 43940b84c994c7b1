"""Proof of receipt: who received what, when and from where, with the hashes of every file."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pytest
from sqlalchemy import select

from eakte.actions import attachments, intake, receipts
from eakte.actions.intake import Source, Told, Upload
from eakte.errors import NotFound
from eakte.records.access import SYSTEM
from eakte.store.history import HistoryEntry
from tests.actions.test_attachments import container, read_all
from tests.town import Town


def proof(town: Town, item_id: UUID, login: str = "brandt") -> receipts.Proof:
    actor = town.actor(login)
    with town.database.begin() as session:
        return receipts.proof(session, actor, item_id, town.now, city="Musterstadt")


def facts(town: Town, item_id: UUID) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(proof(town, item_id).json)
    return told


def mail(town: Town) -> UUID:
    envelope = {"from": "a@example.org", "message_id": "<1@example.org>", "mailbox": "Bauamt"}
    stored = town.objects.put(io.BytesIO(b"Subject: x\n\nText"))
    upload = Upload(stored, "x.eml", Source.MAIL, "63.2", str(uuid4()), Told(envelope=envelope))
    with town.database.begin() as session:
        return intake.receive(session, town.objects, SYSTEM, upload, town.now).item_id


def test_the_proof_says_who_sent_what_and_when_it_came(town: Town) -> None:
    told = facts(town, mail(town))
    assert told["envelope"] == {"from": "a@example.org", "message_id": "<1@example.org>", "mailbox": "Bauamt"}
    assert (told["received_at"], told["source"]) == (town.now.isoformat(), "mail")
    [file] = told["files"]
    assert (file["name"], file["size"]) == ("x.eml", 16)
    assert file["sha256"] == hashlib.sha256(b"Subject: x\n\nText").hexdigest()
    assert file["sha512"] == hashlib.sha512(b"Subject: x\n\nText").hexdigest()


def test_the_proof_names_the_entry_of_the_history_with_its_hash(town: Town) -> None:
    item_id = mail(town)
    told = facts(town, item_id)
    with town.database.reading() as session:
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.about_id == str(item_id))).first()
        assert entry is not None
        assert told["history"] == {"sequence": entry.sequence, "hash": entry.entry_hash}


def test_the_proof_lists_all_that_came_also_what_was_taken_out_since(town: Town) -> None:
    item_id = container(town, "plan.pdf", "foto.jpg")
    first = read_all(town, item_id)[0]
    before = facts(town, item_id)["files"]
    with town.database.begin() as session:
        attachments.take_out(session, town.actor("brandt"), first, now=town.now)
    assert facts(town, item_id)["files"] == before
    assert [one["name"] for one in before][1:] == ["plan.pdf", "foto.jpg"]


def test_the_page_for_people_names_the_hash_of_the_proof_and_both_are_always_the_same(town: Town) -> None:
    item_id = mail(town)
    first, second = proof(town, item_id), proof(town, item_id)
    assert (first.json, first.pdf) == (second.json, second.pdf)
    with pikepdf.open(io.BytesIO(first.pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Eingangsnachweis"


def test_who_may_not_see_the_item_gets_no_proof(town: Town) -> None:
    with pytest.raises(NotFound):
        proof(town, mail(town), "kaya")


def test_taking_a_proof_is_told(town: Town) -> None:
    item_id = mail(town)
    proof(town, item_id)
    with town.database.reading() as session:
        told = select(HistoryEntry.actor_login).where(HistoryEntry.action == "item.proof_taken")
        assert session.scalars(told).all() == ["brandt"]
