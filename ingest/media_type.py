"""What a file is by its content; its name is never asked."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import magic
import olefile

from ingest.encodings import utf16_without_mark

if TYPE_CHECKING:
    from pathlib import Path

PDF = "application/pdf"
TIFF = "image/tiff"
JPEG = "image/jpeg"
PNG = "image/png"
GIF = "image/gif"
BMP = "image/bmp"
WEBP = "image/webp"
HEIC = "image/heic"
TEXT = "text/plain"
HTML = "text/html"
XML = "text/xml"
RTF = "text/rtf"
MAIL = "message/rfc822"
OUTLOOK = "application/vnd.ms-outlook"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
ENCRYPTED_OFFICE = "application/x-encrypted-office"
"""An Office document under a password: an OLE file that holds nothing but the encrypted package (MS-OFFCRYPTO)."""
WORD, EXCEL, POWERPOINT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
ODG = "application/vnd.oasis.opendocument.graphics"
UNKNOWN = "application/octet-stream"

_START = 16_384
_PDF_HEADER_WITHIN = 1024
"""Readers accept the PDF header anywhere in the first 1024 bytes (ISO 32000-1, annex H, note 13)."""

_SAME = {
    "image/heif": HEIC,
    "image/heic-sequence": HEIC,
    "image/heif-sequence": HEIC,
    "image/x-ms-bmp": BMP,
    "application/xml": XML,
    "application/xhtml+xml": HTML,
    "application/rtf": RTF,
    "application/json": TEXT,
    "application/javascript": TEXT,
    "application/x-ndjson": TEXT,
}
"""Other names for what is read alike."""

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("__properties_version1.0", OUTLOOK),
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("WordDocument", WORD),
    ("Workbook", EXCEL),
    ("Book", EXCEL),
    ("PowerPoint Document", POWERPOINT),
)
_OOXML_MAIN = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
_OPEN_DOCUMENT = {ODT, ODS, ODP, ODG}

_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60}):")
_OF_MAILS = {
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"received",
    b"mime-version",
    b"return-path",
    b"sender",
}
_ENOUGH_HEADERS = 3


def detect(path: Path) -> str:
    """Return the media type of the file at *path*, ``application/octet-stream`` if nothing is recognised."""
    with path.open("rb") as file:
        start = file.read(_START)
    found: str = magic.from_buffer(start[:4096], mime=True)
    if found in (TIFF, JPEG, PNG):
        return found
    if b"%PDF-" in start[:_PDF_HEADER_WITHIN]:
        return PDF
    if start.startswith(_OLE_MAGIC):
        return _in_ole(path)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(path)
    if _is_mail(start):
        return MAIL
    return _by_text(start, _SAME.get(found, found))


def _by_text(start: bytes, found: str) -> str:
    if start.startswith(b"{\\rtf"):
        return RTF
    head = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    # A page may begin with XML's first line; what it is stands in its root.
    if head.startswith((b"<!doctype html", b"<html")) or (found == XML and re.search(rb"<html[\s>]", head)):
        return HTML
    if found == UNKNOWN and _is_utf16(start):
        return TEXT
    if head.startswith(b"<?xml") and found.startswith("text/"):
        return XML
    if found in (HTML, XML, RTF) or not found.startswith("text/"):
        return found
    return TEXT


def _is_utf16(start: bytes) -> bool:
    """Whether these are letters in UTF-16: many other files have as many zeros, but not where letters stand."""
    codec = utf16_without_mark(start)
    text = start[: len(start) // 2 * 2].decode(codec, "replace") if codec else ""
    return bool(text) and all(sign.isprintable() or sign.isspace() for sign in text[:500])


def _is_mail(start: bytes) -> bool:
    """Whether the first lines are nothing but headers, some of them of mails (RFC 5322, section 2.2)."""
    known = set()
    for number, line in enumerate(start.splitlines()):
        if number == 0 and line.startswith((b"From ", b">From ")):
            continue  # mailboxes put this line before each mail
        if not line:
            break
        if line[:1] in b" \t" and number > 0:
            continue
        header = _HEADER.match(line)
        if header is None:
            return False
        known.add(header[1].lower())
    return len(known & _OF_MAILS) >= _ENOUGH_HEADERS


def _in_ole(path: Path) -> str:
    try:
        with olefile.OleFileIO(path) as ole:
            names = {entry[0] for entry in ole.listdir()}
    except (OSError, ValueError, TypeError, IndexError, AttributeError, RecursionError):
        return OLE
    return next((media_type for stream, media_type in _OLE_STREAMS if stream in names), OLE)


def _in_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                with archive.open("mimetype") as entry:
                    stated = entry.read(200).decode("ascii", "replace").strip()
                if stated.removesuffix("-template") in _OPEN_DOCUMENT:
                    return stated.removesuffix("-template")
    except (OSError, ValueError, zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError):
        return ZIP
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for folder, kind in _OOXML_MAIN if any(name.startswith(folder) for name in names)), ZIP)
