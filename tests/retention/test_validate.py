from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from retention import inspect, validate, write_appraisal_receipt, write_offer, write_transfer
from retention.errors import SchemasMissingError
from tests.retention.samples import HEAD, case_file, open_file, sample_folder, schema_folder, wanted

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def transfer(tmp_path: Path) -> Path:
    return write_transfer([wanted(case_file())], HEAD, tmp_path, open_file=open_file).path


def rewrite(path: Path, change: Change) -> Path:
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def in_message(old: str, new: str, times: int = -1) -> Change:
    def change(entries: dict[str, bytes]) -> None:
        name = next(name for name in entries if name.endswith(".xml"))
        assert old.encode() in entries[name]
        entries[name] = entries[name].replace(old.encode(), new.encode(), times)

    return change


def drop_a_file(entries: dict[str, bytes]) -> None:
    del entries[next(name for name in entries if name.endswith(".pdf"))]


def add_a_file(entries: dict[str, bytes]) -> None:
    entries["liste.txt"] = b"nicht genannt"


def rename_the_message(entries: dict[str, bytes]) -> None:
    name = next(name for name in entries if name.endswith(".xml"))
    entries["00000000-0000-4000-8000-000000000000_0503.xml"] = entries.pop(name)


def codes(path: Path) -> set[str]:
    return {finding.code for finding in validate(path, schema_folder())}


def test_what_we_write_is_clean_and_complete(tmp_path: Path, transfer: Path) -> None:
    for path in (
        transfer,
        write_offer([case_file(1), case_file(2)], HEAD, tmp_path).path,
        write_appraisal_receipt(HEAD, tmp_path).path,
    ):
        report = inspect(path, schema_folder())
        assert (report.version, report.process_id) == ("3.1.0", HEAD.process_id)
        assert report.findings == ()
        assert report.hints == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (in_message("<code>A</code>", "<code>X</code>"), "schema"),
        (in_message("xdomea:ZdADatum", "xdomea:ZdaDatum"), "schema"),
        (in_message("Importbestaetigung>1", "Importbestaetigung>true"), "schema"),
        (in_message("xsi:schemaLocation", "xsi:noNamespaceSchemaLocation"), "schema-location"),
        (in_message("ArchivspezifischeMetadaten", "Weg"), "schema"),
        (drop_a_file, "file-missing"),
        (add_a_file, "file-surplus"),
        (rename_the_message, "name-differs"),
        (in_message(HEAD.process_id, "3f0c7a3e-6d0b-4b7f-9f55-000000000000"), "name-process"),
        (in_message("</xdomea:Akte>", ""), "message-unreadable"),
        (in_message("<?xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><?xml"), "message-unreadable"),
        (in_message("schema:3.1.0", "schema:9.9.9"), "version-unknown"),
    ],
)
def test_each_fault_is_found(transfer: Path, change: Change, code: str) -> None:
    assert code in codes(rewrite(transfer, change))


def test_another_prefix_is_found_though_the_schema_allows_it(transfer: Path) -> None:
    for old, new in (("<xdomea:", "<xd:"), ("</xdomea:", "</xd:"), ("xmlns:xdomea=", "xmlns:xd=")):
        rewrite(transfer, in_message(old, new))
    assert codes(transfer) == {"prefix"}


def test_a_primary_file_must_not_carry_the_uuid_of_a_document(transfer: Path) -> None:
    offered = case_file()
    document = offered.documents[0]
    change = in_message(f"<xdomea:ID>{document.document_id}", f"<xdomea:ID>{document.files[0].file_id}")
    assert "uuid-twice" in codes(rewrite(transfer, change))


def test_an_offer_carries_no_files_and_a_transfer_does(tmp_path: Path, transfer: Path) -> None:
    offer = write_offer([case_file()], HEAD, tmp_path).path
    with zipfile.ZipFile(transfer) as archive:
        message = archive.read(f"{transfer.stem}.xml").decode()
    assert "Primaerdokument" in message
    with zipfile.ZipFile(offer) as archive:
        assert archive.namelist() == [f"{offer.stem}.xml"]
        assert b"Primaerdokument" not in archive.read(f"{offer.stem}.xml")


def test_retention_metadata_are_needed_although_the_schema_does_not_ask(transfer: Path) -> None:
    def strip(entries: dict[str, bytes]) -> None:
        name = next(name for name in entries if name.endswith(".xml"))
        head, _, rest = entries[name].partition(b"<xdomea:ArchivspezifischeMetadaten>")
        entries[name] = head + rest.partition(b"</xdomea:ArchivspezifischeMetadaten>")[2]

    assert codes(rewrite(transfer, strip)) == {"retention-missing"}


def test_six_levels_are_too_many(transfer: Path) -> None:
    case_id = case_file().cases[0].case_id

    def deepen(entries: dict[str, bytes]) -> None:
        name = next(name for name in entries if name.endswith(".xml"))
        part = "<xdomea:Teilvorgang><xdomea:Identifikation><xdomea:ID>{}</xdomea:ID></xdomea:Identifikation>"
        nested = "".join(part.format(case_id[:-4] + f"{level:04}") for level in range(4)) + "</xdomea:Teilvorgang>" * 4
        entries[name] = entries[name].replace(b"</xdomea:Vorgang>", nested.encode() + b"</xdomea:Vorgang>", 1)

    assert codes(rewrite(transfer, deepen)) == {"too-deep"}


def test_damaged_bytes_of_a_file_are_found(transfer: Path) -> None:
    with zipfile.ZipFile(transfer) as archive:
        info = next(info for info in archive.infolist() if info.filename.endswith(".pdf"))
    data = bytearray(transfer.read_bytes())
    data[info.header_offset + 150] ^= 0xFF
    transfer.write_bytes(data)
    assert "file-damaged" in codes(transfer)


def test_the_schema_folder_is_needed(transfer: Path, tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        with pytest.raises(SchemasMissingError, match="Schemata"):
            validate(transfer, folder)


def test_published_messages_of_all_versions_are_clean() -> None:
    folder = sample_folder()
    packages = sorted([*folder.glob("synthetic/*/*.zip"), *folder.glob("toolkit-pattern/*/*.xml")])
    reports = {path: inspect(path, schema_folder()) for path in packages}
    assert {path.name: report.findings for path, report in reports.items() if report.findings} == {}
    assert {report.version for report in reports.values()} == {"2.3.0", "2.4.0", "3.0.0", "3.1.0", "4.0.0"}


def test_hashes_stated_in_a_message_are_compared(tmp_path: Path) -> None:
    source = next(sample_folder().glob("synthetic/4.0.0/*_0503_1.zip"))
    path = tmp_path / source.name
    shutil.copyfile(source, path)

    def change(entries: dict[str, bytes]) -> None:
        name = next(name for name in entries if name.endswith(".pdf"))
        entries[name] += b"x"

    assert codes(rewrite(path, change)) == {"hash-differs"}
