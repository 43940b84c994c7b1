"""What the source says before anything is read: the type it vouches for, and where a separator sheet wants it filed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eakte.records.states import CaseFileState
from eakte.store.arrivals import Arrival
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile, visible
from eakte.store.references import CASE_FILE, ReferenceAlias
from eakte.store.scanning import ScannedPart
from ingest.model import Proposal


def put_first(
    session: Session,
    item: IncomingItem,
    found: Sequence[Proposal],
    keys: Collection[str],
    now: datetime,
) -> tuple[Proposal, ...]:
    """Return the proposals with that of the separator sheet first.

    A sheet counts for case files that the inbox may see (*keys*) and that are open: nobody learns of another.
    """
    said = sheet_of(session, item)
    if said is None:
        return tuple(found)
    case_file = _named(session, said, keys, now)
    if case_file is None:
        return tuple(found)
    reason = f"Das Trennblatt nennt {case_file.file_reference}."
    first = Proposal(str(case_file.id), 1.0, reason)
    return (first, *(one for one in found if one.value != first.value))


def sheet_of(session: Session, item: IncomingItem) -> dict[str, Any] | None:
    """Return what the separator sheet in front of an item says, if it came by one of ours."""
    part = session.get(ScannedPart, item.id)
    said = part.separator if part is not None else None
    return said if said is not None and said["kind"] == "sheet" else None


def vouched_type(session: Session, item: IncomingItem) -> Proposal | None:
    """Return the document type a separator sheet or the sender's metadata vouch for; nothing learned changes it."""
    said = sheet_of(session, item)
    if said is not None and said["type"]:
        return Proposal(said["type"], 1.0, f"Das Trennblatt nennt „{said['type']}“.")
    told = session.get(Arrival, item.id)
    if told is not None and told.document_type:
        return Proposal(told.document_type, 1.0, f"Die Quelle hat es als „{told.document_type}“ eingeliefert.")
    return None


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
