"""Moving files out of the watched folder: nothing is overwritten, nothing replaced meanwhile is taken for the old."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

CHECKING = ".in-pruefung"
"""Where a file lies for the moment between leaving its folder and being recognised; emptied again after a crash."""


def put_away(path: Path, folder: Path, is_the_same: Callable[[Path], bool]) -> Path | None:
    """Move the file at *path* to *folder*, unless somebody has put another file in its place meanwhile.

    The name may stand for a new file at any time, so it is asked only where nobody else reaches it. A new file goes
    back to where it was. Returns where the file lies now, or ``None`` if it was another one.
    """
    held = _rename(path, path.parent / CHECKING, path.name)
    if is_the_same(held):
        return _rename(held, folder, path.name)
    _give_back(held, path.parent)
    return None


def rescue(unit: Path) -> None:
    """Give back what a crash has left between leaving its folder and being recognised."""
    if (unit / CHECKING).is_dir():
        for held in sorted((unit / CHECKING).iterdir()):
            _give_back(held, unit)


def refuse(path: Path, folder: Path, reason: str) -> None:
    """Move a file to *folder* with its reason beside it; the reason comes first, no file lies there without one."""
    folder.mkdir(exist_ok=True)
    target = next(place for place in _places(folder, path.name) if not place.exists())
    target.with_name(f"{target.name}.txt").write_text(reason, "utf-8")
    path.rename(target)


def _rename(path: Path, folder: Path, name: str) -> Path:
    """Move a file into a folder of ours, where nobody else creates files."""
    folder.mkdir(parents=True, exist_ok=True)
    target = next(place for place in _places(folder, name) if not place.exists())
    return path.rename(target)


def _give_back(held: Path, folder: Path) -> None:
    """Move a file to where others create files; a link, unlike a rename, never replaces what is there."""
    for target in _places(folder, held.name):
        try:
            os.link(held, target)
        except FileExistsError:
            if not held.samefile(target):
                continue
        except OSError:  # the file system knows no links
            if target.exists():
                continue
            held.rename(target)
            return
        held.unlink()
        return


def _places(folder: Path, name: str) -> Iterator[Path]:
    yield folder / name
    number = 2
    while True:
        yield folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        number += 1
