"""``kill -9`` of a worker with a job in hand, again and again: nothing is lost, nothing runs twice at once."""

import pytest

from tests.durability.harness import Stage, wait_until

KILLS = 8
JOBS = [f"job-{number}" for number in range(60)]


@pytest.mark.timeout(150)
def test_no_job_is_lost_and_none_doubled_when_workers_are_killed(stage: Stage) -> None:
    stage.order(*JOBS)
    workers = [stage.start_worker(), stage.start_worker()]
    for number in range(KILLS):
        victim = workers[number % 2]
        assert wait_until(lambda victim=victim: stage.in_hand(victim), 40)  # type: ignore[misc]  # bound at once
        stage.kill(victim)
        workers[number % 2] = stage.start_worker()
    assert wait_until(lambda: stage.finished() == set(JOBS), 80)
    assert stage.overlaps() == []
    # A step may end and its worker be killed before that is noted: at most what two slots held at each kill.
    assert stage.repeated().total() <= 2 * KILLS


@pytest.mark.timeout(120)
def test_a_job_that_ends_every_worker_becomes_a_fault_and_holds_nobody_up(stage: Stage) -> None:
    stage.order("poison", *JOBS[:6])

    def keep_a_worker() -> bool:
        for worker in list(stage.workers):
            if not worker.is_alive():
                stage.kill(worker)
        if not stage.workers:
            stage.start_worker()
        return stage.finished() == {"poison", *JOBS[:6]}

    assert wait_until(keep_a_worker, 80)
    faults = [line for line in stage.lines() if line.word == "FAULT"]
    assert {(line.job, line.step) for line in faults} == {("poison", "interrupted")}
