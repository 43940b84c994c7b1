"""Train the models of a unit from what its clerks decided, and propose anew what still waits.

Training holds no transaction: decisions are read, the model is made and judged, and only then written down.
"""

import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import learning, near_files, proposing
from eakte.actions.case_lessons import CaseDecision, case_decisions
from eakte.actions.learned import Learned
from eakte.actions.learning import Decision, Made
from eakte.records.learning import Judged, ModelKind, held_back
from eakte.services import Services
from eakte.store.jobs import enqueue
from eakte.store.learning import ModelVersion, serving
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow
from ingest.learning import Example, NotEnoughExamples
from ingest.learning.judge import taught
from ingest.odds_learning import save_odds, taught_odds

LOG = logging.getLogger(__name__)
MODEL, ODDS = "model.npz", "odds.json"
"""What is written before it goes to the object store, which knows it by its hash alone."""


def learned_of(services: Services) -> Learned:
    """Return what was learned; models stay loaded in this process."""
    if not _KEPT or _KEPT[0].objects is not services.objects:
        _KEPT[:] = [Learned(services.objects)]
    return _KEPT[0]


_KEPT: list[Learned] = []


def train_types(services: Services, unit_id: str, why: str) -> None:
    """Train the model of document types."""
    _train(services, UUID(unit_id), ModelKind.DOCUMENT_TYPE, ordered=why == learning.ORDERED)


def train_units(services: Services, unit_id: str, why: str) -> None:
    """Train the model of file plan units."""
    _train(services, UUID(unit_id), ModelKind.FILE_PLAN_UNIT, ordered=why == learning.ORDERED)


def _train(services: Services, unit_id: UUID, kind: ModelKind, *, ordered: bool) -> None:
    with services.database.reading() as session:
        found, before = _lesson(session, unit_id, kind)
        if not learning.worth_learning(found, before, ordered=ordered):
            return
        model = learned_of(services).model(before)
        newest = held_back([one.at for one in found], before.learned_until if before else None)
    try:
        result = taught([Example(one.text, one.value, one.ruled) for one in found], newest, model)
    except NotEnoughExamples:
        return
    judged = Judged(result.letters, result.right, result.right_before)
    made = _kept(services, MODEL, result.model.save, found, judged, serves=judged.may_serve)
    _add(services, unit_id, kind, made)


def train_case_files(services: Services, unit_id: str, why: str) -> None:
    """Learn how far each piece of evidence for a case file may be trusted at a unit's inbox."""
    inbox = UUID(unit_id)
    with services.database.reading() as session:
        found = case_decisions(session, inbox, now())
        before = serving(session, inbox, ModelKind.CASE_FILE)
        times = [one.at for one in found]
        if not learning.enough(times, before, ordered=why == learning.ORDERED):
            return
        odds = learned_of(services).odds_of(before)
        newest = held_back(times, before.learned_until if before else None)
    result = taught_odds([one.lesson for one in found], newest, odds)
    judged = Judged(result.letters, result.right, result.right_before)
    save = partial(save_odds, result.odds)
    made = _kept(services, ODDS, save, found, judged, serves=judged.may_serve and result.honest)
    _add(services, inbox, ModelKind.CASE_FILE, made)


def _add(services: Services, unit_id: UUID, kind: ModelKind, made: Made) -> None:
    with services.database.begin() as session:
        version = learning.add_version(session, services.objects, unit_id, kind, made, now())
        if version.serving:
            enqueue(session, "proposing", f"{version.id}", str(unit_id))


def _lesson(session: Session, unit_id: UUID, kind: ModelKind) -> tuple[list[Decision], ModelVersion | None]:
    return learning.decisions(session, unit_id, kind, now()), serving(session, unit_id, kind)


def _kept(
    services: Services,
    name: str,
    save: Callable[[Path], None],
    found: Sequence[Decision] | Sequence[CaseDecision],
    judged: Judged,
    *,
    serves: bool,
) -> Made:
    with tempfile.TemporaryDirectory(dir=services.settings.data_folder) as folder:
        file = Path(folder, name)
        save(file)
        stored = services.objects.put_file(file)
    return Made(
        stored=stored,
        seen=Counter(one.value for one in found),
        learned_until=found[-1].at,
        judged=judged.letters,
        right=judged.right,
        right_before=judged.right_before,
        serves=serves,
    )


def propose_anew(services: Services, unit_id: str) -> None:
    """Propose anew what waits in a unit's inbox, each in a transaction of its own."""
    with services.database.reading() as session:
        items = proposing.waiting(session, UUID(unit_id))
    for item_id in items:
        near = near_by_index(services, item_id)
        with services.database.begin() as session:
            proposing.renew_proposals(session, item_id, now(), learned_of(services), near=near)


def near_by_index(services: Services, item_id: UUID) -> tuple[UUID, ...]:
    """Return the case files that the index holds to be near an item."""
    with services.database.reading() as session:
        asked = near_files.question(session, item_id, now())
    return near_files.found(services.index, asked)


def on_fault(services: Services, code: str, unit_id: str, why: str = "") -> None:
    """Leave it to the next night."""
    del services, why
    LOG.error("learning or proposing for the unit %s did not end (%s)", unit_id, code)


LEARNING = Workflow("learning", (train_types, train_units, train_case_files), on_fault)
PROPOSING = Workflow("proposing", (propose_anew,), on_fault)
