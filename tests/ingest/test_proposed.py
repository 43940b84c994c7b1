"""Rules and model together: bounds that hold whatever both say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.learning import Example, TextModel, proposed, train
from ingest.model import Proposal
from tests.ingest.test_learning import FILLERS, WORDS, letters

LABELS = [*WORDS, "Vermerk"]
RULED = st.none() | st.builds(
    Proposal, st.sampled_from(LABELS), st.floats(0.5, 0.94), st.just("Die Regel sagt es."), st.just(())
)


@pytest.fixture(scope="module")
def model() -> TextModel:
    """A model whose letters came with a hint that was right nine times of ten."""
    chance = random.Random(5)
    made = [
        Example(one.text, one.label, one.label if chance.random() < 0.9 else chance.choice(LABELS))
        for one in letters(120, seed=1)
    ]
    return train(made)


@given(st.lists(st.sampled_from([*FILLERS, *" ".join(WORDS.values()).split()]), max_size=30), RULED)
def test_a_proposal_is_one_of_both_and_honest_about_itself(
    model: TextModel, words: list[str], ruled: Proposal | None
) -> None:
    made = proposed(model, " ".join(words), ruled, {}, what="als „{}“")
    if made is None:
        return
    assert 0 < made.confidence <= 0.99
    assert made.reason
    assert made.value in {*model.labels, ruled.value if ruled else ""}
    if ruled and made.value == ruled.value and made.reason == ruled.reason:
        assert made.confidence <= ruled.confidence, "doubt of the model never makes the rules surer"


@given(RULED)
def test_without_a_model_the_rules_stand_as_they_are(ruled: Proposal | None) -> None:
    assert proposed(None, "irgendein Text", ruled, {}, what="als „{}“") == ruled


def test_nearly_all_sure_answers_to_new_letters_are_right_and_unsure_ones_are_kept_back(
    model: TextModel,
) -> None:
    asked = letters(200, seed=9)
    made = [(proposed(model, one.text, None, {}, what="als „{}“"), one.label) for one in asked]
    told = [(one.value == label) for one, label in made if one is not None]
    assert len(told) > 100
    assert sum(told) / len(told) >= 0.93
    assert proposed(model, "mit freundlichen Grüßen", None, {}, what="als „{}“") is None


def test_a_rule_that_was_right_before_helps_where_the_words_say_little(model: TextModel) -> None:
    text = "sehr geehrte Damen und Herren, anbei das Schreiben"
    ruled = Proposal("Rechnung", 0.7, "Die Regel sagt es.")
    alone, helped = (
        next(one.probability for one in model.guesses(text, 3, hint=hint) if one.label == "Rechnung")
        for hint in ("", ruled.value)
    )
    assert helped > alone


def test_the_reason_counts_what_was_filed_before_and_names_words(model: TextModel) -> None:
    made = proposed(model, WORDS["Rechnung"], None, {"Rechnung": 12}, what="als „{}“")
    assert made is not None
    assert made.reason.startswith("Ähnlich 12 Schreiben, die als „Rechnung“ abgelegt wurden; dafür sprechen „")
