"""Programs that read need-to-know files stand in the history like people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from eakte.actions.reads import READ
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from tests.api.conftest import Program
from tests.web.city import City


@pytest.mark.parametrize("restricted", [True, False])
def test_reading_a_need_to_know_file_is_an_entry(
    city: City, program: Callable[[str], Program], *, restricted: bool
) -> None:
    with city.services.database.begin() as session:
        session.execute(update(CaseFile).where(CaseFile.id == city.file_id).values(restricted=restricted))
    assert program("brandt").get(f"/case-files/{city.file_id}").status_code == 200
    with city.services.database.reading() as session:
        found = session.scalars(select(HistoryEntry).where(HistoryEntry.action == READ)).all()
    assert [(entry.actor_login, entry.about_id) for entry in found] == [("brandt", str(city.file_id))] * restricted
