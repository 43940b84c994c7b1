"""Declared fields and former reference numbers in search: what every engine promises of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Entry, EntryField, FieldKind, MaySee, Query, SearchEngine
from search.fields import WIDTH, NamedRange, covering, encoded, keys_of
from tests.search.corpus import EVERYBODY, FIELDS, entry

OTHERS = MaySee(frozenset({"unit:52"}))


@pytest.fixture
def engine(reopen: Callable[[], SearchEngine]) -> Iterator[SearchEngine]:
    engine = reopen()
    yield engine
    engine.close()


def found(engine: SearchEngine, text: str, may_see: MaySee = EVERYBODY) -> set[str]:
    return {hit.document_id for hit in engine.find(Query(text, fields=FIELDS, exact=True), may_see).hits}


def invoice(document_id: str, amount: str, **values: object) -> Entry:
    number = Decimal(amount)
    fields = (
        EntryField("betrag", f"{number:,.2f}".translate(str.maketrans(",.", ".,")), number),
        EntryField("faellig_am", "15.03.2026", date(2026, 3, 15)),
        EntryField("kreditor", f"4711 Gärtnerei {document_id}"),
    )
    return entry(document_id, "Rechnung", fields=fields, **values)


def test_a_field_is_asked_for_by_its_name(engine: SearchEngine) -> None:
    engine.put([invoice("a", "120.00"), entry("b", "Betrag 120,00 Kreditor 4711")])
    assert found(engine, "kreditor:4711") == {"a"}
    assert found(engine, "kreditor:471*") == {"a"}
    assert found(engine, 'Kreditor:"4711 Gaertnerei"') == {"a"}
    assert found(engine, 'kreditor:"Gärtnerei 4711"') == set()
    assert found(engine, "-kreditor:4711") == {"b"}
    assert found(engine, "Rechnung betrag:120") == {"a"}


def test_words_of_a_field_are_found_without_its_name_too(engine: SearchEngine) -> None:
    engine.put([invoice("a", "120.00"), entry("b", "Zaun")])
    assert found(engine, "Gärtnereien") == {"a"}


def test_amounts_and_days_are_found_by_range(engine: SearchEngine) -> None:
    engine.put([invoice("a", "99.99"), invoice("b", "100"), invoice("c", "1250.50"), invoice("d", "-5")])
    assert found(engine, "betrag:100..2.000") == {"b", "c"}
    assert found(engine, "betrag:..0") == {"d"}
    assert found(engine, "betrag:1.250,5..") == {"c"}
    assert found(engine, "betrag:99,99") == {"a"}
    assert found(engine, "betrag:200..100") == set()
    assert found(engine, "fälligam:03.2026") == {"a", "b", "c", "d"}
    assert found(engine, "faellig_am:2025..14.03.2026") == set()


def test_a_value_that_is_none_is_named_and_not_searched(engine: SearchEngine) -> None:
    engine.put([invoice("a", "100")])
    asked = engine.find(Query("Rechnung betrag:viel", fields=FIELDS), EVERYBODY)
    assert asked.total == 1
    assert asked.notes[0].startswith("„viel“ ist keine Zahl.")
    assert "faellig_am:2021" in engine.find(Query("faellig_am:bald", fields=FIELDS), EVERYBODY).notes[0]
    unknown = engine.find(Query("farbe:rot", fields=FIELDS), EVERYBODY).notes[0]
    assert "„farbe:“ ist kein Suchfeld" in unknown
    assert "kreditor:" in unknown


def test_a_named_reference_is_found_in_any_spelling(engine: SearchEngine) -> None:
    engine.put([entry("a", "Bescheid", fields=(EntryField("zum_antrag", "52.01.01-2025/0099-01#0003"),))])
    for spelling in ('"52 01 01 2025 0099"', "52.01.01-2025/99", '"52.01.01 – 2025 / 0099-1"'):
        assert found(engine, f"zum_antrag:{spelling}") == {"a"}
    assert found(engine, "zum_antrag:52.01.01-2025/98") == set()
    assert found(engine, "az:52.01.01-2025/99") == set()


def test_a_former_reference_number_finds_the_document_in_any_spelling(engine: SearchEngine) -> None:
    moved = entry("a", "Garten", aliases=frozenset({"52.01.01-2019/0012", "52.01.01-2019/0012-01#0002"}))
    engine.put([moved, entry("mentions", "Bezug 52.01.01-2019/12")])
    for spelling in ("52.01.01-2019/0012", "52 01 01 2019 12", "Az.: 52.01.01 – 2019 / 12-1#2"):
        hits = engine.find(Query(spelling), EVERYBODY).hits
        assert hits[0].document_id == "a", spelling
    assert found(engine, "az:52.01.01-2019/12") == {"a"}
    assert found(engine, "az:52.01.01-2019/12-1") == set()


def test_nobody_learns_a_value_they_may_not_see(engine: SearchEngine) -> None:
    secret = invoice("Quittenstrauch", "777", access_keys=frozenset({"unit:63"}))
    blocked = invoice("Quittenhain", "777", access_keys=frozenset({"unit:52"}), blocked_keys=frozenset({"unit:52"}))
    engine.put([secret, blocked, invoice("offen", "5", access_keys=frozenset({"unit:52"}))])
    for text in ("betrag:700..800", "betrag:777", "kreditor:Quittenstrauch", "kreditor:Quitten*", "Quittenstrauch"):
        results = engine.find(Query(text, fields=FIELDS), OTHERS)
        assert (results.total, results.case_files, results.did_you_mean) == (0, 0, None), text
        assert all(counts == {} for counts in results.facets.values())
    assert engine.suggest("quit", OTHERS) == ()
    assert engine.suggest("kreditor:quit", OTHERS) == ()
    assert engine.suggest("quit", EVERYBODY) == ("Quittenstrauch",)
    assert engine.find(Query("kreditor:Quittenstrauhc", fields=FIELDS), OTHERS).did_you_mean is None


def test_a_field_cannot_address_the_engine(engine: SearchEngine) -> None:
    engine.put([invoice("a", "5"), entry("secret", "x", access_keys=frozenset({"unit:52"}))])
    names = {**FIELDS, "access": FieldKind.TEXT}
    for typed in ("access:unit", "access:*", "kreditor:*", "kreditor:.*", "betrag:*..*", 'kreditor:"access=unit"'):
        results = engine.find(Query(typed, fields=names, exact=True), EVERYBODY)
        assert {hit.document_id for hit in results.hits} <= {"a"}, typed


@given(st.integers(0, 10**WIDTH - 1), st.integers(0, 10**WIDTH - 1), st.integers(0, 10**WIDTH - 1))
def test_a_range_covers_exactly_the_numbers_in_it(low: int, high: int, number: int) -> None:
    covered = covering(NamedRange("betrag", low, high))
    beginnings = {f"betrag#{number:0{WIDTH}}"[: 7 + count] for count in range(WIDTH + 1)}
    assert bool(covered & beginnings) == (low <= number <= high)
    assert len(covered) <= 18 * WIDTH


@given(st.decimals(-(10**12) + 1, 10**12 - 1, places=4), st.decimals(-(10**12) + 1, 10**12 - 1, places=4))
def test_numbers_are_encoded_in_their_order(first: Decimal, second: Decimal) -> None:
    assert (encoded(first) < encoded(second)) == (first < second)
    assert len(list(keys_of(EntryField("betrag", "", first)))) == WIDTH + 1
