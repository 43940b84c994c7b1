"""The pages on requests of data subjects: entered, searched, decided, answered; nothing of it for those without."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from pypdf import PdfReader

from tests.web.city import City
from tests.web.conftest import Person

PLACE = re.compile(r"/datenschutz/antraege/[0-9a-f-]{36}")
RECORD = re.compile(r"/datenschutz/antragsakten/[0-9a-f-]{36}")
FIELDS = {"kind": "erasure", "applicant": "Erika Selten", "received_on": "03.11.2026", "channel": "mail"}


def entered(manager: Person, **more: str) -> str:
    manager.get("/datenschutz/antraege/neu")
    answer = manager.post("/datenschutz/antraege", **{**FIELDS, **more})
    found = PLACE.match(answer.headers["Location"])
    assert found
    return found[0]


def test_a_request_is_entered_searched_decided_and_answered_by_page(city: City, manager: Person, clerk: Person) -> None:
    there = entered(manager)
    assert "03.12.2026" in manager.get("/datenschutz/antraege").text
    assert "Erika Selten" in manager.get(f"{there}/akten").text
    manager.post(f"{there}/suchen", names="Hollmann", marks="")
    page = manager.get(f"{there}/akten").text
    assert str(city.file_id) in page
    manager.post(f"{there}/akten", case_file=str(city.file_id))
    page = manager.get(there).text
    assert "Vorschlag: Verarbeitung einschränken" in page
    assert "Die Akte wird noch bearbeitet" in page
    record = RECORD.search(page)
    assert record
    assert "Noch nicht über jede Akte" in manager.post(f"{there}/antwort", answer="Mein langer Text").text
    assert "Mein langer Text" in manager.post(f"{there}/antwort", answer="Mein langer Text").text
    assert manager.post(f"{record[0]}/entscheiden", decision="erase", reason="x").status_code == 409
    manager.post(f"{record[0]}/entscheiden", decision="refuse", reason="Noch in Arbeit.")
    page = manager.get(there).text
    assert "Der Grund: Noch in Arbeit." in page
    manager.post(f"{there}/antwort", answer="Erster Entwurf", keep="draft")
    assert "Erster Entwurf" in manager.get(there).text
    assert manager.post(f"{there}/antwort", answer="Guten Tag\r\n\r\nWir lehnen ab.").status_code == 303
    letter = manager.get(f"{there}/antwort.pdf")
    assert "Wir lehnen ab." in PdfReader(io.BytesIO(letter.data)).pages[0].extract_text()
    report = manager.get(f"{there}/entscheidung.pdf")
    told = PdfReader(io.BytesIO(report.data)).pages[0].extract_text()
    assert "Noch in Arbeit." in told
    assert "Selten" not in told
    assert there in manager.get("/datenschutz/antraege?zeige=beantwortet").text
    assert clerk.get(there).status_code == 403


def test_what_is_missing_is_told_and_nothing_typed_is_lost(manager: Person) -> None:
    manager.get("/datenschutz/antraege/neu")
    answer = manager.post("/datenschutz/antraege", **{**FIELDS, "received_on": "31.02.2026", "wish": "Alles weg"})
    assert answer.status_code == 422
    for text in ("Datum im Format", "Erika Selten", "Alles weg"):
        assert text in answer.text


def test_the_deadline_is_extended_and_the_request_handed_on(manager: Person) -> None:
    there = entered(manager)
    manager.post(f"{there}/frist", reason="Viele Akten")
    assert "03.02.2027 (Art. 12 Abs. 3 DSGVO), verlängert: Viele Akten" in manager.get(there).text
    assert manager.post(f"{there}/weitergeben", owner="brandt").status_code == 422
    assert manager.post(f"{there}/weitergeben", owner="reimer").status_code == 303


def test_a_decision_is_taken_back_and_a_file_taken_out(city: City, manager: Person) -> None:
    there = entered(manager, kind="access")
    manager.post(f"{there}/akten", references=city.file_reference)
    record = RECORD.search(manager.get(there).text)
    assert record
    manager.post(f"{record[0]}/entscheiden", decision="disclose", reason="Geprüft")
    assert "Darin stehen Daten über Sie" in manager.get(there).text
    table = manager.get(f"{there}/liste.csv")
    assert city.file_reference in table.text
    manager.post(f"{record[0]}/zuruecknehmen")
    manager.post(f"{record[0]}/herausnehmen")
    assert "Noch keine Akte" in manager.get(there).text


def test_a_clerk_has_none_of_these_pages(signed_in: Callable[[str], Person]) -> None:
    clerk = signed_in("brandt")
    paths = ("/datenschutz/antraege", "/datenschutz/antraege/neu")
    assert [clerk.get(path).status_code for path in paths] == [403, 403]
    assert clerk.post("/datenschutz/antraege", **FIELDS).status_code == 403
