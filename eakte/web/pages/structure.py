"""What lies in a case file: sub-files and cases are opened, renamed, closed and opened again."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import structure
from eakte.store.files import BusinessCase, SubFile
from eakte.web import forms
from eakte.web.context import Context


def open_case(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Open another case (Vorgang), in a sub-file or as a part of another case (Teilvorgang) if one is named."""
    case = structure.open_case(
        ctx.session,
        ctx.actor,
        case_file_id,
        forms.text("subject"),
        ctx.now,
        sub_file_id=forms.optional_id("sub_file_id"),
        parent_id=forms.optional_id("parent_id"),
    )
    return _to(ctx, case)


def open_sub_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Open a sub-file (Teilakte)."""
    parent_id = forms.optional_id("parent_id")
    sub_file = structure.open_sub_file(
        ctx.session, ctx.actor, case_file_id, forms.text("subject"), parent_id=parent_id, now=ctx.now
    )
    return _to(ctx, sub_file)


def rename_case(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Give a case another subject."""
    return _rename(ctx, "case", case_id)


def rename_sub_file(ctx: Context, sub_file_id: UUID) -> ResponseReturnValue:
    """Give a sub-file another subject."""
    return _rename(ctx, "sub_file", sub_file_id)


def _rename(ctx: Context, kind: str, part_id: UUID) -> ResponseReturnValue:
    part = structure.part_of(ctx.session, ctx.actor, kind, part_id, ctx.now, lock=True)
    subject, revision = forms.text("subject"), forms.whole("revision")
    structure.rename(ctx.session, ctx.actor, part, subject, revision=revision, now=ctx.now)
    return _to(ctx, part)


def close_case(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Close a case with its sub-cases."""
    return _close(ctx, "case", case_id)


def close_sub_file(ctx: Context, sub_file_id: UUID) -> ResponseReturnValue:
    """Close a sub-file with everything in it."""
    return _close(ctx, "sub_file", sub_file_id)


def _close(ctx: Context, kind: str, part_id: UUID) -> ResponseReturnValue:
    part = structure.part_of(ctx.session, ctx.actor, kind, part_id, ctx.now, lock=True)
    structure.close_part(ctx.session, ctx.actor, part, revision=forms.whole("revision"), now=ctx.now)
    return _to(ctx, part)


def reopen_case(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Open a closed case again, with a reason."""
    return _reopen(ctx, "case", case_id)


def reopen_sub_file(ctx: Context, sub_file_id: UUID) -> ResponseReturnValue:
    """Open a closed sub-file again, with a reason."""
    return _reopen(ctx, "sub_file", sub_file_id)


def _reopen(ctx: Context, kind: str, part_id: UUID) -> ResponseReturnValue:
    part = structure.part_of(ctx.session, ctx.actor, kind, part_id, ctx.now, lock=True)
    structure.reopen_part(ctx.session, ctx.actor, part, reason=forms.text("reason"), now=ctx.now)
    return _to(ctx, part)


def _to(ctx: Context, part: BusinessCase | SubFile) -> ResponseReturnValue:
    """Show the case file with this part chosen."""
    name = "teilakte" if isinstance(part, SubFile) else "vorgang"
    return ctx.go("case_files.show", case_file_id=part.case_file_id, **{name: part.number})
