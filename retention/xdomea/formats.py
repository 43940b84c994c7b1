"""Codes of the xdomea list Dateiformat 1.0 and safe names for primary files."""

from __future__ import annotations

import re

OTHER = "100"
PDF_A = "044"
_CODES = {
    "application/msword": "003",
    "application/pdf": "018",
    "application/rtf": "022",
    "application/vnd.ms-excel": "028",
    "application/vnd.ms-outlook": "012",
    "application/vnd.oasis.opendocument.spreadsheet": "014",
    "application/vnd.oasis.opendocument.text": "015",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "037",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "036",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "035",
    "application/xml": "030",
    "image/bmp": "001",
    "image/jpeg": "011",
    "image/png": "019",
    "image/tiff": "023",
    "message/rfc822": "006",
    "text/csv": "002",
    "text/html": "008",
    "text/plain": "045",
    "text/xml": "030",
}
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})$")


def format_code(media_type: str, pdf_a: str) -> str:
    """The code for a media type; ``OTHER`` where the list has none."""
    if pdf_a and media_type == "application/pdf":
        return PDF_A
    return _CODES.get(media_type, OTHER)


def entry_name(file_id: str, original_name: str) -> str:
    """Name of a primary file in a package: its UUID and the extension, plain ASCII."""
    found = _EXTENSION.search(original_name)
    return f"{file_id}.{found.group(1).lower()}" if found else file_id
