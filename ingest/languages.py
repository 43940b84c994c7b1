"""Which languages and scripts the text recognition can read here: the models that are installed."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_MODEL_FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")
"""Debian and Ubuntu, most others, built by hand."""

_NO_LANGUAGE = frozenset({"osd", "equ"})
"""Models that tell how a page lies, and formulas."""

FRAKTUR = ("frk", "deu_latf")
"""What the model of German Fraktur is called, in Tesseract 4 and since 5.4."""


@cache
def model_folder() -> str:
    """Return the folder of the language models: ``TESSDATA_PREFIX``, else where distributions put them."""
    named = os.environ.get("TESSDATA_PREFIX")
    if named:
        return named
    return next((folder for folder in _MODEL_FOLDERS if Path(folder, "osd.traineddata").exists()), _MODEL_FOLDERS[0])


@cache
def installed() -> tuple[str, ...]:
    """Return the codes of the installed languages, in alphabetical order, as ``tesseract --list-langs`` does."""
    found = {file.name.removesuffix(".traineddata") for file in Path(model_folder()).glob("*.traineddata")}
    return tuple(sorted(found - _NO_LANGUAGE))


def fraktur() -> str:
    """Return the code of the installed model of Fraktur, empty without one."""
    return next((code for code in FRAKTUR if code in installed()), "")
