"""A private Ceph of one node for tests of the S3 store: mon, osd in memory and radosgw on loopback ports.

Fixtures: ``s3_objects``, an empty bucket per test. The server is one of, in this order: the one at EAKTE_TEST_S3_URL
(with keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or a Ceph of the packages ceph-mon, ceph-osd and radosgw,
where they are installed and we are root. Otherwise the tests are skipped and say so.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from eakte.store.objects import MARK
from eakte.store.objects_s3 import S3Objects, s3_client

PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool", "ceph-authtool")
MISSING = "no S3 server: EAKTE_TEST_S3_URL is not set, and ceph-mon, ceph-osd, radosgw and root are not all there"
ACCESS_KEY, SECRET_KEY = "testaccess", "testsecret"
CONFIG = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon2},v1:127.0.0.1:{mon1}]
public network = 127.0.0.0/8
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
keyring = {folder}/keyring
run dir = {folder}/run
admin socket = {folder}/run/$name.asok
pid file = {folder}/run/$name.pid
log file = {folder}/log/$name.log
log to stderr = false
[mon]
mon data = {folder}/mon
mon initial members = a
mon data avail crit = 1
mon data avail warn = 2
auth allow insecure global id reclaim = false
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd max object name len = 256
osd max object namespace len = 64
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw data = {folder}/rgw
rgw dns name = 127.0.0.1
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Ceph:
    """One running node."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="eakte-ceph-"))
        for name in ("mon", "osd", "rgw", "run", "log"):
            (self.folder / name).mkdir()
        self._fsid, self._port, self._mon2 = str(uuid4()), _free_port(), _free_port()
        config = CONFIG.format(
            fsid=self._fsid, folder=self.folder, mon2=self._mon2, mon1=_free_port(), port=self._port
        )  # fmt: skip
        (self.folder / "ceph.conf").write_text(config)
        self._make_keys()
        self._start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def stop(self) -> None:
        for file in (self.folder / "run").glob("*.pid"):
            os.kill(int(file.read_text()), signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_keys(self) -> None:
        everything = ("--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *")
        rights: dict[str, tuple[str, ...]] = {
            "mon.": ("--cap", "mon", "allow *"),
            "client.admin": everything,
            "osd.0": ("--cap", "mon", "allow profile osd", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"),
            "client.rgw.a": ("--cap", "mon", "allow rw", "--cap", "osd", "allow rwx", "--cap", "mgr", "allow rw"),
        }
        keyring = str(self.folder / "keyring")
        for number, (name, caps) in enumerate(rights.items()):
            create = () if number else ("-C",)
            self._run("ceph-authtool", *create, keyring, "--gen-key", "-n", name, *caps)

    def _start(self) -> None:
        conf, monmap = ("-c", str(self.folder / "ceph.conf")), str(self.folder / "monmap")
        address = f"[v2:127.0.0.1:{self._mon2}]"
        self._run("monmaptool", "--create", "--fsid", self._fsid, "--addv", "a", address, monmap)
        keyring = str(self.folder / "keyring")
        self._run("ceph-mon", *conf, "-i", "a", "--mkfs", "--monmap", monmap, "--keyring", keyring)
        self._run("ceph-mon", *conf, "-i", "a")
        self._run("ceph", *conf, "osd", "new", self._fsid)
        self._run("ceph-osd", *conf, "-i", "0", "--mkfs", "--osd-uuid", self._fsid)
        self._run("ceph-osd", *conf, "-i", "0")
        self._run("ceph", *conf, "osd", "crush", "add", "osd.0", "1", "root=default", "host=vm")
        self._run("radosgw", *conf, "-n", "client.rgw.a")
        self._wait_for_gateway()
        user = ("--uid=test", "--display-name=test", f"--access-key={ACCESS_KEY}", f"--secret-key={SECRET_KEY}")
        self._run("radosgw-admin", *conf, "user", "create", *user)

    def _wait_for_gateway(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def _run(self, *command: str) -> None:
        with (self.folder / "log" / "commands").open("ab") as log:
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    if given := os.environ.get("EAKTE_TEST_S3_URL"):
        yield given
        return
    if os.geteuid() != 0 or not all(shutil.which(program) for program in PROGRAMS):
        pytest.skip(MISSING)
    ceph = Ceph()
    yield ceph.endpoint
    ceph.stop()


_BUCKETS = count(1)


@pytest.fixture
def s3_objects(s3_endpoint: str) -> Iterator[S3Objects]:
    client = s3_client(
        s3_endpoint,
        access_key=os.environ.get("AWS_ACCESS_KEY_ID", ACCESS_KEY),
        secret_key=os.environ.get("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
    )
    bucket = f"eakte-test-{uuid4().hex[:12]}-{next(_BUCKETS)}"
    client.create_bucket(Bucket=bucket)
    objects = S3Objects(client, bucket)
    yield objects
    for name in list(objects.each()):
        objects.delete(name)
    client.delete_object(Bucket=bucket, Key=MARK)
    client.delete_bucket(Bucket=bucket)
