"""The product in a small city: real services, real sessions and tokens, a clock that is set by hand.

Index jobs are taken from the queue and done by the worker's own functions, each when it is due.
"""

from __future__ import annotations

import dataclasses
import io
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import cases, filing, intake, organisation, proposing, sessions, tokens, users
from eakte.actions.cases import NewCaseFile
from eakte.actions.filing import Filing
from eakte.actions.intake import Source, Upload
from eakte.actions.organisation import PlanLine
from eakte.actions.tokens import NewToken
from eakte.app import create_app
from eakte.records.access import SYSTEM, Actor, Role
from eakte.records.origin import Origin
from eakte.records.scopes import Scope
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.jobs import LIVE, client_of
from eakte.store.migrate import migrate
from eakte.store.organisation import posts_held
from eakte.store.people import PostHolder, person_by_login
from eakte.worker import indexing
from ingest.model import Box, Facts, Finding, Page, Proposal, Reading, Rendition, RenditionKind, TextSource, Word
from retention.model import CASE_CLOSED, DisposalAction, PeriodStart, RetentionKind, Rule
from tests.rights.words import COMMON

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FOUNDED = datetime(2020, 1, 1, tzinfo=UTC)
UNITS = (("10", None), ("50", None), ("63", None), ("50.1", "50"), ("63.1", "63"), ("63.2", "63"))
PLAN = ("31.01", "52.01", "52.02")
PEOPLE = (
    ("brandt", "63.2", Role.CLERK),
    ("ott", "63", Role.REGISTRAR),
    ("kaya", "50.1", Role.CLERK),
    ("post", "50", Role.MAIL_CLERK),
    ("weber", "10", Role.RECORDS_MANAGER),
    ("pruefer", "10", Role.AUDITOR),
    ("admin", "10", Role.ADMINISTRATOR),
    ("niemand", None, Role.CLERK),
)
JOBS = {work.name: work.steps[0] for work in vars(indexing).values() if isinstance(work, indexing.Workflow)}
Done = TypeVar("Done")
EVERYTHING = NewToken("Abgleich", frozenset({Scope.EVERYTHING}), tokens.LONGEST_DAYS)


def found(folder: Path, database_url: str = "") -> Settings:
    """Found the city once; examples work on copies."""
    settings = Settings(data_folder=folder / "var", database_url=database_url, api_requests_per_minute=1_000_000)
    services = build(settings)
    migrate(services.database)
    with services.database.begin() as session:
        for code, above in UNITS:
            kind = "Sachgebiet" if above else "Amt"
            organisation.add_unit(session, SYSTEM, code=code, name=f"Amt {code}", kind=kind, parent=above, now=FOUNDED)
        organisation.add_rules(session, SYSTEM, [_RULE], FOUNDED)
        branches = [PlanLine(code, "Gruppe", None, "R", None) for code in sorted({one[:2] for one in PLAN})]
        leaves = [PlanLine(code, "Betreff", code[:2], None, None) for code in PLAN]
        organisation.add_plan(session, SYSTEM, [*branches, *leaves], FOUNDED)
        for login, unit, role in PEOPLE:
            users.add_person(session, SYSTEM, login=login, name=login.title(), password=None, now=FOUNDED)
            if unit:
                _assign(session, login, unit, role, FOUNDED)
    services.close()
    return settings


def _assign(session: Session, login: str, unit: str, role: Role, now: datetime) -> None:
    since = date(2020, 1, 1)
    users.assign_post(session, SYSTEM, login, unit_code=unit, title=login, role=role, valid_from=since, now=now)


_RULE = Rule(
    rule_id="R/1",
    title="Regel",
    kind=RetentionKind.FIXED,
    months=120,
    trigger=CASE_CLOSED,
    trigger_label="z.d.A.",
    period_start=PeriodStart.END_OF_CALENDAR_YEAR,
    action=DisposalAction.DESTROY,
    legal_basis="Testordnung",
    certainty="sure",
    valid_from=date(2000, 1, 1),
)


