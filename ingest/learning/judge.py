"""A new model beside what served before, both judged by letters decided after those the new one learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.learning.model import TextModel
from ingest.learning.train import Example, train


@dataclass(frozen=True, slots=True)
class Taught:
    """A model that learned from all examples; how many of the newest its twin and the one before had right."""

    model: TextModel
    letters: int
    right: int
    right_before: int


def taught(examples: Sequence[Example], newest: int, before: TextModel | None) -> Taught:
    """Learn from *examples*, oldest first, after judging by the *newest* of them what the older ones teach.

    Without a model *before*, what the rules said (the hints) is what served.

    Raises:
        NotEnoughExamples: Too few, or all of one label.
    """
    asked = examples[-newest:]
    twin = train(examples[:-newest])
    return Taught(
        model=train(examples),
        letters=len(asked),
        right=right(twin, asked),
        right_before=right(before, asked) if before else sum(one.hint == one.label for one in asked),
    )


def right(model: TextModel, asked: Sequence[Example]) -> int:
    """Return how many of the examples the model gives their label."""
    chances = model.probabilities([one.text for one in asked], [one.hint for one in asked])
    places = chances.argmax(axis=1) if len(asked) else ()
    return sum(model.labels[place] == one.label for place, one in zip(places, asked, strict=True))
