"""The intake queue: today's mail overtakes the mass load, and no department waits behind the whole of another."""

import io
from datetime import timedelta
from uuid import UUID, uuid4

from eakte.actions import intake
from eakte.actions.intake import Source, Upload
from eakte.records.access import SYSTEM
from eakte.store.jobs import READING, client_of, live_jobs, way_of
from eakte.worker.runtime import Pace, Runtime
from eakte.worker.workflow import Workflow
from tests.town import Town
from tests.worker.test_runtime import until

PACE = Pace(slots=((READING, 1),), poll=0.02, beat=0.2)


def queued(town: Town, *, source: Source, unit: str = "63.2", count: int = 1) -> list[UUID]:
    """Receive letters from a source at the town's moment; their reading is queued."""
    stored = [town.objects.put(io.BytesIO(f"{source} {unit} {uuid4()}".encode())) for _ in range(count)]
    with town.database.begin() as session:
        return [
            intake.receive(
                session, town.objects, SYSTEM, Upload(one, "scan.pdf", source, unit, str(uuid4())), town.now
            ).item_id
            for one in stored
        ]


def order_of_reading(town: Town) -> list[UUID]:
    """Let a worker with one slot take everything off the queue and return in which order it did."""
    taken: list[UUID] = []

    def take(services: object, item_id: str) -> None:
        del services
        taken.append(UUID(item_id))

    runtime = Runtime(town.database, object(), [Workflow("intake", (take,), lambda *_: None)], pace=PACE)
    runtime.launch()
    try:
        until(lambda: not live_jobs(town.database, "intake"), seconds=120)
    finally:
        assert runtime.close(grace=1)
    return taken


def due(town: Town) -> list[UUID]:
    """Return the waiting items as the queue orders them, without taking any."""
    jobs = client_of(town.database.jobs_engine).list_workflows(name="intake", load_output=False)
    return [UUID(str(job.input["args"][0])) for job in sorted(jobs, key=lambda job: job.priority or 0) if job.input]


def test_a_letter_that_comes_in_behind_five_hundred_scans_of_a_migration_is_read_next(town: Town) -> None:
    queued(town, source=Source.MIGRATION, count=500)
    town.now += timedelta(hours=6)
    (letter,) = queued(town, source=Source.FOLDER)
    assert due(town)[0] == letter


def test_a_worker_takes_what_the_lanes_say(town: Town) -> None:
    mass = queued(town, source=Source.MIGRATION, count=12)
    town.now += timedelta(minutes=1)
    letters = [*queued(town, source=Source.UPLOAD), *queued(town, source=Source.FOLDER, unit="50.1")]
    taken = order_of_reading(town)
    assert set(taken[:2]) == set(letters)
    assert taken[2:] == mass


def test_one_departments_many_letters_do_not_hold_up_another_department(town: Town) -> None:
    many = queued(town, source=Source.FOLDER, count=30)
    (other,) = queued(town, source=Source.FOLDER, unit="50.1")
    assert due(town).index(other) <= 1
    assert set(due(town)) == {*many, other}


def test_what_a_clerk_uploads_is_not_held_up_by_the_scanner_of_the_same_department(town: Town) -> None:
    scans = queued(town, source=Source.FOLDER, count=30)
    (own,) = queued(town, source=Source.UPLOAD)
    (mail,) = queued(town, source=Source.MAIL)
    assert max(due(town).index(one) for one in (own, mail)) <= 2
    assert set(due(town)) == {*scans, own, mail}


def test_migrations_of_two_departments_take_turns(town: Town) -> None:
    first, second = (queued(town, source=Source.MIGRATION, unit=unit, count=10) for unit in ("63.2", "50.1"))
    order = due(town)
    for place in range(2, 20, 2):
        assert abs(len(set(order[:place]) & set(first)) - len(set(order[:place]) & set(second))) <= 1


def test_the_mass_load_is_not_overtaken_for_ever(town: Town) -> None:
    (scan,) = queued(town, source=Source.MIGRATION)
    town.now += timedelta(days=2)
    letters = queued(town, source=Source.FOLDER, count=5)
    assert due(town) == [scan, *letters]


def test_what_is_put_off_keeps_its_place_in_its_lane(town: Town) -> None:
    (scan,) = queued(town, source=Source.MIGRATION)
    way = way_of(town.database, f"intake:{scan}:0")
    assert way is not None
    assert way.queue == READING
    assert way.priority > 100_000
