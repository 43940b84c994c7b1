"""Destruction by every way in random order, against plain sets: who approved what, what is held, what is due."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eakte.actions import organisation
from eakte.records.access import SYSTEM
from retention.model import DisposalAction
from tests import town
from tests.destruction import oracle
from tests.destruction.oracle import NAMES, ON_EVENT, REVIEWED, SHORTER, File, Process, Run
from tests.destruction.world import COOLING_OFF, MANAGERS, WAYS, DisposalWorld

NUMBER = st.integers(0, 2**16)
PLACES = (("52.01", "63.2"), ("52.01", "63.2"), (REVIEWED, "63.1"), (ON_EVENT, "63.2"))
"""Two of four case files are destroyed by an approved rule, one waits for the archive, one for a demolition."""
WAITS = st.sampled_from([timedelta(days=1), timedelta(days=COOLING_OFF), timedelta(days=400), timedelta(days=1500)])
One = TypeVar("One")

NEVER = (
    "DELETE FROM document",
    "DELETE FROM document_version",
    "DELETE FROM business_case",
    "DELETE FROM incoming_item",
    "DELETE FROM page",
    "DELETE FROM retention_rule",
    "UPDATE retention_rule SET months = 1",
)
BY_HAND = (
    *NEVER,
    "DELETE FROM disposal_hold",
    "DELETE FROM disposal_hold WHERE case_file_id = :file",
    "UPDATE disposal_hold SET lifted_on = :day",
    "UPDATE disposal_hold SET lifted_on = :day, lifted_by = 'A', lift_reason = 'B' WHERE case_file_id = :file",
    "UPDATE disposal_hold SET placed_on = :late",
    "UPDATE case_file SET state = 'destroyed' WHERE id = :file",
    "UPDATE case_file SET state = 'evaluated_destroy' WHERE id = :file",
    "UPDATE case_file SET state = 'offered' WHERE id = :file",
    "UPDATE case_file SET closed_on = :early WHERE id = :file",
    "UPDATE case_file SET state = 'closed', closed_on = :early WHERE id = :file",
    (
        "UPDATE disposal SET state = 'approved', decided_by_id = :who, decided_by = 'B', decided_at = proposed_at, "
        "not_before = :early WHERE case_file_id = :file AND state = 'proposed'"
    ),
    "UPDATE disposal SET state = 'executing', decided_by_id = :who, not_before = :early WHERE case_file_id = :file",
    "UPDATE disposal SET state = 'executing'",
    "UPDATE disposal SET not_before = :early",
    "UPDATE disposal SET case_file_id = :file",
    (
        "INSERT INTO disposal (id, case_file_id, state, reason, proposed_by_id, proposed_by, proposed_at, "
        "decided_by_id, decided_by, decided_at, not_before, explanation) SELECT :new, :file, 'approved', 'x', p.id, "
        "'A', :now, :who, 'B', :now, :early, '[]' FROM person p WHERE p.login = 'weber'"
    ),
    (
        "INSERT INTO retention_event (id, case_file_id, trigger, happened_on, recorded_by, recorded_at, evidence) "
        "VALUES (:new, :file, 'CASE_CLOSED', :early, 'A', :now, '')"
    ),
    "UPDATE retention_event SET happened_on = :early WHERE case_file_id = :file",
    "DELETE FROM hold_order",
    "UPDATE hold_order SET criteria = '{}'",
    "UPDATE hold_order SET scope = 'files'",
    "UPDATE hold_order SET lifted_at = :now, lifted_by = 'A', lift_reason = 'B'",
    "UPDATE verdict SET outcome = 'destroy', retention_end = :early",
)  # fmt: skip
"""What somebody with the password of the application's own database user may try."""


def pick(of: list[One], number: int) -> One:
    return of[number % len(of)]


