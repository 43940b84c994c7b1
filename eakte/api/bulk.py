"""Many of one thing at once: each in a transaction of its own, with a result per item."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import current_app

from eakte.actions import reads
from eakte.api import problems
from eakte.api.door import Caller
from eakte.api.models import Out
from eakte.api.once import Replayed, fingerprint, once
from eakte.api.operation import Call, Operation, content_of
from eakte.errors import EakteError
from eakte.services import Services


def run(operation: Operation, services: Services, caller: Caller, items: Sequence[Any], key: str, query: Any) -> Out:
    """Do every item and return their results; one that is refused stops no other.

    With a key each item has one of its own, so that a request that broke off can be sent again.
    """
    results = []
    for index, item in enumerate(items):
        result: dict[str, object] = {"index": index}
        try:
            done = _one(operation, services, caller, item, f"{key}#{index}" if key else "", query)
            result["answer"] = content_of(done.answer if isinstance(done, Replayed) else done)
        except EakteError as error:
            result["problem"] = problems.problem_of(error)
        except Exception:
            current_app.logger.exception("fault in item %d of %s", index, operation.name)
            result["problem"] = problems.problem_of(EakteError())
        results.append(result)
    kind: Any = operation.answers
    made: Out = kind.model_validate({"results": results}, from_attributes=True)
    return made


def _one(operation: Operation, services: Services, caller: Caller, item: Any, key: str, query: Any) -> object:
    given = {"query": query} if query is not None else {}
    with services.database.begin() as session:
        call = Call(session, services, caller.actor, caller.now)
        act = partial(operation.view, call, item, **given)
        if not key or operation.each is None:
            done: object = act()
        else:
            done = once(call, key, fingerprint(operation.name, item, query), operation.each, act)
        reads.write(session, caller.actor, surface=f"api {operation.name}", now=caller.now)
        return done
