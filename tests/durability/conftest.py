from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.harness import Stage


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    url = f"sqlite:///{tmp_path}/eakte.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    stage = Stage(url, tmp_path)
    yield stage
    stage.end()
