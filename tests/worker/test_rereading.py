"""Reading documents again with the real reader, on both databases."""

import io
from datetime import timedelta
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select, update

from eakte.actions import documents, rereading
from eakte.actions.rereading import Order, RereadingView
from eakte.records.legibility import RereadingState
from eakte.services import Services
from eakte.store.arrivals import Arrival
from eakte.store.document_life import Rereading
from eakte.store.documents import Document
from eakte.store.jobs import live_jobs
from eakte.worker import indexing, intake, upkeep
from eakte.worker.clock import now
from eakte.worker.rereading import REREADING, on_fault
from ingest.languages import installed
from search.model import MaySee, Query
from tests.town import Town
from tests.worker.test_records import forget_jobs_of

LINES = (
    "Wohnungsgenossenschaft Zwickauer Straße",
    "Antrag auf Genehmigung einer Tiefgarage",
    "Sehr geehrte Damen und Herren,",
    "die Zufahrt erfolgt über das Grundstück der Gemeinde.",
)


def letter() -> bytes:
    page = Image.new("L", (1240, 1754), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype("LiberationSerif-Regular.ttf", 34)
    for row, line in enumerate(LINES):
        pen.text((140, 200 + 90 * row), line, fill=20, font=font)
    file = io.BytesIO()
    page.save(file, "PNG", dpi=(150, 150))
    return file.getvalue()


def read_as_english(town: Town, services: Services) -> tuple[UUID, UUID]:
    """A waiting letter whose scanner said it was English, which it is not; return item and document."""
    item_id = town.receive(letter()).item_id
    with town.database.begin() as session:
        session.add(Arrival(item_id=item_id, languages="eng"))
    intake.read(services, str(item_id))
    intake.propose(services, str(item_id))
    with town.database.reading() as session:
        return item_id, session.scalars(select(Document.id).where(Document.item_id == item_id)).one()


def order(town: Town, document_id: UUID, *languages: str) -> None:
    actor = town.actor("brandt")
    with town.database.begin() as session:
        rereading.order(session, actor, document_id, Order(languages), installed=installed(), now=town.now)


def work(services: Services, document_id: UUID) -> None:
    """Do the job twice: a killed worker begins it anew."""
    for _ in range(2):
        for step in REREADING.steps:
            step(services, str(document_id))


def outcome(town: Town, document_id: UUID) -> RereadingView:
    actor = town.actor("brandt")
    with town.database.reading() as session:
        found = rereading.last_order(session, actor, document_id, town.now)
    assert found is not None
    return found


def text(town: Town, document_id: UUID) -> str:
    actor = town.actor("brandt")
    with town.database.reading() as session:
        return documents.page(session, actor, document_id, 1, town.now).text


def test_a_letter_read_in_the_wrong_language_is_read_again_and_found(town: Town, services: Services) -> None:
    item_id, document_id = read_as_english(town, services)
    assert "über das Grundstück" not in text(town, document_id)
    order(town, document_id, "deu")
    assert str(document_id) in live_jobs(town.database, REREADING.name)
    work(services, document_id)
    found = outcome(town, document_id)
    assert (found.state, found.languages) == (RereadingState.BETTER, "Deutsch")
    assert found.after > found.before
    assert "über das Grundstück" in text(town, document_id)
    with town.database.reading() as session:
        document = session.get_one(Document, document_id)
        assert [page.languages for page in document.versions[-1].pages] == ["deu"]
        assert town.objects.exists(document.versions[-1].renditions[0].sha256)
    town.file(item_id, town.case_file().id)
    indexing.put(services, str(document_id))
    hits = services.index.find(Query("Grundstück"), MaySee(town.actor("brandt").keys)).hits
    assert [hit.document_id for hit in hits] == [str(document_id)]


def test_a_reading_that_is_worse_changes_nothing(town: Town, services: Services) -> None:
    _, document_id = read_as_english(town, services)
    order(town, document_id, "deu")
    work(services, document_id)
    known = text(town, document_id)
    order(town, document_id, "eng")
    work(services, document_id)
    assert outcome(town, document_id).state is RereadingState.KEPT
    assert text(town, document_id) == known
    with town.database.reading() as session:
        version = session.get_one(Document, document_id).versions[-1]
        files = [version.renditions[0].sha256, version.pages[0].image, version.pages[0].thumbnail]
    assert all(town.objects.exists(sha256) for sha256 in files)


def test_a_fault_is_told_and_the_reading_before_stands(town: Town, services: Services) -> None:
    _, document_id = read_as_english(town, services)
    known = text(town, document_id)
    order(town, document_id, "deu")
    on_fault(services, "reader-crashed", str(document_id))
    work(services, document_id)
    assert (outcome(town, document_id).state, outcome(town, document_id).fault_code) == (
        RereadingState.FAULT,
        "reader-crashed",
    )
    assert text(town, document_id) == known


def test_an_order_whose_job_is_gone_gets_one_again(town: Town, services: Services) -> None:
    _, document_id = read_as_english(town, services)
    order(town, document_id, "deu")
    forget_jobs_of(town, REREADING.name)
    with town.database.begin() as session:
        session.execute(update(Rereading).values(ordered_at=now() - upkeep.SETTLED * 2 - timedelta(minutes=1)))
    upkeep.revive_items(services, "2026-11-20T09")
    assert str(document_id) in live_jobs(town.database, REREADING.name)
