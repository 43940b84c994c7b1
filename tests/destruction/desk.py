"""Disposal runs of a small town, taken from step to step by the actions, the pages, the programs and the command line.

Each step returns whether it was let through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import disposal_runs, run_appraisal, run_approval, run_review, verdicts
from eakte.actions.disposal_runs import Selection
from eakte.records.access import Actor
from eakte.records.disposal_runs import RunAnswer
from eakte.store.disposal_runs import DisposalRun
from eakte.store.files import CaseFile
from eakte.worker import upkeep
from retention.model import DisposalAction
from tests.destruction.world import COOLING_OFF, DisposalWorld

PAGES, PROGRAMS = "/aussonderung/laeufe", "/disposal-runs"
DEPARTMENT, ARCHIVIST = "ott", "adler"


class Desk:
    """Where runs are drawn up, reviewed, appraised and approved."""

    def __init__(self, world: DisposalWorld) -> None:
        self._world, self._made = world, 0

    def draw_up(self, way: str, login: str) -> UUID | None:
        """Draw up a run of all that is due, after the round of the night has looked at everything."""
        self._made += 1
        title = f"Lauf {self._made}"
        with self._world.services.database.begin() as session:
            verdicts.review(session, session.scalars(select(CaseFile.id)).all(), self._world.town.now.date())
        if not self._act(
            way,
            login,
            lambda session, actor: disposal_runs.create(session, actor, title, Selection(), self._world.town.now),
            ("", {"title": title}),
            ("", {"title": title}),
            ("create", title),
        ):
            return None
        with self._world.services.database.reading() as session:
            return session.scalars(select(DisposalRun.id).where(DisposalRun.title == title)).one()

    def go_on(self, way: str, login: str, run_id: UUID) -> bool:
        return self._act(
            way,
            login,
            lambda session, actor: run_approval.go_on(session, actor, run_id, None, self._world.town.now),
            (f"/{run_id}/weiter", {}),
            (f"/{run_id}/next-step", {}),
            ("next", str(run_id)),
        )

    def agree(self, run_id: UUID, files: Sequence[UUID]) -> bool:
        """Let the department agree."""
        return self._act(
            "action",
            DEPARTMENT,
            lambda session, actor: run_review.answer(
                session, actor, run_id, files, RunAnswer.AGREED, now=self._world.town.now
            ),
        )

    def appraise(self, run_id: UUID, files: Sequence[UUID]) -> bool:
        """Let the archive decide that it does not want them."""
        return self._act(
            "action",
            ARCHIVIST,
            lambda session, actor: run_appraisal.decide(
                session, actor, run_id, files, DisposalAction.DESTROY, self._world.town.now
            ),
        )

    def approve(self, way: str, login: str, run_id: UUID, typed: int) -> bool:
        return self._act(
            way,
            login,
            lambda session, actor: run_approval.approve(
                session,
                actor,
                run_id,
                typed_count=typed,
                cooling_off_days=COOLING_OFF,
                gateway=None,
                now=self._world.town.now,
            ),
            (f"/{run_id}/freigabe", {"count": str(typed)}),
            (f"/{run_id}/approval", {"confirmed_count": typed}),
            ("approve", str(run_id), "--count", str(typed)),
        )

    def take_out(self, way: str, login: str, run_id: UUID, file_id: UUID, reference: str) -> bool:
        reason = "Rückfrage"
        return self._act(
            way,
            login,
            lambda session, actor: disposal_runs.take_out(
                session, actor, run_id, [file_id], reason=reason, now=self._world.town.now
            ),
            (f"/{run_id}/herausnehmen", {"case_file_id": str(file_id), "reason": reason}),
            (f"/{run_id}/removals", {"case_file_ids": [str(file_id)], "reason": reason}),
            ("take-out", str(run_id), reference, "--reason", reason),
        )

    def cancel(self, way: str, login: str, run_id: UUID) -> bool:
        reason = "Falsche Auswahl"
        return self._act(
            way,
            login,
            lambda session, actor: disposal_runs.cancel(
                session, actor, run_id, reason=reason, now=self._world.town.now
            ),
            (f"/{run_id}/abbruch", {"reason": reason}),
            (f"/{run_id}/cancellation", {"reason": reason}),
            ("cancel", str(run_id), "--reason", reason),
        )

    def hourly_look(self) -> None:
        """Let the worker compare all runs with the facts."""
        upkeep.settle_runs(self._world.services, "")

    def _act(
        self,
        way: str,
        login: str,
        action: Callable[[Session, Actor], object],
        page: tuple[str, dict[str, str]] = ("", {}),
        program: tuple[str, object] = ("", {}),
        words: Sequence[str] = (),
    ) -> bool:
        world = self._world
        if way == "web":
            return world.page(login, PAGES + page[0], **page[1])
        if way == "api":
            return world.program(login, PROGRAMS + program[0], program[1])
        if way == "cli":
            return world.shell("disposal", "run", *words, "--as", login)

        def act() -> None:
            actor = world.town.actor(login)
            with world.services.database.begin() as session:
                action(session, actor)

        return world.tried(act)
