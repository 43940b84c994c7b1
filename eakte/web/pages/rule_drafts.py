"""Changing retention rules: drafts, what they would move, and the approval by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from eakte.actions import rule_drafts, rule_preview, rule_preview_view, rules
from eakte.actions.rule_preview import State
from eakte.actions.rule_preview_view import EFFECT_LABELS
from eakte.errors import InvalidInput, StaleRevision
from eakte.records import rule_words
from eakte.records.desk import OUTCOME_LABELS
from eakte.records.rule_draft import (
    CHANGE_LABELS,
    DRAFT_LABELS,
    FIELDS,
    ChangeKind,
    DraftNotReady,
    DraftState,
    fields_of,
)
from eakte.store.rules import RuleDraft
from eakte.web import forms, inputs, moved_table
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.inputs import Input
from eakte.web.spreadsheet import CSV
from retention.change import Effect
from retention.wording import summary

SECTION = "rules.listing"
_OPTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "kind": tuple(rule_words.KIND_LABELS.items()),
    "period_start": tuple(rule_words.START_LABELS.items()),
    "action": (("", "bitte wählen"), *rule_words.ACTION_LABELS.items()),
    "certainty": tuple(rule_words.CERTAINTY_LABELS.items()),
}
_HINTS = {
    "period": "10 Jahre, 0,5 Jahre, 18 Monate; leer bei dauernder Aufbewahrung",
    "first_phase": "Nur bei zwei Abschnitten; danach eingeschränkte Nutzung",
    "trigger_period": "Zum Beispiel 30 Jahre ab der Geburt; sonst leer",
    "branch": "Leer: wo der Aktenplan die Regel nennt; * für den ganzen Aktenplan",
    "departments": "Kennungen, mit Komma getrennt; leer: alle",
    "file_types": "Mit Komma getrennt; leer: alle",
}
_LISTS = {"branch": "ea-plans", "departments": "ea-units", "file_types": "ea-kinds", "trigger": "ea-triggers"}
_OPTIONAL = frozenset({*_HINTS})


def listing(ctx: Context) -> ResponseReturnValue:
    """Show all drafts."""
    return _listing(ctx)


def _listing(ctx: Context, *, problem: str = "", code: str = "", status: int = 200) -> Response:
    return ctx.page(
        "retention/drafts.html",
        status=status,
        drafts=rule_drafts.listing(ctx.session, ctx.actor),
        labels_of=DRAFT_LABELS,
        changes=CHANGE_LABELS,
        problem=problem,
        code=code,
        section=SECTION,
    )


def begin(ctx: Context) -> ResponseReturnValue:
    """Begin a change."""
    change, code = forms.choice("aenderung", ChangeKind) or ChangeKind.NEW, forms.text("code", 80)
    try:
        made = rule_drafts.begin(ctx.session, ctx.actor, change, code, ctx.now)
    except InvalidInput as refused:
        return _listing(ctx, problem=refused.detail["problem"], code=code, status=refused.status)
    return ctx.go("rule_drafts.page", draft_id=made.id)


def page(ctx: Context, draft_id: UUID) -> ResponseReturnValue:
    """Show a draft: its form, what it would move, and what is left to do."""
    return _page(ctx, rule_drafts.draft_of(ctx.session, ctx.actor, draft_id))


def _page(
    ctx: Context, draft: RuleDraft, given: dict[str, str] | None = None, *, problem: str = "", status: int = 200
) -> Response:
    checked = rule_drafts.checked(ctx.session, draft, ctx.now)
    typed = any(draft.texts.get(name) for name in fields_of(draft.change) if name in {"valid_from", "reason"})
    faults = checked.faults if typed or draft.revision > 1 else {}
    form = [replace(one, problem=faults.get(one.name, "")) for one in _inputs(draft, given or draft.texts)]
    return ctx.page(
        "retention/draft.html",
        status=status,
        form=form,
        faults=faults,
        problem=problem,
        becomes=checked.rule,
        plans=rules.places(ctx.session),
        units=rules.lead_units(ctx.session),
        kinds=rules.kinds(ctx.session),
        triggers=rules.triggers(ctx.session),
        **_standing(ctx, draft),
    )


def _inputs(draft: RuleDraft, texts: dict[str, str]) -> list[Input]:
    return [
        Input(
            name,
            FIELDS[name],
            texts.get(name, ""),
            _OPTIONS.get(name, ()),
            required=name not in _OPTIONAL,
            hint=_HINTS.get(name, ""),
            placeholder="TT.MM.JJJJ" if name == "valid_from" else "",
            list=_LISTS.get(name, ""),
        )
        for name in fields_of(draft.change)
    ]


def _standing(ctx: Context, draft: RuleDraft) -> dict[str, Any]:
    rule = rule_drafts.checked(ctx.session, draft, ctx.now).rule
    open_ = draft.state is DraftState.DRAFT
    standing = rule_preview.state_of(ctx.session, draft, rule, ctx.now)
    ended = standing.ended_at is not None
    sums = rule_preview_view.sums(ctx.session, ctx.actor, draft, standing, ctx.now) if ended else None
    shown = [effect for effect in Effect if sums and sums.counts.get(effect)]
    return {
        "draft": draft,
        "labels_of": DRAFT_LABELS,
        "changes": CHANGE_LABELS,
        "standing": standing,
        "state": standing.state if open_ else State.FRESH if ended else State.NONE,
        "sums": sums,
        "examples": rule_preview_view.examples(
            ctx.session, ctx.actor, draft, standing, rule if open_ else None, shown, ctx.now
        )
        if ended and shown and (rule or not open_)
        else (),
        "effects": EFFECT_LABELS,
        "outcomes": OUTCOME_LABELS,
        "summary": summary,
        "mine": str(ctx.actor.person_id) in draft.authors,
        "section": SECTION,
    }


def save(ctx: Context, draft_id: UUID) -> ResponseReturnValue:
    """Keep what was typed; who comes second sees theirs again with the one that is stored."""
    draft = rule_drafts.draft_of(ctx.session, ctx.actor, draft_id)
    given = inputs.typed(fields_of(draft.change))
    try:
        with ctx.session.begin_nested():
            rule_drafts.save(ctx.session, ctx.actor, draft_id, given, revision=forms.whole("revision"), now=ctx.now)
    except StaleRevision as refused:
        ctx.session.refresh(draft)
        problem = (
            f"{draft.changed_by} hat den Entwurf inzwischen geändert. Ihre Angaben stehen noch hier und sind nicht "
            "gesichert; noch einmal sichern ersetzt die anderen."
        )
        return _page(ctx, draft, given, problem=problem, status=refused.status)
    return ctx.go("rule_drafts.page", draft_id=draft_id)


def discard(ctx: Context, draft_id: UUID) -> ResponseReturnValue:
    """Give a draft up."""
    rule_drafts.discard(ctx.session, ctx.actor, draft_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("rule_drafts.listing")


def order(ctx: Context, draft_id: UUID) -> ResponseReturnValue:
    """Order the preview."""
    rule_drafts.order_preview(ctx.session, ctx.actor, draft_id, ctx.now)
    return ctx.go("rule_drafts.page", draft_id=draft_id)


def standing(ctx: Context, draft_id: UUID) -> ResponseReturnValue:
    """Answer the poll of a preview: how far it is, then its result."""
    draft = rule_drafts.draft_of(ctx.session, ctx.actor, draft_id)
    return ctx.watched("retention/preview.html", **_standing(ctx, draft))


def moved(ctx: Context, draft_id: UUID) -> ResponseReturnValue:
    """Send every case file that moves as a table, piece by piece; the history tells of it before the first."""
    draft = rule_drafts.draft_of(ctx.session, ctx.actor, draft_id)
    rule = rule_drafts.checked(ctx.session, draft, ctx.now).rule
    standing = rule_preview.state_of(ctx.session, draft, rule, ctx.now)
    if standing.ended_at is None:
        raise DraftNotReady
    rule_preview_view.note_export(ctx.session, ctx.actor, draft, ctx.now)
    rows = moved_table.stream(ctx.services, ctx.token, draft_id, ctx.now)
    return attachment(rows, CSV, f"vorschau-{draft.code}-{ctx.today.isoformat()}.csv")


def approve(ctx: Context, draft_id: UUID) -> ResponseReturnValue:
    """Let the change count from its day on, as the second person."""
    made = rule_drafts.approve(ctx.session, ctx.actor, draft_id, fingerprint=forms.text("fingerprint", 64), now=ctx.now)
    return ctx.go("rules.show", code=made.rule_id.rpartition("/")[0])
