"""A real virus scanner is asked about each file; only a clear answer lets one pass."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import InfectedFile, NotScanned
from ingest.virus import ScannerAway, refuse_infected
from tests import clamd
from tests.ingest.test_containers import mail, zip_bytes

needs_clamd = pytest.mark.skipif(clamd.program() is None, reason="ClamAV (clamd) is not set up")


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with clamd.running(tmp_path_factory.mktemp("clamd")) as addresses:
        yield addresses


@needs_clamd
@pytest.mark.parametrize("way", [0, 1])
def test_a_clean_file_passes_and_an_infected_one_does_not(way: int, scanner: tuple[str, str], tmp_path: Path) -> None:
    clean, infected = tmp_path / "clean", tmp_path / "infected"
    clean.write_bytes(b"Sehr geehrte Damen und Herren")
    infected.write_bytes(clamd.EICAR)
    refuse_infected(clean, scanner[way])
    with pytest.raises(InfectedFile, match="Eicar"):
        refuse_infected(infected, scanner[way])


@needs_clamd
@pytest.mark.parametrize("data", [zip_bytes({"a.txt": clamd.EICAR}), mail(("rechnung.pdf", clamd.EICAR))])
def test_what_hides_in_an_archive_or_a_mail_is_found(data: bytes, scanner: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(data)
    with pytest.raises(InfectedFile):
        refuse_infected(tmp_path / "upload", scanner[0])


@needs_clamd
def test_a_file_the_scanner_refuses_does_not_pass(scanner: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 5 * clamd.LARGEST)
    with pytest.raises((NotScanned, ScannerAway)):
        refuse_infected(tmp_path / "large", scanner[0])


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/nowhere/clamd.ctl", "host-that-is-not.invalid:3310"])
def test_a_scanner_that_is_away_lets_nothing_pass(address: str, tmp_path: Path) -> None:
    (tmp_path / "letter").write_bytes(b"x")
    with pytest.raises(ScannerAway):
        refuse_infected(tmp_path / "letter", address)


@pytest.mark.parametrize("answer", [b"", b"stream: ", b"UNKNOWN COMMAND\0", b"INSTREAM size limit exceeded. ERROR\0"])
def test_an_unclear_answer_lets_nothing_pass(answer: bytes, tmp_path: Path) -> None:
    (tmp_path / "letter").write_bytes(b"x")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def reply() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=reply)
        thread.start()
        with pytest.raises((NotScanned, ScannerAway)):
            refuse_infected(tmp_path / "letter", f"127.0.0.1:{server.getsockname()[1]}")
        thread.join()
