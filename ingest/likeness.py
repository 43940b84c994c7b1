"""How much a letter is like the subject and documents of each case file: stems, pieces of words, addresses, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ingest.learning.features import KINDS, SIZE, counts

ASPECTS = ("stems", "stems_alike", "letters", "letters_alike", "subject", "subject_letters", "rare", "marks")
"""What of a letter is compared, each from 0 to 1: the share of the letter's (of the subject's) stems and pieces of
words that the file has, rare ones most; their cosines; and how many rare stems, addresses and numbers both have."""
_STEMS, _LETTERS = 1, 2
"""Kinds of columns that are used; plain words say the same as stems."""
_ALIKE_ENOUGH = 0.4
"""From here on texts are alike as two letters of one form are: more says nothing of the matter."""
_NONE = 1e-9
_RARE = 0.02
"""Share of files up to which a stem is rare."""
_MARK_WORDS = re.compile(r"([^\W\d_]{3,})[ \t]+(\d{1,4}[ \t]?[a-z]?)\b")
_NUMBER = re.compile(r"(?<!\w)[\w/.\-]*\d[\w/.\-]*\d[\w/.\-]*")
_DATE_OR_SUM = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{2}|\d{4})|\d{1,3}(?:\.\d{3})+")
_LIKE_DIGITS = str.maketrans("oliszbg", "0115286")
_MONTHS = """
januar februar märz april mai juni juli august september oktober november dezember den vom zum bis
"""
_NO_STREETS = frozenset(_MONTHS.split())


@dataclass(frozen=True, slots=True)
class FileText:
    """A case file with its subject and the beginning of its documents' text."""

    case_file_id: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Alike:
    """How much a letter is like one file: a value for each of ``ASPECTS``, and the marks both have."""

    values: tuple[float, ...]
    marks: tuple[str, ...] = ()

    def of(self, aspect: str) -> float:
        """Return the value of one aspect."""
        return self.values[ASPECTS.index(aspect)]


UNLIKE = Alike((0.0,) * len(ASPECTS))


class Likeness:
    """Compares letters with the texts of case files; made once for many letters."""

    def __init__(self, files: Sequence[FileText]) -> None:
        self._ids = tuple(file.case_file_id for file in files)
        if not files:
            return
        raw = counts([f"{file.subject}\n{file.text}" for file in files])
        frequencies = np.bincount(raw.indices, minlength=raw.shape[1])
        columns = np.nonzero(frequencies)[0]
        self._columns = columns[columns // SIZE > 0]
        self._kinds = self._columns // SIZE
        self._frequencies = frequencies[self._columns]
        self._idf = np.log((1 + len(files)) / (1 + self._frequencies)) + 1
        self._rows = self._kept(raw)
        self._filled, self._titled = _binary(self._rows), _binary(self._kept(counts([file.subject for file in files])))
        self._lengths = self._cell_lengths(self._rows)
        self._whole = [self._titled @ np.where(self._kinds == kind, self._idf**2, 0.0) for kind in range(KINDS)]
        self._marks = [marks_of(f"{file.subject}\n{file.text}") for file in files]
        self._mark_files = _counted(chain.from_iterable(self._marks))

    def of(self, text: str) -> Mapping[str, Alike]:
        """Return for each case file by id how much the text is like it."""
        if not self._ids:
            return {}
        letter = self._kept(counts([text]))
        values = np.zeros((len(self._ids), len(ASPECTS)))
        weights = np.zeros(len(self._columns))
        weights[letter.indices] = letter.data
        for number, kind in enumerate((_STEMS, _LETTERS)):
            here = (self._kinds == kind) & (weights > 0)
            worth = np.where(here, self._idf**2, 0.0)
            length = float(np.sqrt((weights**2 * worth).sum()))
            values[:, 2 * number] = (self._filled @ worth) / max(worth.sum(), _NONE)
            values[:, 2 * number + 1] = (self._rows @ (weights * worth)) / np.maximum(
                self._lengths[:, kind] * length, _NONE
            )
            values[:, 4 + number] = (self._titled @ worth) / np.maximum(self._whole[kind], _NONE)
        values[:, :4] = np.minimum(values[:, :4], _ALIKE_ENOUGH)
        rare = (self._kinds == _STEMS) & (weights > 0) & (self._frequencies <= max(2, _RARE * len(self._ids)))
        values[:, 6] = 1 - np.exp(-(self._filled @ rare.astype(np.float64)) / 4)
        shared = self._shared(text)
        for place, marks in shared.items():
            values[place, 7] = 1 - np.exp(-sum(self._worth(mark) for mark in marks))
        return {
            each: Alike(tuple(values[place].tolist()), shared.get(place, ())) for place, each in enumerate(self._ids)
        }

    def _shared(self, text: str) -> dict[int, tuple[str, ...]]:
        marks = marks_of(text)
        return {
            place: tuple(sorted(marks & own, key=lambda mark: (self._mark_files[mark], mark)))
            for place, own in enumerate(self._marks)
            if marks & own
        }

    def _worth(self, mark: str) -> float:
        """What a mark is worth that stands in one file of many: a whole; in every file: nothing."""
        share = self._mark_files[mark]
        return float(np.log((1 + len(self._ids)) / share) / np.log(1 + len(self._ids)))

    def _kept(self, raw: csr_matrix) -> csr_matrix:
        at = np.minimum(np.searchsorted(self._columns, raw.indices), max(len(self._columns) - 1, 0))
        known = self._columns[at] == raw.indices if len(self._columns) else np.zeros(len(raw.indices), dtype=bool)
        starts = np.concatenate(([0], np.cumsum(known)))[raw.indptr]
        return csr_matrix((raw.data[known], at[known], starts), shape=(raw.shape[0], len(self._columns)))

    def _cell_lengths(self, rows: csr_matrix) -> NDArray[np.float64]:
        row_of = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        cell = row_of * KINDS + self._kinds[rows.indices]
        squares = (rows.data * self._idf[rows.indices]) ** 2
        return np.sqrt(np.bincount(cell, weights=squares, minlength=rows.shape[0] * KINDS)).reshape(-1, KINDS)


def marks_of(text: str) -> frozenset[str]:
    """Return what points to one matter: streets with house numbers, and numbers of all kinds but dates and sums.

    Letters that recognition takes for digits are set right on both sides alike.
    """
    plain = text.casefold()
    streets = {
        f"{word} {number.replace(' ', '')}" for word, number in _MARK_WORDS.findall(plain) if word not in _NO_STREETS
    }
    numbers = {
        found.strip(".-/").translate(_LIKE_DIGITS)
        for found in _NUMBER.findall(plain)
        if not _DATE_OR_SUM.fullmatch(found)
    }
    return frozenset(streets | {number for number in numbers if len(number) >= 4})


def _binary(rows: csr_matrix) -> csr_matrix:
    return csr_matrix((np.ones_like(rows.data), rows.indices, rows.indptr), shape=rows.shape)


def _counted(found: chain[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in found:
        counted[one] = counted.get(one, 0) + 1
    return counted
