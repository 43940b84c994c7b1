"""Cutting arranged pages out of real files with the real reader, on both databases."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from eakte.actions import arranging, finding
from eakte.actions.arranging_view import standing
from eakte.records.arranging import ArrangementState, PageRef, Part
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.store.arranging import ItemOrigin
from eakte.store.documents import Document, IncomingItem, PageRow, page_texts
from eakte.worker import indexing, intake
from eakte.worker.arranging import cut, on_fault
from search.model import Query
from tests.town import Town

FONT = ImageFont.load_default(44)
DPI = 150
LINES = ("Sehr geehrte Damen und Herren,", "mit diesem Schreiben wende ich mich", "an das Amt in Musterstadt.")


def letter(title: str) -> Image.Image:
    page = Image.new("L", (8 * DPI, 11 * DPI), 255)
    pen = ImageDraw.Draw(page)
    for line, text in enumerate((title, *LINES * 3)):
        pen.text((DPI, DPI + line * 100), text, font=FONT, fill=0)
    return page


def tiff(*pages: Image.Image) -> bytes:
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], dpi=(DPI, DPI))
    return file.getvalue()


def pdf(*pages: Image.Image) -> bytes:
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return file.getvalue()


def read(services: Services, item_id: UUID) -> None:
    intake.read(services, str(item_id))
    intake.propose(services, str(item_id))


def waiting(town: Town, services: Services, content: bytes) -> UUID:
    item_id = town.receive(content).item_id
    read(services, item_id)
    return item_id


def arranged(town: Town, services: Services, *parts: Part) -> list[UUID]:
    """Arrange, let the worker cut twice as after a kill, read what was made and return it."""
    with town.database.begin() as session:
        made = arranging.arrange(session, town.actor("brandt"), parts, seen={}, now=town.now).id
    for _ in range(2):
        cut(services, str(made))
    with town.database.reading() as session:
        query = select(IncomingItem).join(ItemOrigin, ItemOrigin.item_id == IncomingItem.id)
        items = session.scalars(query.where(ItemOrigin.arrangement_id == made, ItemOrigin.direct)).unique().all()
        ids = [item.id for item in sorted(items, key=lambda item: item.upload_id)]
    for one in ids:
        read(services, one)
    return ids


def titles(town: Town, item_id: UUID) -> list[str]:
    with town.database.reading() as session:
        document = session.scalars(select(Document).where(Document.item_id == item_id)).one()
        return [text.strip().split("\n")[0] for _, text in page_texts(session, document.id)]


def test_pages_come_in_the_order_that_was_asked_for_as_they_were_shown(town: Town, services: Services) -> None:
    """The second page lay upside down in the scanner; the reader turned it, and it stays as people saw it."""
    pages = [letter("Antrag Gartenweg"), letter("Rechnung Bauholz").rotate(180), letter("Widerspruch Bescheid")]
    item_id = waiting(town, services, tiff(*pages))
    assert titles(town, item_id) == ["Antrag Gartenweg", "Rechnung Bauholz", "Widerspruch Bescheid"]
    one, two, three = (PageRef(item_id, number) for number in (1, 2, 3))
    first, second = arranged(town, services, (one,), (three, two))
    assert titles(town, first) == ["Antrag Gartenweg"]
    assert titles(town, second) == ["Widerspruch Bescheid", "Rechnung Bauholz"]
    with town.database.reading() as session:
        assert session.get_one(IncomingItem, second).state is ItemState.WAITING


def test_a_page_turned_by_hand_stays_turned(town: Town, services: Services) -> None:
    item_id = waiting(town, services, pdf(letter("Antrag Gartenweg"), letter("Rechnung Bauholz")))
    [made] = arranged(town, services, (PageRef(item_id, 1, 90), PageRef(item_id, 2)))
    with town.database.reading() as session:
        version = session.scalars(select(Document).where(Document.item_id == made)).one().versions[-1]
        sizes = [(page.width > page.height) for page in version.pages]
    assert sizes == [True, False]


def test_a_scan_and_a_pdf_become_one(town: Town, services: Services) -> None:
    scan = waiting(town, services, tiff(letter("Antrag Gartenweg")))
    document = waiting(town, services, pdf(letter("Rechnung Bauholz")))
    [merged] = arranged(town, services, (PageRef(scan, 1), PageRef(document, 1)))
    assert titles(town, merged) == ["Antrag Gartenweg", "Rechnung Bauholz"]


def test_the_search_finds_the_new_parts_alone(town: Town, services: Services) -> None:
    item_id = waiting(town, services, pdf(letter("Amsel Gartenweg"), letter("Rechnung Bauholz")))
    parts = arranged(town, services, (PageRef(item_id, 1),), (PageRef(item_id, 2),))
    case_file = town.case_file()
    for part in parts:
        town.file(part, case_file.id)
    with town.database.reading() as session:
        documents = {one.item_id: one.id for one in session.scalars(select(Document))}
    for document_id in documents.values():
        indexing.put(services, str(document_id))
    assert set(dict(services.index.versions())) == {str(documents[part]) for part in parts}
    with town.database.reading() as session:
        found = finding.find(session, services.index, town.actor("brandt"), Query("Amsel"), town.now)
    assert [hit.document_id for hit in found.hits] == [documents[parts[0]]]


def test_files_that_cannot_be_cut_leave_everything_as_it_was(town: Town, services: Services) -> None:
    item_id = waiting(town, services, pdf(letter("Antrag Gartenweg"), letter("Rechnung Bauholz")))
    with town.database.begin() as session:
        # A page that the file does not have, as after damage nobody noticed.
        version = session.scalars(select(Document).where(Document.item_id == item_id)).one().versions[-1]
        copied = {name: getattr(version.pages[0], name) for name in ("width", "height", "source", "image", "thumbnail")}
        version.pages.append(PageRow(number=3, text="", words=[], **copied))
    parts = ((PageRef(item_id, 1),), (PageRef(item_id, 2), PageRef(item_id, 3)))
    with town.database.begin() as session:
        made = arranging.arrange(session, town.actor("brandt"), parts, seen={}, now=town.now).id
    with pytest.raises(Exception, match="page 3"):
        cut(services, str(made))
    on_fault(services, "damaged-file", str(made))
    with town.database.reading() as session:
        seen = standing(session, town.actor("brandt"), item_id, town.now)
        assert seen is not None
        assert seen.state is ArrangementState.FAILED
        assert session.get_one(IncomingItem, item_id).state is ItemState.WAITING
    assert list((services.settings.data_folder / "work").iterdir()) == []
