"""Addresses of the other pieces of a list."""

from __future__ import annotations

from flask import request, url_for


def page_address(offset: int) -> str:
    """Return the address of this list from another line on."""
    arguments: dict[str, object] = {name: request.args.getlist(name) for name in request.args}
    arguments.update(request.view_args or {})
    arguments["ab"] = offset or None
    return url_for(str(request.endpoint), **arguments)  # type: ignore[arg-type]  # lists become repeated parameters
