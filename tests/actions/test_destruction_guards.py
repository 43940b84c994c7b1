"""The database itself, asked by direct SQL of the application's own user: nothing goes but by the one way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from eakte.actions import destruction, holds
from eakte.records.states import CASE_FILE_MOVES, DISPOSAL_MOVES, CaseFileState, DisposalState
from eakte.store.disposal import Disposal, DisposalHold
from eakte.store.files import CaseFile
from eakte.store.guards import GUARDS, missing_guards
from tests.actions.test_destruction import approve, destroy, due_file, propose
from tests.town import Town


def refused(town: Town, statement: str, **values: object) -> str:
    """Run one statement as the application's own user and return with which words the database refuses it."""
    with pytest.raises(DBAPIError) as refusal, town.database.begin() as session:
        session.execute(text(statement), {name: _plain(town, value) for name, value in values.items()})
    return str(refusal.value.orig)


def _plain(town: Town, value: object) -> object:
    return value.hex if isinstance(value, UUID) and town.database.is_sqlite else value


def run(town: Town, statement: str, **values: object) -> None:
    with town.database.begin() as session:
        session.execute(text(statement), {name: _plain(town, value) for name, value in values.items()})


def held(town: Town, case_file_id: UUID) -> UUID:
    with town.database.begin() as session:
        return holds.place(session, town.actor("weber"), case_file_id, reason="Klage", now=town.now)


def begun(town: Town, disposal_id: UUID) -> None:
    with town.database.begin() as session:
        assert destruction.begin(session, disposal_id, town.now)


def approved(town: Town, days: int = 0) -> tuple[UUID, UUID]:
    file_id = due_file(town)
    disposal_id = propose(town, file_id)
    approve(town, disposal_id, days=days)
    return file_id, disposal_id


def test_every_guard_is_there(town: Town) -> None:
    with town.database.reading() as session:
        assert missing_guards(session) == frozenset()
    assert len(GUARDS["sqlite"]) > 25


RECORDS = [
    "document", "business_case", "case_file", "incoming_item", "document_version", "page", "rendition",
    "disposal", "disposal_hold",
]  # fmt: skip


@pytest.mark.parametrize("table", RECORDS)
def test_no_row_of_a_record_can_be_deleted(town: Town, table: str) -> None:
    file_id = due_file(town)
    propose(town, file_id)
    held(town, file_id)
    refused(town, f"DELETE FROM {table}")  # noqa: S608 - table names of this test


@pytest.mark.parametrize("table", RECORDS)
def test_no_row_of_another_record_can_be_deleted_while_one_is_destroyed(town: Town, table: str) -> None:
    if table in {"disposal", "case_file"}:
        pytest.skip("these rows stay for ever")
    town.filed()
    held(town, town.case_file().id)
    _, disposal_id = approved(town)
    begun(town, disposal_id)
    refused(town, f"DELETE FROM {table}")  # noqa: S608 - table names of this test


