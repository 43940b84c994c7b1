"""The letter of a mail as a page: who wrote when to whom, what about, what is enclosed, and the text."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ingest import active
from ingest.errors import page_text, warning_text
from ingest.html import page_of as web_page_of
from ingest.html import paragraphs
from ingest.listing import size_text
from ingest.model import Facts, Finding
from ingest.typeset import Block, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.html import WebPage
    from ingest.mail import Letter
    from ingest.model import Part

_SHARES = (1.0, 6.0)


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A mail's letter to be set, the facts its headers state, and notices."""

    blocks: tuple[Block, ...]
    facts: Facts
    notices: tuple[str, ...]


def page_of(letter: Letter, parts: Sequence[Part]) -> LetterPage:
    """Return *letter* as blocks of a page; *parts* are its attachments."""
    page = web_page_of(letter.html) if letter.html else None
    notices = [*(active.in_web_page(page) if page else ())]
    notices += [warning_text("mail-encrypted")] if letter.is_encrypted else []
    notices += [warning_text("mail-signed")] if letter.is_signed else []
    notices += [warning_text("attachment-missing").format(name=name[:200] or "?") for name in letter.missing]
    blocks = (*_head(letter, parts), Block(), *_body(letter, page))
    return LetterPage(blocks, _facts(letter), tuple(notices))


def _head(letter: Letter, parts: Sequence[Part]) -> Iterator[Block]:
    yield Block(letter.subject or page_text("no-subject"), Style.TITLE)
    rows = (
        ("from", letter.sender),
        ("to", letter.recipients),
        ("copy", letter.copies),
        ("sent", _german_time(letter.sent)),
        ("attachments", "\n".join(f"{part.filename} ({size_text(part)})" for part in parts)),
    )
    for label, value in rows:
        if value:
            yield Block(cells=(f"{page_text(label)}:", value), shares=_SHARES)


def _body(letter: Letter, page: WebPage | None) -> Iterator[Block]:
    """The plain text unless the HTML says much more: some programs send a stub as plain text."""
    if page is not None and len(letter.text.split()) < len(page.text.split()) / 2:
        yield from page.blocks
    else:
        yield from paragraphs(letter.text)


def _german_time(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%d.%m.%Y %H:%M") if iso else ""


def _facts(letter: Letter) -> Facts:
    name, address = email.utils.parseaddr(letter.sender)
    sender = name or address
    return Facts(
        sender=Finding(sender) if sender else None,
        subject=Finding(letter.subject) if letter.subject else None,
        letter_date=Finding(letter.sent[:10]) if letter.sent else None,
    )
