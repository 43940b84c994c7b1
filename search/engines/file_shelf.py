"""Generations of an index as folders ``<index>/g1``, ``g2`` …, and a pointer file that names those in use.

The pointer is replaced by one rename, so every process sees one state or the other. Readers look at it with every
question and lock the folder they read; that of a former generation goes when nobody reads in it. Writers keep the
pointer as it is while they write, so what they write reaches every generation there is at that moment.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from search import fingerprint
from search.engine import IndexState, SearchEngine
from search.errors import IndexBroken, IndexOutdated, RebuildOver, SearchError
from search.locking import changing, reading, removing, standing
from search.switching import OUTDATED, PARTIAL, Serving

LOG = logging.getLogger(__name__)

POINTER = "generations.json"
ROOT = "."
"""The generation that lies in the folder itself, as before there were several."""

_Result = TypeVar("_Result")
_PATIENCE, _PAUSE = 40, 0.05
"""How often, and after how many seconds, it is tried again to remove what somebody still reads."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the pointer says: which generation answers, and which is being built, if any."""

    serving: str
    building: str = ""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was opened when the pointer was last read; *mark* tells its file from every other."""

    mark: tuple[int, int, int]
    layout: Layout
    serving: Serving


class FileShelf:
    """The generations in one folder; *make* opens the engine of a name on the folder of a generation."""

    def __init__(
        self, folder: Path, name: str, wanted: dict[str, str], make: Callable[[str, Path], SearchEngine]
    ) -> None:
        self._folder, self._name, self._wanted, self._make = folder, name, wanted, make
        self._opened: _Opened | None = None
        self._building: tuple[str, SearchEngine] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if not self._pointer.exists():
            with changing(folder):
                self._settle()

    def check(self) -> None:
        """Open what answers, so that what cannot be read is told before the first question."""
        with self.reading():
            pass

    @contextmanager
    def reading(self) -> Iterator[Serving]:
        """Keep the generation that answers from being removed while it is asked."""
        while True:
            opened = self._current()
            with reading(self._folder / opened.layout.serving) as there:
                # The pointer may have moved before the folder was locked.
                if self._mark() == opened.mark:
                    if not there:
                        raise IndexBroken
                    yield opened.serving
                    return

    def write(self, act: Callable[[SearchEngine], None]) -> None:
        """Do *act* on the generation that answers, then on the one being built.

        What cannot be written any more must not go on answering, or what was taken out of it would be found: an
        outdated generation is then given up for what is built so far, a building one is begun anew later.
        """
        try:
            fault = self._write(act)
        except Exception:
            if not self._current().serving.note == OUTDATED:
                raise
            LOG.exception("the outdated search index cannot be written; searches answer from what is built so far")
            self.start_over()
            fault = self._write(act)
        if fault:
            with changing(self._folder):
                if self._read().building == fault:
                    self._point(Layout(self._read().serving))

    def begin(self) -> str:
        """Begin a generation, or go on with the one that was begun, and return its name."""
        with changing(self._folder):
            layout = self._read()
            if layout.building and self._usable(layout.building):
                return layout.building
            name = self._new()
            self._point(Layout(layout.serving, name))
            return name

    def build(self, name: str, act: Callable[[SearchEngine], _Result]) -> _Result:
        """Do *act* on the generation *name* that is being built."""
        with standing(self._folder):
            if self._read().building != name:
                raise RebuildOver
            return act(self._engine(name))

    def serve(self, name: str) -> None:
        """Let the generation *name* that is being built answer, and remove the former as soon as nobody reads it."""
        with changing(self._folder):
            if self._read().building != name:
                raise RebuildOver
            self._point(Layout(name))
        for _ in range(_PATIENCE):
            with changing(self._folder):
                if not self._sweep():
                    return
            time.sleep(_PAUSE)

    def start_over(self) -> None:
        """Give up every generation, whatever made it, for a new one that answers while it is built."""
        with changing(self._folder):
            name = self._new()
            self._point(Layout(name, name))

    def state(self) -> IndexState:
        """Tell which generations there are."""
        with self.reading() as serving:
            layout = self._current().layout
            documents, note = serving.engine.documents(), serving.note
        built = documents
        if layout.building and layout.building != layout.serving:
            try:
                built = self.build(layout.building, lambda engine: engine.documents())
            except RebuildOver:
                return self.state()
        return IndexState(
            serving=layout.serving,
            documents=documents,
            size=_size(self._folder),
            building=layout.building,
            built=built if layout.building else 0,
            outdated=note == OUTDATED,
        )

    def close(self) -> None:
        """Release files; a later call opens them again."""
        opened, building = self._opened, self._building
        self._opened = self._building = None
        if opened:
            opened.serving.engine.close()
        if building:
            building[1].close()

    @property
    def _pointer(self) -> Path:
        return self._folder / POINTER

    def _mark(self) -> tuple[int, int, int]:
        try:
            found = self._pointer.stat()
        except FileNotFoundError as error:
            raise IndexBroken from error
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _read(self) -> Layout:
        kept = fingerprint.read(self._pointer)
        if not kept.get("serving"):
            raise IndexBroken
        return Layout(kept["serving"], kept.get("building", ""))

    def _point(self, layout: Layout) -> None:
        fingerprint.write(self._pointer, asdict(layout))
        self._sweep()

    def _settle(self) -> None:
        """Write the first pointer: to what lies in the folder from before there was one, or to a new generation."""
        if self._pointer.exists():
            return
        before = (self._folder / fingerprint.NAME).exists() or (self._folder / "documents").exists()
        self._point(Layout(ROOT if before else self._new()))

    def _new(self) -> str:
        """Make an empty generation, with its fingerprint last."""
        numbers = [int(path.name[1:]) for path in self._folder.glob("g*") if path.name[1:].isdigit()]
        name = f"g{max(numbers, default=0) + 1}"
        path = self._folder / name
        path.mkdir()
        self._make(self._name, path).close()
        fingerprint.write(path / fingerprint.NAME, self._wanted)
        return name

    def _usable(self, name: str) -> bool:
        if fingerprint.read(self._folder / name / fingerprint.NAME) != self._wanted:
            return False
        try:
            self._engine(name).documents()
        except SearchError:
            return False
        return True

    def _current(self) -> _Opened:
        """Return what answers now; opened anew where the pointer is another than before."""
        before, mark = self._opened, self._mark()
        if before and before.mark == mark:
            return before
        layout = self._read()
        if before and before.layout.serving == layout.serving:
            engine, outdated = before.serving.engine, before.serving.note == OUTDATED
        else:
            engine, outdated = self._open(layout.serving)
            if before:
                before.serving.engine.close()
        note = OUTDATED if outdated else PARTIAL if layout.building == layout.serving else ""
        self._opened = _Opened(mark, layout, Serving(engine, note))
        return self._opened

    def _open(self, name: str) -> tuple[SearchEngine, bool]:
        """Open a generation that answers, and tell whether it is outdated."""
        path = self._folder / name
        kept = fingerprint.read(path / fingerprint.NAME)
        if kept == self._wanted:
            return self._make(self._name, path), False
        try:
            return self._make(kept.get("engine", ""), path), True
        except (SearchError, ImportError) as error:
            raise IndexOutdated from error

    def _engine(self, name: str) -> SearchEngine:
        if self._building is None or self._building[0] != name:
            self._building = (name, self._make(self._name, self._folder / name))
        return self._building[1]

    def _write(self, act: Callable[[SearchEngine], None]) -> str:
        """Do *act* on every generation; return which building one failed, if it did."""
        with standing(self._folder):
            self._sweep()
            layout = self._read()
            act(self._current().serving.engine)
            if layout.building not in {"", layout.serving}:
                try:
                    act(self._engine(layout.building))
                except Exception:
                    LOG.exception("the search index being built cannot be written; it is begun anew")
                    return layout.building
        return ""

    def _sweep(self) -> bool:
        """Remove generations that are in use no more, except those that somebody reads; return whether any is left."""
        layout, left = self._read(), False
        for path in self._folder.glob("g*"):
            if path.is_dir() and path.name not in {layout.serving, layout.building}:
                with removing(path) as alone:
                    if alone:
                        shutil.rmtree(path, ignore_errors=True)
                left = left or path.exists()
        if layout.serving != ROOT and (self._folder / "documents").exists():
            with removing(self._folder) as alone:
                if alone:
                    (self._folder / fingerprint.NAME).unlink(missing_ok=True)
                    for name in ("documents", "pages"):
                        shutil.rmtree(self._folder / name, ignore_errors=True)
            left = left or (self._folder / "documents").exists()
        return left


def _size(folder: Path) -> int:
    """Return the bytes of all files below; what a writer removes meanwhile counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(parent, name).stat().st_size
    return total