def test_no_table_of_records_can_be_emptied(town: Town) -> None:
    if town.database.is_sqlite:
        pytest.skip("SQLite knows no TRUNCATE")
    approved(town)
    for table in RECORDS:
        assert "may not change" in refused(town, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("state", [one for one in DisposalState if one is not DisposalState.REJECTED])
def test_a_destruction_cannot_skip_its_people(town: Town, state: DisposalState) -> None:
    if state is DisposalState.PROPOSED:
        pytest.skip("that is where it begins")
    disposal_id = propose(town, due_file(town))
    with town.database.reading() as session:
        weber = session.get_one(Disposal, disposal_id).proposed_by_id
    change = "UPDATE disposal SET state = :state, decided_by_id = :who, decided_at = proposed_at, not_before = :day"
    for who in (None, weber):
        refused(town, change, state=state.value, who=who, day="2020-01-01")


def test_a_second_person_whom_the_history_does_not_tell_of_is_none(town: Town) -> None:
    """The row may say so; the destruction does not begin."""
    disposal_id = propose(town, due_file(town))
    lang = town.actor("lang").person_id
    change = (
        "UPDATE disposal SET state = 'approved', decided_by_id = :who, decided_by = 'Lang', decided_at = proposed_at, "
        "not_before = :day"
    )
    run(town, change, who=lang, day=town.now.date())
    with pytest.raises(DBAPIError, match="two people"):
        begun(town, disposal_id)


def test_the_cooling_off_time_cannot_be_shortened(town: Town) -> None:
    _, disposal_id = approved(town, days=14)
    refused(town, "UPDATE disposal SET not_before = :day", day=town.now.date())
    refused(town, "UPDATE disposal SET state = 'executing'")
    with town.database.begin() as session:
        assert destruction.begin(session, disposal_id, town.now + timedelta(days=14))


def test_a_destruction_cannot_be_born_further_than_proposed(town: Town) -> None:
    file_id = due_file(town)
    weber, lang = town.actor("weber").person_id, town.actor("lang").person_id
    born = (
        "INSERT INTO disposal (id, case_file_id, state, reason, proposed_by_id, proposed_by, proposed_at, "
        "decided_by_id, decided_by, decided_at, not_before, rule_id, explanation, manifest) VALUES "
        "(:id, :file, :state, 'Frist', :first, 'A', :now, :second, 'B', :now, :day, 'R-V/1', '[]', :manifest)"
    )
    manifest = '{"retention_end": "2020-01-01", "items": []}'
    values = {"file": file_id, "now": town.now, "day": "2020-01-01", "manifest": manifest}
    if not town.database.is_sqlite:
        values["day"] = town.now.date()
        born = born.replace(":manifest", "CAST(:manifest AS json)")
    for state in ("executing", "done"):
        refused(town, born, id=uuid4(), state=state, first=weber, second=lang, **values)
    refused(town, born, id=uuid4(), state="approved", first=weber, second=weber, **values)
    refused(town, born, id=uuid4(), state="proposed", first=weber, second=lang, **values)


def test_the_moves_the_database_allows_are_those_of_the_tables(town: Town) -> None:
    file_id, disposal_id = approved(town)
    with town.database.begin() as session:
        for moves, table, key in ((CASE_FILE_MOVES, "case_file", file_id), (DISPOSAL_MOVES, "disposal", disposal_id)):
            now = session.scalar(text(f"SELECT state FROM {table} WHERE id = :key"), {"key": _plain(town, key)})  # noqa: S608
            for state in moves:
                if str(state) not in {now, *moves[type(state)(now)]}:
                    with pytest.raises(DBAPIError), session.begin_nested():
                        session.execute(text(f"UPDATE {table} SET state = :to"), {"to": state.value})  # noqa: S608


def test_a_file_cannot_be_hidden_without_a_destruction_nor_come_back_from_one(town: Town) -> None:
    file_id, disposal_id = approved(town)
    refused(town, "UPDATE case_file SET state = 'destroyed'")
    begun(town, disposal_id)
    refused(town, "UPDATE case_file SET state = 'open' WHERE id = :file", file=file_id)
    refused(town, "UPDATE case_file SET state = 'closed' WHERE id = :file", file=file_id)


def test_the_day_of_closing_cannot_be_changed(town: Town) -> None:
    town.now += timedelta(days=1)
    file_id = town.case_file().id
    town.close(file_id, on=town.now)
    refused(town, "UPDATE case_file SET closed_on = :day", day=town.now.date() - timedelta(days=5000))


def test_a_day_of_closing_that_the_history_does_not_tell_is_none(town: Town) -> None:
    file_id = town.case_file().id
    with town.database.begin() as session:
        day = town.now.date() - timedelta(days=5000)
        session.execute(update(CaseFile).values(state=CaseFileState.CLOSED, closed_on=day))
    disposal_id = propose(town, file_id)
    approve(town, disposal_id)
    with pytest.raises(DBAPIError, match="history"):
        begun(town, disposal_id)


def test_a_hold_can_neither_be_deleted_nor_moved_nor_dated_back(town: Town) -> None:
    file_id, other = due_file(town), town.case_file().id
    held(town, file_id)
    yesterday = town.now.date() - timedelta(days=1)
    assert "hold stays" in refused(town, "DELETE FROM disposal_hold")
    refused(town, "UPDATE disposal_hold SET case_file_id = :other", other=other)
    refused(town, "UPDATE disposal_hold SET placed_on = :day", day=town.now.date() + timedelta(days=900))
    refused(town, "UPDATE disposal_hold SET lifted_on = :day", day=town.now.date())
    by = "UPDATE disposal_hold SET lifted_on = :day, lifted_by = 'A', lift_reason = 'B'"
    refused(town, by, day=yesterday)


def lift_by_sql(town: Town) -> None:
    by = "UPDATE disposal_hold SET lifted_on = :day, lifted_by = 'A', lift_reason = 'B'"
    run(town, by, day=town.now.date())


def add_event(town: Town) -> None:
    run(
        town,
        "INSERT INTO retention_event (id, case_file_id, trigger, happened_on, recorded_by, recorded_at) "
        "SELECT id, id, 'DEMOLITION', :day, 'A', :now FROM case_file",
        day=town.now.date(),
        now=town.now.replace(tzinfo=None) if town.database.is_sqlite else town.now,
    )


@pytest.mark.parametrize("forge", [lift_by_sql, add_event])
def test_what_the_history_does_not_tell_stops_the_destruction(town: Town, forge: Callable[[Town], None]) -> None:
    _, disposal_id = approved(town)
    if forge is lift_by_sql:
        with town.database.reading() as session:
            held(town, session.get_one(Disposal, disposal_id).case_file_id)
    forge(town)
    with pytest.raises(DBAPIError, match="history"):
        begun(town, disposal_id)


def test_a_hold_that_was_lifted_by_a_person_stops_nothing(town: Town) -> None:
    file_id, disposal_id = approved(town)
    hold_id = held(town, file_id)
    with town.database.begin() as session:
        holds.lift(session, town.actor("weber"), hold_id, reason="Vergleich", now=town.now)
    refused(town, "UPDATE disposal_hold SET lifted_on = NULL")
    destroy(town, disposal_id)
    with town.database.reading() as session:
        assert session.get_one(Disposal, disposal_id).state is DisposalState.DONE
        assert session.query(DisposalHold).all() == []


def test_a_rule_that_wants_an_appraisal_is_not_passed_by(town: Town) -> None:
    """Whatever the application thinks is due: the database wants the archive's decision."""
    file_id, disposal_id = approved(town)
    with town.database.begin() as session:
        _told_by(session, "R-B/1")
        with pytest.raises(DBAPIError, match="two people"):
            destruction.begin(session, disposal_id, town.now)
        session.rollback()
    with town.database.reading() as session:
        assert session.get_one(CaseFile, file_id).state is CaseFileState.CLOSED


def _told_by(session: Session, rule_id: str) -> None:
    """Let the destruction say, behind the back of the application, that another rule tells it."""

    @event.listens_for(session, "before_flush")
    def change(one: Session, *rest: object) -> None:
        del rest
        for row in one.dirty:
            if isinstance(row, Disposal) and row.rule_id:
                row.rule_id = rule_id


def test_documents_cannot_be_carried_from_a_held_file_into_one_that_goes(town: Town) -> None:
    town.now += timedelta(days=1)
    kept, _ = town.filed()
    held(town, kept.id)
    file_id, disposal_id = approved(town)
    move = (
        "UPDATE document SET case_id = (SELECT id FROM business_case WHERE case_file_id = :to) "
        "WHERE case_id = (SELECT id FROM business_case WHERE case_file_id = :of)"
    )
    refused(town, move, to=file_id, of=kept.id)
    refused(town, "UPDATE business_case SET case_file_id = :to WHERE case_file_id = :of", to=file_id, of=kept.id)
    other, _ = town.filed()
    begun(town, disposal_id)
    refused(town, move, to=file_id, of=other.id)
    refused(town, move, to=other.id, of=file_id)


def test_documents_cannot_be_sent_back_from_a_held_file_to_the_inbox(town: Town) -> None:
    kept, _ = town.filed()
    held(town, kept.id)
    back = "UPDATE document SET case_id = NULL, position = NULL"
    assert "nothing leaves a held file" in refused(town, back)
    with town.database.begin() as session:
        [hold] = session.scalars(select(DisposalHold))
        holds.lift(session, town.actor("weber"), hold.id, reason="Vergleich", now=town.now)
    run(town, back)


@pytest.mark.parametrize(
    "change",
    [
        (
            "UPDATE document_version SET document_id = (SELECT v.document_id FROM document_version v "
            "WHERE v.document_id <> document_version.document_id)"
        ),
        "UPDATE page SET version_id = (SELECT v.id FROM document_version v WHERE v.id <> page.version_id), number = 9",
        "UPDATE rendition SET version_id = (SELECT v.id FROM document_version v WHERE v.id <> rendition.version_id)",
        "UPDATE document SET item_id = (SELECT d.item_id FROM document d WHERE d.id <> document.id)",
    ],
)
def test_nothing_of_a_document_can_be_given_to_another_one(town: Town, change: str) -> None:
    """Or it would go with the other one."""
    town.filed()
    town.filed()
    assert "belongs to its record" in refused(town, change)


def test_a_rule_that_counts_is_neither_changed_nor_deleted(town: Town) -> None:
    due_file(town)
    for change in (
        "UPDATE retention_rule SET months = 1",
        "UPDATE retention_rule SET valid_to = valid_from",
        "DELETE FROM retention_rule",
    ):
        assert "never changed" in refused(town, change)


def test_a_destruction_is_not_done_before_everything_is_gone_and_certified(town: Town) -> None:
    _, disposal_id = approved(town)
    begun(town, disposal_id)
    refused(town, "UPDATE disposal SET state = 'done'")
    with town.database.begin() as session:
        destruction.delete_rows(session, disposal_id, town.now)
    refused(town, "UPDATE disposal SET state = 'done'")
    for column in ("manifest = '{}'", "rule_id = 'X'", "decided_by = 'X'", "proposed_by = 'X'"):
        refused(town, f"UPDATE disposal SET {column}")  # noqa: S608 - columns of this test


def test_certificates_stay_as_they_are(town: Town) -> None:
    _, disposal_id = approved(town)
    forged = (
        "INSERT INTO destruction_certificate (disposal_id, created_at, document, pdf) SELECT id, proposed_at, {}, {}"
    )
    word = "x''" if town.database.is_sqlite else "''::bytea"
    refused(town, f"{forged.format(word, word)} FROM disposal".replace("::", "\\:\\:"))
    destroy(town, disposal_id)
    refused(town, "DELETE FROM destruction_certificate")
    refused(town, f"UPDATE destruction_certificate SET pdf = {word}".replace("::", "\\:\\:"))  # noqa: S608
    refused(town, "DELETE FROM disposal")
    refused(town, "UPDATE disposal SET done_at = NULL")
