"""Bulk: disposal runs drawn up, reviewed, appraised, approved and cancelled between everything else that happens."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.destruction.desk import Desk
from tests.destruction.machine import BY_HAND, NUMBER, WAYS, Destructions, pick
from tests.destruction.oracle import REVIEWED, File, Process, Run
from tests.destruction.world import COOLING_OFF, MANAGERS

TWO_WAYS = st.tuples(st.sampled_from(WAYS), st.sampled_from(WAYS))
PEOPLE = st.sampled_from([MANAGERS, MANAGERS[::-1], MANAGERS, ("weber", "weber")])
WHAT = ("", "", "hold", "order", "by hand", "rule", "reject", "take out", "reopen", "event", "restrict")
RUNS_BY_HAND = (
    "UPDATE disposal_run SET state = 'approval', submitted_by_id = :who",
    "UPDATE disposal_run SET state = 'execution', not_before = :early",
    "UPDATE disposal_run SET submitted_by_id = :who, not_before = :early",
    "UPDATE disposal_run_file SET approved_at = :now, approved_by = 'B', result = NULL",
    "UPDATE disposal_run_file SET disposal_id = (SELECT d.id FROM disposal d WHERE d.case_file_id = :file)",
)


class RunDestructions(Destructions):
    """The same people, who also take many case files at once from step to step."""

    destroyed_in_bulk = 0

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(self.world)

    @property
    def running(self) -> list[Run]:
        return [run for run in self.runs if run.files and not run.is_over]

    # --- what the oracle knows ----------------------------------------------------------------------------------

    def free(self) -> set[str]:
        """Return the references of what a run may take in."""
        taken = {file.reference for run in self.running for file in run.files}
        return {
            file.reference
            for file in self.living
            if self.is_over(file) and not self.is_held(file) and file.process is None and file.reference not in taken
        }

    def settle(self, run: Run) -> None:
        """Let leave what the facts stand against."""
        for file in list(run.files):
            withdrawn = file.file_id in run.proposed and (file.process is None or file.process.run is not run)
            if not self.is_over(file) or self.is_held(file) or withdrawn:
                run.leave(file)

    # --- what happens -------------------------------------------------------------------------------------------

    @rule(way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def draw_up(self, way: str, login: str) -> None:
        self._draw_up(way, login)

    def _draw_up(self, way: str, login: str) -> Run:
        expected = self.free()
        run_id = self.desk.draw_up(way, login)
        assert run_id is not None, f"refused by {way}"
        found = self.world.in_run(run_id)
        tampered = any(file.tampered for file in self.living)
        assert found == expected or tampered, f"drawn up: {found}, due: {expected}"
        run = Run(run_id, [file for file in self.living if file.reference in found])
        self.runs.append(run)
        return run

    def _lay_before(self, run: Run, way: str, login: str) -> None:
        """Take a run from its draft before the second person."""
        if not self.desk.go_on("action", login, run.run_id):
            return
        self._too_early(run, way, login, "the department")
        if not self.desk.agree(run.run_id, [file.file_id for file in run.files]):
            return
        asked = [file for file in run.files if file.plan == REVIEWED and not file.appraised]
        if asked:
            self.settle(run)
            asked = [file for file in asked if file in run.files]
        if asked:
            assert self.desk.go_on(way, login, run.run_id), f"refused by {way}"
            self._too_early(run, way, login, "the archive")
            if not self.desk.appraise(run.run_id, [file.file_id for file in asked]):
                return
            for file in asked:
                file.appraised = True
        if self.desk.go_on(way, login, run.run_id):
            self._submitted(run, login)

    def _too_early(self, run: Run, way: str, login: str, whom: str) -> None:
        """Try to go on before somebody has spoken who has to."""
        tampered = any(file.tampered for file in self.living)
        assert tampered or not self.desk.go_on(way, login, run.run_id), f"without {whom}"

    def _submitted(self, run: Run, login: str) -> None:
        run.submitted_by = login
        self.settle(run)
        for file in list(run.files):
            if file.process is not None:  # somebody has proposed it meanwhile
                run.leave(file)
            else:
                file.process = Process(login, run=run)
                run.proposed.add(file.file_id)

    @precondition(lambda self: any(not run.submitted_by for run in self.running))
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def lay_before(self, number: int, way: str, login: str) -> None:
        self._lay_before(pick([run for run in self.running if not run.submitted_by], number), way, login)

    @precondition(lambda self: self.running)
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS), off=st.sampled_from([0, 0, 1]))
    def approve_run(self, number: int, way: str, login: str, off: int) -> None:
        self._approve_run(pick(self.running, number), way, login, off)

    def _approve_run(self, run: Run, way: str, login: str, off: int) -> None:
        waiting = [file for file in run.files if run.submitted_by and not run.approved]
        if not self.desk.approve(way, login, run.run_id, len(waiting) + off):
            return
        tampered = any(file.tampered for file in self.living)
        assert tampered or off == 0, "another number than that of the case files was typed"
        assert tampered or (run.submitted_by and run.submitted_by != login), "one person did both"
        run.approved = True
        for file in waiting:
            process = file.process
            own = process is not None and process.run is run and not process.approved_by
            if process is None or not own or self.is_held(file) or not self.is_due(file):
                run.leave(file)
            else:
                process.approved_by, process.not_before = login, self.today + timedelta(days=COOLING_OFF)

    @precondition(lambda self: self.running)
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def take_out(self, number: int, way: str, login: str) -> None:
        run = pick(self.running, number)
        file = pick(run.files, number)
        if self.desk.take_out(way, login, run.run_id, file.file_id, file.reference):
            run.leave(file)

    @precondition(lambda self: self.running)
    @rule(number=NUMBER, way=st.sampled_from(WAYS), login=st.sampled_from(MANAGERS))
    def cancel_run(self, number: int, way: str, login: str) -> None:
        run = pick(self.running, number)
        if self.desk.cancel(way, login, run.run_id):
            for file in list(run.files):
                run.leave(file)
            run.is_over = True

    @rule()
    def hourly_look(self) -> None:
        self.desk.hourly_look()
        for run in self.running:
            self.settle(run)

    @rule(
        number=NUMBER,
        ways=TWO_WAYS,
        people=PEOPLE,
        between=st.sampled_from(WHAT),
        statement=st.sampled_from((*BY_HAND, *RUNS_BY_HAND, *RUNS_BY_HAND)),
        off=st.sampled_from([0, 0, 0, 1]),
        wait=st.sampled_from([timedelta(days=COOLING_OFF), timedelta(days=COOLING_OFF - 1)]),
    )
    def carry_run_through(
        self,
        number: int,
        ways: tuple[str, str],
        people: tuple[str, str],
        between: str,
        statement: str,
        off: int,
        wait: timedelta,
    ) -> None:
        """The usual order of things for many at once, with something that befalls one of them before or after."""
        run = self._draw_up(ways[1], people[0])
        if not run.files:
            return
        file = pick(run.files, number)
        self._lay_before(run, ways[0], people[0])
        if number % 2:
            self.befall(file, between, statement, ways[0], people[0])
        self._approve_run(run, ways[0], people[0], 0)
        self._approve_run(run, ways[1], people[1], off)
        if not number % 2:
            self.befall(file, between, statement, ways[0], people[0])
        self.time_passes(wait)
        before = sum(one.gone for one in self.files)
        self.work()
        type(self).destroyed_in_bulk += sum(one.gone for one in self.files) - before

    def befall(self, file: File, what: str, statement: str, way: str, login: str) -> None:
        run = next((run for run in self.running if file in run.files), None)
        if what != "take out" or run is None:
            super().befall(file, what, statement, way, login)
        elif self.desk.take_out(way, login, run.run_id, file.file_id, file.reference):
            run.leave(file)
