"""A reading as rows: the version of a document it stands for, with renditions and pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eakte.records.legibility import is_poor
from eakte.store.documents import DocumentVersion, PageRow, PoorPage, RenditionRow
from eakte.store.stored import Fingerprint
from ingest.model import Page, Reading, RenditionKind, TextSource


def version_of(reading: Reading, stored: Mapping[Path, Fingerprint], *, number: int, original: str) -> DocumentVersion:
    """Return the version a reading makes; ``stored`` tells under which hash each of its files lies."""
    version = DocumentVersion(
        number=number,
        original=original,
        media_type=reading.media_type,
        software=reading.software,
        warnings=list(reading.warnings),
    )
    version.renditions, version.pages = renditions_of(reading, stored), pages_of(reading, stored)
    return version


def renditions_of(reading: Reading, stored: Mapping[Path, Fingerprint]) -> list[RenditionRow]:
    """Return the derived files of a reading as rows."""
    return [
        RenditionRow(
            kind=made.kind.value,
            media_type=made.media_type,
            standard=made.standard,
            sha256=stored[made.path].sha256,
        )
        for made in reading.renditions
    ]


def pages_of(reading: Reading, stored: Mapping[Path, Fingerprint]) -> list[PageRow]:
    """Return the pages of a reading as rows."""
    shown: dict[Path | None, str] = {path: made.sha256 for path, made in stored.items()}
    for made in reading.renditions:
        if made.kind is RenditionKind.SEARCHABLE_PDF:  # a page without an image is shown by drawing it of this
            shown[None] = stored[made.path].sha256
    return [_page_row(page, shown) for page in reading.pages]


def _page_row(page: Page, shown: Mapping[Path | None, str]) -> PageRow:
    poor = is_poor(page.confidence, recognised=page.source is TextSource.OCR)
    return PageRow(
        poor=PoorPage() if poor else None,
        number=page.number,
        width=page.width,
        height=page.height,
        source=page.source.value,
        confidence=page.confidence,
        languages=page.languages,
        is_blank=page.is_blank,
        text=page.text,
        words=[
            [word.text, word.box.left, word.box.top, word.box.width, word.box.height, word.confidence]
            for word in page.words
        ],
        image=shown[page.image],
        thumbnail=shown[page.thumbnail],
    )
