"""A real directory (slapd) in a folder of its own, on a free port of the loopback address, with TLS.

Fixture: ``directory_server``; skips by name where slapd is missing.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.postgres import free_port

SLAPD = next((path for path in ("/usr/sbin/slapd", "/usr/lib/openldap/slapd") if Path(path).exists()), "")
BASE = "dc=stadt,dc=example"
ADMIN = f"cn=verwaltung,{BASE}"
PASSWORD = "Verzeichnis liest mit"
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/pid
argsfile {folder}/args
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
disallow bind_anon
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw "{password}"
directory {folder}/db
overlay memberof
"""


class Server:
    """The directory; people are changed with the tools a directory comes with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        self.url = f"ldap://127.0.0.1:{self.port}"
        self.tls_url = f"ldaps://127.0.0.1:{self.tls_port}"
        (folder / "db").mkdir()
        certify(folder)
        config = folder / "slapd.conf"
        config.write_text(CONFIG.format(folder=folder, base=BASE, admin=ADMIN, password=PASSWORD))
        words = [SLAPD, "-d", "0", "-f", str(config), "-h", f"{self.url} {self.tls_url}"]
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(words, stdout=self.log, stderr=self.log)
        self._wait()
        self.add("o", BASE, objectClass="dcObject organization", o="Stadt", dc="stadt")

    def _wait(self) -> None:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls_port)) == 0:
                    return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)
        raise AssertionError("slapd does not answer")

    def add(self, _kind: str, dn: str, **values: str) -> None:
        """Add an entry; object classes stand in one text."""
        lines = [f"dn: {dn}"]
        for name, value in values.items():
            parts = value.split() if name == "objectClass" else [value]
            lines += [f"{name}: {part}" for part in parts]
        self._tool("ldapadd", "\n".join(lines))

    def person(self, uid: str, name: str, *, password: str = "") -> str:
        """Add a person and return their name in the directory."""
        dn = f"uid={uid},{BASE}"
        more = {"userPassword": password} if password else {}
        self.add("person", dn, objectClass="inetOrgPerson", uid=uid, cn=name, sn=name, **more)
        return dn

    def group(self, name: str, *members: str) -> None:
        """Add a group with its members."""
        lines = [f"dn: cn={name},{BASE}", "objectClass: groupOfNames", f"cn: {name}"]
        self._tool("ldapadd", "\n".join([*lines, *(f"member: {member}" for member in members)]))

    def change(self, dn: str, changes: Mapping[str, str]) -> None:
        """Replace values of an entry."""
        lines = [f"dn: {dn}", "changetype: modify"]
        for name, value in changes.items():
            lines += [f"replace: {name}", f"{name}: {value}", "-"]
        self._tool("ldapmodify", "\n".join(lines))

    def remove(self, dn: str) -> None:
        """Remove an entry."""
        self._tool("ldapmodify", f"dn: {dn}\nchangetype: delete")

    def _tool(self, program: str, text: str) -> None:
        words = [program, "-x", "-H", self.url, "-D", ADMIN, "-w", PASSWORD]
        subprocess.run(words, input=f"{text}\n", check=True, capture_output=True, encoding="utf-8", timeout=30)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()


def certify(folder: Path) -> None:
    """Write a certificate for the loopback address that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)  # noqa: TID251 - a certificate for this moment
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    unlocked = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unlocked)
    (folder / "key.pem").write_bytes(private)


@pytest.fixture
def directory_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not SLAPD or shutil.which("ldapadd") is None:
        pytest.skip("slapd or ldap-utils is missing")
    server = Server(tmp_path_factory.mktemp("ldap"))
    yield server
    server.stop()
