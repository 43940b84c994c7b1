"""What can go wrong in retention, each with a code; German sentences stand in ``texts.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import ClassVar


class RetentionError(Exception):
    """Retention cannot go on; ``detail`` says in German where or what."""

    code: ClassVar[str] = "retention-error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        """The German sentence of the code, with the detail."""
        text = sentence(self.code)
        return f"{text} ({self.detail})" if self.detail else text


class CatalogueInvalidError(RetentionError):
    """The rule catalogue has lines that are no rules; ``problems`` names each."""

    code = "catalogue-invalid"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class PlanMessageInvalidError(RetentionError):
    """A message with a file plan breaks the standard; ``problems`` names each finding."""

    code = "plan-message-invalid"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class FactsInvalidError(RetentionError):
    """The facts of a case file cannot be read."""

    code = "facts-invalid"


class SchemasMissingError(RetentionError):
    """The xdomea schemas are not where the settings say."""

    code = "schemas-missing"


class VersionUnknownError(RetentionError):
    """The message is not in an xdomea version this library knows."""

    code = "version-unknown"


class MessageUnreadableError(RetentionError):
    """The message is not well-formed XML or carries a document type definition."""

    code = "message-unreadable"


class MessageUnexpectedError(RetentionError):
    """The message is well-formed but of another type, or a required part is missing."""

    code = "message-unexpected"


class PackageUnsafeError(RetentionError):
    """The ZIP has folders, unsafe names, too many entries or unpacks to too much."""

    code = "package-unsafe"


class PackageUnreadableError(RetentionError):
    """The file is no ZIP, is damaged, or does not hold exactly one message."""

    code = "package-unreadable"


class OfferIncompleteError(RetentionError):
    """Metadata every archive asks for is missing; nothing was written."""

    code = "offer-incomplete"


class OriginalChangedError(RetentionError):
    """A primary file is missing or its bytes do not have the recorded SHA-256; nothing was sent."""

    code = "original-changed"


class ArchiveAwayError(RetentionError):
    """The archive's letter box does not answer as it should; the same may succeed later."""

    code = "archive-away"


class ArchiveFolderError(ArchiveAwayError):
    """An exchange folder is missing or cannot be written."""

    code = "archive-folder"


class ArchiveRefusedError(ArchiveAwayError):
    """The archive's server does not let us in, or not to this folder."""

    code = "archive-refused"


class ArchiveNotTrustedError(ArchiveAwayError):
    """The archive's server does not prove to be the one that is set; nothing was sent to it."""

    code = "archive-not-trusted"


class ArchiveOccupiedError(ArchiveAwayError):
    """Another message lies under the name of the one to be sent; nothing was written over it."""

    code = "archive-occupied"


class CertificateInvalidError(RetentionError):
    """The facts of a destruction do not add up; there is no certificate."""

    code = "certificate-invalid"


class FontMissingError(RetentionError):
    """The font for certificates is not installed."""

    code = "font-missing"


@cache
def texts() -> dict[str, str]:
    """The German sentence for each code."""
    loaded = tomllib.loads(files("retention").joinpath("texts.toml").read_text(encoding="utf-8"))
    return {str(code): str(text) for code, text in loaded.items()}


def sentence(code: str) -> str:
    """The German sentence for *code*."""
    return texts()[code]
