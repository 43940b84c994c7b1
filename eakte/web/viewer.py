"""Page images with what is drawn over them: numbered evidence and found words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from eakte.actions import documents, mentions
from eakte.actions.inbox import ItemView
from eakte.store.search_words import search_words
from eakte.web.context import Context
from ingest.model import Box, Evidence, MentionKind
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
    label: str
    """German name of what was read here."""
    page: int
    box: Box
    tag_left: int
    tag_top: int
    tag_size: int
    """Nothing where the box goes on with another on the line above."""
    mentioned: bool = False
    """Whether it shows one of what else the letter mentions, which can be hidden together."""


@dataclass(frozen=True, slots=True)
class Named:
    """A line of the list of what a letter mentions; ``page`` is ``None`` where nothing can be shown on an image."""

    number: int
    label: str
    text: str
    called: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as the viewer shows it; boxes are pixels of its raster."""

    number: int
    width: int
    height: int
    proofs: tuple[Proof, ...] = ()
    found: tuple[Box, ...] = ()


def of_item(ctx: Context, view: ItemView) -> tuple[tuple[Sheet, ...], dict[str, Proof], tuple[Named, ...]]:
    """Return an item's pages with their evidence, the evidence by kind for the form, and what the letter mentions."""
    if view.document_id is None:
        return (), {}, ()
    sizes = documents.outline(ctx.session, ctx.actor, view.document_id, ctx.now)
    by_number = {size.number: size for size in sizes}
    proofs: dict[str, Proof] = {}
    for number, (kind, evidence) in enumerate(_evidence(view), start=1):
        place = next((one for one in evidence if one.page in by_number), None)
        if place is not None:
            proofs[kind] = _proof(number, LABELS[kind], place, by_number[place.page].width)
    named, boxes = _mentioned(view, {number: size.width for number, size in by_number.items()})
    sheets = tuple(
        Sheet(
            size.number,
            size.width,
            size.height,
            proofs=tuple(proof for proof in (*proofs.values(), *boxes) if proof.page == size.number),
        )
        for size in sizes
    )
    return sheets, proofs, named


def _mentioned(view: ItemView, widths: Mapping[int, int]) -> tuple[tuple[Named, ...], tuple[Proof, ...]]:
    """Return the list of mentions and their boxes; their numbers go on where those of the evidence end."""
    facts = view.read.facts
    told = {(MentionKind.DEADLINE, facts.deadlines[0].value)} if facts.deadlines else set()
    left = [each for each in facts.mentions if (each.kind, each.value) not in told]
    named, boxes = [], []
    for number, each in enumerate(left, start=len(LABELS) + 1):
        label, width = mentions.LABELS[each.kind], widths.get(each.page)
        page = each.page if width and each.boxes else None
        named.append(Named(number, label, mentions.shown(each), each.called, page))
        if page and width:
            size = max(16, width // 46)
            for place, box in enumerate(each.boxes):
                tag = 0 if place else size
                left_edge, top = max(0, box.left - size - 2), max(0, box.top - size // 2)
                boxes.append(Proof(number, label, page, box, left_edge, top, tag, mentioned=True))
    return tuple(named), tuple(boxes)


def _evidence(view: ItemView) -> Iterator[tuple[str, Sequence[Evidence]]]:
    facts = view.read.facts
    first = view.case_files[0].proposal.evidence if view.case_files else ()
    yield "reference", first or (facts.references[0].evidence if facts.references else ())
    yield "type", view.read.document_type.evidence if view.read.document_type else ()
    yield "date", facts.letter_date.evidence if facts.letter_date else ()
    yield "sender", facts.sender.evidence if facts.sender else ()
    yield "deadline", facts.deadlines[0].evidence if facts.deadlines else ()
    yield "remedy", facts.legal_remedy.evidence if facts.legal_remedy else ()


def _proof(number: int, label: str, place: Evidence, page_width: int) -> Proof:
    size = max(18, page_width // 36)
    box = place.box
    right = box.left + box.width + 8
    left = right if right + size < page_width else max(0, box.left - size - 8)
    return Proof(number, label, place.page, box, left, box.top + (box.height - size) // 2, size)


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
    asked = search_words(ctx.session)
    chosen = matching_words(query, [str(word[0]) for word in words], asked.synonyms, asked.stop_words)
    return tuple(Box(*words[index][1:5]) for index in sorted(chosen))
