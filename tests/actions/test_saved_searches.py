"""Saved searches: kept by one, shared with a unit, run within the rights of whoever looks."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import saved_searches
from eakte.actions.audit import ACTION_LABELS
from eakte.errors import InvalidInput, NotAllowed, NotFound, StaleRevision
from eakte.store.history import HistoryEntry
from search.model import Query, Sort
from tests.town import Town

QUERY = Query("Stellplatz -Entwurf", {"state": frozenset({"open"})}, date(2020, 1, 1), None, Sort.DATE)


def save(town: Town, login: str, name: str = "Stellplätze", shared_with: str = "") -> UUID:
    actor = town.actor(login)
    with town.database.begin() as session:
        return saved_searches.save(session, actor, name, QUERY, shared_with=shared_with, now=town.now).id


def names(town: Town, login: str) -> list[str]:
    with town.database.reading() as session:
        return [one.name for one in saved_searches.listing(session, town.actor(login))]


def test_a_search_comes_back_as_it_was_kept(town: Town) -> None:
    search_id = save(town, "brandt")
    with town.database.reading() as session:
        shown = saved_searches.show(session, town.actor("brandt"), search_id)
    assert (shown.query, shown.own, shown.watched, shown.shared_with) == (QUERY, True, False, "")


def test_nobody_else_learns_of_a_search_that_is_not_shared(town: Town) -> None:
    search_id = save(town, "brandt")
    assert names(town, "brandt") == ["Stellplätze"]
    assert names(town, "ott") == []
    with town.database.reading() as session, pytest.raises(NotFound):
        saved_searches.show(session, town.actor("ott"), search_id)


def test_a_shared_search_is_shown_to_all_who_work_in_the_unit_or_below_it_and_to_nobody_else(town: Town) -> None:
    save(town, "ott", shared_with="63")
    assert [names(town, login) for login in ("ott", "brandt")] == [["Stellplätze"], ["Stellplätze"]]
    assert [names(town, login) for login in ("kaya", "weber", "pruefer")] == [[], [], []]


def test_sharing_is_for_units_one_works_in(town: Town) -> None:
    with pytest.raises(InvalidInput):
        save(town, "brandt", shared_with="50")
    with town.database.reading() as session:
        offered = saved_searches.units_to_share_with(session, town.actor("brandt"))
    assert [unit.code for unit in offered] == ["63", "63.2"]


def test_only_the_owner_changes_a_shared_search_and_not_over_a_change_unseen(town: Town) -> None:
    search_id, brandt, ott = save(town, "ott", shared_with="63"), town.actor("brandt"), town.actor("ott")
    with town.database.begin() as session, pytest.raises(NotAllowed):
        saved_searches.change(session, brandt, search_id, name="Meins", now=town.now)
    with town.database.begin() as session, pytest.raises(NotAllowed):
        saved_searches.remove(session, brandt, search_id, now=town.now)
    with town.database.begin() as session:
        saved_searches.change(session, ott, search_id, shared_with="", revision=1, now=town.now)
    assert names(town, "brandt") == []
    with town.database.begin() as session, pytest.raises(StaleRevision):
        saved_searches.change(session, ott, search_id, name="Alt", revision=1, now=town.now)
    with town.database.begin() as session:
        saved_searches.remove(session, ott, search_id, now=town.now + timedelta(days=1))
    assert names(town, "ott") == []


def test_two_searches_of_one_person_do_not_have_the_same_name(town: Town) -> None:
    save(town, "brandt")
    with pytest.raises(InvalidInput):
        save(town, "brandt", name=" Stellplätze ")
    save(town, "ott")


def test_the_history_tells_of_searches_without_their_words(town: Town) -> None:
    save(town, "ott", name="Fall Hollmann", shared_with="63")
    with town.database.reading() as session:
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "search.saved")).one()
        assert entry.detail == {"shared_with": "63"}
    assert ACTION_LABELS[entry.action] == "Suche gemerkt"
