"""The rendition as PDF/A-2b (ISO 19005-2), or 3b (ISO 19005-3) around the data of an electronic invoice.

Nothing seen on a page is changed: what acts, what belongs to other programs and what is attached is taken out,
colour gets its meaning (sRGB), and what was written is validated before it is called PDF/A. A file that cannot
conform as it is (fonts missing, colours of printing presses) stays a searchable PDF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Name, pdfa

if TYPE_CHECKING:
    from pathlib import Path

_INVOICE_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"})
"""How ZUGFeRD 1 and 2, Factur-X and Order-X name the data they embed; letters of either case."""

_ACTING = ("/OpenAction", "/AA", "/Collection", "/Threads", "/SpiderInfo", "/PieceInfo", "/Perms", "/Requirements")
_ACTING_ON_PAGES = ("/AA", "/PieceInfo", "/PresSteps", "/Trans", "/Dur")
_HARMLESS_ACTIONS = frozenset({"/GoTo", "/URI", "/GoToR", "/Named"})


def save_archival(pdf: pikepdf.Pdf, path: Path) -> str:
    """Write *pdf* to *path* as PDF/A where it can be; *pdf* is changed on the way.

    Returns:
        ``PDF/A-2b`` or ``PDF/A-3b``, which a validator has confirmed for the written file, else an empty text.
    """
    flavour = "3b" if _carries_invoice(pdf) else "2b"
    _disarm(pdf, keeps_attachments=flavour == "3b")
    try:
        pdfa.prepare(pdf, flavour)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata.pop("xmp:MetadataDate", None)  # or the same file read twice would be two
        pdfa.save(pdf, path, flavour, repair=False, deterministic_id=True)
    except (pdfa.PdfaError, pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        _take_back_claim(pdf)
        pdf.save(path, encryption=False, deterministic_id=True)
        return ""
    return f"PDF/A-{flavour}"


def _take_back_claim(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for key in ("pdfaid:part", "pdfaid:conformance"):
            metadata.pop(key, None)


def _carries_invoice(pdf: pikepdf.Pdf) -> bool:
    try:
        return any(name.rsplit("/", 1)[-1].lower() in _INVOICE_NAMES for name in pdf.attachments)
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        return False


def _disarm(pdf: pikepdf.Pdf, *, keeps_attachments: bool) -> None:
    """Take out what runs, plays or points to other programs; the original keeps it all."""
    attached = () if keeps_attachments else ("/EmbeddedFiles",)
    _drop(pdf.Root, *_ACTING, *(() if keeps_attachments else ("/AF",)))
    _drop(pdf.Root.get("/Names"), "/JavaScript", "/AlternatePresentations", *attached)
    _drop(pdf.Root.get("/AcroForm"), "/XFA", "/NeedAppearances")
    for page in pdf.pages:
        _drop(page.obj, *_ACTING_ON_PAGES)
        for note in _annotations(page.obj):
            _disarm_annotation(note)


def _annotations(page: pikepdf.Object) -> list[pikepdf.Dictionary]:
    listed = page.get("/Annots")
    return (
        [note for note in listed if isinstance(note, pikepdf.Dictionary)] if isinstance(listed, pikepdf.Array) else []
    )


def _disarm_annotation(note: pikepdf.Dictionary) -> None:
    _drop(note, "/AA")
    action = note.get("/A")
    if isinstance(action, pikepdf.Dictionary) and str(action.get(Name.S)) not in _HARMLESS_ACTIONS:
        _drop(note, "/A")


def _drop(holder: pikepdf.Object | None, *keys: str) -> None:
    if isinstance(holder, pikepdf.Dictionary):
        for key in keys:
            if key in holder:
                del holder[key]
