"""The whole stock under the rules there are and under those with one version more, in one stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from eakte.actions.verdicts import Following, Ground
from eakte.store.retention_rows import Span, streams
from retention.decision import Decision, decide
from retention.model import Place, Rule
from retention.rules import Rulebook, in_scope, unit_code


class Comparison:
    """Both sets of rules, asked for one place after another.

    Where no version of the changed rule, old or new, fits the place, the same rules count before and after, whatever
    day a case file was closed: such case files need no decision at all.
    """

    _MOST = 50_000
    """Places kept; memory must not grow with the stock."""

    def __init__(self, session: Session, day: date, added: Rule) -> None:
        self._before, self._after = Ground(session, day), Ground(session, day, added)
        self._code = unit_code(added)
        self._kept: dict[tuple[UUID, UUID, str], tuple[Rulebook, Rulebook, Place] | None] = {}
        self._versions: dict[int, list[Rule]] = {}

    def at(self, key: tuple[UUID, UUID, str]) -> tuple[Rulebook, Rulebook, Place] | None:
        """Return the rules before and after where they may differ: file plan unit, lead unit and type of case file."""
        if key not in self._kept:
            if len(self._kept) >= self._MOST:
                self._kept.clear()
            self._kept[key] = self._found(key)
        return self._kept[key]

    def _found(self, key: tuple[UUID, UUID, str]) -> tuple[Rulebook, Rulebook, Place] | None:
        after, place = self._after.at(*key)
        touched = any(in_scope(rule, place) for rule in self._of_rule(after))
        return (self._before.at(*key)[0], after, place) if touched else None

    def _of_rule(self, book: Rulebook) -> list[Rule]:
        """Return the versions of the changed rule in a book; books are kept as long as this."""
        if id(book) not in self._versions:
            self._versions[id(book)] = [rule for rule in book.rules if unit_code(rule) == self._code]
        return self._versions[id(book)]


def compared(
    session: Session, day: date, added: Rule, part: Span | None = None
) -> Iterator[tuple[Row[*tuple[Any, ...]], Decision, Decision]]:
    """Yield the rows of case files whose place the change touches, with the decision before and after.

    In the order of their ids, of the whole stock or a piece of it; memory stays flat.
    """
    both, rows = Comparison(session, day, added), streams(session, day, part)
    holds, events = Following(rows.holds), Following(rows.events)
    for row in rows.files:
        file_id, plan_unit_id, org_unit_id, file_type, closed_on, *_ = row
        found = both.at((plan_unit_id, org_unit_id, file_type))
        if found is None:
            continue
        before, after, place = found
        held, happened = bool(holds.of(file_id)), events.of(file_id)
        days = {trigger: moment for _, trigger, moment in happened} if happened else {}
        rulings = before.ruling(place, closed_on), after.ruling(place, closed_on)
        first, then = (decide(closed_on, days, ruling, day, on_hold=held) for ruling in rulings)
        yield row, first, then
    # Of the files whose place is not touched nobody asked for holds and events.
    holds.finish()
    events.finish()
