"""The case file of a line: the one that bears its former reference, the one the run opened before, or a new one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import cases
from eakte.actions.cases import NewCaseFile
from eakte.actions.guard import case_file_of
from eakte.errors import InvalidInput
from eakte.records.access import Actor
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile, visible
from eakte.store.history import record, set_to
from eakte.store.migration import MigrationFile, MigrationLine, MigrationRun, key_of
from eakte.store.references import CASE_FILE, GivenReference, ReferenceAlias, keep_alias

OPENED_AGAIN = "Die zurückgenommene Migration wird neu ausgeführt."


def case_file_for(session: Session, actor: Actor, run: MigrationRun, line: MigrationLine, now: datetime) -> CaseFile:
    """Return the case file of a line, opened as the actor if there is none yet; its former reference leads there.

    Raises:
        InvalidInput: It belongs to another unit, or none can be opened.
        NotFound: The actor may no longer see it.
    """
    key = key_of(line.entry())
    known = session.get(MigrationFile, (run.id, key))
    if known is not None:
        return _usable(session, actor, case_file_of(session, actor, known.case_file_id, now), now)
    found = _bearing(session, actor, line.reference, now) if line.reference else None
    if found is not None and found.access_key != run.access_key:
        problem = f"Die Akte {found.file_reference} führt eine andere Organisationseinheit."
        raise InvalidInput(problem=problem, field="reference")
    begun = found is None or found.state is CaseFileState.VOIDED
    file = _usable(session, actor, found, now) if found else _opened(session, actor, run, line, now)
    session.flush()
    made = MigrationFile(run_id=run.id, file_key=key, case_file_id=file.id, opened=begun, revision=file.revision)
    session.add(made)
    session.flush()
    return file


def _usable(session: Session, actor: Actor, file: CaseFile, now: datetime) -> CaseFile:
    if file.state is CaseFileState.VOIDED:
        return cases.reopen(session, actor, file.id, reason=OPENED_AGAIN, now=now)
    return file


def _bearing(session: Session, actor: Actor, reference: str, now: datetime) -> CaseFile | None:
    """Return the visible case file that bears exactly this reference, now or formerly."""
    former = select(ReferenceAlias.record_id).where(
        ReferenceAlias.kind == CASE_FILE, ReferenceAlias.reference == reference
    )
    query = select(CaseFile).where(
        (CaseFile.file_reference == reference) | CaseFile.id.in_(former), visible(actor.keys, now)
    )
    return session.scalars(query.order_by(CaseFile.file_reference == reference)).first()


def _opened(session: Session, actor: Actor, run: MigrationRun, line: MigrationLine, now: datetime) -> CaseFile:
    # A reference that leads elsewhere already, perhaps to what the actor must not know of, is only written down.
    taken = bool(line.reference) and _is_taken(session, line.reference)
    subject = f"{line.title[:400]} (bisher {line.reference})" if taken else line.title
    new = NewCaseFile(line.plan, subject, run.org_unit.current.code)
    file = cases.open_case_file(session, actor, new, now)
    if line.reference and not taken:
        keep_alias(session, CASE_FILE, file.id, line.reference, now=now)
        about, changes = ("case_file", file.id), set_to(former=line.reference)
        record(session, actor, "case_file.migrated", about=about, now=now, case_file_id=file.id, changes=changes)
    return file


def _is_taken(session: Session, reference: str) -> bool:
    alias = select(ReferenceAlias.id).where(ReferenceAlias.reference == reference)
    return session.scalar(alias) is not None or session.get(GivenReference, reference) is not None
