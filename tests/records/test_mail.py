"""What a mail's header says, and when two mails are the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.mail import HEADERS, LONGEST_VALUE, envelope_of, fingerprint_of

MAIL = b"Received: by a\r\nMessage-ID: <1@x>\r\nSubject: =?utf-8?q?Gr=C3=BCn?=\r\n\r\nText\r\n"


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda noise: b"Subject: " + noise + b"\n\n" + noise))
def test_whatever_arrives_has_an_envelope_of_plain_text_and_a_fingerprint(mail: bytes) -> None:
    for name, value in envelope_of(mail).items():
        assert name in HEADERS
        assert 0 < len(value) <= LONGEST_VALUE
        assert value.encode().decode() == value
        assert value.isprintable()
    assert len(fingerprint_of(mail)) == 64


def test_encoded_words_are_read() -> None:
    assert envelope_of(MAIL) == {"message_id": "<1@x>", "subject": "Grün"}


def test_what_servers_write_on_the_way_does_not_make_another_mail() -> None:
    other = MAIL.replace(b"by a", b"by b").replace(b"\r\n", b"\n")
    assert fingerprint_of(other) == fingerprint_of(MAIL)


@given(st.binary(min_size=1, max_size=40))
def test_another_content_is_another_mail_whatever_its_id(more: bytes) -> None:
    assert fingerprint_of(MAIL + b"x" + more) != fingerprint_of(MAIL)


def test_without_an_id_the_bytes_decide() -> None:
    assert fingerprint_of(b"Subject: a\n\nText") != fingerprint_of(b"Subject: b\n\nText")
