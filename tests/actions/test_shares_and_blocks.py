"""Shares open a case file to others for a time; blocks hide it, whatever else somebody holds."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import audit, case_lists, case_view, destruction, disposal, rights
from eakte.actions.entries import entry_of
from eakte.actions.rights import Whom
from eakte.errors import InvalidInput, MissingReason, NotAllowed, NotFound
from eakte.records.access import RestrictionKind, member_key, person_key, unit_key
from eakte.store.files import AccessRestriction, Share
from eakte.store.plan import plan_unit
from tests.actions.test_deputies import last_entry, sees, stand_in
from tests.town import Town

DAY = timedelta(days=1)


def share(town: Town, case_file_id: UUID, whom: Whom, *, by: str = "brandt", days: int | None = None) -> UUID:
    actor = town.actor(by)
    with town.database.begin() as session:
        expires_at = town.now + days * DAY if days else None
        return rights.share(
            session, actor, case_file_id, whom, reason="Mitwirkung", expires_at=expires_at, now=town.now
        )


def block(town: Town, case_file_id: UUID, whom: Whom, *, by: str = "ott", days: int | None = None) -> UUID:
    actor = town.actor(by)
    with town.database.begin() as session:
        return rights.block(
            session,
            actor,
            case_file_id,
            whom,
            kind=RestrictionKind.CONFLICT,
            reason="Befangen",
            until=town.now + days * DAY if days else None,
            now=town.now,
        )


def restrict(town: Town, case_file_id: UUID, *, restricted: bool, by: str = "ott") -> None:
    actor = town.actor(by)
    with town.database.begin() as session:
        rights.set_restricted(session, actor, case_file_id, restricted=restricted, reason="Personalsache", now=town.now)


@pytest.mark.parametrize("whom", [Whom(unit="50.1"), Whom(person="kaya")])
def test_a_share_opens_a_file_to_a_unit_or_a_person_until_it_ends(town: Town, whom: Whom) -> None:
    case_file, other = town.case_file(), town.case_file()
    share(town, case_file.id, whom, days=2)
    assert sees(town, "kaya", case_file.id)
    assert not sees(town, "kaya", other.id)
    town.now += 2 * DAY
    assert not sees(town, "kaya", case_file.id)


def test_a_share_is_revoked_at_once_and_the_history_keeps_it(town: Town) -> None:
    case_file = town.case_file()
    share_id = share(town, case_file.id, Whom(unit="50.1"))
    town.now += DAY
    with town.database.begin() as session:
        rights.revoke(session, town.actor("brandt"), case_file.id, share_id, now=town.now)
    assert not sees(town, "kaya", case_file.id)
    assert last_entry(town, "case_file.share_revoked").detail == {"whom": "50.1"}
    assert last_entry(town, "case_file.shared").reason == "Mitwirkung"


def test_who_sees_a_file_only_by_a_share_does_not_share_it_on(town: Town) -> None:
    case_file = town.case_file()
    share(town, case_file.id, Whom(unit="50.1"))
    with pytest.raises(NotAllowed):
        share(town, case_file.id, Whom(person="adler"), by="kaya")


def test_a_stranger_shares_nothing_and_learns_nothing(town: Town) -> None:
    case_file = town.case_file()
    with pytest.raises(NotFound):
        share(town, case_file.id, Whom(person="kaya"), by="kaya")


def test_a_share_needs_a_reason_somebody_and_an_end_to_come(town: Town) -> None:
    case_file, actor = town.case_file(), town.actor("brandt")
    with town.database.begin() as session:
        for whom, reason, expires_at, refusal in (
            (Whom(unit="50.1"), " ", None, MissingReason),
            (Whom(unit="99"), "x", None, InvalidInput),
            (Whom(person="niemand"), "x", None, InvalidInput),
            (Whom(unit="50.1"), "x", town.now, InvalidInput),
        ):
            with pytest.raises(refusal):
                rights.share(session, actor, case_file.id, whom, reason=reason, expires_at=expires_at, now=town.now)


def test_a_block_beats_the_post_the_unit_and_every_share(town: Town) -> None:
    case_file = town.case_file()
    share(town, case_file.id, Whom(person="brandt"))
    block(town, case_file.id, Whom(person="brandt"), days=3)
    assert not sees(town, "brandt", case_file.id)
    assert sees(town, "ott", case_file.id)
    town.now += 3 * DAY
    assert sees(town, "brandt", case_file.id)


def test_a_blocked_person_finds_no_row_no_count_and_no_history(town: Town) -> None:
    case_file, other = town.case_file(), town.case_file()
    block(town, case_file.id, Whom(person="brandt"))
    block(town, case_file.id, Whom(person="pruefer"))
    with town.database.reading() as session:
        rows, total = case_lists.listing(session, town.actor("brandt"), now=town.now)
        lines = audit.history(session, town.actor("pruefer"), audit.Wanted(), now=town.now)
    assert ([row.case_file_id for row in rows], total) == ([other.id], 1)
    assert case_file.id not in {line.case_file_id for line in lines}
    assert other.id in {line.case_file_id for line in lines}


def test_a_block_on_a_unit_strikes_all_who_work_in_it_or_below_it(town: Town) -> None:
    case_file = town.case_file()
    share(town, case_file.id, Whom(unit="50.1"))
    block(town, case_file.id, Whom(unit="50"))
    assert not sees(town, "kaya", case_file.id)
    assert sees(town, "brandt", case_file.id)


def test_a_block_on_a_part_does_not_strike_those_above_it(town: Town) -> None:
    case_file = town.case_file()
    block(town, case_file.id, Whom(unit="63.2"))
    assert not sees(town, "brandt", case_file.id)
    assert sees(town, "ott", case_file.id)


def test_a_deputy_of_a_blocked_unit_is_blocked_too(town: Town) -> None:
    case_file = town.case_file()
    block(town, case_file.id, Whom(unit="50"))
    stand_in(town, deputy="brandt", for_login="kaya")
    assert not sees(town, "brandt", case_file.id)


def test_a_conflict_of_the_holder_does_not_strike_the_deputy(town: Town) -> None:
    case_file = town.case_file()
    block(town, case_file.id, Whom(person="brandt"))
    stand_in(town, deputy="kaya", for_login="brandt")
    assert sees(town, "kaya", case_file.id)


def test_a_block_is_lifted_with_a_reason(town: Town) -> None:
    case_file = town.case_file()
    block_id = block(town, case_file.id, Whom(person="brandt"))
    with town.database.begin() as session, pytest.raises(MissingReason):
        rights.lift(session, town.actor("ott"), case_file.id, block_id, reason="", now=town.now)
    with town.database.begin() as session:
        rights.lift(session, town.actor("ott"), case_file.id, block_id, reason="Erledigt", now=town.now)
    assert sees(town, "brandt", case_file.id)
    assert last_entry(town, "case_file.unblocked").reason == "Erledigt"


def test_a_clerk_neither_blocks_nor_restricts(town: Town) -> None:
    case_file = town.case_file()
    with pytest.raises(NotAllowed):
        block(town, case_file.id, Whom(person="ott"), by="brandt")
    with pytest.raises(NotAllowed):
        restrict(town, case_file.id, restricted=True, by="brandt")


def test_need_to_know_hides_from_roles_that_read_everything_until_it_is_taken_back(town: Town) -> None:
    case_file = town.case_file()
    assert sees(town, "pruefer", case_file.id)
    restrict(town, case_file.id, restricted=True)
    assert not sees(town, "pruefer", case_file.id)
    assert sees(town, "brandt", case_file.id)
    restrict(town, case_file.id, restricted=False)
    assert sees(town, "pruefer", case_file.id)


def test_somebody_who_may_change_the_rights_always_remains(town: Town) -> None:
    case_file = town.case_file()
    restrict(town, case_file.id, restricted=True)
    with pytest.raises(InvalidInput):
        block(town, case_file.id, Whom(person="ott"))
    with pytest.raises(InvalidInput):
        block(town, case_file.id, Whom(unit="63"))


def test_the_preview_names_who_would_gain_and_lose_sight(town: Town) -> None:
    case_file = town.case_file()
    with town.database.reading() as session:
        actor = town.actor("ott")
        more = rights.preview(session, actor, case_file.id, shared=Whom(unit="50.1"), now=town.now)
        less = rights.preview(session, actor, case_file.id, restricted=True, now=town.now)
        none = rights.preview(session, actor, case_file.id, blocked=Whom(unit="50"), now=town.now)
    assert ([one.login for one in more.gained], more.lost, more.warns) == (["kaya"], (), True)
    assert {one.login for one in less.lost} == {"weber", "lang", "pruefer"}
    assert not less.warns
    assert (none.gained, none.lost) == ((), ())


def test_the_index_learns_every_key_that_opens_and_every_key_that_blocks(town: Town) -> None:
    case_file, filed = town.filed()
    share(town, case_file.id, Whom(unit="50.1"))
    block(town, case_file.id, Whom(unit="14"))
    block(town, case_file.id, Whom(person="kaya"))
    kaya = town.actor("kaya").person_id
    assert kaya is not None
    with town.database.reading() as session:
        entry = entry_of(session, filed.document_id, town.now)
        assert entry is not None
        assert entry.access_keys == {"unit:63.2", "unit:50.1", "all"}
        assert entry.blocked_keys == {member_key("14"), person_key(kaya)}
        assert case_view.show(session, town.actor("brandt"), case_file.id, town.now)


def set_defaults(town: Town, code: str, *, restricted: bool | None = None, shares: list[str] | None = None) -> None:
    with town.database.begin() as session:
        unit = plan_unit(session, code)
        assert unit is not None
        unit.default_restricted, unit.default_shares = restricted, shares


def test_a_branch_makes_its_new_files_need_to_know_and_a_nearer_unit_decides_otherwise(town: Town) -> None:
    before = town.case_file()
    set_defaults(town, "52", restricted=True)
    set_defaults(town, "52.02", restricted=False)
    restricted, opened = town.case_file(), town.case_file(plan="52.02", unit="63.1", login="ott")
    assert [sees(town, "pruefer", file.id) for file in (before, restricted, opened)] == [True, False, True]


def test_a_branch_shares_its_new_files_with_units_until_that_is_revoked(town: Town) -> None:
    set_defaults(town, "52", shares=[unit_key("50.1"), unit_key("63.2")])
    case_file = town.case_file()
    assert sees(town, "kaya", case_file.id)
    entry = last_entry(town, "case_file.shared")
    assert (entry.detail["whom"], entry.reason) == ("50.1", "Vorgabe des Aktenplans (52)")
    with town.database.begin() as session:
        share_id = session.scalars(select(Share.id)).one()
        rights.revoke(session, town.actor("brandt"), case_file.id, share_id, now=town.now)
    assert not sees(town, "kaya", case_file.id)


def test_a_destroyed_file_keeps_its_blocks_without_their_reasons(town: Town) -> None:
    case_file, _ = town.filed()
    block(town, case_file.id, Whom(person="pruefer"))
    town.close(case_file.id, on=town.now.replace(year=2015))
    with town.database.begin() as session:
        (disposal_id,) = disposal.propose(session, town.actor("weber"), [case_file.id], reason="x", now=town.now)
    with town.database.begin() as session:
        disposal.approve(session, town.actor("lang"), disposal_id, cooling_off_days=0, now=town.now)
    with town.database.begin() as session:
        assert destruction.begin(session, disposal_id, town.now)
    with town.database.begin() as session:
        destruction.delete_rows(session, disposal_id, town.now)
        assert session.scalars(select(AccessRestriction.reason)).one() == ""
    with town.database.reading() as session:
        blocked = audit.history(session, town.actor("pruefer"), audit.Wanted(), now=town.now)
        others = audit.history(session, town.actor("weber"), audit.Wanted(), now=town.now)
    assert case_file.id not in {line.case_file_id for line in blocked}
    assert case_file.id in {line.case_file_id for line in others}
