"""PDFs that are broken, endless, locked or far larger than they look."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from ingest import errors
from tests.ingest import pages
from tests.ingest.nasty import READ, Nasty, Write, raw

NOISE = bytes((number * 7919 >> 3) % 251 for number in range(5000))


def _good() -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.obj.Resources = Dictionary(Font=Dictionary(F=font))
        page.obj.Contents = pdf.make_indirect(pikepdf.Stream(pdf, b"BT /F 12 Tf 72 700 Td (Sehr geehrte Damen) Tj ET"))
        pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return file.getvalue()


GOOD = _good()


def _changed(change: object) -> Write:
    """A good PDF changed by *change*, a function of the opened file."""

    def write(path: Path) -> None:
        with pikepdf.open(io.BytesIO(GOOD)) as pdf:
            change(pdf)  # type: ignore[operator]
            pdf.save(path)

    return write


def _saved(**options: object) -> Write:
    def write(path: Path) -> None:
        with pikepdf.open(io.BytesIO(GOOD)) as pdf:
            pdf.save(path, **options)  # type: ignore[arg-type]

    return write


def _page_tree_loop(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Kids = Array([pdf.Root.Pages, pdf.pages[0].obj])


def _deep_page_tree(path: Path) -> None:
    """Ten thousand nodes, each the only child of the one before."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    last = 10_000
    objects += [b"<</Type/Pages/Count 1/Kids[%d 0 R]/Parent %d 0 R>>" % (n + 1, n - 1) for n in range(2, last)]
    objects.append(b"<</Type/Page/MediaBox[0 0 595 842]/Parent %d 0 R>>" % (last - 1))
    path.write_bytes(_numbered(objects))


def _numbered(objects: list[bytes]) -> bytes:
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + end


def _nested_arrays(pdf: pikepdf.Pdf) -> None:
    inner: pikepdf.Object = Array([])
    for _ in range(300):
        inner = Array([inner])
    pdf.Root.Nested = inner


def _form_draws_itself(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_indirect(pikepdf.Stream(pdf, b"/F Do"))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, [0, 0, 595, 842]
    form.Resources = Dictionary(XObject=Dictionary(F=form))
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(F=form))
    pdf.pages[0].obj.Contents = pdf.make_indirect(pikepdf.Stream(pdf, b"/F Do"))


def _stream_in_streams(pdf: pikepdf.Pdf) -> None:
    """Drawing commands packed five times: a terabyte of blanks in a few bytes, if anybody unpacks all of it."""
    data = zlib.compress(b" " * 100_000_000, 9)
    for _ in range(4):
        data = zlib.compress(data, 9)
    stream = pdf.make_indirect(pikepdf.Stream(pdf, data))
    stream.Filter = Array([Name.FlateDecode] * 5)
    pdf.pages[0].obj.Contents = stream


def _attachment_bomb(pdf: pikepdf.Pdf) -> None:
    packed = pikepdf.Stream(pdf, zlib.compress(b"\0" * 1_500_000_000, 9))
    packed.Filter = Name.FlateDecode
    file = Dictionary(Type=Name.Filespec, F="bombe.bin", UF="bombe.bin", EF=Dictionary(F=pdf.make_indirect(packed)))
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([pikepdf.String("bombe.bin"), file])))


def _endless_name_tree(pdf: pikepdf.Pdf) -> None:
    node = pdf.make_indirect(Dictionary(Kids=Array([])))
    node.Kids.append(node)
    pdf.Root.Names = Dictionary(EmbeddedFiles=node)


def _attachment_of_itself(pdf: pikepdf.Pdf) -> None:
    for number in range(3):
        data = GOOD if number else pikepdf_with(GOOD)
        pdf.attachments[f"{number}.pdf"] = pikepdf.AttachedFileSpec(pdf, data, filename=f"../../{number}.pdf")


def pikepdf_with(data: bytes, depth: int = 6) -> bytes:
    """Return a PDF that encloses a PDF, and so on, *data* innermost."""
    for _ in range(depth):
        file = io.BytesIO()
        with pikepdf.open(io.BytesIO(GOOD)) as pdf:
            pdf.attachments["innen.pdf"] = pikepdf.AttachedFileSpec(pdf, data, filename="innen.pdf")
            pdf.save(file)
        data = file.getvalue()
    return data


