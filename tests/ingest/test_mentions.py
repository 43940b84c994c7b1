"""What letters mention: each kind in its usual spellings, what only looks like it, and nothing ever raised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import read
from ingest.extract import facts_of
from ingest.iban import is_iban
from ingest.mentions import MOST_OF_A_KIND, mentions_of
from ingest.mentions.amounts import find_amounts
from ingest.mentions.companies import find_companies
from ingest.mentions.courts import find_courts
from ingest.mentions.found import Found
from ingest.mentions.ibans import find_ibans
from ingest.mentions.limits import find_running_limits
from ingest.mentions.parcels import find_parcels
from ingest.mentions.people import find_people
from ingest.mentions.streets import find_property
from ingest.model import Box, Limits, Mention, MentionKind, Scan, Word
from ingest.reading import Engines
from tests.ingest import pages

FINDERS: tuple[Callable[[str], tuple[Found, ...]], ...] = (
    find_amounts,
    find_companies,
    find_courts,
    find_ibans,
    find_running_limits,
    find_parcels,
    find_people,
    find_property,
)
ACCOUNT = "DE89370400440532013000"


def values(found: tuple[Found, ...]) -> list[str]:
    return [each.value for each in found]


def of_kind(mentions: tuple[Mention, ...], kind: MentionKind) -> list[str]:
    return [each.value for each in mentions if each.kind is kind]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("der Betrag von 1.234,56 € ist fällig", ["1234.56"]),
        ("EUR 1.234,56", ["1234.56"]),
        ("€ 12,50", ["12.50"]),
        ("850,-- EUR und 2.500,– €", ["850.00", "2500.00"]),
        ("1 234,56 Euro", ["1234.56"]),
        ("12.000 Euro", ["12000.00"]),
        ("1,5 Mio. Euro", ["1500000.00"]),
        ("Gutschrift -1.234,56 €", ["-1234.56"]),
        ("Nettobetrag 100,00\nUmsatzsteuer 19 %\n19,00", ["100.00", "19.00"]),
        ("l.284,5O €", ["1284.50"]),  # misread digits
        ("1,284,50 EUR", ["1284.50"]),  # a comma for the dot
        ("1.284.50 EUR", ["1284.50"]),
        ("1.284, 50 €", ["1284.50"]),
    ],
)
def test_amounts_are_read_in_german_notation_and_as_recognition_spoils_it(text: str, amounts: list[str]) -> None:
    assert values(find_amounts(text)) == amounts


@pytest.mark.parametrize(
    "text",
    ["am 12.03.2026", "§ 12 Absatz 3", "Eurowings 500", "Betrag in EUR\n1 Beratung", "12,50 % von 30,00 m²", "1,234 €"],
)
def test_dates_shares_areas_and_what_nobody_can_know_are_no_amounts(text: str) -> None:
    assert find_amounts(text) == ()


def test_an_amount_knows_how_the_letter_calls_it() -> None:
    text = "Nettobetrag 100,00 €\nUmsatzsteuer 19 % 19,00 €\nRechnungsbetrag 119,00 €"
    assert [each.called for each in find_amounts(text)] == ["Nettobetrag", "Umsatzsteuer", "Rechnungsbetrag"]


@given(
    st.integers(0, 10**9), st.sampled_from(("{} €", "{} Euro", "{} EUR", "EUR {}", "€ {}")), st.sampled_from(("", ","))
)
def test_every_amount_comes_back_as_it_was_written(cents: int, form: str, mark: str) -> None:
    amount = Decimal(cents).scaleb(-2)
    written = f"{amount:,.2f}".replace(",", mark)
    german = written.translate(str.maketrans(",.", ".,"))
    assert values(find_amounts(f"Wir fordern {form.format(german)} von Ihnen.")) == [f"{amount:.2f}"]


@pytest.mark.parametrize(
    "text",
    [
        ACCOUNT,
        "IBAN: DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX",
        "DE89 37O4 0044 0532 013O 00",
        "OE89 3704 0044 0532 0130 00",
        "IBAN DE8 9370 4004 4053 2013 000",
        "auf das Konto DE89\n3704 0044 0532 0130 00 bei der",
    ],
)
def test_an_account_number_is_read_in_groups_over_lines_and_with_letters_for_digits(text: str) -> None:
    assert values(find_ibans(text)) == [ACCOUNT]


def test_account_numbers_of_other_countries_have_their_length() -> None:
    assert values(find_ibans("AT61 1904 3002 3457 3201 und NL91 ABNA 0417 1643 00 BIC")) == [
        "AT611904300234573201", "NL91ABNA0417164300",
    ]  # fmt: skip


@given(st.integers(4, 21), st.integers(1, 9), st.sampled_from((4, 22)))
def test_an_account_number_with_one_wrong_digit_is_none(place: int, more: int, group: int) -> None:
    wrong = f"{ACCOUNT[:place]}{(int(ACCOUNT[place]) + more) % 10}{ACCOUNT[place + 1 :]}"
    written = " ".join(wrong[start : start + group] for start in range(0, 22, group))
    assert find_ibans(f"IBAN: {written}") == ()


@given(st.text(alphabet="DE0123456789OISBl ATCH\n", max_size=120))
def test_no_account_number_is_told_whose_check_digits_do_not_hold(text: str) -> None:
    assert all(is_iban(value) for value in values(find_ibans(text)))


@pytest.mark.parametrize(
    ("text", "parcels"),
    [
        ("Gemarkung Linden, Flur 3, Flurstück 12/4", ["Gemarkung Linden, Flur 3, Flurstück 12/4"]),
        ("Flurstück 12/4 der Flur 3 (Gemarkung Linden)", ["Gemarkung Linden, Flur 3, Flurstück 12/4"]),
        ("Flurstück 12/4 (Gemarkung Bad Nenndorf)", ["Gemarkung Bad Nenndorf, Flurstück 12/4"]),
        (
            "Gemarkung: Linden-Süd; Flur: 12; Flurstücke: 12/4, 13 und 14/2",
            [f"Gemarkung Linden-Süd, Flur 12, Flurstück {number}" for number in ("12/4", "13", "14/2")],
        ),
        ("Gemarkung Linden\nFlur 003 Flst.-Nr. 45", ["Gemarkung Linden, Flur 3, Flurstück 45"]),
        ("Flurstuck I2/4, Flur 3", ["Flur 3, Flurstück 12/4"]),
        ("Gemarkung, Flur, Flurstück\nAhlem, Flur 7, Flurstück 8/3", ["Gemarkung Ahlem, Flur 7, Flurstück 8/3"]),
        (
            "Gemarkung Linden Flur 3 Flurstück 12/4 und Gemarkung Ahlem Flur 1 Flurstück 3",
            ["Gemarkung Linden, Flur 3, Flurstück 12/4", "Gemarkung Ahlem, Flur 1, Flurstück 3"],
        ),
        ("Treppenhaus und Flure täglich, im Flur 3 Lampen", []),
    ],
)  # fmt: skip
def test_parcels_are_read_in_every_order_and_with_brackets(text: str, parcels: list[str]) -> None:
    assert values(find_parcels(text)) == parcels


@pytest.mark.parametrize(
    ("text", "streets"),
    [
        ("auf dem Grundstück Lindenweg 7, 30159 Musterstadt", ["Lindenweg 7, 30159 Musterstadt"]),
        ("Theodor-Heuss-Str. 3 b", ["Theodor-Heuss-Straße 3b"]),
        ("Lange Straße 5-7", ["Lange Straße 5-7"]),
        ("Gartenstrasse 4", ["Gartenstraße 4"]),
        ("das Gebäude An der Lune 12", ["An der Lune 12"]),
        ("Am Markt 3, 30159 Musterstadt", ["Am Markt 3, 30159 Musterstadt"]),
        ("Im Jahr 2026, Am Montag 12, Stellplatz 3, auf dem Rechtsweg 2, Im Haus 3", []),
    ],
)
def test_streets_with_a_number_are_places_of_property(text: str, streets: list[str]) -> None:
    assert values(find_property(text)) == streets


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Sehr geehrte Frau Müller,", ["Müller"]),
        ("Herrn\nPeter Klein\nLindenweg 7", ["Peter Klein"]),
        ("Frau Dr. Anna Schmidt-Meier Telefon 0511", ["Dr. Anna Schmidt-Meier"]),
        ("Herr Rechtsanwalt Prof. Dr. Kai-Uwe von der Heide schreibt", ["Prof. Dr. Kai-Uwe von der Heide"]),
        ("Frau Ö. Yıldız und Herr Çelik", ["Ö. Yıldız", "Çelik"]),
        ("die Eheleute Max und Erika Muster", ["Max und Erika Muster"]),
        ("Mit freundlichen Grüßen\n\nErika Beispiel", ["Erika Beispiel"]),
        ("Im Auftrag\nJulia Brandt", ["Julia Brandt"]),
        ("Kontakt: Julia Brandt\n", ["Julia Brandt"]),
        ("Sehr geehrte Damen und Herren, Frau Präsidentin, Herr Kollege", []),
        ("Mit freundlichen Grüßen\nIhre Stadtwerke", []),
    ],
)
def test_persons_are_read_by_address_greeting_and_contact(text: str, people: list[str]) -> None:
    assert values(find_people(text)) == people


@pytest.mark.parametrize(
    ("text", "companies"),
    [
        ("die Firma Elektro Blitz GmbH, Ringstr. 9", ["Elektro Blitz GmbH"]),
        ("im Vertrag der Müller & Söhne GmbH & Co. KG", ["Müller & Söhne GmbH & Co. KG"]),
        ("Förderverein der Grundschule Linden e. V.", ["Förderverein der Grundschule Linden e.V."]),
        ("Stadtwerke Musterstadt AG", ["Stadtwerke Musterstadt AG"]),
        ("Gesellschaft für Wohnbau mbH", ["Gesellschaft für Wohnbau mbH"]),
        ("Elektro Blitz GmbI-I", ["Elektro Blitz GmbH"]),
        ("beim AG Hannover, Kostengruppe KG 300, eine GmbH", []),
    ],
)
def test_companies_are_known_by_their_legal_form(text: str, companies: list[str]) -> None:
    assert values(find_companies(text)) == companies


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("innerhalb eines\nMonats nach Zustellung", ["1 Monat nach Zustellung"]),
        ("binnen zwei Wochen", ["2 Wochen"]),
        ("innerhalb von 14 (vierzehn) Tagen ab Rechnungsdatum", ["14 Tage nach Rechnungsdatum"]),
        ("binnen Monatsfrist nach der Bekanntgabe", ["1 Monat nach Bekanntgabe"]),
        ("eine 14-tägige Frist, dann eine vierwöchige Frist", ["14 Tage", "4 Wochen"]),
        ("innerhalb von drei Werktagen", ["3 Werktage"]),
        ("in den letzten zwölf Monaten, alle zwei Wochen, seit einem Jahr", []),
    ],
)
def test_times_that_run_from_an_event_are_told_in_words(text: str, limits: list[str]) -> None:
    assert values(find_running_limits(text)) == limits


@pytest.mark.parametrize(
    ("text", "courts"),
    [
        ("Verwaltungsgericht Hannover, 4 A 123/25", ["Verwaltungsgericht Hannover, 4 A 123/25"]),
        ("VG Hannover 4 A 123/25", ["Verwaltungsgericht Hannover, 4 A 123/25"]),
        ("Landgericht Hannover, Az.: 12 O 34/26", ["Landgericht Hannover, 12 O 34/26"]),
        ("Sozialgericht Hildesheim\nS 12 SO 34/25", ["Sozialgericht Hildesheim, S 12 SO 34/25"]),
        ("BVerwG, Urteil vom 12.3.2020, 4 C 12/19", ["Bundesverwaltungsgericht, 4 C 12/19"]),
        ("Klage beim Verwaltungsgericht Hannover, Leonhardtstraße 15", ["Verwaltungsgericht Hannover"]),
        ("in der Verwaltungsrechtssache Müller ./. Stadt, 4 A 123/25", ["4 A 123/25"]),
        ("Amtsgericht Musterstadt, HRB 12345", []),
        ("Registergericht: Amtsgericht Musterstadt", []),
        ("Unser Zeichen: HP-17/26", []),
    ],
)
def test_courts_are_read_with_their_case_numbers_but_not_those_that_keep_a_register(
    text: str, courts: list[str]
) -> None:
    assert values(find_courts(text)) == courts


LETTER = """Elektro Blitz GmbH · Ringstr. 9 · 30159 Musterstadt

