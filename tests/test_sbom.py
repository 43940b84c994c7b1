"""The bill of materials: every package of the lock files, once, in the form the standard wants."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.validation.json import JsonStrictValidator

from tools import sbom

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def text() -> str:
    return sbom.written(sbom.bill(ROOT, AT))


@pytest.fixture(scope="module")
def told(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def _locked(name: str) -> set[str]:
    """Return the addresses of the packages of each line, read without the product's reader."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)([^\\\n]*)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return {f"pkg:pypi/{package}@{version}" for package, version, marker in lines if "win32" not in marker}


def test_the_bill_fits_the_schema_and_a_broken_one_does_not(text: str) -> None:
    validator = JsonStrictValidator(sbom.VERSION)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"type": "library"', '"type": "Bücherei"')) is not None


def test_every_locked_package_stands_in_it_with_what_runs_apart_from_what_only_tests(told: dict[str, Any]) -> None:
    purls = {one["purl"]: one["scope"] for one in told["components"]}
    runs, tests = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert len(runs) > 90
    assert runs <= {purl for purl, scope in purls.items() if scope == "required"}
    assert tests - runs <= {purl for purl, scope in purls.items() if scope == "excluded"}
    assert purls["pkg:npm/htmx.org@4.0.1"] == purls["pkg:npm/%40kern-ux/native@2.7.2"] == "required"
    assert purls["pkg:npm/axe-core@4.14.1"] == "excluded"


def test_each_part_has_its_hashes_and_what_runs_has_a_licence(told: dict[str, Any]) -> None:
    for one in told["components"]:
        files = [found for place in one.get("externalReferences", []) for found in place["hashes"]]
        assert one.get("hashes") or files, one["name"]
    assert [one["name"] for one in told["components"] if one["scope"] == "required" and not one.get("licenses")] == []


def test_the_product_needs_exactly_what_runs(told: dict[str, Any]) -> None:
    product = told["metadata"]["component"]
    assert (product["name"], product["licenses"][0]["license"]["id"]) == ("eakte", "EUPL-1.2")
    (needs,) = [one["dependsOn"] for one in told["dependencies"] if one["ref"] == product["bom-ref"]]
    assert set(needs) == {one["bom-ref"] for one in told["components"] if one["scope"] == "required"}


def test_the_same_commit_gives_the_same_bytes(text: str) -> None:
    assert sbom.written(sbom.bill(ROOT, AT)) == text
