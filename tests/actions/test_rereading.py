"""A document read again: taken where it is better or insisted on, in one transaction; the original never changes."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import document_life, documents, inbox, legibility, rereading
from eakte.actions.rereading import Order, RereadingView
from eakte.errors import DocumentFrozen, InvalidInput, NotFound, NotWaiting, RereadingUnderWay, StaleRevision
from eakte.records.legibility import RereadingState
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import HistoryEntry
from tests.actions.test_document_life import read, upload
from tests.actions.test_legibility import shown, waiting
from tests.town import Town

INSTALLED = ("deu", "eng", "frk")


def order(
    town: Town, document_id: UUID, *pages: int, languages: str = "frk", login: str = "brandt", **more: bool
) -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        wanted = Order(languages.split("+"), pages, **more)
        rereading.order(session, actor, document_id, wanted, installed=INSTALLED, now=town.now)


def reread(town: Town, document_id: UUID, *percents: int, text: str = "Neuer Text", **facts: str) -> None:
    """Do what the worker does: read with these confidences, record twice, tidy up."""
    reading, stored = town.reading(text=text, **facts)
    first = reading.pages[0]
    pages = tuple(
        replace(first, number=number, confidence=percent, languages="frk") for number, percent in enumerate(percents, 1)
    )
    reading = replace(reading, pages=pages)
    for _ in range(2):
        with town.database.begin() as session:
            rereading.record_reading(session, town.objects, document_id, reading, stored=stored, now=town.now)
    with town.database.begin() as session:
        rereading.tidy(session, town.objects, document_id)


def outcome(town: Town, document_id: UUID, login: str = "brandt") -> RereadingView:
    actor = town.actor(login)
    with town.database.reading() as session:
        found = rereading.last_order(session, actor, document_id, town.now)
    assert found is not None
    return found


def texts(town: Town, document_id: UUID) -> list[str]:
    actor = town.actor("brandt")
    with town.database.reading() as session:
        sizes = documents.outline(session, actor, document_id, town.now)
        return [documents.page(session, actor, document_id, size.number, town.now).text for size in sizes]


def document_of(town: Town, item_id: UUID) -> UUID:
    with town.database.reading() as session:
        return session.scalars(select(Document.id).where(Document.item_id == item_id)).one()


def filed(town: Town, *percents: int) -> UUID:
    return town.file(waiting(town, *percents), town.case_file().id).document_id


def told(town: Town) -> list[tuple[str, object]]:
    with town.database.reading() as session:
        entries = session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.action.startswith("document.reread"))
            .order_by(HistoryEntry.sequence)
        )
        return [(entry.action, entry.detail.get("languages")) for entry in entries.all()]


def test_a_better_reading_replaces_text_words_pdf_and_confidence(town: Town) -> None:
    document_id = filed(town, 54, 60)
    with town.database.reading() as session:
        version = session.get_one(Document, document_id).versions[-1]
        original, before = version.original, {version.renditions[0].sha256, version.pages[0].image}
    order(town, document_id)
    assert outcome(town, document_id).state is RereadingState.ORDERED
    reread(town, document_id, 90, 82)
    assert texts(town, document_id) == ["Neuer Text", "Neuer Text"]
    found = outcome(town, document_id)
    assert (found.state, found.before, found.after, found.languages) == (RereadingState.BETTER, 57, 86, "Fraktur")
    assert shown(town, document_id) == ()
    with town.database.reading() as session:
        version = session.get_one(Document, document_id).versions[-1]
        assert version.original == original
        assert version.number == 1
        assert not before & {version.renditions[0].sha256, version.pages[0].image}
        assert [page.languages for page in version.pages] == ["frk", "frk"]
        assert town.objects.exists(version.renditions[0].sha256)
    assert town.objects.exists(original)
    assert not any(town.objects.exists(sha256) for sha256 in before)
    assert told(town) == [("document.reread_ordered", "frk"), ("document.reread", "frk")]


def test_a_reading_that_is_not_better_is_refused_unless_insisted_on(town: Town) -> None:
    document_id = filed(town, 54)
    known = texts(town, document_id)
    order(town, document_id)
    reread(town, document_id, 54)
    found = outcome(town, document_id)
    assert (found.state, found.before, found.after) == (RereadingState.KEPT, 54, 54)
    assert texts(town, document_id) == known
    order(town, document_id, insists=True)
    reread(town, document_id, 40)
    assert outcome(town, document_id).state is RereadingState.BETTER
    assert texts(town, document_id) == ["Neuer Text"]
    assert [page.percent for page in shown(town, document_id)] == [40]


def test_pages_that_were_not_asked_for_stay_as_they_are(town: Town) -> None:
    document_id = filed(town, 70, 54, 30)
    first = shown(town, document_id)[0]
    actor = town.actor("brandt")
    with town.database.begin() as session:
        legibility.settle(session, actor, first.page_id, now=town.now)
    order(town, document_id, 2)
    reread(town, document_id, 95, 80, 10)
    assert texts(town, document_id)[1] == "Neuer Text"
    assert texts(town, document_id)[0] != "Neuer Text"
    assert [(page.number, page.settled_by) for page in shown(town, document_id)] == [(1, "Brandt, K."), (3, "")]
    assert (outcome(town, document_id).before, outcome(town, document_id).after) == (54, 80)


def test_other_pages_are_read_with_the_languages_they_had(town: Town) -> None:
    document_id = filed(town, 54, 60)
    order(town, document_id, languages="deu+frk", insists=True)
    reread(town, document_id, 50, 50)
    order(town, document_id, 2, languages="eng")
    with town.database.begin() as session:
        todo = rereading.begin(session, document_id)
    assert todo is not None
    assert (todo.languages, dict(todo.page_languages)) == ("", {1: "frk", 2: "eng"})


def test_a_waiting_letter_is_read_again_and_says_what_nobody_has_said_otherwise(town: Town) -> None:
    item_id = waiting(town, 54)
    document_id = document_of(town, item_id)
    with town.database.begin() as session:
        session.get_one(Document, document_id).sender = "Von Hand"
    order(town, document_id)
    reread(town, document_id, 90, subject="Neubau", sender="Hollmann")
    with town.database.reading() as session:
        document = session.get_one(Document, document_id)
        assert (document.subject, document.sender) == ("Neubau", "Von Hand")
        assert session.get_one(IncomingItem, item_id).proposals["facts"]["subject"]["value"] == "Neubau"


def test_a_letter_filed_meanwhile_keeps_what_was_stated(town: Town) -> None:
    item_id = waiting(town, 54)
    document_id = document_of(town, item_id)
    order(town, document_id)
    town.file(item_id, town.case_file().id, subject="Antrag")
    reread(town, document_id, 90, subject="Neubau")
    assert texts(town, document_id) == ["Neuer Text"]
    with town.database.reading() as session:
        assert session.get_one(Document, document_id).subject == "Antrag"


def test_what_may_not_change_is_not_read_again(town: Town) -> None:
    document_id = filed(town, 54)
    with pytest.raises(InvalidInput):
        order(town, document_id, languages="pol")
    with pytest.raises(InvalidInput):
        order(town, document_id, 7)
    with pytest.raises(NotFound):
        order(town, document_id, login="kaya")
    order(town, document_id)
    with pytest.raises(RereadingUnderWay):
        order(town, document_id)
    actor = town.actor("brandt")
    with town.database.begin() as session:
        document_life.finalise(session, actor, document_id, now=town.now)
    with pytest.raises(DocumentFrozen):
        reread(town, document_id, 90)
    with town.database.begin() as session:
        rereading.record_fault(session, document_id, DocumentFrozen.code, town.now)
    assert outcome(town, document_id).fault_code == DocumentFrozen.code
    with pytest.raises(DocumentFrozen):
        order(town, document_id)
    unread = town.receive().item_id
    with pytest.raises(NotFound):
        order(town, unread)


def test_a_further_version_meanwhile_is_never_overwritten(town: Town) -> None:
    document_id = filed(town, 54)
    order(town, document_id)
    read(town, upload(town, document_id, b"zweite"), text="Zweite Fassung")
    with pytest.raises(StaleRevision):
        reread(town, document_id, 90)
    assert texts(town, document_id) == ["Zweite Fassung"]


def test_a_dropped_letter_is_not_read_again(town: Town) -> None:
    item_id = waiting(town, 54)
    actor = town.actor("brandt")
    with town.database.begin() as session:
        inbox.drop(session, actor, item_id, reason="Werbung", revision=None, now=town.now)
    with pytest.raises(NotWaiting):
        order(town, document_of(town, item_id))