class Destructions(RuleBasedStateMachine):
    """People propose, approve, hold and wait; machines try; nothing goes but what may."""

    steps = 0
    destroyed = 0
    """Over all examples."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="eakte-destruction-"))
        self.world = type(self).make(self.folder)
        self.files: list[File] = []
        self.months = {date(2000, 1, 1): 36}
        self.orders: dict[UUID, str] = {}
        """Orders in force over everything that tells of a name."""
        self.runs: list[Run] = []
        self.has_new_plan = False

    @classmethod
    def make(cls, folder: Path) -> DisposalWorld:
        """Return a world of its own for one example."""
        raise NotImplementedError

    def teardown(self) -> None:
        self.world.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def today(self) -> date:
        return self.world.town.now.date()

    @property
    def living(self) -> list[File]:
        return [file for file in self.files if not file.gone]

    def is_over(self, file: File) -> bool:
        return oracle.is_over(file, self.months, self.today)

    def is_due(self, file: File) -> bool:
        return oracle.is_due(file, self.months, self.today)

    def is_held(self, file: File) -> bool:
        """Tell whether a hold is written down at the file."""
        return bool(file.holds or file.caught)

    def is_ordered(self, file: File) -> bool:
        """Tell whether an order holds it, written down at the file or not."""
        return file.person in self.orders.values()

    def may_go(self, file: File) -> bool:
        process = file.process
        return (
            self.is_due(file)
            and not self.is_held(file)
            and not self.is_ordered(file)
            and process is not None
            and bool(process.approved_by)
            and process.approved_by != process.proposed_by
            and process.not_before <= self.today
        )

    # --- what happens -------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.files) < 9)
    @rule(place=NUMBER)
    def open_file(self, place: int) -> None:
        (plan, unit), person = PLACES[place % len(PLACES)], pick(list(NAMES), place // 2)
        found = self.world.open_file(plan, unit, person)
        self.files.append(File(*found, SHORTER if plan == "52.01" and self.has_new_plan else plan, person))

    @precondition(lambda self: self.living)
    @rule(number=NUMBER)
    def close_file(self, number: int) -> None:
        file = pick(self.living, number)
        if self.world.close_file(file.file_id):
            file.closed_on = self.today

    @precondition(lambda self: self.living)
    @rule(number=NUMBER)
    def reopen(self, number: int) -> None:
        file = pick(self.living, number)
        if self.world.reopen(file.file_id):
            file.closed_on = file.process = None

    @precondition(lambda self: self.living)
    @rule(number=NUMBER)
    def place_hold(self, number: int) -> None:
        file = pick(self.living, number)
        if (hold_id := self.world.hold(file.file_id)) is not None:
            file.holds.add(hold_id)
            self.leave_runs(file)

    def leave_runs(self, file: File) -> None:
        """A hold takes a case file out of the run it is in, at once."""
        for run in self.runs:
            run.leave(file)

    @precondition(lambda self: any(file.holds for file in self.living))
    @rule(number=NUMBER)
    def lift_hold(self, number: int) -> None:
        file = pick([file for file in self.living if file.holds], number)
        hold_id = min(file.holds)
        if self.world.lift(hold_id):
            file.holds.discard(hold_id)

    @rule(name=st.sampled_from(NAMES), by_search=st.booleans())
    def place_order(self, name: str, *, by_search: bool) -> None:
        """Order that everything that tells of a name is kept; the round that would look for it does not run."""
        if name not in self.orders.values() and len(self.orders) < 2:
            self.orders[self.world.order(name, by_search=by_search)] = name

    @precondition(lambda self: self.orders)
    @rule(number=NUMBER)
    def lift_order(self, number: int) -> None:
        order_id = pick(sorted(self.orders), number)
        if self.world.lift_order(order_id):
            del self.orders[order_id]
            for file in self.files:
                file.caught.discard(order_id)

    @rule(wait=WAITS)
    def time_passes(self, wait: timedelta) -> None:
        self.world.town.now += wait

    @rule(years=st.sampled_from([1, 3, 15]))
    def supersede_rule(self, years: int) -> None:
        """From today another version of the rule counts."""
        if self.today in self.months or len(self.months) > 3:
            return
        made = town.rule("R-V", months=12 * years, action=DisposalAction.DESTROY)
        made = replace(made, rule_id=f"R-V/{len(self.months) + 1}", valid_from=self.today)
        with self.world.services.database.begin() as session:
            organisation.add_rules(session, SYSTEM, [made], self.world.town.now)
        self.months[self.today] = 12 * years

    @precondition(lambda self: self.living)
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def propose(self, number: int, way: str, login: str) -> None:
        self._propose(pick(self.living, number), way, login)

    def _propose(self, file: File, way: str, login: str) -> None:
        done = self.world.propose(way, login, file.file_id, file.reference)
        if done:
            assert self.is_due(file) or file.tampered, "what is not due was proposed"
            assert not self.is_held(file)
            file.process = Process(login)
        elif not file.tampered:
            assert file.process is not None or self.is_held(file) or not self.is_due(file), f"refused by {way}"

    @precondition(lambda self: any(file.process for file in self.living))
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def approve(self, number: int, way: str, login: str) -> None:
        self._approve(pick([file for file in self.living if file.process], number), way, login)

    def _approve(self, file: File, way: str, login: str) -> None:
        process, disposal_id = file.process, self.world.open_disposal(file.file_id)
        if process is None or disposal_id is None:
            return
        if self.world.decide(way, login, disposal_id, file.reference, approve=True):
            assert process.proposed_by != login or file.tampered, "one person did both"
            assert not self.is_held(file)
            process.approved_by, process.not_before = login, self.today + timedelta(days=COOLING_OFF)

    @precondition(lambda self: any(file.process for file in self.living))
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def reject(self, number: int, way: str, login: str) -> None:
        self.reject_one(pick([file for file in self.living if file.process], number), way, login)

    def reject_one(self, file: File, way: str, login: str) -> None:
        disposal_id = self.world.open_disposal(file.file_id)
        if disposal_id is not None and self.world.decide(way, login, disposal_id, file.reference, approve=False):
            file.process = None

    @precondition(lambda self: self.living)
    @rule(number=NUMBER, statement=st.sampled_from(BY_HAND))
    def by_hand(self, number: int, statement: str) -> None:
        """Somebody changes rows behind the back of the application."""
        file, town_ = pick(self.living, number), self.world.town
        given = {
            "file": file.file_id, "new": uuid4(), "who": town_.actor("lang").person_id, "now": town_.now,
            "day": self.today, "late": self.today + timedelta(days=900), "early": date(2001, 1, 1),
        }  # fmt: skip
        if self.world.by_hand(statement, **{name: value for name, value in given.items() if f":{name}" in statement}):
            for each in self.living:
                each.tampered = True

    @precondition(lambda self: self.living)
    @rule(
        number=NUMBER,
        ways=st.tuples(st.sampled_from(WAYS), st.sampled_from(WAYS)),
        people=st.sampled_from([MANAGERS, MANAGERS[::-1], MANAGERS, ("weber", "weber")]),
        between=st.sampled_from(["", "", "", "hold", "order", "by hand", "rule", "reject", "reopen", "restrict"]),
        statement=st.sampled_from(BY_HAND),
        wait=st.sampled_from([timedelta(days=COOLING_OFF), timedelta(days=COOLING_OFF - 1)]),
    )
    def carry_through(
        self,
        number: int,
        ways: tuple[str, str],
        people: tuple[str, str],
        between: str,
        statement: str,
        wait: timedelta,
    ) -> None:
        """The usual order of things, with something in between."""
        ready = [file for file in self.living if self.is_due(file) and not self.is_held(file)]
        file = pick(ready or self.living, number)
        self._propose(file, ways[0], people[0])
        self._approve(file, ways[0], people[0])
        self._approve(file, ways[1], people[1])
        self.befall(file, between, statement, ways[0], people[0])
        self.time_passes(wait)
        self.work()

    def befall(self, file: File, what: str, statement: str, way: str, login: str) -> None:
        """Let something happen to a case file; an empty text: nothing does."""
        number = self.living.index(file)
        happens: dict[str, Callable[[], object]] = {
            "hold": lambda: self.place_hold(number),
            "order": lambda: self.place_order(file.person, by_search=bool(number % 2)),
            "reopen": lambda: self.reopen(number),
            "by hand": lambda: self.by_hand(number, statement),
            "rule": lambda: self.supersede_rule(15),
            "reject": lambda: self.reject_one(file, way, login),
        }
        if what in happens:
            happens[what]()

    @precondition(lambda self: self.living)
    @rule(number=NUMBER)
    def load_forged_bundle(self, number: int) -> None:
        assert not self.world.load_forged(pick(self.living, number).file_id)

    @rule()
    def work(self) -> None:
        """The worker tries everything; only what may goes, and what may does, unless somebody tampered."""
        expected = {file.reference for file in self.living if self.may_go(file)}
        self.world.work()
        for file in self.living:
            if file.process is not None and file.process.approved_by and self.is_ordered(file):
                file.caught |= {order_id for order_id, name in self.orders.items() if name == file.person}
                self.leave_runs(file)
        went = {file.reference for file in self.living if not self.world.is_whole(file.file_id, file.original)}
        assert went <= expected, f"destroyed: {went - expected}"
        missed = {file.reference for file in self.living if file.reference in expected - went and not file.tampered}
        assert not missed
        for file in self.living:
            if file.reference in went:
                file.gone = True
                self.leave_runs(file)
                type(self).destroyed += 1

    # --- what is seen -------------------------------------------------------------------------------------------

    @invariant()
    def everything_else_is_whole(self) -> None:
        type(self).steps += 1
        for file in self.living:
            assert self.world.is_whole(file.file_id, file.original), f"{file.reference} is not whole"
        assert self.world.certificates() == sum(file.gone for file in self.files)
