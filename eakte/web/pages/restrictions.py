"""Restrictions of processing (Art. 18 GDPR): the list, one of them, and the forms that set, open and lift them."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import restricted_access, restricting
from eakte.actions.guard import case_file_of, document_of
from eakte.actions.restricting import Terms
from eakte.errors import InvalidInput
from eakte.records.processing import GROUND_LABELS, GROUND_SOURCES, HOLDS, PURPOSE_LABELS, Ground, Purpose
from eakte.web import forms
from eakte.web.context import Context

ROWS = 50


def listing(ctx: Context) -> ResponseReturnValue:
    """Show the restrictions that hold, or those that were lifted, the next to be reviewed first."""
    lifted, offset = forms.text("zeige", 20) == "aufgehoben", forms.whole("ab", 0) or 0
    rows, total = restricted_access.listing(
        ctx.session, ctx.actor, lifted=lifted, offset=offset, limit=ROWS, now=ctx.now
    )
    return ctx.page(
        "data_protection/restrictions.html",
        rows=rows,
        total=total,
        offset=offset,
        limit=ROWS,
        lifted=lifted,
        grounds=GROUND_LABELS,
        tab="restrictions",
        section="restrictions.listing",
    )


def page(ctx: Context, restriction_id: UUID) -> ResponseReturnValue:
    """Show one restriction with what was done about it."""
    view = restricted_access.show(ctx.session, ctx.actor, restriction_id, ctx.now)
    return ctx.page(
        "data_protection/restriction.html",
        view=view,
        row=view.row,
        grounds=GROUND_LABELS,
        purposes=PURPOSE_LABELS,
        tab="restrictions",
        section="restrictions.listing",
    )


def of_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show the form that restricts a case file."""
    file = case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)
    return _form(ctx, f"Akte {file.file_reference}", ("case_files.show", {"case_file_id": case_file_id}))


def of_document(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Show the form that restricts a document."""
    document = document_of(ctx.session, ctx.actor, document_id, ctx.now)
    return _form(ctx, f"Dokument „{document.subject}“", ("documents.show", {"document_id": document_id}))


def _form(ctx: Context, what: str, back: tuple[str, dict[str, object]]) -> ResponseReturnValue:
    return ctx.page(
        "data_protection/restrict.html",
        what=what,
        back=back,
        grounds=[(one.value, f"{GROUND_LABELS[one]} ({GROUND_SOURCES[one]})", one in HOLDS) for one in Ground],
        section="restrictions.listing",
    )


def restrict_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Restrict a case file."""
    made = restricting.restrict_file(ctx.session, ctx.actor, case_file_id, _terms(ctx), now=ctx.now)
    return ctx.go("restrictions.page", restriction_id=made)


def restrict_document(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Restrict a document."""
    made = restricting.restrict_document(ctx.session, ctx.actor, document_id, _terms(ctx), now=ctx.now)
    return ctx.go("restrictions.page", restriction_id=made)


def _terms(ctx: Context) -> Terms:
    ground = forms.choice("ground", Ground)
    if ground is None:
        raise InvalidInput(problem="Bitte den Anlass der Einschränkung wählen.", field="ground")
    owner = forms.text("owner", 80) or ctx.actor.login
    return Terms(ground, forms.text("reason"), owner, forms.day("review"), forms.text("legal_basis", 300))


def open_for(ctx: Context, restriction_id: UUID) -> ResponseReturnValue:
    """Open what is restricted for a purpose, and go there."""
    purpose = forms.choice("purpose", Purpose)
    if purpose is None:
        raise InvalidInput(problem="Bitte den Zweck wählen.", field="purpose")
    restricted_access.open_for(
        ctx.session, ctx.actor, restriction_id, purpose=purpose, reason=forms.text("reason"), now=ctx.now
    )
    row = restricted_access.show(ctx.session, ctx.actor, restriction_id, ctx.now).row
    if row.document_id is not None:
        return ctx.go("documents.show", document_id=row.document_id)
    return ctx.go("case_files.show", case_file_id=row.case_file_id)


def close(ctx: Context, restriction_id: UUID) -> ResponseReturnValue:
    """End the opening before its time."""
    restricted_access.close(ctx.session, ctx.actor, restriction_id, now=ctx.now)
    return ctx.go("restrictions.page", restriction_id=restriction_id)


def inform(ctx: Context, restriction_id: UUID) -> ResponseReturnValue:
    """Note that the person was told of the lifting to come."""
    on = forms.needed_day("on", "Bitte angeben, wann die betroffene Person unterrichtet wurde.")
    restricting.inform(ctx.session, ctx.actor, restriction_id, on=on, how=forms.text("how", 500), now=ctx.now)
    return ctx.go("restrictions.page", restriction_id=restriction_id)


def lift(ctx: Context, restriction_id: UUID) -> ResponseReturnValue:
    """Lift a restriction."""
    restricting.lift(ctx.session, ctx.actor, restriction_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("restrictions.page", restriction_id=restriction_id)
