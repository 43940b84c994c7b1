"""Documents after filing: checked out, further versions, signed off, voided; what is signed off never changes."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eakte.actions import audit, case_view, closing, document_life, documents, filing, versions
from eakte.actions.filing import Filing
from eakte.actions.versions import LifeView, NewVersion
from eakte.errors import (
    CannotClose,
    CaseFileClosed,
    DocumentFrozen,
    DocumentLocked,
    InvalidInput,
    MissingReason,
    MoveRefused,
    NotAllowed,
    NotFound,
    StaleRevision,
    VersionUnderWay,
)
from eakte.records.access import SYSTEM
from eakte.records.calendar import BERLIN, day_of
from eakte.records.states import DocumentState
from eakte.store.documents import Document
from tests.town import Town


def life(town: Town, document_id: UUID, login: str = "brandt") -> LifeView:
    actor = town.actor(login)
    with town.database.reading() as session:
        return versions.life(session, actor, document_id, town.now)


def check_out(town: Town, document_id: UUID, login: str = "brandt") -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        document_life.check_out(session, actor, document_id, now=town.now)


def upload(
    town: Town, document_id: UUID, content: bytes, *, login: str = "brandt", based_on: int | None = None
) -> UUID:
    stored = town.objects.put(io.BytesIO(content))
    actor = town.actor(login)
    with town.database.begin() as session:
        new = NewVersion(stored, "neu.pdf", "zweite", based_on=based_on)
        return versions.receive(session, town.objects, actor, document_id, new, town.now).id


def read(town: Town, upload_id: UUID, **facts: str) -> None:
    reading, stored = town.reading(**facts)
    with town.database.begin() as session:
        assert versions.begin_reading(session, upload_id, town.now)
    for _ in range(2):
        with town.database.begin() as session:
            versions.record_reading(session, town.objects, upload_id, reading, stored=stored, now=town.now)


def finalise(town: Town, document_id: UUID, login: str = "brandt") -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        document_life.finalise(session, actor, document_id, now=town.now)


def void(town: Town, document_id: UUID, reason: str = "doppelt abgelegt") -> None:
    actor = town.actor("brandt")
    with town.database.begin() as session:
        document_life.void(session, actor, document_id, reason=reason, now=town.now)


def test_a_letter_can_be_filed_signed_off_and_looked_at_in_one_transaction(town: Town) -> None:
    case_file, item_id, clerk = town.case_file(), town.waiting(), town.actor("brandt")
    new = Filing(case_file.id, None, "Antrag", "Antrag", "Hollmann", town.now.date())
    with town.database.begin() as session:
        filed = filing.file_document(session, clerk, item_id, new, town.now)
        document_life.finalise(session, clerk, filed.document_id, now=town.now)
        assert session.get_one(Document, filed.document_id).state is DocumentState.FINAL


def test_a_checked_out_document_is_shown_to_all_and_changed_by_one(town: Town) -> None:
    file, filed = town.filed()
    check_out(town, filed.document_id)
    with town.database.reading() as session:
        view = case_view.show(session, town.actor("ott"), file.id, town.now)
    assert view.cases[0].documents[0].checked_out_by == "Brandt, K."
    assert life(town, filed.document_id, "ott").locked_by == "Brandt, K."
    for change in (
        lambda: check_out(town, filed.document_id, "ott"),
        lambda: upload(town, filed.document_id, b"fremd", login="ott"),
        lambda: finalise(town, filed.document_id, "ott"),
    ):
        with pytest.raises(DocumentLocked) as refused:
            change()
        assert refused.value.detail["by"] == "Brandt, K."


def test_a_check_out_ends_by_itself(town: Town) -> None:
    _, filed = town.filed()
    check_out(town, filed.document_id)
    town.now += timedelta(days=document_life.LOCK_DAYS + 1)
    assert life(town, filed.document_id).locked_by == ""
    check_out(town, filed.document_id, "ott")
    assert life(town, filed.document_id).locked_by == "Ott, M."


def test_nobody_checks_out_for_ever_or_into_the_past(town: Town) -> None:
    _, filed = town.filed()
    actor = town.actor("brandt")
    for days in (-1, document_life.MOST_LOCK_DAYS + 1):
        until = day_of(town.now) + timedelta(days=days)
        with town.database.begin() as session, pytest.raises(InvalidInput):
            document_life.check_out(session, actor, filed.document_id, until=until, now=town.now)


def test_only_the_registry_breaks_a_check_out_and_only_with_a_reason(town: Town) -> None:
    _, filed = town.filed()
    check_out(town, filed.document_id)
    clerk, registry = town.actor("brandt"), town.actor("ott")
    with town.database.begin() as session:
        with pytest.raises(NotAllowed):
            document_life.break_lock(session, clerk, filed.document_id, reason="eilig", now=town.now)
        with pytest.raises(MissingReason):
            document_life.break_lock(session, registry, filed.document_id, reason=" ", now=town.now)
        document_life.break_lock(session, registry, filed.document_id, reason="Urlaub", now=town.now)
    assert life(town, filed.document_id).locked_by == ""
    with town.database.reading() as session:
        [line] = [
            line for line in audit.history(session, town.actor("pruefer"), now=town.now)
            if line.action == "document.lock_broken"
        ]  # fmt: skip
    assert line.reason == "Urlaub"


def test_a_new_version_leaves_the_older_ones_readable_and_what_people_stated(town: Town) -> None:
    _, filed = town.filed()
    upload_id = upload(town, filed.document_id, b"zweite Fassung", based_on=1)
    read(town, upload_id, text="Nachtrag ohne Tiefgarage", subject="anders gelesen")
    actor = town.actor("brandt")
    with town.database.begin() as session:
        assert documents.page(session, actor, filed.document_id, 1, town.now).text == "Nachtrag ohne Tiefgarage"
        old = documents.page(session, actor, filed.document_id, 1, town.now, version=1).text
        assert old.startswith("Antrag auf Baugenehmigung")
        first = documents.original(session, actor, filed.document_id, town.now, version=1)
        second = documents.original(session, actor, filed.document_id, town.now)
        assert session.get_one(Document, filed.document_id).subject == "Antrag"
        with pytest.raises(NotFound):
            documents.original(session, actor, filed.document_id, town.now, version=3)
    assert (first.sha256 != second.sha256, second.filename) == (True, "neu.pdf")
    with town.objects.open(second.sha256) as kept:
        assert kept.read() == b"zweite Fassung"
    [newest, oldest] = life(town, filed.document_id).versions
    assert (newest.number, newest.remark, oldest.number) == (2, "zweite", 1)
    assert [file.kind for file in newest.files] == ["original", "searchable_pdf"]


def test_a_version_made_from_an_older_one_is_refused(town: Town) -> None:
    _, filed = town.filed()
    read(town, upload(town, filed.document_id, b"zweite"))
    with pytest.raises(StaleRevision):
        upload(town, filed.document_id, b"dritte", based_on=1)


def test_one_version_at_a_time_is_read(town: Town) -> None:
    _, filed = town.filed()
    upload(town, filed.document_id, b"zweite")
    with pytest.raises(VersionUnderWay):
        upload(town, filed.document_id, b"dritte")
    with pytest.raises(VersionUnderWay):
        finalise(town, filed.document_id)


def test_a_file_with_an_unread_version_or_a_checked_out_document_cannot_be_closed(town: Town) -> None:
    file, filed = town.filed()
    check_out(town, filed.document_id)
    with pytest.raises(CannotClose) as refused:
        town.close(file.id, on=town.now)
    assert "Noch ausgecheckt" in refused.value.detail["reasons"]
    assert "Brandt, K." in refused.value.detail["reasons"]
    upload_id = upload(town, filed.document_id, b"zweite")
    with pytest.raises(CannotClose) as refused:
        town.close(file.id, on=town.now)
    assert "noch nicht gelesen" in refused.value.detail["reasons"]
    read(town, upload_id)
    town.close(file.id, on=town.now)


def test_an_unreadable_version_is_tried_again_or_given_up(town: Town) -> None:
    _, filed = town.filed()
    upload_id = upload(town, filed.document_id, b"kaputt")
    actor = town.actor("brandt")
    for decide in (versions.retry, versions.discard):
        with town.database.begin() as session:
            assert versions.begin_reading(session, upload_id, town.now)
        with town.database.begin() as session:
            versions.record_fault(session, upload_id, "damaged", town.now)
        with town.database.begin() as session:
            assert decide(session, actor, upload_id, town.now) == filed.document_id
    assert life(town, filed.document_id).uploads == ()
    finalise(town, filed.document_id)


def test_a_signed_document_is_refused_by_every_action(town: Town) -> None:
    _, filed = town.filed()
    finalise(town, filed.document_id)
    found = life(town, filed.document_id)
    assert (found.state, found.finalised_by, found.changeable) == (DocumentState.FINAL, "Brandt, K.", False)
    with pytest.raises(DocumentFrozen):
        check_out(town, filed.document_id)
    with pytest.raises(DocumentFrozen):
        upload(town, filed.document_id, b"zweite")
    with pytest.raises(MoveRefused):
        finalise(town, filed.document_id)


MAY_CHANGE = {"id", "case_id", "position", "revision", "state", "voided_at", "voided_by", "void_reason"}
"""Columns of a signed document that still change: its place, its revision, and voiding it."""


@pytest.mark.parametrize("column", sorted({column.name for column in Document.__table__.columns} - MAY_CHANGE))
def test_the_database_itself_refuses_to_change_what_is_signed(town: Town, column: str) -> None:
    _, filed = town.filed()
    finalise(town, filed.document_id)
    kind = Document.__table__.columns[column].type.python_type
    value = {str: "'anders'", dict: "'{}'"}.get(kind, "NULL")
    if column == "item_id":
        value = "id"
    with pytest.raises(DBAPIError, match=r"never changes|frozen|for ever"), town.database.begin() as session:
        session.execute(text(f"UPDATE document SET {column} = {value}"))  # noqa: S608 - our own column names


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET state = 'registered'",
        "UPDATE document_version SET original = original",
        "DELETE FROM document_version",
        "UPDATE page SET text = ''",
        "DELETE FROM page",
        "UPDATE rendition SET kind = 'x'",
        "DELETE FROM rendition",
        "INSERT INTO page SELECT * FROM page",
        "INSERT INTO document_version SELECT * FROM document_version",
    ],
)
@pytest.mark.parametrize("how", ["final", "voided"])
def test_the_database_itself_refuses_to_touch_versions_of_a_frozen_document(
    town: Town, statement: str, how: str
) -> None:
    _, filed = town.filed()
    finalise(town, filed.document_id) if how == "final" else void(town, filed.document_id)
    with pytest.raises(DBAPIError, match=r"never changes|frozen|records go only"), town.database.begin() as session:
        session.execute(text(statement))


def test_a_voided_document_stays_visible_with_its_reason(town: Town) -> None:
    file, filed = town.filed()
    finalise(town, filed.document_id)
    with pytest.raises(MissingReason):
        void(town, filed.document_id, reason="")
    void(town, filed.document_id)
    found = life(town, filed.document_id)
    assert (found.state, found.void_reason) == (DocumentState.VOIDED, "doppelt abgelegt")
    with town.database.reading() as session:
        view = case_view.show(session, town.actor("brandt"), file.id, town.now)
    assert view.cases[0].documents[0].state is DocumentState.VOIDED
    with pytest.raises(MoveRefused):
        void(town, filed.document_id)


def test_nothing_happens_to_documents_of_a_closed_file(town: Town) -> None:
    file, filed = town.filed()
    town.close(file.id, on=town.now)
    for change in (check_out, finalise, void):
        with pytest.raises(CaseFileClosed):
            change(town, filed.document_id)


def test_a_clerk_of_another_department_finds_no_document_and_no_version(town: Town) -> None:
    _, filed = town.filed()
    upload_id = upload(town, filed.document_id, b"zweite")
    other = town.actor("kaya")
    with town.database.begin() as session:
        for refused in (
            lambda: versions.life(session, other, filed.document_id, town.now),
            lambda: document_life.check_out(session, other, filed.document_id, now=town.now),
            lambda: versions.discard(session, other, upload_id, town.now),
            lambda: documents.original(session, other, filed.document_id, town.now, version=1),
        ):
            with pytest.raises(NotFound):
                refused()


def test_reopening_tells_what_it_does_to_retention_before_it_is_done(town: Town) -> None:
    file, _ = town.filed()
    town.close(file.id, on=town.now.replace(year=2024))
    registry = town.actor("ott")
    with town.database.reading() as session:
        found = closing.reopening(session, registry, file.id, town.now)
    assert found.possible
    assert (f"{found.end_before}", f"{found.end_if_closed_today}") == ("2027-12-31", "2029-12-31")


def told(town: Town, action: str) -> dict[str, tuple[object, object]]:
    """Return old and new values of the newest entry of an action."""
    with town.database.reading() as session:
        lines = audit.history(session, SYSTEM, audit.Wanted(action=action), now=town.now)
    return {change.field: (change.old, change.new) for change in lines[0].changes}


def test_the_history_tells_old_and_new_of_check_outs_and_versions(town: Town) -> None:
    _, filed = town.filed()
    name, day = town.actor("brandt").name, document_life.LOCK_DAYS
    check_out(town, filed.document_id)
    held = told(town, "document.checked_out")
    assert held["locked_by"] == (None, name)
    assert held["locked_until"] == (None, audit_day(town, day))
    upload_id = upload(town, filed.document_id, b"another")
    assert told(town, "version.received") == {"filename": (None, "neu.pdf"), "remark": (None, "zweite")}
    assert told(town, "document.checked_in")["locked_by"] == (name, None)
    with town.database.begin() as session:
        assert versions.begin_reading(session, upload_id, town.now)
    with town.database.begin() as session:
        versions.record_fault(session, upload_id, "encrypted", town.now)
    assert told(town, "version.fault") == {"state": ("reading", "fault"), "fault_code": (None, "encrypted")}
    with town.database.begin() as session:
        versions.retry(session, town.actor("brandt"), upload_id, town.now)
    assert told(town, "version.retried") == {"state": ("fault", "received"), "fault_code": ("encrypted", None)}
    read(town, upload_id)
    assert told(town, "version.read") == {"version": (1, 2)}


def test_the_history_tells_whose_lock_was_broken_and_what_went_with_signing_off(town: Town) -> None:
    _, filed = town.filed()
    name = town.actor("brandt").name
    check_out(town, filed.document_id)
    with town.database.begin() as session:
        document_life.break_lock(session, town.actor("ott"), filed.document_id, reason="Krank", now=town.now)
    assert told(town, "document.lock_broken")["locked_by"] == (name, None)
    check_out(town, filed.document_id)
    finalise(town, filed.document_id)
    signed = told(town, "document.finalised")
    assert signed["state"] == ("registered", "final")
    assert signed["locked_by"] == (name, None)


def audit_day(town: Town, days: int) -> str:
    """Return the end of the day so many days ahead as the history keeps it."""
    end = day_of(town.now) + timedelta(days=days + 1)
    return datetime(end.year, end.month, end.day, tzinfo=BERLIN).astimezone(UTC).isoformat()
