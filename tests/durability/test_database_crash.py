"""The database server crashes and comes back while workers work: they wait for it and lose nothing."""

from pathlib import Path

import pytest

from tests.durability.harness import Stage, wait_until
from tests.postgres import Cluster

JOBS = {f"job-{number}" for number in range(30)}


@pytest.mark.timeout(90)
def test_no_job_is_lost_when_the_database_crashes_under_the_workers(durable_postgres: Cluster, tmp_path: Path) -> None:
    stage = Stage(durable_postgres.create(), tmp_path)
    stage.order(*JOBS)
    workers = [stage.start_worker(), stage.start_worker()]
    for finished in (4, 12):
        assert wait_until(lambda least=finished: len(stage.finished()) >= least, 20)  # type: ignore[misc]  # bound at once
        durable_postgres.crash()
        durable_postgres.start()
    assert wait_until(lambda: stage.finished() == JOBS, 40)
    assert wait_until(lambda: stage.outcomes() == {"SUCCESS done": len(JOBS)}, 10)
    assert stage.overlaps() == []
    assert all(worker.poll() is None for worker in workers)
    stage.end()
