"""How values read: German dates, sizes, history details, marked snippets; and what is built for the browser."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as some

from eakte.web import assets, detail, text
from tools.assets import reduce_css, split_selectors

ACTIONS = Path(__file__).parents[2] / "eakte" / "actions"
LOGGED = re.compile(r"detail(?:=| = )\{([^}]*)\}")
TODAY = date(2026, 11, 18)


def test_days_and_sizes_read_as_in_german_letters() -> None:
    assert text.day(date(2026, 3, 1)) == "01.03.2026"
    assert text.day(None) == "–"
    assert text.short_moment(datetime(2026, 11, 18, 7, 5, tzinfo=UTC), TODAY) == "08:05"
    assert text.day_word(datetime(2026, 11, 17, 12, tzinfo=UTC), TODAY) == "Gestern"
    assert text.number(1_234_567) == "1.234.567"
    assert [text.size(size) for size in (12, 1_500, 2_000_000_000)] == ["12 Byte", "1,5 kB", "2 GB"]


@pytest.mark.parametrize(
    ("percent", "word"), [(95, "sicher"), (94, "prüfen"), (70, "prüfen"), (69, "unklar"), (None, "unklar")]
)
def test_confidence_is_told_in_three_words(percent: int | None, word: str) -> None:
    assert text.band(percent)["word"] == word


def test_every_detail_that_is_logged_has_a_german_name() -> None:
    logged = {
        name
        for file in ACTIONS.glob("*.py")
        for found in LOGGED.findall(file.read_text("utf-8"))
        for name in re.findall(r'"(\w+)":', found)
    }
    assert logged
    assert logged - set(detail.NAMES) == set()


def test_details_of_the_history_are_told_in_german() -> None:
    told = detail.told({"proposal": "corrected:sure", "closed_on": "2026-11-18", "source": "folder", "rule": None})
    assert told == "Vorschlag: geändert (sicher); z.d.A. am: 18.11.2026; Quelle: Scan-Ordner"


@given(some.text(max_size=80), some.lists(some.tuples(some.integers(0, 80), some.integers(0, 80)), max_size=6))
def test_a_snippet_never_carries_markup_of_its_own(snippet: str, marks: list[tuple[int, int]]) -> None:
    ordered = sorted((min(mark), max(mark)) for mark in marks)
    html = str(text.marked(snippet, ordered))
    assert re.sub(r"</?mark>", "", html).count("<") == 0


def test_styles_of_components_we_do_not_use_are_left_out() -> None:
    css = ".kern-btn,.kern-card{color:red}.kern-card{top:0}@media print{.kern-card{top:0}}:root{--a:1}"
    assert reduce_css(tinycss2.parse_stylesheet(css), {"kern-btn"}) == ".kern-btn{color:red}:root{--a:1}"
    assert split_selectors("a:is(b, c), d") == ["a:is(b, c)", "d"]


def test_the_built_assets_name_the_licences_of_what_they_carry() -> None:
    licences = (assets.VENDOR / "THIRD-PARTY.txt").read_text("utf-8")
    for name in ("KERN", "htmx", "Fira Sans", "Noto Sans", "SIL Open Font License"):
        assert name in licences
    assert {"app.css", "app.js", "icons.svg"} <= set(assets.manifest())
