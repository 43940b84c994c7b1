"""Schemathesis against the OpenAPI document: no server error, no undocumented answer, every answer as promised."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

from eakte.actions import users
from eakte.api.operation import ROOT
from eakte.app import create_app
from eakte.records.access import SYSTEM, Role
from tests.api.conftest import token_of
from tests.chromium import serving
from tests.web.city import NOW, City, copy

SEED = 20261126
pytestmark = pytest.mark.timeout(900)
EVERY_ROLE = (Role.CLERK, Role.REGISTRAR, Role.RECORDS_MANAGER, Role.AUDITOR)
REFUSALS = ["401", "403", "404", "409", "412", "413", "422", "428"]
"""How a rule refuses what the schema allows: no clerk may close a case file that is closed."""


def _config(headers: dict[str, str], *, examples: int, steps: int) -> SchemathesisConfig:
    stateful = {"enabled": steps > 0, "max-steps": max(steps, 2), "generation": {"max-examples": 12}}
    return SchemathesisConfig.from_dict(
        {
            **({"seed": SEED} if os.environ.get("CI") else {}),
            "headers": headers,
            "generation": {"max-examples": examples, "deterministic": bool(os.environ.get("CI")), "no-shrink": True},
            "phases": {"coverage": {"enabled": examples > 3}, "stateful": stateful},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "304", *REFUSALS]},
                "negative_data_rejection": {"expected-statuses": ["4xx"]},
                "missing_required_header": {"expected-statuses": ["401", "403", "404", "428", "422"]},
            },
        }
    )


def _known(city: City) -> dict[str, Any]:
    """Return values that exist, by the name under which they are asked for."""
    return {
        "item_id": str(city.waiting[0]),
        "document_id": str(city.filed),
        "case_file_id": str(city.file_id),
        "case_file_ids": [str(city.old_file)],
        "org_unit_code": "63.2",
        "file_plan_code": "63.20",
        "number": 1,
        "reference": city.file_reference,
        "login": "brandt",
        "file_type": "",
        "template": "",
        "field_values": {},
        "q": "Tiefgarage",
    }


def _run(city: City, token: str, *, examples: int, steps: int = 0) -> tuple[list[str], Counter[int]]:
    """Try every operation and return what was wrong, and how often each status was answered."""
    app = create_app(city.services, clock=lambda: NOW)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    config = _config(headers, examples=examples, steps=steps)
    with serving(app) as address:
        return _found(schemathesis.openapi.from_url(f"{address}{ROOT}/openapi.json", config=config), _known(city))


def _found(schema: Any, known: dict[str, Any]) -> tuple[list[str], Counter[int]]:
    turn = iter(range(10**9))

    @schema.hook
    def map_case(context: Any, case: Any) -> Any:
        """Ask half of the time for what is there: ids made up find nothing."""
        del context
        if case.meta is not None and case.meta.generation.mode.is_positive and next(turn) % 2:
            for part in (case.path_parameters, case.query, case.body):
                if isinstance(part, dict):
                    part.update({name: value for name, value in known.items() if name in part})
        return case

    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            statuses.update(one.response.status_code for one in event.recorder.interactions.values() if one.response)
        wrong += _faults(event)
    return wrong, statuses


def _faults(event: events.EngineEvent) -> list[str]:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        return [f"{event.label}: {event.value!r}"]
    checks = event.recorder.checks.values() if isinstance(event, events.ScenarioFinished) else ()
    return [f"{event.label}: {one.failure_info.failure}" for many in checks for one in many if one.failure_info]


@pytest.fixture
def busy(founded: City, tmp_path: Path) -> City:
    """A filled city where nobody has to wait and one person holds every role."""
    city = copy(founded, tmp_path)
    settings = dataclasses.replace(city.services.settings, api_requests_per_minute=1_000_000)
    with city.services.database.begin() as session:
        for role in EVERY_ROLE:
            users.assign_post(
                session, SYSTEM, "verwalter", unit_code="63", title=role.value, role=role,
                valid_from=date(2020, 1, 1), now=NOW,
            )  # fmt: skip
    return dataclasses.replace(city, services=dataclasses.replace(city.services, settings=settings))


def test_anonymous_programs_are_told_to_bring_a_key(busy: City) -> None:
    wrong, statuses = _run(busy, "", examples=3)
    assert sorted(set(wrong)) == []
    assert set(statuses) <= {401, 404, 405}


def test_a_clerks_program_meets_no_fault_and_no_undocumented_answer(busy: City) -> None:
    wrong, statuses = _run(busy, token_of(busy.services, "brandt"), examples=6)
    assert sorted(set(wrong)) == []
    assert {200, 201, 404, 422} <= set(statuses)


def test_an_administrators_program_with_every_role_meets_none_either(busy: City) -> None:
    wrong, statuses = _run(busy, token_of(busy.services, "verwalter"), examples=6, steps=6)
    assert sorted(set(wrong)) == []
    assert {200, 201, 202, 404, 409, 422} <= set(statuses)
