"""Events move dates as the rule says, with evidence; a wrong one is corrected and stays, what waits is never due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from eakte.actions import due_dates, events, organisation, verdicts
from eakte.actions.desk import Wanted
from eakte.actions.events import Evidence
from eakte.errors import InvalidInput, MissingReason, NotAllowed, NotFound
from eakte.records.access import SYSTEM, unit_key
from eakte.records.states import CaseFileState
from eakte.store.disposal import RetentionEvent, VerdictRow
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.plan import plan_unit
from retention.model import DisposalAction, Outcome
from tests.actions.test_sharing import link
from tests.town import FOUNDED, NOW, Town, rule

NOTE = Evidence("Abrissanzeige vom 3. März")
CLOSED = datetime(2015, 6, 1, 9, 0, tzinfo=UTC)


def demolish(town: Town) -> None:
    """Let files at 52.01 be kept two years from the demolition on."""
    waits = replace(rule("R-E", months=24, action=DisposalAction.DESTROY), trigger="DEMOLITION", trigger_label="Abriss")
    with town.database.begin() as session:
        organisation.add_rules(session, SYSTEM, [waits], FOUNDED)
        unit = plan_unit(session, "52.01")
        assert unit is not None
        unit.rule_code = "R-E"


def waiting(town: Town, *, login: str = "brandt") -> UUID:
    """A closed case file that waits for its demolition."""
    town.now = CLOSED
    file = town.case_file(login=login)
    town.close(file.id, on=CLOSED, login=login)
    town.now = NOW
    return file.id


def tell(town: Town, file_id: UUID, day: date, evidence: Evidence = NOTE, *, login: str = "brandt") -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        events.record_event(
            session, actor, file_id, trigger="DEMOLITION", happened_on=day, evidence=evidence, now=town.now
        )


def correct(town: Town, file_id: UUID, day: date | None, reason: str = "Tippfehler") -> None:
    actor = town.actor("brandt")
    with town.database.begin() as session:
        events.correct(
            session, actor, file_id, trigger="DEMOLITION", happened_on=day, evidence=NOTE, reason=reason, now=town.now
        )


def kept(town: Town, file_id: UUID) -> tuple[Outcome, date | None]:
    with town.database.reading() as session:
        row = session.get_one(VerdictRow, file_id)
        return row.outcome, row.retention_end


def test_an_event_starts_the_period_at_once_and_keeps_its_evidence(town: Town) -> None:
    demolish(town)
    file_id = waiting(town)
    assert kept(town, file_id) == (Outcome.WAITING_FOR_EVENT, None)
    tell(town, file_id, date(2020, 3, 3))
    assert kept(town, file_id) == (Outcome.DESTROY, date(2022, 12, 31))
    with town.database.reading() as session:
        made = due_dates.events_of(session, town.actor("brandt"), file_id, NOW)
    assert [(one.evidence, one.recorded_by, one.replaced_at) for one in made] == [(NOTE.note, "Brandt, K.", None)]


def test_the_same_event_twice_is_once(town: Town) -> None:
    demolish(town)
    file_id = waiting(town)
    for _ in range(2):
        tell(town, file_id, date(2020, 3, 3))
    with town.database.reading() as session:
        assert len(session.scalars(select(RetentionEvent)).all()) == 1
        told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "event.recorded")).all()
    assert len(told) == 1


def test_another_date_needs_a_correction_with_a_reason_and_the_wrong_entry_stays(town: Town) -> None:
    demolish(town)
    file_id = waiting(town)
    tell(town, file_id, date(2020, 3, 3))
    with pytest.raises(InvalidInput):
        tell(town, file_id, date(2021, 3, 3))
    with pytest.raises(MissingReason):
        correct(town, file_id, date(2021, 3, 3), reason=" ")
    with pytest.raises(InvalidInput):
        correct(town, file_id, date(2020, 3, 3))
    correct(town, file_id, date(2025, 3, 3))
    assert kept(town, file_id) == (Outcome.KEEP, date(2027, 12, 31))
    with town.database.reading() as session:
        made = due_dates.events_of(session, town.actor("brandt"), file_id, NOW)
        told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "event.corrected")).one()
    assert [(one.happened_on, one.replaced_because) for one in made] == [
        (date(2020, 3, 3), "Tippfehler"),
        (date(2025, 3, 3), None),
    ]
    assert told.case_file_id == file_id


def test_an_event_that_did_not_happen_is_taken_back_and_the_file_waits_again(town: Town) -> None:
    demolish(town)
    file_id = waiting(town)
    tell(town, file_id, date(2020, 3, 3))
    correct(town, file_id, None)
    assert kept(town, file_id) == (Outcome.WAITING_FOR_EVENT, None)
    with pytest.raises(NotFound):
        correct(town, file_id, None)
    tell(town, file_id, date(2024, 1, 1))
    assert kept(town, file_id) == (Outcome.KEEP, date(2026, 12, 31))


def test_what_nothing_proves_no_rule_awaits_or_lies_ahead_is_refused(town: Town) -> None:
    demolish(town)
    file_id = waiting(town)
    for evidence in (Evidence(), Evidence("  "), Evidence(document_id=uuid4())):
        with pytest.raises(InvalidInput):
            tell(town, file_id, date(2020, 3, 3), evidence)
    with pytest.raises(InvalidInput):
        tell(town, file_id, NOW.date() + timedelta(days=1))
    for trigger in ("CASE_CLOSED", "MOON_LANDING"):
        with town.database.begin() as session, pytest.raises(InvalidInput):
            events.record_event(
                session, SYSTEM, file_id, trigger=trigger, happened_on=date(2020, 1, 1), evidence=NOTE, now=NOW
            )


def test_a_document_proves_an_event_of_the_file_it_lies_in_or_is_shown_in(town: Town) -> None:
    demolish(town)
    home, filed = town.filed()
    other, stranger = town.case_file(), town.case_file()
    with town.database.reading() as session:
        case_id = session.scalars(select(BusinessCase.id).where(BusinessCase.case_file_id == other.id)).one()
    link(town, filed.document_id, case_id)
    for file in (home, other):
        tell(town, file.id, date(2020, 3, 3), Evidence(document_id=filed.document_id))
    with pytest.raises(InvalidInput):
        tell(town, stranger.id, date(2020, 3, 3), Evidence(document_id=filed.document_id))


def test_events_are_recorded_by_those_who_keep_the_file_and_by_records_managers(town: Town) -> None:
    demolish(town)
    file_id = waiting(town)
    for login, refusal in (("kaya", NotFound), ("pruefer", NotAllowed), ("adler", NotAllowed), ("admin", NotAllowed)):
        with pytest.raises(refusal):
            tell(town, file_id, date(2020, 3, 3), login=login)
    tell(town, file_id, date(2020, 3, 3), login="weber")


def many(town: Town, count: int) -> list[UUID]:
    first = waiting(town)
    with town.database.begin() as session:
        model = session.get_one(CaseFile, first)
        made = [
            CaseFile(
                file_reference=f"52.01-2014/{number:04}", subject="Abriss", file_plan_unit_id=model.file_plan_unit_id,
                org_unit_id=model.org_unit_id, access_key=unit_key("63.2"), state=CaseFileState.CLOSED,
                opened_on=date(2014, 1, 1), opened_by="ott", closed_on=date(2014, 5, number % 28 + 1),
            )
            for number in range(count)
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        ids = [model.id, *(file.id for file in made)]
        verdicts.review(session, ids, NOW.date())
    return ids


def test_one_event_is_recorded_on_all_files_of_a_list_as_it_was_seen(town: Town) -> None:
    demolish(town)
    ids = many(town, 11)
    clerk, wanted = town.actor("brandt"), Wanted(trigger="DEMOLITION")
    with town.database.begin() as session:
        with pytest.raises(InvalidInput):
            events.waiting_for(session, clerk, wanted, seen=11, now=NOW)
        with pytest.raises(InvalidInput):
            events.waiting_for(session, clerk, Wanted(), seen=12, now=NOW)
        chosen = events.waiting_for(session, clerk, wanted, seen=12, now=NOW)
        assert set(chosen) == set(ids)
        made = events.record_on_all(
            session, clerk, chosen, trigger="DEMOLITION", happened_on=date(2016, 2, 29), note="Bescheid", now=NOW
        )
        assert made == 12
    assert {kept(town, file_id) for file_id in ids} == {(Outcome.DESTROY, date(2018, 12, 31))}
    with town.database.reading() as session:
        told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "event.recorded")).all()
        assert {entry.case_file_id for entry in told} == set(ids)
        assert events.waiting_for(session, clerk, wanted, seen=0, now=NOW) == []


def test_many_files_are_told_of_an_event_all_or_none(town: Town) -> None:
    demolish(town)
    ids = many(town, 3)
    tell(town, ids[2], date(2020, 3, 3))
    refused = ((ids, InvalidInput), ([*ids, uuid4()], NotFound), ([uuid4() for _ in range(501)], InvalidInput))
    clerk, day = town.actor("brandt"), date(2016, 1, 1)
    for chosen, refusal in refused:
        with pytest.raises(refusal), town.database.begin() as session:
            events.record_on_all(
                session, clerk, chosen, trigger="DEMOLITION", happened_on=day, note="Bescheid", now=NOW
            )
    with town.database.reading() as session:
        assert len(session.scalars(select(RetentionEvent)).all()) == 1


def test_a_clerk_sees_and_tells_only_of_files_of_their_own(town: Town) -> None:
    demolish(town)
    many(town, 2)
    with town.database.reading() as session:
        assert events.waiting_for(session, town.actor("kaya"), Wanted(trigger="DEMOLITION"), seen=0, now=NOW) == []
        with pytest.raises(NotAllowed):
            events.waiting_for(session, town.actor("pruefer"), Wanted(trigger="DEMOLITION"), seen=0, now=NOW)


DAYS = st.dates(date(2016, 1, 1), NOW.date())


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.none() | DAYS, min_size=1, max_size=5))
def test_the_date_is_that_of_the_last_word_and_without_an_event_nothing_is_due(
    town: Town, told: list[date | None]
) -> None:
    with town.database.reading() as session:
        known = plan_unit(session, "52.01")
    if known is not None and known.rule_code != "R-E":
        demolish(town)
    file_id, last = waiting(town), None
    for day in told:
        if last is None and day is not None:
            tell(town, file_id, day)
        elif day != last:
            correct(town, file_id, day)
        last = day
        outcome, end = kept(town, file_id)
        assert end == (date(day.year + 2, 12, 31) if day else None)
        if day is None:
            assert outcome is Outcome.WAITING_FOR_EVENT
        else:
            assert outcome is (Outcome.DESTROY if NOW.date() > end else Outcome.KEEP)
