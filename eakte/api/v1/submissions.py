"""Submissions (Einreichungen) of an online portal, laid out as FIT-Connect delivers them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import submissions
from eakte.actions.intake import ReceiptOutcome
from eakte.actions.quotas import IntakeFull
from eakte.actions.submissions import Submission
from eakte.api import uploads
from eakte.api.models import Code, Out, Query
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import InvalidInput
from eakte.records.access import Permission
from eakte.store.stored import Fingerprint, ObjectVanished


class SubmissionQuery(Query):
    """For whom a submission is, and which it is."""

    org_unit_code: Code
    submission_id: Annotated[str, StringConstraints(min_length=8, max_length=80)]


class SubmissionReceipt(Out):
    """The receipt for a submission; after it the portal may forget the submission."""

    submission_id: str
    item_id: UUID
    outcome: ReceiptOutcome
    received_at: datetime
    hashes: dict[str, str]


def send(call: Call, query: SubmissionQuery) -> Answer:
    """Take a submission into the inbox of a unit, as a whole or not at all."""
    files: dict[str, Fingerprint] = {}
    for arrived in call.prepared:
        if arrived.filename in files:
            raise InvalidInput(problem=f"„{arrived.filename}“ gibt es zweimal.", field="file")
        files[arrived.filename] = arrived.stored
    submission = Submission(query.submission_id, query.org_unit_code, files)
    receipt = submissions.receive(
        call.session, call.services.objects, call.actor, submission, call.now, call.services.quotas
    )
    return Answer(SubmissionReceipt.model_validate(receipt), location=f"/incoming-items/{receipt.item_id}")


OPERATIONS = (
    Operation(
        "POST",
        "/submissions",
        send,
        Permission.UPLOAD,
        SubmissionReceipt,
        "Einreichung eines Portals einliefern",
        status=201,
        query=SubmissionQuery,
        uploads=uploads.many,
        problems=(ObjectVanished, IntakeFull),
        notes="Alle Dateien heißen im Formular file und tragen ihren Namen: metadata.json, data.json oder data.xml, "
        "die Anlagen ihre attachmentId oder ihren Dateinamen. Die Antwort kommt, wenn alles sicher gespeichert ist; "
        "dieselbe submission_id noch einmal ist dieselbe Einreichung. Dafür genügt ein Zugangsschlüssel mit dem "
        "Recht submit.",
    ),
)
