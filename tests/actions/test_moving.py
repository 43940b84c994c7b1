"""Moving records: told first, confirmed, never out of what binds them, and found under every former reference."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import (
    audit,
    case_lists,
    document_life,
    filing,
    hold_orders,
    holds,
    moving,
    proposing,
    verification,
    versions,
)
from eakte.actions.entries import entry_of
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.moving import Moved
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.actions.moving_files import FileMove
from eakte.errors import MissingReason, MoveNotConfirmed, MoveNotPossible, NotAllowed, NotFound
from eakte.records.holding import HoldScope
from eakte.records.moving import Preview
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.jobs import live_jobs
from eakte.store.references import resolve
from tests.actions.test_structure import case, close, sub_file
from tests.town import Town


def told(town: Town, move: moving.Move, login: str = "brandt") -> Preview:
    actor = town.actor(login)
    with town.database.reading() as session:
        return moving.preview(session, actor, move, town.now)


def moved(town: Town, move: moving.Move, login: str = "brandt") -> Moved:
    confirmed = told(town, move, login).fingerprint
    actor = town.actor(login)
    with town.database.begin() as session:
        return moving.carry_out(session, actor, move, confirmed=confirmed, reason="falsch zugeordnet", now=town.now)


def first_case(town: Town, file_id: UUID) -> UUID:
    with town.database.reading() as session:
        return (
            session.scalars(
                select(BusinessCase.id).where(BusinessCase.case_file_id == file_id).order_by(BusinessCase.number)
            ).first()
            or file_id
        )


def leads_to(town: Town, reference: str) -> tuple[str, UUID] | None:
    with town.database.reading() as session:
        return resolve(session, reference)


def test_a_moved_document_keeps_its_identity_and_its_old_reference_leads_to_it(town: Town) -> None:
    _, filed = town.filed()
    target = town.case_file()
    answer = moved(town, DocumentMove(filed.document_id, first_case(town, target.id)))
    assert answer.reference == f"{target.file_reference}-01#0001"
    assert answer.record_id == filed.document_id
    assert leads_to(town, filed.document_reference) == ("document", filed.document_id)
    assert leads_to(town, answer.reference) == ("document", filed.document_id)
    with town.database.reading() as session:
        entry = entry_of(session, filed.document_id, town.now)
    assert entry is not None
    assert entry.case_file_reference == target.file_reference
    assert filed.document_reference in entry.aliases


def test_a_move_is_told_in_both_histories_and_the_one_left_names_no_new_place(town: Town) -> None:
    source, filed = town.filed()
    target = town.case_file()
    answer = moved(town, DocumentMove(filed.document_id, first_case(town, target.id)))
    with town.database.reading() as session:
        left = audit.of_case_file(session, town.actor("brandt"), source.id, limit=1, now=town.now)[0]
        entered = audit.of_case_file(session, town.actor("brandt"), target.id, limit=1, now=town.now)[0]
    assert (left.action, left.detail, left.reason) == (
        "document.moved_away", {"reference": filed.document_reference}, "falsch zugeordnet"
    )  # fmt: skip
    assert entered.action == "document.moved"
    assert entered.detail == {"from": filed.document_reference, "reference": answer.reference}


def test_the_preview_warns_who_else_would_read_it_and_says_what_becomes_of_retention(town: Town) -> None:
    source = town.case_file(restricted=True)
    filed = town.file(town.waiting(), source.id)
    target = town.case_file(plan="31.01", unit="50.1", login="kaya")
    with town.database.begin() as session:
        town.share(session, target.id, "unit:63.2")
    preview = told(town, DocumentMove(filed.document_id, first_case(town, target.id)))
    assert preview.wider
    assert any("50.1" in reader for reader in preview.gained)
    assert any("ganzen Bestand" in reader for reader in preview.gained)


def test_a_move_to_a_shorter_period_says_so(town: Town) -> None:
    file = town.case_file(plan="52.02", unit="63.1", login="ott")
    preview = told(town, FileMove(file.id, file_plan_code="52.01"), "ott")
    assert any("kürzer" in text for text in preview.retention)
    assert any("R-B/1" in text and "R-V/1" in text for text in preview.retention)
    assert preview.gained == ()


def test_nothing_is_moved_that_was_not_confirmed_as_it_is(town: Town) -> None:
    _, filed = town.filed()
    target = town.case_file()
    move = DocumentMove(filed.document_id, first_case(town, target.id))
    seen = told(town, move)
    actor = town.actor("brandt")
    with town.database.begin() as session:
        for confirmed, reason, refusal in (
            ("", "weil", MoveNotConfirmed),
            (seen.fingerprint, " ", MissingReason),
        ):
            with pytest.raises(refusal):
                moving.carry_out(session, actor, move, confirmed=confirmed, reason=reason, now=town.now)
        town.share(session, target.id, "unit:50.1")
        with pytest.raises(MoveNotConfirmed):
            moving.carry_out(session, actor, move, confirmed=seen.fingerprint, reason="weil", now=town.now)


def test_nobody_moves_what_or_where_they_do_not_see(town: Town) -> None:
    _, filed = town.filed()
    hidden = town.case_file(plan="31.01", unit="50.1", login="kaya")
    with pytest.raises(NotFound):
        told(town, DocumentMove(filed.document_id, first_case(town, hidden.id)))
    with pytest.raises(NotFound):
        told(town, DocumentMove(filed.document_id, first_case(town, hidden.id)), "kaya")


def test_only_the_registry_moves_whole_files(town: Town) -> None:
    with pytest.raises(NotAllowed):
        told(town, FileMove(town.case_file().id, file_plan_code="31.01"))


@pytest.mark.parametrize("which", ["source", "target"])
def test_nothing_moves_out_of_or_into_a_closed_file(town: Town, which: str) -> None:
    source, filed = town.filed()
    target = town.case_file()
    where = first_case(town, target.id)
    town.close(source.id if which == "source" else target.id, on=town.now)
    with pytest.raises(MoveNotPossible) as refused:
        moved(town, DocumentMove(filed.document_id, where))
    assert "z.d.A. verfügt" in refused.value.detail["reasons"]


def test_nothing_escapes_a_hold_by_moving(town: Town) -> None:
    source, filed = town.filed()
    target = town.case_file()
    with town.database.begin() as session:
        holds.place(session, town.actor("weber"), source.id, reason="Rechtsstreit", now=town.now)
    for move in (
        DocumentMove(filed.document_id, first_case(town, target.id)),
        CaseMove(first_case(town, source.id), target.id),
    ):
        with pytest.raises(MoveNotPossible) as refused:
            moved(town, move)
        assert "Löschsperre: Rechtsstreit" in refused.value.detail["reasons"]


@pytest.mark.parametrize(
    "reach", [Reach(HoldScope.PERSON, names=("Erika Petersen",)), Reach(HoldScope.QUERY, text="Petersen")]
)
def test_nothing_escapes_an_order_that_has_not_looked_yet(town: Town, reach: Reach) -> None:
    source, target = town.case_file(), town.case_file()
    filed = town.file(town.waiting(text="Antrag von Erika Petersen"), source.id)
    moves: tuple[moving.Move, ...] = (
        DocumentMove(filed.document_id, first_case(town, target.id)),
        CaseMove(first_case(town, source.id), target.id),
    )
    assert not any(told(town, move).refusals for move in moves)
    with town.database.begin() as session:
        hold_orders.place(session, town.actor("weber"), NewOrder(reach, "Untersuchungsausschuss"), town.now)
    for move in moves:
        assert "Löschsperre: Untersuchungsausschuss" in " ".join(told(town, move).refusals)
        with pytest.raises(MoveNotPossible) as refused:
            moved(town, move)
        assert "Löschsperre: Untersuchungsausschuss" in refused.value.detail["reasons"]


def test_what_somebody_else_has_checked_out_stays_where_it_is(town: Town) -> None:
    source, filed = town.filed()
    target = town.case_file()
    with town.database.begin() as session:
        document_life.check_out(session, town.actor("ott"), filed.document_id, now=town.now)
    for move in (
        DocumentMove(filed.document_id, first_case(town, target.id)),
        CaseMove(first_case(town, source.id), target.id),
    ):
        with pytest.raises(MoveNotPossible) as refused:
            moved(town, move)
        assert "Ott, M." in refused.value.detail["reasons"]


def test_a_signed_document_moves_unchanged(town: Town) -> None:
    _, filed = town.filed()
    target = town.case_file()
    actor = town.actor("brandt")
    with town.database.begin() as session:
        document_life.finalise(session, actor, filed.document_id, now=town.now)
    moved(town, DocumentMove(filed.document_id, first_case(town, target.id)))
    with town.database.reading() as session:
        assert versions.life(session, actor, filed.document_id, town.now).finalised_by == "Brandt, K."


def test_a_case_moves_with_its_parts_and_documents_and_is_indexed_once(town: Town) -> None:
    source, filed = town.filed()
    top = first_case(town, source.id)
    part = case(town, source.id, parent_id=top)
    target = town.case_file()
    band = sub_file(town, target.id)
    answer = moved(town, CaseMove(top, target.id, sub_file_id=band))
    assert answer.reference == f"{target.file_reference}-02"
    with town.database.reading() as session:
        assert {session.get_one(BusinessCase, each).case_file_id for each in (top, part)} == {target.id}
        assert session.get_one(BusinessCase, top).sub_file_id == band
        assert session.get_one(BusinessCase, part).parent_id == top
    assert leads_to(town, f"{source.file_reference}-01") == ("case", top)
    assert leads_to(town, f"{source.file_reference}-02") == ("case", part)
    assert leads_to(town, filed.document_reference) == ("document", filed.document_id)
    assert leads_to(town, f"{answer.reference}#0001") == ("document", filed.document_id)
    assert live_jobs(town.database, "case_indexing") == {str(top)}
    assert str(source.id) not in live_jobs(town.database, "reindexing")
    assert str(target.id) not in live_jobs(town.database, "reindexing")


def test_every_case_that_moves_along_tells_it_in_its_own_history(town: Town) -> None:
    source, target = town.case_file(), town.case_file()
    top = first_case(town, source.id)
    part = case(town, source.id, parent_id=top)
    moved(town, CaseMove(top, target.id))
    with town.database.reading() as session:
        entries = session.scalars(select(HistoryEntry).where(HistoryEntry.about_id == str(part))).all()
    told = [(entry.action, entry.case_file_id, entry.reason) for entry in entries][1:]
    assert told == [
        ("case.moved_away", source.id, "falsch zugeordnet"),
        ("case.moved", target.id, "falsch zugeordnet"),
    ]


def test_the_number_of_a_case_that_moved_away_is_not_given_again(town: Town) -> None:
    source, target = town.case_file(), town.case_file()
    second = case(town, source.id)
    moved(town, CaseMove(second, target.id))
    third = case(town, source.id)
    with town.database.reading() as session:
        assert session.get_one(BusinessCase, third).number == 3
    assert leads_to(town, f"{source.file_reference}-02") == ("case", second)


def test_a_case_keeps_its_reference_inside_its_file_and_never_lies_in_itself_or_too_deep(town: Town) -> None:
    file = town.case_file()
    top, other = first_case(town, file.id), case(town, file.id)
    part = case(town, file.id, parent_id=top)
    assert moved(town, CaseMove(part, file.id, parent_id=other)).reference == f"{file.file_reference}-03"
    for move, reason in (
        (CaseMove(other, file.id, parent_id=part), "in sich selbst"),
        (CaseMove(part, file.id, parent_id=other), "liegt schon dort"),
        (CaseMove(other, file.id, parent_id=case(town, file.id, parent_id=top)), "Tiefer geht es nicht"),
    ):
        with pytest.raises(MoveNotPossible) as refused:
            moved(town, move)
        assert reason in refused.value.detail["reasons"]


def test_a_closed_case_neither_moves_nor_takes_anything(town: Town) -> None:
    source, filed = town.filed()
    target = town.case_file()
    closed = case(town, target.id)
    close(town, "case", closed)
    for move in (DocumentMove(filed.document_id, closed), CaseMove(closed, source.id)):
        with pytest.raises(MoveNotPossible):
            moved(town, move)


def test_a_file_under_another_plan_unit_is_found_under_all_its_references(town: Town) -> None:
    file, filed = town.filed()
    answer = moved(town, FileMove(file.id, file_plan_code="31.01"), "ott")
    assert answer.reference == "31.01-2026/0001"
    for reference, record in (
        (file.file_reference, ("case_file", file.id)),
        (answer.reference, ("case_file", file.id)),
        (filed.document_reference, ("document", filed.document_id)),
        (f"{answer.reference}-01#0001", ("document", filed.document_id)),
    ):
        assert leads_to(town, reference) == record
    with town.database.reading() as session:
        rows, total = case_lists.listing(session, town.actor("brandt"), text=file.file_reference, now=town.now)
    assert ([row.reference for row in rows], total) == ([answer.reference], 1)
    again = town.case_file()
    assert again.file_reference != file.file_reference


def test_a_letter_that_names_the_old_reference_is_proposed_for_the_file(town: Town) -> None:
    file = town.case_file()
    moved(town, FileMove(file.id, file_plan_code="31.01"), "ott")
    item_id = town.waiting(reference=file.file_reference, text=f"Ihr Zeichen: {file.file_reference}")
    with town.database.begin() as session:
        proposing.record_proposals(session, item_id, town.now)
        assert session.get_one(IncomingItem, item_id).best_case_file_id == file.id


def test_a_file_led_by_another_unit_is_seen_there_and_no_longer_here(town: Town) -> None:
    file, _ = town.filed()
    preview = told(town, FileMove(file.id, org_unit_code="50.1"), "ott")
    assert preview.new_reference == file.file_reference
    assert any("50.1" in reader for reader in preview.gained)
    assert any("63.2" in reader for reader in preview.lost)
    moved(town, FileMove(file.id, org_unit_code="50.1"), "ott")
    assert town.sees("kaya", file.id)
    assert not town.sees("brandt", file.id)
    assert str(file.id) in live_jobs(town.database, "reindexing")


def test_moving_back_gives_a_new_number_and_keeps_every_way(town: Town) -> None:
    source, filed = town.filed()
    target = town.case_file()
    away = moved(town, DocumentMove(filed.document_id, first_case(town, target.id)))
    back = moved(town, DocumentMove(filed.document_id, first_case(town, source.id)))
    assert back.reference == f"{source.file_reference}-01#0002"
    for reference in (filed.document_reference, away.reference, back.reference):
        assert leads_to(town, reference) == ("document", filed.document_id)
    with town.database.reading() as session:
        assert verification.verify(session).first_broken is None


def test_a_move_makes_the_index_entry_newer_than_it_was(town: Town) -> None:
    source, filed = town.filed()
    with town.database.begin() as session:
        session.get_one(CaseFile, source.id).revision += 40
    with town.database.reading() as session:
        before = entry_of(session, filed.document_id, town.now)
    moved(town, DocumentMove(filed.document_id, first_case(town, town.case_file().id)))
    with town.database.reading() as session:
        after = entry_of(session, filed.document_id, town.now)
    assert before is not None
    assert after is not None
    assert after.version > before.version


def test_taking_back_a_filing_after_a_move_still_works_within_its_time(town: Town) -> None:
    _, filed = town.filed()
    moved(town, DocumentMove(filed.document_id, first_case(town, town.case_file().id)))
    with town.database.begin() as session:
        filing.undo(session, town.actor("brandt"), filed.document_id, town.now + timedelta(minutes=1))
    with town.database.reading() as session:
        assert session.get_one(Document, filed.document_id).case_id is None
        assert (
            session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.sequence.desc()).limit(1)).one()
            == "document.filing_undone"
        )
