"""Programs that come from Maven's repository: fetched once, kept beside the Python packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

_SECONDS = 240


@cache
def kept(name: str, fetch: Callable[[Path], Path]) -> Path:
    """Return the folder of program *name*, made at the first call by *fetch* below the folder given to it.

    The test is skipped by name where Java or Maven is missing or the repository cannot be reached.
    """
    if shutil.which("java") is None or shutil.which("mvn") is None:
        pytest.skip(f"{name} needs Java and Maven")
    place = Path(sys.prefix) / name
    if not place.exists():
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            made = fetch(Path(folder))
            try:
                made.rename(place)
            except OSError:
                assert place.exists()  # another test run was first
    return place


def run(folder: Path, goal: str, options: Sequence[str]) -> None:
    """Run one Maven goal in *folder*; where it cannot be done the test is skipped by name."""
    try:
        subprocess.run(
            ["mvn", "-B", "-q", goal, *options], cwd=folder, check=True, capture_output=True, timeout=_SECONDS
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"Maven cannot fetch: {goal} {' '.join(options)} ({type(error).__name__})")
