"""Starting and stopping: the web server alone, and the whole service as a process."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eakte.cli.exits import NotReady
from eakte.cli.web_server import WebServer
from eakte.settings import Settings
from tests.cli.conftest import ON_SQLITE
from tests.postgres import free_port


class SlowApplication:
    """Answers only when it is allowed to."""

    def __init__(self) -> None:
        self.asked, self.allowed = threading.Event(), threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        del environ
        self.asked.set()
        self.allowed.wait(20)
        start_response("200 OK", [("Content-Length", "6"), ("Content-Type", "text/plain")])
        return [b"fertig"]


@pytest.fixture
def server() -> Iterator[tuple[WebServer, SlowApplication, int]]:
    port, application = free_port(), SlowApplication()
    server = WebServer(application, Settings(port=port, web_threads=2))

    def serve() -> None:
        server.run()
        server.close(20)

    thread = threading.Thread(target=serve)
    thread.start()
    yield server, application, port
    application.allowed.set()
    server.stop()
    thread.join()


def test_a_request_in_flight_is_answered_after_the_stop(server: tuple[WebServer, SlowApplication, int]) -> None:
    running, application, port = server
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/")
    assert application.asked.wait(20)
    running.stop()
    while accepts(port):
        time.sleep(0.05)
    application.allowed.set()
    assert connection.getresponse().read() == b"fertig"
    connection.close()


@pytest.mark.parametrize(("proxies", "told"), [(0, b""), (1, b"203.0.113.7")])
def test_what_a_proxy_tells_reaches_the_application_only_where_one_is_set(proxies: int, told: bytes) -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        body = environ.get("HTTP_X_FORWARDED_FOR", "").encode()
        start_response("200 OK", [("Content-Length", str(len(body))), ("Content-Type", "text/plain")])
        return [body]

    port = free_port()
    running = WebServer(application, Settings(port=port, web_threads=1, trusted_proxies=proxies))
    thread = threading.Thread(target=running.run)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/", headers={"X-Forwarded-For": "203.0.113.7"})
    assert connection.getresponse().read() == told
    connection.close()
    running.stop()
    thread.join()
    running.close(5)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_taken_address_is_told(server: tuple[WebServer, SlowApplication, int]) -> None:
    with pytest.raises(NotReady) as refused:
        WebServer(SlowApplication(), Settings(port=server[2]))
    assert "läuft schon ein Dienst" in refused.value.detail["problem"]


@ON_SQLITE
@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("command", "sign"), [("serve", "E-Akte der Stadt"), ("worker", "Der Worker läuft")])
def test_the_service_starts_and_ends_in_order_on_sigterm(tmp_path: Path, command: str, sign: str) -> None:
    port = free_port()
    environment = {**os.environ, "EAKTE_DATA_FOLDER": str(tmp_path), "EAKTE_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "eakte", command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    while sign not in lines[-1] and lines[-1]:
        lines.append(process.stdout.readline())
    assert sign in lines[-1], "".join(lines)
    if command == "serve":
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/")
        assert connection.getresponse().status == 303
        connection.close()
    process.send_signal(signal.SIGTERM)
    rest = process.stdout.read()
    assert process.wait(60) == 0, rest
    assert "wird beendet" in rest
    assert "Traceback" not in rest
    process.stdout.close()
