"""Filing (Ablegen): one incoming item, many at once, and taking it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import bulk_filing, filing
from eakte.actions.bulk_filing import SureProposal
from eakte.actions.filing import Filing as Decided
from eakte.api.models import MOST_INT, Day, In, Line, Nothing, Out, Results, Words
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1 import incoming_items
from eakte.api.v1.fields import Values, sent
from eakte.errors import (
    AlreadyFiled,
    CaseClosed,
    CaseFileClosed,
    FileAlone,
    MoveNotPossible,
    MoveRefused,
    NotWaiting,
    StaleRevision,
    UndoTooLate,
)
from eakte.records.access import Permission

_REFUSED = (AlreadyFiled, CaseFileClosed, CaseClosed, NotWaiting, MoveRefused)


class Filing(In):
    """What is decided about an item; without a case it goes into the first of the file, or a new one is opened."""

    case_file_id: UUID
    case_id: UUID | None = None
    new_case: bool = False
    document_type: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"\S")]
    subject: Line
    sender: Words = ""
    letter_date: Day | None = None
    foreign_reference: Annotated[str, StringConstraints(max_length=200)] = ""
    direction: Literal["incoming", "outgoing", "internal"] = "incoming"
    field_values: Values | None = None


class ItemFiling(Filing):
    """A filing among many: it names its item, and the revision of it that was seen, if that counts."""

    item_id: UUID
    revision: Annotated[int, Field(ge=1, le=MOST_INT)] | None = None


class Filings(In):
    """Many filings at once."""

    items: Annotated[list[ItemFiling], Field(min_length=1, max_length=100)]


class Filed(Out):
    """The receipt for a filed document."""

    document_id: UUID
    document_reference: str
    case_file_id: UUID
    case_file_reference: str


class FiledMany(Results[Filed]):
    """A receipt or a problem per filing."""


class SureFiling(Out):
    """A letter that may be filed in bulk, as it would be filed."""

    item_id: UUID
    revision: int
    received_at: datetime
    percent: int
    reason: str
    case_file_id: UUID
    case_file_reference: str
    case_file_subject: str
    case_id: UUID
    document_type: str
    subject: str
    sender: str
    letter_date: date | None
    foreign_reference: str


class AloneItem(Out):
    """A letter with a sure proposal that must be looked at by itself."""

    item_id: UUID
    subject: str
    sender: str
    reason: str


class SureFilings(Out):
    """What may be filed at once, oldest first, and what may not."""

    items: list[SureFiling]
    filed_alone: list[AloneItem]
    more_waiting: bool


class Undone(Out):
    """The item that waits again."""

    item_id: UUID


def _file(call: Call, item_id: UUID, stated: Filing, revision: int | None, *, in_bulk: bool = False) -> Answer:
    decided = Decided(
        case_file_id=stated.case_file_id,
        case_id=stated.case_id,
        new_case=stated.new_case,
        document_type=stated.document_type,
        subject=stated.subject,
        sender=stated.sender,
        letter_date=stated.letter_date,
        foreign_reference=stated.foreign_reference,
        direction=stated.direction,
        revision=revision,
        fields=sent(stated.field_values),
        in_bulk=in_bulk,
    )
    filed = filing.file_document(call.session, call.actor, item_id, decided, call.now)
    return Answer(Filed.model_validate(filed), location=f"/documents/{filed.document_id}")


def file(call: Call, item_id: UUID, body: Filing) -> Answer:
    """File an item as a document."""
    return _file(call, item_id, body, call.seen)


def file_many(call: Call, item: ItemFiling) -> Answer:
    """File one of many items."""
    return _file(call, item.item_id, item, item.revision, in_bulk=True)


def sure(call: Call) -> SureFilings:
    """Return what may be filed at once."""
    found = bulk_filing.sheet(call.session, call.actor, call.now)
    return SureFilings(
        items=[_sure(one) for one in found.sure],
        filed_alone=[AloneItem.model_validate(one) for one in found.left_out],
        more_waiting=found.more,
    )


def _sure(one: SureProposal) -> SureFiling:
    return SureFiling(
        item_id=one.item_id,
        revision=one.revision,
        received_at=one.received_at,
        percent=one.percent,
        reason=one.reason,
        case_file_id=one.case_file_id,
        case_file_reference=one.reference,
        case_file_subject=one.case_file_subject,
        case_id=one.case_id,
        document_type=one.document_type,
        subject=one.subject,
        sender=one.sender,
        letter_date=one.letter_date,
        foreign_reference=one.foreign_reference,
    )


def undo(call: Call, document_id: UUID, body: Nothing) -> Undone:
    """Take a filing back into the inbox."""
    del body
    return Undone(item_id=filing.undo(call.session, call.actor, document_id, call.now))


OPERATIONS = (
    Operation(
        "POST", "/incoming-items/<uuid:item_id>/filing", file, Permission.FILE, Filed, "Ablegen",
        status=201, body=Filing, current=incoming_items.show, once=True, problems=_REFUSED,
    ),
    Operation(
        "GET", "/filings/sure", sure, Permission.FILE, SureFilings, "Sichere Vorschläge zum gesammelten Ablegen",
        notes="Höchstens 50, die ältesten zuerst, mit allem, was `POST /filings` je Ablage braucht. Was einzeln "
        "anzusehen ist, steht mit seinem Grund in `filed_alone`.",
    ),
    Operation(
        "POST", "/filings", file_many, Permission.FILE, FiledMany, "Mehreres ablegen",
        body=Filings, each=Filed, once=True, problems=(StaleRevision, FileAlone),
        notes="Jede Ablage hat ihr eigenes Ergebnis; eine abgelehnte hält keine andere auf. Rechtsbehelfe, Klagen und "
        "Schreiben mit Frist werden hier nie abgelegt, sondern einzeln.",
    ),
    Operation(
        "POST", "/documents/<uuid:document_id>/undo-filing", undo, Permission.FILE, Undone, "Ablage zurücknehmen",
        body=Nothing, problems=(UndoTooLate, MoveRefused, MoveNotPossible),
        notes="Zehn Minuten lang und nur durch die Person, die abgelegt hat; nicht aus einer Akte, für die eine "
        "Löschsperre oder eine Einschränkung der Verarbeitung besteht.",
    ),
)  # fmt: skip
