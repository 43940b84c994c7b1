"""Signed PDFs and forms: the original stays, the signature is checked, what was filled in is text."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pikepdf
import pytest
from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from ingest import ReaderSettings, read_apart
from ingest.model import Limits, Reading, Scan
from ingest.signatures import notices
from tests.ingest import pages
from tests.ingest.conftest import RULES

T = TypeVar("T")
BLIND = ReaderSettings("null", RULES)


@pytest.fixture(scope="module")
def signer() -> signers.SimpleSigner:
    return new_signer()


def new_signer() -> signers.SimpleSigner:
    """Erika Muster with a certificate she made herself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, "Erika Muster")])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    der = serialization.Encoding.DER
    secret = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signers.SimpleSigner(
        x509.Certificate.load(certificate.public_bytes(der)),
        keys.PrivateKeyInfo.load(secret),
        SimpleCertificateStore(),
    )


@pytest.fixture
def signed(signer: signers.SimpleSigner, tmp_path: Path) -> bytes:
    return signed_by(signer, tmp_path)


def signed_by(signer: signers.SimpleSigner, folder: Path) -> bytes:
    path = pages.born_digital_pdf(folder / "letter.pdf", ["Hiermit beantrage ich die Genehmigung."])
    metadata = signers.PdfSignatureMetadata(field_name="Unterschrift")
    writer = IncrementalPdfFileWriter(io.BytesIO(path.read_bytes()))
    return bytes(in_a_thread(lambda: signers.sign_pdf(writer, metadata, signer=signer).getvalue()))


def in_a_thread(work: Callable[[], T]) -> T:
    """Do *work* beside the event loop of a browser that may be open in this thread: pyHanko starts one of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def told(path: Path) -> tuple[str, ...]:
    return in_a_thread(lambda: notices(path))


def read(data: bytes, folder: Path) -> Reading:
    (folder / "upload").write_bytes(data)
    reading = read_apart(Scan(folder / "upload", "upload"), BLIND, limits=Limits(), work=folder / "work")
    assert (folder / "upload").read_bytes() == data
    return reading


def test_a_signature_that_fits_is_told_without_a_guess_about_trust(signed: bytes, tmp_path: Path) -> None:
    reading = read(signed, tmp_path)
    (notice,) = [notice for notice in reading.warnings if "Unterschrift" in notice]
    assert "Erika Muster" in notice
    assert "unverändert" in notice
    assert "nicht geprüft" in notice
    assert "Genehmigung" in reading.pages[0].text


def test_a_changed_letter_is_told(signed: bytes, tmp_path: Path) -> None:
    start = signed.index(b"stream\n") + 20
    (tmp_path / "upload").write_bytes(signed[:start] + bytes([signed[start] ^ 1]) + signed[start + 1 :])
    assert "ungültig" in told(tmp_path / "upload")[0]


def test_what_was_added_after_signing_is_told(signed: bytes, tmp_path: Path) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Added"] = writer.add_object(writer.root["/Pages"])
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    (tmp_path / "upload").write_bytes(out.getvalue())
    assert "ergänzt" in told(tmp_path / "upload")[0]


def test_a_broken_signature_cannot_be_checked(signed: bytes, tmp_path: Path) -> None:
    start = signed.index(b"/Contents <") + 11
    (tmp_path / "upload").write_bytes(signed[:start] + b"00" * 40 + signed[start + 80 :])
    assert "nicht prüfbar" in told(tmp_path / "upload")[0]


def test_a_letter_without_signature_has_no_such_notice(tmp_path: Path) -> None:
    assert told(pages.born_digital_pdf(tmp_path / "letter.pdf", ["Guten Tag"])) == ()


def form(value: str, *, xfa: bytes = b"") -> bytes:
    """Return a form whose one field holds *value*, drawn by nobody yet."""
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        )
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String("Name"),
                V=String(value),
                F=4,
                Rect=Array([50, 700, 500, 720]),
                DA=String("/F 12 Tf 0 g"),
                P=page.obj,
            )
        )
        page.obj.Annots = Array([field])
        resources = Dictionary(Font=Dictionary(F=font))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), DR=resources, DA=String("/F 12 Tf 0 g"))
        if xfa:
            pdf.Root.AcroForm.XFA = Array([String("datasets"), pdf.make_indirect(pikepdf.Stream(pdf, xfa))])
        pdf.save(file)
    return file.getvalue()


def test_what_was_filled_in_is_part_of_the_text(tmp_path: Path) -> None:
    reading = read(form("Erika Musterfrau beantragt Wohngeld"), tmp_path)
    assert "Musterfrau beantragt Wohngeld" in reading.pages[0].text


def test_the_data_of_an_xfa_form_comes_along(tmp_path: Path) -> None:
    reading = read(form("Bitte warten", xfa=b"<xfa:data><Name>Musterfrau</Name></xfa:data>"), tmp_path)
    (part,) = reading.parts
    assert (part.filename, b"Musterfrau" in part.path.read_bytes()) == ("Formulardaten.xml", True)
    assert any("XFA" in notice for notice in reading.warnings)
