"""Bad files end with their own reason, in a process of their own, and the next file is read as if nothing was."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ingest import ReaderSettings, errors, read_apart
from ingest.model import Limits, Reading, Scan
from tests.ingest import pages
from tests.ingest.conftest import RULES

BLIND = ReaderSettings("null", RULES)
LIMITS = Limits(max_bytes=20_000_000, cpu_seconds=60, wall_seconds=60, memory_bytes=2_000_000_000)
NOISE = bytes((number * 7919 >> 3) % 251 for number in range(5000))
SMALL = pages.scan(dpi=100)


def _write(data: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(data)

    return write


def _pdf(path: Path, content: bytes, *, count: int = 1, **entries: object) -> None:
    with pikepdf.new() as pdf:
        for _ in range(count):
            page = pdf.add_blank_page(page_size=(595, 842))
            for name, value in entries.items():
                page.obj[f"/{name}"] = value
            if content:
                page.obj.Contents = pdf.make_indirect(pikepdf.Stream(pdf, content))
        pdf.save(path, compress_streams=True)


def _encrypted(path: Path) -> None:
    _pdf(path, b"")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="geheim", user="geheim"))


def _content_bomb(path: Path) -> None:
    _pdf(path, b" " * 150_000_000)


def _form_bomb(path: Path) -> None:
    """Forms that draw ten forms that draw ten forms …: a small file, 10^12 drawings."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        inner = pdf.make_indirect(pikepdf.Stream(pdf, b"0 0 1 1 re f"))
        inner.Type, inner.Subtype, inner.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 595, 842]
        for _ in range(12):
            outer = pdf.make_indirect(pikepdf.Stream(pdf, b"/F Do " * 10))
            outer.Type, outer.Subtype, outer.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 595, 842]
            outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
            inner = outer
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
        page.obj.Contents = pdf.make_indirect(pikepdf.Stream(pdf, b"/F Do " * 10))
        pdf.save(path)


def _huge_image_in_pdf(path: Path) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        image = pikepdf.Stream(pdf, zlib.compress(b"\0" * 1000))
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 60_000, 60_000, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.FlateDecode
        page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name.I)
        page.contents_add(b"q 595 0 0 842 0 0 cm /I Do Q")
        pdf.save(path)


