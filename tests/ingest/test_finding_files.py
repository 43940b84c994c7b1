"""Letters without a reference find their file, and what stands by itself is right: on generated letters."""

from __future__ import annotations

import pytest

from bench.casefile import answers_for, result
from bench.letter_sets import world_rows
from ingest.naming import Misread, stands_in


def test_letters_find_their_file_and_proposals_that_stand_by_themselves_are_right() -> None:
    files, incoming = world_rows(seed=5, files=80, incoming=100)
    measured = result(answers_for(files, incoming))
    assert measured["hit1"] is not None
    assert measured["auto_precision"] is not None
    assert measured["auto_coverage"] is not None
    assert measured["hit1"] >= 0.75, measured
    assert measured["auto_precision"] >= 0.95, measured
    assert measured["auto_coverage"] >= 0.35, measured


@pytest.mark.parametrize(
    ("sign", "text", "named"),
    [
        ("67-112/24 AB", "Az.: 67-1l2/24 AB", True),
        ("67-112/24 AB", "Ihr Zeichen 67 - 112 / 24 AB", True),
        ("67-112/24 AB", "Aktenzeichen: 67-712/24 AB", True),
        ("67-112/24 AB", "Aktenzeichen: 67-778/24 AB", False),
        ("67-112/24 AB", "am 6. Juli wurden 112 Bäume gezählt", False),
        ("17", "Az. 17", False),
    ],
)
def test_a_reference_is_known_again_though_one_character_was_misread(sign: str, text: str, *, named: bool) -> None:
    assert Misread(text).names(sign) == named


def test_an_old_sign_stands_as_a_whole_or_not_at_all() -> None:
    assert stands_in("63.2-17/2019", "zu 63.2 - 17/2019 teile ich mit")
    assert not stands_in("63.2-17/2019", "zu 63.2-17/20195 teile ich mit")
