"""File plans in files: checked before anything is written, loaded as a draft version, written back out the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.file_plan import begin_draft, plan_of
from eakte.actions.messages import message_head
from eakte.actions.plan_tables import read_csv, read_xlsx, write_csv, write_xlsx
from eakte.errors import InvalidInput
from eakte.records.access import Actor, Permission, unit_key
from eakte.records.calendar import day_of, german
from eakte.records.plan_cells import COLUMNS, Cells, read_rows, texts_of
from eakte.records.plan_rows import Known, PlanRefused, PlanRow, Problem, in_order, with_levels
from eakte.settings import Settings
from eakte.store.history import record
from eakte.store.people import OrgUnit
from eakte.store.plan import FilePlan, FilePlanUnit, RetentionRule, leading_rule, units_of
from retention import Plan, PlanUnit, RetentionError, Rule, plan_file_name, read_plan, write_plan
from retention.errors import PlanMessageInvalidError

KINDS = ("csv", "xlsx", "xml")
"""How a plan is written; the last is message 0301 of xdomea."""
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}
_OF_THE_STANDARD = frozenset({"code", "title", "parent", "retired", "retired_on"})


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What a file holds; ``rows`` count only without ``problems``. ``hints`` keep nobody from loading it."""

    rows: tuple[PlanRow, ...]
    problems: tuple[Problem, ...]
    hints: tuple[Problem, ...] = ()
    title: str = ""
    version: str = ""
    valid_from: date | None = None


def check(session: Session, actor: Actor, path: Path, settings: Settings) -> ReadPlan:
    """Read a CSV, XLSX or xdomea file and say everything that is wrong with it; nothing is written."""
    actor.require(Permission.PLAN)
    try:
        return _read(session, path, settings)
    except PlanRefused as refused:
        return ReadPlan((), refused.problems)
    except PlanMessageInvalidError as invalid:
        return ReadPlan((), tuple(Problem(0, text) for text in invalid.problems))
    except RetentionError as error:
        return ReadPlan((), (Problem(0, str(error)),))


def _read(session: Session, path: Path, settings: Settings) -> ReadPlan:
    known = _known(session)
    match path.suffix.casefold():
        case ".csv":
            return ReadPlan(*read_rows(read_csv(path.read_bytes()), known))
        case ".xlsx":
            return ReadPlan(*read_rows(read_xlsx(path.read_bytes()), known))
        case ".xml" | ".zip":
            plan = read_plan(path, Path(settings.xdomea_schemas) if settings.xdomea_schemas else None)
            rows, problems = read_rows([_cells(unit) for unit in plan.units], known)
            return ReadPlan(rows, problems, tuple(_hints(plan)), plan.title, plan.version, plan.valid_from)
    raise PlanRefused(
        [Problem(0, "Gelesen werden Dateien mit der Endung .csv, .xlsx und .xml oder .zip (xdomea 0301).")]
    )


def _known(session: Session) -> Known:
    return Known(
        rules=frozenset(session.scalars(select(RetentionRule.code))),
        units=frozenset(session.scalars(select(OrgUnit.code).where(OrgUnit.dissolved_at.is_(None)))),
    )


def _cells(unit: PlanUnit) -> Cells:
    ours = {name: text for name, text in unit.details.items() if name in COLUMNS and name not in _OF_THE_STANDARD}
    texts = {
        "code": unit.code,
        "title": unit.title,
        "parent": unit.parent or "",
        "retired": "ja" if unit.retired else "",
        "retired_on": german(unit.retired_on) if unit.retired else "",
    }
    return Cells(unit.line, {**ours, **texts})


def _hints(plan: Plan) -> Iterator[Problem]:
    """Say where another system states a period: only people choose the rule that stands for it."""
    for unit in plan.units:
        if not unit.details:
            years = "unbefristet" if unit.years is None else f"{unit.years} Jahre"
            action = unit.action.value if unit.action else "eigene Aussonderungsart"
            yield Problem(unit.line, f"{unit.code} nennt {years}, {action}, aber keine Regel: bitte eine zuordnen.")


def load(
    session: Session, actor: Actor, path: Path, settings: Settings, *, title: str = "", version: str = "", now: datetime
) -> FilePlan:
    """Load a file as a new draft version; without title or version those of the message count.

    Raises:
        PlanRefused: Something is wrong with the file; nothing of it is kept.
        InvalidInput: Title or version are missing, or there is such a version.
    """
    read = check(session, actor, path, settings)
    if read.problems:
        raise PlanRefused(read.problems)
    plan = begin_draft(session, actor, title=title or read.title, version=version or read.version, copy=False, now=now)
    _add(session, plan.id, read.rows)
    detail = {"units": len(read.rows), "version": plan.version}
    record(session, actor, "plan.imported", about=("file_plan", plan.id), now=now, detail=detail)
    return plan


