"""What the administrator called at night is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from eakte.cli.exits import Exit
from eakte.store import heartbeats
from eakte.store.guards import missing_guards
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

GRAVE = {"warning", "fault"}
OF_THE_MACHINE = {"clock", "disk", "fonts", "programs", "languages"}
"""What a test machine may lack."""


def findings(result: Result) -> list[dict[str, str]]:
    told = json.loads(result.stdout)
    found: list[dict[str, str]] = told["findings"]
    grave = [each for each in found if each["level"] in GRAVE]
    assert told["well"] is not bool(grave)
    assert result.exit_code == (Exit.REFUSED if grave else Exit.DONE)
    assert [each for each in grave if not each["advice"]] == [], "each says what to do"
    return found


def grave(result: Result) -> dict[str, str]:
    return {
        each["check"]: f"{each['found']} {each['advice']}"
        for each in findings(result)
        if each["level"] in GRAVE and each["check"] not in OF_THE_MACHINE
    }


def with_worker(town: Town) -> None:
    with town.database.begin() as session:
        heartbeats.beat(session, "worker", "host")


def asked(town: Town, shell: Shell, **environment: str) -> Result:
    url = town.database.url.set(drivername=town.database.url.get_backend_name())
    return shell("doctor", "--json", EAKTE_DATABASE_URL=url.render_as_string(hide_password=False), **environment)


def test_a_town_at_work_is_well(town: Town, shell: Shell) -> None:
    town.filed()
    with_worker(town)
    shell("audit", "anchor")
    result = asked(town, shell)
    assert set(grave(result)) <= {"anchor"}
    checks = {each["check"] for each in findings(result)}
    assert {"settings", "database", "migrations", "guards", "objects", "hashes", "keys", "index", "workers"} <= checks
    assert list(town.objects.each()) != []
    with town.database.reading() as session:
        assert not missing_guards(session)


@ON_SQLITE
def test_people_read_a_line_for_each_finding_and_what_to_do(town: Town, shell: Shell) -> None:
    assert town
    result = shell("doctor")
    assert result.exit_code == Exit.REFUSED
    assert "Warnung Kein Worker gibt ein Lebenszeichen; 0 Aufträge warten.\n        → Worker starten" in result.stdout
    assert "Warnungen: " in result.stdout.splitlines()[-1]


@ON_SQLITE
def test_a_damaged_object_is_found_among_the_samples(town: Town, shell: Shell) -> None:
    sha256 = town.receive().sha256
    (place,) = town.objects.root.glob(f"??/??/{sha256}")
    place.chmod(0o600)
    place.write_bytes(b"something else")
    assert sha256 in grave(asked(town, shell))["hashes"]


@ON_SQLITE
def test_looking_leaves_nothing_behind(town: Town, shell: Shell) -> None:
    town.receive()
    before = sorted(town.objects.each())
    asked(town, shell)
    assert sorted(town.objects.each()) == before


def test_a_removed_guard_is_told_by_its_name(town: Town, shell: Shell) -> None:
    on = "" if town.database.is_sqlite else " ON document"
    with town.database.engine.connect() as connection:
        connection.execute(text(f"DROP TRIGGER document_guarded{on}"))
        connection.commit()
    assert "document_guarded" in grave(asked(town, shell))["guards"]


def test_before_the_migration_only_what_needs_no_database_is_looked_at(shell: Shell) -> None:
    result = shell("doctor", "--json")
    assert "python -m eakte migrate" in grave(result)["migrations"]
    checks = {each["check"] for each in findings(result)}
    assert {"disk", "sources", "clamav"} <= checks
    assert not checks & {"hashes", "workers", "index"}


def test_a_database_that_does_not_answer_is_one_finding_among_others(shell: Shell) -> None:
    result = shell("doctor", "--json", EAKTE_DATABASE_URL="postgresql://niemand@127.0.0.1:1/eakte")
    assert set(grave(result)) == {"database"}


@ON_SQLITE
@pytest.mark.parametrize(
    ("setting", "value", "check", "word"),
    [
        ("CLAMAV", "127.0.0.1:1", "clamav", "clamd starten"),
        ("ARCHIVE_FOLDER", "archiv", "schemas", "xdomea_schemas"),
        ("WATCH_FOLDER", "/gibt/es/nicht", "sources", "/gibt/es/nicht"),
        ("SEAL_FILE", "/gibt/es/nicht", "settings", "seal_file"),
        ("HOST", "0.0.0.0", "settings", "public_url"),  # noqa: S104 - what shall be warned of
        ("OIDC_ISSUER", "http://anmeldung.example", "sign_in", "oidc_issuer"),
        ("MASTER_KEYS", "/gibt/es/nicht", "objects", "keys init"),
        ("SEARCH_ENGINE", "unbekannt", "index", "unbekannt"),
    ],
)
def test_what_does_not_fit_is_told_with_what_to_do(
    town: Town, shell: Shell, setting: str, value: str, check: str, word: str
) -> None:
    with_worker(town)
    assert word in grave(asked(town, shell, **{f"EAKTE_{setting}": value}))[check]


@ON_SQLITE
def test_a_missing_language_names_its_package(town: Town, shell: Shell) -> None:
    found = findings(asked(town, shell, EAKTE_OCR_LANGUAGES="deu+chi_sim"))
    assert any("tesseract-ocr-chi-sim" in each["advice"] for each in found)


@ON_SQLITE
def test_a_secret_that_everybody_may_read_is_told(town: Town, shell: Shell, tmp_path: Path) -> None:
    secret = tmp_path / "geheim"
    secret.write_text("0123456789abcdef")
    secret.chmod(0o644)
    told = grave(asked(town, shell, EAKTE_METRICS_TOKEN_FILE=str(secret)))
    assert "chmod o=" in told["settings"]
    assert "0123456789abcdef" not in json.dumps(told)
