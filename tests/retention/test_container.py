from __future__ import annotations

import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import inspect, read_message, write_offer, write_transfer
from retention.errors import (
    MessageUnreadableError,
    OfferIncompleteError,
    OriginalChangedError,
    PackageUnreadableError,
    PackageUnsafeError,
    RetentionError,
)
from retention.xdomea import container
from retention.xdomea.container import open_package
from tests.retention.samples import HEAD, case_file, open_file

NAME = "3f0c7a3e-6d0b-4b7f-9f55-0d6d6f2f1a77_0502"


def package(folder: Path, *entries: str) -> Path:
    path = folder / f"{NAME}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}.xml", "<a/>")
        for entry in entries:
            archive.writestr(entry, "x")
    return path


@pytest.mark.parametrize(
    "name", ["../boese.pdf", "/etc/passwd", "ordner/", "ordner/datei.pdf", "C:datei", "a\\b.pdf", "a\nb.pdf"]
)
def test_only_flat_names_are_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackageUnsafeError), open_package(package(tmp_path, name)):
        pass


def test_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageUnsafeError, match="Doppelter Name"), open_package(package(tmp_path, "a.pdf", "A.pdf")):
        pass


def test_links_are_refused(tmp_path: Path) -> None:
    path = package(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.pdf")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PackageUnsafeError, match="Verknüpfung"), open_package(path):
        pass


def test_a_decompression_bomb_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "SMALL", 2**20)
    path = package(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bombe.pdf", bytes(8 * 2**20))
    with pytest.raises(PackageUnsafeError, match="Entpackt"), open_package(path):
        pass


def test_unusual_compression_is_refused(tmp_path: Path) -> None:
    path = package(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.pdf", "x")
    with pytest.raises(PackageUnsafeError, match="Kompression"), open_package(path):
        pass


def test_a_package_needs_exactly_one_message(tmp_path: Path) -> None:
    for entries in ((f"{NAME}_1.xml",), ("3f0c7a3e-6d0b-4b7f-9f55-0d6d6f2f1a77_0503.xml",)):
        with pytest.raises(PackageUnreadableError, match="2 Nachrichten"), open_package(package(tmp_path, *entries)):
            pass


def test_an_xml_invoice_beside_the_message_is_a_file(tmp_path: Path) -> None:
    path = package(tmp_path, "b7e1d7aa-0000-4000-8000-000000000031.xml")
    with open_package(path) as opened:
        assert opened.message_name == f"{NAME}.xml"
        assert list(opened.files) == ["b7e1d7aa-0000-4000-8000-000000000031.xml"]


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"kein zip"])
def test_what_is_no_package_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / f"{NAME}.zip"
    path.write_bytes(data)
    with pytest.raises(PackageUnreadableError):
        read_message(path)


def test_a_damaged_message_in_a_whole_zip_is_refused(tmp_path: Path) -> None:
    path = write_offer([case_file()], HEAD, tmp_path).path
    data = bytearray(path.read_bytes())
    data[400:420] = bytes(20)
    path.write_bytes(data)
    [finding] = inspect(path, None).findings
    assert finding.code in {"package-unreadable", "message-unreadable"}


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a SYSTEM "http://example.org/x.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        '<xdomea:X.0501 xmlns:xdomea="urn:xoev-de:xdomea:schema:3.1.0"><xdomea:Kopf>',
        "",
    ],
)
def test_document_types_entities_and_halves_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "nachricht.xml"
    path.write_text(text)
    with pytest.raises(MessageUnreadableError):
        read_message(path)


PREFIXES = st.sampled_from(
    [b"", b"PK\x03\x04", b"<a>", b'<x:A.0501 xmlns:x="urn:xoev-de:xdomea:schema:3.1.0">', b"<y:a/>"]
)


@given(PREFIXES, st.binary(max_size=400), st.sampled_from(["zip", "xml"]))
def test_any_bytes_give_a_named_refusal_and_never_a_crash(prefix: bytes, data: bytes, suffix: str) -> None:
    codes: list[str] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"nachricht.{suffix}"
        path.write_bytes(prefix + data)
        try:
            codes = [finding.code for finding in inspect(path, None).findings]
        except RetentionError as error:
            codes = [error.code]
    assert codes


def test_a_changed_original_stops_the_package_and_leaves_nothing(tmp_path: Path) -> None:
    offered = case_file()
    document = offered.documents[0]
    changed = replace(document, files=(replace(document.files[0], sha256="0" * 64),))
    with pytest.raises(OriginalChangedError, match="Prüfsumme"):
        write_transfer([replace(offered, documents=(changed,))], HEAD, tmp_path, open_file=open_file)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_original_stops_the_package_and_leaves_nothing(tmp_path: Path) -> None:
    def missing(_: object) -> None:
        raise FileNotFoundError

    with pytest.raises(OriginalChangedError):
        write_transfer([case_file()], HEAD, tmp_path, open_file=missing)  # type: ignore[arg-type] # never returns
    assert list(tmp_path.iterdir()) == []


def test_missing_metadata_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    offered = replace(case_file(), lead_unit=" ", retention=replace(case_file().retention, end=None))
    with pytest.raises(OfferIncompleteError, match=r"Federführung.*Aufbewahrungsende"):
        write_offer([offered], HEAD, tmp_path)
    with pytest.raises(OfferIncompleteError, match="keine Akte"):
        write_offer([], HEAD, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_characters_that_xml_cannot_carry_do_not_stop_a_package(tmp_path: Path) -> None:
    written = write_offer([replace(case_file(), subject="Seite 1\x0cSeite 2\ud800")], HEAD, tmp_path)
    with zipfile.ZipFile(written.path) as archive:
        assert "Seite 1Seite 2" in archive.read(f"{written.path.stem}.xml").decode()


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    files = [case_file(1), case_file(2)]
    one, two = (write_transfer(files, HEAD, folder, open_file=open_file) for folder in (first, second))
    assert one.sha256 == two.sha256
    assert one.path.read_bytes() == two.path.read_bytes()
