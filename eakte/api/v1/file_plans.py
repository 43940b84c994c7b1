"""Versions of the file plan and their units: checked, loaded, written, changed, put in force; gaps in numbers."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints
from werkzeug.utils import secure_filename

from eakte.actions import file_plan, gaps, plan_files, plan_view
from eakte.api import uploads
from eakte.api.models import Code, Day, In, Line, Out, Query, Reason
from eakte.api.operation import Call, File, Operation, Sends
from eakte.errors import MissingReason, MoveRefused, NotFound
from eakte.records.access import Permission
from eakte.records.file_plan import Inherited, PlanLevel, PlanState
from eakte.records.plan_rows import PlanRefused, Problem

_PLAN, _UNIT = "/file-plans/<uuid:plan_id>", "/file-plan-units/<uuid:plan_unit_id>"
Title = Annotated[str, StringConstraints(max_length=200)]
Name = Annotated[str, StringConstraints(max_length=40)]
Pattern = Annotated[str, StringConstraints(max_length=80)]


class PlanVersion(Out):
    """A version of the file plan."""

    plan_id: UUID
    plan_title: str
    plan_version: str
    plan_state: PlanState
    valid_from: date | None
    valid_until: date | None
    unit_count: int


class PlanVersions(Out):
    """All versions."""

    items: list[PlanVersion]


class NewVersion(In):
    """A new version, begun as a copy of the one in force."""

    plan_title: Line
    plan_version: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"\S")]


class Begun(Out):
    """The receipt for a version."""

    plan_id: UUID


class InForce(In):
    """The day on which a version comes into force; today without one."""

    valid_from: Day | None = None


class ImportQuery(Query):
    """How a sent file is taken."""

    filename: Annotated[str, StringConstraints(max_length=200)] | None = None
    plan_title: Title = ""
    plan_version: Name = ""
    only_check: bool = False


class Fault(Out):
    """A fault or hint with its line."""

    line: int
    text: str


class Checked(Out):
    """What a file holds, and the version it was loaded as."""

    unit_count: int
    file_faults: list[Fault]
    hints: list[Fault]
    plan_id: UUID | None


class Stated(Out):
    """What counts at a unit, and which unit states it."""

    value: str
    stated_by: str


class PlanUnit(Out):
    """A unit of a version."""

    plan_unit_id: UUID
    plan_id: UUID
    code: str
    title: str
    plan_level: PlanLevel
    effective_rule: Stated | None
    effective_lead: Stated | None
    effective_pattern: Stated
    rule_code: str
    lead_unit: str
    reference_pattern: str
    default_restricted: bool | None
    default_shares: list[str] | None
    retired: bool
    retired_on: date | None
    retired_because: str
    count: int


class PlanUnitChange(In):
    """What a unit is to state itself; what is empty or null is as the unit above says."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
    rule_code: Name = ""
    lead_unit: Name = ""
    reference_pattern: Pattern = ""
    default_restricted: bool | None = None
    default_shares: Annotated[list[Code], Field(max_length=50)] | None = None


class Retirement(In):
    """Why nothing new is opened at a unit."""

    reason: Reason


class GapQuery(Query):
    """Whose numbers are looked at."""

    code: Code
    year: Annotated[int, Field(ge=1, le=9999)]


class Gap(Out):
    """A number without a visible record."""

    number: int
    reference: str
    reason: str


class Series(Out):
    """A count of numbers."""

    name: str
    last_number: int
    gaps: list[Gap]


class AllSeries(Out):
    """All counts of a unit in a year."""

    series: list[Series]


def listing(call: Call) -> PlanVersions:
    """Return all versions."""
    return PlanVersions(
        items=[
            PlanVersion(
                plan_id=one.plan_id,
                plan_title=one.title,
                plan_version=one.version,
                plan_state=one.state,
                valid_from=one.valid_from,
                valid_until=one.valid_to,
                unit_count=one.units,
            )
            for one in file_plan.versions(call.session, call.actor)
        ]
    )


def begin(call: Call, body: NewVersion) -> Begun:
    """Begin a draft."""
    made = file_plan.begin_draft(
        call.session, call.actor, title=body.plan_title, version=body.plan_version, copy=True, now=call.now
    )
    return Begun(plan_id=made.id)


def put_in_force(call: Call, body: InForce, plan_id: UUID) -> PlanVersion:
    """Let a draft come into force."""
    file_plan.put_in_force(call.session, call.actor, plan_id, body.valid_from or call.today, call.now)
    return next(one for one in listing(call).items if one.plan_id == plan_id)


def load(call: Call, query: ImportQuery) -> Checked:
    """Check a file and load it as a draft."""
    sent: uploads.Held = call.prepared
    settings = call.services.settings
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (secure_filename(sent.filename) or "datei")
        path.write_bytes(sent.content)
        read = plan_files.check(call.session, call.actor, path, settings)
        made = None
        if not query.only_check:
            title, version = query.plan_title, query.plan_version
            made = plan_files.load(call.session, call.actor, path, settings, title=title, version=version, now=call.now)
    return Checked(
        unit_count=len(read.rows),
        file_faults=_faults(read.problems),
        hints=_faults(read.hints),
        plan_id=made.id if made else None,
    )


