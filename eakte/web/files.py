"""Sending stored bytes: images that browsers may keep but must ask for, and downloads that never run."""

from __future__ import annotations

from flask import Response, make_response, request, send_file

from eakte.actions.documents import Download
from eakte.web.context import Context


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


def image(ctx: Context, sha256: str) -> Response:
    """Send a page image. The browser keeps it but asks each time, so a lost right counts at once."""
    if sha256 in request.if_none_match:
        answer = make_response("", 304)
    else:
        answer = make_response(send_file(ctx.services.objects.open(sha256), mimetype="image/webp"))
    answer.set_etag(sha256)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
