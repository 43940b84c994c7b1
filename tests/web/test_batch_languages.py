"""The form for a new batch offers the languages that are installed, and takes no others."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.web.conftest import Person

FORM = {"unit": "63.2", "documents": "1", "device": "Scanner 1", "protection": "normal"}


def test_a_batch_is_opened_with_languages_and_shows_them(signed_in: Callable[[str], Person]) -> None:
    clerk = signed_in("brandt")
    form = clerk.get("/stapel").get_data(as_text=True)
    assert re.search(r'value="deu" checked> Deutsch', form)
    answer = clerk.post("/stapel", **FORM, languages=["eng"])
    page = clerk.get(answer.headers["Location"]).get_data(as_text=True)
    assert "<dt>Sprachen</dt><dd>Englisch</dd>" in page


def test_a_batch_without_a_language_or_with_a_strange_one_is_refused(signed_in: Callable[[str], Person]) -> None:
    clerk = signed_in("brandt")
    clerk.get("/stapel")
    for languages in ([], ["tlh"]):
        answer = clerk.post("/stapel", **FORM, languages=languages)
        assert answer.status_code == 422
        assert "mindestens eine Sprache" in answer.get_data(as_text=True)
