"""Whoever reads a need-to-know file by command stands in the history."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text, update

from eakte.actions import saved_searches
from eakte.actions.reads import READ
from eakte.cli.exits import Exit
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from search.model import Query
from tests.cli.conftest import ON_SQLITE, Shell
from tests.cli.test_records import put_into_index
from tests.town import Town

pytestmark = ON_SQLITE


def reads(town: Town) -> list[tuple[str, object]]:
    with town.database.reading() as session:
        found = select(HistoryEntry).where(HistoryEntry.action == READ).order_by(HistoryEntry.sequence)
        return [(entry.actor_login, entry.detail["surface"]) for entry in session.scalars(found)]


def test_showing_and_finding_a_need_to_know_file_are_entries(town: Town, shell: Shell, tmp_path: Path) -> None:
    case_file, filed = town.filed()
    put_into_index(town, tmp_path, filed.document_id)
    shell.done("cases", "show", case_file.file_reference, "--as", "brandt")
    assert reads(town) == []
    with town.database.begin() as session:
        session.execute(update(CaseFile).values(restricted=True))
    shell.done("cases", "show", case_file.file_reference, "--as", "brandt")
    assert "1 von 1" in shell.done("search", "Baugenehmigung", "--as", "brandt")
    assert reads(town) == [("brandt", "cli cases show"), ("brandt", "cli search")]


def test_without_its_entry_a_command_shows_nothing(town: Town, shell: Shell) -> None:
    reference = town.case_file(restricted=True).file_reference
    with town.database.begin() as session:
        session.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON history_entry BEGIN SELECT RAISE(ABORT, 'no space'); END")
        )
    result = shell("cases", "show", reference, "--as", "brandt")
    assert result.exit_code != Exit.DONE
    assert "Gartenweg" not in result.output


def test_a_kept_search_is_asked_again_within_the_rights_of_whoever_asks(
    town: Town, shell: Shell, tmp_path: Path
) -> None:
    _, filed = town.filed()
    put_into_index(town, tmp_path, filed.document_id)
    with town.database.begin() as session:
        owner = town.actor("ott")
        saved_searches.save(session, owner, "Bau", Query("Baugenehmigung"), shared_with="63", now=town.now)
    assert "1 von 1" in shell.done("search", "--saved", "Bau", "--as", "brandt")
    assert "Nichts gefunden" in shell.done("search", "--saved", "Bau", "Weltraum", "--exact", "--as", "brandt")
    assert shell("search", "--saved", "Bau", "--as", "kaya").exit_code == Exit.REFUSED
