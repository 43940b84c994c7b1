"""Every reason has a code of its own and a German sentence that says what to do."""

from __future__ import annotations

import pytest

from ingest import errors


def _all_errors(base: type[errors.IngestError] = errors.IngestError) -> list[type[errors.IngestError]]:
    return [base, *(each for child in base.__subclasses__() for each in _all_errors(child))]


def test_every_error_is_listed_with_a_code_of_its_own() -> None:
    assert set(errors.ERRORS) == set(_all_errors())
    assert len({error.code for error in errors.ERRORS}) == len(errors.ERRORS)


@pytest.mark.parametrize("error", errors.ERRORS)
def test_every_code_has_a_german_sentence(error: type[errors.IngestError]) -> None:
    text = error("detail").text
    assert text.endswith(".")
    assert "bitte" in text.lower()


def test_no_sentence_is_left_over() -> None:
    assert set(errors.german_texts()) == {error.code for error in errors.ERRORS}


def test_an_error_comes_back_from_its_code() -> None:
    assert isinstance(errors.error_of("empty-file", ""), errors.EmptyFile)
    assert isinstance(errors.error_of("of another version", ""), errors.ReaderCrashed)
