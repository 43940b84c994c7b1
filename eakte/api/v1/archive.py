"""The exchange with the archive: offering case files, handing over what it wants."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from eakte.actions import exchange
from eakte.actions.archive_terms import AppraisalOpen, terms_of
from eakte.api.models import In, Nothing, Out
from eakte.api.operation import Call, Operation
from eakte.errors import ArchiveNotConfigured, MoveRefused, NotDue
from eakte.records.access import Permission
from eakte.records.differences import DifferencesOpen
from eakte.records.states import CaseFileState

_PROCESSES = "/archive-processes"


class ProcessFile(Out):
    """A case file of a process."""

    case_file_id: UUID
    reference: str
    state: CaseFileState


class Message(Out):
    """A message exchanged with the archive."""

    kind: str
    direction: str
    name: str
    at: datetime
    findings: list[str]


class Process(Out):
    """A disposal process with the archive."""

    process_id: UUID
    files: list[ProcessFile]
    messages: list[Message]
    waits_for_hand_over: bool
    unsent: bool


class Processes(Out):
    """The running processes."""

    items: list[Process]


class Offer(In):
    """The case files to offer as one process, all or none."""

    case_file_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class StartedProcess(Out):
    """The receipt for an offer or a hand-over."""

    process_id: UUID


def listing(call: Call) -> Processes:
    """List the running processes."""
    return Processes(items=[_process(one) for one in exchange.processes(call.session, call.actor, call.now)])


def _process(found: exchange.Process) -> Process:
    return Process(
        process_id=found.process_id,
        files=[ProcessFile(case_file_id=one.id, reference=one.file_reference, state=one.state) for one in found.files],
        messages=[Message.model_validate(one) for one in found.messages],
        waits_for_hand_over=found.waits_for_hand_over,
        unsent=found.unsent,
    )


def offer(call: Call, body: Offer) -> StartedProcess:
    """Offer case files to the archive."""
    chosen = list(dict.fromkeys(body.case_file_ids))
    terms = terms_of(call.services.settings)
    process_id = exchange.offer(call.session, call.actor, chosen, call.services.archive, call.now, terms=terms)
    return StartedProcess(process_id=process_id)


def hand_over(call: Call, process_id: UUID, body: Nothing) -> StartedProcess:
    """Hand over what the archive wants."""
    del body
    exchange.hand_over(call.session, call.actor, process_id, call.services.archive, call.now)
    return StartedProcess(process_id=process_id)


OPERATIONS = (
    Operation("GET", _PROCESSES, listing, Permission.DISPOSE, Processes, "Laufende Verfahren mit dem Archiv"),
    Operation(
        "POST", _PROCESSES, offer, Permission.DISPOSE, StartedProcess, "Akten dem Archiv anbieten",
        status=202, body=Offer, once=True, problems=(ArchiveNotConfigured, NotDue, MoveRefused, AppraisalOpen),
        notes="Alle oder keine; gesendet wird danach. Im zweistufigen Verfahren warten sie auf die Übergabe.",
    ),
    Operation(
        "POST", f"{_PROCESSES}/<uuid:process_id>/hand-over", hand_over, Permission.DISPOSE, StartedProcess,
        "An das Archiv übergeben", status=202, body=Nothing,
        problems=(ArchiveNotConfigured, MoveRefused, DifferencesOpen),
    ),
)  # fmt: skip
