"""Batches of the scanning desk: stopped by differences, decided, split, inspected by somebody else, paper released."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import (
    case_proposals,
    destruction,
    disposal,
    inspection,
    proposing,
    scan_split,
    scan_view,
    scanning,
    separator_sheets,
    structure,
    transfer_notes,
)
from eakte.actions import intake as intake_actions
from eakte.actions.case_proposals import ProposedCase
from eakte.actions.inspection import Rule
from eakte.actions.scan_split import Marks
from eakte.actions.scanning import Decision, NewBatch
from eakte.actions.separator_sheets import Wanted
from eakte.errors import (
    BatchOfAnother,
    InvalidInput,
    MissingReason,
    MoveRefused,
    NotFound,
    PaperNotReleased,
    SamePerson,
)
from eakte.records.scanning import BatchState, PageRole
from eakte.records.separator_sheet import SheetContent, sheet_text
from eakte.store.documents import IncomingItem
from eakte.store.history import HistoryEntry
from eakte.store.scanning import BatchScan, ScanBatch
from eakte.store.signing import SigningKey
from ingest.model import Code, SheetLook
from tests.town import Town

RULE = Rule(10, 1)
OPERATOR, INSPECTOR, REGISTRAR, STRANGER = "brandt", "ott", "ott", "kaya"
UNTIL = date(2026, 10, 31)
INSTALLED = ("deu", "eng", "frk")


class Desk:
    """The scanning desk of unit 63.2, with scans whose pages are described by letters: s sheet, p page, b blank."""

    def __init__(self, town: Town) -> None:
        self.town, self.key = town, SigningKey(town.folder)
        self.content: SheetContent | None = None

    def open(self, documents: int, pages: int | None = None) -> UUID:
        new = NewBatch("63.2", "Scanner 1", documents, pages, paper_until=UNTIL, software="E-Akte test")
        with self.town.database.begin() as session:
            return scanning.open_batch(
                session, self.town.actor(OPERATOR), new, installed=INSTALLED, now=self.town.now
            ).id

    def scan(self, batch_id: UUID, letters: str) -> UUID:
        stored = self.town.objects.put(io.BytesIO(f"{batch_id}{letters}".encode()))
        with self.town.database.begin() as session:
            actor = self.town.actor(OPERATOR)
            added = scanning.add_scan(session, self.town.objects, actor, batch_id, stored, "stapel.pdf", self.town.now)
        return added.id

    def finish(self, batch_id: UUID, letters: str) -> None:
        """Say that all is scanned, and do what the worker does."""
        scan_id = self.scan(batch_id, letters)
        with self.town.database.begin() as session:
            scanning.finish(session, self.town.actor(OPERATOR), batch_id, self.town.now)
        self.look(scan_id, letters)
        with self.town.database.begin() as session:
            scan_split.check(session, batch_id, self.town.now)

    def look(self, scan_id: UUID, letters: str) -> None:
        looks, stored = [], {}
        for number, letter in enumerate(letters, 1):
            image = self.town.folder / f"{scan_id}-{number}.webp"
            image.write_bytes(f"{scan_id}{number}".encode())
            stored[image] = self.town.objects.put_file(image)
            looks.append(SheetLook(number, self.codes() if letter == "s" else (), letter == "b", image, image))
        with self.town.database.begin() as session:
            objects, marks = self.town.objects, Marks(self.key.signed, "TRENN")
            scan_split.record_look(session, objects, scan_id, looks, stored=stored, marks=marks, now=self.town.now)

    def codes(self) -> tuple[Code, ...]:
        return (Code("qr", sheet_text(self.content, self.key.sign)),) if self.content else (Code("patch_t"),)

    def cut(self, batch_id: UUID) -> list[UUID]:
        """Cut the documents out, as the worker does, and return their items."""
        with self.town.database.begin() as session:
            parts = scan_split.parts_to_cut(session.get_one(ScanBatch, batch_id))
            made = [(part, self.town.objects.put(io.BytesIO(repr((batch_id, part)).encode()))) for part in parts]
            scan_split.record_parts(session, self.town.objects, batch_id, made, self.town.now)
            query = select(IncomingItem.id).where(IncomingItem.batch_id == batch_id).order_by(IncomingItem.filename)
            return list(session.scalars(query))

    def split(self, letters: str = "sppsp") -> tuple[UUID, list[UUID]]:
        batch_id = self.open(letters.count("s"))
        self.finish(batch_id, letters)
        return batch_id, self.cut(batch_id)

    def inspect(self, batch_id: UUID, **faults: str) -> bool:
        actor = self.town.actor(INSPECTOR)
        with self.town.database.begin() as session:
            drawn = inspection.begin(session, actor, batch_id, RULE, full=True, now=self.town.now).drawn
        seen = [UUID(one) for one in drawn]
        told = {UUID(one): fault for one, fault in zip(drawn, faults.values(), strict=False)}
        with self.town.database.begin() as session:
            return inspection.finish(session, actor, batch_id, seen=seen, faults=told, now=self.town.now)

    def state(self, batch_id: UUID) -> BatchState:
        with self.town.database.reading() as session:
            return session.get_one(ScanBatch, batch_id).state

    def decide(self, batch_id: UUID, decision: Decision, reason: str = "Gezählt", **pages: PageRole) -> None:
        with self.town.database.begin() as session:
            [scan] = [one for one in session.get_one(ScanBatch, batch_id).scans if not one.set_aside]
            ids = {page.number: page.id for page in scan.pages}
            by_id = {ids[int(name.removeprefix("p"))]: (role, 90) for name, role in pages.items()}
            actor = self.town.actor(OPERATOR)
            scanning.decide(session, actor, batch_id, decision, reason=reason, pages=by_id, now=self.town.now)


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)


def test_a_batch_as_expected_becomes_items_that_came_with_their_scan(desk: Desk) -> None:
    batch_id, items = desk.split("sbppsp")
    assert desk.state(batch_id) is BatchState.INSPECTION
    with desk.town.database.reading() as session:
        rows = [session.get_one(IncomingItem, item) for item in items]
        [scan] = session.get_one(ScanBatch, batch_id).scans
        assert [row.source for row in rows] == ["scan", "scan"]
        assert {row.received_at for row in rows} == {scan.received_at}
        assert desk.town.objects.exists(scan.sha256)


def test_a_missing_separator_stops_the_batch_with_a_sentence(desk: Desk) -> None:
    batch_id = desk.open(7)
    desk.finish(batch_id, "spspspsppppp")
    assert desk.state(batch_id) is BatchState.STOPPED
    with desk.town.database.reading() as session:
        assert session.get_one(ScanBatch, batch_id).differences == ["7 Trennblätter erwartet, 4 gefunden"]
        assert not session.scalars(select(IncomingItem).where(IncomingItem.batch_id == batch_id)).all()


def test_a_stop_is_decided_only_with_a_reason(desk: Desk) -> None:
    batch_id = desk.open(2)
    desk.finish(batch_id, "spp")
    with pytest.raises(MissingReason):
        desk.decide(batch_id, Decision.ACCEPT, "  ")
    desk.decide(batch_id, Decision.ACCEPT, "Ein Schreiben fehlte")
    assert len(desk.cut(batch_id)) == 1
    with pytest.raises(MoveRefused):
        desk.decide(batch_id, Decision.ACCEPT)


def test_by_hand_a_document_begins_where_somebody_says_and_pages_are_turned(desk: Desk) -> None:
    batch_id = desk.open(2)
    desk.finish(batch_id, "sppp")
    desk.decide(batch_id, Decision.BY_HAND, "Trennblatt fehlte", p3=PageRole.BEGINS)
    with desk.town.database.reading() as session:
        parts = scan_split.parts_to_cut(session.get_one(ScanBatch, batch_id))
    assert [part.pages for part in parts] == [((2, 0),), ((3, 90), (4, 0))]
    assert len(desk.cut(batch_id)) == 2


def test_scanned_again_the_first_scan_stays_and_counts_no_more(desk: Desk) -> None:
    batch_id = desk.open(2)
    desk.finish(batch_id, "spp")
    desk.decide(batch_id, Decision.RESCAN, "Blatt vergessen")
    assert desk.state(batch_id) is BatchState.OPEN
    desk.finish(batch_id, "spsp")
    assert len(desk.cut(batch_id)) == 2
    with desk.town.database.reading() as session:
        scans = session.scalars(select(BatchScan).where(BatchScan.batch_id == batch_id)).all()
        assert sorted(scan.set_aside for scan in scans) == [False, True]
        assert all(desk.town.objects.exists(scan.sha256) for scan in scans)


def test_what_the_worker_does_twice_is_done_once(desk: Desk) -> None:
    batch_id, items = desk.split()
    assert desk.cut(batch_id) == items
    with desk.town.database.begin() as session:
        scan_split.check(session, batch_id, desk.town.now)
    assert desk.state(batch_id) is BatchState.INSPECTION


def test_only_the_operator_scans_and_only_the_unit_knows(desk: Desk) -> None:
    batch_id = desk.open(1)
    desk.scan(batch_id, "sp")
    town = desk.town
    with town.database.begin() as session, pytest.raises(BatchOfAnother):
        scanning.finish(session, town.actor(INSPECTOR), batch_id, town.now)
    stranger = town.actor(STRANGER)
    with town.database.reading() as session:
        assert scan_view.listing(session, stranger, limit=9) == []
        with pytest.raises(NotFound):
            scan_view.show(session, stranger, batch_id, [], town.now)


def proposed(desk: Desk, item_id: UUID) -> tuple[UUID | None, int | None, str]:
    """Read an item as the worker does and return what is proposed first."""
    reading, stored = desk.town.reading(text="Ein Schreiben ohne jedes Zeichen")
    with desk.town.database.begin() as session:
        intake_actions.begin_reading(session, item_id, desk.town.now)
        intake_actions.record_reading(session, desk.town.objects, item_id, reading, stored=stored, now=desk.town.now)
        proposing.record_proposals(session, item_id, desk.town.now)
        item = session.get_one(IncomingItem, item_id)
        assert item.document is not None
        return item.best_case_file_id, item.confidence, item.document.document_type


def test_a_sheet_names_the_case_file_with_full_certainty(desk: Desk) -> None:
    case_file = desk.town.case_file()
    desk.content = SheetContent(case_file.file_reference, document_type="Bauantrag")
    _, [item_id] = desk.split("sp")
    assert proposed(desk, item_id) == (case_file.id, 100, "Bauantrag")


def test_a_sheet_names_the_case_as_well(desk: Desk) -> None:
    case_file, actor = desk.town.case_file(), desk.town.actor("brandt")
    with desk.town.database.begin() as session:
        case = structure.open_case(session, actor, case_file.id, "Nachträge", desk.town.now)
    desk.content = SheetContent(case_file.file_reference, str(case.id))
    _, [item_id] = desk.split("sp")
    proposed(desk, item_id)
    with desk.town.database.reading() as session:
        found = case_proposals.proposed_case(session, actor, item_id, case_file.id, desk.town.now)
    assert found == ProposedCase(case.id, 100, f"Das Trennblatt nennt Vorgang {case.number:02d}.")


def test_a_sheet_of_a_file_the_inbox_may_not_see_reveals_nothing(desk: Desk) -> None:
    hidden = desk.town.case_file(plan="31.01", unit="50.1", login="kaya")
    desk.content = SheetContent(hidden.file_reference)
    _, [item_id] = desk.split("sp")
    best, _, _ = proposed(desk, item_id)
    assert best != hidden.id


def test_sheets_are_printed_only_by_who_may_see_the_file(desk: Desk) -> None:
    case_file, town = desk.town.case_file(), desk.town
    with town.database.begin() as session:
        pdf = separator_sheets.sheets(
            session, town.actor("brandt"), case_file.id, Wanted(count=2), sign=desk.key.sign, now=town.now
        )
        assert pdf.startswith(b"%PDF")
        with pytest.raises(NotFound):
            separator_sheets.sheets(
                session, town.actor(STRANGER), case_file.id, Wanted(), sign=desk.key.sign, now=town.now
            )


def test_whoever_scanned_does_not_inspect(desk: Desk) -> None:
    batch_id, _ = desk.split()
    with desk.town.database.begin() as session, pytest.raises(SamePerson):
        inspection.begin(session, desk.town.actor(OPERATOR), batch_id, RULE, full=False, now=desk.town.now)


def test_every_drawn_document_must_be_looked_at(desk: Desk) -> None:
    batch_id, items = desk.split()
    actor = desk.town.actor(INSPECTOR)
    with desk.town.database.begin() as session:
        inspection.begin(session, actor, batch_id, RULE, full=True, now=desk.town.now)
    with desk.town.database.begin() as session, pytest.raises(InvalidInput):
        inspection.finish(session, actor, batch_id, seen=items[:1], faults={}, now=desk.town.now)


def test_a_sample_takes_as_many_as_the_rule_says_and_stays_drawn(desk: Desk) -> None:
    batch_id, items = desk.split("sp" * 12)
    actor = desk.town.actor(INSPECTOR)
    with desk.town.database.begin() as session:
        first = inspection.begin(session, actor, batch_id, Rule(25, 2), full=False, now=desk.town.now)
        again = inspection.begin(session, actor, batch_id, Rule(50, 2), full=True, now=desk.town.now)
        assert (first.kind, len(first.drawn), again.drawn) == ("sample", 3, first.drawn)
        assert {UUID(one) for one in first.drawn} <= set(items)


def test_the_transfer_note_is_bound_to_product_and_history_by_hash(desk: Desk) -> None:
    batch_id, [item_id, _] = desk.split()
    assert desk.inspect(batch_id)
    town = desk.town
    with town.database.reading() as session:
        row = transfer_notes.note_of(session, town.actor("brandt"), item_id, town.now)
        note, item = json.loads(row.note), session.get_one(IncomingItem, item_id)
        assert note["product"]["sha256"] == item.sha256 == row.product_sha256
        assert (note["batch"]["device"], note["inspection"]["passed"]) == ("Scanner 1", True)
        query = select(HistoryEntry).where(
            HistoryEntry.action == "item.transfer_noted", HistoryEntry.about_id == str(item_id)
        )
        [entry] = session.scalars(query)
        assert entry.detail["note_sha256"] == hashlib.sha256(row.note.encode()).hexdigest() == row.note_sha256
        assert transfer_notes.lines_of(note)
        with pytest.raises(NotFound):
            transfer_notes.note_of(session, town.actor(STRANGER), item_id, town.now)


def test_with_a_fault_nothing_is_noted_and_the_paper_stays_until_it_is_inspected_again(desk: Desk) -> None:
    batch_id, [item_id, _] = desk.split()
    town = desk.town
    assert not desk.inspect(batch_id, first="Seite fehlt")
    assert desk.state(batch_id) is BatchState.REJECTED
    with town.database.reading() as session, pytest.raises(NotFound):
        transfer_notes.note_of(session, town.actor("brandt"), item_id, town.now)
    with town.database.begin() as session, pytest.raises(PaperNotReleased):
        inspection.release_paper(session, town.actor(REGISTRAR), batch_id, [], town.now)
    assert desk.inspect(batch_id)


def test_paper_is_released_after_inspection_and_retention_and_its_destruction_noted(desk: Desk) -> None:
    batch_id, _ = desk.split()
    town = desk.town
    desk.inspect(batch_id)
    early = datetime(2026, 10, 31, 9, tzinfo=UTC)
    with town.database.begin() as session, pytest.raises(PaperNotReleased):
        inspection.release_paper(session, town.actor(REGISTRAR), batch_id, [], early)
    with town.database.begin() as session:
        inspection.release_paper(session, town.actor(REGISTRAR), batch_id, [], town.now)
    with town.database.begin() as session:
        inspection.paper_destroyed(session, town.actor(REGISTRAR), batch_id, town.now.date(), town.now)
    assert desk.state(batch_id) is BatchState.PAPER_DESTROYED


def test_papers_of_listed_types_are_never_released(desk: Desk) -> None:
    batch_id, items = desk.split()
    town = desk.town
    desk.content = None
    for item_id in items:
        proposed(desk, item_id)
    desk.inspect(batch_id)
    with town.database.reading() as session:
        view = scan_view.show(session, town.actor("brandt"), batch_id, ["Antrag"], town.now)
        assert {part.item_id for part in view.parts if part.stays} == set(items)
    with town.database.begin() as session, pytest.raises(PaperNotReleased):
        inspection.release_paper(session, town.actor(REGISTRAR), batch_id, ["antrag"], town.now)


def test_with_a_destroyed_document_its_scan_goes_and_the_other_documents_of_it_stay(desk: Desk) -> None:
    town = desk.town
    today, town.now = town.now, datetime(2010, 1, 4, 9, tzinfo=UTC)
    batch_id, [first, second] = desk.split()
    case_file = town.case_file()
    for item_id in (first, second):
        proposed(desk, item_id)
    town.file(first, case_file.id)
    town.close(case_file.id, on=town.now)
    town.now = today
    with town.database.begin() as session:
        [scan] = session.get_one(ScanBatch, batch_id).scans
        gone, kept = scan.sha256, session.get_one(IncomingItem, second).sha256
        [disposal_id] = disposal.propose(session, town.actor("weber"), [case_file.id], reason="Frist", now=town.now)
    with town.database.begin() as session:
        disposal.approve(session, town.actor("lang"), disposal_id, cooling_off_days=0, now=town.now)
    for step in (destruction.begin, destruction.delete_rows):
        with town.database.begin() as session:
            step(session, disposal_id, town.now)
    with town.database.begin() as session:
        for sha256 in destruction.objects_of(session, disposal_id):
            destruction.delete_object(session, town.objects, sha256)
    assert not town.objects.exists(gone)
    assert town.objects.exists(kept)
    with town.database.reading() as session:
        left = scan_view.show(session, town.actor("brandt"), batch_id, [], town.now).parts
        assert [part.item_id for part in left] == [second]
