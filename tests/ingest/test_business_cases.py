"""Which case (Vorgang) of a case file is proposed, and why."""

from __future__ import annotations

from ingest.business_cases import NEW, OpenCase, propose_case
from ingest.model import Facts, Finding

FILE = "52.01.01-2026/0417"
PERMIT = OpenCase("permit", 1, "Bauantrag Carport", "Lageplan Statik Abstandsfläche Carport Entwurf Architekt Hollmann")
NOISE = OpenCase(
    "noise",
    2,
    "Beschwerde über Baulärm",
    "Baulärm Kreissäge Ruhezeit Samstag Nachbarin Krause beschwert sich",
    frozenset({"KR-12/26"}),
    frozenset({"Ute Krause"}),
)


def test_a_letter_goes_into_the_case_of_its_subject_and_sender() -> None:
    facts = Facts(sender=Finding("Ute Krause"), subject=Finding("Erneut Baulärm"))
    found = propose_case(facts, "Ute Krause: Erneut Baulärm, die Kreissäge lief in der Ruhezeit", FILE, [PERMIT, NOISE])
    assert found.value == "noise"
    assert "Absender ist in diesem Vorgang bekannt." in found.reason


def test_the_sign_of_the_case_decides() -> None:
    found = propose_case(Facts(), f"Baulärm Ruhezeit Krause, zu {FILE}-001", FILE, [PERMIT, NOISE])
    assert found.value == "permit"
    assert found.reason == "Zeichen des Vorgangs 01 gelesen."
    other = propose_case(Facts(), f"zu {FILE}-02", FILE, [PERMIT, NOISE])
    assert other.value == "noise"


def test_a_foreign_sign_known_from_one_case_decides() -> None:
    facts = Facts(foreign_reference=Finding("KR-12/26"))
    assert propose_case(facts, "Bauantrag Carport Lageplan", FILE, [PERMIT, NOISE]).value == "noise"


def test_what_fits_none_of_several_cases_begins_a_new_one() -> None:
    found = propose_case(Facts(), "Antrag auf Fällung einer Kastanie wegen Pilzbefalls", FILE, [PERMIT, NOISE])
    assert found.value == NEW
    assert "Kein offener Vorgang passt" in found.reason


def test_the_only_open_case_is_proposed_and_without_any_a_new_one() -> None:
    assert propose_case(Facts(), "Kastanie", FILE, [PERMIT]).value == "permit"
    assert propose_case(Facts(), "Kastanie", FILE, []).value == NEW
