"""Words that stand in one record alone, so that every mention of it on any surface is found."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from tests.rights.oracle import File, Record

COMMON = "Gemeindewappen"
"""A word of every document."""
_LETTERS = "bcdfghjklmnpqrstvwxz"


def word(number: int, *, prefix: str) -> str:
    """Return the word with a number: letters only, and far from every other one."""
    digest = hashlib.sha256(f"{prefix}{number}".encode()).digest()
    return prefix + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:14])


def mentioned(text: str, records: Iterable[Record]) -> set[Record]:
    """Return the records whose word or id stands in a text."""
    folded = text.lower()
    return {record for record in records if record.word in folded or any(one in folded for one in _ids(record))}


def referenced(text: str, records: Iterable[Record]) -> set[Record]:
    """Return the case files whose reference stands in a text."""
    return {one for one in records if isinstance(one, File) and re.search(rf"(?<![\w.])"
            rf"{re.escape(one.reference)}(?!\d)", text)}  # fmt: skip


def _ids(record: Record) -> tuple[str, ...]:
    if isinstance(record, File):
        return (str(record.file_id),)
    return (str(record.item_id), str(record.document_id))
