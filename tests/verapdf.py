"""veraPDF, a validator that had no part in making our files: fetched once with Maven, run with Java."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

VERSION = "1.28.2"
_KEPT = Path(sys.prefix) / f"verapdf-{VERSION}"
_RUNNER = Path(__file__).with_name("VeraPdf.java")
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>none</groupId><artifactId>none</artifactId><version>1</version><dependencies><dependency>
<groupId>org.verapdf</groupId><artifactId>validation-model</artifactId><version>{VERSION}</version>
</dependency></dependencies></project>"""


def faults(files: Sequence[Path], flavour: str = "2b") -> dict[Path, list[str]]:
    """Return what veraPDF finds wrong in each of *files*; the test is skipped by name where it cannot be had."""
    libraries = _libraries()
    command = ["java", "-cp", f"{libraries}/*", str(_RUNNER), flavour, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[Path, list[str]] = {}
    for line in done.stdout.splitlines():
        kind, _, rest = line.partition("\t")
        if kind == "FILE":
            found[Path(rest)] = []
        elif kind == "FAULT":
            found[list(found)[-1]].append(rest)
    assert list(found) == list(files)
    return found


@cache
def _libraries() -> Path:
    if shutil.which("java") is None or shutil.which("mvn") is None:
        pytest.skip("veraPDF needs Java and Maven")
    if not _KEPT.exists():
        with tempfile.TemporaryDirectory(dir=_KEPT.parent) as name:
            _fetch(Path(name))
    return _KEPT


def _fetch(folder: Path) -> None:
    (folder / "pom.xml").write_text(_POM, "utf-8")
    command = ["mvn", "-B", "-q", "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}"]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=240)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("veraPDF cannot be fetched")
    try:
        (folder / "lib").rename(_KEPT)
    except OSError:
        assert _KEPT.exists()  # another test run was first