def _faults(found: tuple[Problem, ...]) -> list[Fault]:
    return [Fault(line=one.line, text=one.text) for one in found]


def export(call: Call, plan_id: UUID, kind: str) -> File:
    """Hand out a version as a file."""
    written = plan_files.export(call.session, call.actor, plan_id, kind, call.services.settings, call.now)
    return File(plan_files.MEDIA_TYPES[kind], written.name, content=written.content)


def unit(call: Call, plan_unit_id: UUID) -> PlanUnit:
    """Return one unit."""
    view = plan_view.unit(call.session, call.actor, plan_unit_id, call.now)
    return PlanUnit(
        plan_unit_id=view.unit_id,
        plan_id=view.plan.id,
        code=view.code,
        title=view.title,
        plan_level=view.level,
        effective_rule=_stated(view.rule),
        effective_lead=_stated(view.lead_unit),
        effective_pattern=Stated(value=view.pattern.value, stated_by=view.pattern.code),
        rule_code=view.own_rule,
        lead_unit=view.own_lead,
        reference_pattern=view.own_pattern,
        default_restricted=view.own_restricted,
        default_shares=None if view.own_shares is None else list(view.own_shares),
        retired=view.retired,
        retired_on=view.retired_on,
        retired_because=view.retired_because,
        count=view.count,
    )


def _stated(found: Inherited[str] | None) -> Stated | None:
    return Stated(value=found.value, stated_by=found.code) if found else None


def change(call: Call, body: PlanUnitChange, plan_unit_id: UUID) -> PlanUnit:
    """Change what a unit states."""
    shares = None if body.default_shares is None else tuple(body.default_shares)
    stated = file_plan.UnitEdit(**{**body.model_dump(), "default_shares": shares})
    file_plan.edit_unit(call.session, call.actor, plan_unit_id, stated, call.now)
    return unit(call, plan_unit_id)


def retire(call: Call, body: Retirement, plan_unit_id: UUID) -> PlanUnit:
    """Let nothing new be opened at a unit and below."""
    file_plan.retire_unit(call.session, call.actor, plan_unit_id, reason=body.reason, now=call.now)
    return unit(call, plan_unit_id)


def explain(call: Call, query: GapQuery) -> AllSeries:
    """Explain gaps in the numbers of a unit."""
    return AllSeries(
        series=[_series(one) for one in gaps.of_unit(call.session, call.actor, query.code, query.year, call.now)]
    )


def explain_case(call: Call, case_id: UUID) -> Series:
    """Explain gaps in the positions of a case."""
    return _series(gaps.of_case(call.session, call.actor, case_id, call.now))


def _series(found: gaps.Series) -> Series:
    missing = [Gap(number=one.number, reference=one.reference, reason=one.reason) for one in found.gaps]
    return Series(name=found.name, last_number=found.last, gaps=missing)


OPERATIONS = (
    Operation("GET", "/file-plans", listing, Permission.READ, PlanVersions, "Fassungen des Aktenplans"),
    Operation(
        "POST", "/file-plans", begin, Permission.PLAN, Begun, "Entwurf aus der geltenden Fassung beginnen", status=201,
        body=NewVersion,
    ),
    Operation(
        "POST", "/file-plans/files", load, Permission.PLAN, Checked, "Aktenplan aus einer Datei prüfen und laden",
        query=ImportQuery, uploads=uploads.held, problems=(PlanRefused,),
        notes="CSV, XLSX oder xdomea 0301; die Endung des Dateinamens entscheidet. Geladen wird nur ohne Fehler.",
    ),
    Operation(
        "GET", f"{_PLAN}/files/<kind>", export, Permission.PLAN, Sends(tuple(plan_files.MEDIA_TYPES.values())),
        "Fassung als Datei (csv, xlsx, xml)",
    ),
    Operation(
        "POST", f"{_PLAN}/activation", put_in_force, Permission.PLAN, PlanVersion, "Entwurf in Kraft setzen",
        body=InForce, problems=(MoveRefused,),
    ),
    Operation("GET", _UNIT, unit, Permission.READ, PlanUnit, "Eine Einheit des Aktenplans"),
    Operation(
        "PUT", _UNIT, change, Permission.PLAN, PlanUnit, "Angaben einer Einheit ändern", body=PlanUnitChange,
        problems=(MoveRefused,),
    ),
    Operation(
        "POST", f"{_UNIT}/retirement", retire, Permission.PLAN, PlanUnit, "Einheit stilllegen", body=Retirement,
        problems=(MoveRefused, MissingReason),
    ),
    Operation(
        "GET", "/file-plan-gaps", explain, Permission.PLAN, AllSeries, "Lücken in den Nummern einer Einheit",
        query=GapQuery, problems=(NotFound,),
    ),
    Operation(
        "GET", "/cases/<uuid:case_id>/gaps", explain_case, Permission.READ, Series,
        "Lücken in den Nummern eines Vorgangs",
    ),
)  # fmt: skip
