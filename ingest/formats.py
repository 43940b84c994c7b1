"""Which program opens which format: the one table of what is read, by media type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest import active, invoices, letters, listing, office, office_content, plain, signatures
from ingest import media_type as types
from ingest.containers import parts_from, parts_of
from ingest.encodings import decoded
from ingest.errors import EmptyFile, EncryptedFile, UnknownType, warning_text
from ingest.forms import DATA_NAME
from ingest.html import page_of
from ingest.images import ImageDocument
from ingest.model import Facts
from ingest.pdf import PdfDocument
from ingest.typeset import typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ingest.document import Document
    from ingest.model import Invoice, Limits, Part, Proposal, Scan


@dataclass(frozen=True, slots=True)
class Task:
    """One file to open: where it lies, what it is, what it may cost, where to work."""

    scan: Scan
    media_type: str
    limits: Limits
    work: Path

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return self.scan.path


@dataclass(frozen=True, slots=True)
class Opened:
    """A file ready to be read page by page, and what it told besides its pages."""

    document: Document
    parts: tuple[Part, ...] = ()
    notices: tuple[str, ...] = ()
    """German sentences."""
    stated: Facts = field(default_factory=Facts)
    """What the file itself states; it goes before what is read from the pages."""
    document_type: Proposal | None = None
    invoice: Invoice | None = None


def opened(task: Task) -> Opened:
    """Open the file of *task* as its media type wants.

    Raises:
        UnknownType: Nobody here reads that type.
        IngestError: It cannot be opened, with the reason.
    """
    if task.media_type in _OPENERS:
        return _OPENERS[task.media_type](task)
    if task.media_type.startswith("text/"):
        return _text(task)
    raise UnknownType(task.media_type)


def _pdf(task: Task) -> Opened:
    document = PdfDocument(task.path, limits=task.limits, work=task.work)
    contents = parts_of(task.path, task.media_type, limits=task.limits, work=task.work)
    notices = (*signatures.notices(task.path), *active.in_pdf(task.path), *contents.notices)
    if any(part.filename == DATA_NAME for part in contents.parts):
        notices = (warning_text("xfa"), *notices)
    invoice = _embedded_invoice(contents.parts)
    if invoice is None:
        return Opened(document, contents.parts, notices)
    return _invoiced(document, invoice, contents.parts, (warning_text("invoice-in-pdf"), *notices))


def _embedded_invoice(parts: Sequence[Part]) -> Invoice | None:
    """The data of ZUGFeRD and Factur-X; a PDF that merely encloses invoices of others has other names for them."""
    for part in parts:
        if part.filename.lower() in invoices.EMBEDDED_NAMES and not part.folder:
            return invoices.invoice_of(part.path.read_bytes())
    return None


def _invoiced(document: Document, invoice: Invoice, parts: tuple[Part, ...], notices: tuple[str, ...]) -> Opened:
    return Opened(
        document=document,
        parts=parts,
        notices=(*notices, *invoices.notices_of(invoice)),
        stated=invoices.facts_of(invoice),
        document_type=invoices.proposal_of(invoice),
        invoice=invoice,
    )


def _xml(task: Task) -> Opened:
    data = task.path.read_bytes()
    invoice = invoices.invoice_of(data)
    if invoice is None:
        return _text(task)
    document = _set(task, lambda target: invoices.written(invoice, data, target, limits=task.limits))
    contents = parts_from(invoices.attached_files(data), limits=task.limits, work=task.work)
    return _invoiced(document, invoice, contents.parts, contents.notices)


def _image(task: Task) -> Opened:
    return Opened(ImageDocument(task.path, media_type=task.media_type, limits=task.limits))


def _text(task: Task) -> Opened:
    text = decoded(task.path.read_bytes())
    return Opened(_set(task, lambda target: plain.typeset(text, target, limits=task.limits)))


def _html(task: Task) -> Opened:
    page = page_of(task.path.read_bytes())
    notices = active.in_web_page(page)
    return Opened(_set(task, lambda target: typeset(page.blocks, target, limits=task.limits)), notices=notices)


def _mail(task: Task) -> Opened:
    contents = parts_of(task.path, task.media_type, limits=task.limits, work=task.work)
    if contents.letter is None:
        raise UnknownType(task.media_type)
    page = letters.page_of(contents.letter, contents.parts)
    document = _set(task, lambda target: typeset(page.blocks, target, limits=task.limits))
    return Opened(document, contents.parts, (*page.notices, *contents.notices), page.facts)


def _archive(task: Task) -> Opened:
    contents = parts_of(task.path, task.media_type, limits=task.limits, work=task.work)
    if not contents.parts:
        raise EmptyFile("the archive holds no files")
    blocks = listing.of_archive(task.scan.filename, contents.parts)
    document = _set(task, lambda target: typeset(blocks, target, limits=task.limits))
    return Opened(document, contents.parts, contents.notices)


def _office(task: Task) -> Opened:
    made = office.as_pdf(task.path, task.media_type, limits=task.limits, work=task.work)
    document = PdfDocument(made, limits=task.limits, work=task.work, is_ours=True)
    return Opened(document, notices=office_content.notices(task.path, task.media_type))


def _locked(_: Task) -> Opened:
    raise EncryptedFile("an office document under a password")


def _set(task: Task, make: Callable[[Path], Path]) -> Document:
    return PdfDocument(make(task.work / "typeset.pdf"), limits=task.limits, work=task.work, is_ours=True)


_OPENERS: Mapping[str, Callable[[Task], Opened]] = {
    types.PDF: _pdf,
    **dict.fromkeys((types.TIFF, types.JPEG, types.PNG, types.GIF, types.BMP, types.WEBP, types.HEIC), _image),
    types.HTML: _html,
    types.XML: _xml,
    types.MAIL: _mail,
    types.OUTLOOK: _mail,
    types.ZIP: _archive,
    **dict.fromkeys(office.SUFFIXES, _office),
    types.ENCRYPTED_OFFICE: _locked,
}
