"""What a file is by its content; its name is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import magic

if TYPE_CHECKING:
    from pathlib import Path

PDF = "application/pdf"
TIFF = "image/tiff"
JPEG = "image/jpeg"
PNG = "image/png"
TEXT = "text/plain"

_PDF_HEADER_WITHIN = 1024
"""Readers accept the PDF header anywhere in the first 1024 bytes (ISO 32000-1, annex H, note 13)."""


def detect(path: Path) -> str:
    """Return the media type of the file at *path*, ``application/octet-stream`` if nothing is recognised."""
    with path.open("rb") as file:
        start = file.read(4096)
    media_type: str = magic.from_buffer(start, mime=True)
    if media_type not in (TIFF, JPEG, PNG) and b"%PDF-" in start[:_PDF_HEADER_WITHIN]:
        return PDF
    return media_type
