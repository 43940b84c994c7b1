"""Exit codes, and which code and German sentence each error gets.

0 done · 1 something was refused, or a check found a fault · 2 the call is wrong · 3 the installation is not ready
(settings, database, index, address) · 4 unexpected fault · 130 interrupted from the keyboard.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from enum import IntEnum
from logging import getLogger

import click
from sqlalchemy.exc import DBAPIError

from eakte import logs
from eakte.cli.german import usage_sentence
from eakte.errors import DeclarationInvalid, EakteError, SettingsInvalid
from eakte.store.master_keys import KeysUnusable
from eakte.texts import sentence
from ingest.errors import IngestError
from retention.errors import RetentionError
from search.errors import IndexBroken, IndexOutdated, SearchError

LOG = getLogger(__name__)


class Exit(IntEnum):
    """What a command tells the shell."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_READY = 3
    FAULT = 4
    INTERRUPTED = 130


EPILOG = """Rückgabewerte: 0 alles erledigt; 1 etwas wurde abgelehnt, oder eine Prüfung fand Fehler; 2 der Aufruf ist
falsch; 3 die Einrichtung ist nicht bereit (Einstellungen, Datenbank, Index, Adresse); 4 unerwarteter Fehler;
130 abgebrochen."""
"""The same for the person who asks for help."""


class NotReady(EakteError):
    """The installation cannot do this yet; ``problem`` says why and what to do."""

    code, status = "not-ready", 503


def outcome_of(error: BaseException) -> tuple[Exit, str]:
    """Return the exit code and the German sentence of an error."""
    for kinds, code in CODES:
        if isinstance(error, kinds):
            return code, _sentence_of(error)
    if isinstance(error, OSError) and error.errno in OF_THE_MACHINE:
        return Exit.NOT_READY, f"„{error.filename or '?'}“: {OF_THE_MACHINE[error.errno]} {_numbered(error)}"
    return Exit.FAULT, f"Das hat nicht geklappt. {_numbered(error)}"


CODES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Exit], ...] = (
    (click.UsageError, Exit.USAGE),
    ((click.Abort, KeyboardInterrupt), Exit.INTERRUPTED),
    ((SettingsInvalid, DeclarationInvalid, KeysUnusable, NotReady, SearchError, DBAPIError), Exit.NOT_READY),
    ((EakteError, IngestError, RetentionError), Exit.REFUSED),
)
"""The first that fits counts."""

OF_THE_MACHINE = {
    errno.EACCES: "Der Zugriff ist nicht erlaubt.",
    errno.EPERM: "Der Zugriff ist nicht erlaubt.",
    errno.ENOENT: "Datei oder Ordner ist nicht da.",
    errno.ENOSPC: "Der Datenträger ist voll.",
    errno.EROFS: "Der Datenträger ist schreibgeschützt.",
}


def _sentence_of(error: BaseException) -> str:
    text = "Abgebrochen."
    match error:
        case click.UsageError():
            text = usage_sentence(error)
        case EakteError():
            text = sentence(error.code, error.detail)
        case IndexOutdated() | IndexBroken():
            text = f"{error} Dafür gibt es den Befehl „python -m eakte index rebuild“."
        case SearchError() | RetentionError():
            text = str(error)
        case IngestError():
            text = error.text
        case DBAPIError():
            text = f"Die Datenbank antwortet nicht wie erwartet. {_numbered(error)}"
    return text


def _numbered(error: BaseException) -> str:
    """Write the error to the log under a short number, and return the sentence that names it."""
    number = logs.request_number()
    LOG.error("fault", exc_info=error)
    if os.environ.get("EAKTE_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)
    return f"Einzelheiten stehen im Protokoll unter der Nummer {number}."
