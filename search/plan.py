"""What an engine is asked: a tree over index fields, the same for every engine.

Engines translate these values into their own query objects. Typed text never reaches an engine's
query parser, so nobody can address a field that is not meant for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from search import fields, query


class Column(StrEnum):
    """The fields of the document index; pages carry ``TERMS``, ``WORDS`` and ``MENTIONS`` too."""

    ID = "id"
    ACCESS = "access"
    BLOCKED = "blocked"
    TERMS = "terms"
    WORDS = "words"
    TITLE = "title"
    SENDER = "sender"
    TYPE_TERMS = "type_terms"
    REFERENCE_TERMS = "reference_terms"
    REFERENCES = "references"
    MENTIONS = "mentions"
    UNITS = "units"
    DAY = "day"
    DOCUMENT_TYPE = "document_type"
    ORG_UNIT = "org_unit"
    FILE_PLAN_CODE = "file_plan_code"
    STATE = "state"
    SENDER_NAME = "sender_name"
    ORIGIN = "origin"
    MONTH = "month"
    CASE_FILE_ID = "case_file_id"
    PAGE_OF = "page_of"
    FIELD_WORDS = "field_words"
    FIELD_KEYS = "field_keys"


@dataclass(frozen=True, slots=True)
class Term:
    """The field holds this one analysed word; ``word`` is its folded form, if it was typed."""

    column: Column
    value: str
    boost: float = 1.0
    word: str = ""


@dataclass(frozen=True, slots=True)
class Adjacent:
    """The field holds these words side by side; a single one is meant literally, without variants."""

    column: Column
    values: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Starts:
    """The field holds a word that begins so."""

    column: Column
    value: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field holds one of these values, unanalysed; each match scores the same."""

    column: Column
    values: frozenset[str]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Dated:
    """The document is dated from ``first`` to ``last``, inclusive."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Numbered:
    """Of the page index alone: the page's number lies from ``first`` to ``last``, inclusive."""

    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class All:
    """Every part must match; of no parts everything does."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part must match; of no parts nothing does."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not match."""

    part: Plan


Leaf = Term | Adjacent | Starts | OneOf
Plan = Leaf | Dated | Numbered | All | AnyOf | Not

EVERYTHING = All(())
NOTHING = AnyOf(())

TITLE_BOOST = 2.0
OWN_REFERENCE_BOOST = 1_000.0
"""Documents of the file whose reference number was typed stand before those that mention it."""

_FIELDS = {
    query.Field.REFERENCE: Column.REFERENCE_TERMS,
    query.Field.TYPE: Column.TYPE_TERMS,
    query.Field.SENDER: Column.SENDER,
    query.Field.SUBJECT: Column.TITLE,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is wanted, which scores, among the documents within, which does not."""

    wanted: Plan
    within: Plan
    found_by: Plan | None = None
    """Finds the same documents as ``wanted`` with fewer parts, for when no score is needed."""

    @property
    def unranked(self) -> Plan:
        """What finds the documents, whatever they score."""
        return self.wanted if self.found_by is None else self.found_by


_ON_PAGES = frozenset({Column.TERMS, Column.WORDS, Column.MENTIONS})


def strict(node: query.Node) -> Plan:
    """Return the plan that finds exactly what was asked."""
    match node:
        case query.Every(nodes):
            return All(tuple(strict(part) for part in nodes))
        case query.Either(nodes):
            return AnyOf(tuple(strict(part) for part in nodes))
        case query.Without(part):
            return Not(strict(part))
        case query.Words():
            return _words(node)
        case _:
            return _single(node)


def _single(node: query.Prefix | query.Reference | query.Unit | query.Period | fields.FieldNode) -> Plan:
    match node:
        case fields.Named() | fields.NamedRange() | fields.NamedReference():
            return _named(node)
        case query.Prefix(start):
            return Starts(Column.WORDS, start)
        case query.Unit(code):
            return OneOf(Column.UNITS, frozenset({code}))
        case query.Period(first, last):
            return Dated(first, last)
        case query.Reference(key, mentions):
            own = OneOf(Column.REFERENCES, frozenset({key}), OWN_REFERENCE_BOOST)
            return AnyOf((own, OneOf(Column.MENTIONS, frozenset({key})))) if mentions else own


def _named(node: fields.FieldNode) -> Plan:
    match node:
        case fields.NamedRange():
            return OneOf(Column.FIELD_KEYS, fields.covering(node))
        case fields.NamedReference(name, key):
            return OneOf(Column.FIELD_KEYS, frozenset({f"{name}@{key}"}))
        case fields.Named(name, words, begins):
            values = tuple(f"{name}={word}" for word in words)
            if not begins:
                return Adjacent(Column.FIELD_WORDS, values)
            last = Starts(Column.FIELD_WORDS, values[-1])
            return All((Adjacent(Column.FIELD_WORDS, values[:-1]), last)) if values[:-1] else last


def _words(node: query.Words) -> Plan:
    stems = tuple(token.stem for token in node.tokens)
    if node.quoted and node.field is None:
        return All((AnyOf((Adjacent(Column.TERMS, stems), Adjacent(Column.TITLE, stems, TITLE_BOOST))),))
    if len(stems) > 1:
        if node.field is not None:
            return Adjacent(_FIELDS[node.field], stems)
        return AnyOf((Adjacent(Column.TERMS, stems), Adjacent(Column.TITLE, stems, TITLE_BOOST)))
    word = node.tokens[0].word
    if node.field is not None:
        return Term(_FIELDS[node.field], stems[0], word=word)
    return AnyOf((Term(Column.TERMS, stems[0], word=word), Term(Column.TITLE, stems[0], TITLE_BOOST, word)))


def wanted_in_text(plan: Plan) -> tuple[Leaf, ...]:
    """Return the leaves that page text can show: what is wanted, not what is excluded or in other fields."""
    match plan:
        case All(parts) | AnyOf(parts):
            return tuple(leaf for part in parts for leaf in wanted_in_text(part))
        case Term() | Adjacent() | Starts() | OneOf():
            return (plan,) if plan.column in _ON_PAGES else ()
        case _:
            return ()


def on_page(plan: Plan) -> Plan | None:
    """Return what a single page must show where all that is wanted must stand on one; ``None`` if that is nothing.

    What is excluded or asked of other fields is a matter of the whole document, not of the page.
    """
    match plan:
        case All(parts) | AnyOf(parts):
            shown = tuple(part for each in parts if (part := on_page(each)) is not None)
            return type(plan)(shown) if shown else None
        case Term() | Adjacent() | Starts() | OneOf():
            return plan if plan.column in _ON_PAGES else None
        case _:
            return None
