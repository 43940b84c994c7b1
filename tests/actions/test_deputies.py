"""Deputies: the keys and powers of the post, for a time, told as "i. V." where nothing else allowed the act."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import case_view, cases, deputies, disposal, structure
from eakte.errors import InvalidInput, NotAllowed, NotFound, SamePerson
from eakte.records.access import SYSTEM, Permission
from eakte.store.history import HistoryEntry
from eakte.store.organisation import Deputation
from eakte.store.people import Post, PostHolder, person_by_login
from tests.town import Town

WEEK = timedelta(days=7)


def post_of(town: Town, login: str) -> UUID:
    with town.database.reading() as session:
        person = person_by_login(session, login)
        assert person is not None
        held = select(Post.id).join(PostHolder, PostHolder.post_id == Post.id).where(PostHolder.person_id == person.id)
        return session.scalars(held).one()


def stand_in(town: Town, *, deputy: str, for_login: str, by: str = "", since: datetime | None = None) -> UUID:
    actor = town.actor(by or for_login)
    with town.database.begin() as session:
        start = since or town.now
        return deputies.arrange(
            session,
            actor,
            post_of(town, for_login),
            deputy=deputy,
            since=start,
            until=start + WEEK,
            reason="Urlaub",
            now=town.now,
        )


def last_entry(town: Town, action: str) -> HistoryEntry:
    with town.database.reading() as session:
        query = select(HistoryEntry).where(HistoryEntry.action == action).order_by(HistoryEntry.sequence.desc())
        return session.scalars(query.limit(1)).one()


def sees(town: Town, login: str, case_file_id: UUID) -> bool:
    actor = town.actor(login)
    with town.database.reading() as session:
        try:
            case_view.show(session, actor, case_file_id, town.now)
        except (NotFound, NotAllowed):
            return False
    return True


def test_a_deputy_sees_what_the_post_sees_until_the_deputyship_ends(town: Town) -> None:
    case_file = town.case_file()
    assert not sees(town, "kaya", case_file.id)
    stand_in(town, deputy="kaya", for_login="brandt")
    assert sees(town, "kaya", case_file.id)
    town.now += WEEK
    assert not sees(town, "kaya", case_file.id)


def test_a_deputyship_that_is_to_come_gives_nothing_yet(town: Town) -> None:
    case_file = town.case_file()
    stand_in(town, deputy="kaya", for_login="brandt", since=town.now + WEEK)
    assert not sees(town, "kaya", case_file.id)
    town.now += WEEK
    assert sees(town, "kaya", case_file.id)


def test_a_deputy_gets_the_powers_of_the_post(town: Town) -> None:
    assert not town.actor("adler").may(Permission.FILE)
    stand_in(town, deputy="adler", for_login="brandt")
    assert town.actor("adler").may(Permission.FILE)


def test_the_history_says_for_whom_a_deputy_acted(town: Town) -> None:
    case_file = town.case_file()
    stand_in(town, deputy="kaya", for_login="brandt")
    with town.database.begin() as session:
        structure.open_case(session, town.actor("kaya"), case_file.id, "Anhörung", town.now)
    entry = last_entry(town, "case.opened")
    assert (entry.actor_login, entry.on_behalf_of) == ("kaya", "brandt")


def test_what_a_deputys_own_post_allows_is_their_own_act(town: Town) -> None:
    own = town.case_file(plan="31.01", unit="50.1", login="kaya")
    stand_in(town, deputy="kaya", for_login="brandt")
    with town.database.begin() as session:
        structure.open_case(session, town.actor("kaya"), own.id, "Anhörung", town.now)
    assert last_entry(town, "case.opened").on_behalf_of is None


def test_an_act_that_needs_the_power_of_the_post_is_done_for_its_holder(town: Town) -> None:
    case_file = town.case_file()
    town.close(case_file.id, on=town.now)
    stand_in(town, deputy="brandt", for_login="ott")
    with town.database.begin() as session:
        cases.reopen(session, town.actor("brandt"), case_file.id, reason="Nachtrag", now=town.now)
    assert last_entry(town, "case_file.reopened").on_behalf_of == "ott"


def test_deputies_do_not_pass_a_post_on(town: Town) -> None:
    stand_in(town, deputy="kaya", for_login="brandt")
    with pytest.raises(NotFound):
        stand_in(town, deputy="adler", for_login="brandt", by="kaya")


def test_the_power_to_arrange_deputyships_is_not_passed_on_either(town: Town) -> None:
    stand_in(town, deputy="kaya", for_login="ott")
    assert town.actor("kaya").may(Permission.DEPUTIES)
    with pytest.raises(NotFound):
        stand_in(town, deputy="adler", for_login="brandt", by="kaya")


def test_the_registry_arranges_deputyships_of_its_units_and_the_administration_of_all(town: Town) -> None:
    stand_in(town, deputy="adler", for_login="brandt", by="ott")
    stand_in(town, deputy="adler", for_login="kaya", by="admin")
    with pytest.raises(NotFound):
        stand_in(town, deputy="pruefer", for_login="kaya", by="ott")


def test_nobody_appoints_themselves(town: Town) -> None:
    for by in ("ott", "admin"):
        with pytest.raises(InvalidInput):
            stand_in(town, deputy=by, for_login="brandt", by=by)


def test_a_deputyship_has_an_end_within_a_year(town: Town) -> None:
    for until in (town.now, town.now + timedelta(days=400)):
        with town.database.begin() as session, pytest.raises(InvalidInput):
            deputies.arrange(
                session,
                SYSTEM,
                post_of(town, "brandt"),
                deputy="kaya",
                since=town.now,
                until=until,
                now=town.now,
            )


def test_a_deputyship_is_ended_by_its_holder_or_given_back_by_the_deputy(town: Town) -> None:
    case_file = town.case_file()
    for by in ("brandt", "kaya"):
        deputation_id = stand_in(town, deputy="kaya", for_login="brandt")
        town.now += timedelta(hours=1)
        with town.database.begin() as session, pytest.raises(NotFound):
            deputies.end(session, town.actor("adler"), deputation_id, now=town.now)
        with town.database.begin() as session:
            deputies.end(session, town.actor(by), deputation_id, now=town.now)
        assert not sees(town, "kaya", case_file.id)


def test_two_people_stay_two_people_whatever_posts_they_act_in(town: Town) -> None:
    case_file = town.case_file()
    town.close(case_file.id, on=town.now.replace(year=2015))
    stand_in(town, deputy="kaya", for_login="weber")
    with town.database.begin() as session:
        (disposal_id,) = disposal.propose(
            session, town.actor("kaya"), [case_file.id], reason="Frist vorbei", now=town.now
        )
    with town.database.begin() as session, pytest.raises(SamePerson):
        disposal.approve(session, town.actor("kaya"), disposal_id, cooling_off_days=0, now=town.now)


def test_the_list_shows_a_deputyship_to_holder_deputy_and_registry_alone(town: Town) -> None:
    stand_in(town, deputy="kaya", for_login="brandt")
    seen = {}
    for login in ("brandt", "kaya", "ott", "adler", "admin"):
        with town.database.reading() as session:
            seen[login] = len(deputies.listing(session, town.actor(login), town.now))
    assert seen == {"brandt": 1, "kaya": 1, "ott": 1, "adler": 0, "admin": 1}
    with town.database.reading() as session:
        assert len(session.scalars(select(Deputation)).all()) == 1
