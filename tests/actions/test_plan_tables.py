from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from hypothesis import given
from openpyxl import Workbook, load_workbook

from eakte.actions.plan_tables import read_csv, read_xlsx, write_csv, write_xlsx
from eakte.records.plan_cells import read_rows
from eakte.records.plan_rows import PlanRefused, PlanRow
from tests.records.plan_samples import KNOWN, plans

FORMULAS = ("=1+1", "+49 511", "-5 Jahre", "@SUM(A1)", "'Amt'", "'=1", "''")


@given(plans())
def test_a_plan_comes_back_from_csv_and_xlsx_as_it_went(plan: tuple[PlanRow, ...]) -> None:
    assert read_rows(read_csv(write_csv(plan)), KNOWN) == (plan, ())
    assert read_rows(read_xlsx(write_xlsx(plan)), KNOWN) == (plan, ())


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_is_taken_for_a_formula_and_none_is_changed(title: str) -> None:
    plan = (PlanRow("1", title, retired=True, retired_because=title),)
    for line in csv.reader(io.StringIO(write_csv(plan).decode("utf-8-sig"), newline=""), delimiter=";"):
        assert all(cell[:1] not in set("=+-@\t\r") for cell in line)
    sheet = load_workbook(io.BytesIO(write_xlsx(plan))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["B2"].value == title
    assert [row.title for row in read_rows(read_csv(write_csv(plan)), KNOWN)[0]] == [title]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_is_read_with_any_of_three_separators_and_either_names(sign: str, mark: str) -> None:
    text = (
        mark
        + sign.join(["code", "BEZEICHNUNG", "Level"])
        + "\r\n"
        + sign.join(['"1"', '"Bau; Land, Weg"', "subject_unit"])
    )
    (row,), problems = read_rows(read_csv(text.encode()), KNOWN)
    assert (row.code, row.title, problems) == ("1", "Bau; Land, Weg", ())


def refused(data: bytes) -> list[str]:
    with pytest.raises(PlanRefused) as error:
        read_csv(data)
    return [str(problem) for problem in error.value.problems]


def test_a_wrong_encoding_is_named_with_its_line() -> None:
    (problem,) = refused("code;title\n1;Bauen\n2;Straßen\n".encode("latin-1"))
    assert problem.startswith("Zeile 3: Die Datei ist nicht in UTF-8 gespeichert.")


def test_a_wrong_separator_is_named() -> None:
    (problem,) = refused(b"code|title\n1|Bauen\n")
    assert problem.startswith("Zeile 1: Kopfzeile oder Trennzeichen nicht erkannt.")


def test_columns_too_many_unknown_or_twice_are_named() -> None:
    assert refused(b"code;title\n1;Bauen\n\n2;Land;mehr\n") == ["Zeile 4: Die Zeile hat 3 Spalten, die Kopfzeile 2."]
    (unknown,) = refused(b"code;title;Farbe\n1;Bauen;rot\n")
    assert unknown.startswith("Zeile 1: Die Spalte „Farbe“ ist unbekannt.")
    assert refused(b"code;title;Kennzeichen\n1;Bauen;2\n") == ["Zeile 1: Die Spalte „Kennzeichen“ kommt zweimal vor."]


def test_an_open_quote_and_an_empty_file_are_named() -> None:
    assert refused(b'code;title\n1;"Bauen"x\n')[0].startswith("Zeile 2: Die Zeile ist kein CSV")
    assert refused(b"") == ["Die Datei ist leer."]


def test_lines_are_counted_where_a_cell_holds_a_line_break() -> None:
    lines = read_csv(b'code;title\n1;"Bauen\nund Wohnen"\n2;Land\n')
    assert [(cells.line, cells.texts["code"]) for cells in lines] == [(2, "1"), (4, "2")]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, sink = Workbook(), io.BytesIO()
    for row in (("Kennzeichen", "Bezeichnung", "Stillgelegt", "Stillgelegt am"), *rows):
        book.worksheets[0].append(row)
    book.save(sink)
    return sink.getvalue()


def test_days_flags_and_whole_numbers_of_a_workbook_are_read_as_text() -> None:
    (row,), problems = read_rows(read_xlsx(workbook((52, "Bauen", True, datetime(2026, 12, 31)))), KNOWN)  # noqa: DTZ001 - as Excel gives it
    assert problems == ()
    assert (row.code, row.retired, f"{row.retired_on}") == ("52", True, "2026-12-31")


def test_codes_that_became_numbers_and_formulas_are_refused_with_their_cell() -> None:
    with pytest.raises(PlanRefused) as error:
        read_xlsx(workbook((11.1, "Bauen"), ("12", "=A1")))
    assert [str(problem).split(" ist ")[0].split(" enthält")[0] for problem in error.value.problems] == [
        "Zeile 2: Zelle A2",
        "Zeile 3: Zelle B3",
    ]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"code;title", write_csv([])])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(PlanRefused):
        read_xlsx(data)
