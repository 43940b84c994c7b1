"""The file plan: the tree of a version, one unit, and the work on versions."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from uuid import UUID

from flask import make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from eakte.actions import choices, file_plan, gaps, plan_files, plan_view, rehousing
from eakte.actions.file_plan import PlanNode, UnitEdit
from eakte.errors import InvalidInput
from eakte.records.access import Permission
from eakte.records.file_plan import LEVEL_LABELS, PLAN_LABELS
from eakte.records.plan_cells import COLUMNS
from eakte.records.plan_rows import Problem
from eakte.records.reference import SLOTS
from eakte.records.rehousing import REHOUSING_LABELS
from eakte.web import forms
from eakte.web.context import Context

FLAGS = {"ja": True, "nein": False}
SHOWN = 500
"""Faults and hints of a file shown at once."""


def tree(ctx: Context) -> ResponseReturnValue:
    """Show a version as a tree, or the units whose code or title holds some words."""
    plan_id, wanted = forms.optional_id("fassung"), forms.text("q", 100)
    nodes = file_plan.tree(ctx.session, ctx.actor, ctx.now, plan_id)
    return ctx.page(
        "plan/tree.html",
        nodes=_matching(nodes, wanted.casefold()) if wanted else nodes,
        wanted=wanted,
        plan=file_plan.plan_of(ctx.session, ctx.actor, plan_id) if nodes or plan_id else None,
        versions=file_plan.versions(ctx.session, ctx.actor),
        plan_labels=PLAN_LABELS,
        levels=LEVEL_LABELS,
    )


def _matching(nodes: tuple[PlanNode, ...] | list[PlanNode], wanted: str) -> list[PlanNode]:
    """Return the branches with a match, without what lies beside the way to it."""
    kept = []
    for node in nodes:
        hit = wanted in f"{node.code} {node.title}".casefold()
        below = node.children if hit else _matching(node.children, wanted)
        if hit or below:
            node.children = below
            kept.append(node)
    return kept


def unit(ctx: Context, unit_id: UUID) -> ResponseReturnValue:
    """Show one unit, with a form for those who work on the plan, and gaps in its numbers if asked for."""
    view = plan_view.unit(ctx.session, ctx.actor, unit_id, ctx.now)
    year = forms.whole("jahr")
    keeps = ctx.actor.may(Permission.PLAN)
    return ctx.page(
        "plan/unit.html",
        view=view,
        levels=LEVEL_LABELS,
        plan_labels=PLAN_LABELS,
        slots=SLOTS,
        year=year or ctx.today.year,
        series=gaps.of_unit(ctx.session, ctx.actor, view.code, year, ctx.now) if keeps and year else None,
        rules=choices.rules(ctx.session) if keeps else (),
        section="plan.tree",
    )


def edit(ctx: Context, unit_id: UUID) -> ResponseReturnValue:
    """Change what a unit states."""
    shares = forms.text("default_shares", 300)
    stated = UnitEdit(
        title=forms.text("title"),
        rule_code=forms.text("rule_code", 40),
        lead_unit=forms.text("lead_unit", 40),
        reference_pattern=forms.text("reference_pattern", 200),
        default_restricted=FLAGS.get(forms.text("default_restricted", 10)),
        default_shares=_codes(shares) if shares else None,
    )
    file_plan.edit_unit(ctx.session, ctx.actor, unit_id, stated, ctx.now)
    return ctx.go("plan.unit", unit_id=unit_id)


def _codes(written: str) -> tuple[str, ...]:
    return () if written.casefold() == "keine" else tuple(written.replace(",", " ").replace(";", " ").split())


def retire(ctx: Context, unit_id: UUID) -> ResponseReturnValue:
    """Let nothing new be opened at a unit and below."""
    file_plan.retire_unit(ctx.session, ctx.actor, unit_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("plan.unit", unit_id=unit_id)


def administration(ctx: Context) -> ResponseReturnValue:
    """Show all versions and re-mappings, with forms to begin new ones."""
    return ctx.page(
        "plan/administration.html",
        versions=file_plan.versions(ctx.session, ctx.actor),
        rehousings=rehousing.listing(ctx.session, ctx.actor),
        plan_labels=PLAN_LABELS,
        rehousing_labels=REHOUSING_LABELS,
        kinds=plan_files.KINDS,
        columns=COLUMNS,
        section="plan.tree",
    )


def draft(ctx: Context) -> ResponseReturnValue:
    """Begin a new version as a copy of the one in force."""
    made = file_plan.begin_draft(
        ctx.session, ctx.actor, title=forms.text("title"), version=forms.text("version", 60), copy=True, now=ctx.now
    )
    return ctx.go("plan.tree", fassung=made.id)


def put_in_force(ctx: Context, plan_id: UUID) -> ResponseReturnValue:
    """Let a draft come into force on a day, today without one."""
    day: date = forms.day("day") or ctx.today
    file_plan.put_in_force(ctx.session, ctx.actor, plan_id, day, ctx.now)
    return ctx.go("plan.administration")


def load(ctx: Context) -> ResponseReturnValue:
    """Check a sent file; if it is clean and that was asked for, load it as a draft."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput(problem="Bitte wählen Sie eine Datei.", field="file")
    wanted = forms.text("tun", 20) == "laden"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (secure_filename(sent.filename) or "datei")
        sent.save(path)
        read = plan_files.check(ctx.session, ctx.actor, path, ctx.services.settings)
        if wanted and not read.problems:
            made = plan_files.load(
                ctx.session,
                ctx.actor,
                path,
                ctx.services.settings,
                title=forms.text("title"),
                version=forms.text("version", 60),
                now=ctx.now,
            )
            return ctx.go("plan.tree", fassung=made.id)
    return ctx.page(
        "plan/checked.html",
        status=422 if read.problems else 200,
        name=sent.filename,
        read=read,
        problems=_some(read.problems),
        hints=_some(read.hints),
        section="plan.tree",
    )


def _some(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return found[:SHOWN]


def export(ctx: Context, plan_id: UUID, kind: str) -> ResponseReturnValue:
    """Hand out a version as a file."""
    written = plan_files.export(ctx.session, ctx.actor, plan_id, kind, ctx.services.settings, ctx.now)
    answer = make_response(written.content)
    answer.mimetype = plan_files.MEDIA_TYPES[kind]
    answer.headers["Content-Disposition"] = f'attachment; filename="{written.name}"'
    return answer
