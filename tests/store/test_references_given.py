"""A reference of a case file belongs to it for ever, whoever writes to the database."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from eakte.records.reference import parse_pattern
from eakte.store.files import CaseFile
from eakte.store.references import CASE_FILE, GivenReference, ReferenceAlias, give_reference, keep_alias
from tests.town import NOW, Town

PLAN = {"plan": "52.01", "year": "2026", "yy": "26", "unit": "63.2"}


def copy_of(session: Session, file_id: UUID, reference: str) -> CaseFile:
    like = session.get_one(CaseFile, file_id)
    made = CaseFile(
        id=uuid4(),
        file_reference=reference,
        subject="Doppelt",
        file_plan_unit_id=like.file_plan_unit_id,
        org_unit_id=like.org_unit_id,
        access_key=like.access_key,
        opened_on=date(2026, 11, 20),
        opened_by="brandt",
    )
    session.add(made)
    session.flush()
    return made


def test_a_former_reference_is_given_to_no_other_file_even_when_its_alias_is_gone(town: Town) -> None:
    file = town.case_file()
    former = file.file_reference
    with town.database.begin() as session:
        session.get_one(CaseFile, file.id).file_reference = "anders/1"
        keep_alias(session, CASE_FILE, file.id, former, now=NOW)
    with town.database.begin() as session, pytest.raises(DBAPIError, match="given once"):
        copy_of(session, file.id, former)
    with town.database.begin() as session:
        session.execute(delete(ReferenceAlias))
    with town.database.begin() as session, pytest.raises(DBAPIError, match="given once"):
        copy_of(session, file.id, former)
    with town.database.begin() as session:
        session.get_one(CaseFile, file.id).file_reference = former


def test_no_file_takes_the_reference_of_another_and_no_alias_either(town: Town) -> None:
    first, second = town.case_file(), town.case_file()
    with town.database.begin() as session:
        session.get_one(CaseFile, first.id).file_reference = "anders/1"
    with town.database.begin() as session, pytest.raises(DBAPIError, match="given once"):
        session.execute(update(CaseFile).where(CaseFile.id == second.id).values(file_reference=first.file_reference))
    with town.database.begin() as session:
        keep_alias(session, CASE_FILE, second.id, first.file_reference, now=NOW)
        with pytest.raises(DBAPIError, match="given once"):
            session.flush()
        session.rollback()


def test_a_number_that_another_pattern_gave_is_passed_over(town: Town) -> None:
    file = town.case_file()
    with town.database.begin() as session:
        session.get_one(CaseFile, file.id).file_reference = "52.01/1"
    with town.database.begin() as session:
        assert give_reference(session, parse_pattern("{plan}/{number}"), PLAN) == "52.01/2"


@pytest.mark.parametrize("statement", ["DELETE FROM given_reference", "UPDATE given_reference SET reference = 'x'"])
def test_what_was_given_is_never_taken_back(town: Town, statement: str) -> None:
    file = town.case_file()
    with pytest.raises(DBAPIError), town.database.begin() as session:
        session.execute(text(statement))
    with town.database.reading() as session:
        assert session.scalar(select(GivenReference.record_id)) == file.id
