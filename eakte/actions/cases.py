"""Case files and cases: opening, listing, closing (z.d.A.), reopening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.closing import closing_preconditions, open_disposals
from eakte.actions.guard import case_file_of, check_revision
from eakte.actions.holding import hold_new
from eakte.actions.metadata import NO_FIELDS, Fields, differences
from eakte.actions.plan_defaults import share_by_default
from eakte.actions.structure import outline_of, shut
from eakte.actions.templates import Beginning, beginning, lay_out
from eakte.actions.verdicts import keep_verdict
from eakte.errors import CannotClose, InvalidInput, MissingReason
from eakte.records.access import SYSTEM, Actor, Permission, unit_key
from eakte.records.calendar import day_of, german
from eakte.records.closing import FormerEnd
from eakte.records.reference import derivation, parse_pattern
from eakte.records.states import (
    CaseFileState,
    CaseState,
    DisposalState,
    SubFileState,
    move_case,
    move_case_file,
    move_disposal,
    move_sub_file,
)
from eakte.store.files import BusinessCase, CaseFile, SubFile
from eakte.store.history import Changes, noted, record, set_to, since
from eakte.store.jobs import enqueue
from eakte.store.people import unit_by_code
from eakte.store.plan import FilePlanUnit, defaults_of, pattern_of, plan_path, plan_unit
from eakte.store.references import give_reference


@dataclass(frozen=True, slots=True)
class NewCaseFile:
    """What the person states when opening a case file; the reference is given by the system."""

    file_plan_code: str
    subject: str
    org_unit_code: str
    first_case: str = "Allgemeines"
    restricted: bool = False
    file_type: str = ""
    """Kind of case file, if another than the file plan says."""
    fields: Fields = NO_FIELDS
    template: str = ""
    """Name of the pattern the file is made by; its cases then come instead of ``first_case``."""
    derivation: str = ""
    """Ableitung, where the pattern of reference numbers asks for one: a name, street or district."""


def open_case_file(session: Session, actor: Actor, new: NewCaseFile, now: datetime) -> CaseFile:
    """Open a case file with its first case under a file plan unit.

    Raises:
        InvalidInput: The unit is unknown, retired, not the lowest level, or not one of the actor's; the kind or
            template does not exist there; a field cannot be accepted or is missing.
    """
    actor.require(Permission.OPEN_FILE)
    plan, unit = plan_unit(session, new.file_plan_code), unit_by_code(session, new.org_unit_code)
    if plan is None or not is_subject_unit(session, plan):
        raise InvalidInput(problem="Akten werden an einer gültigen Betreffseinheit angelegt.", field="file_plan_code")
    if unit is None or (actor is not SYSTEM and new.org_unit_code not in actor.unit_codes):
        raise InvalidInput(problem="Diese Organisationseinheit steht Ihnen nicht offen.", field="org_unit_code")
    if not new.subject.strip() or len(new.subject) > 500:
        raise InvalidInput(problem="Bitte einen Betreff mit höchstens 500 Zeichen angeben.", field="subject")
    begun = beginning(session, plan.id, new.file_type, new.fields, new.first_case, new.template)
    today, defaults = day_of(now), defaults_of(plan_path(session, plan.id))
    case_file = CaseFile(
        file_reference=next_reference(session, plan, unit.code, today, derived=new.derivation),
        subject=new.subject.strip(),
        file_plan_unit_id=plan.id,
        org_unit_id=unit.id,
        access_key=unit_key(unit.key),
        restricted=new.restricted or defaults.need_to_know,
        file_type=begun.file_type,
        field_values=begun.values,
        opened_on=today,
        opened_by=actor.name,
        last_case=1,
    )
    session.add(case_file)
    session.flush()
    session.add(BusinessCase(case_file_id=case_file.id, number=1, subject=begun.first_case, opened_on=today))
    _log_opening(session, actor, case_file, begun, plan, now)
    share_by_default(session, actor, case_file, defaults, now)
    if begun.template:
        lay_out(session, actor, case_file.id, begun.template, now)
    hold_new(session, case_file, now)
    return case_file


def _log_opening(
    session: Session, actor: Actor, file: CaseFile, begun: Beginning, plan: FilePlanUnit, now: datetime
) -> None:
    unit = file.org_unit.current.code
    stated = set_to(subject=file.subject, restricted=file.restricted, org_unit=unit, file_plan=plan.code)
    record(
        session,
        actor,
        "case_file.opened",
        about=("case_file", file.id),
        now=now,
        case_file_id=file.id,
        detail={"reference": file.file_reference, "unit": unit, "restricted": file.restricted},
        changes={**stated, **differences({}, begun.values)},
    )


def next_reference(session: Session, plan: FilePlanUnit, unit_code: str, today: date, *, derived: str = "") -> str:
    """Give the next reference at a file plan unit by the pattern of its branch.

    Raises:
        InvalidInput: The pattern asks for a derivation and none that fits was given.
    """
    pattern = parse_pattern(pattern_of(plan_path(session, plan.id)).value)
    values = _values(plan, unit_code, today)
    if pattern.uses("derivation"):
        values["derivation"] = derivation(derived)
    return give_reference(session, pattern, values)


def asks_derivation(session: Session, plan: FilePlanUnit) -> bool:
    """Whether the pattern of references there asks for a derivation, which only a person can choose."""
    return parse_pattern(pattern_of(plan_path(session, plan.id)).value).uses("derivation")


def foreseen_reference(session: Session, plan: FilePlanUnit, unit_code: str, today: date) -> str:
    """Return what the next reference at a file plan unit will look like, its number left open."""
    pattern = parse_pattern(pattern_of(plan_path(session, plan.id)).value)
    return pattern.scope({**_values(plan, unit_code, today), "derivation": "…"}).replace("{}", "…")


def _values(plan: FilePlanUnit, unit_code: str, today: date) -> dict[str, str]:
    return {"plan": plan.code, "year": f"{today.year}", "yy": f"{today.year % 100:02}", "unit": unit_code}


def is_subject_unit(session: Session, unit: FilePlanUnit) -> bool:
    """Whether case files may lie at a file plan unit: its branch is in use and no unit lies below (Betreffseinheit)."""
    below = select(FilePlanUnit.id).where(FilePlanUnit.parent_id == unit.id).limit(1)
    return not any(each.retired for each in plan_path(session, unit.id)) and session.scalar(below) is None


def close(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    revision: int | None = None,
    former: FormerEnd | None = None,
    now: datetime,
) -> CaseFile:
    """Close a case file (z.d.A.-Verfügung): its retention may start to run.

    Args:
        session: of the caller.
        actor: who gives the directive.
        case_file_id: of the file.
        revision: the file as the person saw it.
        former: the end of a migrated file, from which its retention runs; ``None``: today.
        now: the moment.

    Raises:
        CannotClose: A precondition does not hold; the German reasons are in ``detail``.
    """
    actor.require(Permission.CLOSE)
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    check_revision(case_file.revision, revision)
    failing = [check.text for check in closing_preconditions(session, case_file, now) if not check.holds]
    if former is not None and former.day > day_of(now):
        failing.append(f"Die Laufzeit endet erst am {german(former.day)}.")
    if failing:
        raise CannotClose(reasons=" ".join(failing))
    before = noted(case_file, "state", "closed_on")
    day = former.day if former else day_of(now)
    case_file.state = move_case_file(case_file.state, CaseFileState.CLOSED)
    case_file.closed_on, case_file.closed_by_run_id = day, former.run_id if former else None
    case_file.revision += 1
    outline = outline_of(session, case_file.id)
    parts = shut(outline.sub_files.values(), outline.cases.values(), day, with_file=True)
    verdict = keep_verdict(session, case_file, day_of(now))
    detail: dict[str, object] = {"closed_on": day.isoformat(), "rule": verdict.rule_id, "parts": parts}
    if former:
        detail["migration"] = str(former.run_id)
    changes = since(before, case_file)
    changed(session, actor, case_file, "case_file.closed", now=now, detail=detail, changes=changes)
    return case_file


def reopen(session: Session, actor: Actor, case_file_id: UUID, *, reason: str, now: datetime) -> CaseFile:
    """Take the closing directive back (registry only, with a reason): retention stops and starts anew.

    What the directive closed with the file is open again; a destruction that was only proposed or approved is rejected.

    Raises:
        MissingReason: No reason was given.
    """
    actor.require(Permission.REOPEN)
    if not reason.strip():
        raise MissingReason
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    before, was_closed_on = noted(case_file, "state", "closed_on"), case_file.closed_on
    case_file.state = move_case_file(case_file.state, CaseFileState.OPEN)
    case_file.closed_on = case_file.closed_by_run_id = None
    case_file.revision += 1
    _open_parts(session, case_file)
    for disposal in open_disposals(session, case_file.id):
        disposal.state = move_disposal(disposal.state, DisposalState.REJECTED)
        disposal.decided_by_id, disposal.decided_at = actor.person_id, now
        disposal.decided_by = actor.signature
    keep_verdict(session, case_file, day_of(now))
    detail = {"was_closed_on": was_closed_on.isoformat() if was_closed_on else None}
    changes = since(before, case_file)
    changed(
        session, actor, case_file, "case_file.reopened", now=now, detail=detail, reason=reason.strip(), changes=changes
    )
    return case_file


def _open_parts(session: Session, case_file: CaseFile) -> None:
    outline = outline_of(session, case_file.id)
    for sub_file in outline.sub_files.values():
        if sub_file.closed_with_file:
            sub_file.state = move_sub_file(sub_file.state, SubFileState.OPEN)
            _reset(sub_file)
    for case in outline.cases.values():
        if case.closed_with_file:
            case.state = move_case(case.state, CaseState.OPEN)
            _reset(case)


def _reset(part: BusinessCase | SubFile) -> None:
    part.closed_on, part.closed_with_file = None, False
    part.revision += 1


def changed(
    session: Session,
    actor: Actor,
    case_file: CaseFile,
    action: str,
    *,
    now: datetime,
    detail: Mapping[str, object] | None = None,
    reason: str = "",
    changes: Changes | None = None,
) -> None:
    """Write the history of a changed case file and queue its documents for the index."""
    record(
        session,
        actor,
        action,
        about=("case_file", case_file.id),
        now=now,
        case_file_id=case_file.id,
        detail=detail,
        reason=reason,
        changes=changes,
    )
    enqueue(session, "reindexing", f"{case_file.id}:{case_file.revision}", str(case_file.id))
