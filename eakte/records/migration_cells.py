"""Cells of a manifest become entries: columns guessed by their heads, every unreadable cell named."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from eakte.records.migration import Entry, Fault
from eakte.records.reference import LONGEST

FIELDS: Mapping[str, str] = {
    "box": "Karton",
    "binder": "Ordner",
    "reference": "Aktenzeichen (alt)",
    "title": "Titel",
    "begin": "Datum oder Laufzeit",
    "end": "Ende der Laufzeit",
    "pages": "Seitenzahl",
    "path": "Datei oder Ordner der Scans",
    "plan": "Aktenplaneinheit",
    "document_type": "Dokumenttyp",
}
NEEDED = ("title", "path")
_HEADS: Mapping[str, tuple[str, ...]] = {
    "box": ("karton", "kiste", "box", "behälter"),
    "binder": ("ordner", "binder", "mappe", "band"),
    "reference": ("aktenzeichen", "altes aktenzeichen", "az", "az alt", "aktenzeichen alt", "reference"),
    "title": ("titel", "betreff", "aktentitel", "bezeichnung", "title", "subject"),
    "begin": ("datum", "laufzeit", "von", "beginn", "datum von", "laufzeit von", "date", "dates"),
    "end": ("bis", "ende", "datum bis", "laufzeit bis"),
    "pages": ("seiten", "seitenzahl", "blatt", "blattzahl", "page count", "pages"),
    "path": ("datei", "dateiname", "scan", "pfad", "file", "file name", "folder", "verzeichnis", "scanordner"),
    "plan": ("aktenplan", "aktenplaneinheit", "aktenplankennzeichen", "betreffseinheit", "file plan"),
    "document_type": ("dokumenttyp", "typ", "art", "document type"),
}
_LIMITS = {"box": 80, "binder": 80, "reference": min(80, LONGEST), "title": 500, "path": 500, "plan": 40}
_LIMITS |= {"document_type": 80}

Columns = Mapping[str, int]
"""Column of each field, from 0; fields that are missing have none."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the run says where a line does not."""

    plan: str
    document_type: str


def guess(heads: Sequence[str]) -> dict[str, int]:
    """Return which column is which field, as far as the heads tell; the first that fits, none twice."""
    plain = [re.sub(r"[^a-zäöüß ]+", " ", head.casefold()).strip() for head in heads]
    plain = [re.sub(r" +", " ", head) for head in plain]
    found: dict[str, int] = {}
    for field, names in _HEADS.items():
        places = [plain.index(name) for name in names if name in plain]
        if free := [place for place in places if place not in found.values()]:
            found[field] = free[0]
    return found


def columns_by_name(named: Mapping[str, str], heads: Sequence[str]) -> dict[str, int]:
    """Return a profile's columns (head by field) in a table with these heads; heads that are missing are left out."""
    return {field: heads.index(head) for field, head in named.items() if field in FIELDS and head in heads}


def names_of(columns: Columns, heads: Sequence[str]) -> dict[str, str]:
    """Return columns as a profile keeps them, by the names of their heads."""
    return {field: heads[place] for field, place in columns.items() if 0 <= place < len(heads)}


def read_line(
    number: int, cells: Sequence[str], columns: Columns, corrected: Mapping[str, str], defaults: Defaults
) -> tuple[Entry, tuple[Fault, ...]]:
    """Return what a line says and what in it cannot be read; corrections of people go before its cells."""
    texts = {field: _text(field, cells, columns, corrected) for field in FIELDS}
    faults = list(_missing(texts))
    begin, end = _period(texts, faults)
    entry = Entry(
        number=number,
        box=texts["box"],
        binder=texts["binder"],
        reference=texts["reference"],
        title=texts["title"],
        begin=begin,
        end=end,
        pages=_pages(texts["pages"], faults),
        path=texts["path"].replace("\\", "/").strip("/"),
        plan=texts["plan"] or defaults.plan,
        document_type=texts["document_type"] or defaults.document_type,
    )
    return entry, tuple(faults)


def _text(field: str, cells: Sequence[str], columns: Columns, corrected: Mapping[str, str]) -> str:
    place = columns.get(field, -1)
    written = corrected.get(field) or (cells[place] if 0 <= place < len(cells) else "")
    return " ".join(written.split())


