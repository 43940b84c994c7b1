"""A small city for tests of the interface: two departments that must not see each other, real services on SQLite."""

from __future__ import annotations

import dataclasses
import io
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from eakte.actions import cases, filing, intake, organisation, proposals, proposing, users, verdicts
from eakte.actions.cases import NewCaseFile
from eakte.actions.entries import entry_of
from eakte.actions.filing import Filing
from eakte.actions.intake import Source, Upload
from eakte.actions.organisation import PlanLine
from eakte.records.access import SYSTEM, Actor, Role
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow, PoorPage
from eakte.store.migrate import migrate
from ingest.model import Box, Evidence, Facts, Finding, Page, Proposal, Reading, TextSource, Word
from retention.model import CASE_CLOSED, DisposalAction, PeriodStart, RetentionKind, Rule

NOW = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
PASSWORD = "Musterstadt-2026"
FONT = ImageFont.load_default(34)
PEOPLE = (
    ("brandt", "Brandt, Kathrin", "63.2", Role.CLERK),
    ("okafor", "Okafor, Grace", "50.1", Role.CLERK),
    ("reimer", "Reimer, Jutta", "10", Role.RECORDS_MANAGER),
    ("seidel", "Seidel, Rolf", "10", Role.RECORDS_MANAGER),
    ("pruefer", "Prüfer, Nina", "14", Role.AUDITOR),
    ("verwalter", "Verwalter, Timo", "10", Role.ADMINISTRATOR),
)
LETTER = (
    "Architekturbüro Hollmann & Dräger",
    "Musterstadt, den 12. November 2026",
    "Ihr Zeichen: {reference}",
    "Antrag auf Baugenehmigung: Neubau mit Tiefgarage",
    "Wir bitten um Bestätigung bis zum 15. Dezember 2026.",
)


@dataclass(frozen=True)
class City:
    """The services and the ids tests speak of."""

    services: Services
    file_id: UUID
    file_reference: str
    waiting: tuple[UUID, ...]
    fault: UUID
    filed: UUID
    """A filed document."""
    old_file: UUID
    """A case file whose period is over, to be destroyed."""

    def actor(self, login: str) -> Actor:
        with self.services.database.reading() as session:
            return users.actor_by_login(session, login, NOW)


def found(folder: Path, *, letters: int = 3, database_url: str = "") -> City:
    """Found the city in *folder*, with *letters* waiting in the inbox of the building department."""
    services = build(Settings(data_folder=folder / "var", database_url=database_url, cooling_off_days=14))
    migrate(services.database)
    _organise(services)
    file_id, reference = _open_file(services, "63.20", "Neubau Mehrfamilienhaus, Gartenweg 7", NOW)
    items = [_read_letter(services, reference, number) for number in range(letters + 1)]
    filed = _file_one(services, items[0], file_id)
    fault = _faulty(services)
    old_file, _ = _open_file(services, "63.90", "Parkausweise 2009", NOW.replace(year=2009))
    with services.database.begin() as session:
        cases.close(session, SYSTEM, old_file, now=NOW.replace(year=2010))
        verdicts.review(session, [file_id, old_file], NOW.date())
    return City(services, file_id, reference, tuple(items[1:]), fault, filed, old_file)


def copy(city: City, folder: Path) -> City:
    """Return a copy of a city whose services are closed: founding one takes longer than most tests."""
    shutil.copytree(city.services.settings.data_folder, folder / "var")
    settings = dataclasses.replace(city.services.settings, data_folder=folder / "var")
    return dataclasses.replace(city, services=build(settings))


