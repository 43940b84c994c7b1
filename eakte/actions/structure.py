"""Structure inside a case file: sub-files (Teilakte), cases (Vorgang) and sub-cases (Teilvorgang)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.closing import document_facts
from eakte.actions.guard import case_file_of, case_of, check_revision, sub_file_of
from eakte.errors import CannotClosePart, CaseClosed, CaseFileClosed, InvalidInput, MissingReason, NotFound
from eakte.records import structure
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.closing import document_preconditions
from eakte.records.reference import case_reference, sub_file_reference
from eakte.records.states import CaseFileState, CaseState, SubFileState, move_case, move_sub_file
from eakte.store.files import BusinessCase, CaseFile, SubFile, next_case_number, next_sub_file_number
from eakte.store.history import Changes, noted, record, set_to, since

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Outline:
    """The shape of one case file: what lies in what."""

    sub_files: Mapping[UUID, SubFile]
    cases: Mapping[UUID, BusinessCase]

    @property
    def sub_file_parents(self) -> dict[UUID, UUID | None]:
        """Each sub-file with the one it lies in."""
        return {key: row.parent_id for key, row in self.sub_files.items()}

    @property
    def case_parents(self) -> dict[UUID, UUID | None]:
        """Each case with the one it is a part of."""
        return {key: row.parent_id for key, row in self.cases.items()}

    def sub_file_of_case(self, case_id: UUID) -> UUID | None:
        """Return the sub-file a case lies in, a sub-case where its uppermost case does."""
        top = [case_id, *structure.above(case_id, self.case_parents)][-1]
        return self.cases[top].sub_file_id

    def cases_in(self, sub_file_ids: Iterable[UUID]) -> list[BusinessCase]:
        """Return all cases in these sub-files, sub-cases included."""
        wanted = frozenset(sub_file_ids)
        return [case for key, case in self.cases.items() if self.sub_file_of_case(key) in wanted]

    def branch_of_case(self, case_id: UUID) -> list[BusinessCase]:
        """Return a case with all its sub-cases."""
        return [self.cases[key] for key in structure.branch(case_id, self.case_parents)]

    def branch_of_sub_file(self, sub_file_id: UUID) -> list[SubFile]:
        """Return a sub-file with all sub-files in it."""
        return [self.sub_files[key] for key in structure.branch(sub_file_id, self.sub_file_parents)]


def outline_of(session: Session, case_file_id: UUID) -> Outline:
    """Return the shape of a case file; the caller has checked that the actor may see it."""
    sub_files = session.scalars(select(SubFile).where(SubFile.case_file_id == case_file_id).order_by(SubFile.number))
    cases = session.scalars(
        select(BusinessCase).where(BusinessCase.case_file_id == case_file_id).order_by(BusinessCase.number)
    )
    return Outline({row.id: row for row in sub_files}, {row.id: row for row in cases})


def reference_of(part: BusinessCase | SubFile, case_file: CaseFile) -> str:
    """Return the reference of a case or sub-file."""
    if isinstance(part, SubFile):
        return sub_file_reference(case_file.file_reference, part.number)
    return case_reference(case_file.file_reference, part.number)


def check_sub_file_place(outline: Outline, case_file: CaseFile, parent_id: UUID | None) -> None:
    """Check that a new sub-file may lie there.

    Raises:
        NotFound: The sub-file above is not in this case file.
        CaseClosed: It is closed.
        TooDeep: There would be too many levels.
    """
    above = _sub_files_above(outline, case_file, parent_id)
    structure.check_sub_file(sub_files_above=above)


def check_case_place(
    outline: Outline, case_file: CaseFile, *, sub_file_id: UUID | None, parent_id: UUID | None, height: int = 0
) -> None:
    """Check that a case with *height* levels of sub-cases may lie there, like :func:`check_sub_file_place`."""
    if parent_id is None:
        above = _sub_files_above(outline, case_file, sub_file_id)
        structure.check_case(sub_files_above=above, cases_above=0, height=height)
        return
    if parent_id not in outline.cases:
        raise NotFound
    parent = outline.cases[parent_id]
    if parent.state is not CaseState.OPEN:
        raise CaseClosed(reference=reference_of(parent, case_file))
    above = _sub_files_above(outline, case_file, outline.sub_file_of_case(parent_id))
    cases_above = 1 + len(list(structure.above(parent_id, outline.case_parents)))
    structure.check_case(sub_files_above=above, cases_above=cases_above, height=height)


def _sub_files_above(outline: Outline, case_file: CaseFile, sub_file_id: UUID | None) -> int:
    if sub_file_id is None:
        return 0
    if sub_file_id not in outline.sub_files:
        raise NotFound
    sub_file = outline.sub_files[sub_file_id]
    if sub_file.state is not SubFileState.OPEN:
        raise CaseClosed(reference=reference_of(sub_file, case_file))
    return 1 + len(list(structure.above(sub_file_id, outline.sub_file_parents)))


def open_sub_file(
    session: Session, actor: Actor, case_file_id: UUID, subject: str, *, parent_id: UUID | None = None, now: datetime
) -> SubFile:
    """Open a sub-file in an open case file, or in a sub-file of it.

    Raises:
        CaseFileClosed, CaseClosed: What it would lie in is closed.
        TooDeep: There would be too many levels.
        InvalidInput: The subject is missing or too long.
    """
    actor.require(Permission.OPEN_FILE)
    case_file = _open_file(session, actor, case_file_id, now)
    check_subject(subject)
    check_sub_file_place(outline_of(session, case_file.id), case_file, parent_id)
    sub_file = SubFile(
        case_file_id=case_file.id,
        parent_id=parent_id,
        number=next_sub_file_number(session, case_file.id),
        subject=subject.strip(),
        opened_on=day_of(now),
        opened_by=actor.name,
    )
    session.add(sub_file)
    session.flush()
    changes = set_to(subject=sub_file.subject)
    _log(session, actor, sub_file, case_file, "sub_file.opened", now=now, changes=changes)
    return sub_file


def open_case(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    subject: str,
    now: datetime,
    *,
    sub_file_id: UUID | None = None,
    parent_id: UUID | None = None,
) -> BusinessCase:
    """Open a case in an open case file, in a sub-file of it, or as a part of another case; refusals as above."""
    actor.require(Permission.OPEN_FILE)
    case_file = _open_file(session, actor, case_file_id, now)
    check_subject(subject)
    check_case_place(outline_of(session, case_file.id), case_file, sub_file_id=sub_file_id, parent_id=parent_id)
    case = BusinessCase(
        case_file_id=case_file.id,
        number=next_case_number(session, case_file.id),
        subject=subject.strip(),
        opened_on=day_of(now),
        parent_id=parent_id,
        sub_file_id=None if parent_id else sub_file_id,
    )
    session.add(case)
    session.flush()
    _log(session, actor, case, case_file, "case.opened", now=now, changes=set_to(subject=case.subject))
    return case


def _open_file(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> CaseFile:
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    return case_file


def check_subject(subject: str) -> None:
    """Refuse an empty or overlong subject."""
    if not subject.strip() or len(subject.strip()) > LONGEST:
        raise InvalidInput(problem=f"Bitte einen Betreff mit höchstens {LONGEST} Zeichen angeben.", field="subject")


def part_of(
    session: Session, actor: Actor, kind: str, part_id: UUID, now: datetime, *, lock: bool = False
) -> BusinessCase | SubFile:
    """Return the case (``case``) or sub-file (``sub_file``) with the id, through the actor's keys."""
    if kind == "sub_file":
        return sub_file_of(session, actor, part_id, now, lock=lock)
    return case_of(session, actor, part_id, now, lock=lock)


