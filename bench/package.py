"""What a hand-over to the archive costs beside copying its bytes: ``python -m bench.package``.

Writes an Aussonderung (0503) of ``--files`` case files with ``--documents`` documents, one original each, and
validates it, by the product's own functions; beside it copies the same originals into a bare ZIP and hashes them and
the ZIP. Each runs in a process of its own, at a tenth of the size and at full size. The last line is one JSON object:

- ``cpu_ratio``: CPU time of writing and validating over that of the bare copy, at full size;
- ``write_ratio``, ``validate_ratio``: each of the two steps alone;
- ``peak_mb``, ``peak_mb_tenth``: the most memory the process held, all programs loaded; ``grown_mb``: their difference;
- ``files``, ``documents``, ``package_mb``, ``findings``: what was made; ``version``: of xdomea.

Needs the schemas: ``--schemas DIR``, or ``EAKTE_TEST_XDOMEA``, or the folder ``shared`` beside the project.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import IO
from uuid import UUID

from retention.model import DisposalAction
from retention.offered import (
    MessageHead,
    OfferedCase,
    OfferedDocument,
    OfferedFile,
    Party,
    PrimaryFile,
    RetentionData,
    primary_files,
)
from retention.package import write_transfer
from retention.xdomea.validate import validate

ORIGINALS, SIZE, BLOCK = 64, 32 * 1024, 2**20
FROM, TO = date(2010, 1, 4), date(2015, 12, 15)
RETENTION = RetentionData(DisposalAction.ARCHIVE, date(2025, 12, 31), 10)


@dataclass(frozen=True, slots=True)
class Work:
    """One size to measure."""

    folder: Path
    schemas: Path
    version: str
    files: int
    documents: int


def made_id(kind: str, number: int) -> str:
    """Return an id as scattered as real ones are, the same for the same number."""
    return str(UUID(bytes=hashlib.sha256(f"{kind}{number}".encode()).digest()[:16]))


def originals(folder: Path) -> list[str]:
    """Write some originals of random bytes; return the SHA-256 of each, which is its name."""
    source, found = random.Random(7), []
    for _ in range(ORIGINALS):
        data = source.randbytes(SIZE)
        found.append(hashlib.sha256(data).hexdigest())
        (folder / found[-1]).write_bytes(data)
    return found


def case_files(work: Work, hashes: list[str]) -> Iterator[OfferedFile]:
    """Yield the case files one by one, their documents spread evenly over one case each."""
    each, more = divmod(work.documents, work.files)
    first = 0
    for number in range(work.files):
        count = each + (number < more)
        reference = f"12.05.01-{number:05}/2010"
        documents = tuple(_document(first + position, reference, position, hashes) for position in range(count))
        first += count
        common = {"period_from": FROM, "period_to": TO, "closed_on": TO, "retention": RETENTION}
        case = OfferedCase(made_id("case", number), "Genehmigung", f"{reference}-001", documents=documents, **common)
        yield OfferedFile(
            file_id=made_id("file", number),
            subject=f"Sondernutzung am Marktplatz {number}",
            reference=reference,
            plan_code="12.05.01",
            plan_title="Sondernutzungen",
            lead_unit="32.1 Allgemeine Ordnung",
            cases=(case,),
            **common,
        )


def _document(number: int, reference: str, position: int, hashes: list[str]) -> OfferedDocument:
    sha256 = hashes[number % len(hashes)]
    file = PrimaryFile(made_id("primary", number), f"Bescheid {number}.pdf", "application/pdf", sha256, SIZE)
    return OfferedDocument(
        document_id=made_id("document", number),
        subject=f"Bescheid über die Sondernutzung {number}",
        document_type="Bescheid",
        position=position + 1,
        reference=f"{reference}-001-{position + 1:03}",
        letter_date=FROM,
        files=(file,),
    )


def product(work: Work) -> dict[str, float]:
    """Write and validate a package; return CPU seconds, peak and findings."""
    hashes = originals(work.folder)

    def open_file(file: PrimaryFile) -> IO[bytes]:
        return (work.folder / file.sha256).open("rb")

    head = MessageHead(
        made_id("process", 1), datetime(2026, 11, 20, tzinfo=UTC), Party("Stadt"), Party("Archiv"), version=work.version
    )
    began = time.process_time()
    written = write_transfer(case_files(work, hashes), head, work.folder, open_file=open_file)
    wrote = time.process_time()
    findings = validate(written.path, work.schemas)
    ended = time.process_time()
    return {
        "write": wrote - began,
        "validate": ended - wrote,
        "peak_mb": _peak(),
        "findings": len(findings),
        "package_mb": written.size / 2**20,
    }


def bare(work: Work) -> dict[str, float]:
    """Copy the same originals into a ZIP, each hashed on its way, and hash the ZIP; return CPU seconds."""
    hashes = originals(work.folder)
    files = [file for each in case_files(work, hashes) for file in primary_files(each)]
    began = time.process_time()
    path = work.folder / "bare.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            digest = hashlib.sha256()
            with (work.folder / file.sha256).open("rb") as source, archive.open(file.file_id, "w") as sink:
                while block := source.read(BLOCK):
                    digest.update(block)
                    sink.write(block)
            if digest.hexdigest() != file.sha256:
                raise SystemExit("an original is not what it was")
    with path.open("rb") as source:
        hashlib.file_digest(source, "sha256")
    return {"bare": time.process_time() - began, "peak_mb": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(schemas: Path, version: str, files: int, documents: int) -> dict[str, float]:
    """Run both ways in processes of their own."""
    found: dict[str, float] = {}
    for task in (bare, product):
        with tempfile.TemporaryDirectory() as folder, get_context("spawn").Pool(1) as pool:
            found |= pool.apply(task, (Work(Path(folder), schemas, version, files, documents),))
    return found


def main() -> None:
    """Measure at two sizes and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--version", default="3.1.0")
    beside = Path(__file__).parents[2] / "shared" / "data" / "xdomea" / "xsd"
    parser.add_argument("--schemas", type=Path, default=Path(os.environ.get("EAKTE_TEST_XDOMEA") or beside))
    options = parser.parse_args()
    if not (options.schemas / options.version).is_dir():
        raise SystemExit(f"no xdomea schemas of {options.version} in {options.schemas}")
    small, large = (
        measured(options.schemas, options.version, max(1, options.files // part), max(1, options.documents // part))
        for part in (10, 1)
    )
    answer = {
        "cpu_ratio": round((large["write"] + large["validate"]) / large["bare"], 2),
        "write_ratio": round(large["write"] / large["bare"], 2),
        "validate_ratio": round(large["validate"] / large["bare"], 2),
        "peak_mb": round(large["peak_mb"], 1),
        "peak_mb_tenth": round(small["peak_mb"], 1),
        "grown_mb": round(large["peak_mb"] - small["peak_mb"], 1),
        "files": options.files,
        "documents": options.documents,
        "package_mb": round(large["package_mb"], 1),
        "findings": int(large["findings"]),
        "version": options.version,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
