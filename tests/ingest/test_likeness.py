"""How a letter finds the file whose documents it is like."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cases import SURE, propose_case_files, weigh
from ingest.likeness import UNLIKE, FileText, Likeness, marks_of
from ingest.model import CaseCandidate, Facts

TODAY = date(2026, 11, 26)
FILES = [
    FileText("carport", "Neubau Carport Gartenweg 7", "Bauantrag Hollmann Stellplatz Lageplan Abstandsfläche Nachbar"),
    FileText("linde", "Baumfällung Lindenallee", "Fällantrag Linde Baumschutzsatzung Ersatzpflanzung Totholz Stamm"),
    FileText("imbiss", "Gaststätte Zum Anker", "Konzession Schankerlaubnis Sperrzeit Imbiss Gewerbezentralregister"),
    FileText("hund", "Hundesteuer Weber", "Steuerbescheid Hund Rasse Anmeldung Hundemarke Befreiung Blindenhund"),
    FileText("kita", "Kindergarten Sonnenhof", "Elternbeitrag Betreuung Krippe Gruppe Aufnahme Geschwisterkind"),
    FileText("strasse", "Ausbau Mühlenstraße", "Fahrbahn Gehweg Anliegerbeitrag Kanal Ausschreibung Bauabschnitt"),
]


def candidate(file: FileText) -> CaseCandidate:
    return CaseCandidate(
        case_file_id=file.case_file_id,
        reference=f"52.01-2026/{FILES.index(file):04}",
        aliases=(),
        subject=file.subject,
        file_plan_code="52.01",
        opened_on=TODAY,
        is_open=True,
        senders=frozenset(),
    )


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("Nachforderung zum Stellplatz, bitte Lageplan mit Abstandsflächen", "carport"),
        ("Die Ersatzpflanzungen für die gefällte Linde", "linde"),
        ("zur Sperrzeit und zur Schankerlaubnis", "imbiss"),
        ("Befreiung von der Steuer, der Hund ist ein B1indenhund", "hund"),
    ],
)
def test_the_file_with_such_documents_is_proposed_first_with_its_reason(text: str, file: str) -> None:
    likeness = Likeness(FILES).of(text)
    found = propose_case_files(weigh(Facts(), text, [candidate(one) for one in FILES], TODAY, likeness))
    assert found[0].value == file
    assert "Text ähnelt den Dokumenten dieser Akte." in found[0].reason
    assert "Bitte vergleichen." in found[0].reason, "a few words do not stand by themselves"


def test_likeness_alone_is_never_sure() -> None:
    text = FILES[0].text
    found = propose_case_files(weigh(Facts(), text, [candidate(one) for one in FILES], TODAY, Likeness(FILES).of(text)))
    assert found[0].value == "carport"
    assert found[0].confidence < SURE


def test_a_text_about_nothing_known_proposes_nothing() -> None:
    text = "xyzzy plugh"
    likeness = Likeness(FILES).of(text)
    assert propose_case_files(weigh(Facts(), text, [candidate(one) for one in FILES], TODAY, likeness)) == ()


def test_without_files_there_is_nothing_to_compare() -> None:
    assert Likeness([]).of("Text") == {}
    assert Likeness([FileText("leer", "", "")]).of("Text") == {"leer": UNLIKE}


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=60))
def test_any_texts_give_a_likeness_from_0_to_1_for_every_file(texts: list[str], asked: str) -> None:
    files = [FileText(str(number), text[:10], text) for number, text in enumerate(texts)]
    found = Likeness(files).of(asked)
    assert set(found) == {file.case_file_id for file in files}
    assert all(-1e-6 <= value <= 1 + 1e-6 for one in found.values() for value in one.values)


def test_addresses_and_numbers_are_marks_however_recognition_reads_their_digits() -> None:
    assert "lindenweg 7a" in marks_of("Lindenweg 7 a, den 12.03.2026, Betrag 1.284,50")
    assert "4071-88" in marks_of("Kundennummer 4O7l-88") & marks_of("Kundennummer 4071-88")
    assert not marks_of("am 12.03.2026: 1.284,50 Euro")
