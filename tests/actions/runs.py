"""A disposal run in the town: files that are due, and short ways to take it from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from eakte.actions import (
    destruction,
    disposal_runs,
    run_appraisal,
    run_approval,
    run_review,
    verdicts,
)
from eakte.actions.disposal_runs import Selection
from eakte.records.disposal_runs import RunAnswer, RunResult
from eakte.records.states import DisposalRunState
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from retention.model import DisposalAction
from tests.town import Town

LONG_AGO = datetime(2010, 5, 4, 9, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def due_file(town: Town, *, offered: bool = False, restricted: bool = False) -> UUID:
    """A closed case file whose period is over: to be destroyed, or to be offered to the archive."""
    town.now = LONG_AGO
    plan, unit = ("52.02", "63.1") if offered else ("52.01", "63.2")
    case_file = town.case_file(plan=plan, unit=unit, login="ott", restricted=restricted)
    town.close(case_file.id, on=LONG_AGO, login="ott")
    town.now = TODAY
    with town.database.begin() as session:
        verdicts.review(session, [case_file.id], TODAY.date())
    return case_file.id


@dataclass
class Run:
    """One run and who does what in it."""

    town: Town
    run_id: UUID

    def go_on(self, login: str = "weber") -> None:
        actor = self.town.actor(login)
        with self.town.database.begin() as session:
            run_approval.go_on(session, actor, self.run_id, None, self.town.now)

    def answer(self, *files: UUID, given: RunAnswer = RunAnswer.AGREED, login: str = "ott", **more: object) -> None:
        actor = self.town.actor(login)
        with self.town.database.begin() as session:
            run_review.answer(session, actor, self.run_id, files, given, now=self.town.now, **more)  # type: ignore[arg-type]  # reason and day

    def decide(self, *files: UUID, decision: DisposalAction, login: str = "adler") -> None:
        actor = self.town.actor(login)
        with self.town.database.begin() as session:
            run_appraisal.decide(session, actor, self.run_id, files, decision, self.town.now)

    def take_over(self, *files: UUID, reference: str = "StadtA 7", login: str = "adler") -> None:
        actor = self.town.actor(login)
        with self.town.database.begin() as session:
            run_appraisal.take_over(session, actor, self.run_id, files, reference=reference, now=self.town.now)

    def approve(self, count: int | None, *, login: str = "lang", days: int = 0) -> None:
        actor = self.town.actor(login)
        with self.town.database.begin() as session:
            run_approval.approve(
                session, actor, self.run_id, typed_count=count, cooling_off_days=days, gateway=None, now=self.town.now
            )

    def take_out(self, *files: UUID, reason: str = "Rückfrage", login: str = "weber") -> None:
        actor = self.town.actor(login)
        with self.town.database.begin() as session:
            disposal_runs.take_out(session, actor, self.run_id, files, reason=reason, now=self.town.now)

    def row(self, case_file_id: UUID) -> DisposalRunFile:
        with self.town.database.reading() as session:
            return session.get_one(DisposalRunFile, (self.run_id, case_file_id))

    def disposal_of(self, case_file_id: UUID) -> UUID:
        disposal_id = self.row(case_file_id).disposal_id
        assert disposal_id is not None
        return disposal_id

    @property
    def state(self) -> DisposalRunState:
        with self.town.database.reading() as session:
            return session.get_one(DisposalRun, self.run_id).state

    def results(self) -> dict[UUID, RunResult | None]:
        with self.town.database.reading() as session:
            query = select(DisposalRunFile).where(DisposalRunFile.run_id == self.run_id)
            return {row.case_file_id: row.result for row in session.scalars(query)}

    def to_approval(self, *files: UUID) -> None:
        """Take it through review, and before the second person if the archive has nothing to decide."""
        self.go_on()
        self.answer(*files)
        self.go_on()


def draw_up(town: Town, title: str = "Bauakten 2010", login: str = "weber", **selection: object) -> Run:
    actor = town.actor(login)
    with town.database.begin() as session:
        made = disposal_runs.create(session, actor, title, Selection(**selection), town.now)  # type: ignore[arg-type]  # fields of the selection
        return Run(town, made.id)


def destroy(town: Town, disposal_id: UUID) -> None:
    """Do what the worker does, each step twice."""
    for one in (destruction.begin, destruction.delete_rows, destruction.finish):
        for _ in range(2):
            with town.database.begin() as session:
                one(session, disposal_id, town.now)
