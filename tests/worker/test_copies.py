"""Copies in ``.erledigt`` go after their days, but never the last bytes of a letter that is not destroyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.services import Services
from eakte.store.documents import IncomingItem
from eakte.worker import upkeep
from eakte.worker.copies import forget_copies
from eakte.worker.watch import REST, TAKEN, WatchedFolder
from tests.town import NOW, Town

DAY = NOW.date()


@pytest.fixture
def taken(services: Services) -> Path:
    """A file that was taken from the folder of a unit; where its copy lies."""
    folder = Path(services.settings.watch_folder) / "63.2"
    folder.mkdir(parents=True)
    (folder / "brief.txt").write_text("Antrag auf Baugenehmigung")
    watched = WatchedFolder(services, folder.parent, clock=lambda: NOW)
    watched.look(now=0.0)
    assert watched.look(now=REST + 1) == 1
    return folder / TAKEN / f"{DAY}" / "brief.txt"


def test_a_copy_stays_for_its_days_and_then_goes_with_the_folder_of_its_day(services: Services, taken: Path) -> None:
    assert forget_copies(services, DAY + timedelta(days=30)) == 0
    assert taken.exists()
    assert forget_copies(services, DAY + timedelta(days=31)) == 1
    assert not taken.parent.exists()


def test_with_no_days_set_copies_are_kept(services: Services, taken: Path) -> None:
    kept = replace(services, settings=replace(services.settings, taken_copies_days=0))
    assert forget_copies(kept, DAY + timedelta(days=9_000)) == 0
    assert taken.exists()


def test_a_copy_stays_while_our_own_object_is_not_there(services: Services, taken: Path, town: Town) -> None:
    with town.database.reading() as session:
        sha256 = session.scalars(select(IncomingItem.sha256)).one()
    town.objects.delete(sha256)
    assert forget_copies(services, DAY + timedelta(days=99)) == 0
    assert taken.read_text() == "Antrag auf Baugenehmigung"


def test_what_is_no_day_and_what_links_lead_to_is_left(services: Services, taken: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "fremd.txt").write_text("fremd")
    (taken.parent / "verweis").symlink_to(elsewhere / "fremd.txt")
    (taken.parent.parent / "2020-01-01").symlink_to(elsewhere)
    (taken.parent.parent / "2020-1-1").mkdir()
    (taken.parent.parent / "2020-1-1" / "alt.txt").write_text("alt")
    assert forget_copies(services, DAY + timedelta(days=99)) == 1
    assert (elsewhere / "fremd.txt").exists()
    assert (taken.parent.parent / "2020-1-1" / "alt.txt").exists()


def test_folders_with_a_profile_and_submissions_of_a_portal_are_cleared_as_well(
    services: Services, tmp_path: Path
) -> None:
    scans, portal, file = tmp_path / "scans", tmp_path / "portal", tmp_path / "sources.toml"
    for place in (scans / TAKEN / "2026-01-02", portal / TAKEN / "2026-01-02" / "f5a3c1f0"):
        place.mkdir(parents=True)
        (place / "datei.pdf").write_text("alt")
    file.write_text(f'[[folder]]\npath = "{scans}"\nunit = "63.2"\n[[portal]]\npath = "{portal}"\nunit = "63.2"\n')
    told = replace(services, settings=replace(services.settings, sources_file=str(file)))
    assert forget_copies(told, date(2026, 3, 1)) == 2
    assert list((scans / TAKEN).iterdir()) == list((portal / TAKEN).iterdir()) == []


def test_the_upkeep_of_the_worker_does_it(services: Services, taken: Path) -> None:
    old = taken.parent.rename(taken.parent.with_name("2001-01-01"))
    upkeep.forget_copies(services, "2026-11-20T09")
    assert not old.exists()
