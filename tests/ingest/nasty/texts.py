"""Text, web pages and XML that are none, or without end, or want to be more."""

from __future__ import annotations

from ingest import errors
from tests.ingest import invoice_files, office_files
from tests.ingest.nasty import READ, Nasty, raw
from tests.ingest.nasty.pdfs import NOISE
from tests.ingest.test_containers import zip_bytes

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "haha">%s]><l>&l9;</l>' % b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 10)
)

TEXTS: Nasty = {
    "zeros alone": (raw(bytes(5_000)), errors.UnknownType),
    "one byte": (raw(b"x"), errors.UnknownType),
    "a billion laughs": (raw(LAUGHS), READ),
    "XML that asks for a file of ours": (
        raw(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        READ,
    ),
    "an invoice of 100,000 nested parts": (
        raw(invoice_files.ubl()[:200] + b"<a>" * 100_000),
        READ,
    ),
    "an invoice cut short": (raw(invoice_files.ubl()[:900]), READ),
    "a web page of 50,000 nested boxes": (raw(b"<!DOCTYPE html><html><body>" + b"<div>" * 50_000 + b"Text"), READ),
    "a web page of nothing": (raw(b"<!DOCTYPE html><html></html>"), READ),
    "a web page that runs and loads": (
        raw(b"<!DOCTYPE html><html><body onload=x()><script src=http://127.0.0.1/x></script><p>Text</p></body></html>"),
        READ,
    ),
    "one line of two million letters": (raw(b"a" * 2_000_000), READ),
    "a million empty lines": (raw(b"x" + b"\n" * 1_000_000 + b"x"), errors.TooManyPages),
    "text with every control character": (raw(b"Text " + bytes(range(1, 32)) + b" Text"), errors.UnknownType),
    "half of UTF-16": (raw("Größe".encode("utf-16")[:-1]), READ),
    "text that turns its direction": (raw("Rechnung \u202efdp.exe \u200b\ufeff".encode()), READ),
    "noise called a text document": (raw(NOISE), errors.UnknownType),
    "a text document cut short": (raw(office_files.docx()[:-300]), errors.DamagedFile),
    "a text document of noise": (
        raw(zip_bytes({"[Content_Types].xml": NOISE, "word/document.xml": NOISE})),
        errors.DamagedFile,
    ),
    "a text document that unpacks to a gigabyte": (
        raw(zip_bytes({"[Content_Types].xml": b"x", "word/document.xml": b" " * 300_000_000})),
        errors.DecompressionBomb,
    ),
    "rich text without end": (raw(b"{\\rtf1 " + b"{" * 100_000), errors.DamagedFile),
}
