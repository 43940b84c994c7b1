"""The way from a received file to its Reading."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest import formats, safety
from ingest import media_type as types
from ingest.classify import Rules, document_type, file_plan_units
from ingest.document import VIEW_WIDTH
from ingest.errors import warning_text
from ingest.extract import facts_of
from ingest.model import Facts, Page, Reading, Rendition, RenditionKind, TextSource
from ingest.paper import is_blank
from ingest.recognition import WEAK, recognise, turned
from ingest.second_look import opens_elsewhere
from ingest.views import SMALL_WIDTH, write_small, write_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.document import Document, Sheet
    from ingest.model import Limits, Scan, Word
    from ingest.ocr import OcrEngine

_CERTAIN_WORD = 60
"""Confidence from which on a word is certain."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What a reader works with: the text recognition and the rules of the house."""

    ocr: OcrEngine
    rules: Rules


def read(scan: Scan, engines: Engines, *, limits: Limits, work: Path) -> Reading:
    """Read *scan* in this process.

    Page images (WebP, about 1240 pixels wide), thumbnails (200 pixels) and the searchable PDF are written
    into the folder *work*, which is made if it is missing. Repeating overwrites them with the same. Pages of text
    come with the small image alone: ``ingest.draw_apart`` draws them of the searchable PDF when they are looked at.

    Raises:
        IngestError: One of its subclasses says why the file cannot be read.
    """
    work.mkdir(parents=True, exist_ok=True)
    safety.check_size(scan.path, limits)
    media_type = types.detect(scan.path)
    opened = formats.opened(formats.Task(scan, media_type, limits, work))
    with opened.document as document:
        pages = _read_pages(document, engines.ocr, scan, work=work)
        searchable = work / "searchable.pdf"
        standard = document.write_searchable(pages, searchable)
        sound = opens_elsewhere(searchable, len(pages))
        rendition = Rendition(RenditionKind.SEARCHABLE_PDF, types.PDF, searchable, standard if sound else "")
        notes = document.warnings if sound else (*document.warnings, "unproved-pdf")
    facts = _with_stated(facts_of(pages), opened.stated)
    return Reading(
        media_type=media_type,
        pages=pages,
        renditions=(rendition,),
        facts=facts,
        document_type=opened.document_type or document_type(pages, facts, engines.rules),
        file_plan_units=file_plan_units(pages, facts, engines.rules),
        warnings=(*(warning_text(note) for note in notes), *opened.notices, *_about_text(pages)),
        software=engines.ocr.software,
        parts=opened.parts,
        invoice=opened.invoice,
    )


def _with_stated(read_from_pages: Facts, stated: Facts) -> Facts:
    """What a file states about itself goes before what its pages seem to say."""
    known = {name: value for name in Facts.__slots__ if (value := getattr(stated, name))}
    return replace(read_from_pages, **known)


def _read_pages(document: Document, ocr: OcrEngine, scan: Scan, *, work: Path) -> tuple[Page, ...]:
    def read_page(index: int) -> Page:
        return _page(index + 1, document.sheet(index), ocr, scan, work=work)

    # Threads suffice: recognition gives up the interpreter's lock, or waits for a program.
    pool = ThreadPoolExecutor(max_workers=os.cpu_count())
    try:
        return tuple(pool.map(read_page, range(document.page_count)))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _page(number: int, sheet: Sheet, ocr: OcrEngine, scan: Scan, *, work: Path) -> Page:
    text, source, turn, read_with = "", TextSource.NONE, 0, ""
    words: tuple[Word, ...] = ()
    if sheet.text is not None:
        text, words, source = sheet.text.text, sheet.text.words, TextSource.EMBEDDED
    elif sheet.scan is not None:
        languages, upright = scan.page_languages.get(number, scan.languages), scan.upright
        sight = recognise(sheet.scan, ocr, dpi=sheet.dpi, languages=languages, scratch=work, upright=upright)
        text, words, turn = sight.found.text, sight.found.words, sight.turn
        source, read_with = (TextSource.OCR, sight.languages) if words else (TextSource.NONE, "")
    view = turned(sheet.view(SMALL_WIDTH if sheet.is_quick else VIEW_WIDTH), turn)
    image = None if sheet.is_quick else work / f"page-{number:04d}.webp"
    if image:
        write_view(view, image)
    thumbnail = work / f"thumbnail-{number:04d}.webp"
    write_small(view, thumbnail)
    across, down = (sheet.height, sheet.width) if turn in (90, 270) else (sheet.width, sheet.height)
    return Page(
        number=number,
        width=across,
        height=down,
        dpi=sheet.dpi,
        source=source,
        text=text,
        words=words,
        confidence=round(sum(word.confidence for word in words) / len(words)) if words else None,
        image=image,
        thumbnail=thumbnail,
        turn=turn,
        languages=read_with,
        is_blank=not words and is_blank(view),
    )


def _about_text(pages: Sequence[Page]) -> tuple[str, ...]:
    words = [word for page in pages for word in page.words]
    if not words:
        return (warning_text("no-text"),)
    if sum(word.confidence for word in words) / len(words) >= WEAK:
        return ()
    certain = sum(word.confidence >= _CERTAIN_WORD for word in words)
    return (warning_text("weak-text").format(percent=round(100 * certain / len(words))),)
