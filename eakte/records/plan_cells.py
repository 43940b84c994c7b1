"""Rows of a file plan in cells of a table: read and written, so that what was written is read back the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from eakte.records.calendar import german
from eakte.records.file_plan import LEVEL_LABELS, PlanLevel
from eakte.records.plan_rows import Known, PlanRow, Problem, check, in_order, with_levels

COLUMNS: Mapping[str, str] = {
    "code": "Kennzeichen",
    "title": "Bezeichnung",
    "level": "Ebene",
    "parent": "Übergeordnet",
    "rule_code": "Regel",
    "lead_unit": "Federführung",
    "reference_pattern": "Muster der Aktenzeichen",
    "default_restricted": "Nur zuständige Einheit",
    "default_shares": "Freigaben",
    "retired": "Stillgelegt",
    "retired_on": "Stillgelegt am",
    "retired_because": "Stillgelegt weil",
}
"""Columns by field; a table may use either name, in any case and order."""
NEEDED = ("code", "title")
NOBODY = "keine"
"""The cell that says: shared with nobody, whatever the unit above says."""
_LONGEST = {"code": 40, "title": 300, "rule_code": 40, "reference_pattern": 80, "retired_because": 1000}
_CODE = re.compile(r"[^\W_](?:[\w.\-/ ]*[^\W_])?")
_FLAGS = {"": None, "ja": True, "nein": False}


@dataclass(frozen=True, slots=True)
class Cells:
    """The texts of one line by field; without ``parent`` the code says where the unit belongs."""

    line: int
    texts: Mapping[str, str]


def read_rows(lines: Sequence[Cells], known: Known) -> tuple[tuple[PlanRow, ...], tuple[Problem, ...]]:
    """Return the rows of a table, upper units first, and all that is wrong with it: rows count only if nothing is."""
    entries = [_Entry(cells) for cells in lines]
    rows = [entry.row() for entry in entries]
    problems = [problem for entry in entries for problem in entry.problems]
    if not rows:
        problems.append(Problem(0, "Die Tabelle enthält keine Einheit."))
    if any("parent" not in cells.texts for cells in lines):
        codes = {row.code for row in rows}
        rows = [replace(row, parent=parent_by_code(row.code, codes)) for row in rows]
    problems += check(rows, known)
    return with_levels(in_order(rows)), tuple(sorted(problems, key=lambda problem: problem.line))


def parent_by_code(code: str, codes: Collection[str]) -> str | None:
    """Return the code of the unit above as decimal plans write it: ``52.01`` for ``52.01.01``, ``5`` for ``52``.

    A part that is missing among *codes* is named all the same, so that it is missed.
    """
    head = re.match(r"(.+)[^\w]+\w+$", code)
    if head:
        return head[1]
    shorter = (code[:length] for length in range(len(code) - 1, 0, -1))
    return next((each for each in shorter if each in codes), None)


class _Entry:
    """One line on its way to a row; every problem is kept, not only the first."""

    def __init__(self, cells: Cells) -> None:
        self.line, self.texts, self.problems = cells.line, cells.texts, list[Problem]()

    def row(self) -> PlanRow:
        """Return the row, in parts as good as it goes, with ``problems`` filled."""
        code = self._code("code")
        title = self._text("title")
        for name, text in (("code", code), ("title", title)):
            if not text:
                self._problem(f"{COLUMNS[name]} fehlt.")
        row = PlanRow(
            code=code,
            title=title,
            level=self._level(),
            parent=self._code("parent") or None,
            rule_code=self._text("rule_code"),
            lead_unit=self._text("lead_unit"),
            reference_pattern=self._text("reference_pattern"),
            default_restricted=self._flag("default_restricted"),
            default_shares=self._shares(),
            retired=bool(self._flag("retired")),
            retired_on=self._day("retired_on"),
            retired_because=self._text("retired_because"),
            line=self.line,
        )
        if not row.retired and (row.retired_on or row.retired_because):
            self._problem("Tag oder Grund der Stilllegung sind angegeben, aber „Stillgelegt“ ist nicht „ja“.")
        return row

    def _problem(self, text: str) -> None:
        self.problems.append(Problem(self.line, text))

    def _text(self, name: str) -> str:
        text = " ".join(self.texts.get(name, "").split())
        if not text.isprintable():
            self._problem(f"{COLUMNS[name]} enthält ein Steuerzeichen.")
        if len(text) > _LONGEST.get(name, 300):
            self._problem(f"{COLUMNS[name]} ist länger als {_LONGEST.get(name, 300)} Zeichen.")
        return text

    def _code(self, name: str) -> str:
        text = self._text(name)
        if text and not _CODE.fullmatch(text):
            self._problem(
                f"{COLUMNS[name]} „{text}“: Erlaubt sind Buchstaben und Ziffern, dazwischen . - / und Leerzeichen."
            )
        return text

    def _level(self) -> PlanLevel | None:
        text = self._text("level")
        wanted = text.casefold()
        found = (each for each, label in LEVEL_LABELS.items() if wanted in {each.value, label.casefold()})
        level = next(found, None)
        if text and level is None:
            self._problem(f"Die Ebene „{text}“ ist unbekannt (möglich: {', '.join(LEVEL_LABELS.values())}).")
        return level

    def _flag(self, name: str) -> bool | None:
        text = self._text(name)
        if text.casefold() not in _FLAGS:
            self._problem(f"{COLUMNS[name]}: „{text}“ ist weder ja noch nein.")
        return _FLAGS.get(text.casefold())

    def _shares(self) -> tuple[str, ...] | None:
        text = self._text("default_shares")
        if not text:
            return None
        return () if text.casefold() == NOBODY else tuple(sorted(set(re.split(r"[,;\s]+", text)) - {""}))

    def _day(self, name: str) -> date | None:
        text = self._text(name)
        for form in ("%d.%m.%Y", "%Y-%m-%d"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        if text:
            self._problem(f"{COLUMNS[name]}: „{text}“ ist kein Datum (TT.MM.JJJJ).")
        return None


def texts_of(row: PlanRow) -> dict[str, str]:
    """Return the cells that are read back as this row."""
    flags = {True: "ja", False: "nein", None: ""}
    shares = row.default_shares
    return {
        "code": row.code,
        "title": row.title,
        "level": LEVEL_LABELS[row.level] if row.level else "",
        "parent": row.parent or "",
        "rule_code": row.rule_code,
        "lead_unit": row.lead_unit,
        "reference_pattern": row.reference_pattern,
        "default_restricted": flags[row.default_restricted],
        "default_shares": "" if shares is None else ", ".join(shares) or NOBODY,
        "retired": "ja" if row.retired else "",
        "retired_on": german(row.retired_on) if row.retired_on else "",
        "retired_because": row.retired_because,
    }
