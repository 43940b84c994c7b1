"""What letters of different makes say about themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import facts_of
from ingest.model import Box, Facts, Finding, Word
from tests.ingest import pages


def _facts(*texts: str) -> Facts:
    return facts_of([pages.page_of(text, number=number) for number, text in enumerate(texts, start=1)])


def _value(finding: Finding | None) -> str | None:
    return finding.value if finding else None


LETTER = """Kanzlei Dr. Hagen & Partner · Marktstr. 4 · 30159 Musterstadt

Stadt Musterstadt
Rathausplatz 1
30159 Musterstadt

Ihr Zeichen        Unser Zeichen      Datum
52.01.01-2026/0417 HP-17/26           12.03.2026

Akteneinsicht in das Verfahren Lindenweg 7

Sehr geehrte Damen und Herren,
wir beantragen für unseren Mandanten Akteneinsicht. Bitte antworten Sie bis spätestens 30.04.2026.

Mit freundlichen Grüßen
Dr. Hagen"""

INVOICE = """Elektro Blitz GmbH, Ringstr. 9, 30159 Musterstadt

Stadt Musterstadt
Rathausplatz 1

Rechnung Nr. 2026-1088
Rechnungsdatum: 03.03.2026

Rechnungsbetrag 1.284,50 Euro
Zahlbar bis 17.03.2026 ohne Abzug"""


def test_signs_in_columns_are_told_apart() -> None:
    facts = _facts(LETTER)
    assert [finding.value for finding in facts.references] == ["52.01.01-2026/0417"]
    assert _value(facts.foreign_reference) == "HP-17/26"
    assert _value(facts.letter_date) == "2026-03-12"


def test_sender_subject_deadline_and_remedy_are_read() -> None:
    facts = _facts(LETTER)
    assert _value(facts.sender) == "Kanzlei Dr. Hagen & Partner"
    assert _value(facts.subject) == "Akteneinsicht in das Verfahren Lindenweg 7"
    assert [finding.value for finding in facts.deadlines] == ["2026-04-30"]
    assert _value(facts.legal_remedy) == "Akteneinsicht"


def test_an_invoice_names_its_number_and_when_it_is_due() -> None:
    facts = _facts(INVOICE)
    assert _value(facts.foreign_reference) == "2026-1088"
    assert _value(facts.letter_date) == "2026-03-03"
    assert _value(facts.sender) == "Elektro Blitz GmbH"
    assert [finding.value for finding in facts.deadlines] == ["2026-03-17"]
    assert _value(facts.subject) == "Rechnung Nr. 2026-1088"
    assert facts.legal_remedy is None


def test_evidence_points_to_the_words_that_were_read() -> None:
    facts = _facts("Seite eins", LETTER)
    (place,) = facts.references[0].evidence
    assert (place.page, place.text) == (2, "52.01.01-2026/0417")
    assert (place.box.left, place.box.top) == (200, 200 + 7 * 60)


def test_what_is_due_on_a_day_is_a_deadline() -> None:
    facts = _facts("wir bitten, die am 28.01.2027 fällige Rate zu stunden, vereinbart am 03.02.2027")
    assert [finding.value for finding in facts.deadlines] == ["2027-01-28"]


def test_a_reference_called_ours_by_label_comes_before_one_in_passing() -> None:
    facts = _facts("Wie im Fall 52.01.01-2020/0001 besprochen.\nIhr Zeichen: 63.20-2026/0417")
    assert [finding.value for finding in facts.references] == ["63.20-2026/0417", "52.01.01-2020/0001"]


def test_a_subject_on_two_lines_stays_whole() -> None:
    facts = _facts(
        "Musterstadt, den 1. Juni 2026\n\nAntrag auf Erteilung einer\nBaugenehmigung\n\nSehr geehrte Damen und Herren,"
    )
    assert _value(facts.subject) == "Antrag auf Erteilung einer Baugenehmigung"


def test_a_labelled_subject_wins() -> None:
    assert _value(_facts("Betreff: Hundesteuer\n\nAnlage\n\nSehr geehrte Frau Ott,").subject) == "Hundesteuer"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("hiermit lege ich gegen Ihren Bescheid vom 3. Mai Widerspruch ein", "Widerspruch"),
        ("Einspruch gegen den Bußgeldbescheid", "Einspruch"),
        ("erhebe ich namens meiner Mandantin Klage vor dem Gericht", "Klage"),
        ("ich bitte um Akteneinsicht", "Akteneinsicht"),
        ("Gegen diesen Bescheid kann innerhalb eines Monats Klage erhoben werden", None),
        ("Rechtsbehelfsbelehrung: Widerspruch gegen diesen Bescheid ist schriftlich möglich", None),
        ("das ist ohne Widerspruch hingenommen worden", None),
    ],
)
def test_remedies_are_marked_and_instructions_about_them_are_not(text: str, remedy: str | None) -> None:
    assert _value(_facts(text).legal_remedy) == remedy


def test_a_blank_first_side_hides_nothing() -> None:
    assert _value(_facts("", LETTER).sender) == "Kanzlei Dr. Hagen & Partner"


FRAGMENTS = """Unser Zeichen: Zeichen: Ihr Betreff: Betreff Datum: EINGANG 12.03.2026 31.02.2026 12345 Musterstadt Stadt
Eingereicht von: Name, Vorname Schulze, Sehr geehrte Mit freundlichen Grüßen Antrag Rechnung Nr. 2026-17 | _ – - .
Hagen GmbH · * 63.20-2026/0417 1 [ X ﬁ ß"""
WORDS = st.builds(
    Word,
    text=st.sampled_from(FRAGMENTS.split()) | st.text(min_size=1, max_size=8).filter(lambda text: not text.isspace()),
    box=st.builds(Box, st.integers(0, 2400), st.integers(0, 3500), st.integers(0, 900), st.integers(0, 90)),
    confidence=st.integers(0, 100),
)


@given(st.lists(WORDS, max_size=40))
def test_whatever_stands_where_facts_are_words_of_the_page(words: list[Word]) -> None:
    page = replace(pages.page_of(""), words=tuple(words))
    facts = facts_of([page])
    read = {text for word in words for text in word.text.split(" ")}
    for finding in (facts.sender, facts.subject, facts.foreign_reference, facts.letter_date):
        assert finding is None or finding.value
        for place in finding.evidence if finding else ():
            assert set(place.text.split(" ")) <= read


def test_a_page_without_words_says_nothing() -> None:
    assert _facts("") == Facts()
    assert facts_of([]) == Facts()
