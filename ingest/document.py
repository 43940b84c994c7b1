"""What the reader needs of an opened file, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PIL.Image import Resampling

from ingest.errors import DecompressionBomb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from PIL import Image

    from ingest.model import Limits, Page, Word

VIEW_WIDTH = 1240
"""Width of a page image in pixels: A4 at 150 dpi, sharp on a screen and half the raster of a 300 dpi scan."""

_LONGEST_VIEW = 16_383
"""Pixels a side of a WebP image may have; till rolls and log strips are longer."""


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """Text the file itself carries for a page, with its words on the page raster."""

    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page taken out of a file.

    ``width`` × ``height`` is the page raster, ``dpi`` its resolution. ``view`` makes what people see, about so many
    pixels wide as asked for or wider; ``is_quick`` tells that this is a matter of a moment, so it can wait for them.
    Without ``text``, ``scan`` is the image to recognise (exactly the raster); a page with neither is blank.
    """

    width: int
    height: int
    dpi: int
    view: Callable[[int], Image.Image]
    scan: Image.Image | None = None
    text: EmbeddedText | None = None
    is_quick: bool = False


class Document(Protocol):
    """An opened file. ``sheet`` and the views of sheets may be called from several threads while it is open."""

    page_count: int
    warnings: tuple[str, ...]

    def sheet(self, index: int) -> Sheet:
        """Take out the page at *index* (from 0)."""
        ...

    def write_searchable(self, pages: Sequence[Page], path: Path) -> str:
        """Write the searchable PDF: every page as it is, recognised words as invisible text.

        Returns:
            The standard it conforms to, see ``archival.save_archival``.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse an image before it is decoded.

    Raises:
        DecompressionBomb: The image has more pixels than *limits* allow, or a side without length.
    """
    if width * height > limits.max_pixels or max(width, height) > 65_000:
        raise DecompressionBomb(f"image of {width} × {height} pixels")


def ready(image: Image.Image) -> Callable[[int], Image.Image]:
    """Return a view made of *image* at once, so that the large image can go."""
    view = view_of(image)
    return lambda _: view


def view_of(image: Image.Image) -> Image.Image:
    """Return *image* scaled down to about ``VIEW_WIDTH`` and what the image format holds; a smaller one stays."""
    whole = image.convert("L") if image.mode == "1" else image
    width = max(1, min(VIEW_WIDTH, whole.width * _LONGEST_VIEW // whole.height))
    factor = whole.width // width
    reduced = whole.reduce(factor) if factor > 1 else whole
    if reduced.width <= width * 1.05 and reduced.height <= _LONGEST_VIEW:
        return reduced
    height = min(_LONGEST_VIEW, max(1, round(reduced.height * width / reduced.width)))
    return reduced.resize((width, height), Resampling.BILINEAR)
