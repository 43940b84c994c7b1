"""The paper part of case files: kept, lent, overdue, in the way of closing, and destroyed too."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import case_view, destruction, disposal, offered, paper, paper_view
from eakte.actions.paper import Place
from eakte.errors import CannotClose, InvalidInput, NotAllowed, NotFound, PaperOnLoan, StaleRevision
from eakte.records.states import DisposalState, Medium
from eakte.store.disposal import DestructionCertificate, Disposal
from eakte.store.files import CaseFile
from eakte.store.paper import PaperLoan, PaperPart
from tests.town import Town

PLANS = Place("Pläne Bauherr Meier", volume="2", box="17", shelf="B 3", location="Keller Rathaus")


def add(town: Town, case_file_id: UUID, place: Place = PLANS, *, login: str = "ott") -> UUID:
    actor = town.actor(login)
    with town.database.begin() as session:
        return paper.add_part(session, actor, case_file_id, place, town.now).id


def lend(town: Town, part_id: UUID, *, days: int = 14, borrower: str = "Gericht", login: str = "ott") -> None:
    actor, due = town.actor(login), town.now.date() + timedelta(days=days)
    with town.database.begin() as session:
        paper.lend(session, actor, part_id, borrower=borrower, due_on=due, now=town.now)


def give_back(town: Town, part_id: UUID) -> None:
    actor = town.actor("ott")
    with town.database.begin() as session:
        paper.give_back(session, actor, part_id, town.now)


def parts(town: Town, case_file_id: UUID, login: str = "brandt") -> tuple[paper_view.PartView, ...]:
    with town.database.reading() as session:
        return paper_view.parts_of(session, town.actor(login), case_file_id, town.now)


def file_of(town: Town, case_file_id: UUID) -> CaseFile:
    with town.database.reading() as session:
        return session.get_one(CaseFile, case_file_id)


def test_a_paper_part_makes_a_file_a_hybrid_one(town: Town) -> None:
    case_file = town.case_file()
    add(town, case_file.id)
    add(town, case_file.id, replace(PLANS, content="  Modell  aus Holz "))
    first, second = parts(town, case_file.id)
    assert (first.number, first.box, first.shelf, first.location) == (1, "17", "B 3", "Keller Rathaus")
    assert (second.number, second.content) == (2, "Modell aus Holz")
    assert file_of(town, case_file.id).medium is Medium.HYBRID
    actor = town.actor("ott")
    with pytest.raises(InvalidInput), town.database.begin() as session:
        paper.set_medium(session, actor, case_file.id, Medium.ELECTRONIC, town.now)
    with town.database.begin() as session:
        paper.set_medium(session, actor, case_file.id, Medium.PAPER, town.now)
    assert file_of(town, case_file.id).medium is Medium.PAPER


def test_a_part_that_moved_is_told_by_its_new_place(town: Town) -> None:
    case_file = town.case_file()
    part_id, actor = add(town, case_file.id), town.actor("ott")
    (seen,) = parts(town, case_file.id)
    with town.database.begin() as session:
        paper.change_part(session, actor, part_id, replace(PLANS, shelf="C 1"), revision=seen.revision, now=town.now)
    assert parts(town, case_file.id)[0].shelf == "C 1"
    with pytest.raises(StaleRevision), town.database.begin() as session:
        paper.change_part(session, actor, part_id, PLANS, revision=seen.revision, now=town.now)
    assert parts(town, case_file.id)[0].shelf == "C 1"


@pytest.mark.parametrize("place", [Place(""), replace(PLANS, box="x" * 61), replace(PLANS, content="x" * 301)])
def test_what_says_too_little_or_too_much_is_refused(town: Town, place: Place) -> None:
    case_file = town.case_file()
    with pytest.raises(InvalidInput):
        add(town, case_file.id, place)


def test_a_loan_is_out_until_it_comes_back(town: Town) -> None:
    case_file = town.case_file()
    part_id = add(town, case_file.id)
    lend(town, part_id)
    (part,) = parts(town, case_file.id)
    assert part.loan is not None
    assert (part.loan.borrower, part.loan.lent_by, part.loan.overdue) == ("Gericht", "Ott, M.", False)
    with pytest.raises(PaperOnLoan) as refused:
        lend(town, part_id, borrower="Anwalt")
    assert refused.value.detail["borrower"] == "Gericht"
    give_back(town, part_id)
    (part,) = parts(town, case_file.id)
    assert (part.loan, len(part.past)) == (None, 1)
    with pytest.raises(NotFound):
        give_back(town, part_id)
    lend(town, part_id, borrower="Anwalt")


def test_a_loan_needs_a_borrower_and_a_day_to_come(town: Town) -> None:
    part_id = add(town, town.case_file().id)
    with pytest.raises(InvalidInput):
        lend(town, part_id, borrower=" ")
    with pytest.raises(InvalidInput):
        lend(town, part_id, days=-1)


def test_the_registry_sees_what_is_overdue_and_nothing_it_may_not_see(town: Town) -> None:
    case_file = town.case_file()
    late, later = add(town, case_file.id), add(town, case_file.id)
    lend(town, late, days=3)
    lend(town, later, days=30)
    town.now += timedelta(days=10)
    with town.database.reading() as session:
        (row,), total = paper_view.loans(session, town.actor("ott"), overdue=True, now=town.now)
        assert (row.part_id, row.reference, row.days_overdue, total) == (late, case_file.file_reference, 7, 1)
        assert paper_view.loans(session, town.actor("weber"), overdue=False, now=town.now)[1] == 2
        with pytest.raises(NotAllowed):
            paper_view.loans(session, town.actor("brandt"), overdue=True, now=town.now)


def test_paper_of_a_need_to_know_file_stays_unknown(town: Town) -> None:
    case_file = town.case_file(restricted=True)
    part_id = add(town, case_file.id)
    lend(town, part_id)
    with town.database.reading() as session:
        assert paper_view.loans(session, town.actor("weber"), overdue=False, now=town.now) == ((), 0)
    with pytest.raises(NotFound):
        parts(town, case_file.id, "weber")
    with pytest.raises(NotFound):
        lend(town, part_id, login="weber")
    with pytest.raises(NotFound):
        parts(town, case_file.id, "kaya")


def test_only_whoever_keeps_paper_changes_it(town: Town) -> None:
    case_file = town.case_file()
    with pytest.raises(NotAllowed):
        add(town, case_file.id, login="brandt")
    part_id = add(town, case_file.id)
    with pytest.raises(NotAllowed):
        lend(town, part_id, login="brandt")
    assert len(parts(town, case_file.id, "brandt")) == 1


def test_a_file_whose_paper_is_out_cannot_be_closed(town: Town) -> None:
    case_file = town.case_file()
    part_id = add(town, case_file.id)
    lend(town, part_id)
    with town.database.reading() as session:
        checks = case_view.show(session, town.actor("brandt"), case_file.id, town.now).preconditions
    assert any("Nr. 1 an Gericht bis 04.12.2026" in check.text for check in checks if not check.holds)
    with pytest.raises(CannotClose):
        town.close(case_file.id, on=town.now)
    give_back(town, part_id)
    town.close(case_file.id, on=town.now)


def overdue_file(town: Town) -> UUID:
    """A case file with a paper part whose period is over."""
    now = town.now
    town.now = now.replace(year=2015)
    case_file, _ = town.filed()
    add(town, case_file.id)
    town.close(case_file.id, on=town.now)
    town.now = now
    return case_file.id


def approve(town: Town, case_file_id: UUID) -> UUID:
    with town.database.begin() as session:
        (found,) = disposal.propose(session, town.actor("weber"), [case_file_id], reason="Frist um", now=town.now)
    with town.database.begin() as session:
        disposal.approve(session, town.actor("lang"), found, cooling_off_days=0, now=town.now)
    return found


def test_paper_that_is_out_stops_the_destruction(town: Town) -> None:
    case_file_id = overdue_file(town)
    disposal_id = approve(town, case_file_id)
    (part,) = parts(town, case_file_id)
    lend(town, part.part_id)
    with pytest.raises(PaperOnLoan), town.database.begin() as session:
        destruction.begin(session, disposal_id, town.now)


def test_the_certificate_names_the_paper_and_nothing_of_what_was_in_it(town: Town) -> None:
    case_file_id = overdue_file(town)
    (part,) = parts(town, case_file_id)
    lend(town, part.part_id, borrower="Rechtsanwältin Krüger")
    give_back(town, part.part_id)
    with town.database.begin() as session:
        found = session.get_one(CaseFile, case_file_id)
        found.field_values = {"bauherr": "Meier"}
        found.revision += 1
    disposal_id = approve(town, case_file_id)
    steps: list[Callable[..., object]] = [destruction.begin, destruction.delete_rows, destruction.finish]
    for step in steps:
        with town.database.begin() as session:
            step(session, disposal_id, town.now)
    with town.database.reading() as session:
        assert session.get_one(Disposal, disposal_id).state is DisposalState.DONE
        kept = session.get_one(DestructionCertificate, disposal_id)
        told = json.loads(kept.document)
        assert told["case_file"]["paper"] == ["Nr. 1, Band 2, Karton 17, Regal B 3, Keller Rathaus"]
        assert b"Meier" not in kept.document
        assert session.scalars(select(PaperPart)).all() == session.scalars(select(PaperLoan)).all() == []
        assert session.get_one(CaseFile, case_file_id).field_values == {}


def test_the_archive_is_told_what_a_file_consists_of(town: Town) -> None:
    case_file_id = overdue_file(town)
    with town.database.reading() as session:
        assert (
            offered.offered_file(session, session.get_one(CaseFile, case_file_id), date(2026, 11, 20)).medium == "002"
        )
