"""Proposing the case file for a read item, among those its inbox may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import alike, near_files, proposals
from eakte.actions.sheet_proposals import put_first, vouched_type
from eakte.records.access import SYSTEM, unit_key
from eakte.records.calendar import day_of
from eakte.records.states import CaseFileState, ItemState, move_item
from eakte.store.documents import Document, IncomingItem, page_texts
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.history import record
from eakte.store.organisation import branch_keys
from eakte.store.processing import unlifted_document
from eakte.store.references import CASE_FILE, ReferenceAlias, former_references, given_to
from ingest import propose_case_files, weigh
from ingest.cases import likeliest
from ingest.likeness import Likeness
from ingest.model import CaseCandidate, Facts
from ingest.naming import possible_signs
from ingest.odds import SHIPPED

if TYPE_CHECKING:
    from eakte.actions.learned import Learned

RECENT = 300
"""Newest open case files whose subject and senders are looked at."""
COMPARED = 40
"""Case files whose texts a letter is compared with."""
TOLD = 10
"""Case files whose evidence is kept to learn from: those behind them are hardly ever the right ones."""
ANEW = 50
"""Items of one inbox that are proposed for anew at a time, those first that are worked on first."""


def record_proposals(
    session: Session, item_id: UUID, now: datetime, learned: Learned | None = None, *, near: Sequence[UUID] = ()
) -> None:
    """Propose type and case files for an item that was read, and let it wait for its clerk.

    Only case files of the item's own unit and the units below are considered: a letter must not
    reveal another department's files. Without what was learned, the rules of the house alone speak.
    ``near`` are case files that the index holds to be near (``near_files``).
    """
    item = session.get(IncomingItem, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.state is not ItemState.READING or item.document is None:
        return
    read = _propose(session, item, item.document, now, learned, near)
    item.state = move_item(item.state, ItemState.WAITING)
    item.revision += 1
    _log(session, "item.proposed", item, read, now)


def renew_proposals(
    session: Session, item_id: UUID, now: datetime, learned: Learned | None = None, *, near: Sequence[UUID] = ()
) -> None:
    """Propose anew for an item that waits, because something was learned since.

    The revision stays: what a clerk decides meanwhile, looking at the older proposal, is decided all the same.
    """
    item = session.get(IncomingItem, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.state is not ItemState.WAITING or item.document is None:
        return
    before = proposals.from_json(item.proposals)
    read = _propose(session, item, item.document, now, learned, near)
    if read != replace(before, case_evidence=read.case_evidence):
        _log(session, "item.proposed_anew", item, read, now)


def waiting(session: Session, org_unit_id: UUID) -> list[UUID]:
    """Return the items of an inbox to propose for anew, in the order of arrival in which they are worked on."""
    query = select(IncomingItem.id).where(
        IncomingItem.org_unit_id == org_unit_id, IncomingItem.state == ItemState.WAITING
    )
    return list(session.scalars(query.order_by(IncomingItem.received_at, IncomingItem.id).limit(ANEW)))


def _propose(
    session: Session,
    item: IncomingItem,
    document: Document,
    now: datetime,
    learned: Learned | None,
    near: Sequence[UUID],
) -> proposals.Read:
    read = proposals.from_json(item.proposals)
    keys = frozenset(unit_key(key) for key in branch_keys(session, item.org_unit_id, now))
    text = "\f".join(text for _, text in page_texts(session, document.id))
    before = read.document_type.value if read.document_type else ""
    if learned is not None:
        read = learned.weighed(session, item.org_unit_id, read, text)
    if (as_before := alike.decided(session, item.org_unit_id, document.id, now)) is not None:
        read = replace(read, document_type=as_before)
    if (vouched := vouched_type(session, item)) is not None:
        read = replace(read, document_type=vouched)
    if vouched is not None or document.document_type == before:  # else a clerk decided it and took the filing back
        document.document_type = read.document_type.value if read.document_type else ""
    # Also where a reference was read: it may be the sender's own, and the sign further down that of our file.
    named = given_to(session, possible_signs(text))
    candidates = _candidates(session, read.facts, keys, {*near, *named}, now)
    compared = likeliest(read.facts, text, candidates, first=frozenset(map(str, near)), most=COMPARED)
    likeness = Likeness(near_files.texts_of(session, compared)).of(text)
    odds = SHIPPED if learned is None else learned.odds(session, item.org_unit_id)
    weighing = weigh(read.facts, text, compared, day_of(now), likeness)
    found = put_first(session, item, propose_case_files(weighing, odds), keys, now)
    read = replace(read, case_files=tuple(found), case_evidence=weighing.strongest(odds, TOLD))
    item.proposals = proposals.to_json(read)
    item.confidence = round(found[0].confidence * 100) if found else None
    item.best_case_file_id = UUID(found[0].value) if found else None
    return read


def _log(session: Session, action: str, item: IncomingItem, read: proposals.Read, now: datetime) -> None:
    detail = {"case_files": len(read.case_files), "confidence": item.confidence}
    record(session, SYSTEM, action, about=("item", item.id), now=now, detail=detail)


def _candidates(
    session: Session, facts: Facts, keys: frozenset[str], near: Collection[UUID], now: datetime
) -> list[CaseCandidate]:
    named = [found.value for found in facts.references]
    renamed = select(ReferenceAlias.record_id).where(
        ReferenceAlias.kind == CASE_FILE, ReferenceAlias.reference.in_(named)
    )
    recent = (
        select(CaseFile.id)
        .where(visible(keys, now), CaseFile.state == CaseFileState.OPEN)
        .order_by(CaseFile.opened_on.desc())
        .limit(RECENT)
    )
    files = session.scalars(
        select(CaseFile)
        .where(
            visible(keys, now),
            or_(
                CaseFile.file_reference.in_(named),
                CaseFile.id.in_(renamed),
                CaseFile.id.in_(recent),
                CaseFile.id.in_(near),
            ),
        )
        .options(joinedload(CaseFile.plan_unit))
    ).all()
    ids = [file.id for file in files]
    senders, former = _senders(session, ids), former_references(session, ids)
    return [
        CaseCandidate(
            case_file_id=str(file.id),
            reference=file.file_reference,
            aliases=former.get(file.id, ()),
            subject=file.subject,
            file_plan_code=file.plan_unit.code,
            opened_on=file.opened_on,
            is_open=file.state is CaseFileState.OPEN,
            senders=frozenset(senders[file.id]),
        )
        for file in files
    ]


def _senders(session: Session, case_file_ids: list[UUID]) -> dict[UUID, set[str]]:
    senders: dict[UUID, set[str]] = defaultdict(set)
    rows = session.execute(
        select(BusinessCase.case_file_id, Document.sender)
        .join(Document, Document.case_id == BusinessCase.id)
        .where(BusinessCase.case_file_id.in_(case_file_ids), Document.sender != "", ~unlifted_document(Document.id))
        .distinct()
    )
    for case_file_id, sender in rows:
        senders[case_file_id].add(sender)
    return senders
