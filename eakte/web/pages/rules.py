"""Retention rules: all with their versions, which one applied on a day, and where they contradict each other."""

from __future__ import annotations

from datetime import date

from flask.typing import ResponseReturnValue

from eakte.actions import rule_conflicts, rule_drafts, rules
from eakte.actions.rule_conflicts import CONFLICT_LABELS
from eakte.actions.rules import Answered
from eakte.errors import InvalidInput, NotFound
from eakte.records import rule_words
from eakte.records.access import Permission
from eakte.records.desk import OUTCOME_LABELS
from eakte.records.rule_draft import CHANGE_LABELS, DRAFT_LABELS
from eakte.web import forms
from eakte.web.context import Context

ROWS = 50
SECTION = "rules.listing"


def listing(ctx: Context) -> ResponseReturnValue:
    """Show all rules, or those that some words fit."""
    wanted = forms.text("q", 100)
    return ctx.page(
        "retention/rules.html",
        found=rules.listing(ctx.session, ctx.actor, ctx.now, text=wanted),
        wanted=wanted,
        words=rule_words,
        keeps=ctx.actor.may(Permission.DISPOSE),
        section=SECTION,
    )


def show(ctx: Context, code: str) -> ResponseReturnValue:
    """Show one rule with its versions, and the changes that were drafted."""
    keeps = ctx.actor.may(Permission.DISPOSE)
    return ctx.page(
        "retention/rule.html",
        view=rules.rule_of(ctx.session, ctx.actor, code, ctx.now),
        drafts=rule_drafts.listing(ctx.session, ctx.actor, code=code) if keeps else (),
        changes=CHANGE_LABELS,
        labels_of=DRAFT_LABELS,
        words=rule_words,
        keeps=keeps,
        section=SECTION,
    )


def asked(ctx: Context) -> ResponseReturnValue:
    """Answer which rule applied on a day at a unit of the file plan or for a case file."""
    names = ("stichtag", "plan", "akte", "einheit", "art")
    typed = {name: forms.text(name, 80) for name in names}
    answer, problem, status = None, "", 200
    if typed["plan"] or typed["akte"]:
        try:
            answer = _answer(ctx, typed, forms.read_day(typed["stichtag"], "stichtag") or ctx.today)
        except (InvalidInput, NotFound) as refused:
            status = refused.status
            problem = (
                refused.detail.get("problem") or "Eine Akte mit diesem Zeichen gibt es nicht, oder Sie sehen sie nicht."
            )
    return ctx.page(
        "retention/asked.html",
        status=status,
        typed=typed,
        answer=answer,
        problem=problem,
        plans=rules.places(ctx.session),
        units=rules.lead_units(ctx.session),
        kinds=rules.kinds(ctx.session),
        words=rule_words,
        section=SECTION,
    )


def _answer(ctx: Context, typed: dict[str, str], day: date) -> Answered:
    if typed["akte"]:
        return rules.asked_of_file(ctx.session, ctx.actor, typed["akte"], day, ctx.now)
    return rules.asked_of_unit(
        ctx.session, ctx.actor, typed["plan"], day, org_unit=typed["einheit"], file_type=typed["art"]
    )


def conflicts(ctx: Context) -> ResponseReturnValue:
    """Show where rules contradict each other: the pairs, and the case files of all or of one pair."""
    leading, other, offset = forms.text("regel", 60), forms.text("gegen", 60), forms.whole("ab", 0) or 0
    return ctx.page(
        "retention/conflicts.html",
        pairs=rule_conflicts.pairs(ctx.session, ctx.actor, ctx.now),
        found=rule_conflicts.files_of(
            ctx.session,
            ctx.actor,
            leading_rule_id=leading,
            other_rule_id=other,
            offset=offset,
            limit=ROWS,
            now=ctx.now,
        ),
        leading=leading,
        other=other,
        offset=offset,
        limit=ROWS,
        kinds=CONFLICT_LABELS,
        outcomes=OUTCOME_LABELS,
    )
