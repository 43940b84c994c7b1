"""Uploads: bytes are stored before the transaction opens, then each file gets its own answer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from eakte.actions import choices, inbox, intake
from eakte.actions.intake import Receipt, ReceiptOutcome, Source, Upload
from eakte.actions.quotas import IntakeFull
from eakte.errors import InvalidInput
from eakte.services import Services
from eakte.store.stored import Fingerprint
from eakte.texts import sentence
from eakte.web import forms, text
from eakte.web.context import Context

WORDS = {
    ReceiptOutcome.ACCEPTED: "angenommen",
    ReceiptOutcome.REPEATED: "war schon angekommen",
    ReceiptOutcome.DUPLICATE: "doppelt: liegt schon vor",
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A sent file: safe in the object store, or refused with a German reason."""

    filename: str
    stored: Fingerprint | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file."""

    filename: str
    word: str
    kind: str
    item_id: UUID | None


def form(ctx: Context) -> ResponseReturnValue:
    """Show where files can be dropped."""
    return ctx.page("upload.html", **_form(ctx))


def _form(ctx: Context) -> dict[str, Any]:
    units = choices.units(ctx.session, ctx.actor)
    return {"units": units, "most": ctx.services.settings.max_upload_bytes, "results": ()}


def store(services: Services) -> list[Arrived]:
    """Put every sent file into the object store; a slow sender holds no lock."""
    return [_arrived(services, sent) for sent in request.files.getlist("files") if sent.filename]


def _arrived(services: Services, sent: FileStorage) -> Arrived:
    name, most = sent.filename or "", services.settings.max_upload_bytes
    size = sent.stream.seek(0, os.SEEK_END)
    sent.stream.seek(0)
    if size == 0:
        return Arrived(name, None, "leer, bitte prüfen Sie die Datei")
    if size > most:
        return Arrived(name, None, f"zu groß, höchstens {text.size(most)}")
    return Arrived(name, services.objects.put(cast("BinaryIO", sent.stream)))


def receive(ctx: Context) -> ResponseReturnValue:
    """Take the stored files into the inbox of a unit and answer per file."""
    arrived: list[Arrived] = ctx.prepared
    if not arrived:
        raise InvalidInput(problem="Bitte wählen Sie mindestens eine Datei aus.", field="files")
    name = forms.text("upload_id", 80)
    # The prefix keeps what a browser chooses apart from the ids of all other sources.
    results = [_one(ctx, file, f"upload:{name or uuid4()}:{place}") for place, file in enumerate(arrived)]
    if ctx.partial:
        return ctx.part("upload/row.html", result=results[0])
    return ctx.page("upload.html", **{**_form(ctx), "results": results}, section="upload.form")


def _one(ctx: Context, file: Arrived, upload_id: str) -> Result:
    if file.stored is None:
        return Result(file.filename, file.refused, "danger", None)
    upload = Upload(file.stored, file.filename, Source.UPLOAD, forms.text("unit", 40), upload_id)
    if ctx.partial:
        receipt = _received(ctx, upload)  # one file a request: its refusal is the answer
    else:
        try:
            with ctx.session.begin_nested():
                receipt = _received(ctx, upload)
        except IntakeFull as full:
            return Result(file.filename, sentence(full.code, full.detail), "danger", None)
    kind = "success" if receipt.outcome is ReceiptOutcome.ACCEPTED else "warning"
    return Result(file.filename, WORDS[receipt.outcome], kind, receipt.item_id)


def _received(ctx: Context, upload: Upload) -> Receipt:
    return intake.receive(ctx.session, ctx.services.objects, ctx.actor, upload, ctx.now, ctx.services.quotas)


def state(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Answer the poll of one upload: how far its reading is."""
    return ctx.watched("upload/state.html", row=inbox.show(ctx.session, ctx.actor, item_id, ctx.now).row)
