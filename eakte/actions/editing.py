"""Changing what is said of a filed document or an open case file, by people and programs.

Nobody overwrites what they have not seen: who states a revision and is late gets a conflict (:func:`conflict`
tells what is stored now, and who changed it when), and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of, check_revision, document_of
from eakte.actions.metadata import (
    NO_FIELDS,
    Fields,
    accepted,
    differences,
    document_fields,
    fields_at,
    kind_checked,
)
from eakte.errors import CaseFileClosed, InvalidInput, MoveRefused, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.metadata import Required, Values
from eakte.records.states import LABELS, CaseFileState, DocumentState
from eakte.store.database import catalogue_of
from eakte.store.documents import Document
from eakte.store.files import CaseFile
from eakte.store.history import Changes, HistoryEntry, record
from eakte.store.jobs import CONTENT, enqueue
from eakte.store.people import Person

DOCUMENT_TEXTS: Mapping[str, tuple[str, int]] = {
    "subject": ("Betreff", 500),
    "document_type": ("Dokumenttyp", 80),
    "sender": ("Absender", 300),
    "foreign_reference": ("Fremdes Aktenzeichen", 200),
    "direction": ("Richtung", 20),
}
"""Changeable texts of a document: German label and longest length; ``letter_date`` is changeable too."""

DIRECTIONS: Mapping[str, str] = {"incoming": "Eingang", "outgoing": "Ausgang", "internal": "Intern"}
NEEDED = frozenset({"subject", "document_type"})


def edit_document(
    session: Session,
    actor: Actor,
    document_id: UUID,
    wanted: Mapping[str, object],
    fields: Fields = NO_FIELDS,
    *,
    revision: int | None,
    now: datetime,
) -> Document:
    """Change a filed document; ``wanted`` names what changes, everything else stays.

    Raises:
        StaleRevision: Somebody changed it since; nothing is done.
        MoveRefused: It is not filed, signed off or voided.
        CaseFileClosed: Its case file is closed (z.d.A.).
        InvalidInput: A value cannot be accepted.
    """
    actor.require(Permission.FILE)
    found = document_of(session, actor, document_id, now)
    if found.case is None:
        raise MoveRefused(state=LABELS[DocumentState.DRAFT])
    case_file = case_file_of(session, actor, found.case.case_file_id, now, lock=True)
    document = _locked(session, document_id)
    check_revision(document.revision, revision)
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    if document.state is not DocumentState.REGISTERED:
        raise MoveRefused(state=LABELS[document.state])
    # Everything is judged before anything is set: a caller may answer a refusal and still commit.
    fresh = _checked(wanted)
    if "document_type" in fresh:
        fresh["document_type"] = catalogue_of(session).document_type(str(fresh["document_type"]))
    kind = str(fresh.get("document_type", document.document_type))
    stage = Required.NO if fields is NO_FIELDS and kind == document.document_type else Required.FILING
    values = accepted(document_fields(session, kind), document.field_values, fields, stage)
    changes = _set(document, {**fresh, "field_values": values})
    if not changes:
        return document
    about = ("document", document.id)
    record(session, actor, "document.changed", about=about, now=now, case_file_id=case_file.id, changes=changes)
    enqueue(session, "indexing", f"{document.id}:{document.revision}", str(document.id), way=CONTENT)
    return document


def edit_case_file(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    wanted: Mapping[str, object],
    fields: Fields = NO_FIELDS,
    *,
    revision: int | None,
    now: datetime,
) -> CaseFile:
    """Change subject, kind (``file_type``) and metadata of an open case file, like :func:`edit_document`."""
    actor.require(Permission.OPEN_FILE)
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    check_revision(case_file.revision, revision)
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    subject = _text(wanted.get("subject", case_file.subject), "Betreff", "subject", 500, needed=True)
    kind = kind_checked(session, str(wanted.get("file_type", case_file.file_type)))
    stage = Required.NO if fields is NO_FIELDS and kind == case_file.file_type else Required.FILING
    specs = fields_at(session, kind, case_file.file_plan_unit_id)
    values = accepted(specs, case_file.field_values, fields, stage)
    changes = _set(case_file, {"subject": subject, "file_type": kind, "field_values": values})
    if not changes:
        return case_file
    about = ("case_file", case_file.id)
    record(session, actor, "case_file.changed", about=about, now=now, case_file_id=case_file.id, changes=changes)
    enqueue(session, "reindexing", f"{case_file.id}:{case_file.revision}", str(case_file.id), way=CONTENT)
    return case_file


def _locked(session: Session, document_id: UUID) -> Document:
    document = session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise NotFound
    return document


def _checked(wanted: Mapping[str, object]) -> dict[str, object]:
    if unknown := sorted(set(wanted) - {*DOCUMENT_TEXTS, "letter_date"}):
        raise InvalidInput(problem=f"„{unknown[0]}“ lässt sich nicht ändern.", field=unknown[0])
    found: dict[str, object] = {
        name: _text(wanted[name], label, name, limit, needed=name in NEEDED)
        for name, (label, limit) in DOCUMENT_TEXTS.items()
        if name in wanted
    }
    if found.get("direction", "incoming") not in DIRECTIONS:
        raise InvalidInput(problem="Diese Richtung gibt es nicht.", field="direction")
    if "letter_date" in wanted:
        day = wanted["letter_date"]
        if day is not None and not isinstance(day, date):
            raise InvalidInput(problem="Datum im Format TT.MM.JJJJ eingeben.", field="letter_date")
        found["letter_date"] = day
    return found


def _text(value: object, label: str, name: str, limit: int, *, needed: bool) -> str:
    text = str(value or "").strip()
    if needed and not text:
        raise InvalidInput(problem=f"Bitte ausfüllen: {label}.", field=name)
    if len(text) > limit:
        raise InvalidInput(problem=f"{label}: höchstens {limit} Zeichen.", field=name)
    return text


def _set(row: Document | CaseFile, fresh: Mapping[str, object]) -> Changes:
    """Set the values that differ, count the revision on, and return old and new ones; nothing where none differ."""
    differing = {name: value for name, value in fresh.items() if getattr(row, name) != value}
    changes: dict[str, tuple[object, object]] = {name: (getattr(row, name), value) for name, value in differing.items()}
    before, after = changes.pop("field_values", ({}, {}))
    changes |= differences(cast("Values", before), cast("Values", after))
    for name, value in differing.items():
        setattr(row, name, value)
    row.revision += 1 if changes else 0
    return changes


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed a record last, and when."""

    name: str
    at: datetime


def last_change(session: Session, about: tuple[str, UUID]) -> LastChange | None:
    """Return who changed a record last; the caller has checked that the actor may see it."""
    kind, key = about
    found = session.execute(
        select(HistoryEntry.actor_login, HistoryEntry.at, Person.name)
        .outerjoin(Person, Person.id == HistoryEntry.actor_id)
        .where(HistoryEntry.about_kind == kind, HistoryEntry.about_id == str(key), HistoryEntry.changes.is_not(None))
        .order_by(HistoryEntry.sequence.desc())
        .limit(1)
    ).first()
    return LastChange(found.name or found.actor_login, found.at) if found else None
