"""No leak and no wrong denial, whatever happens in whatever order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rights.moves import Reorganisations
from tests.rights.world import World, found

STEPS = 50


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", [1, 2])
def test_nobody_is_shown_too_much_or_refused_what_they_may_see(part: int, tmp_path: Path) -> None:
    founded = found(tmp_path)

    class Here(Reorganisations):
        make = staticmethod(lambda folder: World(founded, folder))

    Here.__name__ = f"City{part}"
    run_state_machine_as_test(Here, settings=_settings(22))
    assert Here.steps >= 1000
