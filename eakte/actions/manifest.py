"""What a destruction takes with it, written down before the first deletion, and the facts of its certificate.

The manifest holds ids, counts, hashes and dates, and nothing of the content: it outlives the case file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.calendar import BERLIN, day_of
from eakte.records.states import CaseFileState
from eakte.store.arranging import going_with
from eakte.store.arrivals import items_along
from eakte.store.disposal import Disposal
from eakte.store.disposal_runs import decided_by_hand
from eakte.store.document_life import VersionUpload
from eakte.store.documents import Document, DocumentVersion, PageRow, RenditionRow, StoredObject
from eakte.store.exchange import ArchiveArrival, DisposalMessage, DisposalProcess
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.paper import PaperPart
from eakte.store.plan import rules_on_path
from eakte.store.scanning import scans_behind
from retention.certificate import DestructionFacts, KeyDestruction
from retention.model import DisposalAction, Rule, Verdict
from retention.procedure import Procedure


def manifest(
    session: Session, case_file: CaseFile, verdict: Verdict, now: datetime, backups: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Return the manifest of a case file that is about to be destroyed; *backups* says how many days each is kept."""
    rule = _rule(session, case_file, verdict)
    return {
        **_contents(session, case_file),
        **_decision(session, case_file, rule, now),
        "organisation": case_file.org_unit.current.name,
        "reference": case_file.file_reference,
        "plan_code": case_file.plan_unit.code,
        "messages": messages_of(session, case_file),
        "paper": _paper(session, case_file),
        "opened_on": case_file.opened_on.isoformat(),
        "closed_on": (case_file.closed_on or day_of(now)).isoformat(),
        "retention_end": (verdict.retention_end or day_of(now)).isoformat(),
        "legal_basis": rule.legal_basis,
        "process_id": str(case_file.process_id) if case_file.process_id else None,
        "archive_reference": case_file.archive_reference,
        "backups": dict(backups or {}),
    }


def _rule(session: Session, case_file: CaseFile, verdict: Verdict) -> Rule:
    rules = rules_on_path(session, case_file.file_plan_unit_id)
    return next(rule for rule in rules if rule.rule_id == verdict.rule_id)


def documents_of(session: Session, case_file_id: UUID) -> list[Document]:
    """Return all documents of a case file."""
    cases = select(BusinessCase.id).where(BusinessCase.case_file_id == case_file_id)
    return list(session.scalars(select(Document).where(Document.case_id.in_(cases))))


def _contents(session: Session, case_file: CaseFile) -> dict[str, Any]:
    documents = documents_of(session, case_file.id)
    items = [document.item_id for document in documents]
    # What the documents were made of goes with them, unless something else made of it stays; so does the mail or
    # submission they came in, with what came in it beside them.
    made_of = going_with(session, items)
    sources = [*made_of, *items_along(session, [*items, *(source.id for source in made_of)])]
    own = _bytes_of(session, [document.id for document in documents])
    theirs = _bytes_of(session, [source.document.id for source in sources if source.document])
    originals = {*own.originals, *theirs.originals, *(source.sha256 for source in sources)}
    derived = {*own.derived, *theirs.derived}
    for scan in scans_behind(session, items):
        derived.update((scan.sha256, *(image for page in scan.pages for image in (page.image, page.thumbnail))))
    return {
        "cases": sorted(str(case.id) for case in case_file.cases),
        "sub_files": sorted(str(sub_file.id) for sub_file in case_file.sub_files),
        "documents": sorted(str(document.id) for document in documents),
        "pages": own.pages,
        "originals": [_fingerprint(session.get_one(StoredObject, sha256)) for sha256 in sorted(originals)],
        "derived": sorted(derived),
        "items": sorted(str(item) for item in items),
        "sources": [str(source.id) for source in sources],
    }


@dataclass(frozen=True, slots=True)
class _Bytes:
    """What is stored of documents, and how many pages all their versions have."""

    originals: frozenset[str]
    derived: frozenset[str]
    pages: int


def _bytes_of(session: Session, document_ids: Sequence[UUID]) -> _Bytes:
    versions = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id.in_(document_ids))).all()
    keys = [version.id for version in versions]
    pages = session.scalars(select(PageRow).where(PageRow.version_id.in_(keys))).all()
    derived = set(session.scalars(select(RenditionRow.sha256).where(RenditionRow.version_id.in_(keys))))
    derived.update(image for page in pages for image in (page.image, page.thumbnail))
    uploads = session.scalars(select(VersionUpload.sha256).where(VersionUpload.document_id.in_(document_ids)))
    return _Bytes(frozenset({*(version.original for version in versions), *uploads}), frozenset(derived), len(pages))


