"""What is closed to a person, or destroyed, is gone from every answer at once, before the index has followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from eakte.actions import destruction, finding, rights, saved_searches
from eakte.actions.finding import Found
from eakte.actions.rights import Whom
from eakte.records.access import SYSTEM, RestrictionKind
from eakte.services import Services
from eakte.worker.indexing import put
from search.model import COUNTED, Query
from tests.actions.test_destruction import approve, propose
from tests.town import Town

TEXT = "Zwiebelturm Dachgaube Wetterfahne"


@dataclass(frozen=True)
class Letters:
    """Two letters alike in files of their own, both known to the index."""

    files: tuple[UUID, UUID]
    documents: tuple[UUID, UUID]


@pytest.fixture
def letters(town: Town, services: Services) -> Letters:
    files, documents = [], []
    for _ in range(2):
        case_file = town.case_file()
        documents.append(town.file(town.waiting(text=TEXT), case_file.id).document_id)
        files.append(case_file.id)
        put(services, str(documents[-1]))
    return Letters((files[0], files[1]), (documents[0], documents[1]))


def find(town: Town, services: Services, login: str, text: str) -> Found:
    with town.database.reading() as session:
        query = Query(text, facets=(*COUNTED, "plan_branch", "retention"))
        return finding.find(session, services.index, town.actor(login), query, town.now)


def suggested(town: Town, services: Services, login: str) -> tuple[str, ...]:
    with town.database.reading() as session:
        return finding.suggest(session, services.index, town.actor(login), "zwieb", town.now)


def alike(town: Town, services: Services, login: str, document_id: UUID) -> list[UUID]:
    with town.database.reading() as session:
        found = finding.similar(session, services.index, town.actor(login), document_id, town.now)
        return [one.document_id for one in found]


def block(town: Town, case_file_id: UUID, *, until: timedelta | None = None) -> None:
    with town.database.begin() as session:
        whom, kind, end = Whom(person="brandt"), RestrictionKind.CONFLICT, town.now + until if until else None
        rights.block(session, SYSTEM, case_file_id, whom, kind=kind, reason="Befangen", until=end, now=town.now)


def test_a_block_takes_hits_counts_completions_and_likeness_before_the_index_follows(
    town: Town, services: Services, letters: Letters
) -> None:
    assert alike(town, services, "brandt", letters.documents[0]) == [letters.documents[1]]
    assert find(town, services, "brandt", "Zwiebelturm").facets["plan_branch"] == {"52": 2, "52.01": 2}
    block(town, letters.files[1])
    found = find(town, services, "brandt", "Zwiebelturm")
    assert (found.total, found.case_files, len(found.hits)) == (1, 1, 1)
    assert found.facets["file_plan_code"] == {"52.01": 1}
    assert found.facets["retention"] == {}
    assert alike(town, services, "brandt", letters.documents[0]) == []
    block(town, letters.files[0])
    assert find(town, services, "brandt", "Zwiebelturm").total == 0
    assert suggested(town, services, "brandt") == ()
    assert find(town, services, "brandt", "Zwiebelturn").did_you_mean is None
    assert find(town, services, "ott", "Zwiebelturn").did_you_mean == "Zwiebelturm"
    assert suggested(town, services, "ott") == ("Zwiebelturm",)


def test_a_file_under_destruction_is_gone_before_the_index_forgets_it(
    town: Town, services: Services, letters: Letters
) -> None:
    for case_file_id in letters.files:
        town.close(case_file_id, on=town.now)
    town.now += timedelta(days=5 * 365)
    for case_file_id in letters.files:
        disposal_id = propose(town, case_file_id)
        approve(town, disposal_id)
        with town.database.begin() as session:
            assert destruction.begin(session, disposal_id, town.now)
    found = find(town, services, "ott", "Zwiebelturm")
    assert (found.total, found.hits, found.case_files) == (0, (), 0)
    assert not any(found.facets.values())
    assert suggested(town, services, "ott") == ()
    assert find(town, services, "ott", "Zwiebelturn").did_you_mean is None


def test_a_search_narrows_by_branch_and_by_retention_from_the_database(
    town: Town, services: Services, letters: Letters
) -> None:
    town.close(letters.files[0], on=town.now)
    with town.database.reading() as session:
        actor, index = town.actor("ott"), services.index

        def total(**filters: str) -> int:
            chosen = {name: frozenset({value}) for name, value in filters.items()}
            return finding.find(session, index, actor, Query("Zwiebelturm", chosen), town.now).total

        assert total(plan_branch="52") == 2
        assert total(plan_branch="31") == 0
        assert total(retention="keep") == 1
        assert total(retention="destroy") == 0
        counted = finding.find(session, index, actor, Query("Zwiebelturm", facets=("retention",)), town.now)
        assert counted.facets["retention"]["keep"] == 1


def test_a_shared_search_runs_within_the_rights_of_whoever_looks(
    town: Town, services: Services, letters: Letters
) -> None:
    del letters
    with town.database.begin() as session:
        owner = town.actor("brandt")
        made = saved_searches.save(session, owner, "Türme", Query("Zwiebelturm"), shared_with="63", now=town.now)
        query = saved_searches.show(session, town.actor("ott"), made.id).query
    assert find(town, services, "ott", query.text).total == 2
    assert find(town, services, "kaya", query.text).total == 0
