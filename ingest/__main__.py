"""``python -m ingest FILE`` reads a file and prints its Reading as JSON."""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import engines, mono_font
from ingest.errors import IngestError
from ingest.fork_server import ForkServer
from ingest.model import Limits, Scan
from ingest.reader import run
from ingest.reading import read
from ingest.reading_json import reading_to_json
from ingest.settings import ReaderSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

_RULES = Path(__file__).resolve().parent.parent / "config" / "classification"

OK, UNREADABLE, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the file named on the command line; return 0, or 1 if it cannot be read, or 2 if it is not there."""
    options = _parser().parse_args(arguments)
    if options.fork_server is not None:
        _serve(options.fork_server)
        return OK
    if options.file is None or not options.file.is_file():
        sys.stderr.write("Diese Datei gibt es nicht. Bitte den Pfad prüfen.\n")
        return USAGE
    settings = ReaderSettings(options.engine, options.rules)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            work = (options.out or Path(scratch)).resolve()
            scan = Scan(options.file, options.file.name, options.languages)
            reading = read(scan, engines.build(settings), limits=Limits(), work=work)
            sys.stdout.buffer.write(reading_to_json(reading, work) + b"\n")
    except IngestError as error:
        sys.stderr.write(f"{error.text} ({error.code}: {error})\n")
        return UNREADABLE
    return OK


def _serve(descriptor: int) -> None:
    mono_font.warm()
    with socket.socket(fileno=descriptor) as control:
        ForkServer(control, partial(run, build=engines.build), prepare=_prepare).serve()


def _prepare(request: dict[str, Any]) -> None:
    if "task" not in request:
        settings = request["settings"]
        rules = Path(settings["classification"])
        engines.warm(ReaderSettings(settings["engine"], rules), request["scan"]["languages"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest", description="Liest eine Datei und gibt das Gelesene als JSON aus."
    )
    parser.add_argument("file", nargs="?", type=Path, help="PDF, Bild, Text, HTML, Office-Datei, E-Mail oder ZIP")
    parser.add_argument("--out", type=Path, help="Ordner für Seitenbilder und durchsuchbares PDF")
    parser.add_argument("--rules", type=Path, default=_RULES, help="Ordner der Regeln für Dokumentart und Aktenplan")
    parser.add_argument("--engine", default="tesserocr", help="Texterkennung (tesserocr, tesseract, null)")
    parser.add_argument("--languages", default="deu+eng", help="Sprachen der Texterkennung")
    parser.add_argument("--fork-server", type=int, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
