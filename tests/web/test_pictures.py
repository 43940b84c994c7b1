"""The image of a page of text, which is drawn when it is asked for: same address, same rights, same short answer."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from eakte.worker.intake import propose, read
from tests.ingest.pages import born_digital_pdf
from tests.web.city import City, _receive
from tests.web.conftest import Person


@pytest.fixture
def item(city: City, tmp_path: Path) -> str:
    """An incoming item whose only page is text."""
    letter = born_digital_pdf(tmp_path / "antrag.pdf", ("Antrag auf Wohngeld", "Anbei die Bescheinigungen für Mai."))
    item_id = str(_receive(city.services, letter.read_bytes(), "antrag.pdf"))
    read(city.services, item_id)
    propose(city.services, item_id)
    return item_id


def _address(clerk: Person, item: str) -> str:
    page = clerk.get(f"/posteingang/{item}").text
    found = re.search(r"/dokumente/[0-9a-f-]+/seiten/1\.webp", page)
    assert found
    return found[0]


def test_the_viewer_shows_a_page_of_text(clerk: Person, item: str) -> None:
    address = _address(clerk, item)
    shown = clerk.get(address)
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/webp", "private, no-cache")
    with Image.open(BytesIO(shown.data)) as image:
        assert image.width == pytest.approx(1240, abs=2)
    tag = shown.headers["ETag"]
    assert clerk.get(address, headers={"If-None-Match": tag}).status_code == 304
    small = clerk.get(address.replace("1.webp", "1-klein.webp"))
    assert (small.status_code, small.headers["ETag"] != tag) == (200, True)


def test_whoever_may_not_see_the_item_gets_what_a_wrong_address_gets(
    clerk: Person, stranger: Person, item: str
) -> None:
    address = _address(clerk, item)
    for ending in ("1.webp", "1-klein.webp"):
        refused = stranger.get(address.replace("1.webp", ending))
        assert refused.status_code == 404
        assert refused.mimetype != "image/webp"
