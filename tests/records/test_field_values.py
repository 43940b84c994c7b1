"""Values of declared fields: one canonical form each, whatever was typed, and nothing lost on the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as with_
from hypothesis import strategies as st

from eakte.records.field_values import (
    Refused,
    canonical,
    changed,
    entered,
    given,
    judged,
    sent,
    shown,
    stored,
)
from eakte.records.metadata import FieldSpec, FieldType, Required

TEXT = FieldSpec("flurstueck", "Flurstück", pattern=r"\d+(/\d+)?", hint="Zum Beispiel 12/3.")
NUMBER = FieldSpec("flaeche", "Fläche", FieldType.NUMBER)
MONEY = FieldSpec("betrag", "Betrag", FieldType.MONEY, required=Required.CLOSING)
DAY = FieldSpec("faellig_am", "Fällig am", FieldType.DATE)
YES_NO = FieldSpec("skonto", "Skonto", FieldType.YES_NO)
CHOICE = FieldSpec("verfahren", "Verfahren", FieldType.CHOICE, choices=("Vereinfacht", "Förmlich"))
NUMBERED = FieldSpec("rechnungsnummer", "Rechnungsnummer", required=Required.FILING)
SPECS = (TEXT, NUMBER, MONEY, DAY, YES_NO, CHOICE, NUMBERED)

numbers = st.decimals(min_value=-(10**12) + 1, max_value=10**12 - 1, places=4)
amounts = st.decimals(min_value=-(10**12) + 1, max_value=10**12 - 1, places=2)
VALUES = st.one_of(
    st.tuples(st.just(NUMBER), numbers),
    st.tuples(st.just(MONEY), amounts),
    st.tuples(st.just(DAY), st.dates(min_value=date(1000, 1, 1))),
    st.tuples(st.just(YES_NO), st.booleans()),
    st.tuples(st.just(CHOICE), st.sampled_from(CHOICE.choices)),
    st.tuples(st.just(TEXT), st.from_regex(r"\A[0-9]{1,4}/[0-9]{1,3}\Z")),
)


@with_(VALUES)
def test_what_is_shown_or_sent_is_read_back_as_the_same_value(pair: tuple[FieldSpec, Decimal | date | str]) -> None:
    spec, value = pair
    form = canonical(spec, value)
    assert stored(spec, form) == value
    again = given(spec, form)
    assert again is not None
    assert canonical(spec, again) == form
    assert entered(spec, shown(spec, form)) == value


@with_(st.sampled_from(SPECS), st.text(max_size=40))
def test_any_typed_text_is_a_value_or_refused_in_german(spec: FieldSpec, typed: str) -> None:
    try:
        value = entered(spec, typed)
    except Refused as refused:
        assert str(refused).endswith(".")  # noqa: PT017 - refusing is one of two right answers
        return
    if value is not None:
        assert stored(spec, canonical(spec, value)) == value


@pytest.mark.parametrize(
    ("spec", "typed", "form"),
    [
        (MONEY, "1.234,50 €", "1234.50"),
        (MONEY, "1234,5 EUR", "1234.50"),
        (NUMBER, "1.234", "1234"),
        (NUMBER, "0,50", "0.5"),
        (NUMBER, "-0", "0"),
        (DAY, "3.4.2026", "2026-04-03"),
        (YES_NO, "Ja", True),
        (CHOICE, "förmlich", "Förmlich"),
        (TEXT, "  12/3 ", "12/3"),
    ],
)
def test_usual_spellings_have_one_form(spec: FieldSpec, typed: str, form: object) -> None:
    value = entered(spec, typed)
    assert value is not None
    assert canonical(spec, value) == form


@pytest.mark.parametrize(
    ("spec", "typed", "says"),
    [
        (MONEY, "12,345", "nach dem Komma"),
        (NUMBER, "1234567890123", "vor dem Komma"),
        (NUMBER, "zwölf", "Zahl"),
        (DAY, "31.02.2026", "TT.MM.JJJJ"),
        (CHOICE, "Anders", "Vereinfacht, Förmlich"),
        (TEXT, "zwölf", "Zum Beispiel 12/3."),
        (YES_NO, "vielleicht", "ja"),
    ],
)
def test_a_refusal_says_what_is_expected(spec: FieldSpec, typed: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        entered(spec, typed)


def test_a_program_sends_numbers_dates_and_truths_as_json_has_them() -> None:
    values, problems = sent(SPECS, {}, {"betrag": 1234.5, "skonto": True, "faellig_am": "2026-12-01", "flaeche": 3})
    assert problems == ()
    assert values == {"betrag": "1234.50", "skonto": True, "faellig_am": "2026-12-01", "flaeche": "3"}
    assert [problem.name for problem in sent(SPECS, {}, {"farbe": "rot", "betrag": ["1"]})[1]] == ["farbe", "betrag"]


def test_values_of_fields_that_are_not_declared_any_more_stay() -> None:
    before = {"alt": "Wert von früher", "betrag": "12.00"}
    values, problems = changed(SPECS, before, {"betrag": "13", "alt": "überschrieben"})
    assert (values, problems) == ({"alt": "Wert von früher", "betrag": "13.00"}, ())
    assert sent(SPECS, before, {"alt": "Wert von früher", "betrag": None}) == ({"alt": "Wert von früher"}, ())


def test_a_value_that_no_longer_fits_is_shown_as_it_stands_and_survives_saving() -> None:
    before = {"flaeche": "etwa 300 qm"}
    assert shown(NUMBER, "etwa 300 qm") == "etwa 300 qm"
    assert changed(SPECS, before, {"flaeche": "etwa 300 qm", "skonto": "nein"}) == (
        {"flaeche": "etwa 300 qm", "skonto": False},
        (),
    )
    (problem,) = judged([NUMBER], before, Required.NO)
    assert problem.text.startswith("Fläche: Bitte eine Zahl")


def test_required_fields_are_asked_for_at_their_stage() -> None:
    assert [problem.name for problem in judged(SPECS, {}, Required.FILING)] == ["rechnungsnummer"]
    assert [problem.name for problem in judged(SPECS, {}, Required.CLOSING)] == ["betrag", "rechnungsnummer"]
    assert judged(SPECS, {"betrag": "1.00", "rechnungsnummer": "7"}, Required.CLOSING) == ()
    assert judged(SPECS, {}, Required.NO) == ()


def test_an_emptied_field_loses_its_value() -> None:
    assert changed(SPECS, {"flaeche": "3"}, {"flaeche": "  "}) == ({}, ())


def test_nothing_typed_is_taken_where_one_field_is_wrong_but_the_others_are_read() -> None:
    values, problems = changed(SPECS, {}, {"betrag": "viel", "skonto": "ja"})
    assert values == {"skonto": True}
    assert [problem.name for problem in problems] == ["betrag"]
