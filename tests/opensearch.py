"""A real OpenSearch cluster of two nodes on free ports of the loopback address; the server is fetched once with Maven.

Fixture: ``opensearch``, a function that gives a name for indexes and returns the servers with it. It uses
``EAKTE_TEST_OPENSEARCH_URL`` if that is set, and skips by name where there is neither that nor Java and Maven.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from search.servers import Servers
from tests import maven
from tests.postgres import free_port

URL = "EAKTE_TEST_OPENSEARCH_URL"
VERSION = "2.19.6"
_ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
NAMES = ("one", "two")
_SECONDS = 240
_USER = "nobody" if os.geteuid() == 0 else None
"""It refuses to run as root."""
_CONFIG = """
cluster.name: eakte-test
node.name: {name}
path.data: {folder}/data
path.logs: {folder}/logs
http.port: {http}
transport.port: {transport}
network.host: 127.0.0.1
discovery.seed_hosts: {seeds}
cluster.initial_cluster_manager_nodes: {names}
cluster.routing.allocation.disk.threshold_enabled: false
"""
_JAVA = """
-Xms320m
-Xmx320m
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-Djava.io.tmpdir={folder}
18-:-Djava.security.manager=allow
"""


class Nodes:
    """Two nodes of one cluster; each can be killed and come back."""

    def __init__(self, server: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="eakte-opensearch-"))
        self.folder.chmod(0o755)
        self._server = self._reachable(server)
        ports = [(free_port(), free_port()) for _ in range(2)]
        seeds = json.dumps([f"127.0.0.1:{transport}" for _, transport in ports])
        self.urls = tuple(f"http://127.0.0.1:{http}" for http, _ in ports)
        for name, (http, transport) in zip(NAMES, ports, strict=True):
            self._prepare(name, {"http": http, "transport": transport, "seeds": seeds})
        self._processes = [self._started(name) for name in NAMES]

    def _reachable(self, server: Path) -> Path:
        """Return *server*, or a copy of it where the user it runs as may not look into the folder of this project."""
        program = server / "bin" / "opensearch"
        if _USER is None or subprocess.run(["test", "-x", program], user=_USER, cwd="/", check=False).returncode == 0:
            return server
        return Path(shutil.copytree(server, self.folder / "server"))

    def _prepare(self, name: str, ports: dict[str, object]) -> None:
        folder = self.folder / name
        shutil.copytree(self._server / "config", folder / "config")
        config = _CONFIG.format(name=name, names=json.dumps(NAMES), folder=folder, **ports)
        (folder / "config" / "opensearch.yml").write_text(config, "utf-8")
        (folder / "config" / "jvm.options").write_text(_JAVA.format(folder=folder), "utf-8")
        for made in ("data", "logs"):
            (folder / made).mkdir()
        if _USER:
            owner = pwd.getpwnam(_USER)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def _started(self, name: str) -> subprocess.Popen[bytes]:
        folder = self.folder / name
        variables = {
            "PATH": os.environ["PATH"],
            "JAVA_HOME": str(Path(shutil.which("java") or "").resolve().parent.parent),
            "OPENSEARCH_PATH_CONF": str(folder / "config"),
        }
        with (folder / "out").open("ab") as out:
            return subprocess.Popen(
                [self._server / "bin" / "opensearch"], env=variables, user=_USER, stdout=out, stderr=out, cwd=folder
            )

    def wait(self) -> None:
        """Wait until both have found each other."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end and all(process.poll() is None for process in self._processes):
            with (
                contextlib.suppress(OSError, ValueError, HTTPException),
                urllib.request.urlopen(f"{self.urls[0]}/_cluster/health", timeout=10) as answer,  # noqa: S310 - our own
            ):
                if json.load(answer)["number_of_nodes"] == len(self.urls):
                    return
            time.sleep(0.3)
        pytest.fail("OpenSearch does not start: " + (self.folder / "one" / "out").read_text("utf-8", "replace")[-2000:])

    def kill(self, number: int) -> None:
        """End a node at once, as ``kill -9`` does."""
        self._processes[number].kill()
        self._processes[number].wait()

    def start_again(self, number: int) -> None:
        """Start a node that was killed, on what it left, and wait until both have found each other."""
        self._processes[number] = self._started(NAMES[number])
        self.wait()

    def manager(self) -> int:
        """Return the number of the node that leads the cluster."""
        with urllib.request.urlopen(f"{self.urls[0]}/_cat/cluster_manager?h=node", timeout=10) as answer:  # noqa: S310 - our own
            return NAMES.index(answer.read().decode().strip())

    def remove(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _fetch(folder: Path) -> Path:
    maven.run(folder, "dependency:copy", [f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}"])
    with zipfile.ZipFile(folder / f"opensearch-{VERSION}.zip") as packed:
        packed.extractall(folder)
    made = folder / f"opensearch-{VERSION}"
    for program in (made / "bin").iterdir():
        program.chmod(0o755)
    made.chmod(0o755)
    return made


@contextlib.contextmanager
def cluster() -> Iterator[Nodes]:
    """Run a cluster of our own for the time of a block; without Java or Maven the test is skipped by name."""
    nodes = Nodes(maven.kept(f"opensearch-{VERSION}", _fetch))
    try:
        nodes.wait()
        yield nodes
    finally:
        nodes.remove()


@contextlib.contextmanager
def addresses() -> Iterator[tuple[str, ...]]:
    """Yield the addresses of the servers that are named in the environment, or of a cluster of our own."""
    if url := os.environ.get(URL):
        yield tuple(url.split(","))
    else:
        with cluster() as nodes:
            yield nodes.urls


@pytest.fixture(scope="session")
def opensearch() -> Iterator[Servers]:
    """Return the servers that tests may use, with the names of the indexes they share."""
    with addresses() as urls:
        yield Servers(urls, prefix="eakte-test")
