"""Check a message or package: the schema of its version, then the rules the schema cannot state.

Sources of the rules: the specification's chapters on naming and packages, the implementation hints in the schemas, and
what archives check on arrival.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from retention.errors import (
    MessageUnreadableError,
    PackageUnreadableError,
    PackageUnsafeError,
    RetentionError,
    VersionUnknownError,
)
from retention.xdomea.checks import Checks
from retention.xdomea.container import Package, matches, open_package
from retention.xdomea.findings import Finding
from retention.xdomea.parse import local, read_head, read_root, steps
from retention.xdomea.schemas import schema_for

if TYPE_CHECKING:
    from pathlib import Path

    from retention.xdomea.parse import Root

__all__ = ["Finding", "Report", "inspect", "validate"]

_REFUSED = (MessageUnreadableError, PackageUnreadableError, PackageUnsafeError, VersionUnknownError)
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check. ``findings`` break the message; ``hints`` are what archives also like to have."""

    version: str | None
    code: str | None
    process_id: str | None
    findings: tuple[Finding, ...]
    hints: tuple[Finding, ...]


def validate(path: Path, schema_folder: Path | None) -> tuple[Finding, ...]:
    """Everything that keeps the package or message at *path* from being sent or accepted; empty if it is clean.

    Raises ``SchemasMissingError`` where *schema_folder* does not hold the version's schemas.
    """
    return inspect(path, schema_folder).findings


def inspect(path: Path, schema_folder: Path | None) -> Report:
    """Check *path* with flat memory, in 2.3.0 to 4.0.0; the namespace decides the version. Raises as ``validate``."""
    try:
        with open_package(path) as package:
            return _inspect(package, schema_folder)
    except _REFUSED as error:
        return Report(None, None, None, (_refused(error),), ())


def _refused(error: RetentionError) -> Finding:
    return Finding(error.code, str(error))


def _inspect(package: Package, schema_folder: Path | None) -> Report:
    with package.message() as source:
        root = next(read_root(element) for _, element in steps(source))
    schema = schema_for(schema_folder, root.version, root.code)
    faults: list[str] = []
    checks = Checks(root)
    process_id = ""
    with package.message() as source:
        for event, element in steps(source, schema, faults):
            if event == "end" and local(element) in {"Kopf", "nachrichtenkopf"}:
                head = read_head(element)
                process_id = head.process_id
                checks.head(head)
            if event == "start":
                checks.start(element)
            else:
                checks.end(element)
    findings = [Finding("schema", fault) for fault in faults]
    findings += checks.root_findings()
    findings += _naming(package, root, process_id)
    findings += checks.findings
    findings += _files(package, checks)
    return Report(
        root.version, root.code, process_id or None, tuple(dict.fromkeys(findings)), tuple(dict.fromkeys(checks.hints))
    )


def _naming(package: Package, root: Root, process_id: str) -> list[Finding]:
    """File names of ZIP and message: <ProzessID>_<Nachrichtentyp>, the same for both."""
    if package.archive is None:
        return []
    found = []
    stem = package.message_name[:-4]
    parts = matches(package.path.stem)
    if package.path.stem != stem:
        found.append(Finding("name-differs", f"ZIP und Nachricht heißen verschieden ({stem}.xml)."))
    if parts is None:
        return [*found, Finding("name-unknown", "Der Name des Pakets folgt nicht <ProzessID>_<Nachrichtentyp>.")]
    if parts["process"].lower() != process_id.lower():
        found.append(Finding("name-process", "Der Name des Pakets nennt ein anderes Verfahren als die Nachricht."))
    if parts["code"] != root.code:
        found.append(Finding("name-code", f"Der Name des Pakets nennt {parts['code']}, die Nachricht ist {root.code}."))
    if parts.get("name", root.element.rpartition(".")[0]) != root.element.rpartition(".")[0]:
        found.append(Finding("name-code", "Der Name des Pakets nennt eine andere Nachricht."))
    return found


def _files(package: Package, checks: Checks) -> list[Finding]:
    """Every named file is in the package, nothing else is, and hashes agree."""
    if package.archive is None:
        return []
    found = [
        Finding("file-missing", f"Die Datei {name} fehlt im Paket.", name)
        for name in checks.primary
        if name not in package.files
    ]
    found += [
        Finding("file-surplus", f"Die Datei {name} kommt in der Nachricht nicht vor.", name)
        for name in package.files
        if name not in checks.primary
    ]
    for name in package.files:
        found += _content(package, name, checks.primary.get(name, {}))
    return found


def _content(package: Package, name: str, expected: dict[str, str]) -> list[Finding]:
    """Read one file through: its bytes are whole (checksum of the ZIP) and have the stated hashes."""
    digests = {algorithm: hashlib.new(algorithm) for algorithm in expected}
    try:
        with package.open(name) as source:
            _feed(source, list(digests.values()))
    except PackageUnreadableError:
        return [Finding("file-damaged", f"Die Datei {name} ist im Paket beschädigt.", name)]
    return [
        Finding("hash-differs", f"Die Datei {name} hat nicht die angegebene Prüfsumme.", name)
        for algorithm, digest in digests.items()
        if digest.hexdigest() != expected[algorithm].lower()
    ]


def _feed(source: IO[bytes], digests: list[hashlib._Hash]) -> None:
    while block := source.read(_BLOCK):
        for digest in digests:
            digest.update(block)
