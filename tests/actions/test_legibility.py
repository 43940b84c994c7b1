"""Pages that read badly: kept with the reading, listed within rights, settled by a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import document_life, intake, legibility, proposing
from eakte.actions.legibility import PoorView, Worklist
from eakte.errors import NotAllowed, NotFound
from eakte.records.legibility import POOR, is_poor
from eakte.store.history import HistoryEntry
from eakte.store.stored import Fingerprint
from ingest.model import Reading, TextSource
from tests.town import Town


def spoiled(
    town: Town, *percents: int | None, source: TextSource = TextSource.OCR
) -> tuple[Reading, dict[Path, Fingerprint]]:
    """A reading whose pages were read with these confidences."""
    reading, stored = town.reading()
    first = reading.pages[0]
    pages = tuple(
        replace(first, number=number, confidence=percent, source=source) for number, percent in enumerate(percents, 1)
    )
    return replace(reading, pages=pages), dict(stored)


def waiting(town: Town, *percents: int | None, unit: str = "63.2", login: str = "brandt") -> UUID:
    """An item that waits in an inbox, its pages read with these confidences."""
    item_id = town.receive(unit=unit, login=login).item_id
    reading, stored = spoiled(town, *percents)
    with town.database.begin() as session:
        intake.begin_reading(session, item_id, town.now)
        intake.record_reading(session, town.objects, item_id, reading, stored=stored, now=town.now)
        proposing.record_proposals(session, item_id, town.now)
    return item_id


def listed(town: Town, login: str = "brandt", **narrowed: object) -> Worklist:
    actor = town.actor(login)
    with town.database.reading() as session:
        return legibility.worklist(session, actor, now=town.now, **narrowed)  # type: ignore[arg-type]  # narrowing


def shown(town: Town, document_id: UUID, login: str = "brandt") -> tuple[PoorView, ...]:
    actor = town.actor(login)
    with town.database.reading() as session:
        return legibility.of_document(session, actor, document_id, town.now)


def settle(town: Town, page_id: UUID, *, login: str = "brandt", fine: bool = True) -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        legibility.settle(session, actor, page_id, fine=fine, now=town.now)


def test_only_recognised_text_can_be_poor() -> None:
    assert is_poor(POOR - 1, recognised=True)
    assert not is_poor(POOR, recognised=True)
    assert not is_poor(POOR - 1, recognised=False)
    assert not is_poor(None, recognised=True)


def test_the_worklist_names_badly_read_pages_the_worst_first(town: Town) -> None:
    waiting(town, 95, 54, 74)
    waiting(town, 31)
    waiting(town, 75, None)
    assert [(row.percent, row.number) for row in listed(town).rows] == [(31, 1), (54, 2), (74, 3)]


def test_the_worklist_goes_on_piece_by_piece_and_counts_the_whole(town: Town) -> None:
    waiting(town, 60, 50, 40, 30)
    first, second = listed(town, limit=3), listed(town, limit=3, offset=3)
    assert [row.percent for row in (*first.rows, *second.rows)] == [30, 40, 50, 60]
    assert (first.total, second.total) == (4, 4)


def test_nobody_learns_of_pages_they_may_not_see(town: Town) -> None:
    waiting(town, 40)
    town.file(waiting(town, 50), town.case_file().id)
    town.file(waiting(town, 45), town.case_file(restricted=True).id)
    assert [row.percent for row in listed(town).rows] == [40, 45, 50]
    stranger = listed(town, "kaya")
    assert (stranger.rows, stranger.total, stranger.units) == ((), 0, ())
    page_id = listed(town).rows[0].page_id
    with pytest.raises(NotFound):
        settle(town, page_id, login="kaya")
    with pytest.raises(NotAllowed):
        listed(town, "pruefer")


def test_pages_are_counted_for_each_unit_and_within_rights(town: Town) -> None:
    waiting(town, 40)
    waiting(town, 50, 51, unit="50.1", login="kaya")
    town.file(waiting(town, 45), town.case_file().id)
    everything = listed(town, "ott")
    assert [(unit.code, unit.count) for unit in everything.units] == [("63.2", 2)]
    mine = listed(town, "kaya")
    assert [(unit.code, unit.count) for unit in mine.units] == [("50.1", 2)]
    narrowed = listed(town, "kaya", unit_id=everything.units[0].unit_id)
    assert (narrowed.rows, narrowed.total) == ((), 0)


def test_a_page_in_order_leaves_the_worklist_and_says_who_found_it_so(town: Town) -> None:
    filed = town.file(waiting(town, 54, 60), town.case_file().id)
    page = shown(town, filed.document_id)[0]
    assert (page.number, page.percent, page.settled_by) == (1, 54, "")
    for _ in range(2):
        settle(town, page.page_id)
    assert [one.settled_by for one in shown(town, filed.document_id)] == ["Brandt, K.", ""]
    assert [row.number for row in listed(town).rows] == [2]
    settle(town, page.page_id, fine=False)
    assert [row.number for row in listed(town).rows] == [1, 2]
    with town.database.reading() as session:
        told = session.scalars(
            select(HistoryEntry).where(HistoryEntry.action.startswith("page.")).order_by(HistoryEntry.sequence)
        )
        entries = [(entry.action, entry.detail["page"], entry.detail["percent"]) for entry in told]
    assert entries == [("page.settled", 1, 54), ("page.unsettled", 1, 54)]


def test_what_never_changes_again_is_not_on_the_worklist(town: Town) -> None:
    filed = town.file(waiting(town, 54), town.case_file().id)
    town.file(waiting(town, 58), (closed := town.case_file()).id)
    assert listed(town).total == 2
    town.close(closed.id, on=town.now)
    actor = town.actor("brandt")
    with town.database.begin() as session:
        document_life.finalise(session, actor, filed.document_id, now=town.now)
    assert listed(town).total == 0
    settle(town, shown(town, filed.document_id)[0].page_id)
    assert shown(town, filed.document_id)[0].settled_by == "Brandt, K."