def _paper(session: Session, case_file: CaseFile) -> list[str]:
    """Return the paper to be destroyed too: number and place of each part, and nothing of what is in it."""
    parts = session.scalars(select(PaperPart).where(PaperPart.case_file_id == case_file.id).order_by(PaperPart.number))
    return [
        ", ".join(
            f"{label} {value}".strip()
            for label, value in (
                ("Nr.", str(part.number)),
                ("Band", part.volume),
                ("Karton", part.box),
                ("Regal", part.shelf),
                ("", part.location),
            )
            if value
        )
        for part in parts
    ]


def _fingerprint(kept: StoredObject) -> dict[str, str]:
    return {"sha256": kept.sha256, "sha512": kept.sha512}


def _decision(session: Session, case_file: CaseFile, rule: Rule, now: datetime) -> dict[str, str]:
    """Return who decided on destruction: the archive for this file, or in advance by an approved rule."""
    # A file whose offer was withdrawn keeps the process; its archive has not spoken.
    if case_file.process_id is None or case_file.state is CaseFileState.CLOSED:
        by = rule.approved_by or f"Regel {rule.rule_id} (ohne Freigabe)"
        return {"decision": DisposalAction.DESTROY.value, "by": by, "on": rule.valid_from.isoformat()}
    archived = case_file.state is CaseFileState.ARCHIVED
    decision = DisposalAction.ARCHIVE if archived else DisposalAction.DESTROY
    by_hand = decided_by_hand(session, case_file.id, case_file.process_id)
    if by_hand is not None:
        on = day_of(by_hand.decided_at or now).isoformat()
        return {"decision": decision.value, "by": f"Archiv, {by_hand.decided_by}", "on": on}
    process = session.get(DisposalProcess, case_file.process_id)
    if process is not None and process.procedure is Procedure.TWO_STEP:
        by = f"Regel {rule.rule_id}, {rule.approved_by}"
        return {"decision": decision.value, "by": by, "on": day_of(process.begun_at).isoformat()}
    appraised = session.scalar(
        select(DisposalMessage.at).where(
            DisposalMessage.process_id == case_file.process_id, DisposalMessage.kind == "0502"
        )
    )
    return {"decision": decision.value, "by": "Archiv", "on": day_of(appraised or now).isoformat()}


def messages_of(session: Session, case_file: CaseFile) -> list[str]:
    """Return the messages of the archive to forget, also unread ones: of a process all of whose case files are gone."""
    if case_file.process_id is None:
        return []
    alive = session.scalar(
        select(CaseFile.id).where(
            CaseFile.process_id == case_file.process_id,
            CaseFile.id != case_file.id,
            CaseFile.state != CaseFileState.DESTROYED,
        )
    )
    if alive is not None:
        return []
    kept: set[str] = set()
    for table in (DisposalMessage, ArchiveArrival):
        kept.update(session.scalars(select(table.sha256).where(table.process_id == case_file.process_id)))
    return sorted(kept)


def facts(disposal: Disposal, destroyed_at: datetime, keys: KeyDestruction | None = None) -> DestructionFacts:
    """Return the facts of the certificate, from the manifest alone: the records are gone by then."""
    found = disposal.manifest or {}
    originals = tuple(kept["sha256"] for kept in found["originals"])
    day = day_of(destroyed_at)
    backups = tuple((name, day + timedelta(days=days)) for name, days in found.get("backups", {}).items())
    return DestructionFacts(
        certificate_id=str(disposal.id),
        organisation=found["organisation"],
        file_id=str(disposal.case_file_id),
        reference=found["reference"],
        plan_code=found["plan_code"],
        opened_on=date.fromisoformat(found["opened_on"]),
        closed_on=date.fromisoformat(found["closed_on"]),
        retention_end=date.fromisoformat(found["retention_end"]),
        case_ids=tuple(found["cases"]),
        sub_file_ids=tuple(found.get("sub_files", ())),
        document_ids=tuple(found["documents"]),
        pages=found["pages"],
        objects=len(originals) + len(found["derived"]) + len(found["messages"]),
        originals=originals,
        rule_id=disposal.rule_id or "",
        legal_basis=found["legal_basis"],
        explanation=tuple(disposal.explanation),
        decision=DisposalAction(found["decision"]),
        decided_by=found["by"],
        decided_on=date.fromisoformat(found["on"]),
        proposed_by=disposal.proposed_by,
        proposed_at=disposal.proposed_at.astimezone(BERLIN),
        approved_by=disposal.decided_by or "",
        approved_at=(disposal.decided_at or destroyed_at).astimezone(BERLIN),
        destroyed_at=destroyed_at.astimezone(BERLIN),
        process_id=found["process_id"],
        archive_reference=found["archive_reference"],
        paper=tuple(found.get("paper", ())),
        backups=backups,
        keys=keys,
        backups_until=max((until for _, until in backups), default=None),
    )
