"""The programmes that measure search run on every engine and print what they say they print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search.servers import Servers
from tests import opensearch as real
from tests.contracts.search_engines import ENGINES

pytestmark = pytest.mark.xdist_group("opensearch")
Run = Callable[..., dict[str, Any]]
FIGURES = {
    "page_p95_ratio_bare", "page_p95_ms", "growth", "index_ratio_bare", "reader_mb", "add_to_found_ms",
}  # fmt: skip


@pytest.fixture(params=ENGINES)
def run(request: pytest.FixtureRequest) -> Run:
    """Return what runs a programme for one of the engines and reads its last line."""
    environment = dict(os.environ)
    if request.param == "opensearch":
        servers: Servers = request.getfixturevalue("opensearch")
        environment[real.URL] = ",".join(servers.addresses)

    def done(program: str, *options: str) -> dict[str, Any]:
        command = [sys.executable, "-m", program, "--engine", request.param, *options]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
        figures: dict[str, Any] = json.loads(told.splitlines()[-1])
        return figures

    return done


def test_retrieval_is_measured_with_whatever_people_type(run: Run, tmp_path: Path) -> None:
    docs, queries = tmp_path / "docs.jsonl", tmp_path / "queries.jsonl"
    docs.write_text("\n".join(json.dumps({"id": name, "text": f"Der {name} im Garten"}) for name in ("Zaun", "Turm")))
    asked = ({"id": "1", "text": "Zaun", "relevant": ["Zaun"]}, {"id": "2", "text": '"(*:', "relevant": ["Turm"]})
    queries.write_text("\n".join(map(json.dumps, asked)))
    figures = run("bench.retrieval", "--docs", str(docs), "--queries", str(queries))
    assert (figures["errors"], figures["recall10"], figures["queries"]) == (0, 0.5, 2)


def test_a_result_page_is_measured(run: Run) -> None:
    figures = run("bench.search", "--pages", "40", "--questions", "3")
    assert figures.keys() >= FIGURES
    assert figures["reader_mb"] > 0


def test_two_engines_are_compared_on_the_same_pages() -> None:
    command = [sys.executable, "-m", "bench.search", "--pages", "40", "--questions", "3", "--against", "whoosh"]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures = json.loads(told.splitlines()[-1])
    assert figures["against_pages"] == 40
    assert figures["against_cpu_ratio"] > 0


def test_indexes_that_are_kept_are_measured_again_as_they_are(tmp_path: Path) -> None:
    keeping = ("--questions", "3", "--keep", str(tmp_path / "kept"))
    told = [
        subprocess.run(
            [sys.executable, "-m", "bench.search", "--pages", count, *keeping],
            check=True, capture_output=True, text=True,
        )
        for count in ("40", "80")
    ]  # fmt: skip
    assert [bool(each.stderr) for each in told] == [True, False], "the second run put pages in"
    first, again = (json.loads(each.stdout.splitlines()[-1]) for each in told)
    assert first["index_ratio_bare"] == again["index_ratio_bare"] > 0
