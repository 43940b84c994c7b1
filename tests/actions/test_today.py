"""What waits for a person is what their lists hold, and nothing of others."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from eakte.actions import desk, disposal, intake, restricting, today
from eakte.actions.desk import Wanted
from eakte.actions.restricting import Terms
from eakte.records.calendar import day_of
from eakte.records.desk import Pile
from eakte.records.processing import Ground
from eakte.records.today import Chore, Task
from eakte.store.files import CaseFile
from retention.model import Outcome
from tests.actions.data_subjects import enter
from tests.actions.test_desk import stock
from tests.actions.test_paper import add, lend
from tests.town import Town


def waiting(town: Town, login: str) -> dict[Chore, Task]:
    with town.database.reading() as session:
        return {task.chore: task for task in today.tasks(session, town.actor(login), town.now)}


def test_a_clerk_is_told_of_their_own_inbox_and_its_faults_alone(town: Town) -> None:
    town.waiting()
    town.now += timedelta(days=2)
    town.waiting()
    faulty = town.receive().item_id
    with town.database.begin() as session:
        intake.begin_reading(session, faulty, town.now)
        intake.record_fault(session, faulty, "damaged-file", town.now)
    told = waiting(town, "brandt")
    assert told == {
        Chore.FAULTS: Task(Chore.FAULTS, 1, since=day_of(town.now)),
        Chore.INBOX: Task(Chore.INBOX, 2, since=day_of(town.now - timedelta(days=2))),
    }
    assert list(told) == [Chore.FAULTS, Chore.INBOX]
    assert waiting(town, "kaya") == {}
    assert waiting(town, "admin") == {}


def test_the_records_manager_is_told_as_many_as_each_list_of_the_desk_has(town: Town) -> None:
    stock(town)
    told = waiting(town, "weber")
    lists = {
        Chore.OVERDUE: Pile.OVERDUE,
        Chore.CONFLICTS: Pile.CONFLICT,
        Chore.NO_RULE: Pile.NO_RULE,
        Chore.EVENTS: Pile.WAITING,
    }
    with town.database.reading() as session:
        weber = town.actor("weber")
        counts = {chore: desk.count(session, weber, Wanted(pile), town.now) for chore, pile in lists.items()}
        assert all(counts.values())
        assert {chore: told[chore].count for chore in lists} == counts
        most = desk.count(session, weber, Wanted(Pile.OVERDUE), town.now, most=2)
        assert most == 3
    assert set(lists) & set(waiting(town, "kaya")) == {Chore.EVENTS}


def test_a_proposal_waits_for_another_person_than_who_made_it(town: Town) -> None:
    stock(town)
    with town.database.begin() as session:
        weber = town.actor("weber")
        rows = desk.page(session, weber, Wanted(Pile.OVERDUE, outcome=Outcome.DESTROY), limit=50, now=town.now)
        chosen = [row.file.case_file_id for row in rows if row.outcome is Outcome.DESTROY][:2]
        disposal.propose(session, weber, chosen, reason="Frist abgelaufen", now=town.now)
    assert Chore.DISPOSALS not in waiting(town, "weber")
    assert waiting(town, "lang")[Chore.DISPOSALS] == Task(Chore.DISPOSALS, 2, since=day_of(town.now))
    with town.database.begin() as session:
        session.scalars(select(CaseFile).where(CaseFile.id == chosen[0])).one().restricted = True
    assert waiting(town, "lang")[Chore.DISPOSALS].count == 1


def test_paper_that_did_not_come_back_is_told_to_the_registry_of_its_file(town: Town) -> None:
    lend(town, add(town, town.case_file().id), days=3)
    assert Chore.LOANS not in waiting(town, "ott")
    town.now += timedelta(days=10)
    assert waiting(town, "ott")[Chore.LOANS].urgent
    assert Chore.LOANS not in waiting(town, "brandt")


def test_the_files_somebody_worked_on_last_come_first_and_vanish_with_the_right(town: Town) -> None:
    first, _ = town.filed()
    second, _ = town.filed()
    town.file(town.waiting(), first.id)

    def recent(login: str) -> list[str]:
        with town.database.reading() as session:
            return [row.reference for row in today.recent(session, town.actor(login), town.now)]

    assert recent("brandt") == [first.file_reference, second.file_reference]
    assert recent("ott") == []
    with town.database.begin() as session:
        session.get_one(CaseFile, first.id).access_key = "unit:50.1"
    assert recent("brandt") == [second.file_reference]


def test_requests_one_works_on_and_restrictions_to_be_reviewed_are_told(town: Town) -> None:
    file, _ = town.filed()
    enter(town)
    terms = Terms(Ground.CLAIMS, "Klage", "ott", day_of(town.now) + timedelta(days=20))
    with town.database.begin() as session:
        restricting.restrict_file(session, town.actor("ott"), file.id, terms, now=town.now)
    told = waiting(town, "weber")
    assert told[Chore.DATA_REQUESTS] == Task(Chore.DATA_REQUESTS, 1)
    assert told[Chore.RESTRICTION_REVIEWS] == Task(Chore.RESTRICTION_REVIEWS, 1)
    assert Chore.DATA_REQUESTS not in waiting(town, "ott")
    assert Chore.RESTRICTION_REVIEWS not in waiting(town, "brandt")
    town.now += timedelta(days=20)
    told = waiting(town, "weber")
    assert told[Chore.DATA_REQUESTS].urgent
    assert told[Chore.RESTRICTION_REVIEWS].urgent
