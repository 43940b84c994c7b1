"""What is odd about a message by what went before: doubled, late, unasked, of another process; and whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import (
    DIFFERENCE_LABELS,
    WRITTEN_VERSIONS,
    Exchanged,
    Message,
    Procedure,
    arrival_differences,
    awaited,
    owed,
    read_message,
    unanswered,
    write_offer,
)
from retention.procedure import ANSWERS, TITLES
from tests.retention.receiver import Misbehaviour, Receiver
from tests.retention.samples import HEAD, PROCESS, case_file, schema_folder

DAY = date(2026, 3, 2)
OURS, THEIRS, STRANGE = (f"{number}" * 8 + "-0000-4000-8000-000000000000" for number in (1, 2, 3))


def at(days: int) -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(days=days)


def sent(code: str, days: int = 0, message_id: str | None = OURS) -> Exchanged:
    return Exchanged(code, incoming=False, at=at(days), sha256=f"{code}-{days}", message_id=message_id)


def got(code: str, days: int = 1, message_id: str | None = THEIRS, number: int = 1) -> Exchanged:
    return Exchanged(code, incoming=True, at=at(days), sha256=f"in-{code}", message_id=message_id, number=number)


def message(code: str, **changes: object) -> Message:
    plain = Message("4.0.0", code, "", PROCESS, STRANGE, at(1), answers=OURS)
    return replace(plain, **changes)  # type: ignore[arg-type] # fields of a message by name


def odd(found: Message, earlier: list[Exchanged], *, sha256: str = "new", due: date | None = None) -> list[str]:
    differences = arrival_differences(found, earlier, process_id=PROCESS, sha256=sha256, on=DAY, due=due)
    assert all(each.code in DIFFERENCE_LABELS and each.text.endswith(".") for each in differences)
    return [each.code for each in differences]


@pytest.mark.parametrize("code", sorted(set(ANSWERS) - {"0505", "0514", "0515"}))
def test_a_first_answer_in_time_is_plain(code: str) -> None:
    assert odd(message(code), [sent(ANSWERS[code])], due=DAY) == []


@pytest.mark.parametrize(
    ("found", "earlier", "code"),
    [
        (message("0502", process_id=STRANGE), [sent("0501")], "wrong-process"),
        (message("0502", answers=STRANGE), [sent("0501")], "wrong-origin"),
        (message("0502", test=True), [sent("0501")], "test-message"),
        (message("0506"), [sent("0501")], "unasked"),
        (message("0502"), [sent("0501"), got("0502")], "duplicate"),
        (message("0502", message_id=THEIRS), [sent("0501"), sent("0501", 1), got("0502")], "duplicate"),
        (message("0502"), [sent("0501"), sent("0503", 1)], "overtaken"),
        (message("0502", number=2, total=3), [sent("0501"), got("0502")], "part-missing"),
    ],
)
def test_each_oddity_has_its_code(found: Message, earlier: list[Exchanged], code: str) -> None:
    assert odd(found, earlier) == [code]


def test_the_same_file_again_is_a_duplicate_even_where_a_second_answer_is_due() -> None:
    assert odd(message("0506"), [sent("0503"), sent("0503", 2), got("0506")], sha256="in-0506") == ["duplicate"]


def test_a_second_hand_over_may_have_its_own_confirmation() -> None:
    assert odd(message("0506"), [sent("0503"), sent("0503", 2), got("0506")]) == []


def test_an_answer_after_the_agreed_day_is_late() -> None:
    assert odd(message("0502"), [sent("0501")], due=DAY - timedelta(days=1)) == ["late"]


def test_the_last_of_several_parts_completes_them() -> None:
    assert odd(message("0502", number=2, total=2), [sent("0501"), got("0502", number=1)]) == []


def test_an_absurd_total_is_listed_and_not_counted_out() -> None:
    assert odd(message("0502", total=999_999_999), [sent("0501")]) == ["part-missing"]


def test_versions_without_uuids_are_judged_by_what_they_say() -> None:
    plain = message("0502", message_id=None, answers=None)
    assert odd(plain, [sent("0501", message_id=None)]) == []
    assert odd(plain, [sent("0501", message_id=None), got("0502", message_id=None)]) == ["duplicate"]


@pytest.mark.parametrize("version", WRITTEN_VERSIONS)
def test_real_answers_are_judged_by_their_heads(version: str, tmp_path: Path) -> None:
    outbox = tmp_path / "archive"
    outbox.mkdir()
    archive = Receiver(schema_folder(), outbox)
    written = write_offer([case_file()], replace(HEAD, version=version), tmp_path)
    ours = read_message(written.path)
    earlier = [Exchanged("0501", incoming=False, at=at(0), sha256=written.sha256, message_id=ours.message_id)]
    offer = archive.open(written.path, "0501")
    assert odd(read_message(archive.appraise(offer, {})), earlier) == []
    assert odd(read_message(archive.acknowledge(offer, "0504")), earlier) == []
    assert odd(read_message(archive.confirm_import(offer)), earlier) == ["unasked"]
    if version == "4.0.0":
        assert odd(read_message(archive.appraise(offer, {}, Misbehaviour(origin=STRANGE))), earlier) == ["wrong-origin"]
        assert odd(read_message(archive.appraise(offer, {}, Misbehaviour(test=True))), earlier) == ["test-message"]


def test_the_four_steps_take_turns() -> None:
    went: list[Exchanged] = []
    turns = []
    for step in (sent("0501"), got("0504"), got("0502"), sent("0505"), sent("0503"), got("0507"), got("0506")):
        turns.append((owed(Procedure.FOUR_STEP, went), awaited(went)))
        went.append(step)
    turns.append((owed(Procedure.FOUR_STEP, went), awaited(went)))
    assert turns == [
        (("0501",), ()),
        ((), ("0502",)),
        ((), ("0502",)),
        (("0505", "0503"), ()),
        (("0503",), ()),
        ((), ("0506",)),
        ((), ("0506",)),
        ((), ()),
    ]


def test_the_two_steps_begin_with_the_hand_over() -> None:
    assert owed(Procedure.TWO_STEP, []) == ("0503",)
    assert owed(Procedure.TWO_STEP, [sent("0503")]) == ()
    assert awaited([sent("0503"), got("0506")]) == ()


def test_a_plan_is_offered_and_its_catalogue_acknowledged() -> None:
    assert owed(Procedure.CATALOGUE, []) == ("0511",)
    assert awaited([sent("0511"), got("0512")]) == ("0513",)
    assert owed(Procedure.CATALOGUE, [sent("0511"), got("0513")]) == ("0515", "0514")
    assert owed(Procedure.CATALOGUE, [sent("0511"), got("0513"), sent("0515"), sent("0514")]) == ()


def test_what_stays_unanswered_is_late_after_the_agreed_days() -> None:
    went = [sent("0501"), got("0504")]
    assert unanswered(went, today=DAY + timedelta(days=30), days=30) == ()
    (late,) = unanswered(went, today=DAY + timedelta(days=31), days=30)
    assert (late.code, late.object_id) == ("late", None)
    assert "02.03.2026" in late.text
    assert unanswered([*went, got("0502")], today=date(2030, 1, 1), days=30) == ()


@given(st.lists(st.builds(sent, st.sampled_from(sorted(TITLES))) | st.builds(got, st.sampled_from(sorted(TITLES)))))
def test_nobody_owes_what_was_never_asked(went: list[Exchanged]) -> None:
    ours = {each.code for each in went if not each.incoming}
    assert all(ANSWERS[code] in ours for code in awaited(went))
    assert all(code in TITLES for procedure in Procedure for code in owed(procedure, went))
