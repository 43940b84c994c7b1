"""Entries and questions for tests, written short or made up by Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
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

_WORDS = st.sampled_from(
    (
        "Stellplatz",
        "Stellplätze",
        "Stellplaetze",
        "Garten",
        "Gartenweg",
        "Straße",
        "STRASSE",
        "die",
        "Bebauungs-\nplan",
        "Bebauungsplan",
        "Gebäude",
        "Kfz-Steuer",
        "Steuer",
        "63.20-2026/0417",
        "52.01.01 – 2025 / 99",
        "2026",
        "0417",
        "½",
        "Müller",
        "x",
        "ODER",
        "Ein-\nund",
    )
)
_PAGES = st.sampled_from(("seite:1", "seite:2..", "seite:..2", "seite:2-3", "-seite:1", "seite:zwei"))
_TEXT = st.lists(_WORDS, max_size=7).map(" ".join)
_FILES = ("file-1", "file-2", "file-3")
_FILTERS = {
    "document_type": ("Antrag", "Bescheid"),
    "sender_name": ("Müller GmbH", "Mueller"),
    "origin": ("mail", "scan"),
    "month": ("2019-05", "2020-02"),
    "case_file_id": _FILES,
    "document_id": ("d0", "d1", "d2", "d3"),
}
_DAYS = st.none() | st.dates(date(2018, 12, 30), date(2022, 1, 2))
_KEYSETS = st.frozensets(st.sampled_from(KEYS), max_size=2)
_REFERENCES = st.sampled_from(("63.20-2026/0417", "63.20-2026/0418", "52.01.01-2025/0099", "Sonderakte Müller", ""))
_FIELDS = st.one_of(
    st.decimals(Decimal(-3000), Decimal(3000), places=2).map(lambda number: EntryField("betrag", str(number), number)),
    _DAYS.filter(bool).map(lambda day: EntryField("faellig_am", f"{day:%d.%m.%Y}", day)),
    st.sampled_from(("4711", "47110 Müller GmbH", "Müller")).map(lambda text: EntryField("kreditor", text)),
    st.sampled_from(("52.01.01 – 2025 / 99", "63.20-2026/0417")).map(lambda text: EntryField("zum_antrag", text)),
)


def entry(document_id: str = "a", *texts: str, **values: Any) -> Entry:
    """Return an entry with *texts* as its pages."""
    pages = tuple(EntryPage(number, text) for number, text in enumerate(texts, 1))
    return replace(_PLAIN, document_id=document_id, pages=pages, **values)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Draw a corpus of up to eight entries."""
    return [draw(_entries(f"d{number}")) for number in range(draw(st.integers(0, 8)))]


def _entries(document_id: str) -> st.SearchStrategy[Entry]:
    return st.builds(
        Entry,
        document_id=st.just(document_id),
        version=st.integers(1, 9),
        access_keys=_KEYSETS,
        blocked_keys=st.frozensets(st.sampled_from(KEYS), max_size=1),
        case_file_id=st.sampled_from(_FILES),
        case_file_reference=_REFERENCES,
        case_file_subject=_TEXT,
        document_reference=_REFERENCES,
        subject=_TEXT,
        document_type=st.sampled_from(("Antrag", "Bescheid", "Rechnung über Steuer", "")),
        sender=st.sampled_from(("Müller GmbH", "Mueller", "")),
        org_unit=st.sampled_from(("63", "63.2", "6", "")),
        file_plan_code=st.sampled_from(("63.20", "52.01.01")),
        state=st.sampled_from(("OPEN", "CLOSED")),
        document_date=_DAYS,
        pages=st.lists(_TEXT, max_size=3).map(
            lambda texts: tuple(EntryPage(number, text) for number, text in enumerate(texts, 1))
        ),
        origin=st.sampled_from(("mail", "scan", "")),
        fields=st.lists(_FIELDS, max_size=4).map(tuple),
        aliases=st.frozensets(_REFERENCES.filter(bool), max_size=1),
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
        filters=st.just({}) | st.sampled_from(sorted(_FILTERS)).flatmap(_filter),
        facets=st.just(COUNTED),
    )


def house_questions() -> st.SearchStrategy[Query]:
    """Draw a question asked with synonyms and stop words of the house."""
    more = st.tuples(
        st.sampled_from(((), _SYNONYMS)), st.sampled_from((frozenset[str](), frozenset({"garten", "mueller"})))
    )
    return st.builds(lambda asked, words: replace(asked, synonyms=words[0], stop_words=words[1]), questions(), more)


_SYNONYMS = (("Garten", "Stellplatz", "Bebauungsplan x"), ("Steuer", "Kfz-Steuer", "Gebäude"))


def _filter(name: str) -> st.SearchStrategy[dict[str, frozenset[str]]]:
    return st.frozensets(st.sampled_from(_FILTERS[name]), max_size=2).map(lambda values: {name: values})


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
