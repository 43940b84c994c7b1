"""Page images with what is drawn over them: numbered evidence and found words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from eakte.actions import documents
from eakte.actions.inbox import ItemView
from eakte.store.database import catalogue_of
from eakte.web.context import Context
from ingest.model import Box, Evidence
from search import matching_words

MARKED_PAGES = 40
"""Pages of one document that are searched for words to mark at once."""
LABELS = {
    "reference": "Aktenzeichen",
    "type": "Dokumenttyp",
    "date": "Datum des Schreibens",
    "sender": "Absender",
    "deadline": "Frist",
    "remedy": "Rechtsbehelf",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """A numbered box on a page, tied to the field with the same number."""

    number: int
    kind: str
    page: int
    box: Box
    tag_left: int
    tag_top: int
    tag_size: int

    @property
    def label(self) -> str:
        """German name of what was read here."""
        return LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as the viewer shows it; boxes are pixels of its raster."""

    number: int
    width: int
    height: int
    proofs: tuple[Proof, ...] = ()
    found: tuple[Box, ...] = ()


def of_item(ctx: Context, view: ItemView) -> tuple[tuple[Sheet, ...], dict[str, Proof]]:
    """Return an item's pages with their evidence, and the evidence by kind for the chips in the form."""
    if view.document_id is None:
        return (), {}
    sizes = documents.outline(ctx.session, ctx.actor, view.document_id, ctx.now)
    by_number = {size.number: size for size in sizes}
    proofs: dict[str, Proof] = {}
    for number, (kind, evidence) in enumerate(_evidence(view), start=1):
        place = next((one for one in evidence if one.page in by_number), None)
        if place is not None:
            proofs[kind] = _proof(number, kind, place, by_number[place.page].width)
    sheets = tuple(
        Sheet(
            size.number,
            size.width,
            size.height,
            proofs=tuple(proof for proof in proofs.values() if proof.page == size.number),
        )
        for size in sizes
    )
    return sheets, proofs


def _evidence(view: ItemView) -> Iterator[tuple[str, Sequence[Evidence]]]:
    facts = view.read.facts
    first = view.case_files[0].proposal.evidence if view.case_files else ()
    yield "reference", first or (facts.references[0].evidence if facts.references else ())
    yield "type", view.read.document_type.evidence if view.read.document_type else ()
    yield "date", facts.letter_date.evidence if facts.letter_date else ()
    yield "sender", facts.sender.evidence if facts.sender else ()
    yield "deadline", facts.deadlines[0].evidence if facts.deadlines else ()
    yield "remedy", facts.legal_remedy.evidence if facts.legal_remedy else ()


def _proof(number: int, kind: str, place: Evidence, page_width: int) -> Proof:
    size = max(18, page_width // 36)
    box = place.box
    right = box.left + box.width + 8
    left = right if right + size < page_width else max(0, box.left - size - 8)
    return Proof(number, kind, place.page, box, left, box.top + (box.height - size) // 2, size)


def of_document(ctx: Context, document_id: UUID, query: str = "", *, version: int | None = None) -> tuple[Sheet, ...]:
    """Return the pages of a document's newest version, or of the one named, with the words the query asks for."""
    sizes = documents.outline(ctx.session, ctx.actor, document_id, ctx.now, version=version)
    return tuple(
        Sheet(
            size.number,
            size.width,
            size.height,
            found=found_on(ctx, document_id, size.number, query, version=version)
            if query and size.number <= MARKED_PAGES
            else (),
        )
        for size in sizes
    )


def found_on(
    ctx: Context, document_id: UUID, number: int, query: str, *, version: int | None = None
) -> tuple[Box, ...]:
    """Return the boxes of the words on a page that the query asks for, in reading order."""
    words = documents.page(ctx.session, ctx.actor, document_id, number, ctx.now, version=version).words
    chosen = matching_words(query, [str(word[0]) for word in words], catalogue_of(ctx.session).synonyms)
    return tuple(Box(*words[index][1:5]) for index in sorted(chosen))
