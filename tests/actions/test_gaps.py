from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from eakte.actions import filing, gaps
from eakte.actions.moving_files import FileMove, carry_out, plan
from eakte.errors import NotAllowed, NotFound
from eakte.store.documents import Document
from eakte.store.files import BusinessCase
from tests.actions.test_destruction import approve, destroy, due_file, propose
from tests.town import NOW, Town


def numbers(town: Town, login: str = "ott", code: str = "52.01", year: int = 2026) -> dict[int, str]:
    actor = town.actor(login)
    with town.database.reading() as session:
        (series,) = gaps.of_unit(session, actor, code, year, town.now)
    return {gap.number: gap.reason for gap in series.gaps}


def test_a_moved_file_leaves_a_gap_that_says_where_it_is(town: Town) -> None:
    first, second = town.case_file(), town.case_file()
    ott = town.actor("ott")
    assert numbers(town) == {}
    with town.database.begin() as session:
        move = plan(session, ott, FileMove(first.id, file_plan_code="52.02"), NOW, lock=True)
        reference = carry_out(session, ott, move, "falsch angelegt", NOW)
    assert numbers(town) == {1: f"Die Akte heißt seit 20.11.2026 {reference}."}
    assert numbers(town, code="52.02") == {}
    assert second.file_reference == "52.01-2026/0002"


def test_a_destroyed_file_leaves_a_gap_that_says_so(town: Town) -> None:
    disposal_id = propose(town, due_file(town))
    approve(town, disposal_id)
    destroy(town, disposal_id)
    assert numbers(town, year=2020) == {1: "Die Akte ist vernichtet (20.11.2026)."}


def test_a_hidden_file_and_an_unused_number_look_the_same(town: Town) -> None:
    town.case_file(restricted=True)
    town.case_file()
    assert numbers(town, login="weber") == {1: gaps.NOTHING}
    assert numbers(town) == {}


def test_a_year_without_numbers_has_no_series_and_an_unknown_unit_is_not_found(town: Town) -> None:
    town.case_file()
    ott = town.actor("ott")
    with town.database.reading() as session:
        assert gaps.of_unit(session, ott, "52.01", 2025, NOW) == ()
        with pytest.raises(NotFound):
            gaps.of_unit(session, ott, "99", 2026, NOW)
        with pytest.raises(NotAllowed):
            gaps.of_unit(session, town.actor("brandt"), "52.01", 2026, NOW)


def test_a_filing_taken_back_leaves_a_position_that_says_when(town: Town) -> None:
    file, filed = town.filed()
    brandt = town.actor("brandt")
    with town.database.begin() as session:
        filing.undo(session, brandt, filed.document_id, town.now + timedelta(minutes=1))
    town.file(town.waiting(), file.id)
    with town.database.reading() as session:
        case_id = session.scalars(select(BusinessCase.id)).one()
        series = gaps.of_case(session, brandt, case_id, NOW)
        assert session.scalars(select(Document.position).where(Document.case_id == case_id)).all() == [2]
    assert [(gap.reference, gap.reason) for gap in series.gaps] == [
        (filed.document_reference, "Die Ablage wurde am 20.11.2026 zurückgenommen.")
    ]
    assert series.last == 2


def test_positions_of_a_case_one_may_not_see_are_not_found(town: Town) -> None:
    town.filed()
    with town.database.reading() as session:
        case_id = session.scalars(select(BusinessCase.id)).one()
        with pytest.raises(NotFound):
            gaps.of_case(session, town.actor("kaya"), case_id, NOW)
