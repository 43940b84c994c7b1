"""Figures on the state of the work are counted from the records, and only from those a person may see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from eakte.actions import figures, forecast
from eakte.actions.filing import Filing, file_document
from eakte.errors import NotFound
from eakte.records.access import SYSTEM
from eakte.records.figures import AGES, Figure, Row, Subject
from eakte.store.documents import IncomingItem, StoredObject
from eakte.store.files import CaseFile
from tests.actions.test_desk import stock
from tests.town import Town


def told(town: Town, login: str) -> dict[Subject, Figure]:
    with town.database.reading() as session:
        return {one.subject: one for one in figures.figures(session, town.actor(login), town.now)}


def test_each_person_has_the_figures_their_powers_reach(town: Town) -> None:
    clerk = {Subject.INBOX_AGE, Subject.SCANNING, Subject.CLASSIFIER}
    assert set(told(town, "brandt")) == clerk
    assert set(told(town, "ott")) == clerk | {Subject.MIGRATION}
    assert set(told(town, "weber")) == {Subject.CLASSIFIER, Subject.RETENTION, Subject.STORAGE}
    assert set(told(town, "pruefer")) == {Subject.CLASSIFIER, Subject.STORAGE}
    assert set(told(town, "admin")) == {Subject.STORAGE}
    assert set(told(town, "adler")) == set()
    with town.database.reading() as session:
        assert len(figures.figures(session, SYSTEM, town.now)) == len(Subject)
        with pytest.raises(NotFound):
            figures.figure(session, town.actor("adler"), Subject.STORAGE, town.now)


def test_the_inbox_is_told_by_age_in_days_of_the_city(town: Town) -> None:
    midnight = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)  # of the 20th in the city
    for moment in (midnight, midnight - timedelta(seconds=1), midnight - timedelta(days=40)):
        town.now = moment
        town.waiting()
    town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    figure = told(town, "brandt")[Subject.INBOX_AGE]
    assert figure.heads == ("63.2",)
    assert figure.rows == tuple(Row(label, (count,)) for label, count in zip(AGES, (1, 1, 0, 0, 1), strict=True))
    assert told(town, "kaya")[Subject.INBOX_AGE].empty


def test_proposals_are_accepted_changed_or_missing_by_type_of_what_one_may_see(town: Town) -> None:
    case_file = town.case_file()
    town.file(town.waiting(), case_file.id)
    changed, silent = town.waiting(), town.waiting()
    with town.database.begin() as session:
        item = session.get_one(IncomingItem, silent)
        item.proposals = {**(item.proposals or {}), "document_type": None}
    for item_id in (changed, silent):
        with town.database.begin() as session:
            decided = Filing(case_file.id, None, "Bescheid", "Bescheid", "Hollmann", date(2026, 11, 12))
            file_document(session, town.actor("brandt"), item_id, decided, town.now)
    expected = (Row("Bescheid", (0, 1, 1)), Row("Antrag", (1, 0, 0)))
    assert told(town, "brandt")[Subject.CLASSIFIER].rows == expected
    assert told(town, "weber")[Subject.CLASSIFIER].rows == expected
    assert told(town, "kaya")[Subject.CLASSIFIER].empty
    with town.database.begin() as session:
        session.execute(update(CaseFile).values(restricted=True))
    assert told(town, "weber")[Subject.CLASSIFIER].empty
    town.now += timedelta(days=91)
    assert told(town, "brandt")[Subject.CLASSIFIER].empty


def test_the_years_of_disposal_are_those_of_the_forecast(town: Town) -> None:
    stock(town)
    with town.database.reading() as session:
        found = forecast.forecast(session, town.actor("weber"), town.now)
    figure = told(town, "weber")[Subject.RETENTION]
    assert sum(sum(row.values) for row in figure.rows) == sum(found.amounts.values()) > 0
    assert [row.label for row in figure.rows] == [found.label(year) for year in found.years]


def test_storage_grows_month_by_month_to_what_is_stored(town: Town) -> None:
    town.waiting()
    town.now += timedelta(days=31)
    town.waiting()
    with town.database.reading() as session:
        whole = session.scalar(select(func.sum(StoredObject.size)))
    figure = told(town, "admin")[Subject.STORAGE]
    assert [row.label for row in figure.rows] == ["11.2026", "12.2026"]
    assert sum(row.values[0] for row in figure.rows) == figure.rows[-1].values[1] == whole
