"""Tables for spreadsheets: CSV in UTF-8 with a mark, parted by semicolons, no cell taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

CSV = "text/csv; charset=utf-8"
_LEADS = frozenset("=+-@\t\r")
"""First characters that spreadsheets take for a formula (OWASP, CSV injection); they get an apostrophe."""


def to_csv(rows: Iterable[Sequence[str]], *, first: bool = True) -> bytes:
    """Return the rows as bytes of a CSV file, or of a further piece of one."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
    writer.writerows([f"'{cell}" if cell[:1] in _LEADS else cell for cell in row] for row in rows)
    return sink.getvalue().encode("utf-8-sig" if first else "utf-8")
