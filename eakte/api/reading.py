"""Strict reading of what a program sent: typed values, or a refusal that names every faulty place in German."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from eakte.api.errors import BadJson, Fault, InvalidRequest, WrongContentType
from eakte.api.models import In, Query
from eakte.api.words import fault_of

JSON = "application/json"
MOST_JSON = 1_000_000
"""Bytes of a JSON body."""
DEEPEST = 50
KEY = r'"?([!#-~]{1,200})"?'
"""What an ``Idempotency-Key`` may be."""
_KEY = re.compile(KEY)
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
Body = TypeVar("Body", bound=In)
Asked = TypeVar("Asked", bound=Query)


def body(model: type[Body]) -> Body:
    """Return the JSON body as *model*.

    Raises:
        WrongContentType, BadJson: It is not sent as JSON, or is none.
        InvalidRequest: It does not fit the schema.
    """
    if request.mimetype != JSON:
        raise WrongContentType(expected=JSON)
    raw = request.get_data()
    _check_text(parse(raw))
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise _refusal(error, "body") from error


def parse(raw: bytes) -> Any:
    """Return a JSON text's value; what is ambiguous is refused.

    Raises:
        BadJson: No UTF-8, no JSON, too deep, a member twice, a number that is none or out of all bounds.
    """
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_members, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadJson from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _no_number(name: str) -> float:
    raise ValueError(name)


def query(model: type[Asked]) -> Asked:
    """Return the query parameters as *model*.

    Raises:
        InvalidRequest: One is unknown, given twice where one is meant, or does not fit.
    """
    lists = {name for name, field in model.model_fields.items() if "list" in str(field.annotation)}
    given = request.args.to_dict(flat=False)
    if twice := [name for name, values in given.items() if len(values) > 1 and name not in lists]:
        raise InvalidRequest(*(Fault("query", name, "Bitte nur einmal angeben.") for name in twice))
    _check_text(given, "query")
    try:
        return model.model_validate({name: values if name in lists else values[0] for name, values in given.items()})
    except ValidationError as error:
        raise _refusal(error, "query") from error


def key() -> str:
    """Return the ``Idempotency-Key``, empty if none was sent; quotation marks do not count.

    Raises:
        InvalidRequest: It is too long or has other letters than printable ASCII.
    """
    if "Idempotency-Key" not in request.headers:
        return ""
    if not (found := _KEY.fullmatch(request.headers["Idempotency-Key"])):
        raise InvalidRequest(Fault("header", "Idempotency-Key", "Erlaubt sind 1 bis 200 druckbare ASCII-Zeichen."))
    return found[1]


def _check_text(value: Any, where: str = "body") -> None:
    """Refuse NUL and lone surrogates: no database keeps the one, no UTF-8 the other."""
    if faults := [Fault(where, pointer, "Enthält ein Zeichen, das kein Text ist.") for pointer in _bad(value)]:
        raise InvalidRequest(*faults[:10])


def _bad(value: Any, pointer: str = "", depth: int = 0) -> Iterator[str]:
    if depth > DEEPEST:
        raise BadJson
    if isinstance(value, str) and _UNSENDABLE.search(value):
        yield pointer
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if _UNSENDABLE.search(name):
                yield f"{pointer}/?"
            yield from _bad(one, f"{pointer}/{name}", depth + 1)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _bad(one, f"{pointer}/{place}", depth + 1)


def _refusal(error: ValidationError, where: str) -> InvalidRequest:
    found = error.errors(include_url=False, include_input=False)
    return InvalidRequest(*(_fault(one["type"], one["loc"], one.get("ctx", {}), where) for one in found[:20]))


def _fault(kind: str, place: tuple[int | str, ...], detail: Mapping[str, Any], where: str) -> Fault:
    parts = [str(part).replace("~", "~0").replace("/", "~1").encode("utf-8", "replace").decode() for part in place]
    return Fault(
        where, parts[0] if where == "query" and parts else "".join(f"/{part}" for part in parts), fault_of(kind, detail)
    )


def valid(model: type[BaseModel], raw: bytes) -> Any:
    """Return *raw* as *model*, or ``None`` if it does not fit: for what we have written ourselves."""
    try:
        return model.model_validate_json(raw)
    except ValidationError:
        return None
