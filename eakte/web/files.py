"""Sending stored bytes: images that browsers may keep but must ask for, and downloads that never run."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, make_response, request, send_file

from eakte.actions.documents import Download
from eakte.actions.pictures import MEDIA_TYPE, Picture, opened
from eakte.web.context import Context, Later


def send(ctx: Context, download: Download) -> Response:
    """Send a file for saving; browsers neither guess its type nor run what is in it."""
    answer = make_response(
        send_file(
            ctx.services.objects.open(download.sha256),
            mimetype=download.media_type,
            as_attachment=True,
            download_name=download.filename,
            etag=download.sha256,
            conditional=True,
        )
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def attachment(content: bytes | str | Iterable[bytes], media_type: str, name: str) -> Response:
    """Send what was made for the person who asks, for saving under a name of ours; *media_type* goes as it is."""
    answer = Response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def image(ctx: Context, picture: Picture) -> Later:
    """Send a page image. The browser keeps it but asks each time, so a lost right counts at once."""
    services = ctx.services

    def answer() -> Response:
        if picture.tag in request.if_none_match:
            sent = make_response("", 304)
        else:
            sent = make_response(send_file(opened(services, picture), mimetype=MEDIA_TYPE))
        sent.set_etag(picture.tag)
        sent.headers["Cache-Control"] = "private, no-cache"
        return sent

    return Later(answer)
