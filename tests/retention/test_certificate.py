from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from retention import DestructionFacts, DisposalAction, certificate
from retention.certificate import FONTS
from retention.errors import CertificateInvalidError, FontMissingError

CET = timezone(timedelta(hours=1))
FACTS = DestructionFacts(
    certificate_id="053c2e8b-78a1-5f96-8978-21f95cdc89ed",
    organisation="Stadt Müsterstädt",
    file_id="d720e32d-4765-5177-b65b-42dd7f6e6445",
    reference="12.05.01-0001/2015",
    plan_code="12.05.01",
    opened_on=date(2015, 1, 5),
    closed_on=date(2015, 6, 1),
    retention_end=date(2020, 12, 31),
    case_ids=("b", "a"),
    document_ids=("d3", "d1", "d2"),
    pages=23,
    objects=61,
    originals=tuple(hashlib.sha256(bytes([number])).hexdigest() for number in range(3)),
    rule_id="12.05.01/1",
    legal_basis="§ 31 OWiG",
    explanation=("Die Frist endete am 31.12.2020.",),
    decision=DisposalAction.DESTROY,
    decided_by="Stadtarchiv",
    decided_on=date(2026, 10, 1),
    proposed_by="Stelle 10.2-3",
    proposed_at=datetime(2026, 11, 1, 9, tzinfo=CET),
    approved_by="Stelle 32.1-1",
    approved_at=datetime(2026, 11, 5, 9, tzinfo=CET),
    destroyed_at=datetime(2026, 11, 20, 0, 15, tzinfo=CET),
    process_id="3f0c7a3e-6d0b-4b7f-9f55-0d6d6f2f1a77",
    backups_until=date(2027, 2, 18),
)


@pytest.fixture(autouse=True)
def _font() -> None:
    if not FONTS.is_dir():
        pytest.skip("Schrift fehlt: fonts-dejavu-core")


def page_text(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text()


def test_the_json_is_canonical_and_says_what_was_destroyed() -> None:
    written = certificate(FACTS)
    values = json.loads(written.json)
    assert written.json == json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert values["case_file"]["documents"] == ["d1", "d2", "d3"]
    assert values["case_file"]["originals_sha256"] == sorted(FACTS.originals)
    assert values["counts"] == {"cases": 2, "sub_files": 0, "documents": 3, "originals": 3, "pages": 23, "objects": 61}
    assert values["destruction"]["destroyed_at"] == "2026-11-19T23:15:00Z"
    assert values["appraisal"]["decision"] == "V"


def test_the_page_names_everything_a_court_asks_for_and_the_hash_of_the_json() -> None:
    written = certificate(FACTS)
    text = page_text(written.pdf)
    assert written.sha256 == hashlib.sha256(written.json).hexdigest()
    for part in (
        written.sha256,
        FACTS.reference,
        FACTS.file_id,
        FACTS.certificate_id,
        FACTS.process_id or "",
        "Stadt Müsterstädt",
        "§ 31 OWiG",
        "31.12.2020",
        "Stelle 10.2-3",
        "Stelle 32.1-1",
        "20.11.2026, 00:15 Uhr (UTC+01:00)",
        "18.02.2027",
    ):
        assert part in text


def test_the_page_can_be_read_aloud_and_kept() -> None:
    with pikepdf.open(io.BytesIO(certificate(FACTS).pdf)) as pdf:
        assert str(pdf.Root.Lang) == "de-DE"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.docinfo["/Title"]) == "Vernichtungsnachweis 12.05.01-0001/2015"
        metadata = pdf.Root.Metadata.read_bytes().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "Vernichtungsnachweis 12.05.01-0001/2015" in metadata


def test_the_same_facts_give_the_same_bytes() -> None:
    assert certificate(FACTS) == certificate(FACTS)
    assert certificate(FACTS) != certificate(replace(FACTS, pages=24))


def test_a_long_explanation_still_fits_on_one_page() -> None:
    long = replace(FACTS, explanation=tuple(f"Schritt {number} der Begründung mit Datum." for number in range(60)))
    assert "Schritt 59" in page_text(certificate(long).pdf)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"approved_by": "Stelle 10.2-3"}, "zwei Personen"),
        ({"decision": DisposalAction.REVIEW}, "Bewertung"),
        ({"destroyed_at": datetime(2026, 11, 20, 9)}, "Zeitzone"),  # noqa: DTZ001 - that is the point
        ({"approved_at": datetime(2026, 11, 21, 9, tzinfo=CET)}, "Reihenfolge"),
        ({"retention_end": date(2026, 11, 20)}, "nicht abgelaufen"),
        ({"originals": ("abc",)}, "SHA-256"),
        ({"reference": " "}, "reference fehlt"),
    ],
)
def test_what_was_not_allowed_is_never_certified(change: dict[str, object], reason: str) -> None:
    with pytest.raises(CertificateInvalidError, match=reason):
        certificate(replace(FACTS, **change))  # type: ignore[arg-type] # one field at a time


def test_a_missing_font_is_said_in_german(tmp_path: Path) -> None:
    with pytest.raises(FontMissingError, match="fonts-dejavu-core"):
        certificate(FACTS, fonts=tmp_path)
