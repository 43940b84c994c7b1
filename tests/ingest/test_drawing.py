"""Pages of text are drawn when somebody looks at them; everything that may be slow is drawn when it is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from ingest import ReaderSettings, draw_apart, read
from ingest.errors import DamagedFile
from ingest.model import Limits, Page, Scan
from ingest.reading import Engines
from tests.ingest import pages
from tests.ingest.conftest import RULES

PARAGRAPHS = ("Stadt Musterstadt, Der Oberbürgermeister", "Wir bestätigen den Eingang Ihres Antrags vom 4. Mai 2026.")
BLIND = ReaderSettings("null", RULES)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    return pages.born_digital_pdf(tmp_path / "letter.pdf", PARAGRAPHS)


def _page(path: Path, engines: Engines, tmp_path: Path) -> Page:
    return read(Scan(path, path.name), engines, limits=Limits(), work=tmp_path / "work").pages[0]


def _draw(tmp_path: Path, number: int = 1) -> Image.Image:
    pdf, work = tmp_path / "work" / "searchable.pdf", tmp_path / "drawn"
    with Image.open(draw_apart(pdf, number, BLIND, limits=Limits(), work=work)) as image:
        image.load()
        return image


def test_a_page_of_text_is_drawn_with_its_words_in_their_places(
    letter: Path, tmp_path: Path, blind_engines: Engines
) -> None:
    page = _page(letter, blind_engines, tmp_path)
    assert (page.image, page.is_blank) == (None, False)
    with Image.open(page.thumbnail) as small:
        assert (small.format, small.width) == ("WEBP", pytest.approx(200, abs=1))
    image = _draw(tmp_path)
    assert (image.format, image.width) == ("WEBP", pytest.approx(1240, abs=2))
    scale = image.width / page.width
    grey = np.asarray(image.convert("L"))
    for word in page.words:
        box = word.box
        down = slice(round(box.top * scale), round((box.top + box.height) * scale))
        across = slice(round(box.left * scale), round((box.left + box.width) * scale))
        assert grey[down, across].min() < 128, word.text
    assert (grey < 128).sum() < 0.1 * grey.size


def test_a_page_that_is_not_there_is_refused(letter: Path, tmp_path: Path, blind_engines: Engines) -> None:
    _page(letter, blind_engines, tmp_path)
    with pytest.raises(DamagedFile):
        _draw(tmp_path, number=2)


def _commands(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"q 0 0 m 1 1 l S Q\n" * 15_000)


def _large_image(pdf: pikepdf.Pdf) -> None:
    image = pikepdf.Stream(pdf, b"\xff" * 4_000_000)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = 2_000, 2_000, 8
    image.ColorSpace = pikepdf.Name.DeviceGray
    pdf.pages[0].add_resource(image, pikepdf.Name.XObject)


def _form(pdf: pikepdf.Pdf) -> None:
    form = pikepdf.Stream(pdf, b"0 0 m 1 1 l S")
    form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 1, 1]
    pdf.pages[0].add_resource(form, pikepdf.Name.XObject)


def _shading(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].add_resource(
        pikepdf.Dictionary(ShadingType=2, ColorSpace=pikepdf.Name.DeviceGray), pikepdf.Name.Shading
    )


def _field(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="Name", V="Hollmann",
            Rect=[100, 100, 300, 120], DA="/Helv 10 Tf 0 g",
        )
    )  # fmt: skip
    pdf.pages[0].Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])


@pytest.mark.parametrize("change", [_commands, _large_image, _form, _shading, _field])
def test_what_may_be_slow_or_needs_more_than_the_page_is_drawn_when_it_is_read(
    change: object, letter: Path, tmp_path: Path, blind_engines: Engines
) -> None:
    with pikepdf.open(letter, allow_overwriting_input=True) as pdf:
        assert callable(change)
        change(pdf)
        pdf.save(letter)
    page = _page(letter, blind_engines, tmp_path)
    assert page.image is not None
    with Image.open(page.image) as image:
        assert image.width == pytest.approx(1240, abs=2)


def test_scans_have_their_images_at_once(tmp_path: Path, blind_engines: Engines) -> None:
    path = pages.scanned_pdf(tmp_path / "scan.pdf", [pages.scan(dpi=200)], dpi=200)
    assert _page(path, blind_engines, tmp_path).image is not None
