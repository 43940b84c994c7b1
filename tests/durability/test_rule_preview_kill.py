"""``kill -9`` of the worker in the middle of a preview: it goes on where it was, and finds each file exactly once."""

import signal
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import rule_drafts, rule_preview
from eakte.records.rule_draft import ChangeKind
from eakte.store.rules import RuleMove, RulePreview
from tests.durability import rule_preview_worker
from tests.durability.harness import FORKS, wait_until
from tests.town import Town

FILES = 7
POINTS = [("clear", "before", 1), ("keep", "before", 1), ("keep", "after", 2), ("compare", "after", 1)]
CHANGE = {"period": "20 Jahre", "valid_from": "01.01.2090", "reason": "Satzung"}


def killed(town: Town, point: tuple[str, str, int]) -> int | None:
    """Run a worker until it kills itself, and return how it ended."""
    url = town.database.url.render_as_string(hide_password=False)
    worker = FORKS.Process(target=rule_preview_worker.main, args=(str(town.folder), url, *point), daemon=True)
    worker.start()
    worker.join(90)
    if worker.exitcode is None:
        worker.kill()
        worker.join()
    return worker.exitcode


def ended(town: Town, draft_id: UUID) -> bool:
    with town.database.reading() as session:
        kept = session.get_one(RulePreview, draft_id)
        return bool(kept.fingerprint or kept.fault)


@pytest.mark.timeout(400)
def test_a_preview_resumes_wherever_the_worker_is_killed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {town.case_file().id for _ in range(FILES)}
    for file_id in files:
        town.close(file_id, on=town.now)
    now, actor = town.now, town.actor("weber")
    with town.database.begin() as session:
        draft = rule_drafts.begin(session, actor, ChangeKind.VERSION, "R-V", now)
        rule_drafts.save(session, actor, draft.id, CHANGE, now=now)
        rule_drafts.order_preview(session, actor, draft.id, now)
        draft_id = draft.id
    for point in POINTS:
        assert killed(town, point) == -signal.SIGKILL
    monkeypatch.setattr(rule_preview, "compare", rule_preview.compare)
    with rule_preview_worker.working(str(town.folder), town.database.url.render_as_string(hide_password=False)):
        assert wait_until(lambda: ended(town, draft_id), 90)
    with town.database.reading() as session:
        kept = session.get_one(RulePreview, draft_id)
        assert (kept.fault, kept.compared, kept.total) == (None, FILES, FILES)
        moved = session.scalars(select(RuleMove.case_file_id)).all()
    assert len(moved) == FILES
    assert set(moved) == files