def _organise(services: Services) -> None:
    units = (("10", "Hauptamt"), ("14", "Revision"), ("50", "Soziales"), ("63", "Bauordnung"))
    below = (("50.1", "Wohngeld", "50"), ("63.2", "Bauaufsicht", "63"))
    rules = (
        ("63.20", 360, DisposalAction.REVIEW, CASE_CLOSED),
        ("63.30", 60, DisposalAction.REVIEW, "DEMOLITION"),
        ("63.90", 60, DisposalAction.DESTROY, CASE_CLOSED),
    )
    with services.database.begin() as session:
        for code, name in units:
            organisation.add_unit(session, SYSTEM, code=code, name=name, kind="Amt", parent=None, now=NOW)
        for code, name, parent in below:
            organisation.add_unit(session, SYSTEM, code=code, name=name, kind="Sachgebiet", parent=parent, now=NOW)
        organisation.add_rules(session, SYSTEM, [_rule(*rule) for rule in rules], NOW)
        lines = [
            PlanLine("6", "Bau und Verkehr", None, None, None),
            PlanLine("63", "Bauordnung", "6", None, "63"),
            PlanLine("63.20", "Baugenehmigungen", "63", "63.20", "63.2"),
            PlanLine("63.30", "Abbruch", "63", "63.30", "63.2"),
            PlanLine("63.90", "Parkausweise", "63", "63.90", "63.2"),
        ]
        organisation.add_plan(session, SYSTEM, lines, NOW)
        for login, name, unit, role in PEOPLE:
            users.add_person(session, SYSTEM, login=login, name=name, password=PASSWORD, now=NOW)
            valid_from = date(2020, 1, 1)
            users.assign_post(
                session, SYSTEM, login, unit_code=unit, title=role.value, role=role, valid_from=valid_from, now=NOW
            )


def _rule(code: str, months: int, action: DisposalAction, trigger: str) -> Rule:
    return Rule(
        rule_id=f"{code}/1",
        title="Testregel",
        kind=RetentionKind.FIXED,
        months=months,
        trigger=trigger,
        trigger_label="z.d.A.-Verfügung" if trigger == CASE_CLOSED else "Beseitigung der Anlage",
        period_start=PeriodStart.END_OF_CALENDAR_YEAR,
        action=action,
        legal_basis="Testsatzung",
        certainty="illustrative",
        valid_from=date(2000, 1, 1),
    )


def _open_file(services: Services, plan_code: str, subject: str, now: datetime) -> tuple[UUID, str]:
    with services.database.begin() as session:
        file = cases.open_case_file(session, SYSTEM, NewCaseFile(plan_code, subject, "63.2"), now)
        return file.id, file.file_reference


def _receive(services: Services, content: bytes, name: str, minute: int = 0) -> UUID:
    stored = services.objects.put(io.BytesIO(content))
    with services.database.begin() as session:
        actor = users.actor_by_login(session, "brandt", NOW)
        upload = Upload(stored, name, Source.UPLOAD, "63.2", name)
        return intake.receive(session, services.objects, actor, upload, NOW - timedelta(minutes=30 - minute)).item_id


def _faulty(services: Services) -> UUID:
    item_id = _receive(services, b"%PDF-1.7 broken", "kaputt.pdf")
    with services.database.begin() as session:
        intake.begin_reading(session, item_id, NOW)
        intake.record_fault(session, item_id, "damaged", NOW)
    return item_id


def _read_letter(services: Services, reference: str, number: int) -> UUID:
    """Take a letter in and record what was read, as the worker does, with words where they are on the image."""
    lines = [line.format(reference=reference) for line in (*LETTER, f"Schreiben Nummer {number}")]
    folder = services.settings.data_folder / f"work-{number}"
    folder.mkdir(parents=True)
    image, words = _draw(lines)
    image.save(folder / "page.webp", quality=60)
    image.resize((180, 254)).save(folder / "small.webp", quality=60)
    item_id = _receive(services, (folder / "page.webp").read_bytes(), f"schreiben-{number}.webp", number)
    page = Page(
        number=1,
        width=image.width,
        height=image.height,
        dpi=150,
        source=TextSource.OCR,
        text="\n".join(lines),
        words=words,
        confidence=95,
        image=folder / "page.webp",
        thumbnail=folder / "small.webp",
    )
    reading = Reading(
        media_type="image/webp",
        pages=(page,),
        renditions=(),
        facts=_facts(lines, words, reference),
        document_type=Proposal("Bauantrag", 0.97, "„Antrag auf Baugenehmigung“ gelesen.", _at(words, "Antrag")),
        file_plan_units=(Proposal("63.20", 0.9, "Wortwahl"),),
        software="test",
    )
    stored = {path: services.objects.put_file(path) for path in (page.image, page.thumbnail)}
    with services.database.begin() as session:
        intake.begin_reading(session, item_id, NOW)
        intake.record_reading(session, services.objects, item_id, reading, stored=stored, now=NOW)
        proposing.record_proposals(session, item_id, NOW)
    return item_id