Stadt Musterstadt
Bauordnungsamt
Rathausplatz 1
30159 Musterstadt

Musterstadt, den 12. März 2026

Stundung der Gebühr für das Grundstück Lindenweg 7

Sehr geehrte Frau Brandt,
wir bitten, 1.284,50 Euro bis zum 30.04.2026 zu stunden. Der Bescheid vom
02.02.2026 nennt als Frist den 28.02.2026.

Mit freundlichen Grüßen
Peter Klein"""


def test_the_sender_lives_where_the_return_line_says_and_the_property_is_what_the_text_speaks_of() -> None:
    mentions = mentions_of([pages.page_of(LETTER)])
    assert of_kind(mentions, MentionKind.SENDER_ADDRESS) == ["Ringstraße 9, 30159 Musterstadt"]
    assert of_kind(mentions, MentionKind.PROPERTY_ADDRESS) == ["Lindenweg 7"]
    assert of_kind(mentions, MentionKind.PERSON) == ["Brandt", "Peter Klein"]
    assert of_kind(mentions, MentionKind.COMPANY) == ["Elektro Blitz GmbH"]


def test_the_address_of_the_sender_printed_again_at_the_foot_is_no_property() -> None:
    mentions = mentions_of([pages.page_of(f"{LETTER}\n\nRingstr. 9\n30159 Musterstadt")])
    assert of_kind(mentions, MentionKind.PROPERTY_ADDRESS) == ["Lindenweg 7"]


def test_a_name_goes_on_behind_the_end_of_a_full_line_but_not_behind_that_of_a_short_one() -> None:
    full = "Wir haben am Telefon lange und in aller Ruhe mit Frau Anna\nSchmidt gesprochen"
    short = "Frau Anna\nSchmidt gesprochen haben wir am Telefon lange und in aller Ruhe"
    told = [of_kind(mentions_of([pages.page_of(text)]), MentionKind.PERSON) for text in (full, short)]
    assert told == [["Anna Schmidt"], ["Anna"]]


def test_a_day_that_had_passed_when_the_letter_was_written_is_no_deadline() -> None:
    facts = facts_of([pages.page_of(LETTER)])
    assert of_kind(facts.mentions, MentionKind.DEADLINE) == ["2026-04-30"]


def test_every_value_stands_once_with_the_page_and_box_of_its_first_place() -> None:
    (amount,) = mentions_of([pages.page_of("Seite eins"), pages.page_of("Summe 12,00 €\nSumme 12,00 €", number=2)])
    assert (amount.page, amount.text, amount.boxes) == (2, "12,00 €", (Box(344, 200, 168, 40),))


def test_words_on_two_lines_have_two_boxes() -> None:
    (limit,) = mentions_of([pages.page_of("innerhalb eines\nMonats nach Zustellung")])
    assert [box.top for box in limit.boxes] == [200, 260]


def test_what_was_read_badly_is_less_sure() -> None:
    page = pages.page_of("Rechnungsbetrag 12,00 €")
    bad = replace(page, words=tuple(replace(word, confidence=40) for word in page.words))
    assert mentions_of([bad])[0].confidence < 0.5 < mentions_of([page])[0].confidence


def test_a_text_without_a_word_layer_has_mentions_without_boxes() -> None:
    page = replace(pages.page_of(LETTER), words=())
    found = {each.kind: each for each in mentions_of([page])}
    assert found[MentionKind.AMOUNT].value == "1284.50"
    assert found[MentionKind.SENDER_ADDRESS].value == "Ringstraße 9, 30159 Musterstadt"
    assert all(each.boxes == () for each in found.values())


def test_a_list_of_a_thousand_people_keeps_the_inbox_usable() -> None:
    names = "\n".join(f"Frau {chr(65 + number % 26)}{'abcdefghij'[number // 26 % 10]}nna" for number in range(260))
    assert len(mentions_of([pages.page_of(names)])) == MOST_OF_A_KIND


PIECES = (
    "Herr ", "Frau Dr. ", "GmbH", " & Co. KG", "Gemarkung ", "Flur 3", ", Flurstück 1/2", "DE89 3704", "1.234,56",
    " €", "EUR ", "Verwaltungsgericht ", "4 A 1/25", "innerhalb eines Monats ", "nach Zustellung", "-Straße 7",
    "30159 ", "Müller", "\n", "Az.: ", "Mit freundlichen Grüßen\n", "bis zum 1.1.2026", "e. V.", " und ", "·", "(",
)  # fmt: skip


@given(st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_no_text_makes_a_finder_stumble(text: str) -> None:
    for find in FINDERS:
        assert all(0 <= each.start < each.end <= len(text) and each.value for each in find(text))


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.integers(0, 2400), st.integers(0, 3400)), max_size=25))
def test_no_page_makes_extraction_stumble(placed: list[tuple[str, int, int]]) -> None:
    words = [Word(sign, Box(left, top, 40, 30), 90) for text, left, top in placed for sign in text.split()]
    for mention in mentions_of([replace(pages.page_of(""), words=tuple(words))]):
        assert mention.boxes
        assert 0 <= mention.confidence <= 1


@pytest.mark.parametrize("piece", ["A.", "12/4, ", "1.", "Herr ", "Aa-", " ", "Gemarkung ", "Von der ", "§"])
def test_a_page_of_one_piece_over_and_over_is_read_to_its_end(piece: str) -> None:
    for find in FINDERS:
        find(piece * 20_000)


SCANNED = pages.Letter(
    sender="Elektro Blitz GmbH · Ringstr. 9 · 30159 Musterstadt",
    subject="Gebühr für das Grundstück Lindenweg 7",
    body=(
        "Sehr geehrte Frau Brandt,",
        "für die Gemarkung Linden, Flur 3, Flurstück 12/4 fordern Sie 1.284,50 Euro.",
        "Wir zahlen auf das Konto DE89 3704 0044 0532 0130 00 innerhalb eines Monats nach Zustellung.",
        "Anhängig ist die Sache beim Verwaltungsgericht Hannover, 4 A 123/25.",
    ),
)


def test_on_a_scan_read_by_tesseract_each_box_covers_the_words_that_were_meant(
    tmp_path: Path, real_engines: Engines
) -> None:
    path = pages.scanned_pdf(tmp_path / "brief.pdf", [pages.scan(SCANNED)])
    reading = read(Scan(path, "brief.pdf"), real_engines, limits=Limits(), work=tmp_path / "work")
    found = {each.kind: each for each in reading.facts.mentions}
    expected = {
        MentionKind.AMOUNT: ("1284.50", "1.284,50 Euro"),
        MentionKind.IBAN: (ACCOUNT, "DE89 3704 0044 0532 0130 00"),
        MentionKind.PARCEL: ("Gemarkung Linden, Flur 3, Flurstück 12/4", "Gemarkung Linden, Flur 3, Flurstück 12/4"),
        MentionKind.RUNNING_LIMIT: ("1 Monat nach Zustellung", "innerhalb eines Monats nach Zustellung"),
        MentionKind.COURT: ("Verwaltungsgericht Hannover, 4 A 123/25", "Verwaltungsgericht Hannover, 4 A 123/25"),
        MentionKind.COMPANY: ("Elektro Blitz GmbH", "Elektro Blitz GmbH"),
        MentionKind.PROPERTY_ADDRESS: ("Lindenweg 7", "Lindenweg 7"),
        MentionKind.SENDER_ADDRESS: ("Ringstraße 9, 30159 Musterstadt", "Ringstr. 9 - 30159 Musterstadt"),
    }
    for kind, (value, written) in expected.items():
        assert found[kind].value == value
        under = [word.text for word in reading.pages[0].words if _lies_within(word.box, found[kind].boxes)]
        assert " ".join(under).strip(".,").replace("·", "-") == written


def _lies_within(word: Box, boxes: tuple[Box, ...]) -> bool:
    across, down = word.left + word.width / 2, word.top + word.height / 2
    return any(box.left <= across <= box.left + box.width and box.top <= down <= box.top + box.height for box in boxes)
