"""Write what a release is made of, from the lock files: ``python -m tools.sbom FILE`` (CycloneDX 1.6, JSON).

What runs in operation has the scope ``required``, what only building and testing need ``excluded``. Programs of the
operating system (Tesseract, LibreOffice, PostgreSQL) are the distribution's and stand in its own list. The same commit
gives the same bytes.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.markers import Marker
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
VERSION = SchemaVersion.V1_6
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
"""What the service runs on; what the lock file holds for other systems is left out."""
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Where these need different versions of a package, the bill names each."""
SHA256, SHA512 = HashAlgorithm.SHA_256, HashAlgorithm.SHA_512
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
LICENCES = LicenseFactory()


def bill(root: Path, at: datetime) -> Bom:
    """Return the bill of materials of the tree below *root*, as of a moment."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = project["name"], project["version"]
    whole = Component(
        type=ComponentType.APPLICATION, name=name, version=version, description=project["description"],
        bom_ref=f"{name}@{version}", licenses=[LICENCES.make_from_string(project["license"])],
    )  # fmt: skip
    needed = [*python_parts(root / "requirements.lock", ComponentScope.REQUIRED), *node_parts(root)]
    names = {one.purl for one in needed}
    tests = [
        one for one in python_parts(root / "requirements-dev.lock", ComponentScope.EXCLUDED) if one.purl not in names
    ]
    parts = [*needed, *tests]
    bom = Bom(components=parts, serial_number=uuid5(NAMESPACE_URL, "\n".join(sorted(str(one.purl) for one in parts))))
    bom.metadata.component, bom.metadata.timestamp = whole, at
    bom.register_dependency(whole, [one for one in parts if one.scope is ComponentScope.REQUIRED])
    return bom


def python_parts(lock: Path, scope: ComponentScope) -> Iterator[Component]:
    """Yield what a lock file of Python packages names."""
    for block in re.split(r"\n(?=\S)", lock.read_text("utf-8")):
        line = block.partition(" \\\n")[0].strip()
        if not line or line.startswith("#"):
            continue
        wanted = Requirement(line)
        if wanted.marker and not any(_holds(wanted.marker, python) for python in PYTHONS):
            continue
        version = str(wanted.specifier).removeprefix("==")
        files = [HashType(alg=SHA256, content=found) for found in _HASH.findall(block)]
        index = XsUri(f"https://pypi.org/project/{wanted.name}/{version}/")
        purl = PackageURL("pypi", name=wanted.name, version=version)
        yield Component(
            type=ComponentType.LIBRARY, name=wanted.name, version=version, purl=purl, bom_ref=str(purl), scope=scope,
            licenses=licences_of(wanted.name),
            external_references=[ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=index, hashes=files)],
        )  # fmt: skip


def _holds(marker: Marker, python: str) -> bool:
    return marker.evaluate({**LINUX, "python_version": python, "python_full_version": f"{python}.0"})


def node_parts(root: Path) -> Iterator[Component]:
    """Yield the parts of the web interface and what tests take from the same registry."""
    packages = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    for path, told in packages.items():
        if not path:
            continue
        group, _, name = path.rpartition("node_modules/")[2].rpartition("/")
        purl = PackageURL("npm", namespace=group or None, name=name, version=told["version"])
        digest = base64.b64decode(told["integrity"].removeprefix("sha512-")).hex()
        yield Component(
            type=ComponentType.LIBRARY, group=group or None, name=name, version=told["version"], purl=purl,
            # The same package may lie there several times, for others that need another version.
            bom_ref=f"{purl}#{path}", properties=[Property(name="cdx:npm:package:path", value=path)],
            scope=ComponentScope.EXCLUDED if told.get("dev") else ComponentScope.REQUIRED,
            hashes=[HashType(alg=SHA512, content=digest)],
            licenses=[LICENCES.make_from_string(told["license"])] if "license" in told else [],
        )  # fmt: skip


def licences_of(name: str) -> list[License]:
    """Return the licence a package declares, as it is installed here: in SPDX terms, or else as its classifiers say."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    text = told.get("License-Expression") or told.get("License") or ""
    if text and "\n" not in text and len(text) < 100:
        return [LICENCES.make_from_string(text)]
    named = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License :: ")]
    return [LICENCES.make_with_name(one) for one in dict.fromkeys(named)]


def written(bom: Bom) -> str:
    """Return the bill as JSON.

    Raises:
        ValueError: It does not fit the schema.
    """
    text = make_outputter(bom, OutputFormat.JSON, VERSION).output_as_string(indent=1)
    if fault := JsonStrictValidator(VERSION).validate_str(text):
        raise ValueError(str(fault))
    return text + "\n"


def main(file: Path) -> None:
    """Write the bill of the commit that is checked out."""
    seconds = subprocess.check_output(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], text=True)
    bom = bill(ROOT, datetime.fromtimestamp(int(seconds), UTC))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(written(bom), "utf-8")
    needed = sum(one.scope is ComponentScope.REQUIRED for one in bom.components)
    print(f"{file}: {len(bom.components)} Bestandteile, davon {needed} im Betrieb.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
