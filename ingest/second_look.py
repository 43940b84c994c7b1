"""A second look at what was written: by pypdf, which has no part in writing PDFs here (pikepdf and pdfium have)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pypdf
import pypdf.errors

if TYPE_CHECKING:
    from pathlib import Path

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it misses is told by the answer
_BROKEN = (
    pypdf.errors.PyPdfError, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError,
)  # fmt: skip


def opens_elsewhere(path: Path, page_count: int) -> bool:
    """Tell whether an independent library opens the PDF at *path* and finds *page_count* pages."""
    try:
        with pypdf.PdfReader(path, strict=False) as reader:
            return len(reader.pages) == page_count and all(page.mediabox.width > 0 for page in reader.pages)
    except _BROKEN:
        return False
