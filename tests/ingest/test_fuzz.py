"""Whatever bytes come, our own parsers answer or refuse with a reason; nothing else escapes from them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest import detect, find_references, reading_from_json, rtf
from ingest.containers import harmless_folder, harmless_name, parts_of
from ingest.dates import find_dates
from ingest.encodings import decoded
from ingest.errors import IngestError
from ingest.html import page_of
from ingest.invoices import attached_files, facts_of, invoice_of, notices_of
from ingest.model import Limits
from ingest.xml import parsed
from tests.ingest import invoice_files, office_files, outlook_files
from tests.ingest.nasty.pdfs import GOOD
from tests.ingest.test_containers import mail, zip_bytes
from tests.ingest.test_outlook import OF_HTML, PACKED

LIMITS = Limits(max_parts=50, max_unpacked_bytes=20_000_000, max_depth=3)
SEEDS = (
    mail(("a.zip", zip_bytes({"x/b.txt": b"x"}))),
    mail(("a.eml", mail())),
    zip_bytes({"a.txt": b"Text", "b.pdf": GOOD}),
    GOOD,
    office_files.docx(),
    invoice_files.ubl(enclosed=b"x"),
    invoice_files.cii(),
    outlook_files.msg(outlook_files.attachment("a.txt", b"x"), t1009=outlook_files.rich(OF_HTML)),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """One of our files with some bytes changed, cut out, doubled or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 60))
        put = draw(st.binary(max_size=30) | st.just(bytes(data[start : start + length]) * 2))
        data[start : start + length] = put
    return bytes(data)


@contextlib.contextmanager
def file_of(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        yield path


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3_000) | damaged())
def test_containers_come_apart_or_say_why_not(data: bytes) -> None:
    with file_of(data) as path:
        work = path.parent / "work"
        try:
            found = parts_of(path, detect(path), limits=LIMITS, work=work)
        except IngestError:
            return
        assert [part.position for part in found.parts] == list(range(1, len(found.parts) + 1))
        for part in found.parts:
            assert part.path.is_relative_to(work / "parts")
            assert part.path.exists()
            assert part.filename
            assert "/" not in part.filename


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000) | damaged())
def test_invoices_are_read_or_are_none(data: bytes) -> None:
    invoice = invoice_of(data)
    attached_files(data)
    if invoice is not None:
        assert facts_of(invoice).subject is not None
        notices_of(invoice)


@given(st.binary(max_size=2_000), st.integers(0, len(OF_HTML)))
def test_rich_text_says_something_whatever_it_is(noise: bytes, place: int) -> None:
    for text in (noise, OF_HTML[:place] + noise, OF_HTML[:place] + noise + OF_HTML[place:]):
        found = rtf.said(text)
        assert (found.text + found.html).encode().decode() == found.text + found.html  # no halves of signs


@given(st.binary(max_size=300), st.integers(0, 5_000))
def test_packed_rich_text_is_unpacked_or_refused(noise: bytes, size: int) -> None:
    head = PACKED[:4] + size.to_bytes(4, "little") + PACKED[8:16]
    assert len(rtf.unpacked(head + noise)) <= size
    with contextlib.suppress(ValueError):
        rtf.unpacked(noise)


def test_packed_rich_text_that_ends_early_is_no_longer_than_it_says() -> None:
    head = PACKED[:4] + (1).to_bytes(4, "little") + PACKED[8:16]
    assert rtf.unpacked(head + b"\x04AA\x00\x00") == b"A"


@given(st.binary(max_size=2_000) | damaged())
@settings(max_examples=100, deadline=None)
def test_xml_and_web_pages_never_fail(data: bytes) -> None:
    parsed(data)
    assert isinstance(page_of(data).text, str)


@given(st.lists(st.text(alphabet="abcdäß", min_size=1, max_size=9), min_size=1, max_size=20))
@settings(deadline=None)
def test_a_web_page_loses_no_word(words: list[str]) -> None:
    tags = ("p", "div", "span", "td", "li", "b", "h1")
    html = "".join(f"<{tags[n % len(tags)]}>{word} </{tags[n % len(tags)]}>" for n, word in enumerate(words))
    said = page_of(f"<html><body>{html}</body></html>").text.replace("•", " ").split()
    assert said == words


@given(st.binary(max_size=500), st.text(max_size=20))
@example(b"\xff", "undefined")
@example(b"x", "zlib_codec")
def test_text_of_any_bytes_in_any_stated_encoding(data: bytes, declared: str) -> None:
    assert isinstance(decoded(data, declared), str)


@given(st.text(max_size=300))
def test_names_become_harmless(stated: str) -> None:
    name, folder = harmless_name(stated), harmless_folder(stated)
    assert "/" not in name
    assert "\\" not in name + folder
    assert ".." not in folder.split("/")
    assert (name + folder).isprintable()
    assert not folder.startswith("/")


@given(st.text(max_size=400))
def test_references_and_dates_of_any_text(text: str) -> None:
    find_references(text)
    find_dates(text)


@given(st.binary(max_size=300) | st.lists(st.integers()).map(lambda found: repr(found).encode()))
def test_other_json_is_no_reading(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — any ValueError is the promise
        reading_from_json(data, Path())
