"""Entries and questions for tests, written short or made up by Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from search import COUNTED, Entry, EntryField, EntryPage, FieldKind, MaySee, Query

FIELDS = {
    "betrag": FieldKind.NUMBER,
    "faellig_am": FieldKind.DATE,
    "kreditor": FieldKind.TEXT,
    "zum_antrag": FieldKind.REFERENCE,
}
KEYS = ("unit:52", "unit:63", "person:ä b", "all")
EVERYBODY = MaySee(frozenset({"unit:63"}))

_PLAIN = Entry(
    document_id="a",
    version=1,
    access_keys=frozenset({"unit:63"}),
    blocked_keys=frozenset(),
    case_file_id="file-1",
    case_file_reference="63.20-2026/0417",
    case_file_subject="",
    document_reference="",
    subject="",
    document_type="",
    sender="",
    org_unit="63.2",
    file_plan_code="63.20",
    state="OPEN",
    document_date=date(2026, 4, 17),
    pages=(),
)

_VOCABULARY = (
    "Garten",
    "Steuer",
    "Müller",
    "die",
    "Straße",
    "Bebauungsplan x",
    "Gebäude",
    "Stellplätze",
    "Kfz-Steuer",
    "die Straße",
    "STRASSE",
    "Stellplatz",
    "Stellplaetze",
    "Gartenweg",
    "Bebauungs-\nplan",
    "Bebauungsplan",
    "63.20-2026/0417",
    "52.01.01 – 2025 / 99",
    "2026",
    "0417",
    "½",
    "x",
    "ODER",
    "Ein-\nund",
)
_WORDS = st.sampled_from(_VOCABULARY)
_PAGES = st.sampled_from(("seite:1", "seite:2..", "seite:..2", "seite:2-3", "-seite:1", "seite:zwei"))
_FILES = ("file-1", "file-2", "file-3")
FILTERS = {
    "document_type": ("Antrag", "Bescheid"),
    "sender_name": ("Müller GmbH", "Mueller"),
    "origin": ("mail", "scan"),
    "month": ("2019-05", "2020-02"),
    "case_file_id": _FILES,
    "document_id": ("d0", "d1", "d2", "d3"),
}
_DAYS = st.none() | st.dates(date(2018, 12, 30), date(2022, 1, 2))
_REFERENCES = (
    "63.20-2026/0417",
    "63.20-2026/0418",
    "52.01.01-2025/0099",
    "Sonderakte Müller",
    "Sonderakte 9",
    "Sonderakte 10",
    "",
)
_KINDS = ("Antrag", "Bescheid", "Rechnung über Steuer", "")
_CREDITORS = ("4711", "47110 Müller GmbH", "Müller")


def entry(document_id: str = "a", *texts: str, **values: Any) -> Entry:
    """Return an entry with *texts* as its pages."""
    pages = tuple(EntryPage(number, text) for number, text in enumerate(texts, 1))
    return replace(_PLAIN, document_id=document_id, pages=pages, **values)


def entries() -> st.SearchStrategy[list[Entry]]:
    """Draw a corpus of up to eight entries, all from one number.

    Drawn word by word a corpus is too large for Hypothesis, which then tries the smallest ones alone.
    """
    return st.builds(lambda number, many: made_up(Random(number), many), st.integers(0, 2**48), st.integers(0, 8))


def made_up(chance: Random, many: int) -> list[Entry]:
    """Make up *many* entries."""
    return [_made_up(f"d{number}", chance) for number in range(many)]


def _made_up(document_id: str, chance: Random) -> Entry:
    day = date(2018, 12, 30) + timedelta(chance.randrange(1_099))
    return Entry(
        document_id=document_id,
        version=chance.randint(1, 9),
        access_keys=frozenset(_some(chance, KEYS, 2)),
        blocked_keys=frozenset(_some(chance, KEYS, 1)) if chance.random() < 0.3 else frozenset(),
        case_file_id=chance.choice(_FILES),
        case_file_reference=chance.choice(_REFERENCES),
        case_file_subject=_text(chance, 2),
        document_reference=chance.choice(_REFERENCES),
        subject=_text(chance, 3),
        document_type=chance.choice(_KINDS),
        sender=chance.choice(("Müller GmbH", "Mueller", "")),
        org_unit=chance.choice(("63", "63.2", "6", "")),
        file_plan_code=chance.choice(("63.20", "52.01.01")),
        state=chance.choice(("OPEN", "CLOSED")),
        document_date=day if chance.random() < 0.8 else None,
        pages=tuple(EntryPage(number + 1, _text(chance, 5)) for number in range(chance.randrange(4))),
        origin=chance.choice(("mail", "scan", "")),
        fields=tuple(_field(chance) for _ in range(chance.randrange(4))),
        aliases=frozenset(chance.choices(_REFERENCES[:5], k=chance.randrange(2))),
    )


def _text(chance: Random, most: int) -> str:
    return " ".join(_some(chance, _VOCABULARY, most))


def _some(chance: Random, among: Sequence[str], most: int) -> list[str]:
    """Choose up to *most*, what stands in front more often."""
    return chance.choices(among, [max(8 - place, 1) for place in range(len(among))], k=chance.randint(0, most))


def _field(chance: Random) -> EntryField:
    number, day = Decimal(chance.randint(-300_000, 300_000)) / 100, date(2018 + chance.randrange(5), 3, 31)
    return chance.choice(
        (
            EntryField("betrag", str(number), number),
            EntryField("faellig_am", f"{day:%d.%m.%Y}", day),
            EntryField("kreditor", chance.choice(_CREDITORS)),
            EntryField("zum_antrag", chance.choice(("52.01.01 – 2025 / 99", "63.20-2026/0417"))),
        )
    )


def people() -> st.SearchStrategy[MaySee]:
    """Draw a person by the keys they hold."""
    hidden = st.frozensets(st.sampled_from(_FILES), max_size=1)
    return st.builds(MaySee, st.frozensets(st.sampled_from(KEYS), max_size=3), hidden)


def questions() -> st.SearchStrategy[Query]:
    """Draw a question, asked exactly, with filters."""
    return st.builds(
        Query,
        text=question_texts(),
        first=_DAYS,
        last=_DAYS,
        exact=st.sampled_from((True,)),
        fields=st.just(FIELDS),
        filters=st.just({}) | st.sampled_from(sorted(FILTERS)).flatmap(_filter),
        facets=st.just(COUNTED),
    )


def _filter(name: str) -> st.SearchStrategy[dict[str, frozenset[str]]]:
    return st.frozensets(st.sampled_from(FILTERS[name]), max_size=2).map(lambda values: {name: values})


def question_texts() -> st.SearchStrategy[str]:
    """Draw typed text: sensible clauses, and whatever else keys can produce."""
    clause = st.one_of(
        _WORDS,
        _WORDS.map("-{}".format),
        st.lists(_WORDS, min_size=1, max_size=3).map(lambda ws: f'"{" ".join(ws)}"'),
        st.sampled_from(
            (
                "ODER",
                "NICHT",
                "Stell*",
                "Gebae*",
                "Geb*",
                "S*",
                "*",
                "typ:antrag",
                "typ:Steuer",
                "amt:63",
                "amt:63.2",
                "absender:Mueller",
                "betreff:Garten",
                "datum:2019..2021",
                "datum:2020",
                "datum:..03.2020",
                "datum:quer",
                "az:63.20",
                "az:63.20-2026/417",
                "az: 52 01 01 - 2025/0099",
                "-typ:Antrag",
                "betrag:0..1.000",
                "betrag:-5..12,50",
                "betrag:..100",
                "betrag:viel",
                "-betrag:100..",
                "faellig_am:2019..2021",
                "Fälligam:2020",
                "kreditor:4711",
                "kreditor:471*",
                'kreditor:"47110 Müller"',
                "zum_antrag:52.01.01-2025/0099",
                "x:y",
                '"',
                "(",
                "-",
            )
        ),
        _PAGES,
        st.text(max_size=5),
    )
    return st.lists(clause, max_size=4).map(" ".join)
