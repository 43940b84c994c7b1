"""What a separator sheet says before anything is read: where its document belongs, within the rights of the inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eakte.records.states import CaseFileState
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import CaseFile, visible
from eakte.store.references import CASE_FILE, ReferenceAlias
from eakte.store.scanning import ScannedPart
from ingest.model import Proposal


def put_first(
    session: Session,
    item: IncomingItem,
    document: Document,
    found: Sequence[Proposal],
    keys: Collection[str],
    now: datetime,
) -> tuple[Proposal, ...]:
    """Return the proposals with that of the separator sheet first; its document type becomes the document's.

    A sheet counts for case files that the inbox may see (*keys*) and that are open: nobody learns of another.
    """
    part = session.get(ScannedPart, item.id)
    said = part.separator if part is not None else None
    if said is None or said["kind"] != "sheet":
        return tuple(found)
    if said["type"]:
        document.document_type = said["type"]
    case_file = _named(session, said, keys, now)
    if case_file is None:
        return tuple(found)
    reason = f"Das Trennblatt nennt {case_file.file_reference}."
    first = Proposal(str(case_file.id), 1.0, reason)
    return (first, *(one for one in found if one.value != first.value))


def _named(session: Session, said: dict[str, Any], keys: Collection[str], now: datetime) -> CaseFile | None:
    renamed = select(ReferenceAlias.record_id).where(
        ReferenceAlias.kind == CASE_FILE, ReferenceAlias.reference == said["reference"]
    )
    query = select(CaseFile).where(
        or_(CaseFile.file_reference == said["reference"], CaseFile.id.in_(renamed)),
        CaseFile.state == CaseFileState.OPEN,
        visible(frozenset(keys), now),
    )
    return session.scalar(query.limit(1))
