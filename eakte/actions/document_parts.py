"""What a program wants to know of a document besides its contents: its state, its fields, its revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import proposals
from eakte.actions.guard import document_of
from eakte.actions.metadata import FieldView, document_fields, views
from eakte.records.access import Actor
from eakte.records.states import DocumentState
from ingest.model import Mention


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """State, declared fields and revision of a document."""

    state: DocumentState
    fields: tuple[FieldView, ...]
    revision: int
    mentions: tuple[Mention, ...] = ()
    """What its first version names, as it was read when it came in."""


def facts(session: Session, actor: Actor, document_id: UUID, now: datetime) -> DocumentFacts:
    """Return what a document the actor may see says of itself besides its plain texts."""
    document = document_of(session, actor, document_id, now)
    fields = views(session, document_fields(session, document.document_type), document.field_values)
    mentions = proposals.from_json(document.item.proposals).facts.mentions
    return DocumentFacts(document.state, fields, document.revision, mentions)