class World:
    def __init__(self, settings: Settings, folder: Path, database_url: str = "") -> None:
        shutil.copytree(settings.data_folder, folder / "var")
        settings = dataclasses.replace(settings, data_folder=folder / "var", database_url=database_url)
        self.services: Services = build(settings)
        self.folder, self.now = folder, START
        self.app = create_app(self.services, clock=lambda: self.now)
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(indexing, "now", lambda: self.now)
        self._later: list[tuple[datetime, str, str]] = []
        self._number = 0
        self.tokens: dict[str, tuple[str, datetime]] = {}
        self.sessions: dict[str, tuple[str, datetime]] = {}
        self._done: set[str] = set()
        self._forget_jobs()

    def close(self) -> None:
        self._patch.undo()
        self.services.close()

    def actor(self, login: str) -> Actor:
        with self.services.database.reading() as session:
            return users.actor_by_login(session, login, self.now)

    def session_of(self, login: str) -> str:
        """Return the cookie of a browser in which the person has signed in, anew where the last session is over."""
        token, until = self.sessions.get(login, ("", self.now))
        if until <= self.now:
            with self.services.database.begin() as session:
                person = person_by_login(session, login)
                assert person is not None
                token = sessions.begin(session, person, "password", origin=Origin("", ""), now=self.now, hours=8)
            self.sessions[login] = token, self.now + timedelta(minutes=20)
        return token

    def token_of(self, login: str) -> str:
        """Return a token of the person for everything the person may."""
        token, until = self.tokens.get(login, ("", self.now))
        if until <= self.now:
            actor = self.actor(login)
            with self.services.database.begin() as session:
                token = tokens.make(session, actor, EVERYTHING, now=self.now)
            self.tokens[login] = token, self.now + timedelta(days=EVERYTHING.days - 1)
        return token

    def strange(self) -> int:
        """Return a number no word was made of yet."""
        self._number += 1
        return 1_000_000 + self._number

    def person_id(self, login: str) -> UUID:
        with self.services.database.reading() as session:
            person = person_by_login(session, login)
            assert person is not None
            return person.id

    # --- what happens -------------------------------------------------------------------------------------------

    def open_file(self, subject: str, plan: str, unit: str, *, restricted: bool) -> tuple[UUID, UUID, str]:
        """Open a case file; return its id, that of its case, and its reference."""
        with self.services.database.begin() as session:
            new = NewCaseFile(plan, subject, unit, restricted=restricted)
            file = cases.open_case_file(session, SYSTEM, new, self.now)
            case = session.scalars(select(BusinessCase.id).where(BusinessCase.case_file_id == file.id)).one()
            return file.id, case, file.file_reference

    def reference_of(self, file_id: UUID) -> str:
        with self.services.database.reading() as session:
            return session.get_one(CaseFile, file_id).file_reference

    def receive(self, word: str, unit: str) -> tuple[UUID, UUID]:
        """Take a letter in and read it; return the ids of the item and of its document."""
        objects, database = self.services.objects, self.services.database
        stored = objects.put(io.BytesIO(f"Brief {word}".encode()))
        with database.begin() as session:
            upload = Upload(stored, f"{word}.pdf", Source.UPLOAD, unit, str(uuid4()))
            item_id = intake.receive(session, objects, SYSTEM, upload, self.now).item_id
        reading, paths = self._reading(word)
        kept = {path: objects.put_file(path) for path in paths}
        with database.begin() as session:
            assert intake.begin_reading(session, item_id, self.now)
            intake.record_reading(session, objects, item_id, reading, stored=kept, now=self.now)
        with database.begin() as session:
            proposing.record_proposals(session, item_id, self.now)
            item = session.get_one(intake.IncomingItem, item_id)
            assert item.document is not None
            return item_id, item.document.id

    def _reading(self, word: str) -> tuple[Reading, tuple[Path, ...]]:
        self._number += 1
        image, small, pdf = paths = tuple(self.folder / f"{name}-{self._number}" for name in ("image", "small", "pdf"))
        for number, path in enumerate(paths[:2]):
            Image.new("L", (8 + number, 8), self._number % 256).save(path, "WEBP")
        pdf.write_bytes(f"%PDF {word}".encode())
        text = f"{COMMON} {word}"
        words = tuple(Word(one, Box(100, 300 + 100 * row, 180, 40), 96) for row, one in enumerate(text.split()))
        page = Page(1, 2480, 3508, 300, TextSource.OCR, text, words, 96, image, small)
        return Reading(
            media_type="application/pdf",
            pages=(page,),
            renditions=(Rendition(RenditionKind.SEARCHABLE_PDF, "application/pdf", pdf),),
            facts=Facts(references=(), subject=Finding(word, ())),
            document_type=Proposal("Antrag", 0.9, "Probe", ()),
            file_plan_units=(),
            software="test",
        ), paths

    def act(self, login: str, action: Callable[[Session, Actor, datetime], Done]) -> Done:
        """Do something in one transaction, as a person or, without a login, as the system."""
        actor = self.actor(login) if login else SYSTEM
        with self.services.database.begin() as session:
            return action(session, actor, self.now)

    def file(self, login: str, item_id: UUID, case: tuple[UUID, UUID], *, subject: str, kind: str) -> None:
        """File a letter in a case, given with its case file."""
        decided = Filing(*case, kind, subject, "Hollmann", date(2026, 2, 1))
        self.act(login, lambda session, actor, now: filing.file_document(session, actor, item_id, decided, now))

    def assign(self, login: str, unit: str, role: Role) -> tuple[UUID, UUID]:
        """Give a person one more post; return the ids of the holding and of the post."""
        with self.services.database.begin() as session:
            before = set(session.scalars(select(PostHolder.id)))
            _assign(session, login, unit, role, self.now)
            session.flush()
            made = session.scalars(select(PostHolder).where(PostHolder.id.not_in(before))).one()
            return made.id, made.post_id

    def end_post(self, holder_id: UUID) -> None:
        """Take a post away, as the groups of a directory do."""
        with self.services.database.begin() as session:
            session.get_one(PostHolder, holder_id).ended_at = self.now

    def holdings(self, login: str) -> list[tuple[UUID, UUID]]:
        """Return holding and post ids of what a person was given when the city was founded."""
        with self.services.database.reading() as session:
            held = posts_held(session, self.now, [self.person_id(login)])
            query = select(PostHolder.id, PostHolder.post_id).where(
                PostHolder.post_id.in_([each.post_id for each in held]), PostHolder.person_id == self.person_id(login)
            )
            return [(row.id, row.post_id) for row in session.execute(query)]

    # --- the worker ---------------------------------------------------------------------------------------------

    def index(self) -> int:
        """Do the index jobs that are due, oldest first; return how many."""
        self._take_jobs()
        due = sorted((one for one in self._later if one[0] <= self.now), key=lambda one: one[0])
        self._later = [one for one in self._later if one[0] > self.now]
        for _, name, record_id in due:
            JOBS[name](self.services, record_id)
        return len(due)

    def _take_jobs(self) -> None:
        client = client_of(self.services.database.jobs_engine)
        for job in client.list_workflows(status=LIVE, load_input=True, load_output=False):
            if job.workflow_id in self._done:
                continue
            self._done.add(job.workflow_id)
            if job.name in JOBS:
                wait = (job.delay_until_epoch_ms or job.created_at) - job.created_at
                self._later.append((self.now + timedelta(milliseconds=wait), job.name, str(job.input["args"][0])))

    def _forget_jobs(self) -> None:
        self._take_jobs()
        self._later.clear()
