"""Pictures that are cut, lie about their size or never end."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

from ingest import errors
from tests.ingest import pages
from tests.ingest.nasty import READ, Nasty, Write, raw

SMALL = pages.scan(dpi=72)
HEIC = Path(__file__).parents[1] / "photograph.heic"


def saved(form: str, **options: object) -> bytes:
    """Return a page in the form *form*."""
    file = io.BytesIO()
    SMALL.save(file, form, **options)
    return file.getvalue()


def _tiff_loop() -> bytes:
    """A TIFF whose second page is its first."""
    data = bytearray(saved("TIFF"))
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    return bytes(data)


def _tiff_changed(tag: int, value: int) -> bytes:
    data = bytearray(saved("TIFF"))
    start = struct.unpack_from("<I", data, 4)[0]
    for entry in range(struct.unpack_from("<H", data, start)[0]):
        if struct.unpack_from("<H", data, start + 2 + 12 * entry)[0] == tag:
            struct.pack_into("<HII", data, start + 4 + 12 * entry, 4, 1, value)
    return bytes(data)


def _many_pages(path: Path) -> None:
    page = Image.new("1", (8, 8))
    page.save(path, "TIFF", save_all=True, append_images=[page] * 2_100, compression="group4")


def _jpeg_sized(width: int, height: int) -> bytes:
    data = bytearray(saved("JPEG"))
    start = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, start + 5, height, width)
    return bytes(data)


def _png_text_bomb() -> bytes:
    """A PNG with a comment of a hundred megabytes packed into a hundred kilobytes."""
    data = saved("PNG")
    text = b"Comment\0\0" + zlib.compress(b" " * 100_000_000, 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    place = data.index(b"IDAT") - 4
    return data[:place] + chunk + data[place:]


def _heic_cut(path: Path) -> None:
    path.write_bytes(HEIC.read_bytes()[:1200])


def _heic_noise(path: Path) -> None:
    data = bytearray(HEIC.read_bytes())
    data[-900:] = bytes(range(256)) * 3 + bytes(132)
    path.write_bytes(data)


def _animated(path: Path) -> None:
    SMALL.convert("P").save(path, "GIF", save_all=True, append_images=[SMALL.convert("P")] * 50)


HEIC_CUT: Write = _heic_cut
IMAGES: Nasty = {
    "a TIFF whose second page is its first": (raw(_tiff_loop()), READ),
    "a TIFF of 2,100 pages": (_many_pages, errors.TooManyPages),
    "a TIFF without width": (raw(_tiff_changed(256, 0)), errors.DamagedFile),
    "a TIFF whose strips lie outside": (raw(_tiff_changed(273, 99_999_999)), errors.DamagedFile),
    "a TIFF packed in a way nobody knows": (raw(_tiff_changed(259, 4711)), errors.DamagedFile),
    "nothing but a TIFF header": (raw(b"II*\0\x08\0\0\0"), errors.DamagedFile),
    "a JPEG of 65,000 × 65,000 pixels": (raw(_jpeg_sized(65_000, 65_000)), errors.DecompressionBomb),
    "a JPEG without height": (raw(_jpeg_sized(100, 0)), errors.DamagedFile),
    "nothing but a JPEG header": (raw(b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"), errors.DamagedFile),
    "a PNG with a comment of 100 MB": (raw(_png_text_bomb()), errors.DamagedFile),
    "a PNG without pixels": (raw(saved("PNG")[:33]), errors.DamagedFile),
    "a GIF that moves": (_animated, READ),
    "a BMP that lies about its size": (raw(saved("BMP")[:200]), errors.DamagedFile),
    "a WebP cut short": (raw(saved("WEBP")[:300]), errors.DamagedFile),
    "a photograph cut short": (_heic_cut, errors.DamagedFile),
    "a photograph with noise in it": (_heic_noise, READ),
}
