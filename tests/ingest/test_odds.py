"""What clerks decide moves the odds of case files, and never farther than the decisions reach."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ingest.cases import propose_case_files, weigh
from ingest.model import CaseCandidate, Facts, Finding
from ingest.odds import AGAINST, EVIDENCE, SHIPPED
from ingest.odds_learning import CaseLesson, OddsUnreadable, fit, load_odds, save_odds, taught_odds
from tests.ingest.test_cases import TODAY


def row(**evidence: float) -> list[float]:
    return [evidence.get(name, 0.0) for name in EVIDENCE]


def by_sender(count: int) -> list[CaseLesson]:
    """Letters of a house where the sender alone tells the file."""
    table = np.array([row(sender=1.0), row(stems=0.1), row()])
    return [CaseLesson(table, 0) for _ in range(count)]


def chances_of(count: int) -> NDArray[np.float64]:
    return fit(by_sender(count), SHIPPED).chances(by_sender(1)[0].rows)


def test_where_the_sender_tells_the_file_twenty_letters_teach_it() -> None:
    before, after = SHIPPED.chances(by_sender(1)[0].rows)[0], chances_of(20)[0]
    assert before < 0.01
    assert after > 0.8


def test_a_few_letters_move_less_than_many_and_none_moves_nothing() -> None:
    few, more, many = (chances_of(count)[0] for count in (1, 5, 40))
    assert few < more < many
    assert fit([], SHIPPED).none == pytest.approx(SHIPPED.none)


def test_letters_that_began_new_files_make_the_product_more_careful() -> None:
    table = np.array([row(stems=0.9, stems_alike=0.8, letters=0.6, letters_alike=0.6, subject=0.5)])
    taught = fit([CaseLesson(table, -1)] * 20, SHIPPED)
    assert taught.chances(table)[0] < SHIPPED.chances(table)[0] / 3


lessons = st.lists(
    st.builds(
        lambda rows, right: CaseLesson(np.array(rows), min(right, len(rows) - 1)),
        st.lists(st.lists(st.floats(0, 1), min_size=len(EVIDENCE), max_size=len(EVIDENCE)), min_size=1, max_size=4),
        st.integers(-1, 3),
    ),
    min_size=1,
    max_size=12,
)


@given(lessons)
def test_no_lesson_turns_evidence_against_its_meaning_and_chances_stay_chances(found: list[CaseLesson]) -> None:
    odds = fit(found, SHIPPED)
    assert all((weight <= 0) if name in AGAINST else (weight >= 0) for name, weight in odds.weights.items())
    for lesson in found:
        chances = odds.chances(lesson.rows)
        assert (chances >= 0).all()
        assert chances.sum() <= 1 + 1e-9


def test_new_odds_are_judged_by_letters_they_have_not_seen() -> None:
    taught = taught_odds(by_sender(30), 6, SHIPPED)
    assert (taught.letters, taught.right, taught.right_before, taught.honest) == (6, 6, 0, True)
    other_way = [*by_sender(20), *(CaseLesson(one.rows, -1) for one in by_sender(6))]
    assert taught_odds(other_way, 6, SHIPPED).right < taught_odds(other_way, 6, SHIPPED).right_before


def test_odds_are_kept_as_plain_numbers_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "odds"
    save_odds(SHIPPED, file)
    assert load_odds(file) == SHIPPED


@pytest.mark.parametrize(
    "broken",
    [
        '{"format": 9}',
        "[]",
        "no json",
        "\udcff",
        '{"format": 1, "weights": {}, "none": 1}',
        '{"format": 1, "weights": null, "none": 1}',
        '{"format": 1, "weights": [1], "none": 1}',
        json.dumps({"format": 1, "weights": dict.fromkeys(EVIDENCE), "none": 1}),
        json.dumps({"format": 1, "weights": dict.fromkeys(EVIDENCE, 1), "none": None}),
    ],
)
def test_what_holds_no_odds_is_refused_as_that(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "odds"
    file.write_bytes(broken.encode("utf-8", "surrogateescape"))
    with pytest.raises(OddsUnreadable):
        load_odds(file)


def test_a_letter_with_a_reference_teaches_nothing_and_others_their_likeliest_files() -> None:
    files = [
        CaseCandidate(
            case_file_id=str(number),
            reference=f"52.01.01-2026/{number:04d}",
            aliases=(),
            subject=f"Neubau Haus {number}",
            file_plan_code="52.01.01",
            opened_on=TODAY,
            is_open=True,
            senders=frozenset({f"Firma {number:02d} Bau"}),
        )
        for number in range(1, 9)
    ]
    named = weigh(Facts(references=(Finding("52.01.01-2026/0003"),)), "52.01.01-2026/0003", files, TODAY)
    assert named.strongest(SHIPPED, 3) == {}
    unnamed = weigh(Facts(sender=Finding("Firma 03 Bau")), "Firma 03 Bau", files, TODAY)
    kept = unnamed.strongest(SHIPPED, 3)
    assert next(iter(kept)) == "3"
    assert len(kept) == 3
    assert propose_case_files(unnamed, fit(by_sender(20), SHIPPED))[0].confidence > 0.5
