"""Changing documents and case files; two who save the same see both versions side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from eakte.actions import choices, editing, metadata
from eakte.actions.guard import case_file_of, document_of
from eakte.actions.metadata import FieldView
from eakte.errors import InvalidInput, StaleRevision
from eakte.records.access import Permission
from eakte.records.states import CaseFileState, DocumentState
from eakte.store.database import catalogue_of
from eakte.store.documents import Document
from eakte.store.files import CaseFile
from eakte.web import forms, inputs
from eakte.web.context import Context
from eakte.web.inputs import Input


@dataclass(frozen=True, slots=True)
class Form:
    """A record being changed, as its form needs it."""

    template: str
    title: str
    save: str
    """Address the form is sent to."""
    back: tuple[str, dict[str, UUID]]
    """Endpoint of the page to go on to, with its arguments."""
    about: tuple[str, UUID]
    revision: int
    inputs: tuple[Input, ...]
    former: tuple[FieldView, ...]
    """Values without a field."""
    values: Mapping[str, object]
    """What else the template shows."""

    def show(
        self, ctx: Context, asked: Sequence[Input] | None = None, *, status: int = 200, problem: str = ""
    ) -> Response:
        """Answer with the form."""
        shown = self.inputs if asked is None else asked
        return ctx.page(
            self.template, status=status, form=self, asked=shown, problem=problem, was=self.inputs, **self.values
        )

    def conflict(self, ctx: Context, given: Mapping[str, str], *, problem: str = "") -> Response:
        """Answer that somebody else saved meanwhile, with both versions of every field that differs."""
        found = inputs.differences(self.inputs, given)
        names = {one.stored.name for one in found}
        return ctx.page(
            "conflict.html",
            status=StaleRevision.status,
            form=self,
            differences=found,
            same=[one for one in self.inputs if one.name not in names],
            by=editing.last_change(ctx.session, self.about),
            problem=problem,
            section="case_files.listing",
        )


def _save(
    ctx: Context, form: Form, again: Callable[[str], Form], act: Callable[[Mapping[str, str]], object]
) -> ResponseReturnValue:
    """Save what was typed; *again* makes the form anew for another type or kind that was typed."""
    given = inputs.typed([one.name for one in form.inputs])
    if inputs.undecided(form.inputs):
        return form.conflict(ctx, given, problem="Bitte wählen Sie bei jeder Angabe, was gelten soll.")
    try:
        with ctx.session.begin_nested():
            act(given)
    except StaleRevision:
        return form.conflict(ctx, given)
    except InvalidInput as refused:
        fresh = again(given.get("document_type", given.get("file_type", "")))
        asked = inputs.filled(
            fresh.inputs, given, problem=refused.detail["problem"], at=refused.detail.get("field", "")
        )
        return fresh.show(ctx, asked, status=refused.status, problem=refused.detail["problem"])
    endpoint, arguments = form.back
    return ctx.go(endpoint, **arguments)


def document(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Show the form of a document."""
    form = _document_form(ctx, document_of(ctx.session, ctx.actor, document_id, ctx.now))
    return form.show(ctx)


def save_document(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Save a document."""
    found = document_of(ctx.session, ctx.actor, document_id, ctx.now)
    kind = inputs.typed(["document_type"]).get("document_type", "")

    def act(given: Mapping[str, str]) -> object:
        wanted: dict[str, object] = {name: given[name] for name in editing.DOCUMENT_TEXTS if name in given}
        if "letter_date" in given:
            wanted["letter_date"] = forms.read_day(given["letter_date"], "letter_date")
        return editing.edit_document(
            ctx.session,
            ctx.actor,
            document_id,
            wanted,
            inputs.fields_of(given),
            revision=forms.whole("revision"),
            now=ctx.now,
        )

    return _save(ctx, _document_form(ctx, found, kind), lambda typed: _document_form(ctx, found, typed), act)


def _document_form(ctx: Context, found: Document, document_type: str = "") -> Form:
    """Return the form of a document, with the fields of the type that was typed."""
    specs = metadata.document_fields(ctx.session, document_type or found.document_type)
    views = metadata.views(ctx.session, specs, found.field_values)
    return Form(
        "document/edit.html",
        found.subject or found.item.filename,
        url_for("editing.save_document", document_id=found.id),
        ("documents.show", {"document_id": found.id}),
        ("document", found.id),
        found.revision,
        inputs.of_document(found, views),
        tuple(view for view in views if not view.declared),
        {
            "document_types": choices.document_types(ctx.session, ctx.actor, ctx.now),
            "frozen": found.state is not DocumentState.REGISTERED,
            "section": "case_files.listing",
        },
    )


def case_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show subject, kind and metadata of a case file, as a form for whoever may change them."""
    return _case_file_form(ctx, case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)).show(ctx)


def save_case_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Save a case file."""
    found = case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)
    kind = inputs.typed(["file_type"]).get("file_type", found.file_type)

    def act(given: Mapping[str, str]) -> object:
        wanted = {name: given[name] for name in ("subject", "file_type") if name in given}
        return editing.edit_case_file(
            ctx.session,
            ctx.actor,
            case_file_id,
            wanted,
            inputs.fields_of(given),
            revision=forms.whole("revision"),
            now=ctx.now,
        )

    return _save(ctx, _case_file_form(ctx, found, kind), lambda typed: _case_file_form(ctx, found, typed), act)


def _case_file_form(ctx: Context, found: CaseFile, file_type: str | None = None) -> Form:
    kind = found.file_type if file_type is None else file_type
    views = metadata.views(
        ctx.session, metadata.fields_at(ctx.session, kind, found.file_plan_unit_id), found.field_values
    )
    return Form(
        "case_file/metadata.html",
        found.file_reference,
        url_for("editing.save_case_file", case_file_id=found.id),
        ("editing.case_file", {"case_file_id": found.id}),
        ("case_file", found.id),
        found.revision,
        inputs.of_case_file(found, catalogue_of(ctx.session).case_file_kinds, views),
        tuple(view for view in views if not view.declared),
        {
            "file": found,
            "editable": found.state is CaseFileState.OPEN and ctx.actor.may(Permission.OPEN_FILE),
            "section": "case_files.listing",
        },
    )
