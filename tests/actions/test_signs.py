"""A letter that names its file is recognised by any pattern the city gives or ever gave references by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.actions import proposals, proposing
from eakte.records.states import CaseFileState
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile
from eakte.store.people import unit_by_code
from eakte.store.plan import FilePlanUnit
from eakte.store.references import CASE_FILE, keep_alias
from ingest.model import Proposal
from ingest.naming import possible_signs
from tests.town import Town


@pytest.fixture(autouse=True)
def _only_what_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is looked at because it is new."""
    monkeypatch.setattr(proposing, "RECENT", 0)


def proposed(town: Town, text: str, **facts: str) -> tuple[Proposal, ...]:
    item_id = town.waiting(text=text, **facts)
    with town.database.reading() as session:
        return proposals.from_json(session.get_one(IncomingItem, item_id).proposals).case_files


def with_pattern(town: Town, pattern: str) -> CaseFile:
    with town.database.begin() as session:
        session.query(FilePlanUnit).filter_by(code="52.01").one().reference_pattern = pattern
    return town.case_file()


@pytest.mark.parametrize(
    "pattern", ["{unit} - {number:04}/{yy}", "BauGen/{yy}-{number}/{plan}", "{year} {unit} {number}"]
)
def test_a_branch_with_a_pattern_of_its_own_is_named_as_well(town: Town, pattern: str) -> None:
    case_file = with_pattern(town, pattern)
    best, *_ = proposed(town, f"Stadt Musterstadt\nIhr Zeichen: {case_file.file_reference}, unser Schreiben vom Montag")
    assert best.value == str(case_file.id)
    assert best.confidence >= proposals.SURE / 100
    assert f"Aktenzeichen {case_file.file_reference} gelesen." in best.reason


def test_a_former_sign_of_paper_days_leads_to_its_file_even_if_it_is_closed(town: Town) -> None:
    case_file = town.case_file()
    with town.database.begin() as session:
        keep_alias(session, CASE_FILE, case_file.id, "VI/63-B 417/86", now=town.now)
        session.get_one(CaseFile, case_file.id).state = CaseFileState.CLOSED
    best, *_ = proposed(town, "Betreff: Ihr Bescheid\n(Az. VI/63-B 417/86)")
    assert best.value == str(case_file.id)
    assert best.reason == "Früheres Aktenzeichen VI/63-B 417/86 gelesen. Die Akte ist abgeschlossen."


def test_a_former_sign_is_found_beside_a_reference_that_was_read_and_leads_nowhere(town: Town) -> None:
    case_file = town.case_file()
    with town.database.begin() as session:
        keep_alias(session, CASE_FILE, case_file.id, "VI/63-B 417/86", now=town.now)
    text = "Unser Zeichen: 52.01-1999/0815\nIhr Zeichen: VI/63-B 417/86"
    best, *_ = proposed(town, text, reference="52.01-1999/0815")
    assert best.value == str(case_file.id)


def test_the_sign_of_another_departments_file_proposes_nothing(town: Town) -> None:
    foreign = town.case_file(unit="50.1", plan="31.01", login="kaya")
    with town.database.begin() as session:
        assert unit_by_code(session, "50.1") is not None
        keep_alias(session, CASE_FILE, foreign.id, "50-SozH 17/2019", now=town.now)
    assert proposed(town, "Ihr Zeichen 50-SozH 17/2019") == ()
    assert proposed(town, f"Ihr Zeichen {foreign.file_reference}") == ()


SIGN = st.from_regex(r"[A-Z]{1,4}/\d{2}-[A-Z] \d{2,4}/\d{2}", fullmatch=True)


@given(st.text(alphabet="abc ,;:()\n", max_size=60), SIGN, st.text(alphabet="xyz ,;:()\n", max_size=60))
def test_a_sign_within_a_line_is_always_among_the_possible_ones(before: str, sign: str, after: str) -> None:
    assert sign in possible_signs(f"{before} {sign} {after}")


@given(st.text())
def test_any_text_gives_possible_signs_that_stand_in_it(text: str) -> None:
    flat = " ".join(text.split())
    assert all(sign in flat for sign in possible_signs(text))
