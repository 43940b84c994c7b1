"""The loaded demo city: real files on a real database, read by the real reader, filed by their clerks."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from eakte.actions import case_lists, inbox, organisation, sessions, users, verification
from eakte.demo import city
from eakte.demo.data import load_city
from eakte.demo.mail import Fate, Mail, demo_mail
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.origin import Origin
from eakte.records.states import ItemState
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.disposal import VerdictRow
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import HistoryEntry
from retention.model import Outcome

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
CITY = load_city()


def _small_post() -> list[Mail]:
    """Pick some letters of every fate, those without scanning first."""
    whole = demo_mail()
    in_building = [mail for mail in whole if mail.unit == "63.2" and mail.fate is Fate.WAITING and not mail.locked]
    typed = [mail for mail in whole if mail.typed]
    picked = [
        *[mail for mail in typed if mail.fate is Fate.FILED][:3],
        *[mail for mail in whole if mail.fate is Fate.FILED and not mail.typed][:1],
        *[mail for mail in typed if mail.fate is Fate.DROPPED][:1],
        *in_building[:2],
        *[mail for mail in whole if mail.locked],
    ]
    return sorted(picked, key=lambda mail: mail.letter.spec.received_on)


POST = _small_post()


def _services(folder: Path, template: Path) -> Services:
    folder.mkdir(exist_ok=True)
    shutil.copy(template, folder / "eakte.sqlite")
    return build(Settings(data_folder=folder))


def _load(services: Services, progress: city.Progress = lambda _done, _total: None) -> city.Summary:
    return city.load(services, today=NOW.date(), now=NOW, progress=progress, post=POST)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[tuple[Services, city.Summary]]:
    services = _services(tmp_path_factory.mktemp("city"), migrated_sqlite)
    yield services, _load(services)
    services.close()


def _actor(services: Services, login: str) -> Actor:
    with services.database.reading() as session:
        return users.actor_by_login(session, login, NOW)


def test_the_summary_counts_what_is_there(loaded: tuple[Services, city.Summary]) -> None:
    _, summary = loaded
    assert summary.case_files == len(CITY.case_files)
    assert summary.closed == sum(entry.closed is not None for entry in CITY.case_files)
    assert summary.filed == sum(mail.fate is Fate.FILED for mail in POST)
    assert (summary.waiting, summary.faults) == (2, 1)


def test_every_letter_lies_in_its_true_case_file_with_its_true_data(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    for mail in POST:
        if mail.fate is not Fate.FILED:
            continue
        spec = mail.letter.spec
        with services.database.reading() as session:
            document, reference = session.execute(
                select(Document, CaseFile.file_reference)
                .join(IncomingItem, IncomingItem.id == Document.item_id)
                .join(BusinessCase, BusinessCase.id == Document.case_id)
                .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
                .where(IncomingItem.upload_id == mail.upload_id)
            ).one()
            assert reference == CITY.case_file(spec.case_file_key or "").reference
            assert (document.subject, document.letter_date) == (spec.subject, spec.letter_date)
            assert document.versions[-1].pages[0].text.strip()


def test_references_are_those_the_letters_print(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    with services.database.reading() as session:
        given = dict(session.execute(select(CaseFile.file_reference, CaseFile.subject)).all())
    assert given == {entry.reference: entry.subject for entry in CITY.case_files}


def test_the_worklist_has_something_of_every_outcome(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    with services.database.reading() as session:
        outcomes = set(session.scalars(select(VerdictRow.outcome).distinct()))
    assert outcomes == set(Outcome) - {Outcome.NO_RULE, Outcome.CONFLICT}


def test_a_clerk_finds_waiting_letters_and_the_fault_in_the_inbox(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    brandt = _actor(services, "brandt")
    with services.database.reading() as session:
        page = inbox.listing(session, brandt, band=None, after=None, limit=20, now=NOW)
        faults = inbox.faults(session, brandt, limit=20, now=NOW)
    assert page.waiting == 2
    assert [row.fault_code for row in faults] == ["encrypted-file"]


def test_the_letter_that_came_twice_is_one_item(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    with services.database.reading() as session:
        again = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "item.received_again")).all()
        items = session.scalar(select(func.count()).select_from(IncomingItem))
    assert len(again) == 1
    assert items == len(POST)


@pytest.mark.parametrize("person", CITY.people, ids=lambda person: person.login)
def test_every_person_signs_in(loaded: tuple[Services, city.Summary], person: object) -> None:
    services, summary = loaded
    login = getattr(person, "login", "")
    with services.database.begin() as session:
        found = sessions.examine(session, login, summary.password)
        token = sessions.admit(session, found, origin=Origin(), now=NOW, hours=1)
    assert token is not None


def test_people_see_their_own_department_only(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    seen = {}
    for login in ("brandt", "celik", "schaefer", "hoffmann", "novak"):
        with services.database.reading() as session:
            rows, total = case_lists.listing(session, _actor(services, login), limit=100, now=NOW)
        seen[login] = {row.unit_code for row in rows}, total
    assert seen["brandt"][0] == seen["schaefer"][0] == {"63.2"}
    assert seen["celik"][0] == {"32.1"}
    restricted = sum(entry.restricted for entry in CITY.case_files)
    assert seen["hoffmann"][1] == seen["novak"][1] == len(CITY.case_files) - restricted


def test_powers_differ_between_roles(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    powers = {
        login: _actor(services, login).permissions for login in ("brandt", "rossi", "hoffmann", "lindqvist", "tran")
    }
    assert len(set(powers.values())) == len(powers)
    assert Permission.DISPOSE in powers["hoffmann"]
    assert Permission.READ not in powers["lindqvist"] | powers["tran"]


def test_the_history_runs_forward_and_is_whole(loaded: tuple[Services, city.Summary]) -> None:
    services, _ = loaded
    with services.database.reading() as session:
        assert verification.verify(session).first_broken is None
        moments = list(session.scalars(select(HistoryEntry.at).order_by(HistoryEntry.sequence)))
    assert moments[0].year == 2009
    loading = [moment for moment in moments if moment < NOW]
    assert loading == sorted(loading)


def test_loading_twice_changes_nothing(loaded: tuple[Services, city.Summary]) -> None:
    services, summary = loaded
    with services.database.reading() as session:
        before = session.scalar(select(func.max(HistoryEntry.sequence)))
    assert _load(services) == summary
    with services.database.reading() as session:
        assert session.scalar(select(func.max(HistoryEntry.sequence))) == before


def test_an_interrupted_load_goes_on_where_it_stopped(
    tmp_path: Path, migrated_sqlite: Path, loaded: tuple[Services, city.Summary]
) -> None:
    services = _services(tmp_path / "city", migrated_sqlite)

    def stop_at_sixty(done: int, _total: int) -> None:
        if done == 60:
            raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            _load(services, stop_at_sixty)
        assert city.is_begun(services)
        assert not city.is_loaded(services)
        assert _load(services) == loaded[1]
        with services.database.reading() as session:
            states = session.scalars(select(IncomingItem.state)).all()
            closed = session.scalar(
                select(func.count()).select_from(HistoryEntry).where(HistoryEntry.action == "case_file.closed")
            )
        assert states.count(ItemState.FILED) == loaded[1].filed
        assert closed == loaded[1].closed
    finally:
        services.close()


def test_a_database_in_use_is_refused(tmp_path: Path, migrated_sqlite: Path) -> None:
    services = _services(tmp_path / "other", migrated_sqlite)
    with services.database.begin() as session:
        organisation.add_unit(session, SYSTEM, code="1", name="Echte Stadt", kind="Dezernat", parent=None, now=NOW)
    with pytest.raises(city.DatabaseNotEmpty):
        _load(services)
    services.close()
