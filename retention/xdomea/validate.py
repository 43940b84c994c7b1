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
from retention.xdomea.checks import NO_HASHES, Checks
from retention.xdomea.container import Package, matches, open_package
from retention.xdomea.findings import Finding
from retention.xdomea.parse import encoding_of, local, read_head, read_root, steps
from retention.xdomea.schemas import schema_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from retention.xdomea.parse import Head, Root

__all__ = ["Finding", "Report", "inspect", "validate"]

_REFUSED = (MessageUnreadableError, PackageUnreadableError, PackageUnsafeError, VersionUnknownError)
_BLOCK = 2**20
MOST_FINDINGS = 1000


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
        encoding = encoding_of(source.read(200))
    with package.message() as source:
        root = next(read_root(element) for _, element in steps(source))
    schema = schema_for(schema_folder, root.version, root.code)
    faults: list[str] = []
    checks = Checks(root)
    head: Head | None = None
    with package.message() as source:
        for event, element in steps(source, schema, faults):
            if event == "end" and head is None and local(element) in {"Kopf", "nachrichtenkopf"}:
                head = read_head(element)
                checks.head(head)
            if event == "start":
                checks.start(element)
            else:
                checks.end(element)
    findings = [] if schema is not None else [_without_schema(root)]
    if encoding not in {"UTF-8", "US-ASCII"}:
        findings.append(Finding("encoding", f"Die Nachricht ist in {encoding} kodiert, nicht in UTF-8."))
    findings += [Finding("schema", fault) for fault in faults]
    findings += checks.root_findings()
    findings += _naming(package, root, head, checks.number)
    findings += checks.findings
    findings += _files(package, checks)
    return Report(
        version=root.version,
        code=root.code,
        process_id=(head.process_id if head else "") or None,
        findings=_some(findings),
        hints=_some(checks.hints),
    )


def _without_schema(root: Root) -> Finding:
    text = (
        f"Für die Nachricht {root.code} in {root.version} liegt kein Schema vor; geprüft sind nur die übrigen Regeln."
    )
    return Finding("schema-unknown", text)


def _some(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each finding once, and no more than anybody can read."""
    return tuple(dict.fromkeys(findings))[:MOST_FINDINGS]


def _naming(package: Package, root: Root, head: Head | None, number: str) -> list[Finding]:
    """File names of ZIP and message: <ProzessID>_<Nachrichtentyp>, the same for both."""
    if package.archive is None:
        return []
    found = [
        Finding("name-encoding", f"Der Dateiname {name[:80]} ist nicht als UTF-8 gekennzeichnet.", name)
        for name in package.undeclared_names()
    ]
    stem = package.message_name[:-4]
    parts = matches(package.path.stem)
    if package.path.stem != stem:
        found.append(Finding("name-differs", f"ZIP und Nachricht heißen verschieden ({stem}.xml)."))
    if parts is None:
        return [*found, Finding("name-unknown", "Der Name des Pakets folgt nicht <ProzessID>_<Nachrichtentyp>.")]
    if head is None or parts["process"].lower() != head.process_id.lower():
        found.append(Finding("name-process", "Der Name des Pakets nennt ein anderes Verfahren als die Nachricht."))
    if parts["code"] != root.code:
        found.append(Finding("name-code", f"Der Name des Pakets nennt {parts['code']}, die Nachricht ist {root.code}."))
    if parts.get("name", root.element.rpartition(".")[0]) != root.element.rpartition(".")[0]:
        found.append(Finding("name-code", "Der Name des Pakets nennt eine andere Nachricht."))
    if number and parts.get("number", number) != number:
        found.append(Finding("name-number", f"Der Name des Pakets nennt die Nummer {parts['number']}, nicht {number}."))
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
        found += _content(package, name, checks.primary.get(name, NO_HASHES))
    return found


def _content(package: Package, name: str, expected: Mapping[str, str]) -> list[Finding]:
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
