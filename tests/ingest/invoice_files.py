"""Electronic invoices written here in both syntaxes of EN 16931, as XRechnung and inside PDFs as Factur-X."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pikepdf

from tests.ingest import pages

IBAN = "DE02120300000000202051"
_TYPES = "urn:oasis:names:specification:ubl:schema:xsd:Common"
_PROFILE = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"


def ubl(
    *,
    number: str = "R-2026/0815",
    gross: str = "119.00",
    iban: str = IBAN,
    enclosed: bytes = b"",
    currency: str = "EUR",
) -> bytes:
    """Return an XRechnung in UBL 2.1."""
    attachment = ""
    if enclosed:
        coded = base64.b64encode(enclosed).decode()
        attachment = (
            "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject "
            f'mimeCode="text/plain" filename="../nachweis.txt">{coded}</cbc:EmbeddedDocumentBinaryObject>'
            "</cac:Attachment></cac:AdditionalDocumentReference>"
        )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="{_TYPES}AggregateComponents-2"
 xmlns:cbc="{_TYPES}BasicComponents-2"><cbc:CustomizationID>{_PROFILE}</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>2026-11-20</cbc:IssueDate><cbc:DueDate>2026-12-20</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:Note>Bauvorhaben 52.01.01-2026/0417</cbc:Note>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode><cbc:BuyerReference>03241001-63-44</cbc:BuyerReference>
<cac:OrderReference><cbc:ID>B-77</cbc:ID></cac:OrderReference>{attachment}
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Bäder &amp; Söhne GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty><cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity>
<cbc:RegistrationName>Stadt Musterstadt</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>
</cac:AccountingCustomerParty>
<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">19.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">100</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="HUR">4.0</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cac:Item>
<cbc:Name>Abdichtung</cbc:Name></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">25.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine></Invoice>""".encode()


def cii() -> bytes:
    """Return the same invoice as Cross Industry Invoice."""
    party = "<ram:Name>{}</ram:Name>"
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"><rsm:ExchangedDocumentContext>
<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{_PROFILE}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
</rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>R-2026/0815</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20261120</udt:DateTimeString></ram:IssueDateTime>
<ram:IncludedNote><ram:Content>Bauvorhaben 52.01.01-2026/0417</ram:Content></ram:IncludedNote></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>
<ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Abdichtung</ram:Name>
</ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
<ram:ChargeAmount>25.00</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="HUR">4.0</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>100.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeAgreement>
<ram:BuyerReference>03241001-63-44</ram:BuyerReference><ram:SellerTradeParty>{party.format("Bäder &amp; Söhne GmbH")}
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty><ram:BuyerTradeParty>{party.format("Stadt Musterstadt")}</ram:BuyerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>B-77</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementPaymentMeans>
<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{IBAN}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
</ram:SpecifiedTradeSettlementPaymentMeans><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
<udt:DateTimeString format="102">20261220</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:{sums}><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount><ram:GrandTotalAmount>119.00</ram:GrandTotalAmount>
<ram:DuePayableAmount>119.00</ram:DuePayableAmount></ram:{sums}></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def in_pdf(folder: Path, name: str = "factur-x.xml") -> bytes:
    """Return a letter as PDF with the invoice inside, as ZUGFeRD and Factur-X do."""
    path = pages.born_digital_pdf(folder / "seen.pdf", ["Rechnung", "Bitte überweisen Sie 119,00 Euro."])
    file = io.BytesIO()
    with pikepdf.open(path) as pdf:
        attached = pikepdf.AttachedFileSpec(pdf, cii(), filename=name, mime_type="text/xml")
        pdf.attachments[name] = attached
        pdf.save(file)
    return file.getvalue()
