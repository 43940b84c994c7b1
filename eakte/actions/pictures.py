"""Page images: stored ones, and those of pages of text, which are drawn of their PDF when somebody looks.

What is drawn is kept nowhere: it cannot outlive its record, and destruction has nothing more to find.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.documents import version_of
from eakte.actions.guard import document_of
from eakte.errors import EakteError, NotFound
from eakte.records.access import Actor
from eakte.settings import Settings
from eakte.store.documents import PageRow, RenditionRow
from eakte.store.objects import ObjectMissingError, ObjectStore
from eakte.store.scratch import lent
from ingest import ReaderSettings, draw_apart
from ingest.errors import IngestError
from ingest.model import Limits

MEDIA_TYPE = "image/webp"
_LIMITS = Limits(cpu_seconds=20, wall_seconds=30)


class PageNotDrawn(EakteError):
    """The page could not be drawn within its limits."""

    code, status = "page-not-drawn", 503


@dataclass(frozen=True, slots=True)
class Picture:
    """What shows a page: a stored image, or the page of a stored PDF to be drawn."""

    sha256: str
    drawn: int | None = None

    @property
    def tag(self) -> str:
        """Name these very bytes: the same tag is the same image."""
        return self.sha256 if self.drawn is None else f"{self.sha256}.{self.drawn}"


class Means(Protocol):
    """The services a picture is fetched with."""

    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def objects(self) -> ObjectStore: ...  # noqa: D102


def picture(
    session: Session,
    actor: Actor,
    document_id: UUID,
    number: int,
    now: datetime,
    *,
    version: int | None = None,
    small: bool = False,
) -> Picture:
    """Return what shows a page of a document the actor may see; the newest version unless one is named."""
    document = document_of(session, actor, document_id, now)
    chosen = version_of(session, document, version).id
    row = session.scalar(select(PageRow).where(PageRow.version_id == chosen, PageRow.number == number))
    if row is None:
        raise NotFound
    sha256 = row.thumbnail if small else row.image
    of_pdf = select(RenditionRow.id).where(RenditionRow.version_id == chosen, RenditionRow.sha256 == sha256)
    return Picture(sha256) if session.scalar(of_pdf) is None else Picture(sha256, number)


def opened(services: Means, wanted: Picture) -> BinaryIO:
    """Return the bytes of a picture (WebP). Drawing takes a moment, so no transaction should be open.

    Raises:
        NotFound: It was destroyed since it was asked for.
        PageNotDrawn: The page cannot be drawn.
    """
    try:
        return services.objects.open(wanted.sha256) if wanted.drawn is None else _drawn(services, wanted, wanted.drawn)
    except ObjectMissingError:
        raise NotFound from None  # destroyed just now
    except IngestError as error:
        raise PageNotDrawn from error


def _drawn(services: Means, wanted: Picture, number: int) -> BinaryIO:
    reader = ReaderSettings(services.settings.ocr_engine, services.settings.config_folder / "classification")
    with lent(services.settings.data_folder) as work, services.objects.path(wanted.sha256) as pdf:
        made = draw_apart(pdf, number, reader, limits=_LIMITS, work=work)
        return BytesIO(made.read_bytes())
