"""How a letter names a case file: by its reference number or a former one, also misread by text recognition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MISREAD_FROM = 6
"""Letters and digits of a reference from which one that was read nearly so may be meant."""
_LEAST_DIGITS = 4
MOST_SIGNS = 2_000
_SIGN_WORDS, _LEAST_SIGN = 6, 5
_AROUND = ",;:.()[]„“\"'"
_LABEL = re.compile(
    r"(?i)(?:\baz\b|zeichen|aktennummer|akten-nr|referenz|betreff|betr\b|ihr schreiben)[^\n\d]{0,20}([^\n]{4,60})"
)
_LOOK_ALIKE = str.maketrans("oqdlizsbg|", "0001125861")


def stands_in(sign: str, text: str) -> bool:
    """Whether an old sign stands in *text* as a whole, whatever spaces and dashes it is written with."""
    if sum(each.isalnum() for each in sign) < 5 or not any(each.isdigit() for each in sign):
        return False  # too short to mean this file and no other
    parts = [re.escape(part) for part in re.split(r"[\s\-–—]+", sign) if part]
    return re.search(r"(?<![\w.])" + r"[\s\-–—]*".join(parts) + r"(?![\w/])", text) is not None


def possible_signs(text: str, most: int = MOST_SIGNS) -> tuple[str, ...]:
    """Return what of *text* may be a reference number in whatever pattern a city gives or gave them, in their order.

    Those are up to six words of one line with at least one digit and five letters or digits, without the punctuation
    around them and with single spaces; which of them are references only a list of those ever given can tell.
    """
    found: dict[str, None] = {}
    for line in text.splitlines():
        words = line.split()
        # What is stripped off counts neither as a letter nor as a digit, so each word is counted once.
        counted = [(sum(each.isalnum() for each in word), any(each.isdigit() for each in word)) for word in words]
        for first in range(len(words)):
            signs, has_digit = 0, False
            for last in range(first, min(len(words), first + _SIGN_WORDS)):
                signs, has_digit = signs + counted[last][0], has_digit or counted[last][1]
                if signs >= _LEAST_SIGN and has_digit:
                    found[" ".join(words[first : last + 1]).strip(_AROUND)] = None
        if len(found) >= most:
            break
    return tuple(found)[:most]


class Misread:
    """What of a letter may be a reference that recognition spoiled; asked for many files."""

    def __init__(self, text: str) -> None:
        self._whole = folded(text)
        self._labelled = tuple(dict.fromkeys(_pieces(text)))

    def names(self, reference: str) -> bool:
        """Tell whether the reference stands there but for look-alikes, or with one character wrong behind a label."""
        sign = folded(reference)
        if len(sign) < MISREAD_FROM or sum(each.isdigit() for each in sign) < _LEAST_DIGITS:
            return False
        return sign in self._whole or any(_one_wrong(sign, piece) for piece in self._labelled)


def folded(text: str) -> str:
    """Return letters and digits alone, those taken for one another as one."""
    return "".join(each for each in text.casefold().translate(_LOOK_ALIKE) if each.isalnum())


def _pieces(text: str) -> Iterator[str]:
    for match in _LABEL.finditer(text):
        words = [folded(word) for word in match[1].split()]
        for first in range(min(3, len(words))):
            for last in range(first + 1, min(first + 4, len(words)) + 1):
                yield "".join(words[first:last])


def _one_wrong(sign: str, piece: str) -> bool:
    """Whether one character more, less or another makes one of the other."""
    if abs(len(sign) - len(piece)) > 1 or sign == piece:
        return sign == piece
    start = next((at for at, (one, other) in enumerate(zip(sign, piece, strict=False)) if one != other), None)
    if start is None:
        return True
    return piece[start + 1 :] in (sign[start + 1 :], sign[start:]) or piece[start:] == sign[start + 1 :]


def first_named(references: Sequence[str], known: frozenset[str]) -> int | None:
    """Return the place of the first reference that is one of the known ones."""
    return next((rank for rank, reference in enumerate(references) if reference in known), None)
