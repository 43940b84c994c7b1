"""Mails of Outlook are the same letters as all others: sender, day, text in any form, attachments, mails inside."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import olefile
import pytest

from ingest import ReaderSettings, detect, read_apart, rtf
from ingest.containers import parts_of
from ingest.errors import DamagedFile
from ingest.mail import Letter
from ingest.model import Limits, Scan
from ingest.outlook import opened
from tests.ingest.conftest import RULES
from tests.ingest.nasty.pdfs import GOOD
from tests.ingest.outlook_files import attachment, inside, message, msg, rich

HTML = "<html><body><p>Grüße aus <b>Köln</b></p></body></html>"
# The first example of MS-OXRTFCP (3.1.1.2): Microsoft's own packing.
PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
OF_HTML = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\fonttbl{\f0 Arial;}}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Gr\'fc\'dfe"
    rb" {\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 \u1055?\u-10179?\u-8704?{\*\htmltag72 </p>}\htmlrtf }\htmlrtf0"
    rb"{\*\mhtmltag64 weg}}"
)


def letter_of(data: bytes, folder: Path) -> Letter:
    (folder / "mail.msg").write_bytes(data)
    return opened(folder / "mail.msg")


def test_what_the_tests_write_is_a_faultless_compound_file(tmp_path: Path) -> None:
    (tmp_path / "mail.msg").write_bytes(msg(attachment("groß.bin", bytes(range(256)) * 300), attachment("k.txt", b"x")))
    with olefile.OleFileIO(tmp_path / "mail.msg", raise_defects=olefile.DEFECT_POTENTIAL) as ole:
        place = "__attach_version1.0_#00000000/__substg1.0_37010102"
        assert ole.openstream(place).read() == bytes(range(256)) * 300
        assert ole.openstream(place.replace("#00000000", "#00000001")).read() == b"x"
        assert not ole.parsing_issues
    assert detect(tmp_path / "mail.msg") == "application/vnd.ms-outlook"


def test_sender_recipients_subject_text_and_the_day_it_was_here(tmp_path: Path) -> None:
    to = (("Bauamt", "bauamt@example.org", 1), ("Archiv", "archiv@example.org", 2))
    letter = letter_of(msg(to=to), tmp_path)
    assert letter.sender == "Erika Müller <erika@example.org>"
    assert (letter.recipients, letter.copies) == ("Bauamt <bauamt@example.org>", "Archiv <archiv@example.org>")
    assert (letter.subject, letter.sent) == ("Bauantrag Müller", "2026-11-27T00:30:00+01:00")
    assert "anbei die Pläne" in letter.text


def test_an_address_of_the_directory_is_none_for_people(tmp_path: Path) -> None:
    letter = letter_of(msg(t0C1E="EX", t0C1F="/O=STADT/CN=RECIPIENTS/CN=4711"), tmp_path)
    assert letter.sender == "Erika Müller"
    assert letter_of(msg(t0C1E="EX", t5D01="e@example.org"), tmp_path).sender == "Erika Müller <e@example.org>"


def test_what_the_properties_lack_the_headers_tell(tmp_path: Path) -> None:
    headers = (
        "From: =?utf-8?Q?Ren=C3=A9_Bo=C3=9F?= <boss@example.org>\r\nTo: amt@example.org\r\n"
        "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\nDate: Thu, 26 Nov 2026 10:00:00 +0100\r\n"
    )
    letter = letter_of(msg(to=(), without=(0x0037, 0x0C1A, 0x0C1F, 0x0039), t007D=headers), tmp_path)
    assert letter.sender == "René Boß <boss@example.org>"
    assert (letter.subject, letter.recipients) == ("Grüße", "amt@example.org")
    assert letter.sent == "2026-11-26T10:00:00+01:00"


def test_a_mail_that_was_never_sent_has_no_day(tmp_path: Path) -> None:
    assert letter_of(msg(without=(0x0039,)), tmp_path).sent == ""


@pytest.mark.parametrize(
    "body", [{"t1013": HTML.encode("cp1252"), "t3FDE": 1252}, {"t1013": HTML.encode(), "t3FDE": 65001}]
)
def test_html_is_read_in_its_encoding(body: dict[str, bytes | int], tmp_path: Path) -> None:
    assert letter_of(msg(without=(0x1000,), **body), tmp_path).html == HTML


def test_rich_text_is_read_where_it_is_all_there_is(tmp_path: Path) -> None:
    assert letter_of(msg(without=(0x1000,), t1009=PACKED), tmp_path).text == "hello world"
    assert letter_of(msg(without=(0x1000,), t1009=rich(OF_HTML)), tmp_path).html == "<p>Grüße &lt;П😀</p>"
    assert letter_of(msg(t1009=PACKED), tmp_path).text.startswith("Sehr geehrte")


def test_packed_rich_text_repeats_what_the_window_holds() -> None:
    # The second example of MS-OXRTFCP (3.1.2.2): a run that reads what it is just writing.
    packed = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert rtf.unpacked(packed) == rb"{\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_attachments_are_files_mails_inside_are_mails_and_logos_are_none(tmp_path: Path) -> None:
    inner = message(attachment("plan.pdf", GOOD), is_inside=True, t0037="Ursprung")
    data = msg(
        attachment("Süd.pdf", GOOD),
        inside(inner),
        attachment("logo.png", b"\x89PNG", t3712="logo@1", t370E="image/png"),
    )
    letter = letter_of(data, tmp_path)
    assert [name for name, _ in letter.files] == ["Süd.pdf", "Ursprung.eml"]
    assert letter.files[0][1] == GOOD
    forwarded = email.message_from_bytes(letter.files[1][1], policy=email.policy.default)
    assert forwarded["Subject"] == "Ursprung"
    assert [part.get_payload(decode=True) for part in forwarded.iter_attachments()] == [GOOD]
    found = parts_of(tmp_path / "mail.msg", "application/vnd.ms-outlook", limits=Limits(), work=tmp_path / "work")
    assert [part.filename for part in found.parts] == ["Süd.pdf", "Ursprung.eml", "plan.pdf"]


def test_a_link_and_an_object_of_another_program_are_told_and_cost_nothing_else(tmp_path: Path) -> None:
    link = attachment("Akte in der Ablage.docx", b"", t3705=7)
    drawing = {**attachment("Tabelle", b"", t3705=6), "__substg1.0_3701000D": {"CONTENTS": b"x" * 100}}
    (tmp_path / "mail.msg").write_bytes(msg(link, drawing, attachment("da.txt", b"Text, der da ist")))
    reading = read_apart(
        Scan(tmp_path / "mail.msg", "mail.msg"), ReaderSettings("null", RULES), limits=Limits(), work=tmp_path / "work"
    )
    assert [part.filename for part in reading.parts] == ["da.txt"]
    assert "„Akte in der Ablage.docx“" in reading.warnings[0]
    assert "„Tabelle“" in reading.warnings[1]
    assert reading.facts.letter_date is not None
    assert reading.facts.letter_date.value == "2026-11-27"
    assert "Bauantrag Müller" in reading.pages[0].text


def test_a_mail_that_says_a_time_beyond_all_calendars_is_damaged(tmp_path: Path) -> None:
    data = bytearray(msg())
    place = data.index(b"\x40\0\x39\0\x06\0\0\0") + 8
    data[place : place + 8] = b"\xff" * 8
    with pytest.raises(DamagedFile):
        letter_of(bytes(data), tmp_path)
