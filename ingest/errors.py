"""What can go wrong with a received file; every class has a code and every code a German sentence."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import ClassVar


class IngestError(Exception):
    """The file could not be read; ``code`` says why, ``text`` says it in German."""

    code: ClassVar[str] = "ingest-failed"
    waits: ClassVar[bool] = False
    """Whether the same bytes may well be read later: with a password, by a program set up or with more time."""

    @property
    def text(self) -> str:
        """The German sentence for a clerk: what happened, what to do."""
        return german_texts()[self.code]


class EmptyFile(IngestError):
    """The file has no bytes."""

    code = "empty-file"


class DamagedFile(IngestError):
    """The file claims a type whose rules it breaks beyond repair."""

    code = "damaged-file"


class EncryptedFile(IngestError):
    """The file opens only with a password."""

    code = "encrypted-file"
    waits = True


class InfectedFile(IngestError):
    """The virus scanner found something in it; the detail names it."""

    code = "infected-file"


class NotScanned(IngestError):
    """The virus scanner refuses to look at the file."""

    code = "not-scanned"
    waits = True


class TooLarge(IngestError):
    """The file has more bytes than the limit."""

    code = "too-large"


class TooManyPages(IngestError):
    """The file has more pages than the limit."""

    code = "too-many-pages"


class DecompressionBomb(IngestError):
    """A small file unpacks into far more pixels or bytes than any letter needs."""

    code = "decompression-bomb"


class TooManyParts(IngestError):
    """The container holds more files than the limit."""

    code = "too-many-parts"


class UnknownType(IngestError):
    """The content is of a type nobody here reads."""

    code = "unknown-type"


class ProgramMissing(IngestError):
    """A program that reads this format is not set up."""

    code = "program-missing"
    waits = True


class ReadTimedOut(IngestError):
    """Reading used up its time."""

    code = "read-timed-out"
    waits = True


class ReaderCrashed(IngestError):
    """The reading process or one of its programs died."""

    code = "reader-crashed"
    waits = True


class NotEnoughExamples(IngestError):
    """There is nothing to learn from: fewer than two labels with two examples each."""

    code = "not-enough-examples"


ERRORS: tuple[type[IngestError], ...] = (
    IngestError,
    EmptyFile,
    DamagedFile,
    EncryptedFile,
    InfectedFile,
    NotScanned,
    TooLarge,
    TooManyPages,
    DecompressionBomb,
    TooManyParts,
    UnknownType,
    ProgramMissing,
    ReadTimedOut,
    ReaderCrashed,
    NotEnoughExamples,
)


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text("utf-8"))


def german_texts() -> dict[str, str]:
    """Return the German sentence of each error code."""
    return _texts()["errors"]


def warning_text(code: str) -> str:
    """Return the German sentence of a warning."""
    return _texts()["warnings"][code]


def page_text(code: str) -> str:
    """Return a German word or line that stands on pages of our own making."""
    return _texts()["page"][code]


def error_of(code: str, detail: str) -> IngestError:
    """Return the error with *code*; a reader in another process names errors by their code."""
    known = {error.code: error for error in ERRORS}
    return known.get(code, ReaderCrashed)(detail)
