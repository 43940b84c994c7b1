"""How well mentions are read off generated letters: ``python -m bench.extract --letters 200 --scanned 10``.

The last line is one JSON object. ``text`` tells of letters whose words are as written, ``scanned`` of letters drawn,
degraded like scans and read by Tesseract; for each kind ``[precision, recall, how many there are]``: of what was
found, the share that was meant; of what stands in the letters, the share that was found with exactly its value.
``ms_per_page`` is the CPU time of finding the mentions alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.letters import degrade, draw, printed
from bench.mention_letters import Told, told
from ingest import ReaderSettings, engines, read
from ingest.mentions import mentions_of
from ingest.model import Box, Limits, MentionKind, Page, Scan, TextSource, Word

RULES = Path(__file__).parents[1] / "config" / "classification"
WRITTEN_ON = "2026-03-12"
_SIGN, _ROW, _HEIGHT = 12, 60, 40
"""Pixels of a sign, from line to line and of the type on a page that is set instead of scanned."""
Found = frozenset[tuple[MentionKind, str]]


def page_of(text: str) -> Page:
    """Return a page whose words stand where a typewriter would set them."""
    words = []
    for row, line in enumerate(text.splitlines()):
        column = 0
        for word in line.split(" "):
            words.append(
                Word(word, Box(100 + column * _SIGN, 200 + row * _ROW, _SIGN * max(1, len(word)), _HEIGHT), 96)
            )
            column += len(word) + 1
    nowhere = Path("page.webp")
    shown = tuple(word for word in words if word.text)
    return Page(1, 2480, 3508, 300, TextSource.EMBEDDED, text, shown, 96, nowhere, nowhere)


def scores(pairs: Iterable[tuple[Found, Found]]) -> dict[str, list[float | int | None]]:
    """Return ``[precision, recall, number]`` for each kind from pairs of truth and what was found."""
    right, meant, found = Counter[MentionKind](), Counter[MentionKind](), Counter[MentionKind]()
    for truth, read_off in pairs:
        right.update(kind for kind, _ in truth & read_off)
        meant.update(kind for kind, _ in truth)
        found.update(kind for kind, _ in read_off)

    def share(part: int, whole: int) -> float | None:
        return round(part / whole, 4) if whole else None

    return {
        kind.value: [share(right[kind], found[kind]), share(right[kind], meant[kind]), meant[kind]]
        for kind in MentionKind
    }


def scanned(letters: Iterable[Told]) -> Iterable[tuple[Found, Found]]:
    """Yield truth and what is read off a scan of each letter."""
    reader = engines.build(ReaderSettings("tesserocr", RULES))
    for seed, each in enumerate(letters):
        with tempfile.TemporaryDirectory() as folder:
            scan, image = Path(folder, "scan.pdf"), degrade(draw(each.letter), seed=seed)
            image.save(scan, "PDF", resolution=300)
            reading = read(Scan(scan, "scan.pdf"), reader, limits=Limits(), work=Path(folder, "work"))
        yield each.truth, frozenset((one.kind, one.value) for one in reading.facts.mentions)


def main() -> None:
    """Make letters, read them, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.extract")
    parser.add_argument("--letters", type=int, default=200)
    parser.add_argument("--scanned", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", action="store_true", help="print what was missed and what was made up")
    options = parser.parse_args()
    letters = [told(options.seed * 100_000 + number) for number in range(max(options.letters, options.scanned))]
    pages = [page_of(printed(each.letter)) for each in letters[: options.letters]]
    before = time.process_time()
    found = [frozenset((one.kind, one.value) for one in mentions_of([page], written_on=WRITTEN_ON)) for page in pages]
    spent = time.process_time() - before
    pairs = [(each.truth, one) for each, one in zip(letters, found, strict=False)]
    seen = list(scanned(letters[: options.scanned]))
    if options.wrong:
        for truth, read_off in (*pairs, *seen):
            print({"missed": sorted(truth - read_off), "made_up": sorted(read_off - truth)})
    result = {
        "text": scores(pairs),
        "scanned": scores(seen),
        "letters": len(pairs),
        "scans": len(seen),
        "ms_per_page": round(1000 * spent / max(1, len(pages)), 2),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
