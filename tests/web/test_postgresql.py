"""The same pages on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from eakte.app import create_app
from tests.web.city import NOW, found
from tests.web.conftest import Person


def test_every_page_answers_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    city = found(tmp_path, letters=2, database_url=postgres_url)
    app = create_app(city.services, clock=lambda: NOW)
    clerk, manager, stranger = (Person(app.test_client()) for _ in range(3))
    for person, login in ((clerk, "brandt"), (manager, "reimer"), (stranger, "okafor")):
        assert person.sign_in(login).status_code == 303
    own = ("/posteingang", "/stoerungen", "/hochladen", "/suche?q=Tiefgarage", "/akten?q=Gartenweg", "/aktenplan")
    records = (f"/akten/{city.file_id}", f"/dokumente/{city.filed}", f"/dokumente/{city.filed}/original")
    assert {path: clerk.get(path).status_code for path in (*own, *records)} == dict.fromkeys((*own, *records), 200)
    registry = ("/aussonderung", "/aussonderung?art=destroy", "/protokoll", "/protokoll/pruefung")
    assert {path: manager.get(path).status_code for path in registry} == dict.fromkeys(registry, 200)
    assert {path: stranger.get(path).status_code for path in records} == dict.fromkeys(records, 404)
    clerk.get("/posteingang")
    filing = {"case_file_id": str(city.file_id), "document_type": "Antrag", "subject": "Antrag"}
    assert clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", htmx=True, **filing).status_code == 200
    city.services.close()
