from __future__ import annotations

import pytest
from sqlalchemy import select

from eakte.errors import InvalidInput
from eakte.store.files import CaseFile, Share
from eakte.store.history import HistoryEntry
from eakte.store.plan import FilePlanUnit
from tests.town import Town


def state(town: Town, code: str, **values: object) -> None:
    """Let a unit of the file plan state something."""
    with town.database.begin() as session:
        unit = session.scalars(select(FilePlanUnit).where(FilePlanUnit.code == code)).one()
        for name, value in values.items():
            setattr(unit, name, value)


def test_new_case_files_start_as_the_nearest_unit_says(town: Town) -> None:
    state(town, "52", default_restricted=True, default_shares=["unit:50.1"])
    state(town, "52.02", default_restricted=False)
    build, monument = town.case_file(), town.case_file(plan="52.02", unit="63.1", login="ott")
    assert (build.restricted, monument.restricted) == (True, False)
    assert town.sees("kaya", build.id)
    assert town.sees("kaya", monument.id)
    assert not town.sees("weber", build.id)
    with town.database.reading() as session:
        shares = session.scalars(select(Share).where(Share.case_file_id == build.id)).all()
        told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "case_file.shared")).all()
    assert [(share.key, share.reason) for share in shares] == [("unit:50.1", "Vorgabe des Aktenplans (52)")]
    assert {entry.detail["whom"] for entry in told} == {"50.1"}


def test_an_empty_list_takes_back_what_the_unit_above_shares(town: Town) -> None:
    state(town, "52", default_shares=["unit:50.1"])
    state(town, "52.01", default_shares=[])
    assert not town.sees("kaya", town.case_file().id)


def test_nothing_new_is_opened_below_a_retired_unit(town: Town) -> None:
    state(town, "52", retired=True)
    with pytest.raises(InvalidInput):
        town.case_file()
    with town.database.reading() as session:
        assert session.scalars(select(CaseFile.id)).all() == []
