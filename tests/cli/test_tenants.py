"""Commands and the service of an installation with two authorities."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eakte.cli.exits import Exit
from eakte.cli.main import main
from tests.postgres import free_port

PASSWORD = "Regenschirm ohne Griff"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "eakte.toml"
    file.write_text(
        f'data_folder = "{tmp_path}/var"\nport = {free_port()}\nreaders = 1\n'
        '[tenants.nord]\nhosts = ["nord.example"]\ncity = "Nordstadt"\n'
        '[tenants.sued]\nhosts = ["sued.example"]\ncity = "Südstadt"\n'
    )
    return file


def call(config: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words], input=typed, prog_name="eakte")


def done(config: Path, *words: str, typed: str | None = None) -> str:
    result = call(config, *words, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_command_has_to_say_which_authority_it_is_for(config: Path) -> None:
    without, unknown = call(config, "migrate"), call(config, "--tenant", "west", "migrate")
    assert (without.exit_code, unknown.exit_code) == (Exit.NOT_READY, Exit.NOT_READY)
    assert "--tenant einen Mandanten: nord, sued" in without.stderr
    assert "„west“ gibt es nicht" in unknown.stderr
    assert not (config.parent / "var" / "eakte.sqlite").exists()


def test_a_person_of_one_authority_is_unknown_to_the_other(config: Path) -> None:
    for name in ("nord", "sued"):
        done(config, "--tenant", name, "migrate")
    done(config, "--tenant", "nord", "users", "add", "stein", "--name", "Stein, M.", "--password-stdin", typed=PASSWORD)
    people = {
        name: [row["login"] for row in json.loads(done(config, "--tenant", name, "users", "list", "--json"))]
        for name in ("nord", "sued")
    }
    assert people == {"nord": ["stein"], "sued": []}


def ask(port: int, host: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/anmelden", headers={"Host": host, "Cookie": "ea_visitor=x"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_one_service_answers_for_both_each_with_its_own_worker(config: Path) -> None:
    for name in ("nord", "sued"):
        done(config, "--tenant", name, "migrate")
    process = subprocess.Popen(
        [sys.executable, "-m", "eakte", "--config", str(config), "serve"],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert process.stdout is not None
    seen: list[str] = []
    while sum("Der Worker läuft" in line for line in seen) < 2 or not any("Mandanten" in line for line in seen):
        seen.append(process.stdout.readline())
        assert seen[-1], "".join(seen)
    port = int(config.read_text().split("port = ")[1].split("\n")[0])
    answers = {host: ask(port, host) for host in ("nord.example", "sued.example", "west.example")}
    assert [status for status, _ in answers.values()] == [200, 200, 404]
    assert "Nordstadt" in answers["nord.example"][1]
    assert "Nordstadt" not in answers["sued.example"][1]
    process.send_signal(signal.SIGTERM)
    rest = process.stdout.read()
    assert process.wait(60) == 0, rest
    assert rest.count("Der Worker wird beendet.") == 2
    process.stdout.close()


def test_no_worker_is_left_behind_when_the_service_is_killed(config: Path) -> None:
    done(config, "--tenant", "nord", "migrate")
    words = [sys.executable, "-m", "eakte", "--config", str(config), "--tenant", "nord", "worker", "--with-parent"]
    worker = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    assert worker.stdin is not None
    assert worker.stdout is not None
    assert "läuft" in worker.stdout.readline()
    worker.stdin.close()
    assert worker.wait(60) == 0
    worker.stdout.close()
