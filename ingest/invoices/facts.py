"""What an invoice states, as facts of a document, with notices where it contradicts itself."""

from __future__ import annotations

from decimal import Decimal

from ingest.errors import page_text, warning_text
from ingest.iban import is_iban
from ingest.model import Facts, Finding, Invoice, Proposal

_CREDIT_NOTES = {"381", "396", "532"}
"""UNTDID 1001, as far as EN 16931 takes credit notes from it."""
_STATED = 0.99
_CENTS_OF_ROUNDING = Decimal("0.05")


def facts_of(invoice: Invoice) -> Facts:
    """Return the facts *invoice* states; they go before what its page seems to say."""
    return Facts(
        sender=_finding(invoice.seller),
        foreign_reference=_finding(invoice.number),
        letter_date=_finding(invoice.issued_on),
        subject=Finding(subject_of(invoice)),
    )


def subject_of(invoice: Invoice) -> str:
    """Return what the document is about, e.g. ``Rechnung 4711 von Muster GmbH``."""
    word = page_text("credit-note" if invoice.kind in _CREDIT_NOTES else "invoice")
    by = f" {page_text('by')} {invoice.seller}" if invoice.seller else ""
    return f"{word} {invoice.number}{by}".strip()


def proposal_of(invoice: Invoice) -> Proposal:
    """Return the document type an invoice is, whatever its words would be taken for."""
    reason = page_text("stated-invoice").format(profile=_standard(invoice))
    return Proposal(page_text("invoice"), _STATED, reason)


def _standard(invoice: Invoice) -> str:
    for word, name in (("xrechnung", "XRechnung"), ("factur-x", "Factur-X"), ("zugferd", "ZUGFeRD")):
        if word in invoice.profile.lower():
            return name
    return "EN 16931"


def notices_of(invoice: Invoice) -> tuple[str, ...]:
    """Return German notices: sums that do not add up, an account number that cannot be, another currency."""
    found = (
        ("invoice-sums", not _adds_up(invoice)),
        ("invoice-iban", bool(invoice.iban) and not is_iban(invoice.iban)),
        ("invoice-currency", invoice.currency not in ("", "EUR")),
    )
    return tuple(warning_text(code) for code, is_so in found if is_so)


def _adds_up(invoice: Invoice) -> bool:
    if not (invoice.net and invoice.tax and invoice.gross):
        return True
    return abs(Decimal(invoice.net) + Decimal(invoice.tax) - Decimal(invoice.gross)) <= _CENTS_OF_ROUNDING


def _finding(value: str) -> Finding | None:
    return Finding(value) if value else None
