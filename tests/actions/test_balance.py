"""The intake in balance: what came in is filed, waits, is faulty or dropped; a difference is told loudly."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from eakte.actions import balance, inbox, intake
from eakte.errors import NotAllowed
from eakte.records.access import SYSTEM
from eakte.records.states import ItemState
from eakte.store.documents import IncomingItem
from eakte.store.history import HistoryEntry
from tests.actions.test_attachments import container, read_all
from tests.town import Town


def live(town: Town) -> None:
    """Let six files come to 63.2: a letter with two attachments and one letter filed, one faulty, one dropped."""
    letter = container(town)
    read_all(town, letter)
    town.file(letter, town.case_file().id)
    faulty, dropped = town.receive().item_id, town.waiting()
    with town.database.begin() as session:
        intake.begin_reading(session, faulty, town.now)
        intake.record_fault(session, faulty, "damaged-file", town.now)
        inbox.drop(session, town.actor("brandt"), dropped, reason="Werbung", revision=None, now=town.now)
    town.waiting()


def test_the_sums_of_all_states_are_what_came_in(town: Town) -> None:
    live(town)
    with town.database.reading() as session:
        sheet = balance.sheet(session, town.actor("brandt"), town.now)
        whole = balance.balance(session)
    [row] = sheet.rows
    assert (row.unit_code, row.source, row.total) == ("63.2", "upload", 6)
    counted = (row.states[ItemState.FILED], row.waiting, row.states[ItemState.FAULT], row.states[ItemState.DROPPED])
    assert counted == (3, 1, 1, 1)
    assert (whole.received, whole.present, whole.even) == (6, 6, True)
    assert sheet.whole is None


def test_who_reads_the_history_sees_the_whole_and_who_does_neither_nothing(town: Town) -> None:
    live(town)
    with town.database.reading() as session:
        whole = balance.sheet(session, town.actor("pruefer"), town.now).whole
        assert whole is not None
        assert whole.received == 6
        with pytest.raises(NotAllowed):
            balance.sheet(session, town.actor("admin"), town.now)


def test_nobody_counts_what_they_may_not_see(town: Town) -> None:
    live(town)
    item_id = town.waiting(unit="50.1", login="kaya")
    with town.database.reading() as session:
        for login, total in (("kaya", 1), ("brandt", 6)):
            assert balance.sheet(session, town.actor(login), town.now).total.total == total
        assert balance.counts(session, SYSTEM, town.now)[0].total + 6 == 7
    assert item_id


def test_a_difference_is_told_in_the_history_and_on_the_sheet(town: Town) -> None:
    live(town)
    with town.database.begin() as session:
        assert balance.reconcile(session, town.now).even
    with town.database.begin() as session:
        session.execute(
            update(IncomingItem).where(IncomingItem.state == ItemState.WAITING).values(state=ItemState.FILED)
        )
    with town.database.begin() as session:
        found = balance.reconcile(session, town.now)
    assert (found.even, found.contradictory) == (False, 1)
    with town.database.reading() as session:
        [entry] = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "intake.unbalanced"))
        assert entry.detail["contradictory"] == 1
        alarm = balance.sheet(session, town.actor("weber"), town.now).alarm
        assert alarm is not None
        assert alarm.contradictory == 1


def test_a_destroyed_file_does_not_unbalance_the_intake(town: Town) -> None:
    from tests.store.filled import _destroy_one  # noqa: PLC0415 - a story of another test, used as it is

    _destroy_one(town)
    with town.database.reading() as session:
        found = balance.balance(session)
    assert (found.destroyed, found.even) == (1, True)
