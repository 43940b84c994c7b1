"""Electronic invoices: the data is the record, a page of it is there to read, and what it states needs no guessing."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from ingest import ReaderSettings, read_apart, reading_from_json, reading_to_json
from ingest.invoices import facts_of, invoice_of, notices_of
from ingest.invoices.facts import is_iban
from ingest.invoices.page import german
from ingest.model import Limits, Reading, Scan
from tests.ingest import invoice_files
from tests.ingest.conftest import RULES

BLIND = ReaderSettings("null", RULES)


def read(data: bytes, folder: Path) -> Reading:
    (folder / "upload").write_bytes(data)
    reading = read_apart(Scan(folder / "upload", "upload"), BLIND, limits=Limits(), work=folder / "work")
    assert (folder / "upload").read_bytes() == data
    return reading


@pytest.mark.parametrize("data", [invoice_files.ubl(), invoice_files.cii()], ids=["UBL", "CII"])
def test_both_syntaxes_state_the_same(data: bytes) -> None:
    invoice = invoice_of(data)
    assert invoice is not None
    assert (invoice.number, invoice.issued_on, invoice.due_on) == ("R-2026/0815", "2026-11-20", "2026-12-20")
    assert (invoice.net, invoice.tax, invoice.gross, invoice.payable) == ("100.00", "19.00", "119.00", "119.00")
    assert (invoice.seller, invoice.buyer) == ("Bäder & Söhne GmbH", "Stadt Musterstadt")
    assert (invoice.routing_id, invoice.order_reference) == ("03241001-63-44", "B-77")
    assert (invoice.iban, invoice.seller_tax_id) == (invoice_files.IBAN, "DE123456789")
    (line,) = invoice.lines
    assert (line.name, line.quantity, line.price, line.amount) == ("Abdichtung", "4", "25.00", "100.00")
    assert notices_of(invoice) == ()


@pytest.mark.parametrize("data", [invoice_files.ubl(), invoice_files.cii()], ids=["UBL", "CII"])
def test_an_invoice_is_read_as_data_with_a_page_for_people(data: bytes, tmp_path: Path) -> None:
    reading = read(data, tmp_path)
    assert reading.invoice == invoice_of(data)
    assert reading.document_type is not None
    assert reading.document_type.value == "Rechnung"
    assert "XRechnung" in reading.document_type.reason
    text = " ".join(reading.pages[0].text.split())
    assert all(said in text for said in ("R-2026/0815", "20.12.2026", "119,00 EUR", "03241001-63-44", "Abdichtung"))
    assert reading.facts.sender is not None
    assert reading.facts.sender.value == "Bäder & Söhne GmbH"
    assert [found.value for found in reading.facts.references] == ["52.01.01-2026/0417"]


def test_the_page_is_archival_and_holds_the_data(tmp_path: Path) -> None:
    data = invoice_files.ubl()
    (rendition,) = read(data, tmp_path).renditions
    assert rendition.standard == "PDF/A-3b"
    with pikepdf.open(rendition.path) as pdf:
        assert pdf.attachments["xrechnung.xml"].get_file().read_bytes() == data


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"])
def test_an_invoice_inside_a_pdf_goes_before_what_the_page_says(name: str, tmp_path: Path) -> None:
    reading = read(invoice_files.in_pdf(tmp_path, name), tmp_path)
    assert reading.media_type == "application/pdf"
    assert reading.invoice == invoice_of(invoice_files.cii())
    assert "Bitte überweisen" in reading.pages[0].text
    assert any("Verbindlich sind die Daten" in notice for notice in reading.warnings)
    assert reading.facts.foreign_reference is not None
    assert reading.facts.foreign_reference.value == "R-2026/0815"


def test_an_invoice_enclosed_under_another_name_is_an_attachment_alone(tmp_path: Path) -> None:
    reading = read(invoice_files.in_pdf(tmp_path, "rechnung-des-nachbarn.xml"), tmp_path)
    assert reading.invoice is None
    assert [part.filename for part in reading.parts] == ["rechnung-des-nachbarn.xml"]


def test_files_inside_the_data_become_attachments(tmp_path: Path) -> None:
    (part,) = read(invoice_files.ubl(enclosed=b"Stundennachweis"), tmp_path).parts
    assert (part.filename, part.path.read_bytes()) == ("nachweis.txt", b"Stundennachweis")


def test_contradictions_are_told() -> None:
    wrong = invoice_of(invoice_files.ubl(gross="120.00", iban="DE03120300000000202051", currency="CHF"))
    assert wrong is not None
    told = " ".join(notices_of(wrong))
    assert all(word in told for word in ("Bruttobetrag", "Prüfziffer", "Euro"))


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
<ID>&c;</ID></Invoice>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&x;</ID></Invoice>"""


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE, b"<!DOCTYPE Invoice>" + invoice_files.ubl()[38:]])
def test_a_document_type_makes_it_no_invoice_and_nothing_is_resolved(data: bytes, tmp_path: Path) -> None:
    assert invoice_of(data) is None
    reading = read(data, tmp_path)
    assert reading.invoice is None
    assert "root:" not in reading.text


def test_an_invoice_survives_the_way_through_json(tmp_path: Path) -> None:
    reading = read(invoice_files.ubl(), tmp_path)
    work = tmp_path / "work"
    assert reading_from_json(reading_to_json(reading, work), work) == reading


def test_account_numbers_are_judged_by_their_check_digits() -> None:
    assert is_iban(invoice_files.IBAN)
    assert not any(is_iban(account) for account in ("", "DE02", "DE03120300000000202051", "de02120300000000202051"))


@pytest.mark.parametrize(("number", "said"), [("1234567.50", "1.234.567,50"), ("-3", "-3"), ("", ""), ("0.5", "0,5")])
def test_numbers_are_written_as_people_write_them(number: str, said: str) -> None:
    assert german(number) == said


def test_a_subject_names_number_and_seller() -> None:
    invoice = invoice_of(invoice_files.ubl())
    assert invoice is not None
    assert facts_of(invoice).subject is not None
    assert facts_of(invoice).subject.value == "Rechnung R-2026/0815 von Bäder & Söhne GmbH"  # type: ignore[union-attr]
