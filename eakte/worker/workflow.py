"""Workflows as plain functions: steps in order, each repeatable, each ending in done, fault or later.

A step gets the services and ids and returns nothing: what it makes, it stores. Whatever goes wrong, the queue goes on:

- an error of the service or of its libraries is an answer: the fault is recorded under its code;
- a reader, server or index that is away (``Later``, connection errors) is tried again, first in place, then by a
  later job;
- a database that is away makes the step wait for it;
- anything else is a mistake of ours: tried again in place, then recorded as the fault ``unexpected``.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from botocore.exceptions import BotoCoreError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from eakte.errors import EakteError, SearchUnavailable
from eakte.store.jobs import Way
from ingest.errors import IngestError
from retention.errors import RetentionError
from search import errors as search_errors

LOG = logging.getLogger(__name__)

Step = Callable[..., str | None]
"""``step(services, *ids)``; returns nothing where it is done, or ENOUGH where the further steps have nothing to do."""
OnFault = Callable[..., None]
"""``on_fault(services, code, *ids)``; twice is the same as once."""

ANSWERS = (EakteError, IngestError, RetentionError, search_errors.SearchError)

UNEXPECTED = "unexpected"
UNAVAILABLE = "unavailable"
INTERRUPTED = "interrupted"
"""Fault of a job that ended its worker too often."""

DONE, ENOUGH, PUT_OFF = "done", "enough", "later"

TRIES = 3
PAUSE = 0.5
"""Seconds before the second try in place; each further one waits twice as long."""
LONGEST_PAUSE = 10.0
PUT_OFFS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240))
"""How long a job waits before it is tried again from its start; after the last the fault is recorded."""


class Later(Exception):
    """What the step needs is away at the moment."""


class Stopped(BaseException):
    """The process is ending: the job is left as it is and goes back to its queue.

    No ``Exception``, so that nothing on the way takes it for the outcome of the step.
    """


@dataclass(frozen=True, slots=True)
class Workflow:
    """A named chain of steps. Jobs under way remember the names: a workflow whose steps change gets a new name."""

    name: str
    steps: tuple[Step, ...]
    on_fault: OnFault
    way: Way | None = None
    """Queue and priority, where ``eakte.store.jobs`` does not know the workflow."""


def perform(step: Step, services: object, ids: tuple[str, ...], closing: threading.Event) -> str:
    """Run one step until it is done or known to fail; return DONE, ENOUGH, PUT_OFF or the code of the fault."""
    tries = 0
    while True:
        if closing.is_set():
            raise Stopped
        try:
            outcome = step(services, *ids)
        except Exception as error:  # noqa: BLE001 - a job must never stop the queue
            if isinstance(error, ANSWERS) and not is_transient(error):
                return error.code
            tries += 1
            away = database_is_away(error)
            if tries >= TRIES and not away:
                return _give_up(step, ids, error)
            LOG.warning("%s %s: try %d failed (%s)", step.__name__, ids, tries, type(error).__name__)
            closing.wait(min(LONGEST_PAUSE, PAUSE * 2 ** (min(tries, 10) - 1)))
        else:
            return outcome or DONE


def _give_up(step: Step, ids: tuple[str, ...], error: Exception) -> str:
    if is_transient(error):
        return PUT_OFF
    LOG.error("%s %s failed", step.__name__, ids, exc_info=error)
    return UNEXPECTED


def database_is_away(error: BaseException) -> bool:
    """Tell whether the database did not answer or was busy, as opposed to having refused."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError):
        return True
    return isinstance(error, OperationalError) and ("locked" in str(error.orig) or "busy" in str(error.orig))


def is_transient(error: BaseException) -> bool:
    """Tell whether the same step may well succeed some minutes later."""
    return isinstance(
        error,
        (
            *(Later, OSError, BotoCoreError, InterfaceError, OperationalError, StaleDataError, SearchUnavailable),
            *search_errors.UNAVAILABLE,
        ),
    )
