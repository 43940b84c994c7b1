"""The folders of scans that a migration reads: below one folder of the settings, and nothing outside of it."""

from __future__ import annotations

import os
from pathlib import Path

from eakte.errors import InvalidInput

MOST_FILES = 5_000
"""Files one line of a manifest may stand for."""


class ScanFolders:
    """Folders of scans, one sub-folder per organisation unit code."""

    def __init__(self, root: str) -> None:
        """Take the folder of the settings; with an empty one there are none."""
        self._root = Path(root).resolve() if root else None

    def of_unit(self, code: str) -> tuple[str, ...]:
        """Return the folders below that of a unit, named as runs keep them."""
        if self._root is None or not (folder := self._root / code).is_dir() or not self._is_inside(folder):
            return ()
        below = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
        return tuple(f"{code}/{name}" for name in below)

    def scans(self, folder: str, path: str) -> tuple[str, ...]:
        """Return the files that a line names, relative to the folder of its run; empty if there are none.

        A folder stands for all files directly or deeper in it, in order of their names; hidden ones are left out.
        """
        base = self._inside(folder)
        named = base / path
        if not path or not named.resolve().is_relative_to(base):
            return ()
        if named.is_file():
            return (path,) if not named.is_symlink() else ()
        found = []
        for where, folders, files in os.walk(named):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            whole = (Path(where) / one for one in sorted(files) if not one.startswith("."))
            found += [str(one.relative_to(base)) for one in whole if one.is_file() and not one.is_symlink()]
        return tuple(found[:MOST_FILES])

    def file(self, folder: str, path: str) -> Path:
        """Return where a file of a run lies.

        Raises:
            FileNotFoundError: It is not there any more, or lies elsewhere by a link.
        """
        base = self._inside(folder)
        found = base / path
        if not found.resolve().is_relative_to(base) or not found.is_file() or found.is_symlink():
            raise FileNotFoundError(path)
        return found

    def _inside(self, folder: str) -> Path:
        if self._root is None or not folder or not self._is_inside(self._root / folder):
            raise InvalidInput(problem="Diesen Ordner gibt es nicht.", field="folder")
        return (self._root / folder).resolve()

    def _is_inside(self, folder: Path) -> bool:
        found = folder.resolve()
        return self._root is not None and found != self._root and found.is_relative_to(self._root)
