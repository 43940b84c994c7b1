"""File plans as CSV and XLSX: cells in, cells out, every unreadable place with its line."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from eakte.records.calendar import german
from eakte.records.plan_cells import COLUMNS, NEEDED, Cells, texts_of
from eakte.records.plan_rows import PlanRefused, PlanRow, Problem

SEPARATORS = ";,\t"
MOST_LINES = 50_000
MOST_BYTES = 20_000_000
"""Of the file, and of what a workbook unpacks to in one part."""
_LEADS = frozenset("=+-@\t\r'")
"""First characters that spreadsheets take for a formula (OWASP, CSV injection); they get an apostrophe."""


def read_csv(data: bytes) -> list[Cells]:
    """Read the lines of a CSV file in UTF-8 with a header, parted by semicolon, comma or tab.

    Raises:
        PlanRefused: It cannot be read; names each place.
    """
    return _lines(_rows(data, {name for pair in COLUMNS.items() for name in pair}, NEEDED))


def read_table(data: bytes, columns: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Read a CSV file with exactly these columns in this order; return the cells of each line with its number.

    Raises:
        PlanRefused: It cannot be read; names each place.
    """
    (header, *rows) = _rows(data, columns, columns)
    if [cell.strip().casefold() for cell in header[1]] != [name.casefold() for name in columns]:
        raise PlanRefused([Problem(1, f"Die Kopfzeile muss lauten: {';'.join(columns)}")])
    wrong = [line for line, cells in rows if len(cells) != len(columns) and any(cells)]
    if wrong:
        raise PlanRefused([Problem(line, f"Die Zeile hat nicht {len(columns)} Spalten.") for line in wrong])
    return [(line, cells) for line, cells in rows if any(cells)]


