"""Sub-files, cases and sub-cases: opened, renamed, closed and opened again; never too deep."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from eakte.actions import audit, case_view, cases, structure, verification
from eakte.actions.case_view import CaseFileView
from eakte.errors import (
    CannotClosePart,
    CaseClosed,
    CaseFileClosed,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleRevision,
    TooDeep,
)
from eakte.records.states import CaseState, DocumentState, SubFileState
from eakte.store.documents import Document
from eakte.store.files import BusinessCase
from tests.town import Town


def sub_file(town: Town, file_id: UUID, parent_id: UUID | None = None, login: str = "brandt") -> UUID:
    actor = town.actor(login)
    with town.database.begin() as session:
        return structure.open_sub_file(session, actor, file_id, "Band", parent_id=parent_id, now=town.now).id


def case(
    town: Town, file_id: UUID, *, sub_file_id: UUID | None = None, parent_id: UUID | None = None, login: str = "brandt"
) -> UUID:
    actor = town.actor(login)
    with town.database.begin() as session:
        return structure.open_case(
            session, actor, file_id, "Widerspruch", town.now, sub_file_id=sub_file_id, parent_id=parent_id
        ).id


def view(town: Town, file_id: UUID, login: str = "brandt") -> CaseFileView:
    actor = town.actor(login)
    with town.database.reading() as session:
        return case_view.show(session, actor, file_id, town.now)


def close(town: Town, kind: str, part_id: UUID, login: str = "brandt") -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        part = structure.part_of(session, actor, kind, part_id, town.now, lock=True)
        structure.close_part(session, actor, part, now=town.now)


def test_the_tree_shows_what_lies_in_what(town: Town) -> None:
    file = town.case_file()
    band = sub_file(town, file.id)
    inner = sub_file(town, file.id, band)
    top = case(town, file.id, sub_file_id=inner)
    found = view(town, file.id)
    [folder, first] = found.tree
    assert (folder.part.reference, first.part.reference) == (f"{file.file_reference}-T01", f"{file.file_reference}-01")
    [nested] = folder.children
    [leaf] = nested.children
    assert (nested.part.reference, leaf.part.reference) == (f"{file.file_reference}-T02", f"{file.file_reference}-02")
    assert leaf.is_case
    assert {each.case_id for each in found.cases} >= {top}


@pytest.mark.parametrize("sub_files", [0, 1, 2])
def test_there_are_five_levels_and_not_six(town: Town, sub_files: int) -> None:
    file = town.case_file()
    folder: UUID | None = None
    for _ in range(sub_files):
        folder = sub_file(town, file.id, folder)
    parent: UUID | None = None
    for _ in range(3 - sub_files):
        parent = case(town, file.id, sub_file_id=folder, parent_id=parent)
    with pytest.raises(TooDeep):
        case(town, file.id, sub_file_id=folder, parent_id=parent)


def test_a_sub_file_that_could_hold_no_case_is_refused(town: Town) -> None:
    file = town.case_file()
    second = sub_file(town, file.id, sub_file(town, file.id))
    with pytest.raises(TooDeep):
        sub_file(town, file.id, second)


def test_a_part_of_another_file_is_not_found(town: Town) -> None:
    mine, other = town.case_file(), town.case_file()
    foreign = case(town, other.id)
    with pytest.raises(NotFound):
        case(town, mine.id, parent_id=foreign)
    with pytest.raises(NotFound):
        sub_file(town, mine.id, uuid4())


def test_a_clerk_of_another_department_finds_no_part(town: Town) -> None:
    file = town.case_file()
    band = sub_file(town, file.id)
    with pytest.raises(NotFound):
        close(town, "sub_file", band, login="kaya")
    with pytest.raises(NotFound):
        sub_file(town, file.id, login="kaya")


def test_an_auditor_changes_no_structure(town: Town) -> None:
    with pytest.raises(NotAllowed):
        sub_file(town, town.case_file().id, login="pruefer")


def test_closing_a_sub_file_closes_everything_in_it_and_nothing_else(town: Town) -> None:
    file = town.case_file()
    band = sub_file(town, file.id)
    top = case(town, file.id, sub_file_id=band)
    part = case(town, file.id, parent_id=top)
    close(town, "sub_file", band)
    found = view(town, file.id)
    states = {each.case_id: each.state for each in found.cases}
    assert found.sub_files[0].state is SubFileState.CLOSED
    assert {states[top], states[part]} == {CaseState.CLOSED}
    assert found.cases[0].state is CaseState.OPEN


def test_a_closed_case_takes_neither_documents_nor_parts(town: Town) -> None:
    file = town.case_file()
    closed = case(town, file.id)
    close(town, "case", closed)
    with pytest.raises(CaseClosed):
        case(town, file.id, parent_id=closed)
    with pytest.raises(CaseClosed):
        town.file(town.waiting(), file.id, case_id=closed)


def test_filing_without_a_case_goes_into_the_first_that_is_open(town: Town) -> None:
    file = town.case_file()
    second = case(town, file.id)
    close(town, "case", view(town, file.id).cases[0].case_id)
    filed = town.file(town.waiting(), file.id)
    with town.database.reading() as session:
        assert session.get_one(Document, filed.document_id).case_id == second


def test_a_case_with_an_unsigned_outgoing_letter_cannot_be_closed(town: Town) -> None:
    file = town.case_file()
    town.file(town.waiting(), file.id, direction="outgoing")
    with pytest.raises(CannotClosePart) as refused:
        close(town, "case", view(town, file.id).cases[0].case_id)
    assert "Noch nicht schlussgezeichnet" in refused.value.detail["reasons"]


def test_only_the_registry_opens_a_closed_case_again_and_its_parts_stay_closed(town: Town) -> None:
    file = town.case_file()
    top = case(town, file.id)
    part = case(town, file.id, parent_id=top)
    close(town, "case", top)
    for login, expected in (("brandt", NotAllowed), ("ott", None)):
        actor = town.actor(login)
        with town.database.begin() as session:
            found = structure.part_of(session, actor, "case", top, town.now, lock=True)
            if expected:
                with pytest.raises(expected):
                    structure.reopen_part(session, actor, found, reason="Nachtrag", now=town.now)
            else:
                structure.reopen_part(session, actor, found, reason="Nachtrag", now=town.now)
    states = {each.case_id: each.state for each in view(town, file.id).cases}
    assert (states[top], states[part]) == (CaseState.OPEN, CaseState.CLOSED)


def test_a_sub_case_of_a_closed_case_cannot_be_opened_alone(town: Town) -> None:
    file = town.case_file()
    top = case(town, file.id)
    part = case(town, file.id, parent_id=top)
    close(town, "case", top)
    actor = town.actor("ott")
    with town.database.begin() as session:
        found = structure.part_of(session, actor, "case", part, town.now, lock=True)
        with pytest.raises(CaseClosed):
            structure.reopen_part(session, actor, found, reason="Nachtrag", now=town.now)


def test_renaming_needs_what_the_person_saw_and_is_told_in_the_history_with_both_names(town: Town) -> None:
    file = town.case_file()
    band = sub_file(town, file.id)
    actor = town.actor("brandt")
    with town.database.begin() as session:
        part = structure.part_of(session, actor, "sub_file", band, town.now, lock=True)
        structure.rename(session, actor, part, "Band 2", revision=1, now=town.now)
    with town.database.begin() as session:
        part = structure.part_of(session, actor, "sub_file", band, town.now, lock=True)
        with pytest.raises(StaleRevision):
            structure.rename(session, actor, part, "Band 3", revision=1, now=town.now)
        with pytest.raises(InvalidInput):
            structure.rename(session, actor, part, " ", revision=2, now=town.now)
    assert view(town, file.id).sub_files[0].subject == "Band 2"
    with town.database.reading() as session:
        assert "sub_file.renamed" in [
            line.action for line in audit.of_case_file(session, actor, file.id, limit=5, now=town.now)
        ]
        assert verification.verify(session).first_broken is None


def test_closing_the_file_closes_its_parts_and_reopening_opens_only_those(town: Town) -> None:
    file = town.case_file()
    early = case(town, file.id)
    close(town, "case", early)
    late = case(town, file.id)
    town.close(file.id, on=town.now + timedelta(days=3))
    assert {each.state for each in view(town, file.id).cases} == {CaseState.CLOSED}
    with pytest.raises(CaseFileClosed):
        case(town, file.id)
    with town.database.begin() as session:
        cases.reopen(session, town.actor("ott"), file.id, reason="Nachtrag", now=town.now + timedelta(days=4))
    states = {each.case_id: each.state for each in view(town, file.id).cases}
    assert (states[early], states[late]) == (CaseState.CLOSED, CaseState.OPEN)


def test_parallel_openings_of_cases_get_different_numbers(town: Town) -> None:
    file = town.case_file()
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: case(town, file.id), range(16)))
    with town.database.reading() as session:
        numbers = sorted(session.get_one(BusinessCase, each).number for each in ids)
    assert numbers == list(range(2, 18))


def test_a_filed_document_is_registered_and_a_filing_taken_back_is_not(town: Town) -> None:
    _, filed = town.filed()
    with town.database.reading() as session:
        assert session.get_one(Document, filed.document_id).state is DocumentState.REGISTERED
