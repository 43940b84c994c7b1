"""A small town for tests of actions: real database (SQLite and PostgreSQL), real objects, a few people.

Fixtures: ``database`` (migrated, empty), ``town`` (with people, plan and rules); each test runs on both kinds.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import cases, filing, intake, organisation, proposing, users
from eakte.actions.filing import Filed, Filing
from eakte.actions.intake import Receipt, Source, Upload
from eakte.actions.organisation import PlanLine
from eakte.records.access import SYSTEM, Actor, Role
from eakte.store.database import Database, connect
from eakte.store.files import CaseFile, Share, visible
from eakte.store.migrate import migrate
from eakte.store.objects import LocalObjects, Stored
from ingest.model import (
    Box,
    Evidence,
    Facts,
    Finding,
    Page,
    Proposal,
    Reading,
    Rendition,
    RenditionKind,
    TextSource,
    Word,
)
from retention.model import DisposalAction, PeriodStart, RetentionKind, Rule
from tests.postgres import Cluster

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FOUNDED = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when the town has its units and posts: nobody has rights before they were written down."""
PASSWORD = "Regenschirm ohne Griff"
PEOPLE = (
    ("brandt", "Brandt, K.", "63.2", Role.CLERK),
    ("ott", "Ott, M.", "63", Role.REGISTRAR),
    ("kaya", "Kaya, S.", "50.1", Role.CLERK),
    ("weber", "Weber, A.", "10", Role.RECORDS_MANAGER),
    ("lang", "Lang, T.", "10", Role.RECORDS_MANAGER),
    ("adler", "Adler, B.", "41", Role.ARCHIVIST),
    ("pruefer", "Prüfer, R.", "14", Role.AUDITOR),
    ("admin", "Admin, S.", "10", Role.ADMINISTRATOR),
)


def rule(code: str, *, months: int | None, action: DisposalAction, kind: RetentionKind = RetentionKind.FIXED) -> Rule:
    permanent = kind is RetentionKind.PERMANENT
    return Rule(
        rule_id=f"{code}/1",
        title=f"Regel {code}",
        kind=kind,
        months=months,
        trigger="NONE" if permanent else "CASE_CLOSED",
        trigger_label="z.d.A.",
        period_start=PeriodStart.NONE if permanent else PeriodStart.END_OF_CALENDAR_YEAR,
        action=action,
        legal_basis="§ 1 Testordnung",
        certainty="sure",
        valid_from=date(2000, 1, 1),
        approved_by="Stadtarchiv",
    )


