"""A trained model: labels, weights, and how far its word may be trusted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import softmax

from ingest.learning.features import KINDS, SIZE, columns_of_words, counts, words_of

FORMAT = 2
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """A label with its probability (0 to 1) and the words that spoke most for it."""

    label: str
    probability: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TextModel:
    """One linear function per label over the columns it learned from, made comparable by one temperature."""

    labels: tuple[str, ...]
    columns: NDArray[np.int64]
    """Columns of the features that are used, ascending."""
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    """Labels by columns."""
    bias: NDArray[np.float32]
    temperature: float
    trust: float
    """What a hint (the answer of the rules) is worth beside the words, as a logarithm of odds; 0: nothing."""
    thresholds: NDArray[np.float64]
    """From this probability on, the label was right often enough among examples held back; above 1: never."""

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """Return the texts as weighted rows."""
        raw = counts(texts)
        # Picking a million columns out of three takes longer than all the rest: look up the few that are filled.
        at = np.minimum(np.searchsorted(self.columns, raw.indices), len(self.columns) - 1)
        known = self.columns[at] == raw.indices
        starts = np.concatenate(([0], np.cumsum(known)))[raw.indptr]
        kept = csr_matrix((raw.data[known], at[known], starts), shape=(raw.shape[0], len(self.columns)))
        return weighted(kept, self.idf, self.columns)

    def probabilities(self, texts: Sequence[str], hints: Sequence[str] = ()) -> NDArray[np.float64]:
        """Return one row of probabilities for each text, in the order of ``labels``.

        ``hints`` name for each text the label that the rules of the house give it; empty: none.
        """
        if not texts:
            return np.zeros((0, len(self.labels)))
        scores = self.rows(texts) @ self.weights.T + self.bias
        told = hinted(self.labels, hints or [""] * len(texts))
        return np.asarray(softmax(scores * self.temperature + told * self.trust, axis=1), dtype=np.float64)

    def guesses(self, text: str, most: int = 3, *, hint: str = "") -> tuple[Guess, ...]:
        """Return the likeliest labels of a text, best first; the first with the words that spoke for it."""
        chances = self.probabilities([text], [hint])[0]
        order = np.argsort(-chances, kind="stable")[:most]
        return tuple(
            Guess(self.labels[place], float(chances[place]), self._words_for(text, int(place)) if not rank else ())
            for rank, place in enumerate(order)
        )

    def sure(self, guess: Guess) -> bool:
        """Tell whether the guess reaches the threshold of its label; below it a program should abstain."""
        return guess.probability >= float(self.thresholds[self.labels.index(guess.label)])

    def _words_for(self, text: str, label: int) -> tuple[str, ...]:
        words = words_of(text)
        if not words:
            return ()
        speaks = np.zeros(len(words))
        for place, filled in enumerate(columns_of_words(words)):
            at = np.searchsorted(self.columns, filled)
            known = at[(at < len(self.columns)) & (self.columns[np.minimum(at, len(self.columns) - 1)] == filled)]
            against = self.weights[:, known].mean(axis=0)
            speaks[place] = float(((self.weights[label, known] - against) * self.idf[known]).sum())
        best = np.argsort(-speaks, kind="stable")[:_REASONS]
        return tuple(words[place] for place in best if speaks[place] > 0)

    def save(self, path: Path) -> None:
        """Write the model as plain arrays."""
        head = json.dumps(
            {"format": FORMAT, "labels": self.labels, "temperature": self.temperature, "trust": self.trust}
        )
        with path.open("wb") as out:
            np.savez_compressed(
                out,
                head=np.frombuffer(head.encode(), dtype=np.uint8),
                columns=self.columns,
                idf=self.idf,
                weights=self.weights,
                bias=self.bias,
                thresholds=self.thresholds,
            )

    @classmethod
    def load(cls, path: Path) -> TextModel:
        """Read a model; nothing in the file is executed.

        Raises:
            ValueError: The file is no model of this format.
        """
        try:
            with path.open("rb") as source, np.load(source, allow_pickle=False) as file:
                head = json.loads(bytes(file["head"]))
                if head["format"] != FORMAT:
                    raise ValueError(f"model format {head['format']}")
                model = cls(
                    labels=tuple(map(str, head["labels"])),
                    columns=file["columns"],
                    idf=file["idf"],
                    weights=file["weights"],
                    bias=file["bias"],
                    temperature=float(head["temperature"]),
                    trust=float(head["trust"]),
                    thresholds=file["thresholds"],
                )
        except (AttributeError, BadZipFile, EOFError, KeyError, TypeError) as error:
            raise ValueError(f"no model: {error!r}") from error
        shape = (len(model.labels), len(model.columns))
        if model.weights.shape != shape or len(model.idf) != shape[1] or len(model.bias) != shape[0]:
            raise ValueError("the parts of the model do not fit together")
        return model


def hinted(labels: Sequence[str], hints: Sequence[str]) -> NDArray[np.float64]:
    """Return one row for each hint with a 1 at the label it names; unknown labels and empty hints say nothing."""
    known = {label: place for place, label in enumerate(labels)}
    told = np.zeros((len(hints), len(labels)))
    for row, hint in enumerate(hints):
        if hint in known:
            told[row, known[hint]] = 1.0
    return told


def weighted(rows: csr_matrix, idf: NDArray[np.float32], columns: NDArray[np.int64]) -> csr_matrix:
    """Weigh the columns and give every row the length 1 in each kind of column, so that no kind drowns another."""
    made = csr_matrix(rows, copy=True)
    made.data = made.data * idf[made.indices]
    row_of = np.repeat(np.arange(made.shape[0]), np.diff(made.indptr))
    kind_of = columns[made.indices] // SIZE
    cell = row_of * KINDS + kind_of
    lengths = np.sqrt(np.bincount(cell, weights=made.data**2, minlength=made.shape[0] * KINDS))
    made.data = (made.data / np.maximum(lengths[cell], 1e-9)).astype(np.float32)
    return made
