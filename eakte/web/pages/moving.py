"""Moving records (Umprotokollieren): choose the place, see what changes, confirm; and the way from old references."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import choices, documents, moving, places, sharing, structure
from eakte.actions.moving import Move, Moved
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.actions.moving_files import FileMove
from eakte.errors import NotFound
from eakte.store.references import CASE, CASE_FILE, DOCUMENT, SUB_FILE
from eakte.web import forms
from eakte.web.context import Context


def document_form(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Ask for the case a document is to move to, or show what the move would change."""
    found = documents.show(ctx.session, ctx.actor, document_id, ctx.now)
    move = DocumentMove(document_id, _case(ctx)) if forms.text("target") else None
    return _form(ctx, "document", document_id, f"{found.reference} {found.subject}", move)


def move_document(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Move a document as it was confirmed."""
    return _carry_out(ctx, DocumentMove(document_id, _case(ctx)))


def case_form(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Ask for the place a case is to move to, or show what the move would change."""
    found = structure.part_of(ctx.session, ctx.actor, "case", case_id, ctx.now)
    title = f"{structure.reference_of(found, found.case_file)} {found.subject}"
    return _form(ctx, "case", case_id, title, _case_move(ctx, case_id) if forms.text("target") else None)


def move_case(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Move a case as it was confirmed."""
    return _carry_out(ctx, _case_move(ctx, case_id))


def file_form(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Ask for the file plan unit or lead unit a case file is to move to, or show what the move would change."""
    move = _file_move(case_file_id)
    place = places.place_of(ctx.session, ctx.actor, CASE_FILE, case_file_id, ctx.now)
    chosen = bool(move.file_plan_code or move.org_unit_code)
    return _form(ctx, "file", place.record_id, "", move if chosen else None)


def move_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Move a case file as it was confirmed."""
    return _carry_out(ctx, _file_move(case_file_id))


def _case(ctx: Context) -> UUID:
    return places.case_named(ctx.session, ctx.actor, forms.text("target", 120), ctx.now)


def _case_move(ctx: Context, case_id: UUID) -> CaseMove:
    place = places.container_named(ctx.session, ctx.actor, forms.text("target", 120), ctx.now)
    return CaseMove(
        case_id,
        place.case_file_id,
        sub_file_id=place.record_id if place.kind == SUB_FILE else None,
        parent_id=place.record_id if place.kind == CASE else None,
    )


def _file_move(case_file_id: UUID) -> FileMove:
    plan_code = forms.text("file_plan_code", 200).split(" ", 1)[0]
    return FileMove(
        case_file_id,
        file_plan_code=plan_code,
        org_unit_code=forms.text("org_unit_code", 40),
        derivation=forms.text("derivation", 80),
    )


def _form(ctx: Context, kind: str, record_id: UUID, title: str, move: Move | None) -> ResponseReturnValue:
    preview = moving.preview(ctx.session, ctx.actor, move, ctx.now) if move else None
    return ctx.page(
        "moving.html",
        kind=kind,
        record_id=record_id,
        title=f"{preview.old_reference} {preview.subject}" if preview else title,
        preview=preview,
        target=forms.text("target", 120),
        file_plan_code=forms.text("file_plan_code", 200),
        org_unit_code=forms.text("org_unit_code", 40),
        derivation=forms.text("derivation", 80),
        plan_units=choices.subject_units(ctx.session) if kind == "file" else (),
        units=choices.all_units(ctx.session) if kind == "file" else (),
        section="case_files.listing",
    )


def _carry_out(ctx: Context, move: Move) -> ResponseReturnValue:
    moved = moving.carry_out(
        ctx.session, ctx.actor, move, confirmed=forms.text("confirmed", 64), reason=forms.text("reason"), now=ctx.now
    )
    return _to(ctx, moved)


def _to(ctx: Context, moved: Moved) -> ResponseReturnValue:
    """Show the record at its new place, or the list where the person does not see it any more."""
    try:
        place = places.place_of(ctx.session, ctx.actor, moved.kind, moved.record_id, ctx.now)
    except NotFound:
        return ctx.go("case_files.listing")
    return _show(ctx, place)


def _show(ctx: Context, place: places.Place) -> ResponseReturnValue:
    if place.kind == DOCUMENT:
        return ctx.go("documents.show", document_id=place.record_id)
    name = {CASE: "vorgang", SUB_FILE: "teilakte"}.get(place.kind)
    chosen = {name: place.number} if name else {}
    return ctx.go("case_files.show", case_file_id=place.case_file_id, **chosen)


def by_reference(ctx: Context, reference: str) -> ResponseReturnValue:
    """Lead from a reference number, present or former, to the record."""
    return _show(ctx, places.find(ctx.session, ctx.actor, reference, ctx.now))


def link(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Show a document in another case too."""
    sharing.link(ctx.session, ctx.actor, document_id, _case(ctx), ctx.now)
    return ctx.go("documents.show", document_id=document_id)


def unlink(ctx: Context, reference_id: UUID) -> ResponseReturnValue:
    """Take a reference to a document away."""
    case_file_id = sharing.unlink(ctx.session, ctx.actor, reference_id, ctx.now)
    return ctx.go("case_files.show", case_file_id=case_file_id)
