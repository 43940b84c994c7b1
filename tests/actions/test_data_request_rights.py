"""Who knows of requests of data subjects, what the history keeps of them, and when the person is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import audit, data_request_view, data_requests, rights, users
from eakte.actions.data_requests import AnotherWorks
from eakte.actions.rights import Whom
from eakte.errors import InvalidInput, NotAllowed, NotFound
from eakte.records.access import SYSTEM, RestrictionKind, Role
from eakte.records.data_requests import RecordDecision, RequestKind
from eakte.records.processing import Ground
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.data_requests import DataRequest, DataRequestRecord
from eakte.store.history import HistoryEntry, HistoryValue
from eakte.worker import clock, indexing, upkeep
from search.engines import open_engine
from tests.actions.data_subjects import NAME, add, answer, closed_file, decide, enter, show
from tests.town import FOUNDED, PASSWORD, Town


def test_another_one_takes_a_request_over_before_changing_it(town: Town) -> None:
    request_id, file_id = enter(town), closed_file(town)
    [record_id] = add(town, request_id, file_id)
    with pytest.raises(AnotherWorks):
        decide(town, record_id, RecordDecision.REFUSE, by="lang")
    assert not show(town, request_id, "lang").works
    with town.database.begin() as session:
        data_requests.assign(session, town.actor("lang"), request_id, "lang", now=town.now)
    decide(town, record_id, RecordDecision.REFUSE, by="lang")


def test_a_registrar_knows_only_the_requests_they_work_on(town: Town) -> None:
    mine, other = enter(town, by="ott"), enter(town)
    for login, seen in (("ott", {mine}), ("weber", {mine, other})):
        with town.database.reading() as session:
            rows, total = data_request_view.listing(session, town.actor(login), now=town.now)
        assert ({one.request_id for one in rows}, total) == (seen, len(seen))
    with pytest.raises(NotFound):
        show(town, other, "ott")
    for login in ("brandt", "pruefer", "adler", "admin"):
        with pytest.raises(NotAllowed):
            show(town, mine, login)


def test_the_data_protection_officer_sees_all_and_decides_nothing(town: Town) -> None:
    with town.database.begin() as session:
        users.add_person(session, SYSTEM, login="dsb", name="Datenschutz, D.", password=PASSWORD, now=FOUNDED)
        users.assign_post(
            session, SYSTEM, "dsb", unit_code="10", title="DSB", role=Role.DPO, valid_from=FOUNDED.date(), now=FOUNDED
        )
    request_id, file_id = enter(town), closed_file(town)
    [record_id] = add(town, request_id, file_id)
    assert show(town, request_id, "dsb").row.applicant == NAME
    for act in (
        lambda: decide(town, record_id, RecordDecision.REFUSE, by="dsb"),
        lambda: answer(town, request_id, by="dsb"),
        lambda: enter(town, by="dsb"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_request_that_concerns_a_need_to_know_file_is_unknown_to_who_may_not_see_it(town: Town) -> None:
    hidden = town.case_file(restricted=True)
    request_id = enter(town, by="ott")
    assert show(town, request_id, "weber").row.applicant == NAME
    add(town, request_id, hidden.id, by="ott")
    with pytest.raises(NotFound):
        show(town, request_id, "weber")
    with town.database.reading() as session:
        assert data_request_view.listing(session, town.actor("weber"), now=town.now) == ((), 0)
    with town.database.begin() as session, pytest.raises(InvalidInput):
        data_requests.assign(session, town.actor("ott"), request_id, "weber", now=town.now)


def test_a_file_that_somebody_may_not_see_looks_like_none(town: Town) -> None:
    hidden = town.case_file(restricted=True)
    request_id, weber = enter(town), town.actor("weber")
    for reference in (hidden.file_reference, "63-1999/1"):
        with town.database.reading() as session, pytest.raises(InvalidInput, match="gibt es nicht"):
            data_requests.file_named(session, weber, reference, town.now)
    with pytest.raises(InvalidInput, match="gibt es nicht"):
        add(town, request_id, hidden.id)


def test_a_file_somebody_was_blocked_from_later_is_neither_shown_nor_decided_by_them(town: Town) -> None:
    file, _ = town.filed()
    request_id = enter(town, by="ott")
    [record_id] = add(town, request_id, file.id, by="ott")
    with town.database.begin() as session:
        rights.block(
            session, SYSTEM, file.id, Whom(person="ott"), kind=RestrictionKind.CONFLICT, reason="x", until=None,
            now=town.now,
        )  # fmt: skip
    assert show(town, request_id, "ott").records == ()
    with pytest.raises(NotFound):
        decide(town, record_id, RecordDecision.REFUSE, by="ott")


def test_the_history_tells_each_step_and_no_word_of_the_person(town: Town) -> None:
    request_id, file_id = enter(town, wish="Wegen Schulden"), closed_file(town)
    [record_id] = add(town, request_id, file_id)
    with town.database.begin() as session:
        names, marks = (NAME,), ("DE02120300000000202051",)
        data_requests.look_for(session, town.actor("weber"), request_id, names, marks, now=town.now)
    decide(town, record_id, RecordDecision.REFUSE, reason=f"{NAME} irrt.")
    answer(town, request_id, f"Guten Tag {NAME}")
    with town.database.reading() as session:
        entries = session.scalars(select(HistoryEntry).where(HistoryEntry.about_kind == "data_request")).all()
        told = [entry.action.removeprefix("data_request.") for entry in entries]
        assert told == ["entered", "record_added", "searched", "decided", "answered"]
        of_file = [entry.action for entry in entries if entry.case_file_id == file_id]
        assert of_file == ["data_request.record_added", "data_request.decided"]
        values = session.scalars(
            select(HistoryValue).where(HistoryValue.sequence.in_([entry.sequence for entry in entries]))
        ).all()
        written = str([entry.detail for entry in entries]) + str([(one.old, one.new) for one in values])
    for word in (NAME, "Schulden", "DE02", "irrt"):
        assert word not in written
    assert all(action in audit.ACTION_LABELS for action in of_file)


def test_the_person_is_forgotten_when_three_whole_years_are_over(town: Town) -> None:
    request_id, file_id = enter(town, wish="Alles löschen"), closed_file(town)
    [record_id] = add(town, request_id, file_id)
    decide(town, record_id, RecordDecision.REFUSE, reason=f"{NAME} irrt.")
    answer(town, request_id, f"Guten Tag {NAME}")
    still_open = enter(town)
    for moment, count in ((datetime(2029, 12, 31, 22, tzinfo=UTC), 0), (datetime(2030, 1, 1, 9, tzinfo=UTC), 1)):
        town.now = moment
        with town.database.begin() as session:
            assert data_requests.forget_old(session, moment) == count
    with town.database.begin() as session:
        assert data_requests.forget_old(session, town.now) == 0
    with town.database.reading() as session:
        found = session.get_one(DataRequest, request_id)
        words = (found.applicant, found.wish, found.answer, found.extended_because, found.searched)
        assert words == ("", "", "", "", {})
        row = session.scalars(select(DataRequestRecord)).one()
        assert (row.decision, row.reason) == (RecordDecision.REFUSE, "")
        assert session.get_one(DataRequest, still_open).applicant == NAME


@pytest.fixture
def services(town: Town, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data_folder=tmp_path / "data")
    index = open_engine(settings.search_engine, settings.data_folder / "index")
    yield Services(settings=settings, database=town.database, objects=town.objects, index=index, archive=None)
    index.close()


def letter(town: Town, services: Services, text: str, *, restricted: bool = False) -> UUID:
    """A case file with a letter, put into the index as the worker does."""
    case_file = town.case_file(restricted=restricted)
    filed = town.file(town.waiting(text=text), case_file.id)
    indexing.put(services, str(filed.document_id))
    return case_file.id


def test_the_person_is_looked_for_by_names_and_marks_within_rights(town: Town, services: Services) -> None:
    named = letter(town, services, "Sehr geehrte Frau Musterfrau-Selten, Petra")
    marked = letter(town, services, "Konto DE02 1203 0000 0000 2020 51")
    letter(town, services, f"Betrifft {NAME}", restricted=True)
    letter(town, services, "Betrifft Petra Anders")
    request_id, weber = enter(town), town.actor("weber")
    closed = closed_file(town)
    [record_id] = add(town, enter(town, RequestKind.RESTRICTION), closed)
    decide(town, record_id, RecordDecision.RESTRICT, ground=Ground.CLAIMS)
    town.now += timedelta(minutes=1)
    with town.database.reading() as session:
        assert data_request_view.hits(session, services.index, weber, request_id, town.now) == (None, 1)
    with town.database.begin() as session:
        data_requests.look_for(session, weber, request_id, (NAME,), ("DE02120300000000202051",), now=town.now)
    with town.database.reading() as session:
        found, unsearched = data_request_view.hits(session, services.index, weber, request_id, town.now)
    assert found is not None
    assert (set(found.ids), unsearched) == ({named, marked}, 1)
    with town.database.begin() as session, pytest.raises(InvalidInput):
        data_requests.look_for(session, weber, request_id, (), (), now=town.now)


def test_the_upkeep_forgets_by_itself(town: Town, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = enter(town)
    answer(town, request_id)
    town.now = datetime(2030, 1, 1, 9, tzinfo=UTC)
    monkeypatch.setattr(clock, "datetime", type("Hands", (), {"now": staticmethod(lambda _=None: town.now)}))
    assert upkeep.forget_requests in upkeep.UPKEEP.steps
    upkeep.forget_requests(services, "2030-01-01T10")
    assert show(town, request_id).row.applicant == ""
