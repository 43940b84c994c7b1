"""Document types and file plan units by the rules of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.classify import CEILING, Rules, document_type, file_plan_units, load_rules
from ingest.extract import facts_of
from ingest.model import Proposal
from tests.ingest import pages
from tests.ingest.conftest import RULES

HOUSE = load_rules(RULES)


def _letter(subject: str, body: str) -> str:
    return (
        f"Musterstadt, den 1. Juni 2026\n\n{subject}\n\nSehr geehrte Damen und Herren,\n{body}\nMit freundlichen Grüßen"
    )


def _type(text: str) -> Proposal | None:
    page = pages.page_of(text)
    return document_type([page], facts_of([page]), HOUSE)


def _units(text: str) -> tuple[Proposal, ...]:
    page = pages.page_of(text)
    return file_plan_units([page], facts_of([page]), HOUSE)


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Antrag auf Baugenehmigung für eine Garage", "hiermit beantrage ich die Genehmigung.", "Antrag"),
        ("Widerspruch gegen den Bescheid vom 3. Mai", "ich lege hiermit Widerspruch ein.", "Widerspruch"),
        ("Einspruch gegen den Bußgeldbescheid", "ich lege hiermit Einspruch ein.", "Einspruch"),
        ("Rechnung Nr. 2026-1088", "der Rechnungsbetrag ist zahlbar bis 17.06.2026, IBAN DE00.", "Rechnung"),
        ("Zahlungserinnerung", "die noch offene Rechnung ist fällig.", "Mahnung"),
        (
            "Bescheid über die Hundesteuer",
            "Rechtsbehelfsbelehrung: Gegen diesen Bescheid kann Klage erhoben werden.",
            "Bescheid",
        ),
        ("Anhörung im Verfahren", "Sie haben Gelegenheit, sich zu äußern.", "Anhörung"),
        ("Stellungnahme der Nachbarn", "es bestehen keine Bedenken.", "Stellungnahme"),
        ("Vollmacht", "hiermit bevollmächtige ich Frau Ott.", "Vollmacht"),
        ("Akteneinsicht", "ich bitte um Akteneinsicht.", "Akteneinsicht"),
        ("Verkehrsgutachten Bahnhofsplatz", "anbei legen wir die Untersuchung vor.", "Gutachten"),
        ("Meldebescheinigung", "hiermit bestätigen wir die Anmeldung.", "Bescheinigung"),
        ("Einwendung zum Bebauungsplan Nr. 12", "ich rege an, die Bäume zu erhalten.", "Stellungnahme"),
        ("Zahlungserinnerung zur Rechnung Nr. 2026-17", "die Rechnungsnummer 2026-17 ist offen, IBAN DE00.", "Mahnung"),
        ("Auskunft nach Artikel 15 DSGVO", "bitte teilen Sie mir mit, was gespeichert ist.", "Antrag"),
        ("Schlaglöcher am Ring", "die Laterne ist seit Wochen dunkel.", "Beschwerde"),
        ("Rahmenvereinbarung Streusalz", "§ 5: Gerichtsstand ist Musterstadt.", "Vertrag"),
        ("Nachreichung der Statik", "die Pläne liegen bei; wir beantragen Nachsicht.", "Schreiben"),
    ],
)
def test_letters_of_the_usual_kinds_are_recognised(subject: str, body: str, expected: str) -> None:
    proposal = _type(_letter(subject, body))
    assert proposal is not None
    assert proposal.value == expected
    assert 0.5 <= proposal.confidence <= CEILING
    assert proposal.reason.endswith(".")
    assert proposal.evidence


def test_a_letter_of_no_kind_is_no_certain_type() -> None:
    proposal = _type(_letter("Grüße aus Italien", "das Wetter ist schön."))
    assert proposal is None or proposal.confidence < 0.7


@pytest.mark.parametrize(
    ("subject", "body", "kind"),
    [
        ("Stellungnahme zum Gutachten der Firma Hall", "dem Gutachten widersprechen wir.", "Gutachten"),
        ("Kündigung des Mietvertrags", "hiermit kündigen wir.", "Vertrag"),
        ("Widerspruch gegen die Rechnung Nr. 12", "ich lege Widerspruch ein.", "Rechnung"),
    ],
)
def test_what_a_letter_is_about_is_not_what_it_is(subject: str, body: str, kind: str) -> None:
    proposal = _type(_letter(subject, body))
    assert proposal is None or proposal.value != kind


def test_the_code_of_a_reference_comes_first_and_is_sure() -> None:
    units = _units(_letter("Hundesteuer", "zum Zeichen 52.01.01-2026/0417 teile ich mit: der Hund ist fort."))
    assert units[0].value == "52.01.01"
    assert units[0].confidence >= 0.95
    assert "52.01.01-2026/0417" in units[0].reason


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [
        ("Anmeldung zur Hundesteuer", "mein Hund heißt Bello.", "61.02.02"),
        ("Bauvorhaben Lindenweg 7", "der Bauantrag für den Carport liegt bei.", "52.01.01"),
        ("Anhörung wegen einer Ordnungswidrigkeit", "Ihnen wird ein Bußgeld angedroht.", "12.05.01"),
        ("Antrag auf Wohngeld", "ich beantrage Wohngeld.", "31.02.01"),
    ],
)
def test_words_lead_to_a_unit_but_never_surely(subject: str, body: str, code: str) -> None:
    units = _units(_letter(subject, body))
    assert units[0].value == code
    assert units[0].confidence < 0.95


def test_nothing_to_go_by_gives_no_unit() -> None:
    assert _units(_letter("Grüße", "das Wetter ist schön.")) == ()


def test_without_rules_nothing_is_proposed() -> None:
    page = pages.page_of(_letter("Rechnung", "Rechnungsbetrag"))
    assert document_type([page], facts_of([page]), Rules()) is None


@pytest.mark.parametrize("content", ["[[type]]\nvalue='X'\n", "[[type]]\nvalue='X'\npatterns=[{text='('}]\n", "x = ["])
def test_a_broken_rule_file_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "document_types.toml").write_text(content)
    (tmp_path / "file_plan.toml").write_text("unit = []\n")
    with pytest.raises(ValueError, match=r"document_types\.toml"):
        load_rules(tmp_path)
