"""Submissions of an online portal: one incoming item with its attachments, taken as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import attachments, intake
from eakte.actions.attachments import StoredPart
from eakte.actions.intake import ReceiptOutcome, Source, Told, Upload, plain_name
from eakte.errors import InvalidInput
from eakte.records.access import Actor
from eakte.records.portal import (
    DATA,
    LARGEST_JSON,
    METADATA,
    SubmissionFaulty,
    is_submission_id,
    layout_of,
    metadata_of,
    values_of,
)
from eakte.records.quotas import UNLIMITED, Quotas
from eakte.store.documents import IncomingItem
from eakte.store.objects import ObjectStore
from eakte.store.stored import Fingerprint


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission whose files are all safe in the object store, by their names."""

    submission_id: str
    org_unit_code: str
    files: Mapping[str, Fingerprint]


@dataclass(frozen=True, slots=True)
class SubmissionReceipt:
    """The answer to the portal: after it the portal may forget the submission."""

    submission_id: str
    item_id: UUID
    outcome: ReceiptOutcome
    received_at: datetime
    hashes: Mapping[str, str]
    """SHA-256 of every file by its name."""


def receive(
    session: Session,
    objects: ObjectStore,
    actor: Actor,
    submission: Submission,
    now: datetime,
    quotas: Quotas = UNLIMITED,
) -> SubmissionReceipt:
    """Take a submission into the inbox of a unit: its form as the letter, everything else as attachments.

    The same submission id again is the same submission.

    Raises:
        IntakeFull: A limit is reached; the submission stays where it is.
        InvalidInput: The id, the unit or a file cannot be taken; the sentence says why.
        ObjectVanished: The bytes must be stored again.
    """
    if not is_submission_id(submission.submission_id):
        raise InvalidInput(problem="Die Kennung der Einreichung passt nicht.", field="submission_id")
    files = submission.files
    if METADATA not in files:
        raise InvalidInput(problem=f"{METADATA} fehlt.", field="file")
    try:
        metadata = metadata_of(_content(objects, files[METADATA]))
        layout = layout_of(metadata, {name: stored.sha512 for name, stored in files.items()})
    except SubmissionFaulty as fault:
        raise InvalidInput(problem=str(fault), field="file") from fault
    values = values_of(_content(objects, files[DATA[0]])) if DATA[0] in files else {}
    told = {"submission_id": submission.submission_id, "service": metadata.service, "service_id": metadata.service_id}
    upload = Upload(
        files[layout.main],
        layout.names.get(layout.main, layout.main),
        Source.PORTAL,
        submission.org_unit_code,
        f"portal:{submission.org_unit_code}:{submission.submission_id}",
        Told(envelope={name: text for name, text in told.items() if text}, values=values, by_id=True),
    )
    receipt = intake.receive(session, objects, actor, upload, now, quotas)
    item = session.get_one(IncomingItem, receipt.item_id)
    if receipt.sha256 != files[layout.main].sha256:
        problem = "Unter dieser Kennung ist schon eine andere Einreichung eingegangen."
        raise InvalidInput(problem=problem, field="submission_id")
    if receipt.outcome is ReceiptOutcome.ACCEPTED:
        parts = [StoredPart(plain_name(layout.names.get(name, name)), files[name]) for name in layout.order]
        attachments.attach(session, objects, item, parts, now)
    hashes = {name: stored.sha256 for name, stored in files.items()}
    return SubmissionReceipt(submission.submission_id, item.id, receipt.outcome, item.received_at, hashes)


def _content(objects: ObjectStore, stored: Fingerprint) -> bytes:
    if stored.size > LARGEST_JSON:
        return b" " * (LARGEST_JSON + 1)
    with objects.open(stored.sha256) as stream:
        return stream.read()
