"""Requests of data subjects (Art. 12 to 18 GDPR): entered, their case files chosen and decided, answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import data_answer, data_decisions, data_request_view, data_requests
from eakte.actions.data_decisions import DecisionRefused, RecordsUndecided
from eakte.actions.data_request_view import RequestView, Waiting
from eakte.actions.data_requests import MOST_FILES, AnotherWorks, NewRequest
from eakte.api.models import Day, In, Nothing, Out, Query, Reason, Words
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import MissingReason, MoveRefused, OnHold
from eakte.records.access import Permission
from eakte.records.data_requests import Channel, RecordDecision, RequestKind, RequestState
from eakte.records.holding import MOST_WORDS
from eakte.records.processing import Ground

_REQUEST = "/data-requests/<uuid:request_id>"
_FILE = "/data-request-files/<uuid:request_file_id>"
_Login = Annotated[str, StringConstraints(max_length=80, pattern=r"^\S*$")]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Names = Annotated[list[_Word], Field(max_length=MOST_WORDS, default_factory=list)]


class DataRequestsQuery(Query):
    """Which requests are listed."""

    answered: bool = False
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=1_000_000)


class DataRequest(Out):
    """A request in the worklist."""

    request_id: UUID
    request_kind: RequestKind = Field(validation_alias="kind")
    request_state: RequestState = Field(validation_alias="state")
    applicant: str
    received_on: date
    reply_due_on: date = Field(validation_alias="due_on")
    reply_waits: Waiting = Field(validation_alias="waiting")
    responsible: str = Field(validation_alias="owner")
    answered_on: date | None


class DataRequests(Out):
    """A piece of the worklist."""

    total: int
    items: list[DataRequest]


class DataRequestFile(Out):
    """A case file of a request."""

    request_file_id: UUID = Field(validation_alias="record_id")
    case_file_id: UUID
    reference: str
    record_decision: RecordDecision | None = Field(validation_alias="decision")
    decision_reason: str = Field(validation_alias="reason")
    proposed_decision: RecordDecision | None = Field(validation_alias="proposed")
    proposed_because: list[str] = Field(validation_alias="reasons")
    possible_decisions: list[RecordDecision] = Field(validation_alias="allowed")
    restriction_id: UUID | None
    disposal_id: UUID | None


class WholeDataRequest(Out):
    """One request with its case files and the answer."""

    request: DataRequest
    request_channel: Channel
    wish: str
    letter_reference: str
    person_names: list[str]
    person_marks: list[str]
    extended_because: str
    entered_by: str
    entered_at: datetime
    reply: str
    drafted_reply: str
    revision: int
    request_files: list[DataRequestFile]


class NewDataRequest(In):
    """A request as it arrived."""

    request_kind: RequestKind
    received_on: Day
    applicant: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
    request_channel: Channel = Channel.LETTER
    wish: Annotated[str, StringConstraints(max_length=1_000)] = ""
    letter_reference: Words = ""
    responsible: _Login = ""


class PersonSearch(In):
    """How the person is called in records."""

    person_names: _Names
    person_marks: _Names


class PersonFound(Out):
    """Where the person is named, as far as the reader may see it."""

    total: int
    case_file_ids: list[UUID]
    restricted_files: int


class RequestFiles(In):
    """Case files that belong to the request."""

    case_file_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_FILES)]


class FileDecision(In):
    """What is decided about a case file of a request."""

    record_decision: RecordDecision
    reason: Reason
    ground: Ground = Ground.RETENTION


class Extension(In):
    """Why the deadline is extended."""

    reason: Reason


class Handover(In):
    """Who works on the request from now on."""

    responsible: _Login


class Reply(In):
    """The answer to the person; with ``close`` the request is closed by it."""

    reply: Annotated[str, StringConstraints(max_length=20_000)]
    close_request: bool = False


class MadeDataRequest(Out):
    """The receipt for a step."""

    request_id: UUID


def listing(call: Call, query: DataRequestsQuery) -> DataRequests:
    """List requests."""
    rows, total = data_request_view.listing(
        call.session, call.actor, answered=query.answered, offset=query.offset, limit=query.limit, now=call.now
    )
    return DataRequests.model_validate({"total": total, "items": list(rows)}, from_attributes=True)


def show(call: Call, request_id: UUID) -> WholeDataRequest:
    """Show one request."""
    view = data_request_view.show(call.session, call.actor, request_id, call.now)
    return _whole(view, data_answer.draft(call.session, call.actor, request_id, call.now) if view.works else "")


def _whole(view: RequestView, drafted: str) -> WholeDataRequest:
    return WholeDataRequest(
        request=DataRequest.model_validate(view.row),
        request_channel=view.channel,
        wish=view.wish,
        letter_reference=view.letter,
        person_names=list(view.names),
        person_marks=list(view.marks),
        extended_because=view.extended_because,
        entered_by=view.entered_by,
        entered_at=view.entered_at,
        reply=view.answer,
        drafted_reply=drafted,
        revision=view.revision,
        request_files=[DataRequestFile.model_validate(one) for one in view.records],
    )


def enter(call: Call, body: NewDataRequest) -> Answer:
    """Enter a request."""
    new = NewRequest(
        kind=body.request_kind,
        received_on=body.received_on,
        applicant=body.applicant,
        channel=body.request_channel,
        wish=body.wish,
        letter=body.letter_reference,
        owner=body.responsible,
    )
    made = data_requests.enter(call.session, call.actor, new, now=call.now)
    return Answer(MadeDataRequest(request_id=made), location=f"/data-requests/{made}")


def look_for(call: Call, request_id: UUID, body: PersonSearch) -> PersonFound:
    """Look for the person in the records."""
    names, marks = tuple(body.person_names), tuple(body.person_marks)
    data_requests.look_for(call.session, call.actor, request_id, names, marks, now=call.now)
    index = call.services.index
    found, unsearched = data_request_view.hits(call.session, index, call.actor, request_id, call.now)
    ids = [row.case_file_id for row in found.first] if found else []
    return PersonFound(total=found.total if found else 0, case_file_ids=ids, restricted_files=unsearched)


def add(call: Call, request_id: UUID, body: RequestFiles) -> MadeDataRequest:
    """Add case files."""
    data_requests.add_records(call.session, call.actor, request_id, tuple(body.case_file_ids), now=call.now)
    return MadeDataRequest(request_id=request_id)


def extend(call: Call, request_id: UUID, body: Extension) -> MadeDataRequest:
    """Extend the deadline."""
    data_requests.extend(call.session, call.actor, request_id, reason=body.reason, now=call.now)
    return MadeDataRequest(request_id=request_id)


def assign(call: Call, request_id: UUID, body: Handover) -> MadeDataRequest:
    """Hand the request on."""
    data_requests.assign(call.session, call.actor, request_id, body.responsible, now=call.now)
    return MadeDataRequest(request_id=request_id)


def reply(call: Call, request_id: UUID, body: Reply) -> MadeDataRequest:
    """Keep the answer."""
    act = data_decisions.answer if body.close_request else data_decisions.keep_draft
    act(call.session, call.actor, request_id, body.reply, now=call.now)
    return MadeDataRequest(request_id=request_id)


def decide(call: Call, request_file_id: UUID, body: FileDecision) -> MadeDataRequest:
    """Decide about a case file."""
    found = data_decisions.decide(
        call.session,
        call.actor,
        request_file_id,
        body.record_decision,
        reason=body.reason,
        ground=body.ground,
        now=call.now,
    )
    return MadeDataRequest(request_id=found)


def reconsider(call: Call, request_file_id: UUID, body: Nothing) -> MadeDataRequest:
    """Take a decision back."""
    del body
    return MadeDataRequest(
        request_id=data_decisions.reconsider(call.session, call.actor, request_file_id, now=call.now)
    )


def remove(call: Call, request_file_id: UUID, body: Nothing) -> MadeDataRequest:
    """Take a case file out."""
    del body
    return MadeDataRequest(
        request_id=data_requests.remove_record(call.session, call.actor, request_file_id, now=call.now)
    )


_SEES, _DECIDES = Permission.DATA_PROTECTION, Permission.DATA_SUBJECTS
_WORK = (AnotherWorks, MoveRefused)
OPERATIONS = (
    Operation(
        "GET", "/data-requests", listing, _SEES, DataRequests, "Betroffenenanträge", query=DataRequestsQuery,
        notes="Offene, die nächste Frist zuerst, oder mit answered=true die beantworteten. Gezeigt werden eigene; "
        "Schriftgutverwaltung und Datenschutz sehen alle, deren Akten sie sehen dürfen.",
    ),
    Operation("GET", _REQUEST, show, _SEES, WholeDataRequest, "Ein Betroffenenantrag"),
    Operation(
        "POST", "/data-requests", enter, _DECIDES, MadeDataRequest, "Betroffenenantrag erfassen", status=201,
        body=NewDataRequest, once=True,
    ),
    Operation(
        "POST", f"{_REQUEST}/search", look_for, _DECIDES, PersonFound, "Akten der Person suchen", body=PersonSearch,
        problems=_WORK, notes="Höchstens hundert Kennungen. Eingeschränktes wird nicht durchsucht, nur gezählt.",
    ),
    Operation(
        "POST", f"{_REQUEST}/files", add, _DECIDES, MadeDataRequest, "Akten zum Antrag nehmen", body=RequestFiles,
        problems=_WORK,
    ),
    Operation(
        "POST", f"{_REQUEST}/extension", extend, _DECIDES, MadeDataRequest, "Frist um zwei Monate verlängern",
        body=Extension, problems=(*_WORK, MissingReason),
    ),
    Operation(
        "POST", f"{_REQUEST}/handover", assign, _DECIDES, MadeDataRequest, "Antrag weitergeben oder übernehmen",
        body=Handover, problems=(MoveRefused,),
    ),
    Operation(
        "POST", f"{_REQUEST}/reply", reply, _DECIDES, MadeDataRequest, "Antwort entwerfen oder festhalten",
        body=Reply, problems=(*_WORK, RecordsUndecided),
    ),
    Operation(
        "POST", f"{_FILE}/decision", decide, _DECIDES, MadeDataRequest, "Über eine Akte des Antrags entscheiden",
        body=FileDecision, problems=(*_WORK, MissingReason, DecisionRefused, OnHold),
        notes="restrict schränkt sofort ein, erase schlägt die Vernichtung vor; freigeben muss sie jemand anderes.",
    ),
    Operation(
        "POST", f"{_FILE}/reconsideration", reconsider, _DECIDES, MadeDataRequest, "Entscheidung zurücknehmen",
        body=Nothing, problems=_WORK,
    ),
    Operation(
        "POST", f"{_FILE}/removal", remove, _DECIDES, MadeDataRequest, "Akte aus dem Antrag nehmen", body=Nothing,
        problems=_WORK,
    ),
)  # fmt: skip
