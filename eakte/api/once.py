"""Doing a request with an ``Idempotency-Key`` once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from eakte.api.errors import KeyReused
from eakte.api.models import Out
from eakte.api.operation import Answer, Call, content_of
from eakte.store import answers

REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True)
class Replayed:
    """An answer that was given before."""

    answer: Answer


def fingerprint(*parts: object) -> str:
    """Return what tells two requests apart: method, address, parameters, body."""
    told = (part.model_dump_json() if isinstance(part, BaseModel) else repr(part) for part in parts)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def once(call: Call, key: str, mark: str, kind: type[Out], act: Callable[[], object]) -> object:
    """Do *act* unless the key had its answer already; refusals are not kept, since nothing happened.

    Raises:
        KeyReused: The key stands for another request.
    """
    person_id = call.actor.person_id
    if not key or person_id is None:
        return act()
    if (earlier := answers.reserve(call.session, person_id, key, mark, call.now)) is not None:
        if earlier.fingerprint != mark:
            raise KeyReused
        return Replayed(Answer(kind.model_validate_json(json.dumps(earlier.content)), location=earlier.location))
    result = act()
    location = result.location if isinstance(result, Answer) else ""
    answers.keep(call.session, person_id, key, content_of(result).model_dump(mode="json"), location)
    return result
