"""What is proposed where rules of the house and a learned model both have something to say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ingest.learning.model import Guess, TextModel
from ingest.model import Proposal

AGREES_FROM = 0.5
"""What the rules say stands where the model is not sure, as long as it takes it to be more likely right than wrong."""
CEILING = 0.99
"""No counting of the past makes the future certain."""


def proposed(
    model: TextModel | None, text: str, ruled: Proposal | None, seen: Mapping[str, int], *, what: str
) -> Proposal | None:
    """Return the value to propose with its probability and reason, or nothing where neither is sure enough.

    Args:
        model: what was learned; ``None``: the rules alone speak.
        text: the text of the letter.
        ruled: what the rules say.
        seen: how many letters of each value the model learned from.
        what: how the reason names a value, with ``{}`` for it: ``als „{}“``.
    """
    if model is None:
        return ruled
    hint = ruled.value if ruled else ""
    best, *others = model.guesses(text, len(model.labels), hint=hint)
    if model.sure(best):
        told = _reason(best, ruled, seen, what)
        evidence = ruled.evidence if ruled and ruled.value == best.label else ()
        return Proposal(best.label, round(min(CEILING, best.probability), 2), told, evidence)
    if ruled is None or ruled.value not in model.labels:
        return ruled
    chance = next(guess.probability for guess in (best, *others) if guess.label == ruled.value)
    if chance < AGREES_FROM:
        return None
    return replace(ruled, confidence=min(ruled.confidence, round(chance, 2)))


def _reason(best: Guess, ruled: Proposal | None, seen: Mapping[str, int], what: str) -> str:
    count = seen.get(best.label, 0)
    letters = "dem einen Schreiben, das" if count == 1 else f"{count} Schreiben, die"
    filed = "wurde" if count == 1 else "wurden"
    words = ", ".join(f"„{word}“" for word in best.words)
    told = f"Ähnlich {letters} {what.format(best.label)} abgelegt {filed}" + (
        f"; dafür sprechen {words}." if words else "."
    )
    return f"{ruled.reason} {told}" if ruled and ruled.value == best.label else told
