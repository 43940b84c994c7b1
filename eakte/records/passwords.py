"""Which passwords are accepted: length, and none that everybody tries first.

NIST SP 800-63B-4, 3.1.1.2 and BSI ORP.4.A8/A22: long, compared with a list of the commonest and with what is known of
the person; no rules on kinds of characters and no change by the calendar, which make people choose worse ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from unicodedata import normalize

SHORTEST = 12
LONGEST = 256
"""Longer ones only cost time to hash."""
_FEWEST_LETTERS = 5
"""Different characters a password must have."""
_ROWS = (
    "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertzuiopü", "qwertyuiop", "asdfghjklöä", "yxcvbnm", "zxcvbnm",
    "1qay2wsx3edc4rfv5tgb", "1q2w3e4r5t6z7u8i9o", "1q2w3e4r5t6y7u8i9o",
)  # fmt: skip
_RUN = 6
"""Neighbours in a row, forwards or backwards, that count as nothing more than one character."""
_SWAPS = str.maketrans("0134578@$!€", "oleastbasie")


def canonical(password: str) -> str:
    """Return a password as it is hashed: the same whichever keyboard composed its umlauts (RFC 8265, NFC)."""
    return normalize("NFC", password)


def problem_of(password: str, *, about: Collection[str], common: Collection[str]) -> str | None:
    """Return the German sentence that says why a password is not accepted, or ``None``.

    Args:
        password: The password.
        about: What is known of the person: login, names.
        common: Words and passwords that everybody tries first, in lower case.
    """
    password = canonical(password)
    if len(password) < SHORTEST:
        return (
            f"Das Kennwort braucht mindestens {SHORTEST} Zeichen. Gut sind mehrere Wörter, die nicht zusammengehören."
        )
    if len(password) > LONGEST:
        return f"Das Kennwort darf höchstens {LONGEST} Zeichen haben."
    lowered = password.casefold()
    for name in about:
        if len(name) >= 4 and name.casefold() in lowered and len(_rest(lowered, name.casefold())) < SHORTEST // 2:
            return "Das Kennwort besteht fast nur aus Ihrem Namen. Bitte wählen Sie eines, das niemand erraten kann."
    if len(set(lowered)) < _FEWEST_LETTERS or _is_common(lowered, common):
        return "Dieses Kennwort wird als eines der ersten geraten. Bitte wählen Sie ein anderes."
    return None


def _is_common(lowered: str, common: Collection[str]) -> bool:
    """Whether little is left when common words, rows of keys and numbers at the end are taken out."""
    if lowered in common:
        return True
    plain = _without_rows(lowered)
    for text in (plain, plain.translate(_SWAPS)):
        rest = text
        for word in sorted(common, key=len, reverse=True):
            if len(word) >= 4:
                rest = rest.replace(word, " ")
        if len(_letters(rest)) < 4:
            return True
    return False


def _without_rows(lowered: str) -> str:
    for row in _ROWS:
        for line in (row, row[::-1]):
            for size in range(len(line), _RUN - 1, -1):
                for start in range(len(line) - size + 1):
                    lowered = lowered.replace(line[start : start + size], " ")
    return lowered


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def _rest(lowered: str, name: str) -> str:
    return _letters(lowered.replace(name, ""))
