"""Compare the whole stock under a changed rule, round by round; each round orders the next one."""

import logging
from uuid import UUID

from eakte.actions import rule_drafts, rule_preview
from eakte.records.rule_draft import DraftState
from eakte.services import Services
from eakte.store.rules import RuleDraft, RulePreview
from eakte.worker.clock import now
from eakte.worker.workflow import ENOUGH, Workflow

LOG = logging.getLogger(__name__)


def clear(services: Services, draft_id: str, run: str) -> None:
    """Delete what earlier runs found, little by little."""
    while True:
        with services.database.begin() as session:
            if not rule_preview.clear(session, UUID(draft_id), int(run)):
                return


def compare(services: Services, draft_id: str, run: str) -> str | None:
    """Do one round: nothing is locked while the case files are compared."""
    draft_key = UUID(draft_id)
    with services.database.reading() as session:
        kept = session.get(RulePreview, draft_key)
        if kept is None or kept.run != int(run) or kept.fingerprint:
            return ENOUGH
        draft = session.get_one(RuleDraft, draft_key)
        if draft.state is not DraftState.DRAFT:
            return ENOUGH
        rule = rule_drafts.checked(session, draft, now()).rule
        if rule is None:
            found = None
        else:
            behind, found = kept.position, rule_preview.compare(session, kept, rule)
    with services.database.begin() as session:
        if found is None:
            rule_preview.stop(session, draft_key, int(run), "draft-not-ready")
        else:
            rule_preview.keep(session, draft_key, int(run), behind, found, now())
    return None


def on_fault(services: Services, code: str, draft_id: str, run: str) -> None:
    """Show the fault at the draft, whose preview can be ordered again."""
    LOG.error("the preview of the draft %s did not end (%s)", draft_id, code)
    with services.database.begin() as session:
        rule_preview.stop(session, UUID(draft_id), int(run), code)


RULE_PREVIEW = Workflow("rule_preview", (clear, compare), on_fault)
