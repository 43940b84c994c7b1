"""Destruction by every way in random order, against plain sets: who approved what, what is held, what is due."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eakte.actions import organisation
from eakte.records.access import SYSTEM
from retention.model import DisposalAction
from tests import town
from tests.destruction.world import COOLING_OFF, MANAGERS, WAYS, DisposalWorld

NUMBER = st.integers(0, 2**16)
PLACES = (("52.01", "63.2"), ("52.01", "63.2"), ("52.02", "63.1"))
"""Two of three case files are destroyed by an approved rule, the third one waits for the archive."""
WAITS = st.sampled_from([timedelta(days=1), timedelta(days=COOLING_OFF), timedelta(days=400), timedelta(days=1500)])
One = TypeVar("One")

BY_HAND = (
    "DELETE FROM document",
    "DELETE FROM document_version",
    "DELETE FROM business_case",
    "DELETE FROM incoming_item",
    "DELETE FROM page",
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
    "UPDATE verdict SET outcome = 'destroy', retention_end = :early",
)  # fmt: skip
"""What somebody with the password of the application's own database user may try."""


def pick(of: list[One], number: int) -> One:
    return of[number % len(of)]


@dataclass
class Process:
    """One destruction as its people know it."""

    proposed_by: str
    approved_by: str = ""
    not_before: date = date.max


@dataclass
class File:
    """One case file of the oracle."""

    file_id: UUID
    reference: str
    original: str
    plan: str
    closed_on: date | None = None
    holds: set[UUID] = field(default_factory=set)
    process: Process | None = None
    tampered: bool = False
    """Somebody changed rows behind the back of the application: it may stay, but it may not go any other way."""
    gone: bool = False


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

    def is_due(self, file: File) -> bool:
        """Three years, or as many as the newest rule says, after the end of the year of closing; never unappraised."""
        if file.closed_on is None or file.plan != "52.01":
            return False
        months = self.months[max(day for day in self.months if day <= self.today)]
        return self.today > date(file.closed_on.year + months // 12, 12, 31)

    def may_go(self, file: File) -> bool:
        process = file.process
        return (
            self.is_due(file)
            and not file.holds
            and process is not None
            and bool(process.approved_by)
            and process.approved_by != process.proposed_by
            and process.not_before <= self.today
        )

    # --- what happens -------------------------------------------------------------------------------------------

    @initialize(ways=st.tuples(st.sampled_from(WAYS), st.sampled_from(WAYS)))
    def begin(self, ways: tuple[str, str]) -> None:
        """Start with files that are due, two that the archive has to be asked about, and one that goes as it should."""
        for place in range(6):
            self.open_file(place)
            self.close_file(place)
        self.time_passes(timedelta(days=1500))
        self.carry_through(0, ways, MANAGERS, "", "", timedelta(days=COOLING_OFF))
        assert self.files[0].gone

    @precondition(lambda self: len(self.files) < 9)
    @rule(place=NUMBER)
    def open_file(self, place: int) -> None:
        plan, unit = PLACES[place % 3]
        self.files.append(File(*self.world.open_file(plan, unit), plan))

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

    @precondition(lambda self: any(file.holds for file in self.living))
    @rule(number=NUMBER)
    def lift_hold(self, number: int) -> None:
        file = pick([file for file in self.living if file.holds], number)
        hold_id = min(file.holds)
        if self.world.lift(hold_id):
            file.holds.discard(hold_id)

    @rule(wait=WAITS)
    def time_passes(self, wait: timedelta) -> None:
        self.world.town.now += wait

    @rule(years=st.sampled_from([1, 3, 10]))
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
            assert not file.holds
            file.process = Process(login)
        elif not file.tampered:
            assert file.process is not None or file.holds or not self.is_due(file), f"refused by {way}"

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
            assert not file.holds
            process.approved_by, process.not_before = login, self.today + timedelta(days=COOLING_OFF)

    @precondition(lambda self: any(file.process for file in self.living))
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def reject(self, number: int, way: str, login: str) -> None:
        file = pick([file for file in self.living if file.process], number)
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
        between=st.sampled_from(["", "", "", "hold", "by hand", "rule", "reject", "reopen"]),
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
        ready = [file for file in self.living if self.is_due(file) and not file.holds]
        file = pick(ready or self.living, number)
        number = self.living.index(file)
        self._propose(file, ways[0], people[0])
        self._approve(file, ways[1], people[1])
        if between == "hold":
            self.place_hold(number)
        elif between == "reopen":
            self.reopen(number)
        elif between == "by hand":
            self.by_hand(number, statement)
        elif between == "rule":
            self.supersede_rule(10)
        elif between == "reject" and file.process:
            self.reject([one for one in self.living if one.process].index(file), ways[0], people[0])
        self.time_passes(wait)
        self.work()

    @precondition(lambda self: self.living)
    @rule(number=NUMBER)
    def load_forged_bundle(self, number: int) -> None:
        assert not self.world.load_forged(pick(self.living, number).file_id)

    @rule()
    def work(self) -> None:
        """The worker tries everything; only what may goes, and what may does, unless somebody tampered."""
        expected = {file.reference for file in self.living if self.may_go(file)}
        self.world.work()
        went = {file.reference for file in self.living if not self.world.is_whole(file.file_id, file.original)}
        assert went <= expected, f"destroyed: {went - expected}"
        missed = {file.reference for file in self.living if file.reference in expected - went and not file.tampered}
        assert not missed
        for file in self.living:
            if file.reference in went:
                file.gone = True
                type(self).destroyed += 1

    # --- what is seen -------------------------------------------------------------------------------------------

    @invariant()
    def everything_else_is_whole(self) -> None:
        type(self).steps += 1
        for file in self.living:
            assert self.world.is_whole(file.file_id, file.original), f"{file.reference} is not whole"
        assert self.world.certificates() == sum(file.gone for file in self.files)
