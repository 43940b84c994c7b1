from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import MoveRefused
from eakte.records.rehousing import (
    REHOUSING_MOVES,
    RehousingState,
    Target,
    TargetLine,
    automatic,
    from_stored,
    move_rehousing,
    read_targets,
    stored,
    undecided,
)

CODES = st.sampled_from(["1.1", "1.2", "1.10", "2"])
TARGETS = st.dictionaries(CODES, st.builds(Target, CODES | st.just(""), st.booleans()))


@pytest.mark.parametrize("now", RehousingState)
@pytest.mark.parametrize("then", RehousingState)
def test_a_re_mapping_moves_only_by_its_table(now: RehousingState, then: RehousingState) -> None:
    if then in REHOUSING_MOVES[now]:
        assert move_rehousing(now, then) is then
    else:
        with pytest.raises(MoveRefused):
            move_rehousing(now, then)


@given(TARGETS)
def test_targets_are_kept_as_they_are(targets: dict[str, Target]) -> None:
    assert from_stored(stored(targets)) == targets


@given(st.sets(CODES), st.sets(CODES))
def test_the_same_code_is_the_same_place_with_the_same_number_and_the_rest_is_open(
    old: set[str], new: set[str]
) -> None:
    targets = automatic(old, new)
    assert targets == {code: Target(code, renumber=False) for code in old & new}
    assert set(undecided(targets, old)) == old - new


def test_what_is_open_is_named_in_the_order_of_numbers() -> None:
    assert undecided({"2": Target()}, ["1.10", "1.2", "2"]) == ("1.2", "1.10")


def test_a_table_says_where_files_go_stay_and_get_new_numbers() -> None:
    lines = [
        TargetLine(2, "1.1", "2", "neu"),
        TargetLine(3, "1.2", "bleibt", ""),
        TargetLine(4, "1.10", "1.1", "behalten"),
    ]
    targets, problems = read_targets(lines, ["1.1", "1.2", "1.10"], ["2", "1.1"])
    assert problems == ()
    assert targets == {"1.1": Target("2", renumber=True), "1.2": Target(), "1.10": Target("1.1")}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (("9", "2", ""), "Eine Betreffseinheit 9 gibt es in der bisherigen Fassung nicht."),
        (("1.1", "8", ""), "Eine Betreffseinheit 8, an der Akten liegen dürfen, gibt es in der neuen Fassung nicht."),
        (("1.1", "", ""), "Das Ziel für 1.1 fehlt; „bleibt“ lässt die Akten, wo sie sind."),
        (("1.1", "2", "vielleicht"), "Aktenzeichen: „vielleicht“ ist weder behalten noch neu."),
    ],
)
def test_every_fault_of_a_table_is_named_with_its_line(line: tuple[str, str, str], text: str) -> None:
    _, problems = read_targets([TargetLine(7, *line)], ["1.1"], ["2"])
    assert [str(problem) for problem in problems] == [f"Zeile 7: {text}"]


def test_no_unit_is_decided_twice() -> None:
    _, problems = read_targets([TargetLine(2, "1", "2", ""), TargetLine(3, "1", "2", "")], ["1"], ["2"])
    assert [str(problem) for problem in problems] == ["Zeile 3: Die Einheit 1 kommt zweimal vor."]
