"""The XML of an invoice as an Invoice, whichever of the two syntaxes of EN 16931-3 it is written in."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from ingest.model import Invoice, InvoiceLine
from ingest.xml import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

EMBEDDED_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
"""How ZUGFeRD, Factur-X and XRechnung name the data inside a PDF; letters of either case."""

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_UBL_ROOTS = (f"{{{_UBL}Invoice-2}}Invoice", f"{{{_UBL}CreditNote-2}}CreditNote")
_CII_ROOT = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"

_MOST_LINES, _LONGEST = 5_000, 4_000
_AMOUNT = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?")
_CENT = Decimal("0.01")


class Attached(NamedTuple):
    """A file embedded in the XML: its stated name and its bytes."""

    name: str
    data: bytes


def invoice_of(data: bytes) -> Invoice | None:
    """Return the invoice in the XML *data*, ``None`` if it is none (or has a document type, which none has).

    Values are normal: dates ISO, amounts with a point and at least two places, IBAN without blanks. What is missing
    or not of its kind is ``""``.
    """
    root = parsed(data)
    if root is None:
        return None
    if root.tag in _UBL_ROOTS:
        return _of_ubl(root)
    return _of_cii(root) if root.tag == _CII_ROOT else None


def attached_files(data: bytes) -> list[Attached]:
    """Return the files embedded in the XML of an invoice (BT-125); those that are no base64 are left out."""
    root = parsed(data)
    if root is None:
        return []
    found = []
    for name in ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"):
        for node in root.iterfind(f".//{{*}}{name}"):
            try:
                content = base64.b64decode("".join((node.text or "").split()), validate=True)
            except (binascii.Error, ValueError):
                continue
            if content:
                found.append(Attached(node.get("filename", ""), content))
    return found


def _of_ubl(root: etree._Element) -> Invoice:
    seller, buyer = ("AccountingSupplierParty/Party", "AccountingCustomerParty/Party")
    names = ("PartyLegalEntity/RegistrationName", "PartyName/Name")
    means = "PaymentMeans/"
    return Invoice(
        number=_text(root, "ID"),
        kind=_text(root, "InvoiceTypeCode", "CreditNoteTypeCode"),
        profile=_text(root, "CustomizationID"),
        issued_on=_day(_text(root, "IssueDate")),
        due_on=_day(_text(root, "DueDate", f"{means}PaymentDueDate")),
        seller=_text(root, *(f"{seller}/{name}" for name in names)),
        seller_tax_id=_text(root, f"{seller}/PartyTaxScheme/CompanyID"),
        buyer=_text(root, *(f"{buyer}/{name}" for name in names)),
        routing_id=_text(root, "BuyerReference"),
        order_reference=_text(root, "OrderReference/ID"),
        iban=_account(_text(root, f"{means}PayeeFinancialAccount/ID")),
        currency=_text(root, "DocumentCurrencyCode"),
        net=_amount(_text(root, "LegalMonetaryTotal/TaxExclusiveAmount")),
        tax=_amount(_text(root, "TaxTotal/TaxAmount")),
        gross=_amount(_text(root, "LegalMonetaryTotal/TaxInclusiveAmount")),
        payable=_amount(_text(root, "LegalMonetaryTotal/PayableAmount")),
        notes=_texts(root, "Note"),
        lines=tuple(_ubl_lines(root)),
    )


def _ubl_lines(root: etree._Element) -> Iterator[InvoiceLine]:
    nodes = (*root.iterfind("{*}InvoiceLine"), *root.iterfind("{*}CreditNoteLine"))
    for node in nodes[:_MOST_LINES]:
        yield InvoiceLine(
            number=_text(node, "ID"),
            name=_text(node, "Item/Name"),
            quantity=_number(_text(node, "InvoicedQuantity", "CreditedQuantity")),
            price=_amount(_text(node, "Price/PriceAmount")),
            amount=_amount(_text(node, "LineExtensionAmount")),
        )


def _of_cii(root: etree._Element) -> Invoice:
    deal = "SupplyChainTradeTransaction/"
    agreement, settlement = f"{deal}ApplicableHeaderTradeAgreement/", f"{deal}ApplicableHeaderTradeSettlement/"
    sums = f"{settlement}SpecifiedTradeSettlementHeaderMonetarySummation/"
    account = f"{settlement}SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/"
    return Invoice(
        number=_text(root, "ExchangedDocument/ID"),
        kind=_text(root, "ExchangedDocument/TypeCode"),
        profile=_text(root, "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"),
        issued_on=_day(_text(root, "ExchangedDocument/IssueDateTime/DateTimeString")),
        due_on=_day(_text(root, f"{settlement}SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")),
        seller=_text(root, f"{agreement}SellerTradeParty/Name"),
        seller_tax_id=_text(root, f"{agreement}SellerTradeParty/SpecifiedTaxRegistration/ID"),
        buyer=_text(root, f"{agreement}BuyerTradeParty/Name"),
        routing_id=_text(root, f"{agreement}BuyerReference"),
        order_reference=_text(root, f"{agreement}BuyerOrderReferencedDocument/IssuerAssignedID"),
        iban=_account(_text(root, f"{account}IBANID", f"{account}ProprietaryID")),
        currency=_text(root, f"{settlement}InvoiceCurrencyCode"),
        net=_amount(_text(root, f"{sums}TaxBasisTotalAmount")),
        tax=_amount(_text(root, f"{sums}TaxTotalAmount")),
        gross=_amount(_text(root, f"{sums}GrandTotalAmount")),
        payable=_amount(_text(root, f"{sums}DuePayableAmount")),
        notes=_texts(root, "ExchangedDocument/IncludedNote/Content"),
        lines=tuple(_cii_lines(root)),
    )


def _cii_lines(root: etree._Element) -> Iterator[InvoiceLine]:
    nodes = root.findall(_path("SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem"))
    for node in nodes[:_MOST_LINES]:
        total = "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"
        yield InvoiceLine(
            number=_text(node, "AssociatedDocumentLineDocument/LineID"),
            name=_text(node, "SpecifiedTradeProduct/Name"),
            quantity=_number(_text(node, "SpecifiedLineTradeDelivery/BilledQuantity")),
            price=_amount(_text(node, "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount")),
            amount=_amount(_text(node, total)),
        )


def _path(names: str) -> str:
    return "/".join(f"{{*}}{name}" for name in names.split("/"))


def _text(node: etree._Element, *paths: str) -> str:
    """The first of *paths* that says something."""
    return next((text for path in paths for text in _texts(node, path)), "")


def _texts(node: etree._Element, path: str) -> tuple[str, ...]:
    found = (" ".join((each.text or "").split())[:_LONGEST] for each in node.iterfind(_path(path)))
    return tuple(text for text in found if text)[:_MOST_LINES]


def _day(text: str) -> str:
    """ISO from ``2026-11-26`` (UBL) or ``20261126`` (CII, format 102)."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _amount(text: str) -> str:
    """An amount of money with two places, or more where a price has them."""
    number = _number(text)
    if not number:
        return ""
    value = Decimal(number)
    return str(value.quantize(_CENT) if value == value.quantize(_CENT) else value)


def _number(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        return ""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ""
    return f"{value.normalize():f}"


def _account(text: str) -> str:
    return text.replace(" ", "").upper()[:40]
