"""Holding an answer against the OpenAPI document: address, status, content type, headers and schema."""

from __future__ import annotations

import json
import re
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse


def operation_of(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """Return the documented operation an address belongs to; a plain name comes before an argument."""
    below = path.split("?", 1)[0].removeprefix(document["servers"][0]["url"])
    for template in sorted(document["paths"], key=lambda one: one.count("{")):
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, below):
            found: dict[str, Any] | None = document["paths"][template].get(method.lower().replace("head", "get"))
            return found
    return None


def check(document: dict[str, Any], method: str, path: str, answer: TestResponse) -> None:
    """Assert that the document promises this answer."""
    operation = operation_of(document, method, path)
    if operation is None:
        assert answer.status_code in {404, 405}
        return
    promised = operation["responses"].get(str(answer.status_code))
    assert promised is not None, f"{method} {path} answered {answer.status_code}: {answer.text[:500]}"
    for name in promised.get("headers", {}):
        assert name in answer.headers or name in {"Link", "Location", "Idempotency-Replayed"}, name
    if method == "HEAD" or answer.status_code == 304:
        return
    content = promised["content"].get(answer.mimetype) or promised["content"].get("*/*")
    assert content is not None, f"{method} {path} answered {answer.mimetype}"
    if answer.mimetype.endswith("json"):
        schema = {**content["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(json.loads(answer.data))
