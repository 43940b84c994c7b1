"""What a stranger may send: the check command answers with findings, never with a crash and never with a full disk."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import inspect, write_offer
from retention.__main__ import main
from retention.xdomea import container, parse
from retention.xdomea.validate import MOST_FINDINGS
from tests.retention.samples import HEAD, case_file, schema_folder

STEM = f"{HEAD.process_id}_Aussonderung.Anbieteverzeichnis.0501"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clean message."""
    path = write_offer([case_file()], HEAD, tmp_path_factory.mktemp("plain")).path
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"{STEM}.xml")


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Codes of the findings that the command prints; it must end with 1."""
    assert main(["check", str(path), "--schemas", str(schema_folder())]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["clean"] is False
    return {finding["code"] for finding in answer["findings"]}


def packed(folder: Path, message: bytes, *others: tuple[str, bytes], stem: str = STEM) -> Path:
    path = folder / f"{stem}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{stem}.xml", message)
        for name, data in others:
            archive.writestr(name, data)
    return path


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 1000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">]>'
REMOTE = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda xml: xml.replace(DECLARATION, DECLARATION + LAUGHS).replace(b">Vorgang 1<", b">&c;<"),
            "message-unreadable",
        ),
        (
            lambda xml: xml.replace(DECLARATION, DECLARATION + REMOTE).replace(b">Vorgang 1<", b">&e;<"),
            "message-unreadable",
        ),
        (lambda xml: xml.replace(b">Vorgang 1<", b">&unbekannt;<"), "message-unreadable"),
        (lambda xml: xml.replace(b"Vorgang 1", b"Vorg\xe4nge"), "message-unreadable"),
        (lambda xml: xml.replace(b"'UTF-8'", b"'UTF-99'"), "message-unreadable"),
        (lambda xml: xml.replace(b">Vorgang 1<", b">" + b"<a>" * 300 + b"</a>" * 300 + b"<"), "schema"),
        (lambda xml: xml[: len(xml) // 2], "message-unreadable"),
        (lambda _: b"", "message-unreadable"),
        (lambda _: b"\x00" * 100, "message-unreadable"),
        (lambda xml: xml.decode().replace("'UTF-8'", "'UTF-16'").encode("utf-16"), "encoding"),
        (lambda xml: xml.decode().replace("'UTF-8'", "'ISO-8859-1'").encode("latin-1", "replace"), "encoding"),
        (lambda xml: xml.replace(b"Anbieteverzeichnis.0501", b"Anbieteverzeichnis.9901"), "schema-unknown"),
        (lambda xml: xml.replace(b"Anbieteverzeichnis.0501", b"Anbieteverzeichnis.0599"), "schema"),
        (lambda xml: xml.replace(b"schema:3.1.0", b"schema:7.0.0"), "version-unknown"),
        (lambda _: b"<html/>", "version-unknown"),
    ],
)
def test_a_hostile_message_is_a_finding(
    plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Callable[[bytes], bytes], code: str
) -> None:
    assert code in check(packed(tmp_path, change(plain)), capsys)


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.pdf", "/etc/passwd", "C:x.pdf", "a/b.pdf", "..\\x.pdf"])
def test_paths_out_of_the_package_are_a_finding(
    plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert check(packed(tmp_path, plain, (name, b"x")), capsys) == {"package-unsafe"}
    assert [path.name for path in tmp_path.iterdir()] == [f"{STEM}.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_double_names_are_a_finding(plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packed(tmp_path, plain, (f"{STEM}.xml", b"<a/>")), capsys) == {"package-unsafe"}


def test_a_zip_bomb_is_a_finding_before_it_is_unpacked(
    plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "SMALL", 2**20)
    assert check(packed(tmp_path, plain, ("bombe.pdf", bytes(2**24))), capsys) == {"package-unsafe"}


def test_a_message_of_countless_elements_is_a_finding_before_memory_is_full(
    plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "LIVE_LIMIT", 5_000)
    flood = plain.replace(b"</xdomea:Akte>", b"<b/>" * 20_000 + b"</xdomea:Akte>")
    assert check(packed(tmp_path, flood), capsys) == {"message-unreadable"}


def test_what_is_let_go_does_not_count(plain: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [case_file(number, cases=3, documents=3) for number in range(1, 40)]
    path = write_offer(files, HEAD, tmp_path).path
    monkeypatch.setattr(parse, "LIVE_LIMIT", 600)
    assert inspect(path, schema_folder()).findings == ()
    assert plain


def test_a_size_that_lies_is_a_finding(plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = packed(tmp_path, plain)
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<L", 100)
    path.write_bytes(data)
    assert check(path, capsys) <= {"message-unreadable", "package-unreadable"}


def flagged(path: Path, *, utf_8: bool, old: bytes, new: bytes) -> None:
    """Put raw bytes for a name into both directories of a ZIP, and say or hide that it is UTF-8."""
    data = path.read_bytes().replace(old, new)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.rindex(sign)
        flags = struct.unpack_from("<H", data, start + at)[0]
        flags = flags | 0x800 if utf_8 else flags & ~0x800
        data = data[: start + at] + struct.pack("<H", flags) + data[start + at + 2 :]
    path.write_bytes(data)


def test_a_name_that_is_not_utf_8_is_a_finding(
    plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(tmp_path, plain, ("anlage-xx.pdf", b"x"))
    flagged(path, utf_8=True, old=b"anlage-xx", new=b"anlage-\xff\xfe")
    assert check(path, capsys) == {"package-unreadable"}
    path = packed(tmp_path, plain, ("anlage-xx.pdf", b"x"))
    flagged(path, utf_8=False, old=b"anlage-xx", new="anlage-ü".encode())
    assert check(path, capsys) == {"name-encoding", "file-surplus"}
    path = packed(tmp_path, plain, ("anlage-xx.pdf", b"x"))
    flagged(path, utf_8=True, old=b"anlage-xx", new="anlage-ü".encode())
    assert check(path, capsys) == {"file-surplus"}


def test_more_findings_than_anybody_reads_are_cut(
    plain: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(tmp_path, plain, *((f"datei-{number}.pdf", b"x") for number in range(MOST_FINDINGS + 500)))
    main(["check", str(path), "--schemas", str(schema_folder())])
    assert len(json.loads(capsys.readouterr().out)["findings"]) == MOST_FINDINGS


@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    st.floats(0, 1),
    st.sampled_from(["message", "package"]),
)
def test_any_damage_is_a_finding_or_no_damage(
    plain: bytes, hits: list[tuple[float, int]], kept: float, where: str
) -> None:
    def damaged(data: bytes) -> bytes:
        broken = bytearray(data)
        for place, value in hits:
            broken[int(place * len(broken))] = value
        return bytes(broken[: int(len(broken) * max(kept, 0.1))]) if not hits else bytes(broken)

    with TemporaryDirectory() as folder:
        path = packed(Path(folder), damaged(plain) if where == "message" else plain)
        if where == "package":
            path.write_bytes(damaged(path.read_bytes()))
        report = inspect(path, schema_folder())
    assert report.findings or report.code == "0501"
