"""Separator sheets in scans: QR codes and Code 128 by zxing-cpp, Patch-T by its bars.

What a code means is not decided here: which QR is one of ours is known to whoever printed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import zxingcpp

from ingest.model import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PIL import Image

QR, CODE_128, PATCH_T = "qr", "code128", "patch_t"

_LINE_STEP: Final = 8
"""Pixels between two lines looked along, at about 150 dpi: a little more than a millimetre."""
_LINES: Final = 16
"""Neighbouring lines that must show the same bars: two centimetres, where text never does."""
_SHIFT: Final = 5
"""Pixels the bars may move from line to line: more than any feeder's skew."""
_LEAST_NARROW, _MOST_NARROW = 5, 26
"""Width of a narrow bar in pixels: 0.08 inches, printed between half and double its size."""
_WIDE: Final = (1.8, 3.4)
"""A wide bar is 2.5 narrow ones (0.20 inches)."""


def codes_on(image: Image.Image) -> tuple[Code, ...]:
    """Return the codes on a page image of about 150 dpi, in any direction and slightly skewed."""
    grey = image.convert("L")
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])
    found = zxingcpp.read_barcodes(grey, formats=formats, try_invert=False)
    codes = [Code(QR if one.format == zxingcpp.BarcodeFormat.QRCode else CODE_128, one.text) for one in found]
    if _has_patch(np.asarray(grey) < 128):
        codes.append(Code(PATCH_T))
    return tuple(sorted(set(codes), key=lambda code: (code.kind, code.text)))


def _has_patch(dark: NDArray[np.bool_]) -> bool:
    """Whether the bars of Patch-T stand on the page, across or along it; upside down they are those of Patch 2."""
    return _along(dark) or _along(dark.T)


def _along(dark: NDArray[np.bool_]) -> bool:
    in_a_row: dict[int, int] = {}
    for line in dark[::_LINE_STEP]:
        now = {start: 1 + _before(in_a_row, start) for start in _starts(line)}
        if any(count >= _LINES for count in now.values()):
            return True
        in_a_row = now
    return False


def _before(counts: dict[int, int], start: int) -> int:
    return max((count for other, count in counts.items() if abs(other - start) <= _SHIFT), default=0)


def _starts(line: NDArray[np.bool_]) -> Iterator[int]:
    """Yield where along a line four bars of a patch begin."""
    edges = np.flatnonzero(np.diff(line.astype(np.int8))) + 1
    if len(edges) < 8:
        return
    first = 0 if not line[0] else 1  # the first edge that leads into a bar
    runs = np.diff(edges)
    for place in range(first, len(edges) - 7, 2):
        if _is_patch([int(run) for run in runs[place : place + 7]]):
            yield int(edges[place])


def _is_patch(runs: list[int]) -> bool:
    """Whether runs bar, space, bar, space, bar, space, bar are narrow-wide-narrow-wide or the other way round."""
    bars, spaces = runs[0::2], runs[1::2]
    if bars[0] > bars[1]:
        bars = bars[::-1]
    narrow = (bars[0] + bars[2]) / 2
    if not _LEAST_NARROW <= narrow <= _MOST_NARROW or abs(bars[0] - bars[2]) > narrow * 0.4:
        return False
    if not all(_WIDE[0] * narrow <= wide <= _WIDE[1] * narrow for wide in (bars[1], bars[3])):
        return False
    return all(0.5 * narrow <= space <= 1.6 * narrow for space in spaces)
