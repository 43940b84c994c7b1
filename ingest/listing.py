"""What lies in an archive, as a page: the document an archive becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import page_text
from ingest.typeset import Block, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.model import Part


def of_archive(filename: str, parts: Sequence[Part]) -> Iterator[Block]:
    """Yield the table of contents of the archive *filename*."""
    yield Block(f"{page_text('archive')} „{filename}“", Style.TITLE)
    shares, right = (1.0, 8.0, 2.0), frozenset({0, 2})
    head = (page_text("number"), page_text("name"), page_text("size"))
    yield Block(style=Style.HEADING, cells=head, shares=shares, right=right)
    for part in parts:
        name = f"{part.folder}/{part.filename}".strip("/")
        yield Block(cells=(str(part.position), name, size_text(part)), shares=shares, right=right)


def size_text(part: Part) -> str:
    """Return the size of *part* as people write it, e.g. ``1,4 MB``."""
    size = float(part.path.stat().st_size)
    for unit in ("Byte", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "Byte" or size >= 100 else f"{size:.1f} {unit}".replace(".", ",")
        size /= 1000
    return f"{size:.1f} GB".replace(".", ",")
