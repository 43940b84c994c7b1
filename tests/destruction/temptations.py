"""What must never be let through is tried at once, by every way, in every example: chance would try it in few."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from tests.destruction.forging import MADE_DUE, Forger
from tests.destruction.leaving import Leaving
from tests.destruction.machine import NEVER, NUMBER
from tests.destruction.oracle import NAMES, REVIEWED, File
from tests.destruction.paths import AllDestructions
from tests.destruction.world import COOLING_OFF, MANAGERS, WAYS

FIRST, SECOND = MANAGERS
BETWEEN = ("hold", "order", "reject", "take out", "event", "restrict")


class Tempted(AllDestructions):
    """The same people, who first try everything that is forbidden."""

    def __init__(self) -> None:
        super().__init__()
        self.leaving, self.forger = Leaving(self.world), Forger(self.world)
        self.forged: list[File] = []
        """Case files over which rows were changed behind the back of the application: they stay for ever."""

    @initialize(
        ways=st.tuples(st.sampled_from(WAYS), st.sampled_from(WAYS)),
        between=st.sampled_from(BETWEEN),
        number=NUMBER,
        forgery=st.sampled_from(sorted(MADE_DUE)),
    )
    def begin(self, ways: tuple[str, str], between: str, number: int, forgery: str) -> None:
        """Start with files that are due, one that the archive has to be asked about, one that waits for an event."""
        for place in range(5):
            self.open_file(place)
        self.try_to_leave(*self.files[:2])
        for place in range(5):
            self.close_file(place)
        self.try_before_it_is_due(ways[0])
        self.time_passes(timedelta(days=4000))
        for way in WAYS:
            self._propose(self.files[2], way, FIRST)  # the archive was not asked
        self.try_until_the_last_day(self.files[0], ways)
        self.try_other_days(self.files[3], ways[0])
        self.carry_run_through(number, ways, MANAGERS, between, "", 0, timedelta(days=COOLING_OFF))
        self.try_to_forge(forgery, ways)

    def try_to_leave(self, file: File, other: File) -> None:
        """What is held, or what an order reaches that has not looked yet, leaves its case file by no way."""
        self.place_order(file.person, by_search=False)
        self._stays(file, other, "the order")
        self.lift_order(0)
        self.place_hold(self.living.index(file))
        self._stays(file, other, "the hold")
        assert not self.world.by_hand("UPDATE document SET case_id = NULL"), "sent back to the inbox by hand"
        self.lift_hold(0)

    def _stays(self, file: File, other: File, why: str) -> None:
        for way, done in self.leaving.ways(file, other):
            assert not done, f"{way} in spite of {why}"

    def try_before_it_is_due(self, way: str) -> None:
        """After a new version of the plan, which shortens the period of later files, nothing is due yet."""
        for statement in NEVER:
            assert not self.world.by_hand(statement), statement
        self.imports.load_plan()
        self.has_new_plan = True
        self.time_passes(timedelta(days=700))
        self._propose(self.files[1], way, FIRST)
        for each in WAYS:
            self._propose(self.files[0], each, FIRST)

    def try_until_the_last_day(self, file: File, ways: tuple[str, str]) -> None:
        """One person alone, the worker before its time, and whatever may hold on the last day."""
        self._propose(file, ways[0], FIRST)
        for way in WAYS:
            self._approve(file, way, FIRST)
        self._approve(file, ways[1], SECOND)
        self.time_passes(timedelta(days=COOLING_OFF - 1))
        self.work()
        self.time_passes(timedelta(days=1))
        for by_search in (False, True):
            self.place_order(file.person, by_search=by_search)
            self.work()
            self.lift_order(0)
        self.restrict(self.living.index(file))
        self.work()
        self.end_restriction(0)
        self.place_hold(self.living.index(file))
        self.work()
        assert not self.world.by_hand("DELETE FROM disposal_hold"), "a hold was deleted"
        self.lift_hold(0)
        self.work()
        assert file.gone

    def try_other_days(self, file: File, way: str) -> None:
        """Correct the day of an event to today, which makes the file wait, and back."""
        first = file.closed_on or self.today
        self.demolished(file, first)
        for day in (self.today, first):
            assert self.imports.correct_event(file.file_id, day)
            file.demolished_on = day
            if day != first:
                self._propose(file, way, FIRST)
                self.demolished(file, first)

    def try_to_forge(self, what: str, ways: tuple[str, str]) -> None:
        """Write by hand that a second person approved, that a hold was lifted, and what makes another file seem due."""
        plan = MADE_DUE[what][0]
        file, other = self._opened("52.01"), self._opened(plan)
        self.time_passes(timedelta(days=4100))
        self._propose(file, ways[0], FIRST)
        self.forger.second_person(file.file_id)
        self.work()
        self.what_was_forged_stays()
        self.reject_one(file, ways[0], SECOND)
        self._decided(file, ways)
        assert self.world.hold(file.file_id)
        self.forger.lifted_hold(file.file_id)
        if what == "day":
            assert self.world.reopen(other.file_id)
            assert self.world.close_file(other.file_id)
        self.forger.made_due(what, other.file_id)
        self._decided(other, ways)
        self.time_passes(timedelta(days=COOLING_OFF))
        self.work()
        self.world.given_up = {file.file_id for file in self.forged}

    def _opened(self, plan: str) -> File:
        """Open and close a case file that the others do not know of; no order reaches it."""
        person = next(name for name in NAMES if name not in self.orders.values())
        file = File(*self.world.open_file(plan, "63.1" if plan == REVIEWED else "63.2", person), plan, person)
        assert self.world.close_file(file.file_id)
        file.closed_on, file.tampered = self.today, True
        self.forged.append(file)
        return file

    def _decided(self, file: File, ways: tuple[str, str]) -> None:
        self._propose(file, ways[0], FIRST)
        self._approve(file, ways[1], SECOND)
        assert file.process is not None
        assert file.process.approved_by, "the forgery was seen too early to try the database"

    @invariant()
    def what_was_forged_stays(self) -> None:
        for file in self.forged:
            assert self.world.is_whole(file.file_id, file.original), f"destroyed by a forgery: {file.reference}"
