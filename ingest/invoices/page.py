"""An invoice for people to read: its data on a page, with the XML it comes from inside the PDF."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fpdf import FPDF

from ingest.errors import page_text
from ingest.invoices.facts import subject_of
from ingest.typeset import Block, Style, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.model import Invoice, Limits

_LINE_SHARES = (1.0, 7.0, 1.6, 2.2, 2.2)
_RIGHT = frozenset({0, 2, 3, 4})


def written(invoice: Invoice, data: bytes, target: Path, *, limits: Limits) -> Path:
    """Write the page of *invoice* to *target*, its XML *data* embedded as source of what is seen, and return it.

    Raises:
        TooManyPages: It has more lines than *limits* allow pages for.
    """
    pdf = FPDF(format="A4")
    pdf.set_lang("de")
    pdf.set_title(subject_of(invoice))
    pdf.embed_file(
        bytes=data, basename="xrechnung.xml", mime_type="text/xml", associated_file_relationship="Source", compress=True
    )
    return typeset(blocks_of(invoice), target, limits=limits, pdf=pdf)


def blocks_of(invoice: Invoice) -> Iterator[Block]:
    """Yield the parts of the page: head, lines, sums, how to pay, notes."""
    yield Block(subject_of(invoice), Style.TITLE)
    for label, value in _head(invoice):
        if value:
            yield Block(cells=(f"{page_text(label)}:", value), shares=(1.0, 3.0))
    if invoice.lines:
        head = tuple(page_text(label) for label in ("number", "item", "quantity", "price", "amount"))
        yield Block(style=Style.HEADING, cells=head, shares=_LINE_SHARES, right=_RIGHT)
    for line in invoice.lines:
        cells = (line.number, line.name, german(line.quantity), german(line.price), german(line.amount))
        yield Block(cells=cells, shares=_LINE_SHARES, right=_RIGHT)
    for label, value in (
        ("net", invoice.net),
        ("tax", invoice.tax),
        ("gross", invoice.gross),
        ("due", invoice.payable),
    ):
        if value:
            amount = f"{german(value)} {invoice.currency}".strip()
            yield Block(cells=(page_text(label), amount), shares=(4.0, 1.4), right=frozenset({1}))
    for note in invoice.notes:
        yield Block(note)
    yield Block(page_text("made-from-data"), Style.SMALL)


def _head(invoice: Invoice) -> tuple[tuple[str, str], ...]:
    return (
        ("invoice-number", invoice.number),
        ("invoice-date", _german_day(invoice.issued_on)),
        ("due-date", _german_day(invoice.due_on)),
        ("seller", invoice.seller),
        ("tax-id", invoice.seller_tax_id),
        ("buyer", invoice.buyer),
        ("routing-id", invoice.routing_id),
        ("order", invoice.order_reference),
        ("iban", " ".join(invoice.iban[start : start + 4] for start in range(0, len(invoice.iban), 4))),
    )


def _german_day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d.%m.%Y") if iso else ""


def german(number: str) -> str:
    """Return a number as people write it: ``1234.50`` becomes ``1.234,50``."""
    whole, _, places = number.lstrip("+-").partition(".")
    grouped = f"{int(whole):,}".replace(",", ".") if whole.isdigit() else whole
    sign = "-" if number.startswith("-") else ""
    return f"{sign}{grouped},{places}" if places else f"{sign}{grouped}"
