"""Puts entries one by one and tells each that was put: a process for tests to kill or to run beside others."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from search.engines import open_engine
from tests.search.corpus import entry


def main() -> None:
    """Put ``<name>-0``, ``<name>-1`` …, as many as asked for, or without end."""
    engine_name, folder, name, most = sys.argv[1:]
    engine = open_engine(engine_name, Path(folder))
    for number in count():
        if most and number >= int(most):
            return
        document_id = f"{name}-{number}"
        engine.put([entry(document_id, f"Antrag {number} auf Stellplatz", "Zweite Seite")])
        sys.stdout.write(f"{document_id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
