"""Mentions as rows of JSON and back; they lie with what was read and with the incoming item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.model import Box, Mention, MentionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def mentions_to_rows(mentions: Iterable[Mention]) -> list[dict[str, Any]]:
    """Return *mentions* as rows; boxes are ``[left, top, width, height]``."""
    return [
        {
            "kind": each.kind.value,
            "value": each.value,
            "text": each.text,
            "page": each.page,
            "boxes": [[box.left, box.top, box.width, box.height] for box in each.boxes],
            "confidence": each.confidence,
            "called": each.called,
        }
        for each in mentions
    ]


def mentions_from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Mention, ...]:
    """Return the mentions :func:`mentions_to_rows` made rows of."""
    return tuple(
        Mention(
            kind=MentionKind(row["kind"]),
            value=row["value"],
            text=row["text"],
            page=row["page"],
            boxes=tuple(Box(*box) for box in row["boxes"]),
            confidence=row["confidence"],
            called=row["called"],
        )
        for row in rows
    )
