"""Answers: representations with their ETag, and files that browsers neither guess nor run."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import BinaryIO

from flask import Response, make_response, request, send_file

from eakte.actions.pictures import opened
from eakte.api.models import Page
from eakte.api.once import REPLAYED, Replayed
from eakte.api.operation import ROOT, Answer, File, Operation, content_of
from eakte.api.reading import JSON
from eakte.services import Services


def send(operation: Operation, services: Services, result: object) -> Response:
    """Return what a view returned as an answer."""
    if isinstance(result, File):
        return _file(operation, services, result)
    if isinstance(result, Replayed):
        answer = send(operation, services, result.answer)
        answer.headers[REPLAYED] = "true"
        return answer
    content = content_of(result)
    written = content.model_dump_json().encode()
    answer = make_response(written, operation.status)
    answer.headers["Content-Type"] = JSON
    if isinstance(content, Page) and content.next:
        answer.headers["Link"] = f'<{content.next}>; rel="next"'
    if isinstance(result, Answer):
        if result.location:
            answer.headers["Location"] = ROOT + result.location
        if result.revision is not None:
            return _tagged(operation, answer, etag(result.revision, written))
    return answer


def etag(revision: int, written: bytes) -> str:
    """Return the ETag: the record's revision, which ``If-Match`` compares, and what else the representation shows."""
    return f"{revision}.{hashlib.sha256(written).hexdigest()[:12]}"


def _tagged(operation: Operation, answer: Response, tag: str) -> Response:
    if operation.tagged and operation.reads and request.if_none_match.contains_weak(tag):
        answer = make_response("", 304)
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _file(operation: Operation, services: Services, file: File) -> Response:
    if operation.tagged and file.tag and request.if_none_match.contains_weak(file.tag):
        answer = make_response("", 304)
    else:
        content = _content(services, file)
        answer = make_response(
            send_file(content, file.media_type, as_attachment=True, download_name=file.filename, etag=False)
        )
    if operation.tagged and file.tag:
        answer.set_etag(file.tag)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-cache" if operation.tagged else "private, no-store"
    return answer


def _content(services: Services, file: File) -> BinaryIO:
    if file.picture:
        return opened(services, file.picture)
    return services.objects.open(file.sha256) if file.sha256 else BytesIO(file.content)
