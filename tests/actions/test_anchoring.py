"""Anchors outside of the database, their own chain, and time stamps of a real authority."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eakte.actions import anchoring
from eakte.actions.verification import Part, verify
from eakte.errors import AnchorsBroken, TimestampFailed
from eakte.records.anchors import line_of
from eakte.store.anchors import AnchorBook
from eakte.store.database import Database
from eakte.store.timestamps import certificates, stamper
from tests.town import NOW, Town
from tests.tsa import Authority


@pytest.fixture
def book(tmp_path: Path) -> AnchorBook:
    return AnchorBook(tmp_path / "elsewhere" / "anchors.jsonl")


def without_stamp(content: bytes) -> str:
    del content
    return ""


def test_anchors_follow_each_other_in_a_file_that_only_we_may_read(town: Town, book: AnchorBook) -> None:
    for day in range(3):
        town.case_file()
        anchoring.anchor(town.database, book, without_stamp, NOW + timedelta(days=day))
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    with town.database.reading() as session:
        assert [anchor.sequence for anchor in book.each()][-1] == anchoring.head(session)[0]
        found = verify(session, book)
    assert (found.unbroken, found.anchors) == (True, 3)


def test_an_anchor_is_due_once_a_day(town: Town, book: AnchorBook) -> None:
    assert anchoring.is_due(book, NOW, stamped=False)
    anchoring.anchor(town.database, book, without_stamp, NOW)
    assert not anchoring.is_due(book, NOW + timedelta(hours=2), stamped=False)
    assert anchoring.is_due(book, NOW + timedelta(hours=2), stamped=True)
    assert anchoring.is_due(book, NOW + timedelta(days=1), stamped=False)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_changed_in_the_file_of_anchors_is_found(
    database: Database, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    book = AnchorBook(tmp_path_factory.mktemp("book") / "anchors.jsonl")
    for day in range(3):
        anchoring.anchor(database, book, without_stamp, NOW + timedelta(days=day))
    whole = book.path.read_bytes()
    place, byte = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    forged = whole[:place] + bytes([byte]) + whole[place + 1 :]
    book.path.write_bytes(forged)
    with database.reading() as session:
        found = verify(session, book)
    last = whole.count(b"\n", 0, place) == 2
    # Only a time stamp can tell that the newest anchor was replaced by another well-formed one.
    assert found.unbroken == (forged == whole) or (last and _well_formed(book))


def _well_formed(book: AnchorBook) -> bool:
    try:
        return len(list(book.each())) == 3
    except AnchorsBroken:
        return False


def test_a_removed_line_is_found(database: Database, book: AnchorBook) -> None:
    for day in range(3):
        anchoring.anchor(database, book, without_stamp, NOW + timedelta(days=day))
    lines = book.path.read_bytes().splitlines(keepends=True)
    book.path.write_bytes(lines[0] + lines[2])
    with database.reading() as session:
        [finding] = verify(session, book).findings
    assert (finding.part, finding.text) == (
        Part.ANCHOR_FILE,
        "Die Datei der Kettenstände ist seit dem 20.11.2026 verändert: Zeile 2 passt nicht.",
    )


def test_nothing_is_anchored_onto_a_file_that_was_changed(database: Database, book: AnchorBook) -> None:
    anchoring.anchor(database, book, without_stamp, NOW)
    book.path.write_bytes(book.path.read_bytes().replace(b"2026", b"2027"))
    book.path.write_bytes(b"{}\n")
    with pytest.raises(AnchorsBroken):
        anchoring.anchor(database, book, without_stamp, NOW)


def test_an_authority_stamps_anchors_and_its_certificates_prove_it(
    town: Town, book: AnchorBook, authority: Authority, tsa_url: str
) -> None:
    anchoring.anchor(town.database, book, stamper(tsa_url), NOW)
    with town.database.reading() as session:
        found = verify(session, book, trusted=certificates(authority.certificates))
    assert (found.unbroken, found.anchors, found.time_stamps) == (True, 1, 1)


def test_an_anchor_replaced_under_its_stamp_is_found(
    town: Town, book: AnchorBook, authority: Authority, tsa_url: str
) -> None:
    made = anchoring.anchor(town.database, book, stamper(tsa_url), NOW)
    book.path.write_text(line_of(replace(made, at=NOW - timedelta(days=9))) + "\n")
    with town.database.reading() as session:
        [finding] = verify(session, book, trusted=certificates(authority.certificates)).findings
    assert finding.part is Part.TIME_STAMP
    assert "11.11.2026 ist nicht echt" in finding.text


def test_the_stamp_of_another_authority_proves_nothing(
    town: Town, book: AnchorBook, tsa_url: str, tmp_path: Path
) -> None:
    anchoring.anchor(town.database, book, stamper(tsa_url), NOW)
    stranger = Authority(tmp_path / "stranger")
    with town.database.reading() as session:
        [finding] = verify(session, book, trusted=certificates(stranger.certificates)).findings
    assert finding.part is Part.TIME_STAMP


def test_without_its_stamp_no_anchor_is_written_that_claims_one(database: Database, book: AnchorBook) -> None:
    with pytest.raises(TimestampFailed):
        anchoring.anchor(database, book, stamper("http://127.0.0.1:9/tsr"), NOW)
    assert book.last() is None
