"""Metadata by program: declared fields, changing against lost updates, paper parts and loans."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from eakte.actions import paper
from eakte.actions.paper import Place
from eakte.records.metadata import CaseFileKind, Catalogue, DocumentKind, FieldSpec, FieldType, FileTemplate, Required
from tests.api.conftest import Program, code_of
from tests.web.city import NOW, City, reread

CATALOGUE = Catalogue(
    case_file_kinds=(
        CaseFileKind(
            "bauakte",
            "Bauakte",
            ("63.20",),
            (FieldSpec("flurstueck", "Flurstück", pattern=r"\d+", hint="Eine Nummer."),),
        ),
    ),
    document_kinds=(
        DocumentKind("Bauantrag", (FieldSpec("betrag", "Rohbausumme", FieldType.MONEY),)),
        DocumentKind("Rechnung", (FieldSpec("rechnungsnummer", "Rechnungsnummer", required=Required.FILING),)),
    ),
    templates=(FileTemplate("bauantrag", "Bauantrag", ("63.20",), cases=("Antrag", "Nachbarn")),),
)
NEW = {"file_plan_code": "63.20", "subject": "Anbau Lindenweg 3", "org_unit_code": "63.2"}


@pytest.fixture(autouse=True)
def declared(city: City) -> None:
    city.services.database.catalogue = CATALOGUE


def values(told: Any) -> dict[str, object]:
    """Return the values of a record's declared fields."""
    return {one["name"]: one["value"] for one in told["fields"] if one["value"] is not None}


def test_a_program_reads_what_is_declared(clerk: Program) -> None:
    told = clerk.get("/metadata").get_json()
    assert told["case_file_kinds"][0]["fields"][0]["pattern"] == r"\d+"
    assert [kind["name"] for kind in told["document_types"]] == ["Bauantrag", "Rechnung"]
    assert told["templates"][0]["case_subjects"] == ["Antrag", "Nachbarn"]


def test_the_second_of_two_programs_gets_the_stored_document_and_overwrites_nothing(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"
    seen = clerk.tag(path)
    assert code_of(clerk.call("PATCH", path, json={"sender": "x"})) == (428, "precondition-needed")
    first = clerk.call(
        "PATCH", path, json={"sender": "Erst", "field_values": {"betrag": 12.5}}, headers={"If-Match": seen}
    )
    assert (first.status_code, values(first.get_json())) == (200, {"betrag": "12.50"})
    second = clerk.call("PATCH", path, json={"sender": "Zweit"}, headers={"If-Match": seen})
    assert code_of(second) == (412, "stale-revision")
    assert second.get_json()["current"] == clerk.get(path).get_json()
    assert second.get_json()["current"]["sender"] == "Erst"
    again = clerk.call("PATCH", path, json={"sender": "Zweit"}, headers={"If-Match": clerk.tag(path)})
    assert (again.get_json()["sender"], again.get_json()["subject"]) == ("Zweit", first.get_json()["subject"])


def test_a_field_is_emptied_by_null_and_a_wrong_one_named(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"

    def patch(body: object) -> Any:
        return clerk.call("PATCH", path, json=body, headers={"If-Match": clerk.tag(path)}).get_json()

    patch({"field_values": {"betrag": "7"}, "letter_date": "2026-11-01"})
    emptied = patch({"field_values": {"betrag": None}, "letter_date": None})
    assert (values(emptied), emptied["letter_date"]) == ({}, None)
    refused = clerk.call(
        "PATCH", path, json={"field_values": {"betrag": "viel"}}, headers={"If-Match": clerk.tag(path)}
    )
    assert code_of(refused) == (422, "invalid-input")
    assert refused.get_json()["errors"][0]["field"] == "/field_values/betrag"
    unknown = clerk.call("PATCH", path, json={"field_values": {"farbe": "rot"}}, headers={"If-Match": "*"})
    assert "„farbe“ gibt es hier nicht" in unknown.get_json()["detail"]


def test_a_case_file_is_opened_with_fields_and_a_template_and_changed(clerk: Program) -> None:
    refused = clerk.post("/case-files", {**NEW, "field_values": {"flurstueck": "zwölf"}})
    assert refused.get_json()["errors"][0]["field"] == "/field_values/flurstueck"
    made = clerk.post("/case-files", {**NEW, "template": "bauantrag", "field_values": {"flurstueck": 12}})
    path = made.headers["Location"].removeprefix("/api/v1")
    shown = clerk.get(path).get_json()
    assert (values(shown), shown["medium"], shown["file_type"]) == ({"flurstueck": "12"}, "electronic", "")
    changed = clerk.call(
        "PATCH", path, json={"subject": "Carport", "file_type": "bauakte"}, headers={"If-Match": clerk.tag(path)}
    ).get_json()
    assert (changed["subject"], changed["file_type"]) == ("Carport", "bauakte")


def test_a_document_is_filed_with_its_fields(city: City, clerk: Program) -> None:
    stated = {"case_file_id": str(city.file_id), "document_type": "Rechnung", "subject": "Rechnung"}
    path, items = f"/incoming-items/{city.waiting[0]}", city.waiting
    refused = clerk.post(f"{path}/filing", stated, seen=clerk.tag(path))
    assert refused.get_json()["errors"][0]["field"] == "/field_values/rechnungsnummer"
    stated["field_values"] = {"rechnungsnummer": "RE-7"}  # type: ignore[assignment]
    filed = clerk.post(f"{path}/filing", stated, seen=clerk.tag(path))
    assert filed.status_code == 201
    document = clerk.get(f"/documents/{filed.get_json()['document_id']}").get_json()
    assert values(document) == {"rechnungsnummer": "RE-7"}
    reread(city, items[1], deadlines=())
    many = clerk.post("/filings", {"items": [{**stated, "item_id": str(items[1])}]}).get_json()
    assert many["results"][0]["problem"] is None


def test_the_list_of_loans_goes_on_where_it_was(city: City, manager: Program, clerk: Program) -> None:
    actor = city.actor("reimer")
    with city.services.database.begin() as session:
        for number in range(3):
            part = paper.add_part(session, actor, city.file_id, Place(f"Band {number}"), NOW)
            due = date(2026, 12, 3 - number)
            paper.lend(session, actor, part.id, borrower="Gericht", due_on=due, now=NOW)
    first = manager.get("/loans?overdue=false&limit=2").get_json()
    second = manager.get(first["next"]).get_json()
    read = [row["content"] for row in (*first["items"], *second["items"])]
    assert (read, first["total"], second["next"]) == (["Band 2", "Band 1", "Band 0"], 3, None)
    assert manager.get("/loans").get_json()["items"] == []
    assert code_of(clerk.get("/loans")) == (403, "not-allowed")


def test_a_program_says_what_a_case_file_consists_of(city: City, manager: Program, clerk: Program) -> None:
    path = f"/case-files/{city.file_id}/medium"
    assert manager.post(path, {"medium": "paper"}).get_json()["medium"] == "paper"
    assert code_of(clerk.post(path, {"medium": "hybrid"})) == (403, "not-allowed")


def test_a_stranger_changes_nothing(city: City, stranger: Program) -> None:
    for address in (f"/documents/{city.filed}", f"/case-files/{city.file_id}"):
        hidden = stranger.call("PATCH", address, json={"subject": "x"}, headers={"If-Match": "*"})
        assert code_of(hidden) == (404, "not-found")
