"""Bulk filing (Sammelablage): the sure proposals of a person's inboxes, looked at together and filed at once.

What must be looked at by itself is named with its reason and never offered; filing judges each letter once more and
refuses it if it is no longer as it was shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import alike, case_proposals, metadata, proposals
from eakte.actions.filing import Filed, Filing, file_document, waiting_document
from eakte.actions.guard import item_of
from eakte.actions.mention_fields import suggested
from eakte.actions.metadata import Fields
from eakte.actions.proposals import SURE
from eakte.errors import EakteError
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of, german
from eakte.records.states import CaseFileState, ItemState
from eakte.store.arrivals import attachment_counts, is_lead
from eakte.store.documents import Document, IncomingItem, page_counts
from eakte.store.files import BusinessCase, CaseFile, visible

MOST = 50
"""Letters on one sheet: what somebody can look over before they confirm."""
LOOKED_AT = 200
"""The oldest waiting letters with a sure proposal among which those of a sheet are looked for."""
NO_FILE = "keine offene Akte vorgeschlagen"
INCOMPLETE = "Betreff oder Dokumenttyp fehlt"
NEW_CASE = "braucht einen neuen Vorgang"


class NoLongerSure(EakteError):
    """The letter is no longer proposed as it was shown on the sheet."""

    code, status = "no-longer-sure", 409


@dataclass(frozen=True, slots=True)
class SureProposal:
    """A letter that may be filed in bulk, with everything that filing it will write."""

    item_id: UUID
    revision: int
    received_at: datetime
    pages: int
    attachments: int
    case_file_id: UUID
    reference: str
    case_file_subject: str
    case_id: UUID
    case_name: str
    percent: int
    reason: str
    document_type: str
    subject: str
    sender: str
    letter_date: date | None
    foreign_reference: str

    @property
    def fingerprint(self) -> str:
        """What stands for all of it on a form: it changes with any of what was shown."""
        shown = (
            self.item_id, self.revision, self.case_file_id, self.case_id, self.document_type, self.subject,
            self.sender, self.letter_date, self.foreign_reference,
        )  # fmt: skip
        return hashlib.sha256("\n".join(map(str, shown)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter of a sheet as a form names it."""

    item_id: UUID
    case_id: UUID
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A letter with a sure proposal that must be looked at by itself."""

    item_id: UUID
    subject: str
    sender: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What may be filed at once, oldest first, and what may not."""

    sure: tuple[SureProposal, ...]
    left_out: tuple[LeftOut, ...]
    more: bool
    """Further letters wait behind those that were looked at."""


def sheet(session: Session, actor: Actor, now: datetime, *, limit: int = MOST) -> Sheet:
    """Return the letters of all units the actor works in that may be filed at once, and those that may not."""
    actor.require(Permission.FILE)
    query = (
        select(IncomingItem)
        .where(IncomingItem.access_key.in_(actor.keys), is_lead())
        .where(IncomingItem.state == ItemState.WAITING, IncomingItem.confidence >= SURE)
        .order_by(IncomingItem.received_at, IncomingItem.id)
        .options(joinedload(IncomingItem.document))
    )
    items = session.scalars(query.limit(LOOKED_AT + 1)).all()
    sure: list[SureProposal] = []
    left_out: list[LeftOut] = []
    for item in items[:LOOKED_AT]:
        judged = _judged(session, actor, item, now)
        if isinstance(judged, LeftOut):
            left_out.append(judged)
        elif len(sure) == limit:
            return Sheet(tuple(sure), tuple(left_out), more=True)
        else:
            sure.append(judged)
    return Sheet(tuple(sure), tuple(left_out), more=len(items) > LOOKED_AT)


