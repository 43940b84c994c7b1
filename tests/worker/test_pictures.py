"""Images of pages of text: there for whoever may see the page, kept nowhere, gone with the record."""

import io
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from eakte.actions import disposal, pictures
from eakte.actions.pictures import PageNotDrawn, Picture
from eakte.errors import NotFound
from eakte.services import Services
from eakte.store.documents import Document, PageRow, RenditionRow
from eakte.worker import disposal as destroying
from eakte.worker.intake import propose, read
from tests.ingest.pages import born_digital_pdf
from tests.town import Town

PARAGRAPHS = ("Architekturbüro Hollmann", "Antrag auf Baugenehmigung für das Haus Gartenweg 7, mit Plänen anbei.")
LONG_AGO, TODAY = datetime(2020, 5, 1, 9, 0, tzinfo=UTC), datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def case_file_id(town: Town, services: Services, tmp_path: Path) -> UUID:
    """A case file with one document whose only page is text."""
    town.now = LONG_AGO
    case_file = town.case_file()
    item_id = town.receive(born_digital_pdf(tmp_path / "antrag.pdf", PARAGRAPHS).read_bytes()).item_id
    read(services, str(item_id))
    propose(services, str(item_id))
    town.file(item_id, case_file.id)
    return case_file.id


def _document(town: Town) -> UUID:
    with town.database.reading() as session:
        return session.scalars(select(Document.id)).one()


def _picture(town: Town, login: str = "brandt", **more: bool) -> Picture:
    actor, document_id = town.actor(login), _document(town)
    with town.database.reading() as session:
        return pictures.picture(session, actor, document_id, 1, town.now, **more)


def test_whoever_sees_the_document_sees_its_page_and_nothing_is_kept(
    town: Town, services: Services, case_file_id: UUID
) -> None:
    before = sorted(services.objects.each())
    whole, small = _picture(town), _picture(town, small=True)
    assert whole.tag != small.tag
    for picture, width in ((whole, 1240), (small, 200)):
        with pictures.opened(services, picture) as stream, Image.open(io.BytesIO(stream.read())) as image:
            assert (image.format, image.width) == ("WEBP", pytest.approx(width, abs=2))
    assert sorted(services.objects.each()) == before
    assert list((services.settings.data_folder / "work").iterdir()) == []
    assert case_file_id


@pytest.mark.usefixtures("case_file_id")
def test_without_the_right_there_is_no_such_page(town: Town) -> None:
    with pytest.raises(NotFound):
        _picture(town, login="kaya")


@pytest.mark.usefixtures("case_file_id")
def test_the_page_names_the_pdf_it_is_drawn_of(town: Town) -> None:
    with town.database.reading() as session:
        page, rendition = session.scalars(select(PageRow)).one(), session.scalars(select(RenditionRow)).one()
        assert page.image == rendition.sha256 != page.thumbnail


def test_with_the_case_file_its_pictures_are_gone(
    town: Town, services: Services, case_file_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_before = _picture(town)
    document_id = _document(town)
    town.close(case_file_id, on=LONG_AGO)
    town.now = TODAY
    weber, lang = town.actor("weber"), town.actor("lang")
    with town.database.begin() as session:
        [disposal_id] = disposal.propose(session, weber, [case_file_id], reason="Frist abgelaufen", now=town.now)
    with town.database.begin() as session:
        disposal.approve(session, lang, disposal_id, cooling_off_days=0, now=town.now)
    monkeypatch.setattr(destroying, "now", lambda: TODAY)
    for step in destroying.DESTRUCTION.steps:
        step(services, str(disposal_id))
    assert list(services.objects.each()) == []
    with pytest.raises(NotFound), town.database.reading() as session:
        pictures.picture(session, town.actor("brandt"), document_id, 1, town.now)
    with pytest.raises(NotFound):
        pictures.opened(services, asked_before)


def test_what_cannot_be_drawn_is_told_as_such(services: Services) -> None:
    stored = services.objects.put(io.BytesIO(b"%PDF-1.7\nbroken"))
    with pytest.raises(PageNotDrawn):
        pictures.opened(services, Picture(stored.sha256, drawn=1))
