"""Arranging pages of waiting items: split, merge, turn, reorder, take back; nothing is lost and nothing leaks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from eakte.actions import arranging, balance, destruction, documents, filing, inbox, intake, receipts, verification
from eakte.actions.arranging_view import origins, standing
from eakte.actions.rights import Whom
from eakte.errors import (
    ArrangingAttachments,
    ArrangingMigrated,
    ArrangingScanned,
    ArrangingUndoTooLate,
    ArrangingUnits,
    EakteError,
    InvalidInput,
    NotFound,
    NotWaiting,
    StaleRevision,
)
from eakte.records.arranging import ArrangementState, PageRef, Part
from eakte.records.states import ItemState
from eakte.store.arranging import Arrangement, ItemOrigin
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow
from eakte.store.history import HistoryEntry
from eakte.store.jobs import live_jobs
from tests.actions.test_attachments import container, read_all, shown, state_of
from tests.actions.test_destruction import CLOSED, approve, destroy, propose
from tests.actions.test_scanning import Desk
from tests.actions.test_shares_and_blocks import block
from tests.town import Town


def waiting(town: Town, pages: int = 3, **more: str) -> UUID:
    """Return an item that waits with several pages."""
    item_id = town.waiting(**more)
    with town.database.begin() as session:
        version = session.scalars(select(DocumentVersion).join(Document).where(Document.item_id == item_id)).one()
        first = version.pages[0]
        for number in range(2, pages + 1):
            copied = {name: getattr(first, name) for name in ("width", "height", "source", "image", "thumbnail")}
            version.pages.append(PageRow(number=number, text=f"Seite {number}", words=[], **copied))
    return item_id


def page(item_id: UUID, number: int, turn: int = 0) -> PageRef:
    return PageRef(item_id, number, turn)


def halves(item_id: UUID, pages: int = 3) -> tuple[Part, ...]:
    """The first page, and the others."""
    return (page(item_id, 1),), tuple(page(item_id, number) for number in range(2, pages + 1))


def arrange(town: Town, parts: Sequence[Part], login: str = "brandt", **seen: int) -> UUID:
    actor = town.actor(login)
    revisions = {UUID(name.replace("_", "-")): number for name, number in seen.items()}
    with town.database.begin() as session:
        return arranging.arrange(session, actor, parts, seen=revisions, now=town.now).id


def make(town: Town, arrangement_id: UUID) -> list[UUID]:
    """Do what the worker does, twice, and return the new items in their order."""
    for _ in range(2):
        with town.database.begin() as session:
            parts = arranging.plan_of(session, arrangement_id)
            files = [town.objects.put(io.BytesIO(repr(part).encode())) for part in parts]
            arranging.record_parts(session, town.objects, arrangement_id, files, town.now)
    with town.database.reading() as session:
        made = select(ItemOrigin.item_id).where(ItemOrigin.arrangement_id == arrangement_id)
        rows = session.scalars(select(IncomingItem).where(IncomingItem.id.in_(made))).all()
        return [row.id for row in sorted(rows, key=lambda row: row.upload_id)]


def split(town: Town, item_id: UUID, pages: int = 3) -> list[UUID]:
    """Split an item behind its first page and read both parts."""
    parts = make(town, arrange(town, halves(item_id, pages)))
    for part in parts:
        town.read(part, text=f"Teil {part}")
    return parts


def undo(town: Town, item_id: UUID, login: str = "brandt") -> None:
    with town.database.begin() as session:
        arranging.undo(session, town.actor(login), item_id, town.now)


def even(town: Town) -> bool:
    with town.database.reading() as session:
        return balance.balance(session).even


def test_a_scan_of_two_letters_becomes_two_items_that_came_when_and_whence_it_came(town: Town) -> None:
    item_id = waiting(town)
    came = town.now
    town.now += timedelta(days=1)
    first, second = make(town, arrange(town, halves(item_id)))
    assert {str(first), str(second)} <= live_jobs(town.database, "intake")
    with town.database.reading() as session:
        source, *parts = (session.get_one(IncomingItem, one) for one in (item_id, first, second))
        for part in parts:
            for field in ("received_at", "received_by", "source", "access_key", "org_unit_id"):
                assert getattr(part, field) == getattr(source, field)
            assert part.received_at == came
        assert [part.filename.rpartition(" (")[2] for part in parts] == ["Teil 1 von 2).pdf", "Teil 2 von 2).pdf"]
        assert town.objects.exists(source.sha256)


def test_the_source_leaves_the_inbox_at_once_and_is_reached_from_its_parts(town: Town) -> None:
    item_id = waiting(town)
    arrangement_id = arrange(town, halves(item_id))
    assert shown(town) == []
    assert str(arrangement_id) in live_jobs(town.database, "arranging")
    first, second = make(town, arrangement_id)
    assert set(shown(town)) == {first, second}
    actor = town.actor("brandt")
    with town.database.begin() as session:
        assert [one.item_id for one in origins(session, actor, first, town.now)] == [item_id]
        seen = standing(session, actor, item_id, town.now)
        assert seen is not None
        assert ([one.item_id for one in seen.parts], seen.undoable) == ([first, second], True)
        assert documents.item_original(session, actor, item_id, town.now).sha256


def test_two_scans_of_one_letter_become_one_that_came_with_the_earlier(town: Town) -> None:
    early = waiting(town, 1)
    came = town.now
    town.now += timedelta(hours=3)
    late = waiting(town, 2)
    [merged] = make(town, arrange(town, ((page(late, 1), page(late, 2, 90), page(early, 1)),)))
    with town.database.reading() as session:
        assert session.get_one(IncomingItem, merged).received_at == came
        found = origins(session, town.actor("brandt"), merged, town.now)
        assert {one.item_id for one in found} == {early, late}
    assert shown(town) == [merged]


def test_count_in_stays_count_filed_and_waiting_and_replaced(town: Town) -> None:
    item_id = waiting(town)
    first, _ = split(town, item_id)
    town.file(first, town.case_file().id)
    assert even(town)
    with town.database.reading() as session:
        [row] = balance.counts(session, town.actor("brandt"), town.now)
        counted = (row.total, row.states[ItemState.FILED], row.waiting, row.states[ItemState.REPLACED])
    assert counted == (3, 1, 1, 1)


def test_taken_back_everything_is_as_it_was(town: Town) -> None:
    item_id, other = waiting(town), waiting(town, 1)
    before = shown(town)
    parts = (*halves(item_id)[:1], (*halves(item_id)[1], page(other, 1)))
    made = make(town, arrange(town, parts))
    town.read(made[0])
    undo(town, other)
    assert shown(town) == before
    assert {state_of(town, one) for one in made} == {ItemState.REPLACED}
    assert even(town)
    split(town, item_id)  # and may be arranged again
    assert state_of(town, other) is ItemState.WAITING


def test_taken_back_before_anything_was_made_nothing_is_made(town: Town) -> None:
    item_id = waiting(town)
    arrangement_id = arrange(town, halves(item_id))
    undo(town, item_id)
    assert make(town, arrangement_id) == []
    assert shown(town) == [item_id]


def test_undo_ends_when_a_part_is_filed_dropped_forwarded_or_arranged_anew(town: Town) -> None:
    file_id, brandt = town.case_file().id, town.actor("brandt")
    filed, dropped, forwarded, again = (waiting(town) for _ in range(4))
    town.file(split(town, filed)[0], file_id)
    advertisement = split(town, dropped)[0]
    with town.database.begin() as session:
        inbox.drop(session, brandt, advertisement, reason="Werbung", revision=None, now=town.now)
    part = split(town, forwarded)[0]
    with town.database.begin() as session:
        inbox.reassign(session, brandt, part, unit_code="50.1", revision=None, now=town.now)
    arrange(town, ((page(split(town, again)[0], 1, 180),),))
    for item_id in (filed, dropped, forwarded, again):
        with pytest.raises(ArrangingUndoTooLate):
            undo(town, item_id)


def test_a_filing_taken_back_makes_undo_possible_again(town: Town) -> None:
    item_id = waiting(town)
    done = town.file(split(town, item_id)[0], town.case_file().id)
    with town.database.begin() as session:
        filing.undo(session, town.actor("brandt"), done.document_id, town.now)
    undo(town, item_id)
    assert shown(town) == [item_id]


def test_who_does_not_work_in_the_inbox_learns_nothing(town: Town) -> None:
    item_id = waiting(town)
    with pytest.raises(NotFound):
        arrange(town, halves(item_id), "kaya")
    first, _ = split(town, item_id)
    with pytest.raises(NotFound):
        undo(town, item_id, "kaya")
    with town.database.reading() as session:
        for question in (origins, standing):
            with pytest.raises(NotFound):
                question(session, town.actor("kaya"), first, town.now)


def test_merging_takes_no_item_that_one_may_not_know_of_and_none_of_another_unit(town: Town) -> None:
    mine, secret = waiting(town, 1), waiting(town, 1, unit="50.1", login="kaya")
    with pytest.raises(NotFound):
        arrange(town, ((page(mine, 1), page(secret, 1)),))
    theirs = waiting(town, 1, unit="63", login="ott")
    with pytest.raises(ArrangingUnits):
        arrange(town, ((page(mine, 1), page(theirs, 1)),), "ott")
    assert state_of(town, mine) is ItemState.WAITING


def test_a_source_is_hidden_from_who_may_not_see_where_a_part_went(town: Town) -> None:
    item_id = waiting(town)
    first, second = split(town, item_id)
    ott, brandt = town.actor("ott"), town.actor("brandt")
    with town.database.reading() as session:
        assert origins(session, ott, second, town.now)
    case_file = town.case_file()
    town.file(first, case_file.id)
    block(town, case_file.id, Whom(person="brandt"))
    with town.database.begin() as session:
        for actor, seen in ((ott, [item_id]), (brandt, [])):
            assert [one.item_id for one in origins(session, actor, second, town.now)] == seen
        with pytest.raises(NotFound):
            inbox.show(session, brandt, item_id, town.now)
        with pytest.raises(NotFound):
            documents.item_original(session, brandt, item_id, town.now)
        with pytest.raises(NotFound):
            receipts.proof(session, brandt, item_id, town.now, city="Musterstadt")


@pytest.mark.parametrize("error", [ArrangingScanned, ArrangingMigrated])
def test_what_the_scanning_desk_or_a_migration_vouches_for_is_not_arranged(town: Town, error: type[EakteError]) -> None:
    if error is ArrangingScanned:
        _, [item_id] = Desk(town).split("spp")
        town.read(item_id)
    else:
        item_id = waiting(town)
        with town.database.begin() as session:
            session.execute(update(IncomingItem).where(IncomingItem.id == item_id).values(source="migration"))
    with pytest.raises(error):
        arrange(town, ((page(item_id, 1, 90),),))


def test_letters_with_attachments_and_attachments_are_not_arranged_before_they_are_taken_out(town: Town) -> None:
    letter = container(town, "plan.pdf")
    [attached] = read_all(town, letter)
    for one in (letter, attached):
        with pytest.raises(ArrangingAttachments):
            arrange(town, ((page(one, 1, 90),),))


def test_only_what_waits_is_arranged_and_only_as_it_was_seen(town: Town) -> None:
    unread = town.receive().item_id
    with pytest.raises(NotWaiting):
        arrange(town, ((page(unread, 1, 90),),))
    item_id = waiting(town)
    with pytest.raises(StaleRevision):
        arrange(town, halves(item_id), **{str(item_id).replace("-", "_"): 1})
    with pytest.raises(InvalidInput):
        arrange(town, halves(item_id)[:1])
    arrange(town, halves(item_id))
    with pytest.raises(NotWaiting):
        arrange(town, halves(item_id))


def test_pages_that_cannot_be_cut_leave_the_items_waiting_with_the_reason(town: Town) -> None:
    item_id = waiting(town)
    arrangement_id = arrange(town, halves(item_id))
    for _ in range(2):
        with town.database.begin() as session:
            arranging.give_up(session, arrangement_id, "damaged-file", town.now)
    assert shown(town) == [item_id]
    assert make(town, arrangement_id) == []
    with town.database.reading() as session:
        seen = standing(session, town.actor("brandt"), item_id, town.now)
        assert seen is not None
        assert (seen.state, seen.fault_code, seen.undoable) == (ArrangementState.FAILED, "damaged-file", False)
    assert even(town)


def test_the_machine_turns_no_page_that_somebody_has_laid(town: Town) -> None:
    first, _ = make(town, arrange(town, halves(waiting(town))))
    fresh = town.receive().item_id
    with town.database.begin() as session:
        to_read = [intake.begin_reading(session, one, town.now) for one in (first, fresh)]
    assert [one.arranged for one in to_read if one] == [True, False]


def test_every_step_is_told_in_the_history(town: Town) -> None:
    item_id = waiting(town)
    first, second = split(town, item_id)
    undo(town, item_id)
    with town.database.reading() as session:
        for about, actions in (
            (item_id, ["item.replaced", "item.arranging_undone"]),
            (first, ["item.arranged", "item.arranging_undone"]),
            (second, ["item.arranged", "item.arranging_undone"]),
        ):
            query = select(HistoryEntry.action).where(
                HistoryEntry.about_id == str(about), HistoryEntry.action.in_(actions)
            )
            assert session.scalars(query.order_by(HistoryEntry.sequence)).all() == actions
        assert verification.verify(session).first_broken is None


def test_the_proof_of_receipt_of_a_part_names_the_entry_that_tells_of_it(town: Town) -> None:
    first, _ = split(town, waiting(town))
    with town.database.begin() as session:
        made = receipts.proof(session, town.actor("brandt"), first, town.now, city="Musterstadt")
    assert b'"history":{"hash":' in made.json


def old_letter(town: Town) -> tuple[UUID, list[UUID]]:
    """A letter of two that came long ago, split; and its parts."""
    town.now = CLOSED - timedelta(days=3)
    item_id = waiting(town)
    return item_id, split(town, item_id)


def destroyed(town: Town, item_id: UUID) -> UUID:
    """File an item in a file of its own, and destroy it when its time is over."""
    now, town.now = town.now, CLOSED - timedelta(days=2)
    case_file = town.case_file()
    town.file(item_id, case_file.id)
    town.close(case_file.id, on=CLOSED)
    town.now = now.replace(year=2026, month=11)
    disposal_id = propose(town, case_file.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    return disposal_id


def test_with_the_last_record_that_came_from_it_a_source_goes_with_every_byte(town: Town) -> None:
    item_id, (first, second) = old_letter(town)
    destroyed(town, first)
    assert state_of(town, item_id) is ItemState.REPLACED
    with town.database.reading() as session:
        assert town.objects.exists(session.get_one(IncomingItem, item_id).sha256)
    assert even(town)
    town.now = CLOSED - timedelta(days=1)
    destroyed(town, second)
    assert list(town.objects.each()) == []
    assert even(town)
    with town.database.reading() as session:
        for table in (IncomingItem, Document, ItemOrigin, Arrangement):
            assert session.scalars(select(table)).all() == []
        assert verification.verify(session).first_broken is None


def test_a_source_that_stays_for_another_part_is_shown_to_nobody(town: Town) -> None:
    item_id, (first, second) = old_letter(town)
    destroyed(town, first)
    brandt = town.actor("brandt")
    with town.database.begin() as session:
        assert origins(session, brandt, second, town.now) == ()
        with pytest.raises(NotFound):
            documents.item_original(session, brandt, item_id, town.now)


def test_what_was_made_of_a_letter_and_taken_back_goes_with_the_letter(town: Town) -> None:
    item_id, _ = old_letter(town)
    undo(town, item_id)
    disposal_id = destroyed(town, item_id)
    assert list(town.objects.each()) == []
    with town.database.reading() as session:
        assert session.scalars(select(IncomingItem)).all() == []
        assert len(destruction.sources_of(session, disposal_id)) == 2
    assert even(town)
