"""Separator sheets of a case file."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import send_file
from flask.typing import ResponseReturnValue

from eakte.actions import choices, separator_sheets
from eakte.actions.guard import case_file_of
from eakte.actions.separator_sheets import Wanted
from eakte.records.scanning import PROTECTION_LABELS, Protection
from eakte.records.states import CaseFileState
from eakte.store.signing import SigningKey
from eakte.web import forms
from eakte.web.context import Context


def page(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show what can be printed for a case file."""
    case_file = case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)
    return ctx.page(
        "case_file/separators.html",
        file=case_file,
        is_open=case_file.state is CaseFileState.OPEN,
        cases=choices.cases(ctx.session, ctx.actor, case_file_id, ctx.now),
        document_types=choices.document_types(ctx.session, ctx.actor, ctx.now),
        protections=PROTECTION_LABELS,
        most=separator_sheets.MOST,
        section="case_files.listing",
    )


def print_sheets(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Send separator sheets to print."""
    wanted = Wanted(
        case_id=forms.optional_id("case_id"),
        document_type=forms.text("document_type", 80),
        protection=forms.choice("protection", Protection) or Protection.NORMAL,
        count=forms.whole("count", 1) or 0,
    )
    sign = SigningKey(ctx.services.settings.data_folder).sign
    pdf = separator_sheets.sheets(ctx.session, ctx.actor, case_file_id, wanted, sign=sign, now=ctx.now)
    return send_file(BytesIO(pdf), "application/pdf", as_attachment=True, download_name="trennblaetter.pdf")
