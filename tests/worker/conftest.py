from collections.abc import Iterator
from pathlib import Path

import pytest

from eakte.services import Services
from eakte.settings import Settings
from search.engines import open_engine
from tests.town import Town


@pytest.fixture
def services(town: Town, tmp_path: Path) -> Iterator[Services]:
    """Everything a worker of the town works with; nothing in it is a stand-in."""
    settings = Settings(data_folder=tmp_path / "data", watch_folder=str(tmp_path / "watched"))
    index = open_engine(settings.search_engine, settings.data_folder / "index")
    yield Services(settings=settings, database=town.database, objects=town.objects, index=index, archive=None)
    index.close()
