"""The database server crashes and comes back while workers work: they wait for it and lose nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.harness import Stage, wait_until
from tests.postgres import Cluster

JOBS = {f"job-{number}" for number in range(30)}
CRASHES = (4, 12)
"""After how many finished jobs the server crashes."""
IN_HAND = 2 * 2
"""Steps that two workers of two slots each work on at the same time."""


@pytest.fixture
def stage_on_durable_postgres(durable_postgres: Cluster, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(durable_postgres.create(), tmp_path)
    yield stage
    stage.end()


@pytest.mark.timeout(240)
def test_no_job_is_lost_when_the_database_crashes_under_the_workers(
    durable_postgres: Cluster, stage_on_durable_postgres: Stage
) -> None:
    stage = stage_on_durable_postgres
    stage.order(*JOBS)
    workers = [stage.start_worker(), stage.start_worker()]
    for finished in CRASHES:
        assert wait_until(lambda least=finished: len(stage.finished()) >= least, 40)  # type: ignore[misc]  # bound at once
        durable_postgres.crash()
        durable_postgres.start()
    assert wait_until(lambda: stage.finished() == JOBS, 150)
    assert wait_until(lambda: stage.outcomes() == {"SUCCESS done": len(JOBS)}, 10)
    # A step that ended while the database was away could not be recorded: it is done again, and nothing else is.
    assert len(stage.overlaps()) <= len(CRASHES) * IN_HAND
    assert all(worker.is_alive() for worker in workers)
