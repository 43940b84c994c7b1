"""What is proven of a case file, and how the fixity of everything stored stands."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import evidence, fixity
from eakte.actions.guard import case_file_of
from eakte.store.evidence import DAMAGE_LABELS
from eakte.store.timestamps import certificates
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.files import attachment


def page(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show the seals of a case file; asked to, read every stored byte too."""
    read = forms.text("pruefen") == "1"
    found = evidence.of_case_file(
        ctx.session,
        ctx.actor,
        case_file_id,
        objects=ctx.services.objects if read else None,
        trusted=certificates(ctx.services.settings.timestamp_certificates),
        now=ctx.now,
    )
    return ctx.page(
        "case_file/evidence.html",
        file=case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now),
        found=found,
        read=read,
        bytes_labels=evidence.BYTES_LABELS,
        seal_labels=evidence.SEAL_LABELS,
        section="case_files.listing",
    )


def record(ctx: Context, case_file_id: UUID, sha256: str) -> ResponseReturnValue:
    """Deliver the evidence record (RFC 4998) of one stored file."""
    made = evidence.record_of(ctx.session, ctx.actor, case_file_id, sha256, ctx.now)
    return attachment(made, "application/octet-stream", f"{sha256[:16]}.ers")


def stock(ctx: Context) -> ResponseReturnValue:
    """Show how the rolling check of everything stored stands."""
    return ctx.page(
        "fixity.html",
        report=fixity.report(ctx.session, ctx.actor),
        shares=fixity.SHARES,
        labels=DAMAGE_LABELS,
    )