def rename(
    session: Session,
    actor: Actor,
    part: BusinessCase | SubFile,
    subject: str,
    *,
    revision: int | None = None,
    now: datetime,
) -> None:
    """Give an open case or sub-file, which :func:`part_of` has locked, another subject.

    Raises:
        StaleRevision: Somebody else changed it since.
        CaseFileClosed, CaseClosed: It is closed.
    """
    actor.require(Permission.OPEN_FILE)
    check_revision(part.revision, revision)
    case_file = part.case_file
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    if part.state.value != CaseState.OPEN.value:
        raise CaseClosed(reference=reference_of(part, case_file))
    check_subject(subject)
    before, part.subject = part.subject, subject.strip()
    part.revision += 1
    detail, about = {"reference": reference_of(part, case_file)}, (_kind(part), part.id)
    record(
        session,
        actor,
        f"{_kind(part)}.renamed",
        about=about,
        now=now,
        case_file_id=case_file.id,
        detail=detail,
        changes={"subject": (before, part.subject)},
    )


def close_part(
    session: Session, actor: Actor, part: BusinessCase | SubFile, *, revision: int | None = None, now: datetime
) -> None:
    """Close a case with its sub-cases, or a sub-file with everything in it; :func:`part_of` has locked it.

    Raises:
        CannotClosePart: A document in it is not finished; the German reasons are in ``detail``.
        MoveRefused: It is closed already.
    """
    actor.require(Permission.CLOSE)
    check_revision(part.revision, revision)
    case_file = part.case_file
    outline = outline_of(session, case_file.id)
    if isinstance(part, SubFile):
        sub_files = outline.branch_of_sub_file(part.id)
        cases = outline.cases_in(each.id for each in sub_files)
        move_sub_file(part.state, SubFileState.CLOSED)
    else:
        sub_files, cases = [], outline.branch_of_case(part.id)
        move_case(part.state, CaseState.CLOSED)
    facts = document_facts(session, case_file, [case.id for case in cases], now)
    if failing := [check.text for check in document_preconditions(facts) if not check.holds]:
        raise CannotClosePart(reference=reference_of(part, case_file), reasons=" ".join(failing))
    before = noted(part, "state", "closed_on")
    more: dict[str, object] = {"parts": shut(sub_files, cases, day_of(now), with_file=False) - 1}
    changes = since(before, part)
    _log(session, actor, part, case_file, f"{_kind(part)}.closed", now=now, more=more, changes=changes)


