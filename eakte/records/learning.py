"""When a newly learned model takes the place of the one before: never where it is worse. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HELD_BACK = 0.2
"""Share of the newest decisions that a model is judged by before it learns from them."""
LEAST_HELD_BACK = 5
LEAST_DECISIONS = 20
"""Decisions below which nothing is learned: the rules alone speak."""
LEAST_NEW = 10
"""New decisions below which nothing is learned anew by itself."""


class ModelKind(StrEnum):
    """What a model tells of a letter."""

    DOCUMENT_TYPE = "document_type"
    FILE_PLAN_UNIT = "file_plan_unit"
    CASE_FILE = "case_file"


MODEL_LABELS = {
    ModelKind.DOCUMENT_TYPE: "Dokumenttyp",
    ModelKind.FILE_PLAN_UNIT: "Aktenplaneinheit",
    ModelKind.CASE_FILE: "Akte",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """How a new model and what served before did on the same letters, decided later than what the new one learned."""

    letters: int
    right: int
    right_before: int

    @property
    def may_serve(self) -> bool:
        """Whether the new one is not worse."""
        return self.right >= self.right_before


def held_back(times: Sequence[datetime], learned_until: datetime | None) -> int:
    """Return how many of the newest decisions a model is judged by; *times* ascending.

    At best those the one before has not learned from either, so that neither of them has seen the answers.
    """
    share = max(LEAST_HELD_BACK, round(len(times) * HELD_BACK))
    new = sum(moment > learned_until for moment in times) if learned_until else share
    return min(share, max(LEAST_HELD_BACK, new))
