"""Reading the demo's letters ahead: several at once, while the story is told in order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eakte.demo.mail import Mail
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.objects import Stored
from ingest import ReaderSettings, read_apart
from ingest.errors import IngestError
from ingest.model import Limits, Reading, Scan


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter whose bytes are stored and whose text is read; ``made`` are the files of the reading."""

    original: Stored
    reading: Reading | IngestError
    made: dict[Path, Stored]


@contextmanager
def reading_ahead(services: Services, post: Sequence[Mail]) -> Iterator[dict[str, Future[Prepared]]]:
    """Read *post*, as many letters at a time as the settings allow; yield what comes of each by its upload id."""
    with tempfile.TemporaryDirectory(prefix="eakte-demo-") as folder:
        pool = ThreadPoolExecutor(max_workers=services.settings.readers)
        try:
            yield {
                mail.upload_id: pool.submit(_prepare, services, mail, Path(folder) / str(number))
                for number, mail in enumerate(post)
            }
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _prepare(services: Services, mail: Mail, work: Path) -> Prepared:
    work.mkdir()
    path = mail.render(work)
    original = services.objects.put_file(path)
    try:
        reading = _read(services.settings, path, work / "reading")
    except IngestError as error:
        return Prepared(original, error, {})
    files = [made.path for made in reading.renditions]
    files += [file for page in reading.pages for file in (page.image, page.thumbnail) if file]
    return Prepared(original, reading, {file: services.objects.put_file(file) for file in files})


def _read(settings: Settings, path: Path, work: Path) -> Reading:
    return read_apart(
        Scan(path, path.name, settings.ocr_languages),
        ReaderSettings(settings.ocr_engine, settings.config_folder / "classification"),
        limits=Limits(max_bytes=settings.max_read_bytes, max_pages=settings.max_read_pages),
        work=work,
    )
