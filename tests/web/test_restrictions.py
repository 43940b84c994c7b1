"""The pages on restrictions of processing: set, opened, lifted, and nothing of it for those without the right."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.web.city import City
from tests.web.conftest import Person

LINK = re.compile(r"/datenschutz/einschraenkungen/[0-9a-f-]{36}")
TERMS = {"ground": "claims", "reason": "Schreiben der Betroffenen", "owner": "reimer", "review": "01.12.2027"}


def test_a_file_is_restricted_opened_and_lifted_by_page(city: City, manager: Person, clerk: Person) -> None:
    page = f"/akten/{city.file_id}"
    assert "Verarbeitung einschränken" in manager.get(f"{page}/rechte").text
    assert "Art. 18" in manager.get(f"{page}/einschraenken").text
    there = manager.post(f"{page}/einschraenken", **TERMS).headers["Location"]
    assert (manager.get(page).status_code, clerk.get(page).status_code) == (404, 404)
    assert clerk.get(f"/dokumente/{city.filed}/seiten/1.webp").status_code == 404
    assert there in manager.get("/datenschutz/einschraenkungen").text
    assert "Noch nie geöffnet" in manager.get(there).text
    assert manager.post(f"{there}/oeffnen", purpose="claims", reason="Klage").headers["Location"] == page
    assert "Verarbeitung eingeschränkt" in manager.get(page).text
    assert clerk.get(page).status_code == 404
    assert manager.post(f"{there}/aufheben", reason="Erledigt").status_code == 409
    manager.post(f"{there}/unterrichtung", on="01.11.2026", how="Schreiben")
    assert manager.post(f"{there}/aufheben", reason="Erledigt").status_code == 303
    assert clerk.get(page).status_code == 200
    assert there in manager.get("/datenschutz/einschraenkungen?zeige=aufgehoben").text


def test_a_document_is_restricted_and_its_file_says_how_many(city: City, manager: Person, clerk: Person) -> None:
    assert "Prüfen am" in manager.get(f"/dokumente/{city.filed}/einschraenken").text
    there = manager.post(f"/dokumente/{city.filed}/einschraenken", **TERMS).headers["Location"]
    assert LINK.fullmatch(there)
    assert clerk.get(f"/dokumente/{city.filed}").status_code == 404
    assert "1 Dokument eingeschränkt" in clerk.get(f"/akten/{city.file_id}").text
    answer = manager.post(f"{there}/oeffnen", purpose="public_interest", reason="Gefahr")
    assert answer.headers["Location"] == f"/dokumente/{city.filed}"
    assert manager.get(f"/dokumente/{city.filed}").status_code == 200
    manager.post(f"{there}/schliessen")
    assert manager.get(f"/dokumente/{city.filed}").status_code == 404


def test_a_clerk_has_none_of_these_pages(city: City, signed_in: Callable[[str], Person]) -> None:
    clerk = signed_in("brandt")
    paths = ("/datenschutz/einschraenkungen", f"/akten/{city.file_id}/einschraenken")
    assert [clerk.get(path).status_code for path in paths] == [403, 403]
