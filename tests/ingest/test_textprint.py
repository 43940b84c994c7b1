"""Nearly the same texts are found again, and one letter scanned twice is told from two letters of one form."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from ingest.textprint import ALIKE, BANDS, agreed, bands_of, likeness, print_of, same_letter

WORDS = [f"{one}{two}" for one in ("bau", "frist", "plan", "garten", "amt") for two in ("ung", "lich", "weg", "recht")]
FORM = "gegen den Bescheid vom {day} über {sum} Euro lege ich Widerspruch ein Zeichen {sign} weil er mich trifft " * 3


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) + str(chance.randrange(40)) for _ in range(words))


def _misread(text: str, share: float, chance: random.Random) -> str:
    return " ".join(word[:-1] + "x" if chance.random() < share else word for word in text.split())


def test_a_letter_read_twice_with_errors_is_found_by_its_bands_and_known_as_the_same() -> None:
    chance = random.Random(3)
    found = 0
    for _ in range(40):
        text = _text(chance, 200)
        one, other = _misread(text, 0.03, chance), _misread(text, 0.03, chance)
        first, second = print_of(one), print_of(other)
        assert first is not None
        assert second is not None
        found += bool(set(bands_of(first)) & set(bands_of(second)))
        assert likeness(first, second) >= ALIKE
        assert same_letter(one, other)
    assert found >= 38


def test_letters_of_one_form_are_alike_but_not_the_same() -> None:
    one = FORM.format(day="12.03.2026", sum="1.284,50", sign="52.01-2026/0417")
    other = FORM.format(day="03.04.2026", sum="77,00", sign="52.01-2026/0911")
    assert not same_letter(one, other)
    assert same_letter(one, one + " Stempel Eingang")


def test_other_letters_share_no_bands() -> None:
    chance = random.Random(4)
    prints = [print_of(_text(chance, 150)) for _ in range(30)]
    bands = [set(bands_of(made)) for made in prints if made]
    assert sum(bool(one & other) for one in bands for other in bands if one is not other) == 0


def test_a_text_that_says_too_little_has_no_print() -> None:
    assert print_of("") is None
    assert print_of("Sehr geehrte Damen und Herren") is None


@given(st.text(max_size=400))
def test_any_text_has_a_print_of_one_length_or_none_and_is_itself(text: str) -> None:
    made = print_of(text)
    if made is not None:
        assert len(bands_of(made)) == BANDS
        assert likeness(made, made) == 1
        assert same_letter(text, text)
    same_letter(text, "ein anderer Text")


@given(st.lists(st.sampled_from("ab"), max_size=6))
def test_most_of_the_newest_decide_and_the_newest_of_all_where_they_differ(types: list[str]) -> None:
    value, last = agreed(types), types[:3]
    assert (value is None) == (not types)
    assert value is None or last.count(value) > len(last) / 2 or value == types[0]
