"""Declared fields in forms: asked for anew when the type, the kind or the place in the file plan changes."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import cases, metadata, templates
from eakte.actions.metadata import PREFIX
from eakte.store.database import catalogue_of
from eakte.store.plan import plan_unit
from eakte.web import forms, inputs
from eakte.web.context import Context


def document_fields(ctx: Context) -> ResponseReturnValue:
    """Return the fields of a document type that was typed, with what stands in the form already."""
    specs = metadata.document_fields(ctx.session, forms.text("document_type", 200))
    asked = inputs.of_fields(metadata.views(ctx.session, specs, {}))
    return ctx.part("parts/declared.html", asked=inputs.filled(asked, _typed()))


def case_file_fields(ctx: Context) -> ResponseReturnValue:
    """Return what a new case file is asked for at a place of the file plan, of a kind or by a template."""
    return ctx.part("case_file/new_fields.html", **for_new(ctx))


def unasked(ctx: Context) -> dict[str, Any]:
    """Return what the form of a new case file asks before a place in the file plan is chosen."""
    kinds = catalogue_of(ctx.session).case_file_kinds
    return {
        "offered": (),
        "chosen_template": None,
        "kinds": kinds,
        "chosen_kind": "",
        "new_asked": (),
        "asks_derivation": False,
    }


def for_new(ctx: Context) -> dict[str, Any]:
    """Return what the form of a new case file asks besides subject and unit."""
    code = forms.text("file_plan_code", 200).split(" ", 1)[0]
    offered = templates.offered(ctx.session, code) if code else ()
    chosen = next((one for one in offered if one.name == forms.text("template", 60)), None)
    kind = forms.text("file_type", 60) or (chosen.kind if chosen else "")
    specs = templates.fields_for_new(ctx.session, code, kind)
    asked = inputs.of_fields(metadata.views(ctx.session, specs, chosen.values if chosen else {}))
    unit = plan_unit(ctx.session, code) if code else None
    return {
        "asks_derivation": unit is not None and cases.asks_derivation(ctx.session, unit),
        "derivation_typed": forms.text("derivation", 80),
        "offered": offered,
        "chosen_template": chosen,
        "kinds": catalogue_of(ctx.session).case_file_kinds,
        "chosen_kind": kind,
        "new_asked": inputs.filled(asked, _typed()),
    }


def _typed() -> dict[str, str]:
    """Return what stands in declared fields of the form; empty ones leave room for what a template brings."""
    return {name: text for name, text in request.values.items() if name.startswith(PREFIX) and text}
