"""The story of one document without a browser: from a scan to the certificate of its destruction."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from eakte.actions import case_view, cases, disposal, documents, filing, finding, inbox, intake, verification
from eakte.actions.filing import Filed, Filing
from eakte.actions.intake import Source, Upload
from eakte.actions.proposals import Band
from eakte.errors import NotFound
from eakte.records.states import CaseFileState, DisposalState, ItemState
from eakte.store.disposal import Disposal
from eakte.store.documents import IncomingItem
from retention.model import Outcome
from search import matching_words
from search.model import Query
from tests.flows.conftest import Story

CLERK, STRANGER, MANAGERS = "weissmueller", "brandt", ("hoffmann", "yildiz")


def arrives(story: Story) -> UUID:
    with story.scan.open("rb") as stream:
        stored = story.services.objects.put(stream)
    upload = Upload(stored, story.scan.name, Source.UPLOAD, story.entry.unit, str(uuid4()))
    with story.services.database.begin() as session:
        receipt = intake.receive(session, story.services.objects, story.actor(CLERK), upload, story.clock.moment)

    def waits() -> bool:
        with story.services.database.reading() as session:
            return session.get_one(IncomingItem, receipt.item_id).state is ItemState.WAITING

    story.wait_until(waits, "the scan waits in the inbox")
    return receipt.item_id


def is_filed_with_one_key(story: Story, item_id: UUID) -> Filed:
    """The clerk accepts what is proposed."""
    clerk, now = story.actor(CLERK), story.clock.moment
    with story.services.database.reading() as session:
        view = inbox.show(session, clerk, item_id, now)
    assert view.row.band is Band.SURE
    assert view.case_files[0].reference == story.letter.spec.reference
    assert any(place.page == 1 for place in view.case_files[0].proposal.evidence)
    assert view.read.letter_date == story.letter.spec.letter_date
    assert view.preselected is not None
    accepted = Filing(
        view.preselected,
        None,
        view.row.document_type or "Schreiben",
        view.row.subject or "Schreiben",
        view.row.sender,
        view.read.letter_date,
        revision=view.row.revision,
    )
    with story.services.database.begin() as session:
        return filing.file_document(session, clerk, item_id, accepted, now)


def search(story: Story, login: str, text: str) -> finding.Found:
    with story.services.database.reading() as session:
        return finding.find(session, story.services.index, story.actor(login), Query(text), story.clock.moment)


def is_found_on_the_page(story: Story, filed: Filed) -> str:
    """The clerk finds it by a word of its subject and sees the words marked; returns the word."""
    word = max(story.letter.spec.subject.split(), key=len).strip(".,:")
    story.wait_until(lambda: search(story, CLERK, word).total > 0, "the document is found")
    hit = search(story, CLERK, word).hits[0]
    assert hit.document_id == filed.document_id
    with story.services.database.reading() as session:
        page = documents.page(session, story.actor(CLERK), hit.document_id, hit.pages[0].number, story.clock.moment)
    marked = matching_words(word, [str(entry[0]) for entry in page.words])
    assert marked
    for place in marked:
        _, left, top, width, height, _ = page.words[place]
        assert 0 <= left < left + width <= page.width
        assert 0 <= top < top + height <= page.height
    return word


def is_hidden_from_strangers(story: Story, filed: Filed, word: str) -> None:
    found = search(story, STRANGER, word)
    assert (found.hits, found.total, found.case_files) == ((), 0, 0)
    assert not any(found.facets.values())
    with story.services.database.reading() as session, pytest.raises(NotFound):
        documents.show(session, story.actor(STRANGER), filed.document_id, story.clock.moment)


def is_closed(story: Story) -> None:
    with story.services.database.begin() as session:
        cases.close(session, story.actor(CLERK), story.case_file_id, now=story.clock.moment)
    with story.services.database.reading() as session:
        verdict = case_view.show(session, story.actor(CLERK), story.case_file_id, story.clock.moment).verdict
    assert verdict.outcome is Outcome.KEEP
    assert verdict.retention_end is not None
    assert verdict.retention_end.year == story.clock.moment.year + 10
    assert "31.12.2036" in verdict.explanation


def is_destroyed_by_two_people(story: Story) -> UUID:
    story.clock.moment = datetime(2037, 1, 2, 9, 0, tzinfo=UTC)
    first, second = (story.actor(login) for login in MANAGERS)
    with story.services.database.begin() as session:
        [disposal_id] = disposal.propose(
            session, first, [story.case_file_id], reason="Frist abgelaufen", now=story.clock.moment
        )
    with story.services.database.begin() as session:
        disposal.approve(session, second, disposal_id, cooling_off_days=0, now=story.clock.moment)

    def done() -> bool:
        with story.services.database.reading() as session:
            return session.get_one(Disposal, disposal_id).state is DisposalState.DONE

    story.wait_until(done, "the case file is destroyed")
    return disposal_id


def is_proven(story: Story, disposal_id: UUID) -> None:
    with story.services.database.reading() as session:
        proof = disposal.certificate(session, story.actor(MANAGERS[0]), disposal_id, story.clock.moment)
        assert verification.verify(session).first_broken is None
    facts = json.loads(proof.document)
    original = hashlib.sha256(story.scan.read_bytes()).hexdigest()
    assert facts["case_file"]["originals_sha256"] == [original]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(proof.pdf)).pages)
    assert (story.letter.spec.reference or "?") in text
    assert hashlib.sha256(proof.document).hexdigest() in "".join(text.split())
    assert not story.services.objects.exists(original)


def test_from_the_scan_to_the_certificate(story: Story) -> None:
    item_id = arrives(story)
    filed = is_filed_with_one_key(story, item_id)
    word = is_found_on_the_page(story, filed)
    is_hidden_from_strangers(story, filed, word)
    is_closed(story)
    disposal_id = is_destroyed_by_two_people(story)
    is_proven(story, disposal_id)
    assert search(story, CLERK, word).total == 0
    with story.services.database.reading() as session:
        assert session.scalars(select(IncomingItem)).all() == []
        with pytest.raises(NotFound):
            case_view.show(session, story.actor(MANAGERS[0]), story.case_file_id, story.clock.moment)
        tombstone = session.get_one(case_view.CaseFile, story.case_file_id)
        assert tombstone.state is CaseFileState.DESTROYED
