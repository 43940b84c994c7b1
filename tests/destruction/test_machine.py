"""Nothing on hold, not due or not approved by two people is ever destroyed, whatever happens, by whatever way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.destruction.temptations import Tempted
from tests.destruction.world import DisposalWorld
from tests.town import Templates

STEPS, EXAMPLES = 8, {"sqlite": 2, "postgresql": 2}
"""Few: what is forbidden is tried in the first step of each; chance adds what nobody thought of."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_goes_but_what_two_people_approved_when_it_was_due(kind: str, templates: Templates) -> None:
    templates.template(kind, peopled=True)

    class OnOneKind(Tempted):
        @classmethod
        def make(cls, folder: Path) -> DisposalWorld:
            return DisposalWorld(templates.copy(kind, folder, peopled=True), folder)

    chosen = settings(max_examples=EXAMPLES[kind], stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OnOneKind, settings=chosen)
    assert OnOneKind.destroyed >= EXAMPLES[kind]
    assert OnOneKind.destroyed_in_bulk >= EXAMPLES[kind]
