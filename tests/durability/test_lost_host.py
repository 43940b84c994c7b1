"""A host that never comes back, or comes back too late: a living worker takes its jobs over."""

import os
import signal

import pytest

from tests.durability.harness import Stage, wait_until

JOBS = {f"job-{number}" for number in range(8)}


@pytest.mark.timeout(120)
def test_a_living_worker_takes_over_from_a_host_that_never_comes_back(stage: Stage) -> None:
    stage.order(*JOBS)
    lost = stage.start_worker("another-host")
    assert wait_until(lambda: stage.in_hand(lost), 40)
    stage.start_worker()
    stage.kill(lost)
    assert wait_until(lambda: stage.finished() == JOBS, 60)
    assert stage.overlaps() == []


@pytest.mark.timeout(120)
def test_what_a_paused_worker_brings_late_is_refused_and_it_works_on(stage: Stage) -> None:
    stage.order(*JOBS)
    paused = stage.start_worker("another-host")
    assert wait_until(lambda: stage.in_hand(paused), 40)
    os.kill(paused.pid or 0, signal.SIGSTOP)
    other = stage.start_worker()
    assert wait_until(lambda: stage.finished() == JOBS, 60)
    os.kill(paused.pid or 0, signal.SIGCONT)
    stage.terminate(other)
    stage.order("after")
    assert wait_until(lambda: "after" in stage.finished(), 40)
    assert wait_until(lambda: stage.outcomes() == {"SUCCESS done": len(JOBS) + 1}, 10)
