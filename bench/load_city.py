"""A large city at work: clerks who are signed in, letters that wait for each of them, files to put these into."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Session

from bench import large_city
from bench.large_city import Size
from bench.letters import draw, office_letter
from bench.rights import filled_index
from eakte.actions import cases, filing, intake, proposing, sessions, tokens, users
from eakte.actions.cases import NewCaseFile
from eakte.actions.filing import Filing
from eakte.actions.intake import Source, Upload
from eakte.actions.tokens import NewToken
from eakte.records.access import SYSTEM, Role
from eakte.records.origin import Origin
from eakte.records.scopes import Scope
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.migrate import migrate
from eakte.store.objects import Stored
from eakte.store.people import person_by_login
from ingest.model import Box, Evidence, Facts, Finding, Page, Proposal, Reading, TextSource, Word

DPI = 150
HOURS = 8
STEP = 53
"""Between one clerk of the load and the next, so that they sit all over the city."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody who works: session, key of a program, an open case file, a document filed in it."""

    login: str
    cookie: str
    token: str
    case_file_id: UUID
    document_id: UUID


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page all letters show; each letter's own bytes are another's."""

    image: Path
    thumbnail: Path
    words: tuple[Word, ...]
    text: str


def clerks_of(size: Size) -> Iterator[tuple[str, str]]:
    """Yield login and unit of clerks, spread over the city."""
    for person in range(STEP, size.people, STEP):
        if large_city.role_of(person) is Role.CLERK:
            yield large_city.login_of(person), large_city.code_of(large_city.unit_of_person(person, size))


def found(settings: Settings, size: Size, search_documents: int) -> None:
    """Generate the city where it is not there yet."""
    folder = settings.data_folder
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "generated"
    if not done.exists():
        services = build(settings)
        migrate(services.database)
        services.close()
        large_city.fill(settings.database, size)
        done.touch()
    filled_index(folder / "index", size, search_documents).close()


def put_to_work(settings: Settings, size: Size, count: int, letters: int, now: datetime) -> list[Clerk]:
    """Sign clerks in and lay letters before each of them; return them."""
    services = build(settings)
    sheet = _sheet(settings.data_folder)
    chosen = [one for one, _ in zip(clerks_of(size), range(count), strict=False)]
    clerks = [_clerk(services, login, unit, letters, sheet, now) for login, unit in chosen]
    services.close()
    return clerks


def _clerk(services: Services, login: str, unit: str, letters: int, sheet: Sheet, now: datetime) -> Clerk:
    new = NewCaseFile("52.10", f"Laufende Sachen {login}", unit)
    with services.database.begin() as session:
        case_file = cases.open_case_file(session, SYSTEM, new, now)
        case_file_id, reference = case_file.id, case_file.file_reference
    items = [_letter(services, login, unit, number, reference, sheet, now) for number in range(letters + 1)]
    with services.database.begin() as session:
        actor = users.actor_by_login(session, login, now)
        decided = Filing(case_file_id, None, "Antrag", f"Antrag {login}", "Hollmann", now.date())
        document_id = filing.file_document(session, actor, items[0], decided, now).document_id
        cookie = _session(session, login, now)
        token = tokens.make(session, actor, NewToken("Last", frozenset({Scope.EVERYTHING}), 30), now=now)
    return Clerk(login, cookie, token, case_file_id, document_id)


def _session(session: Session, login: str, now: datetime) -> str:
    person = person_by_login(session, login)
    if person is None:
        raise LookupError(login)
    return sessions.begin(session, person, sessions.PASSWORD, origin=Origin(), now=now, hours=HOURS)


def _letter(
    services: Services, login: str, unit: str, number: int, reference: str, sheet: Sheet, now: datetime
) -> UUID:
    name = f"brief-{login}-{number}-{now:%H%M%S}"
    stored = services.objects.put(io.BytesIO(name.encode()))
    with services.database.begin() as session:
        upload = Upload(stored, f"{name}.txt", Source.FOLDER, unit, name)
        item_id = intake.receive(session, services.objects, SYSTEM, upload, now).item_id
        intake.begin_reading(session, item_id, now)
    pictures: dict[Path, Stored] = {one: services.objects.put_file(one) for one in (sheet.image, sheet.thumbnail)}
    with services.database.begin() as session:
        read = _reading(sheet, reference)
        intake.record_reading(session, services.objects, item_id, read, stored=pictures, now=now)
        proposing.record_proposals(session, item_id, now)
    return item_id


def _reading(sheet: Sheet, reference: str) -> Reading:
    with Image.open(sheet.image) as image:
        width, height = image.size
    page = Page(1, width, height, DPI, TextSource.OCR, sheet.text, sheet.words, 95, sheet.image, sheet.thumbnail)
    place = (Evidence(1, sheet.words[0].box, sheet.words[0].text),)
    facts = Facts(references=(Finding(reference, place),), sender=Finding("Erika Beispiel", place))
    return Reading(
        media_type="image/webp", pages=(page,), renditions=(), facts=facts,
        document_type=Proposal("Antrag", 0.9, "gelesen", place), file_plan_units=(), software="bench",
    )  # fmt: skip


def _sheet(folder: Path) -> Sheet:
    """Draw one letter, with a word for every word of it, where the viewer expects some."""
    letter = office_letter(7)
    image, text = draw(letter, dpi=DPI), "\n".join(letter.body)
    paths = folder / "sheet.webp", folder / "sheet-small.webp"
    image.save(paths[0], "WEBP", quality=60)
    image.resize((180, 254)).save(paths[1], "WEBP", quality=60)
    words = tuple(
        Word(word, Box(100 + 110 * (place % 9), 200 + 26 * (place // 9), 100, 22), 95)
        for place, word in enumerate(text.split())
    )
    return Sheet(*paths, words, text)
