"""Who wrote a letter, by where the name stands; what is only a stain is refused."""

from __future__ import annotations

import pytest

from ingest.extract import facts_of
from ingest.model import Finding
from tests.ingest.letter_rows import OFFICE, STAMP, Row, body
from tests.ingest.pages import placed

SUBJECT: Row = (300, 1160, 40, "Nachreichung zum Bauantrag")


def _finding(*rows: Row) -> Finding | None:
    return facts_of([placed(*rows)]).sender


def _sender(*rows: Row) -> str | None:
    finding = _finding(*rows)
    return finding.value if finding else None


def test_the_return_address_above_the_recipient_names_the_sender_and_not_the_signature() -> None:
    small = (300, 540, 22, "Kanzlei Möller mbH · Königsallee 19 · 12349 Altenbrück")
    assert _sender(small, *STAMP, *OFFICE, SUBJECT, *body(1300, signed="Carsten Möller", scrawl=True)) == (
        "Kanzlei Möller mbH"
    )


@pytest.mark.parametrize("left", [300, 900, 1400])
def test_the_large_type_at_the_top_names_the_sender(left: int) -> None:
    head: tuple[Row, ...] = (
        (left, 140, 60, "Landkreis Musterland"),
        (left, 210, 30, "Der Landrat"),
        (left, 260, 30, "Kreishausplatz 1 - 12349 Altenbrück"),
    )
    assert _sender(*head, *STAMP, *OFFICE, SUBJECT, *body(1300, signed="Jörn Petersen")) == "Landkreis Musterland"


def test_a_letterhead_on_two_lines_stays_whole() -> None:
    head: tuple[Row, ...] = ((900, 120, 56, "Verwaltungsgericht"), (900, 190, 56, "Beispielheim"))
    assert _sender(*head, *OFFICE, SUBJECT, *body(1300)) == "Verwaltungsgericht Beispielheim"


@pytest.mark.parametrize("left", [300, 1600])
def test_a_private_person_stands_above_or_beside_the_recipient(left: int) -> None:
    own: tuple[Row, ...] = (
        (left, 200, 40, "Hannelore Brandt"),
        (left, 260, 40, "Eichenweg 5"),
        (left, 320, 40, "54321 Beispielheim"),
    )
    assert _sender(*own, *STAMP, *OFFICE, SUBJECT, *body(1300)) == "Hannelore Brandt"


def test_without_any_head_the_printed_name_below_the_greeting_is_the_last_resort() -> None:
    assert _sender(*OFFICE, SUBJECT, *body(1300, signed="Hannelore Brandt", scrawl=True)) == "Hannelore Brandt"


@pytest.mark.parametrize("signed", ["", "Geschäftsleitung", "LIENS"])
def test_a_scrawl_or_a_function_is_no_sender(signed: str) -> None:
    assert _sender(*OFFICE, SUBJECT, *body(1300, signed=signed, scrawl=True)) is None


def test_words_that_were_hardly_read_are_no_sender() -> None:
    assert _sender((300, 140, 60, "Lnatkreis Mnsterlmd", 35), *OFFICE, SUBJECT, *body(1300)) is None


def test_the_stamp_of_the_city_is_not_the_sender() -> None:
    assert _sender(*STAMP, *OFFICE, SUBJECT, *body(1300)) is None


def test_a_logo_read_as_letters_is_left_out() -> None:
    small = (300, 540, 22, "Kanzlei Möller mbH - Königsallee 19 - 12349 Altenbrück", 38)
    head: tuple[Row, ...] = ((280, 140, 60, "| tO", 20), (400, 140, 60, "Kanzlei Möller mbH", 92))
    assert _sender(*head, small, *OFFICE, SUBJECT, *body(1300)) == "Kanzlei Möller mbH"


def test_the_best_read_spelling_of_several_places_is_shown_with_its_place() -> None:
    head: Row = (300, 140, 60, "Kanzlei Moller mbH", 90)
    foot: tuple[Row, ...] = (
        (300, 3230, 28, "Kanzlei Möller mbH"),
        (300, 3265, 28, "Königsallee 19"),
        (300, 3300, 28, "12349 Altenbrück"),
    )
    finding = _finding(head, *OFFICE, SUBJECT, *body(1300), *foot)
    assert finding is not None
    assert finding.value == "Kanzlei Möller mbH"
    (place,) = finding.evidence
    assert (place.text, place.box.top) == ("Kanzlei Möller mbH", 3230)


def test_a_form_names_who_handed_it_in() -> None:
    assert (
        _sender(
            *((left, top - 200, size, text) for left, top, size, text, *_ in OFFICE),
            (300, 760, 80, "Antrag auf Baugenehmigung"),
            (320, 900, 26, "1 Bauherrschaft"),
            (360, 950, 40, "Verkehrsbetriebe GmbH"),
            (300, 2800, 36, "Eingereicht von: Architekturbüro Hollmann & Dräger, Lindenstraße 14"),
        )
        == "Architekturbüro Hollmann & Dräger"
    )


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("1 Name, Vorname", "Schulze, Martin", "Martin Schulze"),
        ("Antragsteller/in", "Sevgi Özdemir", "Sevgi Özdemir"),
        ("2. Antragstellende Person", "Sevgi Özdemir", "Sevgi Özdemir"),
    ],
)
def test_a_form_of_the_office_names_the_applicant_in_a_field(label: str, value: str, expected: str) -> None:
    rows: tuple[Row, ...] = (
        (300, 120, 60, "Stadt Beispielheim"),
        *((left, top - 200, size, text) for left, top, size, text, *_ in OFFICE),
        (300, 760, 80, "Antrag auf Wohngeld"),
        (320, 900, 26, label),
        (360, 950, 40, value),
    )
    assert _sender(*rows) == expected


def test_names_of_other_languages_are_names() -> None:
    own: tuple[Row, ...] = (
        (300, 200, 40, "Ngô Văn Đức"),
        (300, 260, 40, "Rosenhag 16"),
        (300, 320, 40, "54321 Beispielheim"),
    )
    assert _sender(*own, *OFFICE, SUBJECT, *body(1300)) == "Ngô Văn Đức"


def test_an_office_that_writes_to_itself_shows_its_return_address() -> None:
    small = (300, 540, 22, "Stadt Beispielheim · Am Markt 3 · 54321 Beispielheim")
    assert _sender(small, *OFFICE, SUBJECT, *body(1300)) == "Stadt Beispielheim"