def shut(sub_files: Iterable[SubFile], cases: Iterable[BusinessCase], day: date, *, with_file: bool) -> int:
    """Close what is still open among these as of a day and return how many there were."""
    count = 0
    for sub_file in sub_files:
        if sub_file.state is SubFileState.OPEN:
            sub_file.state = move_sub_file(sub_file.state, SubFileState.CLOSED)
            count += _shut(sub_file, day, with_file=with_file)
    for case in cases:
        if case.state is CaseState.OPEN:
            case.state = move_case(case.state, CaseState.CLOSED)
            count += _shut(case, day, with_file=with_file)
    return count


def _shut(part: BusinessCase | SubFile, day: date, *, with_file: bool) -> int:
    part.closed_on, part.closed_with_file = day, with_file
    part.revision += 1
    return 1


def reopen_part(session: Session, actor: Actor, part: BusinessCase | SubFile, *, reason: str, now: datetime) -> None:
    """Open a closed case or sub-file again (registry, with a reason); what lies in it stays as it is.

    Raises:
        MissingReason: No reason was given.
        CaseFileClosed, CaseClosed: What it lies in is closed.
        MoveRefused: It is open.
    """
    actor.require(Permission.REOPEN)
    if not reason.strip():
        raise MissingReason
    case_file = part.case_file
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    outline, before = outline_of(session, case_file.id), noted(part, "state", "closed_on")
    if isinstance(part, SubFile):
        _sub_files_above(outline, case_file, part.parent_id)
        part.state = move_sub_file(part.state, SubFileState.OPEN)
    else:
        check_case_place(outline, case_file, sub_file_id=part.sub_file_id, parent_id=part.parent_id)
        part.state = move_case(part.state, CaseState.OPEN)
    part.closed_on, part.closed_with_file = None, False
    part.revision += 1
    changes = since(before, part)
    _log(session, actor, part, case_file, f"{_kind(part)}.reopened", now=now, reason=reason.strip(), changes=changes)


def _kind(part: BusinessCase | SubFile) -> str:
    return "sub_file" if isinstance(part, SubFile) else "case"


def _log(  # noqa: PLR0913 - what the one door of the history takes
    session: Session,
    actor: Actor,
    part: BusinessCase | SubFile,
    case_file: CaseFile,
    action: str,
    *,
    now: datetime,
    more: Mapping[str, object] | None = None,
    reason: str = "",
    changes: Changes,
) -> None:
    detail = {"reference": reference_of(part, case_file), **(more or {})}
    about = (_kind(part), part.id)
    record(
        session,
        actor,
        action,
        about=about,
        now=now,
        case_file_id=case_file.id,
        detail=detail,
        reason=reason,
        changes=changes,
    )