def _png_of(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def _large_tiff(path: Path) -> None:
    Image.new("1", (60_000, 10)).save(path, "TIFF", compression="group4", tiffinfo={})
    data = bytearray(path.read_bytes())
    start = struct.unpack_from("<I", data, 4)[0]
    for entry in range(struct.unpack_from("<H", data, start)[0]):
        if struct.unpack_from("<H", data, start + 2 + 12 * entry)[0] == 257:  # the height
            struct.pack_into("<HII", data, start + 4 + 12 * entry, 4, 1, 60_000)
    path.write_bytes(bytes(data))


def _truncated(suffix: str, share: float) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        SMALL.save(path, suffix)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return write


NASTY: dict[str, tuple[Callable[[Path], None], type[errors.IngestError]]] = {
    "nothing at all": (_write(b""), errors.EmptyFile),
    "random bytes called a PDF": (_write(NOISE), errors.UnknownType),
    "a PDF header before noise": (_write(b"%PDF-1.7\n" + NOISE), errors.DamagedFile),
    "only a PDF header": (_write(b"%PDF-1.7\n%%EOF\n"), errors.DamagedFile),
    "a program": (_write(b"\x7fELF\x02\x01\x01" + bytes(500)), errors.UnknownType),
    "an archive of nothing": (_write(b"PK\x05\x06" + bytes(18)), errors.EmptyFile),
    "a PDF with a password": (_encrypted, errors.EncryptedFile),
    "a file over the limit": (_write(b"%PDF-1.7\n" + bytes(21_000_000)), errors.TooLarge),
    "ten thousand empty pages": (lambda path: _pdf(path, b"", count=10_000), errors.TooManyPages),
    "150 MB of blanks as drawing commands": (_content_bomb, errors.DecompressionBomb),
    "an image of 60,000 × 60,000 pixels in a PDF": (_huge_image_in_pdf, errors.DecompressionBomb),
    "a PNG of 60,000 × 60,000 pixels": (_write(_png_of(60_000, 60_000)), errors.DecompressionBomb),
    "a PNG of 4,000,000 × 1 pixels": (_write(_png_of(4_000_000, 1)), errors.DecompressionBomb),
    "a fax of 60,000 × 60,000 pixels": (_large_tiff, errors.DecompressionBomb),
    "half a JPEG": (_truncated("JPEG", 0.5), errors.DamagedFile),
    "half a PNG": (_truncated("PNG", 0.5), errors.DamagedFile),
    "half a TIFF": (_truncated("TIFF", 0.5), errors.DamagedFile),
    "a page tree without pages": (lambda path: _pdf(path, b"", count=0), errors.DamagedFile),
}


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_file_is_refused_for_its_own_reason(name: str, tmp_path: Path) -> None:
    write, reason = NASTY[name]
    write(tmp_path / "upload.pdf")
    with pytest.raises(reason) as refused:
        _apart(tmp_path / "upload.pdf", tmp_path / "work")
    assert type(refused.value) is reason
    assert (tmp_path / "upload.pdf").exists()


def _apart(path: Path, work: Path, limits: Limits = LIMITS) -> Reading:
    return read_apart(Scan(path, path.name), BLIND, limits=limits, work=work)


def test_a_file_that_draws_for_ever_is_stopped(tmp_path: Path) -> None:
    _form_bomb(tmp_path / "bomb.pdf")
    limits = Limits(cpu_seconds=20, wall_seconds=3, memory_bytes=1_000_000_000)
    with pytest.raises((errors.ReadTimedOut, errors.ReaderCrashed, errors.DecompressionBomb)):
        _apart(tmp_path / "bomb.pdf", tmp_path / "work", limits)


def test_after_a_bomb_the_next_file_is_read(tmp_path: Path) -> None:
    _content_bomb(tmp_path / "bomb.pdf")
    with pytest.raises(errors.DecompressionBomb):
        _apart(tmp_path / "bomb.pdf", tmp_path / "work")
    pages.scanned_pdf(tmp_path / "good.pdf", [SMALL], dpi=100)
    assert len(_apart(tmp_path / "good.pdf", tmp_path / "work").pages) == 1


@pytest.mark.parametrize(
    ("suffix", "media_type"), [("PDF", "application/pdf"), ("PNG", "image/png"), ("TIFF", "image/tiff")]
)
def test_the_content_decides_and_not_the_name(suffix: str, media_type: str, tmp_path: Path) -> None:
    SMALL.save(tmp_path / "letter.docx", suffix)
    assert _apart(tmp_path / "letter.docx", tmp_path / "work").media_type == media_type


def test_a_pdf_with_a_wrong_cross_reference_is_repaired_and_said_to_be(tmp_path: Path) -> None:
    pages.scanned_pdf(tmp_path / "letter.pdf", [SMALL], dpi=100)
    data = (tmp_path / "letter.pdf").read_bytes()
    start = data.rindex(b"startxref")
    (tmp_path / "letter.pdf").write_bytes(data[:start] + b"startxref\n7\n%%EOF\n")
    reading = _apart(tmp_path / "letter.pdf", tmp_path / "work")
    assert len(reading.pages) == 1
    assert "beschädigt" in reading.warnings[0]


def test_a_pdf_behind_other_bytes_is_read(tmp_path: Path) -> None:
    pages.scanned_pdf(tmp_path / "letter.pdf", [SMALL], dpi=100)
    data = (tmp_path / "letter.pdf").read_bytes()
    (tmp_path / "letter.pdf").write_bytes(b"Content-Type: application/pdf\r\n\r\n" + data)
    assert len(_apart(tmp_path / "letter.pdf", tmp_path / "work").pages) == 1
