"""A real time-stamp authority (RFC 3161) made with ``openssl ts`` behind a small HTTP server."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CONFIG = """
[ tsa ]
default_tsa = made
[ made ]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[ ca ]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ leaf ]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ req ]
distinguished_name = name
[ name ]
"""


class Authority:
    """A time-stamp authority with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        new = ("req", "-config", "tsa.cnf", "-newkey", "rsa:2048", "-nodes")
        self._openssl(*new, "-x509", "-days", "3650", "-subj", "/CN=Pruefwurzel", "-extensions", "ca",
                      "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip
        self._openssl(*new, "-subj", "/CN=Pruefstempel", "-keyout", "tsa.key", "-out", "tsa.csr")
        self._openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                      "-days", "3650", "-extfile", "tsa.cnf", "-extensions", "leaf", "-out", "tsa.pem")  # fmt: skip
        self.asked = 0

    @property
    def certificates(self) -> str:
        return str(self.folder / "ca.pem")

    def answer(self, request: bytes) -> bytes:
        """Stamp what was asked for."""
        self.asked += 1
        (self.folder / "query").write_bytes(request)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=60)


def serve(authority: Authority) -> Iterator[str]:
    """Serve the authority and yield its address."""

    class Stamps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stamps)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tsr"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing")
    return Authority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture
def tsa_url(authority: Authority) -> Iterator[str]:
    yield from serve(authority)
