"""The bytes of the disk after a destruction: no word of it in database, index, objects, folders, jobs and logs."""

from __future__ import annotations

import logging
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select, text

from eakte.actions import cases, filing, follow_ups, holds
from eakte.actions.filing import Filing
from eakte.actions.follow_ups import NewFollowUp
from eakte.records.states import DisposalState, ItemState
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.disposal import Disposal
from eakte.store.documents import Document, IncomingItem, PageRow
from eakte.worker import clock, indexing, rebuilding, upkeep, watch, wiping
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from retention.certificate import FONTS
from search.engines import open_engine
from tests.actions.test_destruction import approve, propose
from tests.durability.harness import wait_until
from tests.postgres import Cluster
from tests.town import Town

PRINTED = ("Quittenmarmelade", "Zwiebelturm", "Hollmannstadt")
"""Words of the letter, for text recognition to find."""
TYPED = ("Dachgaubenstreit", "Petersilienweg", "Wetterfahnenamt", "Bohnenstange", "Rhabarberfeld", "Klageschrift-4711",
         "Vergleichsweise-0815", "Kohlrabi", "Zuckerrohrpresse", "Mandelbaum", "Hagebuttentee")  # fmt: skip
"""Subject of file and document, sender, field value, file name, hold, lifting, foreign reference, follow-up."""
FILED = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
"""Half past three in the town."""


class Clock:
    moment = FILED

    def now(self, _: object = None) -> datetime:
        return self.moment


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "datetime", hands)
    monkeypatch.setattr(watch, "REST", 0.1)
    return hands


def scan(path: Path) -> None:
    page = Image.new("L", (1240, 900), 255)
    font = ImageFont.truetype(str(FONTS / "DejaVuSans.ttf"), 40)
    ImageDraw.Draw(page).multiline_text((100, 100), "Antrag\n\nBetreff\n" + "\n".join(PRINTED), 0, font, spacing=30)
    page.save(path, dpi=(150, 150))


def remains(folder: Path, words: tuple[str, ...]) -> dict[str, set[str]]:
    """Which of the words lie in the names or bytes of the files below a folder, and where; also with wide letters."""
    found: dict[str, set[str]] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                content = (Path(place) / name).read_bytes().lower() + os.fsencode(name).lower()
            except FileNotFoundError:  # a running server takes files away while we look
                continue
            for word in words:
                for form in (word.lower().encode(), word.lower().encode("utf-16-le")):
                    if form in content:
                        found.setdefault(word, set()).add(str((Path(place) / name).relative_to(folder)))
    return found


