"""The query language a clerk can read: nothing typed is an error, what is misread is said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import query
from search.page_numbers import Pages
from search.query import Either, Every, Field, Node, Period, Prefix, Reference, Unit, Without, Words, parse
from tests.search import corpus


def shown(node: Node | None) -> str:  # noqa: PLR0911 - one line for each kind of node
    """Write a tree so that a test can name it."""
    match node:
        case None:
            return ""
        case Every(nodes):
            return "(" + " & ".join(map(shown, nodes)) + ")"
        case Either(nodes):
            return "(" + " | ".join(map(shown, nodes)) + ")"
        case Without(part):
            return f"-{shown(part)}"
        case Words(tokens, name, quoted):
            text = " ".join(token.word for token in tokens)
            return (f"{name}:" if name else "") + (f'"{text}"' if quoted or len(tokens) > 1 else text)
        case Prefix(start):
            return f"{start}*"
        case _:
            return str(node)


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("Stellplatz Gartenweg", "(stellplatz & gartenweg)"),
        ('"zu den Akten"', '"zu den akten"'),
        ("„zu den Akten“ »Az« ", '("zu den akten" & "az")'),
        ("Garten -Zaun", "(garten & -zaun)"),
        ("Garten NICHT Zaun", "(garten & -zaun)"),
        ('-"alter Zaun"', '-"alter zaun"'),
        ("a Carport ODER Garage ODER Stellplatz", "(a & (carport | garage | stellplatz))"),
        ("Carport UND Garage", "(carport & garage)"),
        ("Carport oder Garage", "(carport & garage)"),
        ("Platz*", "platz*"),
        ("Müller-Lüd*", "(mueller & lued*)"),
        ("Kfz-Steuer", '"kfz steuer"'),
        ("Garten-Weg -Zaun", '("garten weg" & -zaun)'),
        ("typ:Antrag Absender:Müller", "(typ:antrag & absender:mueller)"),
        ("betreff: Garten", "betreff:garten"),
        ('betreff:"am Weg"', 'betreff:"am weg"'),
        ("der die das", "(der & die & das)"),
        ("Antrag auf die Steuer", "(antrag & steuer)"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
    ],
)
def test_typed_text_means(typed: str, meaning: str) -> None:
    parsed = parse(typed)
    assert shown(parsed.node) == meaning
    assert parsed.notes == ()


@pytest.mark.parametrize(
    "typed",
    [
        "52.01.01-2026/0417",
        "52.01.01-2026/417",
        "52.01.01 - 2026 / 0417",
        "52 01 01 2026 0417",
        "52,01,01–2026/0417",
        "52.01.01_2026_0417",
        "Az. 52.01.01-2026/0417",
        "Aktenzeichen 52.01.01-2026/0417",
        "52.01.01.2026.0417",
    ],
)
def test_a_reference_number_is_recognised_in_any_spelling(typed: str) -> None:
    assert parse(typed).node == Reference("52.01.01-2026/417")


def test_a_reference_number_stands_beside_words_fields_and_minus() -> None:
    both = parse("Antrag 63.20-2026/0417").node
    assert isinstance(both, Every)
    assert both.nodes == (parse("Antrag").node, Reference("63.20-2026/417"))
    assert parse("az:63.20-2026/0417").node == Reference("63.20-2026/417", mentions=False)
    assert parse("az: 63 20 - 2026 / 0417").node == Reference("63.20-2026/417", mentions=False)
    assert parse("-63.20-2026/0417").node == Without(Reference("63.20-2026/417"))
    assert shown(parse('"63.20-2026/0417"').node) == '"63 20 2026 0417"'


def test_dates_and_prices_are_no_reference_numbers() -> None:
    assert not isinstance(parse("12.03.2021 500").node, Reference)
    assert not isinstance(parse("1.4.2021, 15").node, Reference)
    assert not isinstance(parse("2021 500").node, Reference)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("datum:2019..2021", date(2019, 1, 1), date(2021, 12, 31)),
        ("datum:2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("datum:02.2020", date(2020, 2, 1), date(2020, 2, 29)),
        ("datum:2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("datum:17.4.2026", date(2026, 4, 17), date(2026, 4, 17)),
        ("datum:2026-04-17..", date(2026, 4, 17), None),
        ("datum:..03.2020", None, date(2020, 3, 31)),
        ("jahr:2020", date(2020, 1, 1), date(2020, 12, 31)),
    ],
)
def test_periods_are_read_in_german_and_iso_spelling(typed: str, first: date | None, last: date | None) -> None:
    assert parse(typed).node == Period(first, last)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("seite:3", 3, 3),
        ("Seite: 3", 3, 3),
        ("seiten:2..5", 2, 5),
        ("seite:2-5", 2, 5),
        ("seite:..5", 1, 5),
        ("seite:10..", 10, None),
    ],
)
def test_pages_bind_all_words_of_the_question(typed: str, first: int, last: int | None) -> None:
    for text in (f"Garten {typed} -Zaun", f"{typed} Garten -Zaun"):
        parsed = parse(text)
        assert parsed.pages == Pages(first, last)
        assert (shown(parsed.node), parsed.notes) == ("(garten & -zaun)", ())


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("Garten seite:zwei", "„zwei“ ist keine Seite"),
        ("Garten seite:0", "keine Seite"),
        ("Garten seite:5..2", "keine Seite"),
        ("Garten seite:..", "keine Seite"),
        ("Garten -seite:2", "nicht ausschließen"),
        ("typ:Bescheid seite:2", "fehlt ein Wort"),
        ("seite:2", "fehlt ein Wort"),
        ("-Garten seite:2", "fehlt ein Wort"),
        ("Garten ODER seite:3 Zaun", "„seite:3“ wurde übergangen, das ODER daneben auch"),
        ("Garten ODER seite:3", "„seite:3“ wurde übergangen, das ODER daneben auch"),
        ("Garten seite:3 ODER Zaun", "„seite:3“ wurde übergangen, das ODER daneben auch"),
        ("Garten ODER Seiten:2..5 ODER Zaun", "„seite:2..5“ wurde übergangen, das ODER daneben auch"),
        ("typ:Antrag ODER Garten seite:3", "„seite:“ wurde übergangen"),
        ("seite:3 Zaun Garten ODER -Hecke", "„seite:“ wurde übergangen"),
    ],
)
def test_pages_that_cannot_be_asked_for_are_told_and_bind_nothing(typed: str, note: str) -> None:
    parsed = parse(typed)
    assert parsed.pages is None
    assert note in "".join(parsed.notes)


@pytest.mark.parametrize(
    ("typed", "as_if"),
    [
        ("Garten ODER seite:3 Zaun", "Garten Zaun"),
        ("Garten ODER seite:3", "Garten"),
        ("Garten seite:3 ODER Zaun", "Garten Zaun"),
        ("seite:3 ODER Garten", "Garten"),
        ("Garten ODER seite:2 ODER Zaun", "Garten ODER Zaun"),
        ("Garten ODER seite:2 ODER seite:4 ODER Zaun", "Garten ODER Zaun"),
        ("Hecke Garten ODER seite:2 seite:3 ODER Zaun", "Hecke Garten Zaun"),
        ("Hecke ODER seite:2 Garten ODER Zaun", "Hecke Garten ODER Zaun"),
    ],
)
def test_a_page_beside_or_is_told_and_left_out_as_an_alternative_nobody_offered(typed: str, as_if: str) -> None:
    parsed = parse(typed)
    assert (parsed.node, parsed.pages) == (parse(as_if).node, None)
    assert all("neben ODER" in note for note in parsed.notes)


@pytest.mark.parametrize("typed", ["Garten ODER Zaun seite:3", "seite:3 Garten ODER Zaun"])
def test_a_page_before_or_behind_alternatives_binds_them_all(typed: str) -> None:
    parsed = parse(typed)
    assert (parsed.node, parsed.pages, parsed.notes) == (parse("Garten ODER Zaun").node, Pages(3, 3), ())


def test_a_page_binds_beside_alternatives_that_ask_nothing_of_pages() -> None:
    assert parse("typ:Antrag ODER typ:Bescheid Garten seite:3").pages == Pages(3, 3)


def test_pages_are_named_once() -> None:
    parsed = parse("seite:2 Garten seite:3 seite:2")
    assert parsed.pages == Pages(2, 2)
    assert parsed.notes == ("„seite:“ gilt für die ganze Suche und steht nur einmal; „seite:3“ wurde übergangen.",)


def test_a_unit_is_read_with_or_without_its_kind() -> None:
    assert parse("amt:63.2").node == parse("amt:OE63.2").node == Unit("63.2")


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("farbe:rot", "kein Suchfeld"),
        ("typ:", "fehlt der gesuchte Wert"),
        ("datum:gestern", "kein Datum"),
        ("datum:31.02.2020", "kein Datum"),
        ('"zu den Akten', "schließende Anführungszeichen"),
        ("P*", "mindestens 2 Zeichen"),
        ("*platz", "nur am Wortende"),
        ("ODER Garten", "ODER braucht"),
        ("Garten ODER", "ODER braucht"),
        ("?!", "kein Wort"),
        ("Garten " * 400, "zu lang"),
    ],
)
def test_what_is_not_understood_is_said_in_german(typed: str, note: str) -> None:
    assert any(note in sentence for sentence in parse(typed).notes)


def test_empty_text_asks_for_nothing_in_particular() -> None:
    assert parse("  ") == query.Parsed(None)
    assert parse("***").impossible


def test_a_time_of_day_and_an_address_are_words() -> None:
    assert parse("10:30").notes == ()
    assert shown(parse("10:30").node) == '"10 30"'


@given(st.text() | corpus.question_texts())
def test_no_text_raises(text: str) -> None:
    parsed = parse(text)
    assert parsed.node is not None or parsed.notes or not text.strip()


@given(st.sampled_from(list(Field)), st.text())
def test_no_value_of_a_field_raises(name: Field, value: str) -> None:
    parse(f"{name}:{value}")
    parse(f'-{name}:"{value}"')
