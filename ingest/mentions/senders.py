"""The postal address of the one who writes: return line, letterhead or block, never that of the recipient."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.mentions.found import CERTAIN, LIKELY, Found, spaced
from ingest.mentions.streets import find_streets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.layout import Layout
    from ingest.mentions.passages import Passage
    from ingest.mentions.streets import FoundStreet
    from ingest.model import Box

_RETURN_TO = 0.32
"""Share of the first page's height down to which the return address of the window stands (DIN 5008)."""
_SUBMITTED = re.compile(r"(?i)(?:eingereicht\s+(?:von|durch)|absender(?:in)?)\s*:?[^\n]{0,120}$")
_BOX = re.compile(
    r"\bPostfach\s+(?P<box>\d[\d ]{1,8}\d)\s*[,·•|\n]\s*(?P<postcode>\d{5})\s(?P<town>[^\W\d_a-zäöüß][^\W\d_]+)"
)


def sender_address(passage: Passage, layout: Layout | None) -> Found | None:
    """Return where the sender of the letter that *passage* begins is at home, as ``Lindenweg 7, 30159 Musterstadt``."""
    streets = [each for each in find_streets(passage.text) if each.town]
    ranked = sorted(_ranked(passage, streets, layout), key=lambda each: each[0])
    if ranked:
        best = ranked[0][1]
        return Found(best.value, best.start, best.end, CERTAIN if ranked[0][0] < 2 else LIKELY)
    box = _BOX.search(passage.text)
    if box and not _is_of_recipient(passage, box.start(), layout):
        value = f"Postfach {spaced(box['box'])}, {box['postcode']} {box['town']}"
        return Found(value, box.start(), box.end(), LIKELY)
    return None


def _ranked(
    passage: Passage, streets: Sequence[FoundStreet], layout: Layout | None
) -> Iterator[tuple[int, FoundStreet]]:
    """Yield the addresses that may be the sender's, the surest place first."""
    for street in streets:
        if _is_of_recipient(passage, street.start, layout):
            continue
        line = passage.text[passage.text.rfind("\n", 0, street.start) + 1 : street.start]
        on_one_line = "\n" not in passage.text[street.start : street.end]
        if _SUBMITTED.search(passage.text[max(0, street.start - 160) : street.start]):
            yield 0, street
        elif (
            on_one_line
            and line.strip()
            and not line.rstrip()[-1:].isalnum()
            and _is_high(passage, street.start, layout)
        ):
            yield 1, street
        elif _is_of_sender(passage, street.start, layout):
            yield 2, street


def _is_high(passage: Passage, start: int, layout: Layout | None) -> bool:
    if layout is None or passage.flow is None:
        return passage.text.count("\n", 0, start) < 3
    return passage.flow.evidence(start, start + 1).box.top < _RETURN_TO * layout.height


def _is_of_recipient(passage: Passage, start: int, layout: Layout | None) -> bool:
    if layout is None or passage.flow is None or layout.recipient is None:
        return False
    return is_within(passage, start, [layout.recipient.box])


def _is_of_sender(passage: Passage, start: int, layout: Layout | None) -> bool:
    if layout is None or passage.flow is None:
        return passage.text.count("\n", 0, start) < 3
    return is_within(passage, start, [each.box for each in layout.senders])


def is_within(passage: Passage, start: int, boxes: Sequence[Box]) -> bool:
    """Whether the word at *start* stands in one of *boxes*."""
    if passage.flow is None:
        return False
    place = passage.flow.evidence(start, start + 1).box
    across, down = place.left + place.width / 2, place.top + place.height / 2
    return any(box.left <= across <= box.left + box.width and box.top <= down <= box.top + box.height for box in boxes)
