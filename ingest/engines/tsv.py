"""What Tesseract's program and its library have in common: the table of words (TSV), how a page lies."""

from __future__ import annotations

from ingest.errors import ReaderCrashed
from ingest.model import Box, Word
from ingest.ocr import Recognised

_WORD_LEVEL = "5"

ORIENTATION = "osd"
"""The model that tells how a page lies."""

LEAST_CERTAINTY = 1.0
"""Of how a page lies; upright letters have about 15, pages with a few words 2."""


def parse_tsv(table: str) -> Recognised:
    """Turn tesseract's TSV into words and text.

    Raises:
        ReaderCrashed: A word row does not have the twelve columns of the format.
    """
    words: list[Word] = []
    text: list[str] = []
    last: tuple[str, ...] = ()
    for row in table.split("\n")[1:]:
        columns = row.split("\t", 11)
        if columns[0] != _WORD_LEVEL:
            continue
        word = _word(columns)
        if word is None:
            continue
        words.append(word)
        place = tuple(columns[2:5])  # block, paragraph, line
        text += [_separator(last, place), word.text]
        last = place
    return Recognised(tuple(words), "".join(text))


def _word(columns: list[str]) -> Word | None:
    try:
        left, top, width, height = (int(column) for column in columns[6:10])
        confidence = round(float(columns[10]))
        text = columns[11].strip()
    except (ValueError, IndexError) as error:
        raise ReaderCrashed("tesseract gave a table that is none") from error
    if not text or width <= 0 or height <= 0:
        return None
    return Word(text, Box(left, top, width, height), max(0, min(100, confidence)))


def _separator(last: tuple[str, ...], place: tuple[str, ...]) -> str:
    if not last:
        return ""
    if last == place:
        return " "
    return "\n" if last[:2] == place[:2] else "\n\n"
