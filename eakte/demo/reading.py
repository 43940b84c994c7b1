"""Reading the demo's letters ahead: several at once, while the story is told in order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eakte.demo.mail import Mail
from eakte.services import Services
from eakte.store.objects import Stored
from ingest.errors import IngestError
from ingest.model import Reading, Scan

Read = Callable[[Scan, Path], Reading]
"""Reads one file into a work folder, or raises IngestError."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter whose bytes are stored and whose text is read; ``made`` are the files of the reading."""

    original: Stored
    reading: Reading | IngestError
    made: dict[Path, Stored]


@contextmanager
def reading_ahead(
    services: Services, read: Read, post: Sequence[Mail], *, readers: int
) -> Iterator[dict[str, Future[Prepared]]]:
    """Read *post* with *readers* letters at a time; yield what comes of each by its upload id."""
    with tempfile.TemporaryDirectory(prefix="eakte-demo-") as folder:
        pool = ThreadPoolExecutor(max_workers=readers)
        try:
            yield {
                mail.upload_id: pool.submit(_prepare, services, read, mail, Path(folder) / str(number))
                for number, mail in enumerate(post)
            }
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _prepare(services: Services, read: Read, mail: Mail, work: Path) -> Prepared:
    work.mkdir()
    path = mail.render(work)
    original = services.objects.put_file(path)
    try:
        reading = read(Scan(path, path.name, services.settings.ocr_languages), work / "reading")
    except IngestError as error:
        return Prepared(original, error, {})
    files = [made.path for made in reading.renditions]
    files += [file for page in reading.pages for file in (page.image, page.thumbnail)]
    return Prepared(original, reading, {file: services.objects.put_file(file) for file in files})
