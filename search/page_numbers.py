"""Page numbers as people type them: ``3``, ``2..5``, ``..5``, ``10..``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RANGE = re.compile(r"(?P<first>\d{1,6})?(?P<between>\.{2,}|…|[-–])?(?P<last>\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages ``first`` to ``last``, inclusive, counted from 1; ``None`` is the last page there is."""

    first: int
    last: int | None


def page_range(text: str) -> Pages | None:
    """Return the pages that *text* names; ``None`` if it names none."""
    match = _RANGE.fullmatch(re.sub(r"\s", "", text))
    if match is None or not (match["first"] or match["last"]):
        return None
    first = int(match["first"] or 1)
    last = int(match["last"]) if match["last"] else (None if match["between"] else first)
    return Pages(first, last) if first >= 1 and (last is None or first <= last) else None
