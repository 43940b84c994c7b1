"""Reading a stored file in a process of its own, and storing what the reading made; shared by all that read."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from eakte.actions.attachments import StoredPart
from eakte.actions.intake import ToRead
from eakte.errors import EakteError
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.objects import ObjectMissingError, Stored
from eakte.store.scratch import lent
from ingest import ReaderSettings, read_apart
from ingest.model import Limits, Part, Reading, Scan
from ingest.virus import refuse_infected


class OriginalMissing(EakteError):
    """The bytes of a received file are not in the object store."""

    code = "original-missing"


def reading_of(services: Services, todo: ToRead, work: Path) -> Reading:
    """Read a stored file; what the reading makes lies in the folder *work*.

    Raises:
        OriginalMissing: The bytes are gone.
        IngestError: The file is infected or cannot be read, with the reason.
        ScannerAway: The virus scanner does not answer; nothing is read unscanned, the job comes again.
    """
    settings = services.settings
    try:
        with services.objects.path(todo.sha256) as original:
            languages = todo.languages or settings.ocr_languages
            scan = Scan(original, todo.filename, languages, upright=todo.arranged, page_languages=todo.page_languages)
            return read_file(settings, scan, work)
    except ObjectMissingError:
        raise OriginalMissing from None


def read_file(settings: Settings, scan: Scan, work: Path) -> Reading:
    """Read one file as the settings say: scanned for viruses where that is set, in a process of its own.

    Raises:
        IngestError: The file is infected or cannot be read, with the reason.
        ScannerAway: The virus scanner does not answer; nothing is read unscanned.
    """
    if settings.clamav:
        refuse_infected(scan.path, settings.clamav)
    reader, limits = means(settings)
    return read_apart(scan, reader, limits=limits, work=work)


def means(settings: Settings) -> tuple[ReaderSettings, Limits]:
    """Return with what a file is read, and what it may cost."""
    limits = Limits(
        max_bytes=settings.max_read_bytes,
        max_pages=settings.max_read_pages,
        cpu_seconds=settings.read_seconds,
        wall_seconds=settings.read_seconds,
    )
    return ReaderSettings(settings.ocr_engine, settings.config_folder / "classification"), limits


def store_files(services: Services, reading: Reading) -> Mapping[Path, Stored]:
    """Store the files of a reading; they are safe before a row names them."""
    files = [rendition.path for rendition in reading.renditions]
    files += [file for page in reading.pages for file in (page.image, page.thumbnail) if file]
    return {file: services.objects.put_file(file) for file in files}


def store_parts(services: Services, reading: Reading) -> list[StoredPart]:
    """Store what a container held, in its order, like :func:`store_files`."""
    parts = sorted(reading.parts, key=lambda part: part.position)
    return [StoredPart(_name(part), services.objects.put_file(part.path)) for part in parts]


def _name(part: Part) -> str:
    """Return the name of a part with the folders it lay in, which may be all that tells two plans apart."""
    return " – ".join([*part.folder.split("/"), part.filename] if part.folder else [part.filename])[-500:]


def work_folder(services: Services) -> AbstractContextManager[Path]:
    """Lend an empty folder to read in."""
    return lent(services.settings.data_folder)
