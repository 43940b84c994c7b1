"""States as tables of moves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import MoveRefused
from eakte.records.states import (
    CASE_FILE_MOVES,
    CASE_MOVES,
    DISPOSAL_MOVES,
    DOCUMENT_MOVES,
    FROZEN,
    ITEM_MOVES,
    LABELS,
    PART_LABELS,
    SUB_FILE_MOVES,
    VERSION_UPLOAD_MOVES,
    CaseFileState,
    CaseState,
    DisposalState,
    DocumentState,
    ItemState,
    SubFileState,
    VersionUploadState,
    move_case_file,
)


@pytest.mark.parametrize(
    ("states", "table", "labels"),
    [
        (ItemState, ITEM_MOVES, LABELS),
        (CaseFileState, CASE_FILE_MOVES, LABELS),
        (DisposalState, DISPOSAL_MOVES, LABELS),
        (DocumentState, DOCUMENT_MOVES, LABELS),
        (VersionUploadState, VERSION_UPLOAD_MOVES, LABELS),
        (CaseState, CASE_MOVES, PART_LABELS),
        (SubFileState, SUB_FILE_MOVES, PART_LABELS),
    ],
)
def test_every_state_has_its_moves_and_a_german_name(states: Any, table: Any, labels: Any) -> None:
    assert set(table) == set(states)
    assert all(labels[state] for state in states)


def test_a_document_that_is_frozen_never_becomes_changeable_again() -> None:
    assert all(then in FROZEN for state in FROZEN for then in DOCUMENT_MOVES[state])


def test_a_destroyed_case_file_goes_nowhere() -> None:
    assert CASE_FILE_MOVES[CaseFileState.DESTROYED] == frozenset()


def test_an_open_case_file_is_never_destroyed_directly() -> None:
    with pytest.raises(MoveRefused):
        move_case_file(CaseFileState.OPEN, CaseFileState.DESTROYED)


@given(st.sampled_from(CaseFileState), st.sampled_from(CaseFileState))
def test_only_moves_in_the_table_are_made(now: CaseFileState, then: CaseFileState) -> None:
    if then in CASE_FILE_MOVES[now]:
        assert move_case_file(now, then) is then
    else:
        with pytest.raises(MoveRefused):
            move_case_file(now, then)


def test_what_was_handed_over_is_kept_until_the_archive_confirms() -> None:
    assert CaseFileState.DESTROYED not in CASE_FILE_MOVES[CaseFileState.TRANSFERRED]
    assert CaseFileState.DESTROYED not in CASE_FILE_MOVES[CaseFileState.OFFERED]