def file_as_shown(session: Session, actor: Actor, shown: Shown, now: datetime) -> Filed:
    """File a letter of the sheet as it was shown there.

    The case is the one shown: which one is proposed may change with each letter that is filed before it.

    Raises:
        NoLongerSure: What was shown is no longer what is proposed, or the letter must be looked at by itself now.
        EakteError: As :func:`eakte.actions.filing.file_document`.
    """
    actor.require(Permission.FILE)
    item = item_of(session, actor, shown.item_id, now, lock=True)
    document = waiting_document(item)
    judged = _judged(session, actor, item, now, case_id=shown.case_id)
    if isinstance(judged, LeftOut) or judged.fingerprint != shown.fingerprint:
        raise NoLongerSure
    return file_document(session, actor, item.id, _filing(session, item, document, judged), now)


def _judged(
    session: Session, actor: Actor, item: IncomingItem, now: datetime, *, case_id: UUID | None = None
) -> SureProposal | LeftOut:
    """Judge a letter; without *case_id* the case is proposed."""
    document = item.document
    read = proposals.from_json(item.proposals)
    case_file = _case_file(session, actor, item, now)
    proposal = next((one for one in read.case_files if case_file and one.value == str(case_file.id)), None)
    sure = (item.confidence or 0) >= SURE
    if document is None or case_file is None or proposal is None or not sure:
        return _left_out(item, NO_FILE)
    if reason := _alone_because(session, actor, item, document, now):
        return _left_out(item, reason)
    if case_id is None and (proposed := case_proposals.proposed_case(session, actor, item.id, case_file.id, now)):
        case_id = proposed.case_id
    case = session.get(BusinessCase, case_id) if case_id else None
    if case is None or case.case_file_id != case_file.id:
        return _left_out(item, NEW_CASE)
    return SureProposal(
        item_id=item.id,
        revision=item.revision,
        received_at=item.received_at,
        pages=page_counts(session, [document.id]).get(document.id, 0),
        attachments=attachment_counts(session, [item.id]).get(item.id, 0),
        case_file_id=case_file.id,
        reference=case_file.file_reference,
        case_file_subject=case_file.subject,
        case_id=case.id,
        case_name=f"{case.number:02d} {case.subject}",
        percent=item.confidence or 0,
        reason=proposal.reason,
        document_type=document.document_type,
        subject=document.subject,
        sender=document.sender,
        letter_date=read.letter_date,
        foreign_reference=document.foreign_reference,
    )


def _left_out(item: IncomingItem, reason: str) -> LeftOut:
    document = item.document
    return LeftOut(
        item.id, (document.subject if document else "") or item.filename, document.sender if document else "", reason
    )


def _case_file(session: Session, actor: Actor, item: IncomingItem, now: datetime) -> CaseFile | None:
    """Return the case file proposed first, if it is open and the actor may see it."""
    wanted = (CaseFile.id == item.best_case_file_id, CaseFile.state == CaseFileState.OPEN, visible(actor.keys, now))
    return session.scalar(select(CaseFile).where(*wanted))


def _alone_because(session: Session, actor: Actor, item: IncomingItem, document: Document, now: datetime) -> str:
    if reason := proposals.from_json(item.proposals).alone_because:
        return reason
    if proposals.is_remedy(document.document_type):
        return f"als {document.document_type} erkannt"
    if not document.subject.strip() or not document.document_type.strip():
        return INCOMPLETE
    if earlier := alike.earlier(session, actor, item, now):
        return f"vermutlich doppelt: kam am {german(day_of(earlier[0].received_at))} schon an"
    return ""


def _filing(session: Session, item: IncomingItem, document: Document, shown: SureProposal) -> Filing:
    """Return the filing of what was shown, with what the letter mentions for fields of its type that are empty."""
    specs = metadata.document_fields(session, shown.document_type)
    mentioned = suggested(specs, proposals.from_json(item.proposals).facts.mentions)
    return Filing(
        case_file_id=shown.case_file_id,
        case_id=shown.case_id,
        document_type=shown.document_type,
        subject=shown.subject,
        sender=shown.sender,
        letter_date=shown.letter_date,
        foreign_reference=shown.foreign_reference,
        revision=shown.revision,
        fields=Fields({name: value for name, value in mentioned.items() if name not in document.field_values}),
        in_bulk=True,
    )
