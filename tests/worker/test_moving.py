"""The index follows moves with a real index, on both databases: each document is written once, and rights follow."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_files import FileMove
from eakte.services import Services
from eakte.worker import indexing
from search.model import Entry, MaySee, Query
from tests.actions.test_moving import first_case, moved
from tests.town import Town


def found(services: Services, town: Town, text: str, login: str) -> list[str]:
    return [hit.document_id for hit in services.index.find(Query(text), MaySee(town.actor(login).keys)).hits]


def test_a_moved_case_is_found_by_its_new_and_its_old_reference_and_written_once(
    town: Town, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, filed = town.filed()
    second = town.file(town.waiting(), source.id)
    for each in (filed, second):
        indexing.put(services, str(each.document_id))
    target = town.case_file()
    town.file(town.waiting(), target.id)
    top = first_case(town, source.id)
    answer = moved(town, CaseMove(top, target.id))
    written: list[str] = []
    put = services.index.put

    def noting(entries: Iterable[Entry]) -> None:
        batch = list(entries)
        written.extend(entry.document_id for entry in batch)
        put(batch)

    monkeypatch.setattr(type(services.index), "put", lambda _, entries: noting(entries))
    indexing.put_case(services, str(top))
    assert sorted(written) == sorted(map(str, (filed.document_id, second.document_id)))
    for reference in (answer.reference, f"{source.file_reference}-01"):
        assert set(found(services, town, reference, "brandt")) >= set(written)


def test_a_file_led_by_another_unit_is_found_there_and_no_longer_here(town: Town, services: Services) -> None:
    file, filed = town.filed()
    indexing.put(services, str(filed.document_id))
    assert found(services, town, "Gartenweg", "brandt") == [str(filed.document_id)]
    moved(town, FileMove(file.id, org_unit_code="50.1"), "ott")
    indexing.put_all(services, str(file.id))
    assert found(services, town, "Gartenweg", "kaya") == [str(filed.document_id)]
    assert found(services, town, "Gartenweg", "brandt") == []
