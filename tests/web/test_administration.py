"""Rights, deputies and the organisation at the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.store.files import AccessRestriction, Share
from eakte.store.organisation import Deputation
from eakte.store.people import OrgUnit, Post
from tests.web.city import City
from tests.web.conftest import Person


@pytest.fixture
def administrator(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("verwalter")


def unit_id(city: City, code: str) -> UUID:
    with city.services.database.reading() as session:
        return session.scalars(select(OrgUnit.id).where(OrgUnit.code == code, OrgUnit.dissolved_at.is_(None))).one()


def test_a_clerk_sees_who_sees_the_file_and_why(city: City, clerk: Person) -> None:
    page = clerk.get(f"/akten/{city.file_id}/rechte").text
    assert "Brandt, Kathrin" in page
    assert "führt die Akte." in page
    assert "Die Rolle Revision liest alle Akten" in page
    assert "Sperren" not in page


def test_a_share_is_previewed_given_and_revoked(city: City, clerk: Person, stranger: Person) -> None:
    address = f"/akten/{city.file_id}/rechte"
    clerk.get(address)
    told = clerk.post(f"{address}/vorschau", asked="share", unit="50.1 Wohngeld", reason="Mitwirkung")
    assert told.status_code == 200
    assert "1 Person sähe die Akte zusätzlich:" in told.text
    assert "Okafor, Grace" in told.text
    assert 'value="Mitwirkung"' in told.text
    assert stranger.get(f"/akten/{city.file_id}").status_code == 404
    assert clerk.post(f"{address}/freigaben", unit="50.1", reason="Mitwirkung", until="31.12.2026").status_code == 303
    assert stranger.get(f"/akten/{city.file_id}").status_code == 200
    with city.services.database.reading() as session:
        share_id = session.scalars(select(Share.id)).one()
    assert clerk.post(f"{address}/freigaben/{share_id}/widerrufen").status_code == 303
    assert stranger.get(f"/akten/{city.file_id}").status_code == 404


def test_a_block_hides_the_file_until_it_is_lifted(city: City, clerk: Person, manager: Person) -> None:
    address = f"/akten/{city.file_id}/rechte"
    manager.get(address)
    fields = {"kind": "conflict", "person": "brandt", "reason": "Nachbarin"}
    assert "nicht mehr:" in manager.post(f"{address}/vorschau", asked="block", **fields).text
    assert manager.post(f"{address}/sperren", **fields).status_code == 303
    assert clerk.get(f"/akten/{city.file_id}").status_code == 404
    assert "Interessenkonflikt: Nachbarin" in manager.get(address).text
    with city.services.database.reading() as session:
        block_id = session.scalars(select(AccessRestriction.id)).one()
    assert manager.post(f"{address}/sperren/{block_id}/aufheben", reason="").status_code == 422
    assert manager.post(f"{address}/sperren/{block_id}/aufheben", reason="Umgezogen").status_code == 303
    assert clerk.get(f"/akten/{city.file_id}").status_code == 200


def test_either_a_unit_or_a_person_is_named(city: City, clerk: Person) -> None:
    address = f"/akten/{city.file_id}/rechte"
    clerk.get(address)
    both = clerk.post(f"{address}/freigaben", unit="50.1", person="okafor", reason="x")
    neither = clerk.post(f"{address}/freigaben", reason="x")
    assert both.status_code == neither.status_code == 422


def test_a_clerk_may_not_block_and_a_stranger_finds_no_rights(city: City, clerk: Person, stranger: Person) -> None:
    address = f"/akten/{city.file_id}/rechte"
    clerk.get(address)
    stranger.get("/akten")
    assert clerk.post(f"{address}/sperren", person="okafor", reason="x").status_code == 403
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/vorschau", asked="share", unit="50.1").status_code == 404
    assert stranger.post(f"{address}/freigaben", unit="50.1", reason="x").status_code == 404


def test_a_clerk_arranges_a_deputy_for_the_own_post_and_ends_it(city: City, clerk: Person, stranger: Person) -> None:
    page = clerk.get("/vertretung").text
    (post_id,) = re.findall(r'<option value="([^"]+)">63\.2', page)
    answer = clerk.post("/vertretung", post_id=post_id, deputy="okafor", until="30.11.2026", reason="Urlaub")
    assert answer.status_code == 303
    assert stranger.get(f"/akten/{city.file_id}").status_code == 200
    assert "(Sie)" in stranger.get("/vertretung").text
    with city.services.database.reading() as session:
        deputation_id = session.scalars(select(Deputation.id)).one()
    assert stranger.post(f"/vertretung/{deputation_id}/beenden").status_code == 303
    assert stranger.get(f"/akten/{city.file_id}").status_code == 404


def test_nobody_deputises_for_a_post_they_do_not_hold(city: City, stranger: Person) -> None:
    with city.services.database.reading() as session:
        post_id = session.scalars(
            select(Post.id).join(OrgUnit, OrgUnit.id == Post.org_unit_id).where(OrgUnit.code == "63.2")
        ).one()
    stranger.get("/vertretung")
    answer = stranger.post("/vertretung", post_id=str(post_id), deputy="pruefer", until="30.11.2026")
    assert answer.status_code == 404


def test_the_administration_shows_units_with_posts_and_people(administrator: Person, clerk: Person) -> None:
    page = administrator.get("/verwaltung").text
    assert "63.2" in page
    assert "Brandt, Kathrin" in page
    assert clerk.get("/verwaltung").status_code == 403


def test_a_reorganisation_is_previewed_and_then_carried_out(city: City, administrator: Person, clerk: Person) -> None:
    address = f"/verwaltung/einheiten/{unit_id(city, '63.2')}"
    administrator.get(address)
    fields = {"change": "rename", "code": "63.7", "name": "Bauaufsicht neu"}
    told = administrator.post(f"{address}/vorschau", **fields)
    assert told.status_code == 200
    assert "keine Akte wird geändert" in told.text
    assert "Bauaufsicht neu" not in clerk.get(f"/akten/{city.file_id}").text
    assert administrator.post(f"{address}/neu-ordnen", **fields).status_code == 422
    assert administrator.post(f"{address}/neu-ordnen", reason="Neue Gliederung", **fields).status_code == 303
    assert "63.7 Bauaufsicht neu" in clerk.get(f"/akten/{city.file_id}").text


def test_a_unit_is_added_merged_and_shown_as_former(city: City, administrator: Person) -> None:
    administrator.get("/verwaltung")
    added = administrator.post("/verwaltung/einheiten", code="63.9", name="Neu", kind="section", parent="63")
    assert added.status_code == 303
    address = f"/verwaltung/einheiten/{unit_id(city, '63.9')}"
    administrator.get(address)
    merged = administrator.post(f"{address}/neu-ordnen", change="merge", units="63.2", into="63.9", reason="Ordnung")
    assert merged.status_code == 303
    page = administrator.get("/verwaltung").text
    assert "Frühere Einheiten" in page
    assert "Nachfolge: 63.9 Neu" in page


def test_a_unit_is_divided_with_its_posts(city: City, administrator: Person, clerk: Person) -> None:
    address = f"/verwaltung/einheiten/{unit_id(city, '63.2')}"
    (post,) = re.findall(r'name="(post-[^"]+)"', administrator.get(address).text)
    parts = {"code-1": "63.5", "name-1": "Nord", "code-2": "63.6", "name-2": "Süd", post: "63.6"}
    assert "Brandt, Kathrin" in administrator.post(f"{address}/vorschau", change="split", **parts).text
    done = administrator.post(f"{address}/neu-ordnen", change="split", reason="Zu groß", **parts)
    assert done.status_code == 303
    assert "63.6" in clerk.get("/akten/neu").text
    assert clerk.get(f"/akten/{city.file_id}").status_code == 200


def test_posts_are_assigned_and_ended(city: City, administrator: Person, stranger: Person) -> None:
    address = f"/verwaltung/einheiten/{unit_id(city, '63.2')}"
    administrator.get(address)
    given = administrator.post(f"{address}/stellen", login="okafor", title="Aushilfe", role="clerk")
    assert given.status_code == 303
    assert stranger.get(f"/akten/{city.file_id}").status_code == 200
    page = administrator.get(address).text
    place = page.index("Okafor")
    holder = re.findall(r"/stellen/([0-9a-f-]+)/beenden", page[:place])[-1]
    assert administrator.post(f"{address}/stellen/{holder}/beenden").status_code == 303
    assert stranger.get(f"/akten/{city.file_id}").status_code == 404


def test_an_administrator_gives_no_post_to_themselves(city: City, administrator: Person) -> None:
    address = f"/verwaltung/einheiten/{unit_id(city, '63.2')}"
    administrator.get(address)
    assert administrator.post(f"{address}/stellen", login="verwalter", title="X", role="clerk").status_code == 422


def test_a_person_is_added_and_leads_to_the_account(administrator: Person) -> None:
    administrator.get("/verwaltung")
    answer = administrator.post("/verwaltung/personen", login="neumann", name="Neumann, N.")
    assert answer.status_code == 303
    assert "Neumann, N." in administrator.get(answer.headers["Location"]).text
