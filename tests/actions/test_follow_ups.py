"""Follow-ups: set, due, postponed, done; seen by nobody who may not see the file, and gone with it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from eakte.actions import audit, cases, filing, follow_up_view, follow_ups, today
from eakte.actions.follow_up_view import Asked, FollowUpRow
from eakte.actions.follow_ups import FollowUpDone, NewFollowUp
from eakte.errors import CannotClose, CaseFileClosed, InvalidInput, MissingReason, NotAllowed, NotFound, StaleRevision
from eakte.records.follow_ups import Due, due_of
from eakte.records.today import Chore
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.follow_ups import FollowUp
from tests.actions.test_deputies import stand_in
from tests.actions.test_destruction import approve, destroy, propose
from tests.town import Town

TODAY = date(2026, 11, 20)


def put(
    town: Town, *, login: str = "brandt", days: int = 3, note: str = "Brandschutznachweis fehlt", **about: object
) -> UUID:
    actor = town.actor(login)
    wanted = NewFollowUp(due_on=TODAY + timedelta(days=days), note=note, **about)  # type: ignore[arg-type]
    with town.database.begin() as session:
        return follow_ups.put(session, actor, wanted, town.now).id


def listed(town: Town, login: str = "brandt", **asked: object) -> tuple[FollowUpRow, ...]:
    with town.database.reading() as session:
        return follow_up_view.listing(session, town.actor(login), Asked(**asked), now=town.now)[0]  # type: ignore[arg-type]


def waiting(town: Town, login: str = "brandt") -> int:
    with town.database.reading() as session:
        tasks = today.tasks(session, town.actor(login), town.now)
    return sum(task.count for task in tasks if task.chore is Chore.FOLLOW_UPS)


def finish(town: Town, follow_up_id: UUID, *, reason: str = "liegt vor", revision: int | None = None) -> None:
    actor = town.actor("brandt")
    with town.database.begin() as session:
        follow_ups.finish(session, actor, follow_up_id, reason=reason, revision=revision, now=town.now)


def postpone(
    town: Town, follow_up_id: UUID, *, days: int = 9, reason: str = "Frist verlängert", revision: int | None = None
) -> None:
    actor, day = town.actor("brandt"), TODAY + timedelta(days=days)
    with town.database.begin() as session:
        follow_ups.postpone(session, actor, follow_up_id, due_on=day, reason=reason, revision=revision, now=town.now)


@given(st.dates(), st.dates(), st.none() | st.dates())
def test_an_open_follow_up_lies_in_exactly_one_place(due_on: date, now: date, done_on: date | None) -> None:
    found = due_of(due_on, done_on, now)
    assert (found is Due.DONE) == (done_on is not None)
    if done_on is None:
        assert (found is Due.OVERDUE, found is Due.TODAY, found is Due.COMING) == (
            due_on < now,
            due_on == now,
            due_on > now,
        )


def test_a_follow_up_is_for_oneself_and_waits_from_its_day_on(town: Town) -> None:
    case_file = town.case_file()
    put(town, case_file_id=case_file.id, days=0)
    put(town, case_file_id=case_file.id, days=3)
    rows = listed(town)
    assert [(row.addressee, row.due, row.reference) for row in rows] == [
        ("Brandt, K.", Due.TODAY, case_file.file_reference),
        ("Brandt, K.", Due.COMING, case_file.file_reference),
    ]
    assert waiting(town) == 1
    town.now += timedelta(days=4)
    assert waiting(town) == 2
    assert [row.due for row in listed(town)] == [Due.OVERDUE, Due.OVERDUE]
    assert listed(town, due=Due.COMING) == ()


def test_a_follow_up_for_a_unit_waits_for_everybody_at_its_inbox(town: Town) -> None:
    put(town, login="ott", case_file_id=town.case_file().id, org_unit_code="63.2", days=0)
    assert [row.addressee for row in listed(town)] == ["63.2"]
    assert waiting(town) == 1
    assert waiting(town, "kaya") == 0


def test_it_is_not_set_for_somebody_who_may_not_see_the_file(town: Town) -> None:
    case_file = town.case_file()
    for login in ("kaya", "niemand"):
        with pytest.raises(InvalidInput):
            _put_for(town, case_file.id, login)
    _put_for(town, case_file.id, "ott")
    assert [row.login for row in listed(town, "ott")] == ["ott"]
    assert listed(town) == ()
    assert [row.login for row in listed(town, mine=False)] == ["ott"]


def _put_for(town: Town, case_file_id: UUID, login: str) -> None:
    actor = town.actor("brandt")
    with town.database.begin() as session:
        follow_ups.put(
            session, actor, NewFollowUp(TODAY, "Rückfrage", case_file_id=case_file_id, login=login), town.now
        )


def test_what_is_missing_or_past_is_refused(town: Town) -> None:
    case_file = town.case_file()
    with pytest.raises(InvalidInput):
        put(town, case_file_id=case_file.id, days=-1)
    with pytest.raises(InvalidInput):
        put(town, case_file_id=case_file.id, note=" ")
    with pytest.raises(InvalidInput):
        put(town)
    with pytest.raises(NotFound):
        put(town, login="kaya", case_file_id=case_file.id)
    with pytest.raises(NotAllowed):
        put(town, login="pruefer", case_file_id=case_file.id)


def test_postponing_and_finishing_need_a_reason_and_are_told_in_the_history(town: Town) -> None:
    case_file = town.case_file()
    first = put(town, case_file_id=case_file.id)
    with pytest.raises(MissingReason):
        postpone(town, first, reason=" ")
    postpone(town, first)
    with pytest.raises(StaleRevision):
        finish(town, first, revision=1)
    with pytest.raises(MissingReason):
        finish(town, first, reason="")
    finish(town, first, revision=2)
    with pytest.raises(FollowUpDone):
        postpone(town, first)
    (row,) = listed(town, due=Due.DONE)
    assert (row.outcome, row.postponed_because, row.due_on) == (
        "liegt vor",
        "Frist verlängert",
        TODAY + timedelta(days=9),
    )
    with town.database.reading() as session:
        lines = audit.of_case_file(session, town.actor("brandt"), case_file.id, limit=3, now=town.now)
    assert [line.label for line in lines] == [
        "Wiedervorlage erledigt",
        "Wiedervorlage verschoben",
        "Wiedervorlage gesetzt",
    ]
    assert all(line.reason == "" for line in lines)


def test_who_loses_the_right_to_the_file_sees_the_follow_up_nowhere(town: Town) -> None:
    case_file = town.case_file()
    follow_up_id = put(town, case_file_id=case_file.id, days=0)
    assert waiting(town) == 1
    with town.database.begin() as session:
        row = session.get_one(CaseFile, case_file.id)
        row.access_key, row.restricted = "unit:elsewhere", True
    assert waiting(town) == 0
    for mine in (True, False):
        assert listed(town, mine=mine) == ()
    with town.database.reading() as session, pytest.raises(NotFound):
        follow_up_view.show(session, town.actor("brandt"), follow_up_id, town.now)
    with pytest.raises(NotFound):
        finish(town, follow_up_id)


def test_a_file_is_not_closed_while_somebody_waits_to_see_it_again(town: Town) -> None:
    case_file = town.case_file()
    follow_up_id = put(town, case_file_id=case_file.id)
    actor = town.actor("brandt")
    with town.database.begin() as session, pytest.raises(CannotClose) as refused:
        cases.close(session, actor, case_file.id, now=town.now)
    assert "Wiedervorlagen sind noch offen: 23.11.2026." in refused.value.detail["reasons"]
    finish(town, follow_up_id)
    with town.database.begin() as session:
        cases.close(session, actor, case_file.id, now=town.now)
    with pytest.raises(CaseFileClosed):
        put(town, case_file_id=case_file.id)


def test_it_is_about_a_case_or_a_document_and_a_filing_taken_back_takes_it_along(town: Town) -> None:
    case_file = town.case_file()
    filed = town.file(town.waiting(), case_file.id)
    with town.database.reading() as session:
        case_id = session.scalars(select(BusinessCase.id).where(BusinessCase.case_file_id == case_file.id)).first()
    put(town, case_id=case_id)
    put(town, document_id=filed.document_id, days=5)
    case, document = listed(town)
    assert document.reference == filed.document_reference
    assert document.reference.startswith(f"{case.reference}#")
    actor = town.actor("brandt")
    with town.database.begin() as session:
        filing.undo(session, actor, filed.document_id, town.now)
    assert [row.document_id for row in listed(town)] == [None]


def test_a_deputy_sees_what_is_for_the_person_they_stand_in_for(town: Town) -> None:
    case_file = town.case_file()
    put(town, case_file_id=case_file.id, days=0)
    assert waiting(town, "kaya") == 0
    stand_in(town, deputy="kaya", for_login="brandt")
    assert waiting(town, "kaya") == 1
    town.now += timedelta(days=8)
    assert waiting(town, "kaya") == 0


def test_it_goes_with_its_document_to_another_file_and_is_destroyed_with_that(town: Town) -> None:
    first, filed = town.filed()
    second = town.case_file()
    put(town, document_id=filed.document_id)
    with town.database.begin() as session:
        case = session.scalars(select(BusinessCase).where(BusinessCase.case_file_id == second.id)).one()
        document = session.get_one(Document, filed.document_id)
        document.case_id, document.case = case.id, case
    assert [row.case_file_id for row in listed(town)] == [second.id]
    assert listed(town, case_file_id=first.id) == ()


def test_nothing_of_it_is_left_when_its_file_is_destroyed(town: Town) -> None:
    town.now = town.now.replace(year=2020)
    case_file, filed = town.filed()
    actor, day = town.actor("brandt"), town.now.date()
    with town.database.begin() as session:
        for about in ({"case_file_id": case_file.id}, {"document_id": filed.document_id}):
            row = follow_ups.put(session, actor, NewFollowUp(day, "Nachweis fehlt", **about), town.now)
            follow_ups.finish(session, actor, row.id, reason="liegt vor", revision=None, now=town.now)
    town.close(case_file.id, on=town.now)
    town.now = town.now.replace(year=2026)
    disposal_id = propose(town, case_file.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    with town.database.reading() as session:
        assert session.scalars(select(FollowUp.id)).all() == []
