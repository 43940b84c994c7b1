"""After a reorganisation the index shows the code of today, without a case file being touched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.actions import finding, reorganising, rights
from eakte.actions.reorganising import Rename
from eakte.actions.rights import Whom
from eakte.records.access import SYSTEM, RestrictionKind
from eakte.store.people import OrgUnit
from eakte.worker.indexing import put_all, put_unit
from search.model import Query
from tests.web.city import NOW, City, found

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return found(tmp_path, letters=1)


def hits(city: City, login: str, text: str) -> tuple[int, dict[str, int]]:
    with city.services.database.reading() as session:
        shown = finding.find(session, city.services.index, city.actor(login), Query(text), LATER)
    return shown.total, dict(shown.facets["org_unit"])


def test_documents_are_found_under_the_new_code_of_their_unit(city: City) -> None:
    assert hits(city, "brandt", "amt:63.2 Tiefgarage") == (1, {"63.2": 1})
    with city.services.database.begin() as session:
        unit_id = session.scalars(select(OrgUnit.id).where(OrgUnit.code == "63.2")).one()
        change = Rename("63.2", "63.7", "Bauaufsicht")
        reorganising.carry_out(session, SYSTEM, change, reason="Neue Gliederung", now=LATER)
    put_unit(city.services, str(unit_id))
    assert hits(city, "brandt", "amt:63.7 Tiefgarage") == (1, {"63.7": 1})
    assert hits(city, "brandt", "amt:63.2 Tiefgarage")[0] == 0
    city.services.close()


def test_a_block_takes_hits_and_counts_once_the_index_knows(city: City) -> None:
    with city.services.database.begin() as session:
        rights.block(
            session,
            SYSTEM,
            city.file_id,
            Whom(person="brandt"),
            kind=RestrictionKind.CONFLICT,
            reason="Befangen",
            until=None,
            now=NOW,
        )
    put_all(city.services, str(city.file_id))
    assert hits(city, "brandt", "Tiefgarage") == (0, {})
    assert hits(city, "pruefer", "Tiefgarage")[0] == 1
    city.services.close()
