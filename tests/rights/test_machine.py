"""No leak and no wrong denial, whatever happens in whatever order, on every surface: seen against the oracle."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.postgres import Cluster
from tests.rights.counting import STEPS_DONE
from tests.rights.moves import Reorganisations
from tests.rights.world import World, found

STEPS = 50
"""Of one example."""
PARTS, EXAMPLES, ON_POSTGRESQL = 4, 10, 3
PROMISED = 2_000
"""Steps of every run on SQLite alone."""
MORE = int(os.environ.get("EAKTE_RIGHTS_SEED", "0"))
"""Another number makes other examples, for a search beyond the usual ones."""
Note = Callable[[str, object], None]


def _run(machine: type[Reorganisations], note: Note, *, examples: int, number: int) -> None:
    """Run a machine and count its steps; in CI each part has its own examples, the same every time."""
    if settings.default is not None and settings.default.derandomize:
        seed(number + MORE)(machine)
    # To Hypothesis the beginning of each example is a step. Waiting for what the database does is no fault.
    chosen = settings(max_examples=examples, stateful_step_count=STEPS + 1, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=chosen)
    note(STEPS_DONE, machine.steps)
    assert machine.steps >= examples * STEPS


def test_the_parts_together_take_as_many_steps_as_promised() -> None:
    assert PARTS * EXAMPLES * STEPS >= PROMISED


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_is_shown_too_much_or_refused_what_they_may_see(
    part: int, tmp_path: Path, record_property: Note
) -> None:
    founded = found(tmp_path)

    class OnSqlite(Reorganisations):
        @classmethod
        def make(cls, folder: Path) -> World:
            return World(founded, folder)

    _run(OnSqlite, record_property, examples=EXAMPLES, number=part)


@pytest.mark.timeout(3600)
def test_the_same_holds_on_postgresql(postgres: Cluster, tmp_path: Path, record_property: Note) -> None:
    url = postgres.create()
    founded = found(tmp_path, url)

    class OnPostgresql(Reorganisations):
        @classmethod
        def make(cls, folder: Path) -> World:
            return World(founded, folder, postgres.create(url.rsplit("/", 1)[1]))

    _run(OnPostgresql, record_property, examples=ON_POSTGRESQL, number=100)