def _sizes(*box: float) -> Write:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array(box)

    return _changed(change)


def _scripted(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="while(true){}")


def _no_contents(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, b"BT (" + b"(" * 100_000)


def _wrong_lengths(path: Path) -> None:
    path.write_bytes(GOOD.replace(b"/Length ", b"/Length 9"))


def _scan_with_broken_image(path: Path) -> None:
    pages.scanned_pdf(path, [pages.scan(dpi=72)], dpi=72)
    data = path.read_bytes()
    start = data.index(b"stream\n") + 400
    path.write_bytes(data[:start] + NOISE[:2000] + data[start + 2000 :])


def _without(word: bytes) -> bytes:
    return GOOD.replace(word, b"/" + b"X" * (len(word) - 1))


FAR_START = GOOD[: GOOD.rindex(b"startxref")] + b"startxref\n9999999999\n%%EOF"
RC4 = pikepdf.Encryption(owner="o", user="u", R=3, aes=False, metadata=False)
AES = pikepdf.Encryption(owner="o", user="u", R=6)

PDFS: Nasty = {
    "a PDF cut in the middle": (raw(GOOD[: len(GOOD) // 2]), READ),
    "a PDF without its end": (raw(GOOD[: GOOD.rindex(b"xref")]), READ),
    "a PDF whose table points into the void": (raw(GOOD.replace(b"0000000", b"0009999")), READ),
    "a PDF that says it begins at its end": (
        raw(GOOD[: GOOD.rindex(b"startxref")] + b"startxref\n9999999999\n%%EOF"),
        READ,
    ),
    "a PDF in front of noise": (raw(GOOD + NOISE), READ),
    "a PDF behind noise": (raw(NOISE[:900] + GOOD), READ),
    "a PDF of nothing but a catalogue": (raw(_numbered([b"<</Type/Catalog>>"])), errors.DamagedFile),
    "a PDF whose catalogue is a number": (raw(_numbered([b"42"])), errors.DamagedFile),
    "a PDF without a root": (raw(_without(b"/Root")), errors.DamagedFile),
    "a page tree that contains itself": (_changed(_page_tree_loop), errors.DamagedFile),
    "a page tree ten thousand deep": (_deep_page_tree, errors.DamagedFile),
    "arrays in arrays in arrays": (_changed(_nested_arrays), READ),
    "a form that draws itself": (_changed(_form_draws_itself), READ),
    "blanks packed five times": (_changed(_stream_in_streams), READ),
    "an attachment of one and a half gigabytes": (_changed(_attachment_bomb), errors.DecompressionBomb),
    "a name tree that is its own child": (_changed(_endless_name_tree), READ),
    "PDFs in PDFs in PDFs": (_changed(_attachment_of_itself), READ),
    "a page of no size": (_sizes(0, 0, 0, 0), READ),
    "a page of negative size": (_sizes(595, 842, 0, 0), READ),
    "a page as large as a city": (_sizes(0, 0, 2_000_000, 2_000_000), errors.DecompressionBomb),
    "a page a kilometre long and a hair wide": (_sizes(0, 0, 1, 2_000_000), READ),
    "a script that never ends": (_changed(_scripted), READ),
    "a hundred thousand open brackets": (_changed(_no_contents), READ),
    "streams with wrong lengths": (_wrong_lengths, READ),
    "a scan with noise in its image": (_scan_with_broken_image, READ),
    "a PDF locked with RC4": (
        _saved(encryption=pikepdf.Encryption(owner="o", user="u", R=3, aes=False, metadata=False)),
        errors.EncryptedFile,
    ),
    "a PDF locked with AES-256": (
        _saved(encryption=pikepdf.Encryption(owner="o", user="u", R=6)),
        errors.EncryptedFile,
    ),
    "a PDF whose owner forbids everything": (
        _saved(encryption=pikepdf.Encryption(owner="o", user="", R=6, allow=pikepdf.Permissions(extract=False))),
        READ,
    ),
    "a PDF of linearised parts cut short": (raw(GOOD.replace(b"%%EOF", b"")), READ),
}
