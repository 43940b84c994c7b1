"""What the administrator copies to a server: units, proxy, container and settings name only what there is."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml

from eakte.cli.main import main
from eakte.settings import PREFIX, Settings, load

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
PROGRAM = "/opt/eakte/.venv/bin/python"


def parse(words: list[str]) -> None:
    """Let click understand a call of ours without doing it; a wrong one raises its usage error."""
    command: click.Command = main
    context = click.Context(main, info_name="eakte")
    while isinstance(command, click.Group):
        options = [word for word in words if word != "--config" and not word.endswith("eakte.toml")]
        name, *words = options
        found = command.get_command(context, name)
        assert found is not None, name
        command = found
    command.make_context(command.name, words, resilient_parsing=False)


def test_every_unit_calls_a_command_that_exists() -> None:
    lines = [line for unit in UNITS for line in unit.read_text("utf-8").splitlines() if line.startswith("Exec")]
    assert len(lines) == 4
    for line in lines:
        program, *words = shlex.split(line.split("=", 1)[1])
        assert (program, words[:2]) == (PROGRAM, ["-m", "eakte"])
        parse(words[2:])


def test_a_call_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse(["--config", "/etc/eakte/eakte.toml", "backup", "/sicherung", "--gibt-es-nicht"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(PROGRAM, sys.executable).replace("file:///opt/eakte", f"file://{ROOT}")
        (tmp_path / unit.name.replace("@", "@1")).write_text(text, "utf-8")
    files = [str(tmp_path / name) for name in sorted(path.name for path in tmp_path.iterdir())]
    command = ["systemd-analyze", "verify", "--man=no", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in done.stderr.splitlines() if "eakte-" in line and str(tmp_path) in line] == []
    assert "Unknown" not in done.stderr


def test_every_setting_of_the_examples_exists() -> None:
    loaded = load(DEPLOY / "eakte.toml", {})
    assert loaded.public_url.startswith("https:")
    assert loaded.trusted_proxies == 1
    names = {PREFIX + field.name.upper() for field in fields(Settings)}
    told = "".join(path.read_text("utf-8") for path in (DEPLOY / "compose.yaml", DEPLOY / "Containerfile"))
    given = {"EAKTE_DATABASE_PASSWORD"}
    assert set(re.findall(r"EAKTE_[A-Z_]+", told)) - names == given


def test_the_containers_call_commands_that_exist() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    ours = {name: one["command"] for name, one in services.items() if "command" in one}
    assert set(ours) == {"migrate", "web", "worker"}
    for words in ours.values():
        parse(words)


def test_the_container_brings_the_packages_of_the_setup() -> None:
    setup = (ROOT / "tools" / "setup.sh").read_text("utf-8")
    block = setup.split("missing_for_run() {", 1)[1].split("\n}", 1)[0]
    wanted = set(re.findall(r"echo ([a-z0-9][a-z0-9.+-]+)(?:;| *$)", block, re.MULTILINE)) - {"python3-venv"}
    told = (DEPLOY / "Containerfile").read_text("utf-8").split()
    assert sorted(wanted - set(told)) == []
    assert len(wanted) > 8


def test_the_proxy_lets_the_largest_upload_through_and_ends_tls() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    (size,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(size) * 1_000_000 >= 4 * Settings().max_upload_bytes
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert text.count("{") == text.count("}")


NGINX = shutil.which("nginx") or next((one for one in ("/usr/sbin/nginx",) if Path(one).exists()), None)


def _understood_by_nginx(text: str, folder: Path) -> tuple[bool, str]:
    """Ask nginx about a site, with a certificate and ports of the test."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=akte.musterstadt.example", "-days", "1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *names], capture_output=True, timeout=60, check=True)
    text = re.sub(r"listen \[::\][^;]*;", "", text)  # the machine of the test may have no such addresses
    for found, given in (
        ("listen 80;", "listen 127.0.0.1:18980;"), ("listen 443 ssl;", "listen 127.0.0.1:18943 ssl;"),
        ("/etc/ssl/certs/akte.pem", str(certificate)), ("/etc/ssl/private/akte.key", str(key)),
    ):  # fmt: skip
        text = text.replace(found, given)
    temporary = "".join(
        f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {folder}/pid; events {{}} http {{ access_log off; {temporary} {text} }}"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    command = [str(NGINX), "-t", "-q", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode == 0, done.stderr


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_understands_its_example_and_would_not_understand_a_wrong_one(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    understood, said = _understood_by_nginx(text, tmp_path)
    assert understood, said
    assert not _understood_by_nginx(text.replace("proxy_pass", "proxy_pas"), tmp_path)[0]