class Templates:
    """Databases made once per test process and copied for each test: empty ones, and ones with the town in it."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request, self._folder = request, folder
        self._made: dict[tuple[str, bool], str] = {}

    def copy(self, kind: str, folder: Path, *, peopled: bool) -> str:
        """Return the address of a fresh copy."""
        template = self.template(kind, peopled=peopled)
        if kind == "postgresql":
            return str(self._cluster.create(template.rsplit("/", 1)[1]))
        path = folder / "eakte.sqlite"
        shutil.copy(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a copy on the server; files go with their folder."""
        if url.startswith("postgresql"):
            self._cluster.drop(url)

    @property
    def _cluster(self) -> Cluster:
        cluster: Cluster = self._request.getfixturevalue("postgres")
        return cluster

    def template(self, kind: str, *, peopled: bool) -> str:
        """Return the address of the database that copies are made of."""
        if (kind, peopled) not in self._made:
            self._made[kind, peopled] = self._make(kind, peopled=peopled)
        return self._made[kind, peopled]

    def _make(self, kind: str, *, peopled: bool) -> str:
        file = self._folder / f"{'town' if peopled else 'empty'}.sqlite"
        url = str(self._cluster.create()) if kind == "postgresql" else f"sqlite:///{file}"
        database = connect(url)
        migrate(database)
        if peopled:
            with database.begin() as session:
                found_town(session)
        if kind == "sqlite":
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return url


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(request, tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def migrated_sqlite(templates: Templates) -> Path:
    """The file of a migrated, empty SQLite database, to be copied."""
    return Path(templates.template("sqlite", peopled=False).removeprefix("sqlite:///"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    url = templates.copy(request.param, tmp_path, peopled=False)
    opened = connect(url)
    yield opened
    opened.close()
    templates.drop(url)


@dataclass
class Town:
    """The town with its stores, and short ways to act in it."""

    database: Database
    objects: LocalObjects
    folder: Path
    now: datetime = NOW
    counter: int = field(default=0)

    def actor(self, login: str) -> Actor:
        with self.database.reading() as session:
            return users.actor_by_login(session, login, self.now)

    def receive(self, content: bytes | None = None, *, unit: str = "63.2", login: str = "brandt") -> Receipt:
        self.counter += 1
        stored = self.objects.put(io.BytesIO(content or f"Brief {self.counter}".encode()))
        upload = Upload(stored, f"brief-{self.counter}.pdf", Source.UPLOAD, unit, str(uuid4()))
        actor = self.actor(login)
        with self.database.begin() as session:
            return intake.receive(session, self.objects, actor, upload, self.now)

    def read(self, item_id: UUID, **facts: str) -> None:
        """Do what the worker does, with a reading made by hand."""
        reading, stored = self.reading(**facts)
        with self.database.begin() as session:
            assert intake.begin_reading(session, item_id, self.now)
        with self.database.begin() as session:
            intake.record_reading(session, self.objects, item_id, reading, stored=stored, now=self.now)
        with self.database.begin() as session:
            proposing.record_proposals(session, item_id, self.now)

    def waiting(self, *, unit: str = "63.2", login: str = "brandt", **facts: str) -> UUID:
        item_id = self.receive(unit=unit, login=login).item_id
        self.read(item_id, **facts)
        return item_id

    def reading(self, **facts: str) -> tuple[Reading, dict[Path, Stored]]:
        self.counter += 1
        text = facts.pop("text", "Antrag auf Baugenehmigung Gartenweg 7")
        words = tuple(Word(word, Box(100 + 200 * place, 300, 180, 40), 96) for place, word in enumerate(text.split()))
        paths = {name: self.folder / f"{name}-{self.counter}" for name in ("image", "thumbnail", "pdf")}
        for name, path in paths.items():
            Image.new("L", (8, 8), self.counter % 256).save(path, "WEBP") if name != "pdf" else path.write_bytes(
                f"%PDF {self.counter}".encode()
            )
        page = Page(1, 2480, 3508, 300, TextSource.OCR, text, words, 96, paths["image"], paths["thumbnail"])
        places = (Evidence(1, words[0].box, words[0].text),)
        found = {name: Finding(value, places) for name, value in facts.items() if name != "reference"}
        references = (Finding(facts["reference"], places),) if "reference" in facts else ()
        reading = Reading(
            media_type="application/pdf",
            pages=(page,),
            renditions=(Rendition(RenditionKind.SEARCHABLE_PDF, "application/pdf", paths["pdf"]),),
            facts=Facts(references=references, **found),
            document_type=Proposal("Antrag", 0.9, "Das Wort „Antrag“ steht im Betreff.", places),
            file_plan_units=(),
            software="test 1",
        )
        return reading, {path: self.objects.put_file(path) for path in paths.values()}

    def case_file(self, *, plan: str = "52.01", unit: str = "63.2", login: str = "brandt", **more: bool) -> CaseFile:
        actor = self.actor(login)
        with self.database.begin() as session:
            new = cases.NewCaseFile(plan, "Neubau Gartenweg 7", unit, **more)  # type: ignore[arg-type]  # flags only
            return cases.open_case_file(session, actor, new, self.now)

    def file(
        self,
        item_id: UUID,
        case_file_id: UUID,
        *,
        login: str = "brandt",
        subject: str = "Antrag",
        case_id: UUID | None = None,
        direction: str = "incoming",
    ) -> Filed:
        actor = self.actor(login)
        with self.database.begin() as session:
            day = date(2026, 11, 12)
            filing_ = Filing(case_file_id, case_id, "Antrag", subject, "Hollmann", day, direction=direction)
            return filing.file_document(session, actor, item_id, filing_, self.now)

    def filed(self, *, plan: str = "52.01", unit: str = "63.2", login: str = "brandt") -> tuple[CaseFile, Filed]:
        """A case file with one filed document."""
        case_file = self.case_file(plan=plan, unit=unit, login=login)
        item_id = self.waiting(unit=unit, login=login)
        return case_file, self.file(item_id, case_file.id, login=login)

    def filed_in(self, *, restricted: bool) -> UUID:
        """File a letter in a new case file and return the id of its incoming item."""
        item_id = self.waiting()
        self.file(item_id, self.case_file(restricted=restricted).id)
        return item_id

    def share(self, session: Session, case_file_id: UUID, key: str) -> None:
        """Share a case file with a key, as an action of rights would."""
        session.add(Share(case_file_id=case_file_id, key=key, expires_at=None))
        session.flush()

    def sees(self, login: str, case_file_id: UUID) -> bool:
        """Whether a person sees a case file."""
        keys = self.actor(login).keys
        with self.database.reading() as session:
            query = select(CaseFile.id).where(CaseFile.id == case_file_id, visible(keys, self.now))
            return session.scalar(query) is not None

    def close(self, case_file_id: UUID, *, on: datetime, login: str = "brandt") -> None:
        actor = self.actor(login)
        with self.database.begin() as session:
            cases.close(session, actor, case_file_id, now=on)


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Town]:
    """The town on each kind of database, ready to work."""
    url = templates.copy(request.param, tmp_path, peopled=True)
    opened = connect(url)
    yield Town(opened, LocalObjects(tmp_path / "objects"), tmp_path)
    opened.close()
    templates.drop(url)


def found_town(session: Session) -> None:
    """Create the town: eight units, eight people, three rules."""
    units = (("10", None), ("14", None), ("41", None), ("50", None), ("63", None))
    for code, parent in (*units, ("50.1", "50"), ("63.1", "63"), ("63.2", "63")):
        kind = "Bereich" if parent else "Fachbereich"
        organisation.add_unit(session, SYSTEM, code=code, name=f"Amt {code}", kind=kind, parent=parent, now=FOUNDED)
    rules = [
        rule("R-V", months=36, action=DisposalAction.DESTROY),
        rule("R-B", months=120, action=DisposalAction.REVIEW),
        rule("R-P", months=None, action=DisposalAction.ARCHIVE, kind=RetentionKind.PERMANENT),
    ]
    organisation.add_rules(session, SYSTEM, rules, FOUNDED)
    organisation.add_plan(session, SYSTEM, _plan(), FOUNDED)
    for login, name, unit, role in PEOPLE:
        users.add_person(session, SYSTEM, login=login, name=name, password=PASSWORD, now=FOUNDED)
        users.assign_post(
            session, SYSTEM, login, unit_code=unit, title="Stelle", role=role, valid_from=FOUNDED.date(), now=FOUNDED
        )


def _plan() -> list[PlanLine]:
    return [
        PlanLine("52", "Bauen und Wohnen", None, None, None),
        PlanLine("52.01", "Baugenehmigungen", "52", "R-V", "63.2"),
        PlanLine("52.02", "Denkmalpflege", "52", "R-B", "63.1"),
        PlanLine("31", "Soziales", None, "R-V", None),
        PlanLine("31.01", "Sozialhilfe", "31", None, "50.1"),
    ]
