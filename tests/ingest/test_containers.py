"""Mails, archives and PDFs with attachments come apart into a letter and harmless parts, within limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest

from ingest import detect, errors
from ingest.containers import Contents, harmless_folder, harmless_name, parts_of
from ingest.model import Limits

TEXT = b"Die Rechnung liegt bei.\n"


def pdf_bytes(**attachments: bytes) -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        for name, data in attachments.items():
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name)
        pdf.save(file)
    return file.getvalue()


def zip_bytes(files: dict[str, bytes], **options: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as archive:  # type: ignore[arg-type]
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def mail(*files: tuple[str, bytes], subject: str = "Bauantrag Müller", text: str = "Anbei die Pläne.") -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Erika Müller <erika@example.org>", "bauamt@example.org"
    message["Subject"], message["Date"] = subject, "Thu, 26 Nov 2026 10:00:00 +0100"
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def opened(data: bytes, folder: Path, **limits: int) -> Contents:
    path = folder / "upload"
    path.write_bytes(data)
    return parts_of(path, detect(path), limits=Limits(**limits), work=folder / "work")


def names(contents: Contents) -> list[str]:
    return [f"{part.folder}/{part.filename}".strip("/") for part in contents.parts]


def test_a_mail_is_its_letter_and_its_attachments(tmp_path: Path) -> None:
    data = pdf_bytes()
    found = opened(mail(("Plan Süd.pdf", data), ("notiz.txt", TEXT)), tmp_path)
    assert found.letter is not None
    assert (found.letter.subject, found.letter.sent) == ("Bauantrag Müller", "2026-11-26T10:00:00+01:00")
    assert found.letter.text.strip() == "Anbei die Pläne."
    assert [(part.position, part.filename, part.media_type) for part in found.parts] == [
        (1, "Plan Süd.pdf", "application/pdf"),
        (2, "notiz.txt", "text/plain"),
    ]
    assert found.parts[0].path.read_bytes() == data


def test_the_type_of_a_part_is_its_content(tmp_path: Path) -> None:
    assert opened(mail(("rechnung.exe", pdf_bytes())), tmp_path).parts[0].media_type == "application/pdf"


def test_an_archive_inside_gives_its_files_and_a_mail_inside_stays_with_what_it_brought(tmp_path: Path) -> None:
    inner = mail(("b.txt", TEXT), subject="Weitergeleitet")
    found = opened(mail(("plaene.zip", zip_bytes({"Haus 3/a.txt": TEXT})), ("alt.eml", inner)), tmp_path)
    assert names(found) == ["plaene.zip/Haus 3/a.txt", "alt.eml", "alt.eml/b.txt"]
    assert [part.position for part in found.parts] == [1, 2, 3]
    assert all(part.path.exists() for part in found.parts)


def test_a_mail_attached_as_a_mail_keeps_its_own_form(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Fw"
    message.set_content("siehe unten")
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "c@example.org", "a@example.org", "Ursprung"
    inner.set_content("Text")
    message.add_attachment(inner)
    found = opened(message.as_bytes(), tmp_path)
    assert names(found) == ["Ursprung.eml"]
    assert found.parts[0].media_type == "message/rfc822"


def test_a_pdf_gives_its_attachments(tmp_path: Path) -> None:
    found = opened(pdf_bytes(a=TEXT, b=zip_bytes({"c.txt": TEXT})), tmp_path)
    assert found.letter is None
    assert names(found) == ["a", "b/c.txt"]


@pytest.mark.parametrize(
    ("stated", "filename", "folder"),
    [
        ("../../etc/passwd", "passwd", "etc"),
        ("C:\\Windows\\system32\\a.dll", "a.dll", "Windows/system32"),
        ("/abs/b.pdf", "b.pdf", "abs"),
        ("..", "", ""),
        ("a\x00\n.pdf", "a.pdf", ""),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe", ""),
    ],
)
def test_a_stated_name_becomes_harmless(stated: str, filename: str, folder: str) -> None:
    assert (harmless_name(stated), harmless_folder(stated)) == (filename, folder)


def test_no_part_lies_outside_its_folder_whatever_its_name(tmp_path: Path) -> None:
    found = opened(zip_bytes({"../../../evil.txt": TEXT, "/etc/cron.d/x": TEXT}), tmp_path)
    assert names(found) == ["evil.txt", "etc/cron.d/x"]
    assert all(part.path.is_relative_to(tmp_path / "work") for part in found.parts)


def bomb(levels: int) -> bytes:
    data = zip_bytes({"0": b"\0" * 12_000_000})
    for _ in range(levels):
        data = zip_bytes({str(number): data for number in range(10)})
    return data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda: zip_bytes({str(number): b"" for number in range(30)}), errors.TooManyParts),
        (lambda: zip_bytes({"a": b"\0" * 40_000_000}), errors.DecompressionBomb),
        (lambda: zip_bytes({"a": b"x"})[:-30], errors.DamagedFile),
    ],
)
def test_an_archive_beyond_the_limits_is_refused(
    data: Callable[[], bytes], reason: type[errors.IngestError], tmp_path: Path
) -> None:
    with pytest.raises(reason):
        opened(data(), tmp_path, max_parts=20)


def test_a_bomb_inside_stays_closed_and_is_told(tmp_path: Path) -> None:
    found = opened(mail(("bombe.zip", bomb(0)), ("brief.txt", TEXT)), tmp_path)
    assert names(found) == ["bombe.zip", "brief.txt"]
    assert "„bombe.zip“ liegt ungeöffnet bei" in found.notices[0]


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    data = zip_bytes({"brief.txt": TEXT})
    for level in range(6):
        data = zip_bytes({f"{level}.zip": data})
    found = opened(data, tmp_path)
    assert names(found) == ["5.zip/4.zip/3.zip/2.zip/1.zip"]
    assert "zu tief" in found.notices[0]


def test_a_password_is_told(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"a": TEXT}))
    start = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[start + 8] |= 1
    with pytest.raises(errors.EncryptedFile):
        opened(bytes(data), tmp_path)
    inside = opened(mail(("geheim.zip", bytes(data))), tmp_path)
    assert names(inside) == ["geheim.zip"]
    assert "Kennwort" in inside.notices[0]


ODD = {
    "a charset nobody knows": b"Content-Type: text/plain; charset=klingon\r\n\r\nGr\xfc\xdfe",
    "no charset and Latin letters": b"Content-Type: text/plain\r\n\r\nGr\xfc\xdfe",
    "UTF-8 said to be ASCII": "Content-Type: text/plain; charset=us-ascii\r\n\r\nGrüße".encode(),
    "a broken transfer coding": b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ",
    "a codec that is no charset": b"Content-Type: text/plain; charset=rot13\r\n\r\nGr\xfc\xdfe",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_encodings_of_a_mail_are_read(name: str, tmp_path: Path) -> None:
    head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nMIME-Version: 1.0\r\n"
    found = opened(head + ODD[name], tmp_path)
    assert found.letter is not None
    assert found.letter.subject == "Grüße"
    assert found.letter.text == "Grüße"
