"""Lines of the log: one number for a request and the jobs it starts, and no word of what people keep here.

A line holds codes, ids, counts and names of our functions. An exception is told by its kinds and places, because its
message may quote a value: a name, a subject, what somebody searched for.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from eakte.errors import SettingsInvalid

HEADER = "X-Correlation-Id"
REQUESTS = logging.getLogger("eakte.requests")
"""One line for each answer: refusals always, the others if wanted."""
_ROOT = Path(__file__).resolve().parent.parent
_OURS = tuple(f"{_ROOT / name}{os.sep}" for name in ("eakte", "ingest", "search", "retention"))
_PACKAGES = re.compile(r".*/(?:site|dist)-packages/|.*/lib/python[\d.]+/")
_MOST_PLACES = 12
"""Of one exception: the last, where it happened; the first are the same for every request."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 as Crockford writes it: nothing that is mistaken for another on the telephone."""
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_REQUEST: ContextVar[str] = ContextVar("request", default="")
_JOB: ContextVar[str] = ContextVar("job", default="")
_BEGUN: ContextVar[float] = ContextVar("begun", default=0.0)


def begin(given: str = "") -> str:
    """Begin a request in this thread and return its number: *given* if it is one, else a new one.

    It counts until the thread begins the next, so that what is logged while an answer is sent carries it too.
    """
    number = given if _GIVEN.fullmatch(given) else _new()
    _REQUEST.set(number)
    _BEGUN.set(time.monotonic())
    return number


def request_number() -> str:
    """Return the number of the request in hand, empty outside of one."""
    return _REQUEST.get()


@contextmanager
def job(job_id: str, request: str) -> Iterator[None]:
    """Let lines carry the number of the request that ordered the job in hand, or a new one, and the job's id."""
    before = _JOB.set(job_id), _REQUEST.set(request or _new())
    try:
        yield
    finally:
        _JOB.reset(before[0])
        _REQUEST.reset(before[1])


def answered(method: str, endpoint: str, status: int, code: str, *, every: bool) -> None:
    """Write the line of an answer: what it was asked of is told by the name of the function, never by the address."""
    if status < 400 and not every:
        return
    spent = round((time.monotonic() - _BEGUN.get()) * 1000)
    told = {"method": method, "endpoint": endpoint or "-", "status": status, "code": code, "ms": spent}
    words = " ".join(str(one) for one in (method, told["endpoint"], status, code, f"{spent} ms") if one)
    REQUESTS.info("%s", words, extra={"told": told})


def file_handler(handler: logging.Handler, kind: str) -> logging.Handler:
    """Prepare a handler that keeps warnings, faults and the lines of answers.

    Raises:
        SettingsInvalid: There is no such kind of line.
    """
    return _prepared(handler, _formatter(kind, "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"))


def screen_handler(kind: str, *, requests: bool) -> logging.Handler:
    """Return a handler for the standard error stream; who looks at it on a terminal gets plain lines.

    Raises:
        SettingsInvalid: There is no such kind of line.
    """
    formatter = _formatter(kind, plain := "%(levelname)s %(name)s %(message)s")
    handler = _prepared(logging.StreamHandler(), Plain(plain) if sys.stderr.isatty() else formatter)
    handler.setLevel(logging.INFO if requests else logging.WARNING)
    return handler


def _prepared(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    REQUESTS.setLevel(logging.INFO)
    handler.setLevel(logging.INFO)  # all others speak from warnings on
    handler.setFormatter(formatter)
    return handler


def _formatter(kind: str, plain: str) -> logging.Formatter:
    if kind == "json":
        return Json()
    if kind == "plain":
        return Plain(plain)
    raise SettingsInvalid(name="log_format", problem=f"„{kind}“ gibt es nicht. Möglich sind json und plain.")


class Plain(logging.Formatter):
    """A line for people, the number of the request at its end."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and below it where a fault happened."""
        record.message = _message(record)
        record.asctime = self.formatTime(record)
        marks = " ".join(f"[{one}]" for one in (_REQUEST.get(), _JOB.get()) if one)
        line = f"{self.formatMessage(record)} {marks}".rstrip()
        return "\n".join(
            [line, *(f"  {kind}\n" + "\n".join(f"    {at}" for at in places) for kind, places in _faults(record))]
        )


class Json(logging.Formatter):
    """A line for programs: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "process": record.process,
        }
        if request := _REQUEST.get():
            line["request"] = request
        if job_id := _JOB.get():
            line["job"] = job_id
        told = getattr(record, "told", None)
        if isinstance(told, Mapping):
            line.update(told)
        if faults := _faults(record):
            line["faults"] = [{"kind": kind, "places": places} for kind, places in faults]
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    """Return what is said; of the words of other people's programs only the form, or else their place.

    They may quote anything. Whose words they are is told by the file they stand in: a framework may use our logger.
    """
    if record.pathname.startswith(_OURS):
        return record.getMessage()
    return str(record.msg) if record.args else f"{_short(record.pathname)}:{record.lineno} {record.funcName}"


def _faults(record: logging.LogRecord) -> list[tuple[str, list[str]]]:
    """Return kind and places of the exception and of what caused it, the last first, without their messages."""
    found: list[tuple[str, list[str]]] = []
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and len(found) < 10:
        found.append((type(error).__qualname__, _places(error.__traceback__)))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(trace)[-_MOST_PLACES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in found]


def _short(file: str) -> str:
    """Return the name of a file below our folder, or below the one its package lies in."""
    return _PACKAGES.sub("", file).removeprefix(f"{_ROOT}{os.sep}")


def _new() -> str:
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{drawn[:5]}-{drawn[5:]}"
