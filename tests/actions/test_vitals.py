"""The numbers of the night shift, counted from a real database of each kind."""

from __future__ import annotations

from datetime import timedelta

from eakte.actions import disposal, fixity
from eakte.actions.vitals import PAGES_OVER, Vitals, vitals
from eakte.records.states import ItemState
from eakte.store import heartbeats
from eakte.store.jobs import READING
from tests.town import NOW, Town


def found(town: Town, *, after: timedelta = timedelta()) -> Vitals:
    with town.database.reading() as session:
        return vitals(session, town.now + after)


def test_an_empty_town_has_nothing_waiting_and_nobody_working(town: Town) -> None:
    counted = found(town)
    assert (counted.workers, counted.lost_workers, counted.damaged, counted.due, counted.blocked) == (0, 0, 0, 0, 0)
    assert set(counted.items.values()) == {0}
    assert READING in {queue.name for queue in counted.queues}
    assert all(queue.waiting == queue.running == 0 and queue.oldest is None for queue in counted.queues)


def test_a_received_letter_waits_on_the_queue_of_reading(town: Town) -> None:
    town.receive()
    town.receive()
    counted = found(town)
    (reading,) = [queue for queue in counted.queues if queue.name == READING]
    assert (reading.waiting, reading.running) == (2, 0)
    assert reading.oldest is not None
    assert counted.items[ItemState.RECEIVED] == 2


def test_pages_count_for_ten_minutes_after_they_were_read(town: Town) -> None:
    town.waiting()
    assert found(town, after=PAGES_OVER - timedelta(seconds=1)).pages == 1
    assert found(town, after=PAGES_OVER + timedelta(seconds=1)).pages == 0


def test_a_change_the_index_does_not_show_yet_is_counted(town: Town) -> None:
    assert found(town).indexing.jobs == 0
    town.filed()
    assert found(town).indexing.jobs == 1


def test_a_worker_that_beats_is_counted_and_a_silent_one_is_lost(town: Town) -> None:
    with town.database.begin() as session:
        heartbeats.beat(session, "one", "host")
        heartbeats.beat(session, "two", "host")
        silent = session.get_one(heartbeats.Heartbeat, "two")
        silent.beat_at -= timedelta(minutes=1)
    counted = found(town)
    assert (counted.workers, counted.lost_workers) == (1, 1)


def test_an_object_that_is_gone_is_counted_as_damaged(town: Town) -> None:
    sha256 = town.receive().sha256
    with town.database.begin() as session:
        assert fixity.note(session, sha256, fixity.Damage.MISSING, NOW)
    assert found(town).damaged == 1


def test_a_due_destruction_is_blocked_when_it_is_still_there_the_day_after(town: Town) -> None:
    case_file, _ = town.filed()
    town.close(case_file.id, on=NOW.replace(year=2010))
    weber, lang = town.actor("weber"), town.actor("lang")
    with town.database.begin() as session:
        (one,) = disposal.propose(session, weber, [case_file.id], reason="Frist", now=NOW)
    with town.database.begin() as session:
        disposal.approve(session, lang, one, cooling_off_days=3, now=NOW)
    days = [found(town, after=timedelta(days=day)) for day in (2, 3, 4)]
    assert [(each.due, each.blocked) for each in days] == [(0, 0), (1, 0), (1, 1)]
