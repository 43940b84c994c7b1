"""What a letter or a form is about, by where it stands."""

from __future__ import annotations

import pytest

from ingest.extract import facts_of
from ingest.model import Finding
from tests.ingest.letter_rows import OFFICE, STAMP, Row, body
from tests.ingest.pages import placed

FORM: tuple[Row, ...] = tuple((row[0], row[1] - 200, row[2], row[3]) for row in OFFICE)
FIELDS: tuple[Row, ...] = tuple(
    row
    for number in range(6)
    for row in (
        (320, 900 + number * 120, 26, f"{number + 1} Angabe zum Antrag"),
        (360, 945 + number * 120, 40, "eingetragener Wert"),
    )
)


def _finding(*rows: Row) -> Finding | None:
    return facts_of([placed(*rows)]).subject


def _subject(*rows: Row) -> str | None:
    finding = _finding(*rows)
    return finding.value if finding else None


def test_a_wrapped_subject_is_whole_and_its_dash_is_a_dash() -> None:
    finding = _finding(
        *STAMP,
        *OFFICE,
        (300, 1160, 40, "Widerspruch gegen den Bescheid vom 10.10.2026 -"),
        (300, 1218, 40, "Gartenweg 7"),
        *body(1340),
    )
    assert finding is not None
    assert finding.value == "Widerspruch gegen den Bescheid vom 10.10.2026 – Gartenweg 7"
    assert [place.box.top for place in finding.evidence] == [1160, 1218]


def test_a_last_line_of_one_number_belongs_to_the_subject() -> None:
    rows: tuple[Row, ...] = ((300, 1160, 40, "Umbau der Empfangshalle, Bahnhofsplatz"), (300, 1218, 34, "2"))
    assert _subject(*OFFICE, *rows, *body(1340)) == "Umbau der Empfangshalle, Bahnhofsplatz 2"


def test_a_divided_word_is_put_together() -> None:
    rows: tuple[Row, ...] = ((300, 1160, 40, "Antrag auf Erteilung der Bauge-"), (300, 1218, 40, "nehmigung"))
    assert _subject(*OFFICE, *rows, *body(1340)) == "Antrag auf Erteilung der Baugenehmigung"


@pytest.mark.parametrize("sign", ["Ihr Zeichen: 63.20-2026/0417", "Ihr Schreiben vom 3. März 2026"])
def test_signs_and_earlier_letters_around_the_subject_are_no_part_of_it(sign: str) -> None:
    subject: Row = (300, 1160, 40, "Nachreichung zum Bauantrag")
    assert _subject(*OFFICE, subject, (300, 1218, 40, sign), *body(1340)) == "Nachreichung zum Bauantrag"
    assert _subject(*OFFICE, (300, 1102, 40, sign), subject, *body(1300)) == "Nachreichung zum Bauantrag"


def test_the_columns_beside_the_recipient_are_no_part_of_the_subject() -> None:
    info: tuple[Row, ...] = ((1400, 1100, 30, "Unser Zeichen: M-778-26"), (1400, 1160, 30, "Kontakt: Carsten Möller"))
    assert _subject(*OFFICE, *info, (300, 1160, 40, "Vollmacht"), *body(1300)) == "Vollmacht"


def test_a_labelled_subject_goes_on_on_the_next_line() -> None:
    rows: tuple[Row, ...] = (
        (300, 1100, 40, "Betreff: Mitgliedschaft von Frau Petra Lang,"),
        (300, 1158, 40, "Beitragsbescheinigung"),
    )
    assert _subject(*OFFICE, *rows, *body(1340)) == "Mitgliedschaft von Frau Petra Lang, Beitragsbescheinigung"


def test_a_letter_without_subject_has_none() -> None:
    assert _subject(*OFFICE, *body(1300)) is None


def test_quotation_marks_are_closed_as_they_were_opened() -> None:
    row: Row = (300, 1160, 40, "Einwendung zum Plan „Hafenquartier”")
    assert _subject(*OFFICE, row, *body(1300)) == "Einwendung zum Plan „Hafenquartier“"


def test_the_line_below_the_title_of_a_form_says_what_it_is_about() -> None:
    rows: tuple[Row, ...] = (
        (300, 690, 80, "Baubeginnsanzeige"),
        (300, 790, 40, "Anzeige des Baubeginns nach § 76 NBauO - Lagerhalle,"),
        (300, 845, 40, "Am Ringofen 12"),
    )
    expected = "Anzeige des Baubeginns nach § 76 NBauO – Lagerhalle, Am Ringofen 12"
    assert _subject(*FORM, *STAMP, *rows, *FIELDS) == expected


@pytest.mark.parametrize("below", ["Bitte in Druckschrift ausfüllen.", "Zutreffendes bitte ankreuzen"])
def test_how_to_fill_in_a_form_is_no_subject(below: str) -> None:
    rows: tuple[Row, ...] = ((300, 690, 80, "Antrag auf Wohngeld"), (300, 790, 36, below))
    assert _subject(*FORM, *rows, *FIELDS) == "Antrag auf Wohngeld"
