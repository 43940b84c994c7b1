"""The certificate of a destruction under the authority's seal, looked at with libraries that did not make it."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from eakte.actions import disposal
from eakte.errors import NotAllowed, SettingsInvalid
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.disposal import DestructionCertificate
from eakte.store.sealing import seal_of
from eakte.worker import disposal as job
from tests import verapdf
from tests.actions.test_destruction import approve, due_file, propose
from tests.ingest.test_signatures import in_a_thread
from tests.town import Town

PASSWORD = "Siegel der Stadt"
KEPT = "Tagessicherung 30, Monatssicherung 400"


@pytest.fixture(scope="module")
def key() -> tuple[bytes, x509.Certificate]:
    """The key and certificate of the authority, in a file as its trust service gives it."""
    secret = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, "Stadt Musterstadt")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    usage = certificates.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(usage, critical=True)
        .sign(secret, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    file = pkcs12.serialize_key_and_certificates(b"Siegel", secret, made, None, locked)
    return file, x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))


@pytest.fixture
def certified(town: Town, services: Services) -> Callable[..., DestructionCertificate]:
    def make(**settings: str) -> DestructionCertificate:
        disposal_id = propose(town, due_file(town))
        approve(town, disposal_id)
        working = replace(services, settings=replace(services.settings, **settings))

        def work_off() -> None:
            for step in job.DESTRUCTION.steps:
                step(working, str(disposal_id))

        in_a_thread(work_off)  # as in the worker: pyHanko needs a thread without an event loop
        with town.database.reading() as session:
            return session.get_one(DestructionCertificate, disposal_id)

    return make


def test_a_sealed_certificate_holds_for_other_libraries(
    certified: Callable[..., DestructionCertificate], key: tuple[bytes, x509.Certificate], tmp_path: Path
) -> None:
    file = tmp_path / "siegel.p12"
    file.write_bytes(key[0])
    made = certified(seal_file=str(file), seal_password=PASSWORD, backup_days=KEPT)
    (signature,) = PdfFileReader(io.BytesIO(made.pdf)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    status = in_a_thread(lambda: validate_pdf_signature(signature, ValidationContext(trust_roots=[key[1]])))
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.pdf)).pages)
    told = json.loads(made.document)["destruction"]
    done = date.fromisoformat(told["destroyed_at"][:10])
    last = done + timedelta(days=400)
    assert told["backups_until"] == last.isoformat()
    assert [one["name"] for one in told["backups"]] == ["Tagessicherung", "Monatssicherung"]
    assert f"{last:%d.%m.%Y}" in text
    shown = tmp_path / "nachweis.pdf"
    shown.write_bytes(made.pdf)
    assert verapdf.faults([shown], "2u") == {shown: []}


def test_a_changed_certificate_is_no_longer_sealed(
    certified: Callable[..., DestructionCertificate], key: tuple[bytes, x509.Certificate], tmp_path: Path
) -> None:
    file = tmp_path / "siegel.p12"
    file.write_bytes(key[0])
    made = certified(seal_file=str(file), seal_password=PASSWORD)
    place = made.pdf.index(b"\n%") + 3  # of the comment behind the first line, which no reader looks at
    changed = made.pdf[:place] + b"9" + made.pdf[place + 1 :]
    assert changed != made.pdf
    (signature,) = PdfFileReader(io.BytesIO(changed)).embedded_signatures
    status = in_a_thread(lambda: validate_pdf_signature(signature, ValidationContext(trust_roots=[key[1]])))
    assert not status.intact


def holds_for_openssl(folder: Path, document: bytes, signature: bytes, trusted: x509.Certificate) -> bool:
    """Whether OpenSSL finds that the bytes are signed by who is trusted."""
    for name, content in (("x.json", document), ("x.p7s", signature), ("ca.der", trusted.dump())):
        (folder / name).write_bytes(content)
    run = partial(subprocess.run, cwd=folder, capture_output=True, check=False)
    run(["openssl", "x509", "-inform", "DER", "-in", "ca.der", "-out", "ca.pem"])
    verify = "openssl cms -verify -binary -inform DER -in x.p7s -content x.json -CAfile ca.pem -purpose any -out out"
    return run(verify.split()).returncode == 0 and (folder / "out").read_bytes() == document


def test_the_json_is_signed_with_the_same_key(
    certified: Callable[..., DestructionCertificate], key: tuple[bytes, x509.Certificate], tmp_path: Path, town: Town
) -> None:
    file = tmp_path / "siegel.p12"
    file.write_bytes(key[0])
    made = certified(seal_file=str(file), seal_password=PASSWORD)
    assert made.signature is not None
    assert made.document not in made.signature
    assert holds_for_openssl(tmp_path, made.document, made.signature, key[1])
    changed = made.document.replace(b"weber", b"lang!") if b"weber" in made.document else made.document + b" "
    assert not holds_for_openssl(tmp_path, changed, made.signature, key[1])
    with town.database.reading() as session:
        manager, clerk = town.actor("weber"), town.actor("brandt")
        assert disposal.signature(session, manager, made.disposal_id, town.now) == made.signature
        assert [one.signed for one in disposal.certificates(session, manager, now=town.now)] == [True]
        with pytest.raises(NotAllowed):
            disposal.signature(session, clerk, made.disposal_id, town.now)


def test_without_a_key_there_is_no_seal_and_without_backups_no_day(
    certified: Callable[..., DestructionCertificate],
) -> None:
    made = certified()
    assert not PdfFileReader(io.BytesIO(made.pdf)).embedded_signatures
    assert made.signature is None
    assert json.loads(made.document)["destruction"]["backups_until"] is None


def test_wrong_settings_are_told(tmp_path: Path) -> None:
    assert Settings(backup_days=KEPT).backups == {"Tagessicherung": 30, "Monatssicherung": 400}
    for wrong in ("30", "Tagessicherung", "Tagessicherung dreißig"):
        with pytest.raises(SettingsInvalid):
            _ = Settings(backup_days=wrong).backups
    file = tmp_path / "siegel.p12"
    file.write_bytes(b"kein Schluessel")
    with pytest.raises(SettingsInvalid):
        seal_of(Settings(seal_file=str(file)))
    with pytest.raises(SettingsInvalid):
        seal_of(Settings(seal_file=str(tmp_path / "fehlt.p12")))
