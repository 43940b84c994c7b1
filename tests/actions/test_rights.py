"""A clerk of another department learns nothing: no row, no count, no document, no page, no number."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest

from eakte.actions import audit, case_lists, case_view, cases, documents, filing, finding, inbox, intake, structure
from eakte.actions.entries import entry_of
from eakte.actions.guard import case_file_of
from eakte.actions.intake import Source, Upload
from eakte.errors import EakteError, InvalidInput, NotAllowed, NotFound
from eakte.records.access import RestrictionKind, person_key
from eakte.store.files import AccessRestriction, Share
from search.engine import SearchEngine
from search.engines import open_engine
from search.model import Query
from tests.town import Town


@pytest.fixture
def index(town: Town) -> SearchEngine:
    return open_engine("tantivy", town.folder / "index")


def test_another_department_gets_not_found_for_everything(town: Town) -> None:
    case_file, filed = town.filed()
    item_id = town.waiting()
    other = town.actor("kaya")
    with town.database.begin() as session:
        for call in (
            lambda: case_view.show(session, other, case_file.id, town.now),
            lambda: documents.show(session, other, filed.document_id, town.now),
            lambda: documents.page(session, other, filed.document_id, 1, town.now),
            lambda: documents.original(session, other, filed.document_id, town.now),
            lambda: documents.rendition(session, other, filed.document_id, "searchable_pdf", town.now),
            lambda: documents.item_original(session, other, item_id, town.now),
            lambda: inbox.show(session, other, item_id, town.now),
            lambda: inbox.drop(session, other, item_id, reason="x", revision=None, now=town.now),
            lambda: cases.close(session, other, case_file.id, now=town.now),
            lambda: structure.open_case(session, other, case_file.id, "x", town.now),
            lambda: filing.undo(session, other, filed.document_id, town.now),
        ):
            with pytest.raises(NotFound):
                call()  # type: ignore[no-untyped-call]  # each of another type


def test_unknown_and_forbidden_look_the_same(town: Town) -> None:
    case_file, _ = town.filed()
    other = town.actor("kaya")
    answers = []
    for case_file_id in (case_file.id, uuid4()):
        with town.database.reading() as session, pytest.raises(EakteError) as refused:
            case_view.show(session, other, case_file_id, town.now)
        answers.append((type(refused.value), refused.value.detail))
    assert answers[0] == answers[1]


def test_lists_and_counts_of_another_department_stay_empty(town: Town) -> None:
    town.filed()
    town.waiting()
    other = town.actor("kaya")
    with town.database.reading() as session:
        assert case_lists.listing(session, other, now=town.now) == ((), 0)
        page = inbox.listing(session, other, band=None, after=None, limit=10, now=town.now)
        assert (page.rows, page.waiting, page.reading, page.faults) == ((), 0, 0, 0)


def test_search_finds_for_the_department_and_for_nobody_else(town: Town, index: SearchEngine) -> None:
    _, filed = town.filed()
    with town.database.reading() as session:
        entry = entry_of(session, filed.document_id, town.now)
    assert entry is not None
    index.put([entry])
    with town.database.reading() as session:
        mine = finding.find(session, index, town.actor("brandt"), Query("Gartenweg"), town.now)
        theirs = finding.find(session, index, town.actor("kaya"), Query("Gartenweg"), town.now)
        assert finding.suggest(session, index, town.actor("kaya"), "Gart", town.now) == ()
    assert [hit.document_id for hit in mine.hits] == [filed.document_id]
    assert (theirs.hits, theirs.total, theirs.case_files) == ((), 0, 0)
    assert not any(counts for counts in theirs.facets.values())


def test_a_late_index_shows_nothing_the_database_forbids(town: Town, index: SearchEngine) -> None:
    case_file, filed = town.filed()
    with town.database.begin() as session:
        entry = entry_of(session, filed.document_id, town.now)
        file = case_file_of(session, town.actor("brandt"), case_file.id, town.now)
        file.restricted = True
    assert entry is not None
    index.put([entry])
    with town.database.reading() as session:
        found = finding.find(session, index, town.actor("pruefer"), Query("Gartenweg"), town.now)
    assert (found.hits, found.total) == ((), 0)


def test_the_head_of_department_sees_the_units_below(town: Town) -> None:
    case_file, _ = town.filed()
    with town.database.reading() as session:
        assert case_view.show(session, town.actor("ott"), case_file.id, town.now).reference == case_file.file_reference


def test_need_to_know_hides_from_roles_that_read_everything(town: Town) -> None:
    restricted = town.case_file(restricted=True)
    with town.database.reading() as session:
        for login in ("pruefer", "weber"):
            with pytest.raises(NotFound):
                case_view.show(session, town.actor(login), restricted.id, town.now)


def test_the_history_names_no_need_to_know_file_to_those_it_is_hidden_from(town: Town) -> None:
    open_file, restricted = town.case_file(), town.case_file(restricted=True)
    with town.database.reading() as session:
        lines = audit.history(session, town.actor("pruefer"), now=town.now)
    assert open_file.file_reference in {line.reference for line in lines}
    assert restricted.file_reference not in str(lines)


def test_the_history_tells_no_file_name_of_letters_that_are_not_ones_own_to_see(town: Town) -> None:
    hidden = town.filed_in(restricted=True), town.waiting()
    shown = town.filed_in(restricted=False)
    with town.database.reading() as session:
        lines = audit.history(session, town.actor("pruefer"), now=town.now)
    told = {line.about_id: line.changes for line in lines if line.action == "item.received"}
    assert [told[str(item_id)] for item_id in hidden] == [(), ()]
    assert "filename" in {change.field for change in told[str(shown)]}


def test_a_share_opens_one_file_until_it_expires(town: Town) -> None:
    case_file = town.case_file()
    other = town.actor("kaya")
    assert other.person_id is not None
    with town.database.begin() as session:
        until = town.now + timedelta(days=1)
        session.add(Share(case_file_id=case_file.id, key=person_key(other.person_id), expires_at=until))
    with town.database.reading() as session:
        assert case_view.show(session, other, case_file.id, town.now)
        with pytest.raises(NotFound):
            case_view.show(session, other, case_file.id, town.now + timedelta(days=2))


def test_the_administrator_reads_no_records(town: Town) -> None:
    case_file, _ = town.filed()
    with town.database.reading() as session, pytest.raises((NotFound, NotAllowed)):
        case_view.show(session, town.actor("admin"), case_file.id, town.now)


def test_nobody_uploads_into_a_foreign_inbox(town: Town) -> None:
    with pytest.raises(InvalidInput):
        town.receive(unit="50.1", login="brandt")


def test_the_same_bytes_in_another_department_are_not_revealed(town: Town) -> None:
    mine = town.receive(b"dieselben Bytes")
    theirs = town.receive(b"dieselben Bytes", unit="50.1", login="kaya")
    assert theirs.outcome.value == "accepted"
    assert theirs.item_id != mine.item_id


def test_an_item_is_seen_no_more_than_the_file_it_went_to(town: Town) -> None:
    content = b"Brief an die Bauaufsicht"
    item_id = town.receive(content).item_id
    town.read(item_id)
    case_file = town.case_file()
    town.file(item_id, case_file.id)
    brandt, ott = town.actor("brandt"), town.actor("ott")
    assert brandt.person_id is not None
    with town.database.begin() as session:
        key, kind = person_key(brandt.person_id), RestrictionKind.CONFLICT
        block = {"reason": "Nachbar des Antragstellers", "set_by": "ott", "since": town.now}
        session.add(AccessRestriction(case_file_id=case_file.id, key=key, kind=kind, **block))
    with town.database.begin() as session:
        for call in (
            lambda: inbox.show(session, brandt, item_id, town.now),
            lambda: documents.item_original(session, brandt, item_id, town.now),
            lambda: inbox.retry(session, brandt, item_id, town.now),
        ):
            with pytest.raises(NotFound):
                call()  # type: ignore[no-untyped-call]  # each of another type
        assert inbox.show(session, ott, item_id, town.now).row.item_id == item_id
    again = town.receive(content)
    assert (again.outcome.value, again.item_id != item_id) == ("accepted", True)


def test_an_upload_id_of_somebody_else_reveals_nothing(town: Town) -> None:
    stored = town.objects.put(io.BytesIO(b"x"))
    with town.database.begin() as session:
        first = Upload(stored, "a.pdf", Source.UPLOAD, "63.2", "same-id")
        intake.receive(session, town.objects, town.actor("brandt"), first, town.now)
    second = Upload(stored, "a.pdf", Source.UPLOAD, "50.1", "same-id")
    with town.database.begin() as session, pytest.raises(NotFound):
        intake.receive(session, town.objects, town.actor("kaya"), second, town.now)


def test_proposals_name_no_file_of_another_department(town: Town) -> None:
    foreign = town.case_file(plan="31.01", unit="50.1", login="kaya")
    item_id = town.waiting(reference=foreign.file_reference, text=f"Ihr Zeichen: {foreign.file_reference}")
    with town.database.reading() as session:
        view = inbox.show(session, town.actor("brandt"), item_id, town.now)
    assert view.case_files == ()
    assert view.row.reference == ""
