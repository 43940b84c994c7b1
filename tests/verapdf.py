"""veraPDF, a validator that had no part in making our files: fetched once with Maven, run with Java."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests import maven

VERSION = "1.28.2"
_RUNNER = Path(__file__).with_name("VeraPdf.java")
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>none</groupId><artifactId>none</artifactId><version>1</version><dependencies><dependency>
<groupId>org.verapdf</groupId><artifactId>validation-model</artifactId><version>{VERSION}</version>
</dependency></dependencies></project>"""


def faults(files: Sequence[Path], flavour: str = "2b") -> dict[Path, list[str]]:
    """Return what veraPDF finds wrong in each of *files*; the test is skipped by name where it cannot be had."""
    libraries = maven.kept(f"verapdf-{VERSION}", _fetch)
    command = [
        "java",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{libraries}/*",
        str(_RUNNER),
        flavour,
        *map(str, files),
    ]
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


def _fetch(folder: Path) -> Path:
    (folder / "pom.xml").write_text(_POM, "utf-8")
    maven.run(folder, "dependency:copy-dependencies", [f"-DoutputDirectory={folder / 'lib'}"])
    return folder / "lib"
