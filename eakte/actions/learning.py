"""Learning from what clerks decided: which decisions a unit's models learn from, and which version serves.

A unit's models learn from documents filed in case files of the unit and the units below, read where the database
holds them: what was destroyed is gone from the next training. Need-to-know files and files somebody is blocked for
are left out, because a reason counts letters. A model holds hashed numbers and no words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from eakte.actions import proposals
from eakte.errors import NotFound
from eakte.records.access import SYSTEM, Actor, Permission, unit_key
from eakte.records.learning import LEAST_DECISIONS, LEAST_NEW, ModelKind
from eakte.records.states import CaseFileState
from eakte.store.arrivals import is_attachment
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow, is_newest
from eakte.store.files import AccessRestriction, BusinessCase, CaseFile
from eakte.store.history import record
from eakte.store.jobs import enqueue
from eakte.store.learning import ModelVersion, next_number, serving, versions_of
from eakte.store.organisation import branch_keys, during
from eakte.store.people import OrgUnit, unit_by_code
from eakte.store.plan import FilePlanUnit
from eakte.store.processing import unlifted_document, unlifted_file
from eakte.store.stored import Fingerprint, Objects, forget, keep

MOST_DECISIONS = 5_000
"""The newest decisions teach; older ones speak of another time and cost memory."""
FIRST_PAGES = 3
LEAST_OF_A_VALUE = 3
VERSIONS_KEPT = 5
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clerk decided about a letter, and what the rules had said."""

    text: str
    value: str
    ruled: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A trained model in the object store and how it was judged."""

    stored: Fingerprint
    seen: Mapping[str, int]
    learned_until: datetime
    judged: int
    right: int
    right_before: int
    serves: bool


def decisions(session: Session, org_unit_id: UUID, kind: ModelKind, now: datetime) -> list[Decision]:
    """Return what a unit's model of a kind learns from, oldest first; values seen too seldom are left out."""
    value = Document.document_type if kind is ModelKind.DOCUMENT_TYPE else FilePlanUnit.code
    rows = session.execute(
        select(Document.id, value, Document.filed_at, IncomingItem.proposals)
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .join(FilePlanUnit, FilePlanUnit.id == CaseFile.file_plan_unit_id)
        .where(*teaches(session, org_unit_id, now), value != "")
        .order_by(Document.filed_at.desc(), Document.id)
        .limit(MOST_DECISIONS)
    ).all()
    texts = _texts(session, [row[0] for row in rows])
    found = [
        Decision(texts[document_id], str(decided), _ruled(kind, kept), at)
        for document_id, decided, at, kept in reversed(rows)
        if at is not None and texts.get(document_id, "").strip()
    ]
    counts = _counts(found)
    return [one for one in found if counts[one.value] >= LEAST_OF_A_VALUE]


def teaches(session: Session, org_unit_id: UUID, now: datetime) -> list[ColumnElement[bool]]:
    """Return the predicate "everybody who works at this inbox may know of this document"."""
    keys = [unit_key(key) for key in branch_keys(session, org_unit_id, now)]
    blocked = (
        select(AccessRestriction.id)
        .where(
            AccessRestriction.case_file_id == CaseFile.id,
            during(AccessRestriction.since, AccessRestriction.until, now),
        )
        .exists()
    )
    return [
        CaseFile.access_key.in_(keys),
        CaseFile.restricted.is_(False),
        CaseFile.state != CaseFileState.DESTROYED,
        ~blocked,
        ~unlifted_file(CaseFile.id),
        ~unlifted_document(Document.id),
        ~is_attachment(),
        Document.filed_at.is_not(None),
        Document.voided_at.is_(None),
    ]


def _ruled(kind: ModelKind, kept: dict[str, object] | None) -> str:
    read = proposals.from_json(kept)
    if kind is ModelKind.DOCUMENT_TYPE:
        return read.ruled_type.value if read.ruled_type else ""
    return read.ruled_units[0].value if read.ruled_units else ""


def _texts(session: Session, document_ids: Sequence[UUID]) -> dict[UUID, str]:
    texts: dict[UUID, str] = {}
    for start in range(0, len(document_ids), AT_ONCE):
        pages = session.execute(
            select(DocumentVersion.document_id, PageRow.text)
            .join(PageRow, PageRow.version_id == DocumentVersion.id)
            .where(
                DocumentVersion.document_id.in_(document_ids[start : start + AT_ONCE]),
                is_newest(),
                PageRow.number <= FIRST_PAGES,
            )
            .order_by(DocumentVersion.document_id, PageRow.number)
        )
        for document_id, text in pages:
            texts[document_id] = f"{texts[document_id]}\f{text}" if document_id in texts else text
    return texts


