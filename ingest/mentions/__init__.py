"""What a letter mentions: amounts, accounts, property, addresses, people, companies, time limits and courts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.layout import layout_of
from ingest.mentions.amounts import find_amounts
from ingest.mentions.companies import find_companies
from ingest.mentions.courts import find_courts
from ingest.mentions.ibans import find_ibans
from ingest.mentions.limits import find_deadlines, find_running_limits
from ingest.mentions.parcels import find_parcels
from ingest.mentions.passages import Passage, passage_of
from ingest.mentions.people import find_people
from ingest.mentions.senders import is_within, sender_address
from ingest.mentions.streets import find_property
from ingest.model import MentionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingest.layout import Layout
    from ingest.mentions.found import Found
    from ingest.model import Box, Mention, Page

MOST_OF_A_KIND = 30
"""Mentions of one kind that are kept of one file: a list of members must not fill an inbox."""

_FINDERS: tuple[tuple[MentionKind, Callable[[str], tuple[Found, ...]]], ...] = (
    (MentionKind.RUNNING_LIMIT, find_running_limits),
    (MentionKind.COURT, find_courts),
    (MentionKind.AMOUNT, find_amounts),
    (MentionKind.IBAN, find_ibans),
    (MentionKind.PARCEL, find_parcels),
    (MentionKind.PERSON, find_people),
    (MentionKind.COMPANY, find_companies),
)


def mentions_of(pages: Sequence[Page], *, written_on: str = "") -> tuple[Mention, ...]:
    """Return what *pages* mention, each value of a kind once with its first place, in the order of kinds and pages.

    *written_on* is the letter's own ISO date, if it is known: what ended before it is no deadline.
    """
    passages = [passage_of(page) for page in pages if page.words or page.text.strip()]
    if not passages:
        return ()
    first = next(page for page in pages if page.words or page.text.strip())
    layout = layout_of(first) if first.words else None
    return tuple(_once(_all(passages, layout, written_on)))


def _all(passages: Sequence[Passage], layout: Layout | None, written_on: str) -> Iterator[Mention]:
    for passage in passages:
        later = (found for found in find_deadlines(passage.text) if found.value > written_on)
        yield from (passage.mention(MentionKind.DEADLINE, found) for found in later)
    for kind, find in _FINDERS:
        for passage in passages:
            yield from (passage.mention(kind, found) for found in find(passage.text))
    yield from _places(passages, layout)


def _places(passages: Sequence[Passage], layout: Layout | None) -> Iterator[Mention]:
    """Yield the sender's address, then the streets that are neither that nor in the address of the recipient."""
    first = passages[0]
    sender, addresses = sender_address(first, layout), _address_boxes(layout)
    if sender:
        yield first.mention(MentionKind.SENDER_ADDRESS, sender)
    for passage in passages:
        for found in find_property(passage.text):
            home = sender is not None and found.value == sender.value  # letterheads and foots say it again
            if not home and not (passage is first and is_within(first, found.start, addresses)):
                yield passage.mention(MentionKind.PROPERTY_ADDRESS, found)


def _address_boxes(layout: Layout | None) -> list[Box]:
    if layout is None:
        return []
    return [each.box for each in (*layout.senders, *([layout.recipient] if layout.recipient else []))]


def _once(mentions: Iterable[Mention]) -> Iterator[Mention]:
    seen: set[tuple[MentionKind, str]] = set()
    counts: dict[MentionKind, int] = {}
    for mention in mentions:
        key = mention.kind, mention.value
        if key in seen or counts.get(mention.kind, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(key)
        counts[mention.kind] = counts.get(mention.kind, 0) + 1
        yield mention
