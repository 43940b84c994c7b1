"""A real mail server (dovecot) in a folder of its own, on free ports of the loopback address, with TLS and Maildir.

Fixture: ``mail_server``; skips by name where dovecot is missing.
"""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted

from eakte.worker.sources import Mailbox
from tests.ldap.server import certify
from tests.postgres import free_port

DOVECOT = next((path for path in ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot") if Path(path).exists()), "")
PASSWORD = "Post liest mit"
DONE = "Erledigt"
"""A folder for mails that are safe."""
CONFIG = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = {service}
default_internal_group = {service_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


class Server:
    """The mail server with one mailbox; mail is delivered by writing into its Maildir, as a delivery agent does."""

    user = "bauamt"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        self.delivered = 0
        account = self._account()
        certify(folder)
        (folder / "users").write_text(f"{self.user}:{PASSWORD}\n")
        (folder / "password").write_text(f"{PASSWORD}\n")
        for name in ("new", "cur", "tmp"):
            (self._inbox / name).mkdir(parents=True)
        self._own(folder / "mail")
        self._own(folder / "mail" / self.user)
        for name in ("new", "cur", "tmp"):
            self._own(self._inbox / name)
        config = folder / "dovecot.conf"
        config.write_text(CONFIG.format(folder=folder, port=self.port, tls_port=self.tls_port, **account))
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], stderr=subprocess.PIPE, text=True)
        self._wait()

    @property
    def _inbox(self) -> Path:
        return self.folder / "mail" / self.user

    def _account(self) -> dict[str, object]:
        """Return as whom the server runs: as us, or as its own accounts where we are root."""
        if os.getuid():
            me, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
            self._owner = (os.getuid(), os.getgid())
            return {"service": me, "service_group": group, "login": me, "uid": os.getuid(), "gid": os.getgid()}
        own = pwd.getpwnam("dovecot")
        self._owner = (own.pw_uid, own.pw_gid)
        return {
            "service": "dovecot",
            "service_group": grp.getgrgid(own.pw_gid).gr_name,
            "login": "dovenull",
            "uid": own.pw_uid,
            "gid": own.pw_gid,
        }

    def _own(self, path: Path) -> None:
        os.chown(path, *self._owner)

    def _wait(self) -> None:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls_port)) == 0:
                    return
            if self.process.poll() is not None:
                log = self.folder / "log"
                told = self.process.communicate()[1], log.read_text() if log.exists() else ""
                raise AssertionError(f"dovecot ended: {told}")
            time.sleep(0.05)
        raise AssertionError("dovecot does not answer")

    def deliver(self, mail: bytes) -> None:
        """Deliver a mail: written aside, then moved as a whole."""
        self.delivered += 1
        name = f"{1_700_000_000 + self.delivered}.M{self.delivered}P1.here"
        aside = self._inbox / "tmp" / name
        aside.write_bytes(mail)
        self._own(aside)
        aside.rename(self._inbox / "new" / name)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def looking(server: Server) -> MailBoxUnencrypted:
    """Return the mailbox opened as its owner, who sees what a worker did to it."""
    opened: MailBoxUnencrypted = MailBoxUnencrypted("127.0.0.1", server.port).login(server.user, PASSWORD)
    return opened


def emptied(server: Server, done_folder: str = "") -> Mailbox:
    """Empty the mailbox and return it as a source over TLS."""
    with looking(server) as opened:
        opened.delete(opened.uids())
        if opened.folder.exists(DONE):
            opened.folder.delete(DONE)
    return Mailbox(
        name="Bauamt",
        host="127.0.0.1",
        port=server.tls_port,
        user=server.user,
        password_file=str(server.folder / "password"),
        ca_file=str(server.folder / "certificate.pem"),
        unit="63.2",
        done_folder=done_folder,
    )


@pytest.fixture(scope="module")
def mail_server() -> Iterator[Server]:
    if not DOVECOT:
        pytest.skip("dovecot is missing")
    # Short and open to all: the server's sockets have short names, and its parts run under accounts of their own.
    folder = Path(tempfile.mkdtemp(prefix="mail"))
    folder.chmod(0o755)
    server = Server(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
