"""What a letter mentions, as it is told with an incoming item and its document."""

from __future__ import annotations

from pydantic import Field

from eakte.api.models import Out
from ingest.model import MentionKind


class Box(Out):
    """A rectangle on a page, in pixels of its raster."""

    left: int
    top: int
    width: int
    height: int


class Mention(Out):
    """Something the letter names, where it stands first; a text without a word layer has no boxes."""

    kind: MentionKind
    value: str
    text: str
    page: int
    line_boxes: list[Box] = Field(validation_alias="boxes")
    confidence: float
    called: str
