"""What is agreed with the archive: who decides when, and how big a process may be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.verdicts import verdict_of
from eakte.errors import EakteError, NotDue
from eakte.settings import Settings
from eakte.store.documents import Document, DocumentVersion, StoredObject
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.plan import rules_on_path
from retention.model import DisposalAction, Outcome
from retention.package import divided
from retention.procedure import Procedure

MEGABYTE = 1_000_000


class AppraisalOpen(EakteError):
    """In two steps nothing is offered: the archive wants a file by its rule, or somebody has to decide first."""

    code, status = "appraisal-open", 409


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed about a process."""

    procedure: Procedure = Procedure.FOUR_STEP
    most_bytes: int = 0
    """Originals of all case files in one process; 0: as many as there are."""
    most_files: int = 0
    """Case files in one process; 0: as many as there are."""

    @property
    def two_step(self) -> bool:
        """Whether the archive has decided in advance and is asked nothing."""
        return self.procedure is Procedure.TWO_STEP


DEFAULT = Terms()


def terms_of(settings: Settings) -> Terms:
    """Return what the settings say. From 4.0.0 on a process is divided only when it is handed over."""
    procedure = Procedure(settings.archive_procedure)
    if settings.archive_xdomea.startswith("4."):
        return Terms(procedure)
    return Terms(procedure, settings.archive_package_mb * MEGABYTE, settings.archive_package_files)


def groups(session: Session, files: Sequence[CaseFile], terms: Terms) -> list[list[CaseFile]]:
    """Divide case files into those of one process each, in order; a case file is never divided."""
    sizes = _sizes(session, [file.id for file in files]) if terms.most_bytes else {}
    return divided(files, lambda file: sizes.get(file.id, 0), terms.most_bytes, terms.most_files)


def _sizes(session: Session, case_file_ids: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(BusinessCase.case_file_id, func.sum(StoredObject.size))
        .join(Document, Document.case_id == BusinessCase.id)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(StoredObject, StoredObject.sha256 == DocumentVersion.original)
        .where(BusinessCase.case_file_id.in_(case_file_ids))
        .group_by(BusinessCase.case_file_id)
    )
    return {case_file_id: int(size or 0) for case_file_id, size in session.execute(query)}


def wanted_in_advance(session: Session, file: CaseFile, today: date) -> bool:
    """Tell whether the archive wants a case file by its rule: it says A, and somebody approved that.

    Raises:
        NotDue: Its verdict is not "offer"; what a rule destroys (V) is never sent.
    """
    verdict = verdict_of(session, file, today)
    if verdict.outcome is not Outcome.OFFER:
        raise NotDue(reference=file.file_reference)
    rules = {rule.rule_id: rule for rule in rules_on_path(session, file.file_plan_unit_id)}
    rule = rules.get(verdict.rule_id or "")
    return rule is not None and rule.action is DisposalAction.ARCHIVE and bool(rule.approved_by)
