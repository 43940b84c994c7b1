"""A font whose every sign is blank, to be embedded under scans: PDF/A wants the fonts of a page in the file."""

from __future__ import annotations

import io
import zlib
from functools import cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM = 1000
ADVANCE = 500
"""Every sign is half an em wide; the horizontal scale of each word fits it to its box."""

_CODES = 65_536
_BLANK = 1
"""Number of the blank glyph. Number 0 is the sign for what a font lacks, which PDF/A forbids to use."""


@cache
def program() -> bytes:
    """Return the font as TrueType, always the same bytes."""
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder([".notdef", "blank"])
    font.setupCharacterMap({})
    font.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", "blank")})
    font.setupHorizontalMetrics(dict.fromkeys((".notdef", "blank"), (ADVANCE, 0)))
    font.setupHorizontalHeader(ascent=EM, descent=0)
    font.setupPost(keepGlyphNames=False)
    font.font["head"].created = font.font["head"].modified = 0
    font.font.recalcTimestamp = False
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


@cache
def glyphs_of_codes() -> bytes:
    """Return the packed table that gives each of the 65,536 codes the blank glyph (``CIDToGIDMap``)."""
    return zlib.compress(_BLANK.to_bytes(2, "big") * _CODES, 9)