def _rows(data: bytes, names: Collection[str], needed: Sequence[str]) -> list[tuple[int, list[str]]]:
    lines = list(io.StringIO(_decoded(data), newline=""))
    if not lines:
        raise PlanRefused([Problem(0, "Die Datei ist leer.")])
    reader = csv.reader(lines, delimiter=_separator(lines[0], names, needed), strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            rows.append((before + 1, [_bare(cell) for cell in cells]))
            before = reader.line_num
    except csv.Error as error:
        raise PlanRefused([Problem(reader.line_num, f"Die Zeile ist kein CSV ({error}).")]) from error
    return rows


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise PlanRefused([Problem(0, f"Die Datei ist größer als {MOST_BYTES // 1_000_000} MB.")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = "Die Datei ist nicht in UTF-8 gespeichert. Bitte im Tabellenprogramm als „CSV UTF-8“ speichern."
        raise PlanRefused([Problem(line, text)]) from error


def _separator(header: str, names: Collection[str], needed: Sequence[str]) -> str:
    """Return the sign that parts the header into names we know."""
    known = {name.casefold() for name in names}

    def fit(sign: str) -> int:
        return sum(cell.strip().strip('"').casefold() in known for cell in header.split(sign))

    best = max(SEPARATORS, key=fit)
    if fit(best) < len(needed):
        wanted = ", ".join(COLUMNS.get(name, name) for name in needed)
        text = f"Kopfzeile oder Trennzeichen nicht erkannt. Nötig sind die Spalten {wanted}, getrennt durch Semikolon."
        raise PlanRefused([Problem(1, text)])
    return best


def _bare(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _LEADS and len(cell) > 1 else cell


def _lines(rows: Sequence[tuple[int, Sequence[str]]]) -> list[Cells]:
    """Name the cells of each line by the header, the first of *rows*; empty lines are left out."""
    fields = _fields(rows[0][0], [cell.strip() for cell in rows[0][1]]) if rows else []
    found, problems = [], []
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(fields) :]):
            problems.append(Problem(line, f"Die Zeile hat {len(cells)} Spalten, die Kopfzeile {len(fields)}."))
        found.append(Cells(line, {name: text for name, text in zip(fields, cells, strict=False) if name}))
    if len(found) > MOST_LINES:
        problems.append(Problem(0, f"Die Tabelle hat mehr als {MOST_LINES} Zeilen."))
    if problems:
        raise PlanRefused(problems)
    return found


def _fields(line: int, header: Sequence[str]) -> list[str]:
    by_name = {name.casefold(): key for key, label in COLUMNS.items() for name in (key, label)}
    fields = [by_name.get(name.casefold(), "") for name in header]
    problems = [
        Problem(line, f"Die Spalte „{name}“ ist unbekannt. Bekannt sind: {', '.join(COLUMNS.values())}.")
        for name, key in zip(header, fields, strict=True)
        if name and not key
    ]
    problems += [
        Problem(line, f"Die Spalte „{COLUMNS[key]}“ kommt zweimal vor.") for key in COLUMNS if fields.count(key) > 1
    ]
    problems += [Problem(line, f"Die Spalte „{COLUMNS[key]}“ fehlt.") for key in NEEDED if key not in fields]
    if problems:
        raise PlanRefused(problems)
    return fields


def write_csv(rows: Iterable[PlanRow]) -> bytes:
    """Write rows as CSV in UTF-8 with a mark, parted by semicolons, safe from being taken for formulas."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for row in rows:
        texts = texts_of(row)
        writer.writerow([f"'{texts[name]}" if texts[name][:1] in _LEADS else texts[name] for name in COLUMNS])
    return sink.getvalue().encode("utf-8-sig")


def read_xlsx(data: bytes) -> list[Cells]:
    """Read the first sheet of a workbook; errors as ``read_csv``. Numbers that lose zeros are refused, not guessed."""
    _harmless(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, TypeError, zipfile.BadZipFile) as error:
        raise PlanRefused([Problem(0, "Die Datei ist keine lesbare Arbeitsmappe (XLSX).")]) from error
    problems: list[Problem] = []
    rows = []
    for line, cells in enumerate(book.worksheets[0].iter_rows(max_row=MOST_LINES + 2, max_col=50), start=1):
        rows.append((line, [_cell(cell, line, problems) for cell in cells]))
    if problems:
        raise PlanRefused(problems)
    rows = rows[next((place for place, (_, cells) in enumerate(rows) if any(cells)), len(rows)) :]
    if not rows:
        raise PlanRefused([Problem(0, "Das erste Tabellenblatt ist leer.")])
    return _lines(rows)


def _harmless(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [entry.file_size for entry in archive.infolist()]
    except zipfile.BadZipFile as error:
        raise PlanRefused([Problem(0, "Die Datei ist keine lesbare Arbeitsmappe (XLSX).")]) from error
    if len(data) > MOST_BYTES or max(sizes, default=0) > MOST_BYTES * 5 or len(sizes) > 1_000:
        raise PlanRefused([Problem(0, "Die Arbeitsmappe ist zu groß.")])


def _cell(cell: Any, line: int, problems: list[Problem]) -> str:
    value = cell.value
    if cell.data_type in {"f", "e"}:
        problems.append(Problem(line, f"Zelle {cell.coordinate} enthält eine Formel oder einen Fehlerwert statt Text."))
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime | date):
        return german(value.date() if isinstance(value, datetime) else value)
    if isinstance(value, float):
        text = f"Zelle {cell.coordinate} ist eine Zahl ({value}), die Nullen verliert. Bitte als Text formatieren."
        problems.append(Problem(line, text))
    return "" if value is None else str(value)


def write_xlsx(rows: Iterable[PlanRow]) -> bytes:
    """Write rows as a workbook in which every cell is text."""
    book = Workbook()
    sheet: Worksheet = book.create_sheet("Aktenplan", 0)
    del book["Sheet"]
    sheet.freeze_panes = "A2"
    for line, texts in enumerate([list(COLUMNS.values()), *_texts(rows)], start=1):
        for place, text in enumerate(texts, start=1):
            _write(cast("Cell", sheet.cell(line, place)), text, bold=line == 1)
    for letter, width in zip("ABCDEFGHIJKL", (14, 60, 18, 14, 14, 14, 30, 14, 20, 12, 14, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _texts(rows: Iterable[PlanRow]) -> Iterator[list[str]]:
    for row in rows:
        texts = texts_of(row)
        yield [texts[name] for name in COLUMNS]


def _write(cell: Cell, text: str, *, bold: bool) -> None:
    cell.number_format = "@"
    if text:
        cell.value = text
        cell.data_type = "s"  # also where it looks like a formula
    if bold:
        cell.font = Font(bold=True)