def _draw(lines: list[str]) -> tuple[Image.Image, tuple[Word, ...]]:
    image = Image.new("L", (1240, 1754), 255)
    pen, words = ImageDraw.Draw(image), []
    for row, line in enumerate(lines):
        left, top = 140, 240 + row * 90
        for text in line.split():
            width = int(pen.textlength(text, font=FONT))
            pen.text((left, top), text, fill=20, font=FONT)
            words.append(Word(text, Box(left, top, width, 38), 96))
            left += width + 14
    return image, tuple(words)


def _at(words: tuple[Word, ...], text: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(1, word.box, word.text) for word in words if word.text.startswith(text))[:1]


def _facts(lines: list[str], words: tuple[Word, ...], reference: str) -> Facts:
    return Facts(
        references=(Finding(reference, _at(words, reference)),),
        letter_date=Finding("2026-11-12", _at(words, "12.")),
        sender=Finding(lines[0], _at(words, "Architekturbüro")),
        subject=Finding(lines[3], _at(words, "Antrag")),
        deadlines=(Finding("2026-12-15", _at(words, "15.")),),
    )


def _file_one(services: Services, item_id: UUID, case_file_id: UUID) -> UUID:
    with services.database.begin() as session:
        actor = users.actor_by_login(session, "brandt", NOW)
        decided = Filing(case_file_id, None, "Bauantrag", LETTER[3], LETTER[0], date(2026, 11, 12))
        document_id = filing.file_document(session, actor, item_id, decided, NOW).document_id
    with services.database.reading() as session:
        entry = entry_of(session, document_id, NOW)
    assert entry is not None
    services.index.put([entry])
    return document_id


def state_of(city: City, item_id: UUID) -> str:
    """Return the state an item has in the database."""
    with city.services.database.reading() as session:
        return session.scalars(select(IncomingItem.state).where(IncomingItem.id == item_id)).one().value


def spoil(city: City, document_id: UUID, percent: int) -> None:
    """Let the first page of a document have been read badly."""
    with city.services.database.begin() as session:
        page = session.scalars(
            select(PageRow).join(DocumentVersion).where(DocumentVersion.document_id == document_id).limit(1)
        ).one()
        page.confidence, page.poor = percent, PoorPage()


def append_pages(city: City, document_id: UUID, letters: str) -> None:
    """Let a document have further pages: p as its first, b blank."""
    with city.services.database.begin() as session:
        version = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == document_id)).one()
        first, last = version.pages[0], len(version.pages)
        for number, letter in enumerate(letters, last + 1):
            version.pages.append(
                PageRow(
                    number=number, width=first.width, height=first.height, source=first.source,
                    confidence=first.confidence if letter == "p" else None, is_blank=letter == "b", text="", words=[],
                    image=first.image, thumbnail=first.thumbnail,
                )
            )  # fmt: skip


def document_of(city: City, item_id: UUID) -> UUID:
    """Return the document of an item."""
    with city.services.database.reading() as session:
        return session.scalars(select(Document.id).where(Document.item_id == item_id)).one()


def reread(city: City, item_id: UUID, **changes: object) -> None:
    """Let another thing have been read off a waiting letter."""
    with city.services.database.begin() as session:
        item = session.get_one(IncomingItem, item_id)
        read = proposals.from_json(item.proposals)
        item.proposals = proposals.to_json(dataclasses.replace(read, facts=dataclasses.replace(read.facts, **changes)))  # type: ignore[arg-type]  # facts


def put_away(city: City) -> None:
    """Let the filed document lie in the old case file, as if it always had."""
    with city.services.database.begin() as session:
        case = session.get_one(Document, city.filed).case
        assert case is not None
        case.case_file_id, case.number = city.old_file, case.number + 1