def _counts(found: Sequence[Decision]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in found:
        counts[one.value] = counts.get(one.value, 0) + 1
    return counts


def worth_learning(found: Sequence[Decision], before: ModelVersion | None, *, ordered: bool) -> bool:
    """Tell whether there is something to learn (anew): enough decisions of two values, and enough new ones.

    ``ordered``: a person asked for it, so that a few new ones are enough.
    """
    return len(_counts(found)) >= 2 and enough([one.at for one in found], before, ordered=ordered)


def enough(times: Sequence[datetime], before: ModelVersion | None, *, ordered: bool) -> bool:
    """Tell whether decisions made at *times* are enough to learn (anew) from."""
    if len(times) < LEAST_DECISIONS:
        return False
    if before is None:
        return True
    return sum(moment > before.learned_until for moment in times) >= (1 if ordered else LEAST_NEW)


def add_version(
    session: Session, objects: Objects, org_unit_id: UUID, kind: ModelKind, made: Made, now: datetime
) -> ModelVersion:
    """Keep a trained model; it serves only if it was judged not to be worse. The oldest versions go.

    Raises:
        ObjectVanished: The model must be stored again.
    """
    keep(session, objects, made.stored, now=now)
    version = ModelVersion(
        org_unit_id=org_unit_id,
        kind=kind,
        number=next_number(session, org_unit_id, kind),
        sha256=made.stored.sha256,
        made_at=now,
        learned_until=made.learned_until,
        seen=dict(made.seen),
        judged=made.judged,
        right=made.right,
        right_before=made.right_before,
    )
    session.add(version)
    if made.serves:
        _serve(session, version)
    session.flush()
    _log(session, SYSTEM, "model.trained", version, now)
    for old in versions_of(session, org_unit_id, kind)[VERSIONS_KEPT:]:
        if not old.serving:
            session.execute(delete(ModelVersion).where(ModelVersion.id == old.id))
            forget(session, objects, old.sha256)
    return version


def _serve(session: Session, version: ModelVersion) -> None:
    for other in versions_of(session, version.org_unit_id, version.kind):
        other.serving = False
    version.serving = True


def _log(session: Session, actor: Actor, action: str, version: ModelVersion, now: datetime) -> None:
    detail = {
        "kind": version.kind.value,
        "number": version.number,
        "letters": sum(version.seen.values()),
        "serving": version.serving,
    }
    record(session, actor, action, about=("model", version.id), now=now, detail=detail)


def versions(session: Session, actor: Actor) -> list[ModelVersion]:
    """Return all versions of all units, newest first within each unit and kind."""
    actor.require(Permission.PLAN)
    query = select(ModelVersion).join(OrgUnit, OrgUnit.id == ModelVersion.org_unit_id)
    return list(session.scalars(query.order_by(OrgUnit.code, ModelVersion.kind, ModelVersion.number.desc())))


def use(session: Session, actor: Actor, *, unit_code: str, kind: ModelKind, number: int, now: datetime) -> ModelVersion:
    """Let a kept version serve (roll-back); number 0 lets the rules alone speak.

    Raises:
        NotFound: There is no such unit or version.
    """
    actor.require(Permission.PLAN)
    unit = unit_by_code(session, unit_code)
    kept = versions_of(session, unit.id, kind) if unit else []
    chosen = next((one for one in kept if one.number == number), None)
    served = next((one for one in kept if one.serving), None)
    if chosen is None and (number or served is None):
        raise NotFound
    if chosen is not None:
        _serve(session, chosen)
    elif served is not None:
        served.serving = False
    told = chosen or served
    assert told is not None  # noqa: S101 - one of them is there
    session.flush()
    _log(session, actor, "model.chosen", told, now)
    enqueue(session, "proposing", f"{told.id}:{now.isoformat()}", str(told.org_unit_id))
    return told


def order_training(session: Session, actor: Actor, now: datetime, *, unit_code: str = "") -> int:
    """Order the training of a unit's models, or of all units'; return of how many units. A worker trains.

    Raises:
        NotFound: There is no such unit.
    """
    actor.require(Permission.PLAN)
    query = select(OrgUnit).where(OrgUnit.dissolved_at.is_(None)).order_by(OrgUnit.code)
    units = session.scalars(query.where(OrgUnit.code == unit_code) if unit_code else query).all()
    if not units:
        raise NotFound
    for unit in units:
        enqueue(session, "learning", f"{unit.id}:{now.isoformat()}", str(unit.id), ORDERED)
    return len(units)


ORDERED, BY_NIGHT = "ordered", "night"


def order_by_night(session: Session, now: datetime) -> None:
    """Order the training of every unit in which letters arrive; however many workers do so, it is done once a night."""
    units = session.scalars(select(IncomingItem.org_unit_id).distinct())
    for unit_id in sorted(units):
        enqueue(session, "learning", f"{unit_id}:{now:%Y-%m-%d}", str(unit_id), BY_NIGHT)


def serving_versions(session: Session, org_unit_id: UUID) -> dict[ModelKind, ModelVersion]:
    """Return which version serves a unit's inbox, for each kind that has one."""
    found = {kind: serving(session, org_unit_id, kind) for kind in ModelKind}
    return {kind: version for kind, version in found.items() if version is not None}
