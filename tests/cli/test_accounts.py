"""Commands on accounts and tokens."""

from __future__ import annotations

import json
import re

import pytest

from eakte.cli.exits import Exit
from tests.cli.conftest import ON_SQLITE, Shell
from tests.ldap.server import ADMIN, BASE, Server
from tests.ldap.server import PASSWORD as DIRECTORY_PASSWORD

pytestmark = [ON_SQLITE, pytest.mark.usefixtures("town")]


def test_a_one_time_password_is_given_and_told_once(shell: Shell) -> None:
    told = shell.done("users", "recover", "brandt")
    assert re.search(r"gültig bis \d\d\.\d\d\.\d{4} \d\d:\d\d: (\w{4}-){3}\w{4}$", told.strip())
    assert "Einmalkennwort vergeben" in shell.done("audit", "show")


def test_an_account_is_closed_and_opened(shell: Shell) -> None:
    shell.done("users", "close", "brandt", "--reason", "ausgeschieden")
    assert shell("search", "Antrag", "--as", "brandt").exit_code == Exit.REFUSED
    shell.done("users", "reopen", "brandt")
    assert shell("users", "close", "niemand").exit_code == Exit.REFUSED


def test_a_token_for_a_business_application_is_made_listed_and_revoked(shell: Shell) -> None:
    shell.done("users", "add", "fv-bau", "--name", "Fachverfahren Bau", "--technical")
    token = shell.done("tokens", "add", "Übergabe", "--scope", "file", "--scope", "read", "--for", "fv-bau").strip()
    rows = json.loads(shell.done("tokens", "list", "fv-bau", "--json"))
    assert [(row["name"], row["scopes"], row["valid"]) for row in rows] == [("Übergabe", ["file", "read"], True)]
    assert token not in json.dumps(rows)
    shell.done("tokens", "revoke", "fv-bau", rows[0]["prefix"])
    assert json.loads(shell.done("tokens", "list", "fv-bau", "--json"))[0]["valid"] is False
    for_a_person = shell("tokens", "add", "x", "--scope", "read", "--for", "brandt")
    assert (for_a_person.exit_code, "kein Konto eines Fachverfahrens" in for_a_person.stderr) == (Exit.REFUSED, True)
    assert shell.done("tokens", "add", "eigener", "--scope", "read", "--as", "brandt").startswith("eakte_")


def test_sessions_and_sign_ins_are_listed(shell: Shell) -> None:
    assert "Keine offene Sitzung." in shell.done("users", "sessions", "brandt")
    assert "Noch keine Anmeldung." in shell.done("users", "sign-ins", "brandt")
    assert "Beendet: 0." in shell.done("users", "sessions", "brandt", "--end")


def test_without_another_service_its_commands_say_so(shell: Shell) -> None:
    for words in (("users", "link", "brandt", "4711"), ("users", "sync-ldap")):
        refused = shell(*words)
        assert (refused.exit_code, "eingestellt" in refused.stderr) == (Exit.REFUSED, True)


def test_people_come_from_a_directory_and_a_dry_run_changes_nothing(shell: Shell, directory_server: Server) -> None:
    directory_server.person("stein", "Stein, Maja")
    secret = shell.folder / "ldap-password"
    secret.write_text(f"{DIRECTORY_PASSWORD}\n")
    settings = {
        "EAKTE_LDAP_URL": directory_server.url,
        "EAKTE_LDAP_BIND_DN": ADMIN,
        "EAKTE_LDAP_PASSWORD_FILE": str(secret),
        "EAKTE_LDAP_BASE": BASE,
    }
    tried = shell("users", "sync-ldap", "--dry-run", **settings)
    assert tried.exit_code == 0, tried.output
    assert "1 Personen gefunden; 1 neu. Nur gezeigt." in tried.stdout
    assert "stein" not in shell.done("users", "list")
    done = shell("users", "sync-ldap", "--json", **settings)
    assert json.loads(done.stdout)["changes"] == [{"login": "stein", "name": "Stein, Maja", "what": "added"}]
    assert "stein" in shell.done("users", "list")
