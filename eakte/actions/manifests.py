"""Manifests of migrations as bytes: CSV in the encodings spreadsheets write, or XLSX; heads and cells as texts."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from eakte.errors import InvalidInput
from eakte.records.calendar import german

MOST_LINES = 50_000
MOST_BYTES = 20_000_000
_UNPACKED = 5 * MOST_BYTES
_COLUMNS = 50
_LONGEST = 2_000
"""Characters kept of a cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A manifest: heads, and the cells of each line with the number a person sees."""

    heads: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read_manifest(data: bytes) -> Table:
    """Read a manifest; which kind it is says its content.

    Raises:
        InvalidInput: It cannot be read, is empty or too large.
    """
    if len(data) > MOST_BYTES:
        raise _refused(f"Die Tabelle ist größer als {MOST_BYTES // 1_000_000} MB.")
    rows = _xlsx(data) if data.startswith(b"PK\x03\x04") else _csv(data)
    filled = ((number, _texts(cells)) for number, cells in rows)
    table = [(number, cells) for number, cells in filled if any(cells)]
    if len(table) < 2:
        raise _refused("Die Tabelle hat keine Zeilen unter der Kopfzeile.")
    if len(table) > MOST_LINES + 1:
        raise _refused(f"Die Tabelle hat mehr als {MOST_LINES} Zeilen.")
    heads = table[0][1]
    return Table(heads, tuple(table[1:]))


def _refused(problem: str) -> InvalidInput:
    return InvalidInput(problem=problem, field="manifest")


def _texts(cells: list[str]) -> tuple[str, ...]:
    plain = ("".join(char if char.isprintable() else " " for char in cell) for cell in cells[:_COLUMNS])
    return tuple(cell.strip()[:_LONGEST] for cell in plain)


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    sign = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    before = 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise _refused(f"Zeile {reader.line_num} ist kein CSV ({error}).") from error


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, else what Excel writes as CSV on a German Windows."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("Die Tabelle ist weder in UTF-8 noch in Windows-1252 gespeichert.")


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    _harmless(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_row=MOST_LINES + 2, max_col=_COLUMNS, values_only=True)
        for number, cells in enumerate(rows, 1):
            yield number, [_cell(value) for value in cells]
    except (InvalidFileException, KeyError, IndexError, ValueError, OSError, TypeError, zipfile.BadZipFile) as error:
        raise _refused("Die Datei ist keine lesbare Arbeitsmappe (XLSX).") from error


def _harmless(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [entry.file_size for entry in archive.infolist()]
    except zipfile.BadZipFile as error:
        raise _refused("Die Datei ist keine lesbare Arbeitsmappe (XLSX).") from error
    if sum(sizes) > _UNPACKED or len(sizes) > 1_000:
        raise _refused("Die Arbeitsmappe ist zu groß.")


def _cell(value: Any) -> str:
    if isinstance(value, datetime | date):
        return german(value.date() if isinstance(value, datetime) else value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
