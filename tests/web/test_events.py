"""Missing events in the browser: listed, recorded at the file or on many at once, and corrected."""

from __future__ import annotations

import re

import pytest

from tests.web.city import City
from tests.web.conftest import Person

DAY = {"happened_on": "03.03.2020", "evidence": "Abrissanzeige"}


@pytest.fixture
def sheds(clerk: Person) -> list[str]:
    """Addresses of three closed case files that wait for a demolition."""
    clerk.get("/akten/neu")
    made = []
    for name in ("Schuppen", "Stall", "Scheune"):
        new = {"file_plan_code": "63.30", "subject": name, "org_unit_code": "63.2"}
        made.append(clerk.post("/akten", **new).headers["Location"])
        assert clerk.post(f"{made[-1]}/zda").status_code == 303
    return made


def test_missing_events_are_listed_by_event(sheds: list[str], clerk: Person, stranger: Person, manager: Person) -> None:
    for person in (clerk, manager):
        page = person.get("/fristen/ereignisse").text
        assert all(name in page for name in ("Schuppen", "Stall", "Scheune"))
        assert 'Beseitigung der Anlage <b class="ea-num">3</b>' in page
        assert "data-all" not in page
        assert "data-all" in person.get("/fristen/ereignisse?ereignis=DEMOLITION").text
        assert person.get("/fristen/ereignisse.csv").text.count("Beseitigung der Anlage") == 3
    assert "Keine Akte wartet" in stranger.get("/fristen/ereignisse").text
    assert len(sheds) == 3


def test_an_event_is_recorded_on_the_chosen_files(sheds: list[str], clerk: Person) -> None:
    page = clerk.get("/fristen/ereignisse?ereignis=DEMOLITION").text
    ids = re.findall(r'name="case_file_id" value="([^"]+)"', page)
    assert len(ids) == len(sheds) == 3
    none = clerk.post("/fristen/ereignisse", ereignis="DEMOLITION", which="chosen", **DAY)
    assert none.status_code == 422
    unproven = clerk.post("/fristen/ereignisse", ereignis="DEMOLITION", case_file_id=ids[:2], happened_on="03.03.2020")
    assert unproven.status_code == 422
    done = clerk.post("/fristen/ereignisse", ereignis="DEMOLITION", which="chosen", case_file_id=ids[:2], **DAY)
    assert done.headers["Location"] == "/fristen/ereignisse?ereignis=DEMOLITION&erfasst=2"
    assert "bei 2 Akten erfasst" in clerk.get(done.headers["Location"]).text
    assert 'Beseitigung der Anlage <b class="ea-num">1</b>' in clerk.get("/fristen/ereignisse").text


def test_an_event_is_recorded_on_all_files_of_the_list_as_seen(sheds: list[str], clerk: Person) -> None:
    clerk.get("/fristen/ereignisse?ereignis=DEMOLITION")
    asked = {"ereignis": "DEMOLITION", "which": "all", **DAY}
    late = clerk.post("/fristen/ereignisse", **asked, seen="2")
    assert late.status_code == 422
    assert "Inzwischen warten 3 Akten statt 2" in late.text
    assert clerk.post("/fristen/ereignisse", **asked, seen="3").headers["Location"].endswith("erfasst=3")
    assert all("31.12.2025" in clerk.get(path).text for path in sheds)


def test_a_wrong_event_is_corrected_at_the_file_and_both_entries_are_shown(sheds: list[str], clerk: Person) -> None:
    path = sheds[0]
    assert clerk.post(f"{path}/ereignis", trigger="DEMOLITION", **DAY).status_code == 303
    right = {**DAY, "happened_on": "04.04.2021", "trigger": "DEMOLITION"}
    assert clerk.post(f"{path}/ereignis/berichtigen", **right).status_code == 422
    assert clerk.post(f"{path}/ereignis/berichtigen", **right, reason="Zahlendreher").status_code == 303
    page = clerk.get(path).text
    assert "<s>Beseitigung der Anlage am 03.03.2020</s>" in page
    assert "<b>Beseitigung der Anlage am 04.04.2021</b>" in page
    assert "Zahlendreher" in page
    assert "31.12.2026" in page


def test_a_document_of_the_file_proves_its_event(city: City, clerk: Person) -> None:
    page = clerk.get(f"/akten/{city.file_id}").text
    assert "Ereignis erfassen" not in page
    told = {"trigger": "DEMOLITION", "happened_on": "03.03.2020", "document_id": str(city.filed)}
    assert clerk.post(f"/akten/{city.file_id}/ereignis", **told).status_code == 303
    page = clerk.get(f"/akten/{city.file_id}").text
    assert re.search(rf'03\.03\.2020</b> · <a href="/dokumente/{city.filed}">', page)
