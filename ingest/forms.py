"""Forms in PDFs: what was filled in belongs to the text (ISO 32000-1, 12.7), also where only Adobe shows it (XFA)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BROKEN = (pikepdf.PdfError, OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError)
DATA_NAME = "Formulardaten.xml"


def with_fields_drawn(path: Path, target: Path) -> Path:
    """Return *target*, a copy of the PDF at *path* whose fields are part of its pages; *path* if it has no fields.

    For reading alone: the copy is what is drawn and read, the original and its rendition keep the form.
    """
    try:
        with pikepdf.open(path) as pdf:
            form = pdf.Root.get("/AcroForm")
            if not isinstance(form, pikepdf.Dictionary) or not len(form.get("/Fields", ())):
                return path
            form.NeedAppearances = True  # or those that are missing are not made
            pdf.generate_appearance_streams()
            pdf.flatten_annotations("screen")
            pdf.save(target, deterministic_id=True, encryption=False)
    except _BROKEN:
        return path  # it is read as it looks
    return target


def xfa_data(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bytes]]:
    """Yield the data of an XFA form as one XML file: its pages may show nothing but a request for another program."""
    form = pdf.Root.get("/AcroForm")
    xfa = form.get("/XFA") if isinstance(form, pikepdf.Dictionary) else None
    if not isinstance(xfa, pikepdf.Array):
        return
    packets = list(xfa)
    for name, stream in zip(packets[::2], packets[1::2], strict=False):
        if str(name) == "datasets" and isinstance(stream, pikepdf.Stream):
            yield DATA_NAME, stream.read_bytes()
