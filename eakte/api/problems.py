"""Refusals and faults as problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, make_response

from eakte import logs
from eakte.api.errors import InvalidRequest
from eakte.api.models import FieldFault, Problem
from eakte.api.operation import ROOT
from eakte.api.words import TITLES
from eakte.errors import EakteError, StaleRevision
from eakte.texts import sentence

PROBLEM = "application/problem+json"
CORRELATION = logs.HEADER


def status_of(error: EakteError) -> int:
    """Return the status for programs: a lost race is a failed precondition here (RFC 9110, 15.5.13)."""
    return 412 if isinstance(error, StaleRevision) else error.status


def problem_of(error: EakteError, current: Mapping[str, Any] | None = None) -> Problem:
    """Return the problem an error is told as."""
    status = status_of(error)
    return Problem(
        type=f"{ROOT}/#problem-{error.code}",
        title=TITLES.get(status, TITLES[500]),
        status=status,
        detail=sentence(error.code, error.detail),
        code=error.code,
        correlation_id=logs.request_number(),
        errors=_faults(error),
        current=dict(current) if current else None,
    )


def _faults(error: EakteError) -> list[FieldFault] | None:
    if isinstance(error, InvalidRequest):
        return [FieldFault(where=one.where, field=one.field, detail=one.detail) for one in error.faults]
    if field := error.detail.get("field"):
        return [
            FieldFault(where="body", field="/" + field.replace(".", "/"), detail=sentence(error.code, error.detail))
        ]
    return None


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem as an answer."""
    g.code = problem.code
    made = make_response(problem.model_dump_json(exclude_none=True), problem.status)
    made.headers["Content-Type"] = PROBLEM
    made.headers.update(headers or {})
    return made
