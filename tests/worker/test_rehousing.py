from __future__ import annotations

from sqlalchemy import select

from eakte.actions import file_plan, rehousing
from eakte.records.access import SYSTEM
from eakte.records.rehousing import RehousingState, Target
from eakte.services import Services
from eakte.store.files import CaseFile
from eakte.store.plan import plan_in_force
from eakte.store.rehousing import Rehousing
from eakte.worker import rehousing as worker
from tests.town import NOW, Town


def ordered(town: Town) -> str:
    """Order a re-mapping into a copy of the plan in which building files get new numbers."""
    with town.database.begin() as session:
        before = plan_in_force(session)
        assert before is not None
        after = file_plan.begin_draft(session, SYSTEM, title="Aktenplan", version="2", copy=True, now=NOW)
        made = rehousing.begin(session, SYSTEM, before.id, after.id, NOW)
        rehousing.assign(session, SYSTEM, made.id, {"52.01": Target("52.01", renumber=True)}, now=NOW)
        file_plan.put_in_force(session, SYSTEM, after.id, NOW.date(), NOW)
        rehousing.order(session, SYSTEM, made.id, reason="Reform", now=NOW)
        return str(made.id)


def test_the_worker_moves_all_files_once_however_often_it_begins(town: Town, services: Services) -> None:
    files = [town.case_file() for _ in range(3)]
    number = ordered(town)
    worker.move_files(services, number)
    with town.database.reading() as session:
        moved = {
            file.id: (file.file_reference, file.plan_unit.plan.version) for file in session.scalars(select(CaseFile))
        }
    worker.move_files(services, number)
    worker.finish(services, number)
    worker.finish(services, number)
    with town.database.reading() as session:
        again = {
            file.id: (file.file_reference, file.plan_unit.plan.version) for file in session.scalars(select(CaseFile))
        }
        assert [one.state for one in session.scalars(select(Rehousing))] == [RehousingState.DONE]
    assert again == moved
    assert {version for _, version in moved.values()} == {"2"}
    assert {reference for reference, _ in moved.values()}.isdisjoint(file.file_reference for file in files)


def test_a_fault_is_shown_and_the_order_goes_on(town: Town, services: Services) -> None:
    town.case_file()
    number = ordered(town)
    worker.on_fault(services, "unexpected", number)
    with town.database.begin() as session:
        (found,) = session.scalars(select(Rehousing))
        assert (found.state, found.fault) == (RehousingState.RUNNING, "unexpected")
        rehousing.order_again(session, SYSTEM, found.id, NOW)
    worker.move_files(services, number)
    worker.finish(services, number)
    with town.database.reading() as session:
        assert [(one.state, one.fault) for one in session.scalars(select(Rehousing))] == [(RehousingState.DONE, None)]
