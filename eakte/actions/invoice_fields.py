"""The data of an electronic invoice as values of the fields that ``config/metadata/rechnung.toml`` declares."""

from __future__ import annotations

from eakte.records.field_values import LONGEST_TEXT
from ingest.iban import is_iban
from ingest.model import Invoice

_CURRENCY = "EUR"
"""The fields hold euros; amounts in another currency stay on the page."""


def values_of(invoice: Invoice | None) -> dict[str, str]:
    """Return the stored values an invoice gives: field name → value; nothing without an invoice.

    A clerk sees and may correct them like typed ones before the document is filed.
    """
    if invoice is None:
        return {}
    euros = invoice.currency in ("", _CURRENCY)
    values = {
        "rechnungsnummer": invoice.number,
        "rechnungsdatum": invoice.issued_on,
        "lieferant": invoice.seller,
        "betrag": invoice.gross if euros else "",
        "nettobetrag": invoice.net if euros else "",
        "umsatzsteuer": invoice.tax if euros else "",
        "faellig_am": invoice.due_on,
        "iban": invoice.iban if is_iban(invoice.iban) else "",
        "leitweg_id": invoice.routing_id,
        "bestellnummer": invoice.order_reference,
    }
    return {name: value[:LONGEST_TEXT] for name, value in values.items() if value}
