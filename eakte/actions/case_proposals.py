"""Which case (Vorgang) of a chosen case file an item belongs to, or that it begins a new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions import proposals
from eakte.actions.guard import item_of
from eakte.actions.near_files import CHARACTERS, NEWEST
from eakte.actions.sheet_proposals import sheet_of
from eakte.records.access import Actor
from eakte.records.states import CaseFileState, CaseState
from eakte.store.documents import Document, DocumentVersion, PageRow, is_newest, page_texts
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.processing import unlifted_document
from ingest.business_cases import NEW, OpenCase, propose_case

MOST = 60
"""Open cases compared, the newest."""


@dataclass(frozen=True, slots=True)
class ProposedCase:
    """The case to file in; ``case_id`` ``None``: a new one."""

    case_id: UUID | None
    percent: int
    reason: str


def proposed_case(
    session: Session, actor: Actor, item_id: UUID, case_file_id: UUID, now: datetime
) -> ProposedCase | None:
    """Return the case proposed for an item in an open case file the actor may see; of another one, none.

    A separator sheet that names one of its open cases decides.
    """
    item = item_of(session, actor, item_id, now)
    wanted = (CaseFile.id == case_file_id, CaseFile.state == CaseFileState.OPEN, visible(actor.keys, now))
    case_file = session.scalar(select(CaseFile).where(*wanted))
    if item.document is None or case_file is None:
        return None
    query = select(BusinessCase).where(BusinessCase.case_file_id == case_file.id, BusinessCase.state == CaseState.OPEN)
    cases = session.scalars(query.order_by(BusinessCase.number.desc()).limit(MOST)).all()
    said = sheet_of(session, item)
    for case in cases:
        if said is not None and said["case"] == str(case.id):
            return ProposedCase(case.id, 100, f"Das Trennblatt nennt Vorgang {case.number:02d}.")
    text = "\f".join(page for _, page in page_texts(session, item.document.id))
    facts = proposals.from_json(item.proposals).facts
    found = propose_case(facts, text, case_file.file_reference, _open(session, cases[::-1]))
    return ProposedCase(None if found.value == NEW else UUID(found.value), round(found.confidence * 100), found.reason)


def _open(session: Session, cases: Sequence[BusinessCase]) -> list[OpenCase]:
    place = func.row_number().over(partition_by=Document.case_id, order_by=Document.position.desc())
    newest = (
        select(Document.id, place.label("place"))
        .where(Document.case_id.in_([case.id for case in cases]), Document.voided_at.is_(None))
        .where(~unlifted_document(Document.id))
        .subquery()
    )
    rows = session.execute(
        select(Document.case_id, Document.foreign_reference, Document.sender, func.substr(PageRow.text, 1, CHARACTERS))
        .join(newest, newest.c.id == Document.id)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(PageRow, PageRow.version_id == DocumentVersion.id)
        .where(newest.c.place <= NEWEST, is_newest(), PageRow.number == 1)
        .order_by(Document.case_id, newest.c.place)
    )
    found: dict[UUID | None, list[tuple[str, str, str]]] = defaultdict(list)
    for case_id, sign, sender, head in rows:
        found[case_id].append((sign, sender, head))
    return [
        OpenCase(
            case_id=str(case.id),
            number=case.number,
            subject=case.subject,
            text="\n".join(head for _, _, head in found[case.id]),
            signs=frozenset(sign for sign, _, _ in found[case.id] if sign),
            senders=frozenset(sender for _, sender, _ in found[case.id] if sender),
        )
        for case in cases
    ]
