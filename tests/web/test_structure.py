"""Structure, document life and moves as people see and do them in the browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from uuid import UUID

import pytest

from eakte.actions import users
from eakte.records.access import SYSTEM, Role
from tests.web.city import NOW, City
from tests.web.conftest import Person
from tests.web.test_rights import first_case


@pytest.fixture
def registry(city: City, signed_in: Callable[[str], Person]) -> Person:
    """A registrar of the building department."""
    with city.services.database.begin() as session:
        users.assign_post(
            session, SYSTEM, "brandt", unit_code="63.2", title="Registratur", role=Role.REGISTRAR,
            valid_from=NOW.date(), now=NOW,
        )  # fmt: skip
    return signed_in("brandt")


def opened(clerk: Person, city: City, what: str, **fields: str) -> str:
    clerk.get(f"/akten/{city.file_id}")
    answer = clerk.post(f"/akten/{city.file_id}/{what}", **fields)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_the_tree_names_sub_files_cases_and_parts_with_roles_for_assistive_technology(
    city: City, clerk: Person
) -> None:
    address = opened(clerk, city, "teilakten", subject="Band Statik")
    page = clerk.get(address).text
    assert 'role="tree"' in page
    assert "Teilakte T01 Band Statik" in page
    band = re.search(r'name="sub_file_id" value="([^"]+)"', page)
    assert band is not None
    inside = clerk.get(opened(clerk, city, "vorgaenge", subject="Prüfstatik", sub_file_id=band[1])).text
    assert "Vorgang 02 Prüfstatik" in inside
    assert 'role="group"' in inside
    parent = re.search(r'name="parent_id" value="([^"]+)"', inside)
    assert parent is not None
    deeper = clerk.get(opened(clerk, city, "vorgaenge", subject="Nachforderung", parent_id=parent[1])).text
    assert "Teilvorgang 03 Nachforderung" in deeper
    answer = clerk.post(f"/akten/{city.file_id}/vorgaenge", subject="zu tief", parent_id=_parent(deeper))
    assert answer.status_code == 409
    assert "Tiefer geht es nicht" in answer.text


def _parent(page: str) -> str:
    found = re.search(r'name="parent_id" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_case_is_renamed_closed_and_opened_again_by_the_registry(city: City, registry: Person) -> None:
    case_id = first_case(city, city.file_id)
    registry.get(f"/akten/{city.file_id}")
    registry.post(f"/vorgaenge/{case_id}/umbenennen", subject="Genehmigung", revision="1")
    assert "Vorgang 01 Genehmigung" in registry.get(f"/akten/{city.file_id}").text
    assert registry.post(f"/vorgaenge/{case_id}/umbenennen", subject="Anders", revision="1").status_code == 409
    registry.post(f"/vorgaenge/{case_id}/abschliessen", revision="2")
    page = registry.get(f"/akten/{city.file_id}").text
    assert "abgeschlossen" in page
    assert registry.post(f"/vorgaenge/{case_id}/wieder-oeffnen", reason="").status_code == 422
    assert registry.post(f"/vorgaenge/{case_id}/wieder-oeffnen", reason="Nachtrag").status_code == 303


def test_a_document_is_checked_out_gets_a_version_and_is_signed_off(city: City, clerk: Person) -> None:
    address = f"/dokumente/{city.filed}"
    clerk.get(address)
    assert clerk.post(f"{address}/auschecken").status_code == 303
    assert "Ausgecheckt von Ihnen" in clerk.get(address).text
    assert clerk.post(f"{address}/fassungen").status_code == 422
    answer = clerk.post(
        f"{address}/fassungen", files=(io.BytesIO(b"neue Fassung"), "neu.txt"), based_on="1", check_in="on"
    )
    assert answer.status_code == 303
    page = clerk.get(address).text
    assert "neu.txt: wird gelesen" in page
    assert "Ausgecheckt" not in page
    assert clerk.post(f"{address}/schlusszeichnen").status_code == 409
    assert clerk.get(f"{address}/fassungen/1/original").status_code == 200
    assert clerk.get(f"{address}/fassungen/2/original").status_code == 404


def test_a_voided_document_shows_its_reason(city: City, clerk: Person) -> None:
    address = f"/dokumente/{city.filed}"
    clerk.get(address)
    clerk.post(f"{address}/schlusszeichnen")
    clerk.post(f"{address}/stornieren", reason="doppelt abgelegt")
    page = clerk.get(address).text
    assert "Storniert am" in page
    assert "doppelt abgelegt" in page
    assert "Schlusszeichnen</button>" not in page


def test_a_document_moves_only_after_its_preview_was_confirmed(city: City, clerk: Person) -> None:
    second = opened(clerk, city, "vorgaenge", subject="Abnahme")
    form = f"/dokumente/{city.filed}/umprotokollieren"
    page = clerk.get(f"{form}?target={city.file_reference}-02").text
    assert "Niemand liest danach mehr als bisher." in page
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert confirmed is not None
    target = f"{city.file_reference}-02"
    assert clerk.post(form, target=target, reason="falsch", confirmed="").status_code == 409
    assert clerk.post(form, target=target, reason="falsch", confirmed=confirmed[1]).status_code == 303
    assert f"{city.file_reference}-02#0001" in clerk.get(f"/dokumente/{city.filed}").text
    assert f"Frühere Zeichen: {city.file_reference}-01#0001" in clerk.get(f"/dokumente/{city.filed}").text
    assert second.endswith("vorgang=2")
    old = clerk.get(f"/az/{city.file_reference}-01%230001")
    assert old.headers["Location"] == f"/dokumente/{city.filed}"


def test_an_unknown_place_is_refused_like_one_that_is_hidden(city: City, clerk: Person) -> None:
    answer = clerk.get(f"/dokumente/{city.filed}/umprotokollieren?target=99.99-2026/0001-01")
    assert answer.status_code == 422
    assert "nicht zu finden" in answer.text


def test_the_old_address_of_a_case_that_moved_away_leads_to_it(city: City, clerk: Person) -> None:
    clerk.get("/akten/neu")
    other = clerk.post("/akten", file_plan_code="63.20", subject="Garage", org_unit_code="63.2").headers["Location"]
    reference = re.search(r"<h1><span>([^<]+)</span>", clerk.get(other).text)
    assert reference is not None
    opened(clerk, city, "vorgaenge", subject="Garage")
    case_id = _chosen_case(clerk, f"/akten/{city.file_id}?vorgang=2")
    form = f"/vorgaenge/{case_id}/umprotokollieren"
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', clerk.get(f"{form}?target={reference[1]}").text)
    assert confirmed is not None
    moved = clerk.post(form, target=reference[1], reason="falsche Akte", confirmed=confirmed[1])
    assert moved.headers["Location"] == f"{other}?vorgang=2"
    assert clerk.get(f"/akten/{city.file_id}?vorgang=2").headers["Location"] == f"{other}?vorgang=2"


def _chosen_case(clerk: Person, address: str) -> UUID:
    found = re.search(r'action="/vorgaenge/([0-9a-f-]+)/umbenennen"', clerk.get(address).text)
    assert found is not None
    return UUID(found[1])


def test_the_registry_moves_a_file_to_another_plan_unit(city: City, registry: Person) -> None:
    form = f"/akten/{city.file_id}/umprotokollieren"
    page = registry.get(f"{form}?file_plan_code=63.90").text
    assert "kürzer aufbewahrt" in page
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert confirmed is not None
    registry.post(form, file_plan_code="63.90", reason="falscher Plan", confirmed=confirmed[1])
    assert registry.get(f"/az/{city.file_reference}").headers["Location"] == f"/akten/{city.file_id}"
    assert "63.90-2026/" in registry.get(f"/akten/{city.file_id}").text


def test_a_link_is_made_shown_and_taken_away(city: City, clerk: Person) -> None:
    opened(clerk, city, "vorgaenge", subject="Abnahme")
    clerk.get(f"/dokumente/{city.filed}")
    clerk.post(f"/dokumente/{city.filed}/verweise", target=f"{city.file_reference}-02")
    assert f"Verweis auf {city.file_reference}-01#0001" in clerk.get(f"/akten/{city.file_id}?vorgang=2").text
    page = clerk.get(f"/dokumente/{city.filed}").text
    remove = re.search(r'action="(/verweise/[^"]+)"', page)
    assert remove is not None
    assert clerk.post(remove[1]).status_code == 303
    assert f"Verweis auf {city.file_reference}" not in clerk.get(f"/akten/{city.file_id}?vorgang=2").text
