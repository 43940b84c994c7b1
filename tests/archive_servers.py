"""Real servers an archive may run: WebDAV by Apache with TLS, SFTP by OpenSSH; each on a free port of this machine.

Fixtures: ``webdav_server`` and ``sftp_server``; each skips by name where its program is missing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.ldap.server import certify
from tests.postgres import free_port

APACHE = next((path for path in ("/usr/sbin/apache2", "/usr/sbin/httpd") if Path(path).exists()), "")
MODULES = next((path for path in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules") if Path(path).exists()), "")
SSHD = next((path for path in ("/usr/sbin/sshd",) if Path(path).exists()), "")
USER, PASSWORD = "akte", "Archiv tauscht mit aus"
APACHE_CONFIG = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
Mutex file:{folder} default
ErrorLog {folder}/log
{modules}
SSLEngine on
SSLCertificateFile {folder}/certificate.pem
SSLCertificateKeyFile {folder}/key.pem
SSLSessionCache none
DocumentRoot {folder}/www
DavLockDB {folder}/locks
Redirect 307 /umzug/ https://127.0.0.1:{elsewhere}/austausch/
<Location /austausch/>
  Dav On
  AuthType Basic
  AuthName austausch
  AuthUserFile {folder}/users
  Require valid-user
</Location>
"""
SSHD_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/known
AuthenticationMethods publickey
UsePAM no
StrictModes no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


def unprivileged() -> pwd.struct_passwd:
    """Return as whom the servers run: as us, or where we are root as somebody OpenSSH does not hold for locked."""
    if os.getuid():
        return pwd.getpwuid(os.getuid())
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("sshd" if "sshd" in names else "nobody")


class Server:
    """A server with the folders ``out`` and ``in`` that can be ended and started again."""

    def __init__(self, place: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="eakte-archive-server-"))
        self.port, self.owner = free_port(), unprivileged()
        self.out, self.into = self.folder / place / "out", self.folder / place / "in"
        for each in (self.out, self.into):
            each.mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return the words that start the server in the foreground."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the server and wait until it answers."""
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        with (self.folder / "told").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd=self.folder, user=self.owner.pw_uid, group=self.owner.pw_gid, extra_groups=[],
            )  # fmt: skip
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, (self.folder / "told").read_text()
            time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def stop(self) -> None:
        """End the server and everything it started, as a crash would."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class WebDavServer(Server):
    """Apache with mod_dav; ``/umzug/`` sends everybody to the port ``elsewhere``."""

    def __init__(self) -> None:
        super().__init__("www/austausch")
        self.elsewhere = free_port()
        certify(self.folder)
        self.ca_file = str(self.folder / "certificate.pem")
        self.url = f"https://127.0.0.1:{self.port}/austausch/"
        hashed = subprocess.run(
            ["openssl", "passwd", "-apr1", "-stdin"], input=PASSWORD, check=True, capture_output=True, text=True
        ).stdout.strip()
        (self.folder / "users").write_text(f"{USER}:{hashed}\n")
        names = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias", "ssl",
                 "socache_shmcb", "dav", "dav_fs", "mime")  # fmt: skip
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
        (self.folder / "types").write_text("application/zip zip\n")
        text = APACHE_CONFIG.format(folder=self.folder, port=self.port, elsewhere=self.elsewhere, modules=modules)
        (self.folder / "apache.conf").write_text(f"{text}TypesConfig {self.folder}/types\n")

    def command(self) -> list[str]:
        return [APACHE, "-f", str(self.folder / "apache.conf"), "-D", "FOREGROUND"]


class SftpServer(Server):
    """OpenSSH's own server; it knows one key and shows one."""

    def __init__(self) -> None:
        super().__init__("austausch")
        self.user = self.owner.pw_name
        self.key_file = self.folder / "our key"
        self.new_key("host")
        self._keygen(self.key_file, PASSWORD)
        shutil.copy(f"{self.key_file}.pub", self.folder / "known")
        (self.folder / "sshd.conf").write_text(SSHD_CONFIG.format(folder=self.folder, port=self.port))

    @property
    def url(self) -> str:
        return f"sftp://127.0.0.1:{self.port}{self.folder}/austausch"

    @property
    def host_key(self) -> str:
        return " ".join((self.folder / "host.pub").read_text().split()[:2])

    def new_key(self, name: str) -> None:
        """Make a key pair in the place of what has that name."""
        (self.folder / name).unlink(missing_ok=True)
        self._keygen(self.folder / name, "")

    @staticmethod
    def _keygen(file: Path, passphrase: str) -> None:
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(file)]
        subprocess.run(words, check=True, capture_output=True, timeout=60)

    def command(self) -> list[str]:
        return [SSHD, "-D", "-e", "-f", str(self.folder / "sshd.conf")]


class Relay:
    """Stands before a server and cuts every connection once so many bytes have gone there."""

    def __init__(self, port: int, after: int) -> None:
        self._to, self._left = port, after
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def cut(self) -> bool:
        return self._left == 0

    def _serve(self) -> None:
        with suppress(OSError):
            while not self.cut:
                near, _ = self._listening.accept()
                with closing(near), closing(socket.create_connection(("127.0.0.1", self._to))) as far:
                    self._carry(near, far)

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        back = threading.Thread(target=_pour, args=(far, near))
        back.start()
        with suppress(OSError):
            while not self.cut and (piece := near.recv(min(65536, self._left))):
                far.sendall(piece)
                self._left -= len(piece)
        for each in (far, near):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        back.join()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)


def _running(server: Server) -> Iterator[Server]:
    server.start()
    yield server
    server.remove()


@pytest.fixture
def webdav_server() -> Iterator[Server]:
    if not APACHE or not MODULES:
        pytest.skip("Apache is missing (apache2-bin)")
    yield from _running(WebDavServer())


@pytest.fixture
def sftp_server() -> Iterator[Server]:
    if not SSHD or shutil.which("ssh-keygen") is None:
        pytest.skip("OpenSSH's server is missing (openssh-server)")
    yield from _running(SftpServer())
