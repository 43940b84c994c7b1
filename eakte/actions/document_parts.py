"""One aspect of a document at a time, for programs: its versions with their files, its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from eakte.actions.guard import document_of
from eakte.records.access import Actor
from eakte.store.documents import DocumentVersion, PageRow


@dataclass(frozen=True, slots=True)
class RenditionFacts:
    """A file derived from a version's original."""

    kind: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version of a document, with what can be downloaded of it."""

    number: int
    filename: str
    media_type: str
    sha256: str
    software: str
    created_at: datetime | None
    created_by: str
    remark: str
    pages: int
    renditions: tuple[RenditionFacts, ...]


def revision_of(session: Session, actor: Actor, document_id: UUID, now: datetime) -> int:
    """Return how often a document the actor may see was changed."""
    return document_of(session, actor, document_id, now).revision


def versions(session: Session, actor: Actor, document_id: UUID, now: datetime) -> tuple[VersionFacts, ...]:
    """Return the versions of a document the actor may see, oldest first."""
    document = document_of(session, actor, document_id, now)
    rows = session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document.id)
        .options(selectinload(DocumentVersion.renditions))
        .order_by(DocumentVersion.number)
    ).all()
    counted = select(PageRow.version_id, func.count()).where(PageRow.version_id.in_([row.id for row in rows]))
    pages = dict(session.execute(counted.group_by(PageRow.version_id)).all())
    return tuple(
        VersionFacts(
            number=row.number,
            filename=row.filename,
            media_type=row.media_type,
            sha256=row.original,
            software=row.software,
            created_at=row.created_at,
            created_by=row.created_by,
            remark=row.remark,
            pages=pages.get(row.id, 0),
            renditions=tuple(RenditionFacts(one.kind, one.media_type, one.sha256) for one in row.renditions),
        )
        for row in rows
    )
