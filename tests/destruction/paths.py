"""Events, new versions of the file plan from a table, and migrations that are taken back, between everything else."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.destruction.imports import Imports
from tests.destruction.machine import NUMBER, pick
from tests.destruction.oracle import NAMES, ON_EVENT, SHORTER, File
from tests.destruction.runs import RunDestructions

DAYS_AGO = st.sampled_from([0, 30, 1500, 4000])


class AllDestructions(RunDestructions):
    """The same people, who also record events, bring in plans and old binders, and take binders back."""

    def __init__(self) -> None:
        super().__init__()
        self.imports = Imports(self.world)

    # --- events -------------------------------------------------------------------------------------------------

    @precondition(lambda self: any(file.plan == ON_EVENT for file in self.living))
    @rule(number=NUMBER, days=DAYS_AGO)
    def record_event(self, number: int, days: int) -> None:
        file = pick([file for file in self.living if file.plan == ON_EVENT], number)
        self.demolished(file, self.today - timedelta(days=days))

    def demolished(self, file: File, day: date) -> None:
        if self.imports.tell_event(file.file_id, day):
            assert file.demolished_on in {None, day} or file.tampered, "a recorded day was written over"
            file.demolished_on = day

    @precondition(lambda self: any(file.demolished_on for file in self.living))
    @rule(number=NUMBER, days=DAYS_AGO, withdrawn=st.booleans())
    def correct_event(self, number: int, days: int, *, withdrawn: bool) -> None:
        """Another day counts, or none: what was due is so no more, also when two people have approved it."""
        file = pick([file for file in self.living if file.demolished_on], number)
        day = None if withdrawn else self.today - timedelta(days=days)
        if self.imports.correct_event(file.file_id, day):
            file.demolished_on = day

    def befall(self, file: File, what: str, statement: str, way: str, login: str) -> None:
        told = [one for one in self.living if one.demolished_on]
        if what == "restrict":
            self.restrict(self.living.index(file))
        elif what == "event" and told:
            self.correct_event(told.index(file) if file in told else 0, 0, withdrawn=False)
        else:
            super().befall(file, what, statement, way, login)

    # --- restrictions of processing ------------------------------------------------------------------------------

    def is_held(self, file: File) -> bool:
        return super().is_held(file) or file.restriction is not None

    @precondition(lambda self: self.living)
    @rule(number=NUMBER)
    def restrict(self, number: int) -> None:
        file = pick(self.living, number)
        if (restriction_id := self.world.restrict(file.file_id)) is not None:
            file.restriction = restriction_id
            self.leave_runs(file)

    @precondition(lambda self: any(file.restriction for file in self.living))
    @rule(number=NUMBER)
    def end_restriction(self, number: int) -> None:
        file = pick([file for file in self.living if file.restriction], number)
        if file.restriction is not None and self.world.end_restriction(file.restriction):
            file.restriction = None

    # --- imports ------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.files) < 9 and not self.imports.migrated)
    @rule(name=st.sampled_from(NAMES), held=st.sampled_from(["", "hold", "order", "close"]))
    def migrate_and_take_back(self, name: str, held: str) -> None:
        """A binder comes in by a migration, which is taken back: what is held stays, what is not leaves no hole."""
        run_id, found = self.imports.migrate(name)
        file = File(*found, SHORTER if self.has_new_plan else "52.01", name)
        self.files.append(file)
        number = self.living.index(file)
        if held == "close":
            self.close_file(number)
        else:
            self.befall(file, held, "", "action", "weber")
        self.imports.take_back(run_id)
        if self.is_held(file) or self.is_ordered(file) or file.closed_on:
            if file.closed_on is None and self.is_ordered(file):
                file.caught |= {order_id for order_id, told in self.orders.items() if told == name}
            assert self.world.is_whole(file.file_id, file.original), f"taken back: {file.reference}"
        elif not file.tampered:
            assert self.imports.is_kept(file.original), "the bytes went with the migration"
            self.files.remove(file)
