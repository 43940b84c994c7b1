"""Administrators keep synonyms and stop words of the house; both count from the next question on."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import search_words
from eakte.actions.audit import ACTION_LABELS
from eakte.actions.finding import find
from eakte.actions.search_words import Gain
from eakte.errors import InvalidInput, NotAllowed, NotFound, StaleRevision
from eakte.records.access import Permission
from eakte.records.metadata import EMPTY
from eakte.services import Services
from eakte.store.history import HistoryEntry
from eakte.worker.indexing import put
from search.model import Query
from tests.town import Town


def add(town: Town, text: str, login: str = "admin") -> UUID:
    with town.database.begin() as session:
        return search_words.add_group(session, town.actor(login), text, town.now)


def filed(town: Town, services: Services, *, unit: str = "63.2", login: str = "brandt") -> UUID:
    plan = "52.01" if unit == "63.2" else "52.02"
    case_file = town.case_file(unit=unit, login=login, plan=plan)
    document_id = town.file(town.waiting(unit=unit, login=login), case_file.id, login=login).document_id
    put(services, str(document_id))
    return document_id


def total(town: Town, services: Services, text: str, *, exact: bool = True) -> int:
    with town.database.reading() as session:
        asked = Query(text, exact=exact)
        return find(session, services.index, town.actor("ott"), asked, town.now).total


def test_a_group_counts_from_the_next_question_on_and_no_longer_than_it_stands(town: Town, services: Services) -> None:
    filed(town, services)
    found = Query("Bauerlaubnis")
    with town.database.reading() as session:
        assert find(session, services.index, town.actor("ott"), found, town.now).total == 0
    group_id = add(town, "Baugenehmigung = Bauerlaubnis")
    with town.database.reading() as session:
        assert find(session, services.index, town.actor("ott"), found, town.now).total == 1
    with town.database.begin() as session:
        search_words.change_group(session, town.actor("admin"), group_id, "Bauerlaubnis=Baufreigabe", now=town.now)
        assert find(session, services.index, town.actor("ott"), found, town.now).total == 0
        assert find(session, services.index, town.actor("ott"), Query("Baufreigabe"), town.now).total == 0
        search_words.remove_group(session, town.actor("admin"), group_id, town.now)
        with pytest.raises(NotFound):
            search_words.remove_group(session, town.actor("admin"), group_id, town.now)


def test_groups_of_the_file_stay_and_stand_beside_those_of_the_house(town: Town) -> None:
    town.database.catalogue = replace(EMPTY, synonyms=(("Kfz", "Kraftfahrzeug"),))
    group_id = add(town, "Gehweg = Bürgersteig")
    with town.database.reading() as session:
        groups = search_words.listing(session, town.actor("admin")).groups
    assert [(one.words, one.group_id) for one in groups] == [
        (("Kfz", "Kraftfahrzeug"), None),
        (("Gehweg", "Bürgersteig"), group_id),
    ]
    for text in ("Kraftfahrzeug = Kfz", "Bürgersteig = Gehweg"):
        with pytest.raises(InvalidInput):
            add(town, text)


@pytest.mark.parametrize("text", ["", "Kfz", "Kfz =", "Kfz = ?!", "Antrag = Anträge", "= ".join(map(str, range(13)))])
def test_what_is_no_group_is_refused(town: Town, text: str) -> None:
    with pytest.raises(InvalidInput):
        add(town, text)


def test_a_late_change_overwrites_nothing(town: Town) -> None:
    group_id = add(town, "Kfz = Auto")
    with town.database.begin() as session:
        search_words.change_group(session, town.actor("admin"), group_id, "Kfz = Wagen", revision=1, now=town.now)
    with town.database.begin() as session, pytest.raises(StaleRevision):
        search_words.change_group(session, town.actor("admin"), group_id, "Kfz = Pkw", revision=1, now=town.now)


def test_a_stop_word_is_dropped_from_questions_and_kept_in_phrases(town: Town, services: Services) -> None:
    filed(town, services)
    assert total(town, services, "Baugenehmigung Hannover") == 0
    with town.database.begin() as session:
        admin = town.actor("admin")
        assert search_words.add_stop_words(session, admin, "Hannover, und HANNOVER", town.now) == ("HANNOVER",)
        assert search_words.add_stop_words(session, admin, "hannover", town.now) == ()
    assert total(town, services, "Baugenehmigung Hannover") == 1
    assert total(town, services, 'Baugenehmigung "Hannover"') == 0
    assert total(town, services, "Hannover") == 0
    with town.database.begin() as session:
        search_words.remove_stop_word(session, town.actor("admin"), "Hannover", town.now)
    assert total(town, services, "Baugenehmigung Hannover") == 0


def test_the_preview_counts_within_the_rights_of_who_looks(town: Town, services: Services) -> None:
    filed(town, services)
    filed(town, services, unit="50.1", login="kaya")
    admin = town.actor("admin")
    reading = town.actor("brandt")
    both = replace(admin, keys=reading.keys, permissions=admin.permissions | {Permission.READ})
    with town.database.reading() as session:
        assert search_words.preview(session, services.index, admin, "Baugenehmigung = Bauerlaubnis", town.now) == ()
        told = search_words.preview(session, services.index, both, "Baugenehmigung = Bauerlaubnis", town.now)
    assert told == (Gain("Baugenehmigung", 1, 1), Gain("Bauerlaubnis", 0, 1))


def test_only_administrators_keep_words_and_the_history_tells_them(town: Town) -> None:
    with pytest.raises(NotAllowed):
        add(town, "Kfz = Auto", "ott")
    group_id = add(town, "Kfz = Auto")
    admin = town.actor("admin")
    with town.database.begin() as session:
        search_words.change_group(session, admin, group_id, "Kfz = Wagen", now=town.now)
        search_words.change_group(session, admin, group_id, "Kfz = Wagen", now=town.now)
        search_words.remove_group(session, admin, group_id, town.now)
        search_words.add_stop_words(session, admin, "Stadt", town.now)
        search_words.remove_stop_word(session, admin, "Stadt", town.now)
    with town.database.reading() as session:
        actions = session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.sequence)).all()[-5:]
    assert actions == [
        "synonyms.added", "synonyms.changed", "synonyms.removed", "stop_word.added", "stop_word.removed",
    ]  # fmt: skip
    assert set(actions) <= set(ACTION_LABELS)
