"""No leak and no wrong denial, whatever happens in whatever order, on every surface: seen against the oracle."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.postgres import Cluster
from tests.rights.moves import Reorganisations
from tests.rights.world import World, found

STEPS = 50
"""Of one example."""


def _run(machine: type[Reorganisations], *, examples: int, number: int) -> None:
    """Run a machine; in CI each part has its own examples, the same every time."""
    if settings.default is not None and settings.default.derandomize:
        seed(number)(machine)
    # Much of it is waiting for what the database does; none of that is a fault.
    chosen = settings(max_examples=examples, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=chosen)
    assert machine.steps >= examples * STEPS


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(4))
def test_nobody_is_shown_too_much_or_refused_what_they_may_see(part: int, tmp_path: Path) -> None:
    founded = found(tmp_path)

    class OnSqlite(Reorganisations):
        @classmethod
        def make(cls, folder: Path) -> World:
            return World(founded, folder)

    _run(OnSqlite, examples=10, number=part)


@pytest.mark.timeout(1200)
def test_the_same_holds_on_postgresql(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.create()
    founded = found(tmp_path, url)

    class OnPostgresql(Reorganisations):
        @classmethod
        def make(cls, folder: Path) -> World:
            return World(founded, folder, postgres.create(url.rsplit("/", 1)[1]))

    _run(OnPostgresql, examples=3, number=100)
