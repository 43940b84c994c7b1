"""The built style sheet, script, icons and fonts: names from the manifest, delivery for ever."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Response, make_response, request, send_file
from flask.typing import ResponseReturnValue

from eakte.errors import NotFound
from eakte.web.context import Context

VENDOR = Path(__file__).parent / "static" / "vendor"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
TYPES |= {".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8"}
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class AssetsMissing(RuntimeError):
    """The built assets are not there; ``make setup`` builds them."""


@cache
def manifest() -> dict[str, str]:
    """Return plain name → built name.

    Raises:
        AssetsMissing: Nothing was built yet.
    """
    try:
        names: dict[str, str] = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise AssetsMissing("The interface's assets are not built: run `make setup`.") from error
    return names


def address(name: str) -> str:
    """Return the address of an asset by its plain name."""
    return f"/v/{manifest()[name]}"


def deliver(_ctx: Context, name: str) -> ResponseReturnValue:
    """Send a built asset, compressed where the browser takes it; its name changes with its content."""
    file = VENDOR / name
    if file.parent != VENDOR or file.suffix not in TYPES or not file.is_file():
        raise NotFound
    answer = _best(file)
    answer.headers["Content-Type"] = TYPES[file.suffix]
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def _best(file: Path) -> Response:
    for encoding, suffix in ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if request.accept_encodings[encoding] and packed.is_file():
            answer = make_response(send_file(packed, etag=False))
            answer.headers["Content-Encoding"] = encoding
            return answer
    return make_response(send_file(file, etag=False))
