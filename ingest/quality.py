"""Whether a text layer is worth trusting, told from the text alone."""

from __future__ import annotations

import re

# The commonest words of German office letters, and the English ones for letters from abroad.
_COMMON_WORDS = """
der die das und in zu den von mit ist des im für auf dem nicht ein eine als auch es an werden aus er hat dass sie nach
wird bei einer um am sind noch wie einem über so zum haben nur oder aber vor zur bis mehr durch sich ihr ihre ihren
ihnen wir ich bitte herr frau damen herren sehr geehrte freundlichen grüßen stadt datum betrag
the of and to in is for on with that this are be your you we from
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_VOWELS = re.compile(r"[aeiouyäöüAEIOUYÄÖÜ]")
_WORD = re.compile(r"[^\W\d_]{2,}")


def is_readable(text: str) -> bool:
    """Whether *text* is written language and not what a bad layer leaves (missing glyphs, shifted codes)."""
    marks = [sign for sign in text if not sign.isspace()]
    if len(marks) < 10:
        return False
    broken = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" for sign in marks)
    letters = sum(sign.isalnum() for sign in marks)
    if broken > 0.05 * len(marks) or letters < 0.5 * len(marks):
        return False
    words = _WORD.findall(text)
    if len(words) < 20:
        return True  # forms and tables: too few words to judge by, and nothing speaks against them
    common = sum(word.lower() in _COMMON for word in words)
    with_vowel = sum(bool(_VOWELS.search(word)) for word in words)
    return common >= 0.04 * len(words) or with_vowel >= 0.8 * len(words)
