"""The sender's sign and the date of the letter, in columns, beside stamps and behind stains."""

from __future__ import annotations

import pytest

from ingest.extract import facts_of
from ingest.model import Facts
from tests.ingest.letter_rows import OFFICE, STAMP, Row, body
from tests.ingest.pages import placed


def _facts(*rows: Row) -> Facts:
    return facts_of([placed(*OFFICE, *rows, *body(1340))])


def _sign(*rows: Row) -> str | None:
    finding = _facts(*rows).foreign_reference
    return finding.value if finding else None


@pytest.mark.parametrize(
    "rows",
    [
        ((1400, 700, 30, "Unser Zeichen:"), (1750, 700, 30, "SW-915-19")),
        ((1400, 700, 30, "Unser Zeichen: \\SW-915-19"),),
        ((1400, 700, 30, "UnserZeichen: SW-915-19"),),
        ((1400, 700, 30, "Zeichen: SW-915-19"),),
        ((300, 1000, 30, "Ihr Zeichen"), (900, 1000, 30, "Unser Zeichen"), (900, 1050, 30, "SW-915-19")),
    ],
)
def test_a_sign_is_read_in_every_layout(rows: tuple[Row, ...]) -> None:
    assert _sign(*rows) == "SW-915-19"


def test_the_sign_of_a_court_has_spaces() -> None:
    assert _sign((1400, 700, 30, "Geschäftsnummer:"), (1850, 700, 30, "4 A 123/26")) == "4 A 123/26"


def test_our_own_sign_is_not_taken_for_theirs() -> None:
    assert _sign((1400, 700, 30, "Ihr"), (1550, 700, 30, "Zeichen: AB-12/26")) is None
    assert _sign((1400, 700, 30, "Mein Zeichen: 63.20-2026/0417")) is None


def test_an_explicit_sign_goes_before_the_number_of_the_invoice() -> None:
    invoice: Row = (300, 1160, 40, "Rechnung Nr. 2026-1088")
    assert _sign(invoice) == "2026-1088"
    assert _sign(invoice, (1400, 1220, 30, "Unser Zeichen: VK126-12")) == "VK126-12"


def test_a_stain_is_no_sign() -> None:
    assert _sign((1400, 700, 30, "Unser Zeichen:"), (1800, 700, 30, "x1f", 5)) is None


def test_the_day_the_letter_came_in_is_not_its_date() -> None:
    stamped = _facts(*STAMP).letter_date
    both = _facts(*STAMP, (1400, 900, 30, "Datum:"), (1750, 900, 30, "6. November 2026")).letter_date
    assert stamped is None
    assert both is not None
    assert both.value == "2026-11-06"
