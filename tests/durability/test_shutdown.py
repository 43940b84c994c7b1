"""A worker that is asked to end finishes its steps and gives its jobs back."""

import pytest

from tests.durability.harness import Stage, wait_until

JOBS = {f"job-{number}" for number in range(10)}


@pytest.mark.timeout(120)
def test_a_worker_that_is_asked_to_end_repeats_and_loses_nothing(stage: Stage) -> None:
    stage.order(*JOBS)
    first = stage.start_worker()
    assert wait_until(lambda: stage.in_hand(first), 40)
    assert stage.terminate(first) == 0
    assert len(stage.finished()) < len(JOBS)
    stage.start_worker()
    assert wait_until(lambda: stage.finished() == JOBS, 40)
    assert stage.repeated().total() == 0
    assert wait_until(lambda: stage.outcomes() == {"SUCCESS done": len(JOBS)}, 10)
