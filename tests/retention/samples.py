"""Case files for tests of the exchange with the archive."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

import pytest

from retention import (
    DisposalAction,
    HistoryLine,
    MessageHead,
    OfferedCase,
    OfferedDocument,
    OfferedFile,
    Party,
    PrimaryFile,
    RetentionData,
    archived_part,
    parents,
)

PROCESS = "3f0c7a3e-6d0b-4b7f-9f55-0d6d6f2f1a77"
HEAD = MessageHead(
    process_id=PROCESS,
    created_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    sender=Party("Stadt Musterstedt", "Schriftgutverwaltung", "03:241001", "abc"),
    receiver=Party("Stadtarchiv Musterstedt"),
    product_version="0.1.0",
)
RETENTION = RetentionData(DisposalAction.REVIEW, date(2025, 12, 31), 10, proposal=DisposalAction.ARCHIVE)


def schema_folder() -> Path:
    """The schemas, or a skip that says what is missing."""
    named = os.environ.get("EAKTE_TEST_XDOMEA")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "data" / "xdomea" / "xsd"
    if not (folder / "3.1.0").is_dir():
        pytest.skip("xdomea-Schemata fehlen: EAKTE_TEST_XDOMEA nennt keinen Ordner mit 3.1.0")
    return folder


def sample_folder() -> Path:
    """Published and synthetic messages beside the schemas, or a skip."""
    folder = schema_folder().parent / "samples"
    if not folder.is_dir():
        pytest.skip("xdomea-Beispielnachrichten fehlen neben den Schemata")
    return folder


def identity(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def content(file_id: str) -> bytes:
    return b"%PDF-1.7 " + file_id.encode() * 40


def open_file(file: PrimaryFile) -> IO[bytes]:
    return io.BytesIO(content(file.file_id))


def primary(*parts: object, name: str = "Bescheid für Müller.pdf", pdf_a: str = "") -> PrimaryFile:
    file_id = identity("file", *parts, pdf_a)
    data = content(file_id)
    return PrimaryFile(file_id, name, "application/pdf", hashlib.sha256(data).hexdigest(), len(data), pdf_a=pdf_a)


def document(*parts: object) -> OfferedDocument:
    return OfferedDocument(
        document_id=identity("document", *parts),
        subject="Bescheid über die Sondernutzung & <Gebühr>",
        document_type="Bescheid",
        position=1,
        foreign_reference="AZ 4711",
        sender="Bäckerei Größer GmbH",
        received_on=date(2014, 3, 2),
        files=(primary(*parts), primary(*parts, name="bescheid_a.pdf", pdf_a="2b")),
    )


def case_file(number: int = 1, *, cases: int = 2, documents: int = 2) -> OfferedFile:
    reference = f"12.05.01-{number:04}/2013"
    return OfferedFile(
        file_id=identity("akte", number),
        subject="Sondernutzung Müllerplatz",
        reference=reference,
        plan_code="12.05.01",
        plan_title="Bußgeldsachen",
        lead_unit="32.1 Allgemeine Ordnung",
        period_from=date(2013, 2, 1),
        period_to=date(2015, 12, 15),
        closed_on=date(2015, 12, 15),
        retention=RETENTION,
        cases=tuple(
            OfferedCase(
                case_id=identity("vorgang", number, position),
                subject=f"Vorgang {position}",
                reference=f"{reference}-{position:03}",
                period_from=date(2013, 2, 1),
                period_to=date(2015, 12, 15),
                closed_on=date(2015, 12, 15),
                retention=RETENTION,
                position=position,
                documents=tuple(document(number, position, each) for each in range(documents)),
            )
            for position in range(1, cases + 1)
        ),
        documents=(document(number, "direkt"),),
        history=(
            HistoryLine(datetime(2013, 2, 1, 8, tzinfo=UTC), "Registratur", "angelegt"),
            HistoryLine(
                datetime(2015, 12, 15, 8, tzinfo=UTC), "Registratur", "z.d.A. verfügt", "Status", "offen", "geschlossen"
            ),
        ),
    )


def wanted(offered: OfferedFile) -> OfferedFile:
    """The case file as it is handed over when the archive wants all of it."""
    part = archived_part(offered, dict.fromkeys(parents([offered]), DisposalAction.ARCHIVE))
    assert part is not None
    return part
