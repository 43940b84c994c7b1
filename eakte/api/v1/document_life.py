"""The life of a filed document: checked out, new versions, signed off, voided, shown in other cases too."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import document_life, sharing, versions
from eakte.actions.versions import NewVersion
from eakte.api import uploads
from eakte.api.models import MOST_INT, Day, In, Nothing, Out, Query, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1 import documents
from eakte.errors import (
    CaseClosed,
    CaseFileClosed,
    DocumentFrozen,
    DocumentLocked,
    MissingReason,
    MoveRefused,
    StaleRevision,
    VersionUnderWay,
)
from eakte.records.access import Permission
from eakte.records.states import DocumentState, VersionUploadState
from eakte.store.stored import ObjectVanished

_DOCUMENT = "/documents/<uuid:document_id>"
_UPLOAD = "/version-uploads/<uuid:upload_id>"
_CLOSED = (CaseFileClosed, CaseClosed, DocumentLocked, MoveRefused)


class VersionFile(Out):
    """A file of a version: the original or what was derived from it."""

    kind: str
    media_type: str
    sha256: str
    size: int


class Version(Out):
    """A version of a document."""

    number: int
    filename: str
    created_at: datetime | None
    created_by: str
    remark: str
    pages: int
    files: list[VersionFile]


class VersionUpload(Out):
    """A version that has not been read yet, or could not be read."""

    upload_id: UUID
    filename: str
    uploaded_at: datetime
    uploaded_by: str
    state: VersionUploadState
    fault_code: str | None


class Life(Out):
    """What has become of a document since it was filed."""

    document_id: UUID
    state: DocumentState
    revision: int
    finalised_at: datetime | None
    finalised_by: str | None
    voided_at: datetime | None
    voided_by: str | None
    void_reason: str | None
    locked_by: str
    locked_until: datetime | None
    locked_by_me: bool
    versions: list[Version]
    uploads: list[VersionUpload]


class CheckOut(In):
    """Until when a document is checked out; without a day for three days."""

    until: Day | None = None


class VersionQuery(Query):
    """What is told of a new version."""

    filename: Annotated[str, StringConstraints(max_length=500)] | None = None
    remark: Annotated[str, StringConstraints(max_length=500)] = ""
    based_on: Annotated[int, Field(ge=1, le=MOST_INT)] | None = None
    check_in: bool = True


class ReceivedVersion(Out):
    """The receipt for a new version."""

    upload_id: UUID
    document_id: UUID


class WithReason(In):
    """A step that needs a reason."""

    reason: Reason


class NewLink(In):
    """The case in which a document is shown too."""

    case_id: UUID


class Link(Out):
    """The receipt for a reference to a document."""

    reference_id: UUID
    document_id: UUID
    case_id: UUID


class Unlinked(Out):
    """The case file from which a reference was taken."""

    case_file_id: UUID


class Place(Out):
    """A case in which a document lies by reference."""

    reference_id: UUID
    case_file_id: UUID
    number: int
    reference: str
    subject: str


class Places(Out):
    """Where else a document lies, and how long it is therefore kept."""

    places: list[Place]
    retention: list[str]


def show(call: Call, document_id: UUID) -> Answer:
    """Show state, lock and versions of a document."""
    found = versions.life(call.session, call.actor, document_id, call.now)
    return Answer(Life.model_validate(found), found.revision)


def check_out(call: Call, document_id: UUID, body: CheckOut) -> Answer:
    """Check a document out, or prolong it."""
    document_life.check_out(call.session, call.actor, document_id, until=body.until, now=call.now)
    return show(call, document_id)


def check_in(call: Call, document_id: UUID, body: Nothing) -> Answer:
    """Give a document back."""
    del body
    document_life.check_in(call.session, call.actor, document_id, call.now)
    return show(call, document_id)


def break_lock(call: Call, document_id: UUID, body: WithReason) -> Answer:
    """Take a document back from who has it."""
    document_life.break_lock(call.session, call.actor, document_id, reason=body.reason, now=call.now)
    return show(call, document_id)


def send(call: Call, document_id: UUID, query: VersionQuery) -> Answer:
    """Send a further version."""
    arrived: uploads.Arrived = call.prepared
    new = NewVersion(arrived.stored, arrived.filename, query.remark, query.based_on, query.check_in)
    made = versions.receive(call.session, call.services.objects, call.actor, document_id, new, call.now)
    return Answer(
        ReceivedVersion(upload_id=made.id, document_id=document_id), location=f"/documents/{document_id}/life"
    )


def retry(call: Call, upload_id: UUID, body: Nothing) -> Answer:
    """Read a version again."""
    del body
    return show(call, versions.retry(call.session, call.actor, upload_id, call.now))


def discard(call: Call, upload_id: UUID, body: Nothing) -> Answer:
    """Give a version up that could not be read."""
    del body
    return show(call, versions.discard(call.session, call.actor, upload_id, call.now))


def finalise(call: Call, document_id: UUID, body: Nothing) -> Answer:
    """Sign a document off."""
    del body
    document_life.finalise(call.session, call.actor, document_id, revision=call.seen, now=call.now)
    return documents.show(call, document_id)


def void(call: Call, document_id: UUID, body: WithReason) -> Answer:
    """Void a document filed by mistake."""
    document_life.void(call.session, call.actor, document_id, reason=body.reason, now=call.now)
    return documents.show(call, document_id)


def places(call: Call, document_id: UUID) -> Places:
    """List where else a document lies."""
    return Places.model_validate(sharing.shared(call.session, call.actor, document_id, call.now))


def link(call: Call, document_id: UUID, body: NewLink) -> Answer:
    """Show a document in another case too."""
    made = sharing.link(call.session, call.actor, document_id, body.case_id, call.now)
    told = Link(reference_id=made.id, document_id=document_id, case_id=body.case_id)
    return Answer(told, location=f"/documents/{document_id}/places")


def unlink(call: Call, reference_id: UUID) -> Unlinked:
    """Take a reference away."""
    return Unlinked(case_file_id=sharing.unlink(call.session, call.actor, reference_id, call.now))


OPERATIONS = (
    Operation(
        "GET", f"{_DOCUMENT}/life", show, Permission.READ, Life, "Zustand, Sperre und Versionen", tagged=True,
    ),
    Operation(
        "POST", f"{_DOCUMENT}/check-out", check_out, Permission.FILE, Life, "Auschecken", body=CheckOut, tagged=True,
        problems=(*_CLOSED, DocumentFrozen),
    ),
    Operation(
        "POST", f"{_DOCUMENT}/check-in", check_in, Permission.FILE, Life, "Einchecken", body=Nothing, tagged=True,
        problems=_CLOSED,
    ),
    Operation(
        "POST", f"{_DOCUMENT}/break-lock", break_lock, Permission.REOPEN, Life, "Fremde Sperre lösen",
        body=WithReason, tagged=True, problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "POST", f"{_DOCUMENT}/versions", send, Permission.FILE, ReceivedVersion, "Weitere Version einliefern",
        status=202, query=VersionQuery, uploads=uploads.one, once=True,
        problems=(*_CLOSED, DocumentFrozen, StaleRevision, VersionUnderWay, ObjectVanished),
    ),
    Operation(
        "POST", f"{_UPLOAD}/retry", retry, Permission.FILE, Life, "Version noch einmal lesen", body=Nothing,
        tagged=True, problems=_CLOSED,
    ),
    Operation(
        "POST", f"{_UPLOAD}/discarding", discard, Permission.FILE, Life, "Version verwerfen", body=Nothing,
        tagged=True, problems=_CLOSED,
    ),
    Operation(
        "POST", f"{_DOCUMENT}/finalising", finalise, Permission.FILE, documents.Document, "Schlusszeichnen",
        body=Nothing, current=documents.show, tagged=True, problems=(*_CLOSED, VersionUnderWay),
    ),
    Operation(
        "POST", f"{_DOCUMENT}/voiding", void, Permission.FILE, documents.Document, "Stornieren", body=WithReason,
        tagged=True, problems=(*_CLOSED, MissingReason, VersionUnderWay),
    ),
    Operation("GET", f"{_DOCUMENT}/places", places, Permission.READ, Places, "Weitere Vorgänge mit diesem Dokument"),
    Operation(
        "POST", f"{_DOCUMENT}/places", link, Permission.FILE, Link, "In einem weiteren Vorgang zeigen", status=201,
        body=NewLink, once=True, problems=(CaseFileClosed, CaseClosed, MoveRefused),
    ),
    Operation(
        "DELETE", "/document-references/<uuid:reference_id>", unlink, Permission.FILE, Unlinked,
        "Verweis wegnehmen", problems=(CaseFileClosed,),
    ),
)  # fmt: skip
