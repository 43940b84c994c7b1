"""Index and find on the command line, without the service: ``python -m search index|find``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from search import jsonl
from search.engines import ENGINES, open_engine
from search.errors import SearchError
from search.fields import FieldKind
from search.model import MaySee, Query, Sort

_BATCH = 1_000
_FIELD_HELP = "weiteres Suchfeld und seine Art: " + ", ".join(FieldKind)
_CODES = "Rückgabewerte: 0 gelungen, 1 Suchindex oder Datei nicht lesbar, 2 falscher Aufruf."


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        answer = _index(chosen) if chosen.command == "index" else _find(chosen)
    except (SearchError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2, default=_plain) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m search", description="Volltextsuche ohne den Dienst.", epilog=_CODES)
    commands = parser.add_subparsers(dest="command", required=True)
    index = commands.add_parser("index", help="Einträge aus JSON Lines aufnehmen", epilog=_CODES)
    index.add_argument("file", metavar="DATEI.jsonl", type=Path, help="eine Zeile je Dokument; - liest die Eingabe")
    find = commands.add_parser("find", help="Dokumente finden", epilog=_CODES)
    find.add_argument("text", metavar="SUCHTEXT")
    find.add_argument("--sort", choices=[str(order) for order in Sort], default=str(Sort.RELEVANCE))
    find.add_argument("--first", metavar="JJJJ-MM-TT", type=date.fromisoformat, help="Dokumente ab diesem Tag")
    find.add_argument("--last", metavar="JJJJ-MM-TT", type=date.fromisoformat, help="Dokumente bis zu diesem Tag")
    find.add_argument("--offset", type=int, default=0, help="so viele Treffer überspringen")
    find.add_argument("--limit", type=int, default=20, help="höchstens so viele Treffer zeigen")
    find.add_argument("--field", metavar="NAME=ART", type=_field, action="append", default=[], help=_FIELD_HELP)
    find.add_argument("--exact", action="store_true", help="keine ähnlichen und zusammengesetzten Wörter")
    for command, meaning in ((index, "Rechte für Zeilen ohne access_keys"), (find, "Rechte der suchenden Person")):
        command.add_argument("--folder", type=Path, required=True, help="Ordner des Suchindex")
        command.add_argument("--engine", choices=list(ENGINES), default="tantivy")
        command.add_argument("--keys", type=_keys, default=frozenset(), help=f"{meaning}, durch Komma getrennt")
    return parser


def _index(chosen: argparse.Namespace) -> dict[str, Any]:
    engine = open_engine(chosen.engine, chosen.folder)
    count = 0
    with sys.stdin if str(chosen.file) == "-" else chosen.file.open(encoding="utf-8") as lines:
        entries = jsonl.entries(lines, chosen.keys)
        while batch := list(islice(entries, _BATCH)):
            engine.put(batch)
            count += len(batch)
    engine.close()
    return {"indexed": count}


def _find(chosen: argparse.Namespace) -> dict[str, Any]:
    engine = open_engine(chosen.engine, chosen.folder)
    asked = Query(
        chosen.text,
        first=chosen.first,
        last=chosen.last,
        sort=Sort(chosen.sort),
        offset=chosen.offset,
        limit=chosen.limit,
        fields=dict(chosen.field),
        exact=chosen.exact,
    )
    results = engine.find(asked, MaySee(chosen.keys))
    engine.close()
    return asdict(results)


def _field(text: str) -> tuple[str, FieldKind]:
    name, _, kind = text.partition("=")
    return name, FieldKind(kind)


def _keys(text: str) -> frozenset[str]:
    return frozenset(key.strip() for key in text.split(",") if key.strip())


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


if __name__ == "__main__":
    raise SystemExit(main())
