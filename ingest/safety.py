"""What a file may cost, asked before it costs it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pikepdf

from ingest.document import check_pixels
from ingest.errors import DecompressionBomb, EmptyFile, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.model import Limits

MAX_CONTENT_BYTES = 100_000_000
"""Unpacked drawing commands of one page. A page of a land register plan has about 20 million."""

_FORM_DEPTH = 4
_MAX_OBJECTS = 5_000


def check_size(path: Path, limits: Limits) -> None:
    """Refuse a file by its length alone.

    Raises:
        EmptyFile: There are no bytes.
        TooLarge: There are more bytes than *limits* allow.
    """
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile("the file has no bytes")
    if size > limits.max_bytes:
        raise TooLarge(f"{size} bytes")


def check_pdf_page(page: pikepdf.Page, limits: Limits) -> int:
    """Refuse a page that unpacks to far more than a page; return how many bytes its drawing commands have.

    Raises:
        DecompressionBomb: An image or the drawing commands are larger than allowed.
    """
    contents = page.obj.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    streams = (*parts, *_x_objects(page.obj, limits))
    return sum(_unpacked(stream) for stream in streams if isinstance(stream, pikepdf.Stream))


def _x_objects(page: pikepdf.Object, limits: Limits) -> Iterator[pikepdf.Object]:
    """The forms of a page down to a few levels; images are checked by their stated size on the way."""
    waiting, seen = [(page, 0)], 0
    while waiting:
        holder, depth = waiting.pop()
        for item in _held(holder):
            seen += 1
            if seen > _MAX_OBJECTS:
                raise DecompressionBomb("a page with thousands of drawn objects")
            if item.get("/Subtype") == "/Image":
                check_pixels(int(item.get("/Width", 0)), int(item.get("/Height", 0)), limits)
            elif depth < _FORM_DEPTH:
                waiting.append((item, depth + 1))
                yield item


def _held(holder: pikepdf.Object) -> list[pikepdf.Object]:
    resources = holder.get("/Resources")
    objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(objects, pikepdf.Dictionary):
        return []
    return [item for item in objects.as_dict().values() if isinstance(item, pikepdf.Stream)]


def _unpacked(stream: pikepdf.Object) -> int:
    packed = stream.read_raw_bytes()
    if "/FlateDecode" not in str(stream.get("/Filter", "")):
        return len(packed)
    unpacker, size = zlib.decompressobj(), 0
    try:
        while packed and not unpacker.eof:
            size += len(unpacker.decompress(packed, 1_000_000))
            packed = unpacker.unconsumed_tail
            if size > MAX_CONTENT_BYTES:
                raise DecompressionBomb("drawing commands of more than 100 MB on one page")
    except zlib.error:
        pass  # damaged streams are the business of the program that draws
    return size
