"""The paragraph sign is put back where it was misread, and nowhere else."""

from __future__ import annotations

import pytest

from ingest.ocr import Recognised
from ingest.repair import repaired
from tests.ingest import pages


def _after(text: str) -> str:
    page = pages.page_of(text)
    return repaired(Recognised(page.words, page.text)).text


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Nach 8 64 BauO gilt", "Nach § 64 BauO gilt"),
        ("gemäß $ 29 VwVfG", "gemäß § 29 VwVfG"),
        ("gemäß $29 VwVfG", "gemäß §29 VwVfG"),
        ("8 10 Abs. 3 Satz 2 Nr. 1 BauGB", "§ 10 Abs. 3 Satz 2 Nr. 1 BauGB"),
        ("($ 4 NBauO)", "(§ 4 NBauO)"),
        ("88 68 und 70 VwGO", "§§ 68 und 70 VwGO"),
        ("S 35a BauGB", "§ 35a BauGB"),
        ("8 433\nBGB", "§ 433\nBGB"),
    ],
)
def test_a_misread_sign_before_a_law_is_put_back(read: str, meant: str) -> None:
    assert _after(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Am 8 64 Personen nahmen teil",
        "Tor 8 12 Meter breit",
        "Zimmer 8 Rathaus",
        "$ 29 kostet das Buch",
        "8 Abs. 3",
        "Nr. 8 64 BauO",
        "§§ 5 8 BauO",
        "S 3 fährt nach Hannover",
        "Muster 5 12 AG",
        "Absatz 2 Nr. 5 BauO",
        "864 BauO",
        "die 8 Seiten der AO",
    ],
)
def test_numbers_that_are_meant_stay(text: str) -> None:
    assert _after(text) == text


def test_what_was_read_stays_beside_what_is_meant() -> None:
    page = pages.page_of("Nach 8 64 BauO")
    words = repaired(Recognised(page.words, page.text)).words
    assert [(word.text, word.original) for word in words][1] == ("§", "8")
    assert all(word.original == "" for word in words if word.text != "§")
