"""A host that never comes back, or comes back too late: a living worker takes its jobs over."""

import signal

import pytest

from tests.durability.harness import Stage, wait_until

JOBS = {f"job-{number}" for number in range(8)}


@pytest.mark.timeout(60)
def test_a_living_worker_takes_over_from_a_host_that_never_comes_back(stage: Stage) -> None:
    stage.order(*JOBS)
    lost = stage.start_worker("another-host")
    assert wait_until(lambda: stage.in_hand(lost), 20)
    stage.start_worker()
    stage.kill(lost)
    assert wait_until(lambda: stage.finished() == JOBS, 30)
    assert stage.overlaps() == []


@pytest.mark.timeout(60)
def test_what_a_paused_worker_brings_late_is_refused_and_it_works_on(stage: Stage) -> None:
    stage.order(*JOBS)
    paused = stage.start_worker("another-host")
    assert wait_until(lambda: stage.in_hand(paused), 20)
    paused.send_signal(signal.SIGSTOP)
    other = stage.start_worker()
    assert wait_until(lambda: stage.finished() == JOBS, 30)
    paused.send_signal(signal.SIGCONT)
    stage.terminate(other)
    stage.order("after")
    assert wait_until(lambda: "after" in stage.finished(), 20)
    assert wait_until(lambda: stage.outcomes() == {"SUCCESS done": len(JOBS) + 1}, 10)
