"""Office files are drawn by a real LibreOffice, without macros, and what only bears their name never reaches it."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from ingest import ReaderSettings, errors, read_apart
from ingest import media_type as types
from ingest.model import Limits, Reading, Scan
from ingest.office_content import notices
from tests.ingest import office_files
from tests.ingest.conftest import RULES
from tests.ingest.test_containers import zip_bytes

BLIND = ReaderSettings("null", RULES)
needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not set up")


def read(path: Path, limits: Limits | None = None) -> Reading:
    before = path.read_bytes()
    try:
        return read_apart(Scan(path, path.name), BLIND, limits=limits or Limits(), work=path.parent / "work")
    finally:
        assert path.read_bytes() == before


@needs_office
@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("doc", types.WORD),
        ("xls", types.EXCEL),
        ("ppt", types.POWERPOINT),
        ("pptx", types.PPTX),
        ("odt", types.ODT),
        ("ods", types.ODS),
        ("odp", types.ODP),
        ("rtf", types.RTF),
    ],
)
def test_an_office_file_is_read_whatever_its_name(kind: str, media_type: str, tmp_path: Path) -> None:
    path = office_files.converted(tmp_path, kind).rename(tmp_path / "brief.pdf")
    reading = read(path)
    assert reading.media_type == media_type
    assert office_files.TEXT in reading.pages[0].text
    assert reading.warnings == ()


@needs_office
@pytest.mark.parametrize(("data", "media_type"), [(office_files.docx(), types.DOCX), (office_files.xlsx(), types.XLSX)])
def test_a_document_of_today_is_read(data: bytes, media_type: str, tmp_path: Path) -> None:
    (tmp_path / "brief").write_bytes(data)
    reading = read(tmp_path / "brief")
    assert reading.media_type == media_type
    assert office_files.TEXT in reading.pages[0].text


@needs_office
def test_macros_and_foreign_templates_are_told_and_the_text_is_read(tmp_path: Path) -> None:
    relation = (
        '<Relationship Id="r9" Type="x/attachedTemplate" Target="https://example.org/a.dotm" TargetMode="External"/>'
    )
    more = {"word__vbaProject.bin": "VBA", "word__embeddings__a.bin": "x", "word___rels__settings.xml.rels": relation}
    (tmp_path / "brief").write_bytes(office_files.docx(**more))
    reading = read(tmp_path / "brief")
    assert office_files.TEXT in reading.pages[0].text
    told = " ".join(reading.warnings)
    assert all(word in told for word in ("Makros", "eingebettete Objekte", "nicht geladen"))


@needs_office
def test_the_program_ends_when_the_time_is_over(tmp_path: Path) -> None:
    (tmp_path / "brief").write_bytes(office_files.docx())
    with pytest.raises(errors.ReadTimedOut):
        read(tmp_path / "brief", Limits(wall_seconds=1))
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(str(tmp_path).encode() in line for line in lines)


LOCKED_MANIFEST = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bytes(range(256)) * 20, errors.UnknownType),
        (b"PK\x03\x04" + bytes(range(256)) * 20, errors.DamagedFile),
        (office_files.docx()[:-400], errors.DamagedFile),
        (office_files.docx("x")[:60] + b"\0" * 40 + office_files.docx("x")[100:], errors.DamagedFile),
        (zip_bytes({"[Content_Types].xml": b"x", "word/other.xml": b"x"}), errors.DamagedFile),
        (zip_bytes({"[Content_Types].xml": b"x", "word/document.xml": b" " * 40_000_000}), errors.DecompressionBomb),
        (
            zip_bytes({"mimetype": types.ODT.encode(), "META-INF/manifest.xml": LOCKED_MANIFEST, "content.xml": b"x"}),
            errors.EncryptedFile,
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), errors.UnknownType),
    ],
)
def test_what_is_no_office_file_is_refused_before_the_program_sees_it(
    data: bytes, reason: type[errors.IngestError], tmp_path: Path
) -> None:
    (tmp_path / "brief.docx").write_bytes(data)
    with pytest.raises(reason) as refused:
        read(tmp_path / "brief.docx")
    assert type(refused.value) is reason
    assert not (tmp_path / "work" / "office").exists()


@needs_office
def test_the_old_formats_say_when_they_are_under_a_password(tmp_path: Path) -> None:
    path = office_files.converted(tmp_path, "doc")
    data = bytearray(path.read_bytes())
    start = data.index(b"\xec\xa5")  # where its description begins (MS-DOC 2.5.1)
    struct.pack_into("<H", data, start + 10, struct.unpack_from("<H", data, start + 10)[0] | 0x0100)
    path.write_bytes(data)
    with pytest.raises(errors.EncryptedFile):
        read(path)


def test_a_text_document_without_any_of_that_has_no_notices(tmp_path: Path) -> None:
    (tmp_path / "brief").write_bytes(office_files.docx())
    assert notices(tmp_path / "brief", types.DOCX) == ()
