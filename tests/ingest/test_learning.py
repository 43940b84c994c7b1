"""Learning labels from examples: what it promises whatever the texts are."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import NotEnoughExamples
from ingest.learning import Example, TextModel, train
from ingest.learning.train import NEVER, thresholds

WORDS = {
    "Widerspruch": "Widerspruch gegen Bescheid einlegen fristgerecht Begründung Rechtsmittel aufschiebende Wirkung",
    "Rechnung": "Rechnung Betrag zahlbar Umsatzsteuer netto brutto Kontonummer Überweisung Fälligkeit Position Stück",
    "Bauantrag": "Bauantrag Neubau Carport Grundstück Flurstück Lageplan Entwurf Stellplatz Abstandsfläche Statik",
}
FILLER = (
    "sehr geehrte Damen und Herren mit freundlichen Grüßen anbei finden Sie das Schreiben der Stadt vom heutigen Tage"
)
FILLERS = FILLER.split()


def letters(count: int, *, seed: int) -> list[Example]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        label = list(WORDS)[number % len(WORDS)]
        own = chance.choices(WORDS[label].split(), k=4)
        text = [*own, *chance.choices(FILLERS, k=12)]
        chance.shuffle(text)
        made.append(Example(" ".join(text), label))
    return made


@pytest.fixture(scope="module")
def model() -> TextModel:
    return train(letters(90, seed=1))


def test_it_tells_apart_letters_it_has_not_seen(model: TextModel) -> None:
    seen = letters(60, seed=2)
    right = [model.guesses(letter.text)[0].label == letter.label for letter in seen]
    assert sum(right) >= 57


def test_it_names_words_of_the_letter_that_spoke_for_the_answer(model: TextModel) -> None:
    guess = model.guesses("Sehr geehrte Damen und Herren, anbei die Rechnung, zahlbar netto, Umsatzsteuer")[0]
    assert guess.label == "Rechnung"
    assert guess.words
    assert set(guess.words) <= {"Rechnung", "zahlbar", "netto", "Umsatzsteuer"}


def test_letters_that_recognition_spoiled_are_still_told_apart(model: TextModel) -> None:
    assert model.guesses("W1derspruch gegcn den Beschcid, Rechtsmitte1 aufschicbende Wirkung")[0].label == "Widerspruch"


def test_it_is_not_sure_of_a_text_that_says_nothing(model: TextModel) -> None:
    for text in ("", " ", "\0\ud800", "mit freundlichen Grüßen", "xyzzy"):
        guess = model.guesses(text)[0]
        assert not model.sure(guess), text


def test_it_is_sure_of_a_plain_letter(model: TextModel) -> None:
    assert model.sure(model.guesses("Bauantrag Neubau Carport Flurstück Lageplan Stellplatz Statik")[0])


def test_the_same_examples_give_the_same_model(model: TextModel) -> None:
    again = train(letters(90, seed=1))
    assert again.labels == model.labels
    assert np.array_equal(again.weights, model.weights)
    assert again.temperature == model.temperature


def test_a_saved_model_answers_as_before(model: TextModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model.npz")
    loaded = TextModel.load(tmp_path / "model.npz")
    for letter in letters(9, seed=3):
        assert loaded.guesses(letter.text) == model.guesses(letter.text)


def test_no_word_of_the_examples_stands_in_a_saved_model(model: TextModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model.npz")
    with zipfile.ZipFile(tmp_path / "model.npz") as parts:
        content = b"".join(parts.read(name) for name in parts.namelist())
    assert [word for word in {*FILLERS, "Umsatzsteuer", "Carport"} if len(word) > 5 and word.encode() in content] == []


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    evil = np.array([Path], dtype=object)
    out = io.BytesIO()
    np.savez(out, head=evil, columns=evil, idf=evil, weights=evil, bias=evil, thresholds=evil)
    (tmp_path / "evil.npz").write_bytes(out.getvalue())
    with pytest.raises(ValueError, match="pickle"):
        TextModel.load(tmp_path / "evil.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a model"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        TextModel.load(tmp_path / "broken.npz")


def test_two_labels_are_enough_and_one_is_not() -> None:
    two = [Example(f"{word} {number}", word) for word in ("ja", "nein") for number in range(3)]
    assert train(two).guesses("nein 7")[0].label == "nein"
    with pytest.raises(NotEnoughExamples):
        train([Example("ja", "ja"), Example("ja wieder", "ja"), Example("nein", "nein")])
    with pytest.raises(NotEnoughExamples):
        train([])


@given(
    st.lists(st.tuples(st.text(max_size=30), st.sampled_from("abc")), min_size=6, max_size=20).filter(
        lambda made: sum(count > 1 for count in [[label for _, label in made].count(x) for x in "abc"]) > 1
    ),
    st.text(max_size=40),
)
def test_any_texts_give_probabilities_that_sum_to_one(made: list[tuple[str, str]], asked: str) -> None:
    try:
        model = train([Example(*one) for one in made])
    except NotEnoughExamples:
        return  # texts without any word
    chances = model.probabilities([asked])[0]
    assert np.isfinite(chances).all()
    assert chances.sum() == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=1, max_size=80))
def test_above_a_threshold_enough_held_back_answers_were_right(made: list[tuple[int, bool]]) -> None:
    sureness = np.array([sure for sure, _ in made]) / 100
    truth = np.array([0 if right else 1 for _, right in made])
    chances = np.column_stack([sureness, np.zeros(len(made))])
    threshold = thresholds(chances, truth, 0.9)[0]
    above = truth[sureness >= threshold] == 0
    if threshold < NEVER:
        assert above.mean() >= 0.9