def _missing(texts: Mapping[str, str]) -> Iterator[Fault]:
    if not texts["title"]:
        yield Fault("missing-title", "Der Titel fehlt.")
    if not texts["path"]:
        yield Fault("missing-path", "Die Datei oder der Ordner der Scans ist nicht genannt.")
    for field, most in _LIMITS.items():
        if len(texts[field]) > most:
            yield Fault("too-long", f"{FIELDS[field]}: höchstens {most} Zeichen.")


def _pages(written: str, faults: list[Fault]) -> int | None:
    if not written:
        return None
    if re.fullmatch(r"[0-9]{1,6}", written):
        return int(written)
    faults.append(Fault("unreadable-pages", f"Die Seitenzahl „{written}“ ist keine Zahl."))
    return None


def _period(texts: Mapping[str, str], faults: list[Fault]) -> tuple[date | None, date | None]:
    first, last = _span(texts["begin"], faults), _span(texts["end"], faults)
    # A single day in the column of dates is that of a letter: it says nothing of when the file came to its end.
    begin, end = first[0], last[1] or (first[1] if first[0] != first[1] else None)
    if begin and end and begin > end:
        faults.append(Fault("unreadable-date", f"Die Laufzeit endet ({end:%d.%m.%Y}), bevor sie beginnt."))
        return None, None
    return begin, end


def _span(written: str, faults: list[Fault]) -> tuple[date | None, date | None]:
    """Return first and last day of what is written: a day, a month, a year, or two of these with a dash."""
    if not written:
        return None, None
    ends = [whole] if (whole := days(written)) else [days(part) for part in re.split(r"\s*(?:–|-|bis)\s*", written)]
    if len(ends) in {1, 2} and all(ends):
        known = [end for end in ends if end]
        return known[0][0], known[-1][1]
    faults.append(Fault("unreadable-date", f"Das Datum „{written}“ ist nicht lesbar."))
    return None, None


def days(written: str) -> tuple[date, date] | None:
    """Return the first and the last day of a written day, month or year; ``None`` if it is none."""
    try:
        if match := re.fullmatch(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})", written):
            day = date(int(match[3]), int(match[2]), int(match[1]))
            return day, day
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
            day = date.fromisoformat(written)
            return day, day
        if match := re.fullmatch(r"([0-9]{1,2})[/.]([0-9]{4})", written):
            year, month = int(match[2]), int(match[1])
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        if re.fullmatch(r"[12][0-9]{3}", written):
            return date(int(written), 1, 1), date(int(written), 12, 31)
    except ValueError:  # the calendar has no such day
        return None
    return None


def against_each_other(entries: Iterable[Entry]) -> dict[int, list[Fault]]:
    """Return what is wrong between lines, by number: a reference with two titles, scans named twice."""
    found: dict[int, list[Fault]] = defaultdict(list)
    entries = list(entries)
    titles: dict[str, dict[str, int]] = defaultdict(dict)
    for entry in entries:
        if entry.reference:
            titles[entry.reference].setdefault(entry.title.casefold(), entry.number)
    for entry in entries:
        first = next(iter(titles[entry.reference].values())) if entry.reference else entry.number
        if entry.reference and len(titles[entry.reference]) > 1:
            where = f"auch in Zeile {first}" if first != entry.number else "auch in einer späteren Zeile"
            text = f"Das Aktenzeichen {entry.reference} steht {where}, dort mit anderem Titel."
            found[entry.number].append(Fault("duplicate-reference", text))
    _overlapping(entries, found)
    return found


def _overlapping(entries: Collection[Entry], found: dict[int, list[Fault]]) -> None:
    named = Counter(entry.path for entry in entries if entry.path)
    parts = {path: path.split("/") for path in named}
    inside = {
        path for path, names in parts.items() if any("/".join(names[:end]) in named for end in range(1, len(names)))
    }
    for entry in entries:
        if named[entry.path] > 1 or entry.path in inside:
            text = f"Die Scans „{entry.path}“ nennt auch eine andere Zeile."
            found[entry.number].append(Fault("duplicate-file", text))
