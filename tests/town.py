"""A small town for tests of actions: real database (SQLite and PostgreSQL), real objects, a few people.

Fixtures: ``database`` (migrated, both kinds), ``town`` (people, plan and rules on it).
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image

from eakte.actions import cases, filing, intake, organisation, proposing, users
from eakte.actions.filing import Filed, Filing
from eakte.actions.intake import Receipt, Source, Upload
from eakte.actions.organisation import PlanLine
from eakte.records.access import SYSTEM, Actor, Role
from eakte.store.database import Database, connect
from eakte.store.files import CaseFile
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

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "geheim-geheim"
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


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    database = connect(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(request: pytest.FixtureRequest) -> str:
    cluster = request.getfixturevalue("postgres")
    url = str(cluster.create())
    database = connect(url)
    migrate(database)
    database.close()
    return url.rsplit("/", 1)[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "eakte.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        url = f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("migrated_postgres")
        url = request.getfixturevalue("postgres").create(template)
    opened = connect(url)
    yield opened
    opened.close()
    if request.param == "postgresql":
        request.getfixturevalue("postgres").drop(url)


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

    def file(self, item_id: UUID, case_file_id: UUID, *, login: str = "brandt", subject: str = "Antrag") -> Filed:
        actor = self.actor(login)
        with self.database.begin() as session:
            filing_ = Filing(case_file_id, None, "Antrag", subject, "Hollmann", date(2026, 11, 12))
            return filing.file_document(session, actor, item_id, filing_, self.now)

    def filed(self, *, plan: str = "52.01", unit: str = "63.2", login: str = "brandt") -> tuple[CaseFile, Filed]:
        """A case file with one filed document."""
        case_file = self.case_file(plan=plan, unit=unit, login=login)
        item_id = self.waiting(unit=unit, login=login)
        return case_file, self.file(item_id, case_file.id, login=login)

    def close(self, case_file_id: UUID, *, on: datetime, login: str = "brandt") -> None:
        actor = self.actor(login)
        with self.database.begin() as session:
            cases.close(session, actor, case_file_id, now=on)


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Town:
    """The town, ready to work: five departments, eight people, three rules."""
    made = Town(database, LocalObjects(tmp_path / "objects"), tmp_path)
    with database.begin() as session:
        for code, parent in (("10", None), ("14", None), ("41", None), ("50", None), ("63", None)):
            organisation.add_unit(
                session, SYSTEM, code=code, name=f"Amt {code}", kind="Fachbereich", parent=parent, now=NOW
            )
        for code, parent in (("50.1", "50"), ("63.1", "63"), ("63.2", "63")):
            organisation.add_unit(
                session, SYSTEM, code=code, name=f"Bereich {code}", kind="Bereich", parent=parent, now=NOW
            )
        organisation.add_rules(
            session,
            SYSTEM,
            [
                rule("R-V", months=36, action=DisposalAction.DESTROY),
                rule("R-B", months=120, action=DisposalAction.REVIEW),
                rule("R-P", months=None, action=DisposalAction.ARCHIVE, kind=RetentionKind.PERMANENT),
            ],
            NOW,
        )
        organisation.add_plan(session, SYSTEM, _plan(), NOW)
        for login, name, unit, role in PEOPLE:
            users.add_person(session, SYSTEM, login=login, name=name, password=PASSWORD, now=NOW)
            users.assign_post(
                session, SYSTEM, login, unit_code=unit, title="Stelle", role=role, valid_from=date(2020, 1, 1), now=NOW
            )
    return made


def _plan() -> list[PlanLine]:
    return [
        PlanLine("52", "Bauen und Wohnen", None, None, None),
        PlanLine("52.01", "Baugenehmigungen", "52", "R-V", "63.2"),
        PlanLine("52.02", "Denkmalpflege", "52", "R-B", "63.1"),
        PlanLine("31", "Soziales", None, "R-V", None),
        PlanLine("31.01", "Sozialhilfe", "31", None, "50.1"),
    ]
