"""The letters: the same seed gives the same bytes, and what they say can be read again."""

import hashlib
import re
from itertools import islice
from pathlib import Path

import pypdfium2
import pytesseract
import pytest
from PIL import Image, ImageSequence

from eakte.demo.data import load_city
from eakte.demo.letters import Carrier, Letter, LetterSpec, Shape, letters
from eakte.demo.letters.layouts import draw

SEED = 2026


def _specs(count: int = 120) -> list[LetterSpec]:
    return [letter.spec for letter in letters(SEED, count)]


def _first(carrier: Carrier, seed: int = SEED) -> Letter:
    return next(letter for letter in letters(seed, 200) if letter.spec.carrier is carrier)


def _pages(path: Path) -> list[Image.Image]:
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return [page.render(scale=250 / 72).to_pil() for page in document]
    with Image.open(path) as image:
        return [page.convert("L") for page in ImageSequence.Iterator(image)]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_same_seed_gives_the_same_truth() -> None:
    assert _specs(40) == _specs(40)


def test_a_letter_does_not_depend_on_how_many_follow() -> None:
    assert next(letters(SEED, 1)).spec == next(letters(SEED, 50)).spec


def test_another_seed_gives_other_letters() -> None:
    assert _specs(10) != [letter.spec for letter in letters(SEED + 1, 10)]


@pytest.mark.parametrize("carrier", list(Carrier))
def test_the_same_letter_gives_the_same_bytes(carrier: Carrier, tmp_path: Path) -> None:
    hashes = set()
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        hashes.add(hashlib.sha256(_first(carrier).render(folder).read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_every_kind_of_page_and_file_comes_up() -> None:
    specs = _specs()
    assert {spec.shape for spec in specs} == set(Shape)
    assert {spec.carrier for spec in specs} == set(Carrier)
    assert {spec.dpi for spec in specs} == {200, 300}
    assert len({spec.font for spec in specs}) >= 5
    assert len({spec.document_type for spec in specs}) >= 8


def test_keys_and_file_names_are_unique() -> None:
    specs = _specs()
    assert len({spec.key for spec in specs}) == len(specs)
    assert len({spec.filename for spec in specs}) == len(specs)


def test_a_letter_falls_into_the_life_of_its_case_file() -> None:
    city = load_city()
    for spec in _specs():
        if spec.case_file_key is not None:
            case_file = city.case_file(spec.case_file_key)
            assert case_file.opened <= spec.letter_date < spec.received_on
            assert case_file.closed is None or spec.received_on <= case_file.closed


def test_some_letters_show_their_reference_and_some_do_not() -> None:
    shown = [spec.reference is not None for spec in _specs() if spec.case_file_key]
    assert 0.5 < sum(shown) / len(shown) < 0.9


def test_nobody_real_is_named() -> None:
    for letter in islice(letters(SEED, 120), 120):
        content = letter.content
        assert not content.sender.domain or content.sender.domain.endswith(".example")
        assert re.fullmatch(r"1234\d [A-ZÄÖÜ].+", content.sender.town)


@pytest.mark.parametrize("number", range(4))
def test_tesseract_finds_the_printed_facts_again(number: int, tmp_path: Path) -> None:
    scanned = [letter for letter in letters(SEED, 40) if letter.spec.carrier is not Carrier.BORN_PDF]
    letter = [letter for letter in scanned if letter.spec.reference and letter.spec.dpi == (200, 300)[number % 2]][
        number
    ]
    text = _squeezed(pytesseract.image_to_string(_pages(letter.render(tmp_path))[0], lang="deu"))
    facts = {printed.field: printed.text for printed in letter.spec.evidence}
    assert _squeezed(facts["reference"]) in text
    assert _squeezed(facts["letter_date"]) in text


def test_a_born_digital_letter_carries_its_words(tmp_path: Path) -> None:
    letter = _first(Carrier.BORN_PDF)
    with pypdfium2.PdfDocument(letter.render(tmp_path)) as document:
        text = _squeezed(document[0].get_textpage().get_text_bounded())
    for printed in letter.spec.evidence:
        assert _squeezed(printed.text) in text


def test_letters_have_one_to_four_pages() -> None:
    counts = set()
    for letter in letters(SEED, 80):
        with pypdfium2.PdfDocument(draw(letter.content)) as document:
            counts.add(len(document))
    assert {1, 2, 3} <= counts <= {1, 2, 3, 4}