def _add(session: Session, plan_id: UUID, rows: tuple[PlanRow, ...]) -> None:
    living = select(OrgUnit).where(OrgUnit.dissolved_at.is_(None))
    org_units = {unit.code: unit for unit in session.scalars(living)}
    ids = {row.code: uuid4() for row in rows}
    for row in rows:
        shares = row.default_shares
        unit = FilePlanUnit(
            id=ids[row.code],
            plan_id=plan_id,
            parent_id=ids[row.parent] if row.parent else None,
            code=row.code,
            title=row.title,
            rule_code=row.rule_code or None,
            org_unit_id=org_units[row.lead_unit].id if row.lead_unit else None,
            reference_pattern=row.reference_pattern or None,
            default_restricted=row.default_restricted,
            default_shares=None if shares is None else [unit_key(org_units[code].key) for code in shares],
            retired=row.retired,
            retired_on=row.retired_on,
            retired_because=row.retired_because or None,
        )
        session.add(unit)
        session.flush()  # upper units come first


def rows_of(session: Session, plan_id: UUID) -> tuple[PlanRow, ...]:
    """Return the units of a version as rows, branch by branch."""
    units = units_of(session, plan_id)
    codes = {unit.id: unit.code for unit in units}
    org_units = list(session.scalars(select(OrgUnit)))
    leads = {unit.id: unit.current.code for unit in org_units}
    by_key = {unit_key(unit.key): unit.current.code for unit in org_units}
    rows = [
        PlanRow(
            code=unit.code,
            title=unit.title,
            parent=codes[unit.parent_id] if unit.parent_id else None,
            rule_code=unit.rule_code or "",
            lead_unit=leads[unit.org_unit_id] if unit.org_unit_id else "",
            reference_pattern=unit.reference_pattern or "",
            default_restricted=unit.default_restricted,
            default_shares=_share_codes(unit.default_shares, by_key),
            retired=unit.retired,
            retired_on=unit.retired_on,
            retired_because=unit.retired_because or "",
        )
        for unit in units
    ]
    return with_levels(in_order(rows))


def _share_codes(keys: list[str] | None, by_key: dict[str, str]) -> tuple[str, ...] | None:
    return None if keys is None else tuple(sorted({by_key[key] for key in keys if key in by_key}))


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A written plan with the name to save it under."""

    name: str
    content: bytes


def export(
    session: Session, actor: Actor, plan_id: UUID | None, kind: str, settings: Settings, now: datetime
) -> PlanFile:
    """Write a version, without an id the one in force, as one of ``KINDS``.

    Raises:
        NotFound: There is no such version, or the actor may not see it.
        InvalidInput: The kind is unknown.
    """
    actor.require(Permission.PLAN)
    plan = plan_of(session, actor, plan_id)
    rows = rows_of(session, plan.id)
    name = "".join(sign if sign.isalnum() else "-" for sign in f"aktenplan-{plan.version}")
    if kind == "csv":
        return PlanFile(f"{name}.csv", write_csv(rows))
    if kind == "xlsx":
        return PlanFile(f"{name}.xlsx", write_xlsx(rows))
    if kind != "xml":
        raise InvalidInput(problem=f"Möglich sind {', '.join(KINDS)}.", field="kind")
    message, sink = message_head(settings, uuid4(), now), BytesIO()
    write_plan(_message_plan(session, plan, rows, day_of(now)), message, sink)
    return PlanFile(plan_file_name(message), sink.getvalue())


def _message_plan(session: Session, plan: FilePlan, rows: tuple[PlanRow, ...], today: date) -> Plan:
    ids = {unit.code: unit.id for unit in units_of(session, plan.id)}
    units = tuple(_message_unit(row, leading_rule(session, ids[row.code], today)) for row in rows)
    return Plan(plan.title, plan.version, plan.valid_from, plan.valid_to, units)


def _message_unit(row: PlanRow, rule: Rule | None) -> PlanUnit:
    """Return a unit with action and years of the rule that counts there; years are rounded up, nothing goes early."""
    details = {name: text for name, text in texts_of(row).items() if name not in _OF_THE_STANDARD and text}
    return PlanUnit(
        code=row.code,
        title=row.title,
        parent=row.parent,
        depth=0,
        action=rule.action if rule else None,
        years=None if rule is None or rule.months is None else -(-rule.months // 12),
        retired=row.retired,
        retired_on=row.retired_on,
        details=details,
    )