@pytest.mark.timeout(900)  # its own waiting may add up to five minutes
@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_no_word_of_a_destroyed_record_is_left_on_the_disk(
    town: Town,
    engine: str,
    tmp_path: Path,
    moment: Clock,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    if (engine == "whoosh") == town.database.is_sqlite:
        pytest.skip("each engine once, each database once")
    caplog.set_level(logging.DEBUG)
    places = [tmp_path]
    if not town.database.is_sqlite:
        cluster: Cluster = request.getfixturevalue("postgres")
        places += cluster.places(town.database.url.database)
    services = _services(town, engine)
    worker = Worker(services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()
    try:
        case_file_id = _live(town, services, moment)
        words = (*PRINTED, *TYPED)
        _on_the_disk(town)
        before: set[str] = set()
        for place in places:
            before |= set(remains(place, words))
        assert before == set(words), "what is looked for can be found"
        _destroyed(town, moment, case_file_id)
        _night_to_sunday(town, services, moment)
        for place in places:
            assert remains(place, words) == {}
    finally:
        worker.close(grace=5)
        services.index.close()
    for place in places:
        assert remains(place, words) == {}
    assert not [word for word in words if word.lower() in caplog.text.lower()]


def _services(town: Town, engine: str) -> Services:
    watched = town.folder / "watched" / "63.2"
    watched.mkdir(parents=True)
    settings = Settings(data_folder=town.folder / "data", watch_folder=str(watched.parent), search_engine=engine)
    index = open_engine(engine, settings.data_folder / "index")
    return Services(settings=settings, database=town.database, objects=town.objects, index=index, archive=None)


def _live(town: Town, services: Services, moment: Clock) -> UUID:
    """A scan in the watched folder is read, filed in a file with values and a hold that was lifted, and closed."""
    town.now = moment.moment = FILED
    folder = Path(services.settings.watch_folder) / "63.2"
    scan(folder / "halb.png")
    (folder / "halb.png").rename(folder / "Rhabarberfeld.png")
    item_id = _waits(town)
    brandt = town.actor("brandt")
    with town.database.begin() as session:
        new = cases.NewCaseFile("52.01", "Dachgaubenstreit", "63.2")
        case_file_id = cases.open_case_file(session, brandt, new, town.now).id
    with town.database.begin() as session:
        filed = filing.file_document(
            session, brandt, item_id,
            Filing(case_file_id, None, "Antrag", "Petersilienweg", "Wetterfahnenamt", date(2020, 4, 30),
                   foreign_reference="Kohlrabi"),
            town.now,
        )  # fmt: skip
        session.get_one(Document, filed.document_id).field_values = {"standort": "Bohnenstange"}
    with town.database.begin() as session:
        wanted = NewFollowUp(town.now.date(), "Zuckerrohrpresse", document_id=filed.document_id)
        row = follow_ups.put(session, brandt, wanted, town.now)
        day = date(2020, 6, 2)
        follow_ups.postpone(session, brandt, row.id, due_on=day, reason="Mandelbaum", revision=None, now=town.now)
        follow_ups.finish(session, brandt, row.id, reason="Hagebuttentee", revision=None, now=town.now)
    weber = town.actor("weber")
    with town.database.begin() as session:
        hold_id = holds.place(session, weber, case_file_id, reason="Klageschrift-4711", now=town.now)
    with town.database.begin() as session:
        holds.lift(session, weber, hold_id, reason="Vergleichsweise-0815", now=town.now)
    town.close(case_file_id, on=town.now)
    kept = town.file(town.waiting(text="Ein anderer Brief"), town.case_file().id)
    indexing.put(services, str(kept.document_id))
    assert wait_until(lambda: services.index.state().documents == 2, 60)
    # Both in one segment: what goes must not depend on standing alone.
    assert rebuilding.rebuild(services, lambda _: None) == 2
    return case_file_id


def _waits(town: Town) -> UUID:
    def item() -> UUID | None:
        with town.database.reading() as session:
            return session.scalar(select(IncomingItem.id).where(IncomingItem.state == ItemState.WAITING))

    assert wait_until(lambda: item() is not None, 90)
    with town.database.reading() as session:
        read = session.scalars(select(PageRow.text)).one()
        assert [word for word in PRINTED if word not in read] == [], read
    found = item()
    assert found is not None
    return found


def _destroyed(town: Town, moment: Clock, case_file_id: UUID) -> None:
    town.now = moment.moment = TODAY
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)

    def done() -> bool:
        with town.database.reading() as session:
            return session.get_one(Disposal, disposal_id).state is DisposalState.DONE

    assert wait_until(done, 90)


def _on_the_disk(town: Town) -> None:
    """Let PostgreSQL write what it holds in memory into its files."""
    if not town.database.is_sqlite:
        with town.database.begin() as session:
            session.execute(text("CHECKPOINT"))


def _night_to_sunday(town: Town, services: Services, moment: Clock) -> None:
    """What the hourly upkeep does in the night to Sunday."""
    moment.moment = SUNDAY
    hour = upkeep.hour_of(SUNDAY)
    upkeep.forget_copies(services, hour)
    wiping.wipe_index(services, hour)
    assert wait_until(lambda: not services.index.state().needs_rebuild, 60)
    moment.moment = SUNDAY - timedelta(days=1)
    wiping.wipe_database(services, hour)
    _on_the_disk(town)
