"""Archives and mails that multiply, nest, lie or lead elsewhere."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from ingest import errors
from tests.ingest.nasty import READ, Nasty, raw
from tests.ingest.nasty.pdfs import GOOD
from tests.ingest.test_containers import bomb, mail, zip_bytes

TEXT = b"Sehr geehrte Damen und Herren, anbei die Unterlagen.\n"
HEAD = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"

PLAIN = b"Content-Type: text/plain; charset="
RAW_HEAD = HEAD.replace(b"Antrag", b"Antr\xe4g\0\xff\x80")


def _entries(count: int) -> bytes:
    return zip_bytes({f"{number}.txt": b"x" for number in range(count)})


def _many_names_for_one(count: int) -> bytes:
    """An archive whose files all are the same packed bytes (the bomb of overlapping files)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"\0" * 30_000_000
    packed = packer.compress(content) + packer.flush()
    check, name = zlib.crc32(content), b"a"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, check, len(packed), len(content), 1, 0) + name
    body, central = local + packed, b""
    for number in range(count):
        other = b"%c" % (65 + number)
        central += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, check, len(packed), len(content), 1, 0, 0, 0, 0, 0, 0
        )
        central += other
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(central), len(body), 0)
    return body + central + end


def _quine_like(depth: int) -> bytes:
    """An archive in an archive … deeper than anybody opens."""
    data = TEXT
    for _ in range(depth):
        data = zip_bytes({"r.zip" if data is not TEXT else "r.txt": data})
    return data


def _wrong_check() -> bytes:
    data = bytearray(zip_bytes({"a.txt": TEXT * 10}))
    data[40] ^= 0xFF
    return bytes(data)


def _locked() -> bytes:
    data = bytearray(zip_bytes({"a.txt": TEXT}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def _unknown_packing() -> bytes:
    data = bytearray(zip_bytes({"a.txt": TEXT}))
    data[8] = 77
    data[data.index(b"PK\1\2") + 10] = 77
    return bytes(data)


def _link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("brief.txt", TEXT)
    return file.getvalue()


def _long_names() -> bytes:
    return zip_bytes({"a/" * 5_000 + "b.txt": TEXT, "x" * 60_000: TEXT, "..": TEXT, "con.txt\0.exe": TEXT})


def _parts(count: int) -> bytes:
    part = b"--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part * count + b"--x--\r\n"


def _multiparts(depth: int) -> bytes:
    data = b"Content-Type: text/plain\r\n\r\nganz innen\r\n"
    for number in range(depth):
        edge = b"b%d" % number
        data = b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n%s\r\n--%s--\r\n" % (edge, edge, data, edge)
    return HEAD + data


def _mails(depth: int) -> bytes:
    data = mail(text="ganz innen")
    for _ in range(depth):
        data = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + data
    return data


def _body(head: bytes, body: bytes) -> bytes:
    return HEAD + head + b"\r\n\r\n" + body


CONTAINERS: Nasty = {
    "a bomb of 10^12 zeros, archive in archive": (raw(bomb(5)), errors.TooManyParts),
    "42 MB of zeros in one small file": (raw(zip_bytes({"a": b"\0" * 42_000_000})), errors.DecompressionBomb),
    "files that lie upon each other": (raw(_many_names_for_one(40)), errors.DamagedFile),
    "an archive of 5,000 files": (raw(_entries(5_000)), errors.TooManyParts),
    "archives thirty deep": (raw(_quine_like(30)), READ),
    "names that lead out of the archive": (
        raw(zip_bytes({"../../../../etc/cron.d/x": TEXT, "C:\\Windows\\x.dll": TEXT, "/root/.ssh/id": TEXT})),
        READ,
    ),
    "names without end or without anything": (raw(_long_names()), READ),
    "an archive with a link to elsewhere": (raw(_link()), READ),
    "an archive cut short": (raw(_entries(5)[:-40]), errors.DamagedFile),
    "an archive with a wrong check sum": (raw(_wrong_check()), errors.DamagedFile),
    "an archive under a password": (raw(_locked()), errors.EncryptedFile),
    "an archive packed in a way nobody knows": (raw(_unknown_packing()), errors.DamagedFile),
    "an archive of empty files": (raw(zip_bytes({"a": b"", "b": b""})), READ),
    "a PDF behind an archive": (raw(zip_bytes({"a.txt": TEXT}) + GOOD), READ),
    "a mail of 5,000 attachments": (raw(_parts(5_000)), errors.TooManyParts),
    "multiparts fifty deep": (raw(_multiparts(50)), READ),
    "multiparts five hundred deep": (raw(_multiparts(500)), errors.DamagedFile),
    "mails in mails in mails": (raw(_mails(40)), READ),
    "a mail whose boundary never comes": (raw(_body(b"Content-Type: multipart/mixed; boundary=nie", TEXT)), READ),
    "a mail without a boundary": (raw(_body(b"Content-Type: multipart/mixed", TEXT)), READ),
    "a mail in a charset nobody knows": (
        raw(_body(b"Content-Type: text/plain; charset=klingon", b"Gr\xfc\xdfe")),
        READ,
    ),
    "a mail in a charset that is code": (raw(_body(b"Content-Type: text/plain; charset=zlib", b"Gr\xfc\xdfe")), READ),
    "a mail in broken base64": (
        raw(_body(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64", b"!!R3L=DvM")),
        READ,
    ),
    "a mail whose subject names a charset that is none": (
        raw(HEAD.replace(b"Antrag", "=?€?Q?Antrag?=".encode()) + b"\r\n" + TEXT),
        READ,
    ),
    "a mail in UTF-7": (raw(_body(b"Content-Type: text/plain; charset=utf-7", b"+ADw-script+AD4-")), READ),
    "a mail with raw bytes in its headers": (
        raw(HEAD.replace(b"Antrag", b"Antr\xe4g\0\xff\x80") + b"\r\n" + TEXT),
        READ,
    ),
    "a mail with a header a megabyte long": (raw(HEAD + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\n" + TEXT), READ),
    "a mail with a hundred thousand addresses": (
        raw(HEAD + b"Cc: " + b"a@example.org,\r\n " * 100_000 + b"z@example.org\r\n\r\n" + TEXT),
        READ,
    ),
    "a mail with a date that never was": (raw(HEAD + b"Date: Thu, 99 Foo 20266 77:88:99 +9999\r\n\r\n" + TEXT), READ),
    "a mail whose attachment's name is coded without end": (
        raw(_body(b"Content-Type: application/pdf; name*0*=utf-8''%FF; name*1*=%; name*x=%zz", GOOD)),
        READ,
    ),
    "a mail that says it is its own form": (raw(_body(b"Content-Type: message/rfc822", b"")), READ),
    "an Outlook mail cut short": (
        lambda path: Path(path).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        errors.UnknownType,
    ),
}
