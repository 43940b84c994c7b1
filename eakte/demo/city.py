"""Load the demo city into an empty installation, through the same actions and the same reading as real work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions import intake, verdicts
from eakte.demo.data import City, load_city
from eakte.demo.mail import Fate, Mail, demo_mail
from eakte.demo.reading import reading_ahead
from eakte.demo.script import Arrive, script
from eakte.demo.setting_up import BEGUN, LOADED, set_up
from eakte.demo.telling import Teller, is_done
from eakte.errors import EakteError
from eakte.records.access import SYSTEM
from eakte.records.states import CaseFileState, ItemState
from eakte.services import Services
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry, record
from eakte.store.people import OrgUnit, Person

Progress = Callable[[int, int], None]
"""Told after every step: steps done and steps in all."""


class DatabaseNotEmpty(EakteError):
    """There is something in the database that is not the demo city."""

    code, status = "database-not-empty", 409


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person of the demo city as the start page of ``make run`` names them."""

    login: str
    name: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands in the database after loading."""

    case_files: int
    closed: int
    filed: int
    waiting: int
    faults: int
    sign_ins: tuple[SignIn, ...]
    password: str


def is_loaded(services: Services) -> bool:
    """Whether the demo city is there as a whole."""
    with services.database.reading() as session:
        return _noted(session, LOADED)


def is_begun(services: Services) -> bool:
    """Whether this is a demo installation, perhaps an unfinished one."""
    with services.database.reading() as session:
        return _noted(session, BEGUN)


def is_untouched(services: Services) -> bool:
    """Whether nobody has worked here: no unit and no person."""
    with services.database.reading() as session:
        return (
            session.scalar(select(OrgUnit.id).limit(1)) is None and session.scalar(select(Person.id).limit(1)) is None
        )


def load(
    services: Services, *, today: date, now: datetime, progress: Progress, post: Sequence[Mail] | None = None
) -> Summary:
    """Load the demo city, or the rest of it after an interruption; twice is once.

    Args:
        services: the installation to load into.
        today: the day retention is evaluated on.
        now: the moment of loading; nothing in the story is later.
        progress: told after every step.
        post: other post than the whole of the demo.

    Raises:
        DatabaseNotEmpty: The database holds something else.
    """
    config = services.settings.config_folder
    city = load_city(config)
    if not is_loaded(services):
        if not is_begun(services):
            if not is_untouched(services):
                raise DatabaseNotEmpty
            with services.database.begin() as session:
                set_up(session, city, config, now)
        post = demo_mail(config) if post is None else post
        _tell_all(services, city, post, now=now, progress=progress)
        _finish(services, post, today, now)
    return summary(services)


def _tell_all(services: Services, city: City, post: Sequence[Mail], *, now: datetime, progress: Progress) -> None:
    with services.database.reading() as session:
        done = {mail.upload_id for mail in post if is_done(session, mail)}
    steps = [step for step in script(city, post, now) if not (isinstance(step, Arrive) and step.mail.upload_id in done)]
    ahead = [step.mail for step in steps if isinstance(step, Arrive)]
    with reading_ahead(services, ahead) as prepared:
        teller = Teller(services, city, prepared, latest=now)
        for number, step in enumerate(steps, 1):
            teller.tell(step)
            progress(number, len(steps))


def _finish(services: Services, post: Sequence[Mail], today: date, now: datetime) -> None:
    """Evaluate retention as of today, and note that the story is told."""
    with services.database.begin() as session:
        _send_twice(services, session, post, now)
        for found in list(verdicts.changed(session, today)):
            verdicts.review(session, found.ids, today)
        record(session, SYSTEM, LOADED, about=("demo", "1"), now=now)


def _send_twice(services: Services, session: Session, post: Sequence[Mail], now: datetime) -> None:
    """Let one waiting letter arrive a second time: the inbox keeps one, the history knows of both."""
    first = next(mail for mail in post if mail.unit == "63.2" and mail.fate is Fate.WAITING)
    item = session.scalars(select(IncomingItem).where(IncomingItem.upload_id == first.upload_id)).one()
    with services.objects.open(item.sha256) as stream:
        stored = services.objects.put(stream)
    upload = intake.Upload(stored, item.filename, intake.Source.FOLDER, first.unit, f"{first.upload_id}:again")
    intake.receive(session, services.objects, SYSTEM, upload, now)


def _noted(session: Session, action: str) -> bool:
    return session.scalar(select(HistoryEntry.sequence).where(HistoryEntry.action == action).limit(1)) is not None


def summary(services: Services) -> Summary:
    """Return what stands in the database."""
    city = load_city(services.settings.config_folder)
    with services.database.reading() as session:
        files = dict(session.execute(select(CaseFile.state, func.count()).group_by(CaseFile.state)).all())
        items = dict(session.execute(select(IncomingItem.state, func.count()).group_by(IncomingItem.state)).all())
    return Summary(
        case_files=sum(files.values()),
        closed=files.get(CaseFileState.CLOSED, 0),
        filed=items.get(ItemState.FILED, 0),
        waiting=items.get(ItemState.WAITING, 0),
        faults=items.get(ItemState.FAULT, 0),
        sign_ins=tuple(SignIn(person.login, person.name, person.role, person.unit) for person in city.people),
        password=city.password,
    )
