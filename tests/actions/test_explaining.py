"""``why`` and ``who``: the answer is that of the rights themselves, now and at a past moment, in German."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from eakte.actions import explaining
from eakte.actions.reorganising import Merge, Target
from eakte.actions.rights import Whom
from eakte.errors import InvalidInput, NotAllowed, NotFound
from eakte.records.access import SYSTEM
from eakte.records.explaining import Explanation
from tests.actions.test_deputies import sees, stand_in
from tests.actions.test_reorganising import reorganise
from tests.actions.test_shares_and_blocks import block, restrict, share
from tests.town import PEOPLE, Town

DAY = timedelta(days=1)


def why(town: Town, login: str, case_file_id: UUID, *, days_ago: int = 0, by: str = "ott") -> Explanation:
    actor = town.actor(by)
    with town.database.reading() as session:
        at = town.now - days_ago * DAY
        return explaining.why(session, actor, login, case_file_id, at=at, now=town.now)


def told(answer: Explanation) -> str:
    return " ".join(answer.sentences)


def test_the_post_in_the_lead_unit_opens_a_file(town: Town) -> None:
    answer = why(town, "brandt", town.case_file().id)
    assert answer.visible
    assert answer.sentences == (
        "Brandt, K. hat die Stelle „Stelle“ (Sachbearbeitung) in 63.2 Amt 63.2. 63.2 Amt 63.2 führt die Akte.",
    )


def test_the_head_sees_it_because_the_unit_stands_below(town: Town) -> None:
    answer = why(town, "ott", town.case_file().id)
    assert answer.visible
    assert "63 Amt 63 steht über 63.2 Amt 63.2." in told(answer)


def test_a_role_that_reads_everything_is_named_until_the_file_is_need_to_know(town: Town) -> None:
    case_file = town.case_file()
    answer = why(town, "pruefer", case_file.id)
    assert answer.visible
    assert "Die Rolle Revision liest alle Akten" in told(answer)
    town.now += DAY
    restrict(town, case_file.id, restricted=True)
    now, before = why(town, "pruefer", case_file.id), why(town, "pruefer", case_file.id, days_ago=1)
    assert not now.visible
    assert "auf die zuständige Einheit und Freigaben beschränkt" in told(now)
    assert before.visible


def test_a_share_is_told_with_its_reason_and_time(town: Town) -> None:
    case_file = town.case_file()
    share(town, case_file.id, Whom(person="kaya"), days=2)
    answer = why(town, "kaya", case_file.id)
    assert answer.sentences == (
        "Die Akte ist mit Kaya, S. persönlich geteilt seit 20.11.2026, 10:00 bis 22.11.2026, 10:00 (Mitwirkung).",
    )
    town.now += 3 * DAY
    assert not why(town, "kaya", case_file.id).visible
    assert why(town, "kaya", case_file.id, days_ago=2).visible


def test_a_deputyship_is_told_with_whom_it_is_for(town: Town) -> None:
    case_file = town.case_file()
    stand_in(town, deputy="kaya", for_login="brandt")
    answer = why(town, "kaya", case_file.id)
    assert answer.visible
    assert "Kaya, S. vertritt bis 27.11.2026, 10:00 brandt in der Stelle" in told(answer)


def test_a_block_is_told_with_all_it_beats(town: Town) -> None:
    case_file = town.case_file()
    block(town, case_file.id, Whom(person="brandt"))
    answer = why(town, "brandt", case_file.id)
    assert not answer.visible
    assert answer.sentences[-2:] == (
        "Interessenkonflikt: Die Akte ist für Brandt, K. gesperrt seit 20.11.2026, 10:00 (Befangen).",
        "Eine Sperre geht jedem Recht vor.",
    )
    assert "63.2 Amt 63.2 führt die Akte." in answer.sentences[0]


def test_who_may_set_no_blocks_does_not_read_their_reasons(town: Town) -> None:
    case_file = town.case_file()
    block(town, case_file.id, Whom(person="pruefer"))
    assert "Befangen" not in told(why(town, "pruefer", case_file.id, by="brandt"))
    assert "Befangen" in told(why(town, "pruefer", case_file.id, by="ott"))


def test_a_merger_is_told_as_the_way_of_the_key(town: Town) -> None:
    case_file = town.case_file()
    town.now += DAY
    reorganise(town, Merge(("63.2",), Target("50.1")))
    now = why(town, "kaya", case_file.id, by="brandt")
    before = why(town, "kaya", case_file.id, by="brandt", days_ago=1)
    assert now.visible
    assert "hat 63.2 Amt 63.2 übernommen." in told(now)
    assert not before.visible
    assert "Die Akte führt 63.2 Amt 63.2." in told(before)


def test_without_a_way_every_post_is_told_with_why_it_does_not_reach(town: Town) -> None:
    case_file = town.case_file()
    assert "Diese Einheit gehört nicht dazu." in told(why(town, "kaya", case_file.id))
    assert "Diese Rolle liest keine Akten." in told(why(town, "admin", case_file.id))


def test_before_it_was_opened_nobody_saw_a_file(town: Town) -> None:
    case_file = town.case_file()
    answer = why(town, "brandt", case_file.id, days_ago=1)
    assert not answer.visible
    assert told(answer) == "Die Akte gibt es erst seit dem 20.11.2026."


def test_an_incoming_item_is_explained_by_its_inbox(town: Town) -> None:
    item_id = town.waiting()
    with town.database.reading() as session:
        mine = explaining.why_item(session, town.actor("ott"), "brandt", item_id, now=town.now)
        theirs = explaining.why_item(session, town.actor("ott"), "pruefer", item_id, now=town.now)
        with pytest.raises(NotFound):
            explaining.why_item(session, town.actor("kaya"), "kaya", item_id, now=town.now)
    assert mine.visible
    assert "hat diesen Posteingang" in told(mine)
    assert not theirs.visible


def test_a_document_is_explained_by_its_case_file(town: Town) -> None:
    _, filed = town.filed()
    with town.database.reading() as session:
        answer = explaining.why_document(session, town.actor("ott"), "brandt", filed.document_id, now=town.now)
    assert answer.visible


def test_the_answer_is_always_that_of_the_rights(town: Town) -> None:
    files = [town.case_file(), town.case_file(plan="31.01", unit="50.1", login="kaya"), town.case_file(restricted=True)]
    share(town, files[0].id, Whom(unit="50.1"))
    block(town, files[0].id, Whom(unit="14"))
    block(town, files[2].id, Whom(person="brandt"))
    stand_in(town, deputy="kaya", for_login="brandt")
    for file in files:
        with town.database.reading() as session:
            answers = {
                login: explaining.why(session, SYSTEM, login, file.id, now=town.now).visible
                for login, _, _, _ in PEOPLE
                if not file.restricted
            }
            seers = (
                {one.login for one in explaining.who(session, town.actor("ott"), file.id, now=town.now)}
                if (sees(town, "ott", file.id))
                else None
            )
        assert answers == {login: sees(town, login, file.id) for login in answers}
        if seers is not None:
            assert seers == {login for login, _, _, _ in PEOPLE if sees(town, login, file.id)}


def test_only_who_sees_a_file_and_may_look_into_rights_gets_an_answer(town: Town) -> None:
    case_file = town.case_file()
    with pytest.raises(NotFound):
        why(town, "brandt", case_file.id, by="kaya")
    with pytest.raises(NotAllowed):
        why(town, "brandt", case_file.id, by="admin")
    with pytest.raises(InvalidInput):
        why(town, "niemand", case_file.id)
