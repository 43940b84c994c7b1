"""Which case files clerks chose for letters that name none: what the odds of an inbox learn from.

What spoke for each file was kept when the letter was proposed for, before it lay in a file itself: compared with the
file it lies in now, every letter would be like itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import proposals
from eakte.actions.learning import MOST_DECISIONS, teaches
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import BusinessCase, CaseFile
from ingest.odds import EVIDENCE
from ingest.odds_learning import CaseLesson

AMONG, NONE = "among", "none"
"""Whether the right file was among those compared."""


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """A lesson and when the clerk decided."""

    lesson: CaseLesson
    at: datetime

    @property
    def value(self) -> str:
        """Whether the file chosen was among those compared."""
        return NONE if self.lesson.right < 0 else AMONG


def case_decisions(session: Session, org_unit_id: UUID, now: datetime) -> list[CaseDecision]:
    """Return what the odds of a unit's inbox learn from, oldest first."""
    rows = session.execute(
        select(CaseFile.id, Document.filed_at, IncomingItem.proposals)
        .select_from(Document)
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(*teaches(session, org_unit_id, now), IncomingItem.org_unit_id == org_unit_id)
        .order_by(Document.filed_at.desc(), Document.id)
        .limit(MOST_DECISIONS)
    )
    found = [
        CaseDecision(lesson, at)
        for chosen, at, kept in rows
        if at is not None and (lesson := _lesson(str(chosen), kept)) is not None
    ]
    return found[::-1]


def _lesson(chosen: str, kept: dict[str, object] | None) -> CaseLesson | None:
    evidence = proposals.from_json(kept).case_evidence
    if not evidence or any(len(values) != len(EVIDENCE) for values in evidence.values()):
        return None  # a reference decided, nothing was compared, or it was compared in a way of former times
    right = list(evidence).index(chosen) if chosen in evidence else -1
    return CaseLesson(np.array(list(evidence.values())), right)
