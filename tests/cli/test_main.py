"""Help, usage faults and exit codes of every command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from eakte.cli import exits
from eakte.cli.exits import Exit
from eakte.cli.main import COMMANDS, main
from tests.cli.conftest import Shell

ENGLISH = ("Usage", "Options", "Commands", "Show this", "Error", "Missing", "required", "default:", "COMMAND", "[ARGS]")


def _paths(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from _paths(command, (*path, name))


ALL = sorted(_paths(main))


def test_the_commands_of_the_table_are_all_there() -> None:
    assert {path[0] for path in ALL} == set(COMMANDS)


@pytest.mark.parametrize("path", [(), *ALL], ids=" ".join)
def test_every_command_has_german_help(shell: Shell, path: tuple[str, ...]) -> None:
    text = shell.done(*path, "--help")
    assert text.startswith("Aufruf: eakte")
    assert "Diese Hilfe zeigen." in text
    assert [word for word in ENGLISH if word in text] == []


def test_the_help_documents_every_exit_code(shell: Shell) -> None:
    text = " ".join(shell.done("--help").split())
    assert [code for code in Exit if f" {code.value} " not in text] == []
    assert [code for code in Exit if f"{code.value} " not in (exits.__doc__ or "")] == []


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("nonsense", "Den Befehl „nonsense“ gibt es nicht."),
        ("intake ad", "Den Befehl „ad“ gibt es nicht. Meinten Sie add?"),
        ("search", "Es fehlt: --as."),
        ("search Wort", "Es fehlt: --as."),
        ("search Wort --as x --limt 3", "Die Option --limt gibt es nicht. Meinten Sie --limit?"),
        ("search Wort --as x --limit null", "Der Wert für --limit passt nicht; nötig ist eine ganze Zahl ab 1."),
        ("cases list --as x --state weg", "Der Wert für --state passt nicht; möglich sind: open, closed"),
        ("--config fehlt.toml migrate", "Der Wert für --config passt nicht; die Datei gibt es nicht"),
        ("migrate zu viel", "Eine Angabe ist zu viel"),
        ("intake add brief.pdf", "Für wen sind die Dateien?"),
        ("search --as x", "Bitte nennen Sie Wörter oder mit --saved eine gemerkte Suche."),
        ("holds place --as x --query Garten --name Selten", "Bitte genau eines nennen"),
        ("intake retry", "Nennen Sie entweder Kennungen oder --all."),
    ],
)
def test_a_wrong_call_is_told_in_german_and_ends_with_2(shell: Shell, call: str, sentence: str) -> None:
    result = shell(*call.split())
    assert result.exit_code == Exit.USAGE
    assert sentence in result.stderr
    assert result.stdout == ""


def test_an_empty_database_is_not_ready_until_it_is_migrated(shell: Shell) -> None:
    result = shell("users", "list")
    assert result.exit_code == Exit.NOT_READY
    assert "python -m eakte migrate" in result.stderr
    assert "ist eingerichtet" in shell.done("migrate")
    assert "auf dem neuesten Stand" in shell.done("migrate")
    assert "Es gibt noch keine Person." in shell.done("users", "list")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("port = ", "kein gültiges TOML"), ("haven = 1", "Die Einstellung haven ist ungültig"), ('port = "x"', "„x“")],
)
def test_faulty_settings_are_named(shell: Shell, tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "eakte.toml"
    file.write_text(content, "utf-8")
    result = shell("--config", file, "users", "list")
    assert result.exit_code == Exit.NOT_READY
    assert sentence in result.stderr


def test_an_unknown_kind_of_database_is_a_faulty_setting(shell: Shell) -> None:
    result = shell("migrate", EAKTE_DATABASE_URL="mysql://localhost/eakte")
    assert result.exit_code == Exit.NOT_READY
    assert "database_url" in result.stderr


def test_a_database_that_is_away_is_told_without_a_trace(shell: Shell) -> None:
    result = shell("migrate", EAKTE_DATABASE_URL="postgresql://eakte@127.0.0.1:9/eakte")
    assert result.exit_code == Exit.NOT_READY
    assert "Die Datenbank antwortet nicht" in result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_fault_gives_a_number_and_leaves_its_trace_in_the_log(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("eakte.store.migrate.migrate", break_down)
    result = shell("migrate")
    assert result.exit_code == Exit.FAULT
    assert "Traceback" not in result.output
    number = result.stderr.strip().removesuffix(".").rsplit(" ", 1)[1]
    log = (shell.folder / "eakte.log").read_text("utf-8")
    assert number in log
    assert "ZeroDivisionError" in log
    assert "ZeroDivisionError" in shell("migrate", EAKTE_DEBUG="1").stderr


def test_an_interrupt_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eakte.store.migrate.migrate", interrupt)
    result = shell("migrate")
    assert result.exit_code == Exit.INTERRUPTED
    assert "Abgebrochen." in result.stderr
