"""Indexing, destruction and upkeep with a real index, on both databases."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from eakte.actions import disposal as actions
from eakte.actions import fixity
from eakte.records.states import DisposalState
from eakte.services import Services
from eakte.store.disposal import DestructionCertificate, Disposal, VerdictRow
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import HistoryEntry
from eakte.store.jobs import enqueue, live_jobs
from eakte.worker import disposal, indexing, upkeep
from eakte.worker.clock import now
from eakte.worker.workflow import ENOUGH
from tests.town import Town

HOUR = "2026-11-20T09"


def document_of(town: Town) -> str:
    with town.database.reading() as session:
        return str(session.scalars(select(Document.id)).one())


def indexed(services: Services) -> dict[str, int]:
    return dict(services.index.versions())


def actions_of(town: Town) -> list[str]:
    with town.database.reading() as session:
        return list(session.scalars(select(HistoryEntry.action)))


def forget_jobs_of(town: Town, workflow: str) -> None:
    """Let the jobs be gone, as after a mistake of ours."""
    with town.database.jobs_engine.begin() as connection:
        schema = "" if town.database.is_sqlite else "dbos."
        connection.exec_driver_sql(f"DELETE FROM {schema}workflow_status WHERE name = '{workflow}'")  # noqa: S608 - fixed names


def test_a_filed_document_is_put_into_the_index_once(town: Town, services: Services) -> None:
    town.filed()
    document_id = document_of(town)
    indexing.put(services, document_id)
    indexing.put(services, document_id)
    assert set(indexed(services)) == {document_id}


def test_a_document_without_a_place_is_taken_out(town: Town, services: Services) -> None:
    item_id = town.waiting()
    with town.database.reading() as session:
        document_id = str(session.scalars(select(Document.id).where(Document.item_id == item_id)).one())
    indexing.put(services, document_id)
    assert indexed(services) == {}


def test_all_documents_of_a_case_file_follow_its_change(town: Town, services: Services) -> None:
    case_file, _ = town.filed()
    indexing.put_all(services, str(case_file.id))
    (before,) = indexed(services).values()
    town.close(case_file.id, on=town.now)
    indexing.put_all(services, str(case_file.id))
    (after,) = indexed(services).values()
    assert after > before


def test_the_upkeep_orders_what_the_index_lacks(town: Town, services: Services) -> None:
    town.filed()
    forget_jobs_of(town, "indexing")
    upkeep.compare_index(services, HOUR)
    assert live_jobs(town.database, "indexing") == {document_of(town)}


def test_the_upkeep_is_content_with_an_index_that_agrees(town: Town, services: Services) -> None:
    town.filed()
    forget_jobs_of(town, "indexing")
    indexing.put(services, document_of(town))
    upkeep.compare_index(services, HOUR)
    assert live_jobs(town.database, "indexing") == set()


def test_an_entry_that_should_not_be_there_is_ordered_out(town: Town, services: Services) -> None:
    town.filed()
    document_id = document_of(town)
    indexing.put(services, document_id)
    forget_jobs_of(town, "indexing")
    with town.database.begin() as session:
        session.execute(update(Document).values(case_id=None, position=None))
    upkeep.compare_index(services, HOUR)
    assert live_jobs(town.database, "indexing") == {document_id}
    indexing.put(services, document_id)
    assert indexed(services) == {}


def test_an_item_without_a_job_is_read_again_and_one_with_a_job_is_left(town: Town, services: Services) -> None:
    town.now = now() - timedelta(hours=1)
    orphan = town.receive().item_id
    forget_jobs_of(town, "intake")
    town.receive()
    upkeep.revive_items(services, HOUR)
    upkeep.revive_items(services, HOUR)
    assert str(orphan) in live_jobs(town.database, "intake")
    with town.database.reading() as session:
        items = {str(item_id) for item_id in session.scalars(select(IncomingItem.id))}
    assert live_jobs(town.database, "intake") == items


def test_retention_is_evaluated_anew(town: Town, services: Services) -> None:
    case_file, _ = town.filed()
    with town.database.begin() as session:
        session.execute(delete(VerdictRow))
    upkeep.review_retention(services, HOUR)
    with town.database.reading() as session:
        assert session.scalars(select(VerdictRow.case_file_id)).all() == [case_file.id]


def test_a_changed_object_is_found_in_its_hour_and_written_into_the_history(town: Town, services: Services) -> None:
    receipt = town.receive(b"ein Brief")
    with town.objects.path(receipt.sha256) as path:
        path.chmod(0o640)
        path.write_bytes(b"EIN BRIEF")
    start = datetime(2026, 11, 1, tzinfo=UTC)
    hours = [upkeep.hour_of(start + timedelta(hours=number)) for number in range(fixity.SHARES)]
    for hour in hours:
        upkeep.check_objects(services, hour)
    assert actions_of(town).count("object.damaged") == 1


def test_the_upkeep_of_an_hour_is_ordered_once(town: Town) -> None:
    for _ in range(2):
        with town.database.begin() as session:
            upkeep.order(session, now())
    assert len(live_jobs(town.database, "upkeep")) == 1


def approved(town: Town, days: int) -> UUID:
    town.now = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
    case_file, _ = town.filed()
    town.close(case_file.id, on=town.now)
    town.now = now()
    weber, lang = town.actor("weber"), town.actor("lang")
    with town.database.begin() as session:
        [disposal_id] = actions.propose(session, weber, [case_file.id], reason="Frist abgelaufen", now=town.now)
    with town.database.begin() as session:
        actions.approve(session, lang, disposal_id, cooling_off_days=days, now=town.now)
    return disposal_id


@pytest.mark.parametrize("times", [1, 2])
def test_an_approved_destruction_leaves_nothing_but_its_certificate(town: Town, services: Services, times: int) -> None:
    disposal_id = str(approved(town, days=0))
    indexing.put(services, document_of(town))
    for step in disposal.DESTRUCTION.steps:
        for _ in range(times):
            assert step(services, disposal_id) is None
    assert indexed(services) == {}
    assert list(town.objects.each()) == []
    with town.database.reading() as session:
        assert session.scalars(select(Document)).all() == []
        assert session.get_one(Disposal, UUID(disposal_id)).state is DisposalState.DONE
        assert len(session.scalars(select(DestructionCertificate)).all()) == 1
    assert disposal.begin(services, disposal_id) == ENOUGH


def test_a_destruction_is_ordered_when_its_cooling_off_time_is_over(
    town: Town, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    disposal_id = approved(town, days=14)
    upkeep.order_destructions(services, HOUR)
    assert live_jobs(town.database, "destruction") == set()
    monkeypatch.setattr(upkeep, "now", lambda: now() + timedelta(days=15))
    upkeep.order_destructions(services, HOUR)
    upkeep.order_destructions(services, HOUR)
    assert live_jobs(town.database, "destruction") == {str(disposal_id)}


def test_sweeping_keeps_what_is_young(town: Town, services: Services) -> None:
    with town.database.begin() as session:
        enqueue(session, "indexing", "x")
    draft = town.objects.root / "tmp" / "draft"
    draft.write_bytes(b"half a letter")
    upkeep.sweep(services, HOUR)
    assert draft.exists()
    assert "x" in live_jobs(town.database, "indexing")
