"""The fixed-width font of text files, embedded: PDF/A wants the fonts of a page in the file."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name

_WIDTH = 600
_FIRST, _LAST = 32, 255
_FILES = (
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationMono-Regular.ttf",
    "/usr/share/fonts/liberation-mono/LiberationMono-Regular.ttf",
)


def mono_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Return a font of *pdf* for text in Windows-1252, every sign 600 thousandths wide.

    Where the machine has no such font, it is Courier by name, and the file no PDF/A.
    """
    program = _program()
    if not program:
        return pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier, Encoding=Name.WinAnsiEncoding)
        )
    name = Name("/AAAAAA+LiberationMono")
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=33,  # fixed width, no symbols
        FontBBox=[-24, -300, 608, 833],
        ItalicAngle=0,
        Ascent=833,
        Descent=-300,
        CapHeight=655,
        StemV=80,
        FontFile2=pikepdf.Stream(pdf, program, Length1=len(program)),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=name,
            Encoding=Name.WinAnsiEncoding,
            FirstChar=_FIRST,
            LastChar=_LAST,
            Widths=[_WIDTH] * (_LAST - _FIRST + 1),
            FontDescriptor=pdf.make_indirect(descriptor),
        )
    )


def warm() -> None:
    """Cut the font to what is needed once, before readers are forked that each would do it again."""
    _program()


@cache
def _program() -> bytes:
    file = next((Path(name) for name in _FILES if Path(name).exists()), None)
    if file is None:
        return b""
    font = TTFont(file, recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[], drop_tables=["FFTM"])
    cut = subset.Subsetter(options)
    cut.populate(unicodes=[ord(sign) for sign in bytes(range(_FIRST, _LAST + 1)).decode("cp1252", "ignore")])
    cut.subset(font)
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()
