"""Files that a program sends: one as it is, or parts of a form; stored before the transaction opens."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from flask import request
from werkzeug.datastructures import FileStorage

from eakte.api.errors import Fault, InvalidRequest, RequestTooLarge, WrongContentType
from eakte.services import Services
from eakte.store.stored import Fingerprint

RAW, FORM = "application/octet-stream", "multipart/form-data"
PART = "file"
EMPTY = "Die Datei ist leer."
MOST_FILES = 50
MOST_HELD = 20_000_000
"""Bytes of a file that is held in memory."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A sent file that is safe in the object store."""

    filename: str
    stored: Fingerprint


def one(services: Services, query: Any) -> Arrived:
    """Store the one file of the request.

    Raises:
        WrongContentType: It is sent in a way that is not read.
        InvalidRequest: There is none, more than one, or it is empty.
        RequestTooLarge: It is larger than a file may be.
    """
    if request.mimetype == RAW:
        stored = services.objects.put(cast("BinaryIO", request.stream))
        return _checked(Arrived(query.filename or "", stored))
    found = _parts()
    if len(found) != 1:
        raise InvalidRequest(Fault("body", f"/{PART}", "Bitte genau eine Datei senden."))
    return _stored(services, found[0], query.filename)


def many(services: Services, query: Any) -> list[Arrived]:
    """Store all files of a form, like :func:`one`."""
    del query
    found = _parts()
    if not 1 <= len(found) <= MOST_FILES:
        raise InvalidRequest(Fault("body", f"/{PART}", f"Bitte 1 bis {MOST_FILES} Dateien senden."))
    return [_stored(services, sent, None) for sent in found]


@dataclass(frozen=True, slots=True)
class Held:
    """A sent file that is only looked at: it stays in memory and is not kept."""

    filename: str
    content: bytes


def held(services: Services, query: Any) -> Held:
    """Read the one small file of the request; refusals as of :func:`one`."""
    del services
    if request.mimetype == RAW:
        name, content = "", request.stream.read(MOST_HELD + 1)
    else:
        found = _parts()
        if len(found) != 1:
            raise InvalidRequest(Fault("body", f"/{PART}", "Bitte genau eine Datei senden."))
        name, content = found[0].filename or "", found[0].stream.read(MOST_HELD + 1)
    if len(content) > MOST_HELD:
        raise RequestTooLarge
    if not content:
        raise InvalidRequest(Fault("body", f"/{PART}", EMPTY))
    return Held(query.filename or name, content)


def _parts() -> list[FileStorage]:
    if request.mimetype != FORM:
        raise WrongContentType(expected=f"{FORM} oder {RAW}")
    if others := {*request.form.keys(), *request.files.keys()} - {PART}:
        raise InvalidRequest(*(Fault("body", f"/{name}", "Diese Angabe gibt es hier nicht.") for name in others))
    return request.files.getlist(PART)


def _stored(services: Services, sent: FileStorage, name: str | None) -> Arrived:
    size = sent.stream.seek(0, os.SEEK_END)
    sent.stream.seek(0)
    if size > services.settings.max_upload_bytes:
        raise RequestTooLarge
    stored = services.objects.put(cast("BinaryIO", sent.stream))
    return _checked(Arrived(name or sent.filename or "", stored))


def _checked(arrived: Arrived) -> Arrived:
    if arrived.stored.size == 0:
        raise InvalidRequest(Fault("body", f"/{PART}", EMPTY))
    return arrived
