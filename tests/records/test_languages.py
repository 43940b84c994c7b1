"""Languages of the text recognition: one list to choose from, one check."""

from __future__ import annotations

import pytest

from eakte.errors import InvalidInput
from eakte.records.languages import Language, joined, language_names, offered

INSTALLED = ("deu", "eng", "frk", "xyz")


def test_languages_are_joined_as_the_text_recognition_takes_them() -> None:
    assert joined(["frk", "deu"], INSTALLED) == "deu+frk"
    assert joined(["frk", "frk"], INSTALLED) == "frk"


@pytest.mark.parametrize("chosen", [[], ["pol"], ["deu", "pol"], [""]])
def test_what_is_not_installed_or_nothing_is_refused(chosen: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        joined(chosen, INSTALLED)
    assert refused.value.detail["field"] == "languages"


def test_more_languages_than_can_be_kept_are_refused() -> None:
    many = [f"x{number:02}" for number in range(30)]
    with pytest.raises(InvalidInput):
        joined(many, many)


def test_the_usual_languages_stand_first_and_are_chosen() -> None:
    assert offered(INSTALLED, "deu+eng+pol") == (
        Language("deu", "Deutsch", chosen=True),
        Language("eng", "Englisch", chosen=True),
        Language("frk", "Fraktur", chosen=False),
        Language("xyz", "xyz", chosen=False),
    )


def test_languages_have_german_names() -> None:
    assert language_names("deu+frk+xyz") == "Deutsch, Fraktur, xyz"
    assert language_names("") == ""
