"""How much a letter is like the documents of each case file: the same stems and pieces of words, rare ones most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from ingest.learning.features import SIZE, counts
from ingest.learning.model import weighted

_PLAIN_WORDS = 0
"""The kind of column left out: stems say the same better."""
_ORDINARY, _STRIKING = 0.5, 1.0
"""How many times as alike as the mean of all files a file must be before likeness speaks, and after how many more it
says two thirds of what it can say; it never says all, so that the more alike of two stays ahead."""
_BACKGROUND = 0.03
"""Likeness that any two letters have."""


@dataclass(frozen=True, slots=True)
class FileText:
    """A case file with its subject and the beginning of its documents' text."""

    case_file_id: str
    subject: str
    text: str


class Likeness:
    """Compares letters with the texts of case files; made once for many letters."""

    def __init__(self, files: Sequence[FileText]) -> None:
        self._ids = tuple(file.case_file_id for file in files)
        # The subject twice: it is what somebody thought the file is about.
        raw = (
            counts([f"{file.subject}\n{file.subject}\n{file.text}" for file in files]) if files else csr_matrix((0, 1))
        )
        frequencies = np.bincount(raw.indices, minlength=raw.shape[1])
        columns = np.nonzero(frequencies)[0]
        self._columns = columns[columns // SIZE != _PLAIN_WORDS]
        self._idf = np.asarray(np.log((1 + len(files)) / (1 + frequencies[self._columns])) + 1, dtype=np.float32)
        self._rows = self._weighted(raw) if files else raw

    def of(self, text: str) -> Mapping[str, float]:
        """Return for each case file by id how strikingly alike the text is, from 0 to 1."""
        if not self._ids or not len(self._columns):
            return dict.fromkeys(self._ids, 0.0)
        alike = (
            np.asarray((self._rows @ self._weighted(counts([text])).T).todense()).ravel() / 2
        )  # two kinds of columns
        ordinary = float(alike.mean() - alike.max() / len(alike)) + _BACKGROUND
        speaks = (alike / ordinary - _ORDINARY) / _STRIKING
        return dict(zip(self._ids, (1 - np.exp(-np.maximum(speaks, 0))).tolist(), strict=True))

    def _weighted(self, raw: csr_matrix) -> csr_matrix:
        return weighted(csr_matrix(raw[:, self._columns]), self._idf, self._columns)
