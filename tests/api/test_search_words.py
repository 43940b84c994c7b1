"""Programs of administrators keep the words of the search."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program, code_of


def test_words_are_listed_added_changed_and_removed(program: Callable[[str], Program], clerk: Program) -> None:
    admin = program("verwalter")
    made = admin.post("/synonym-groups", {"synonyms": ["Tiefgarage", "Kellergarage"]})
    assert made.status_code == 201
    path = f"/synonym-groups/{made.get_json()['group_id']}"
    assert clerk.get("/search?q=Kellergarage").get_json()["total"] == 1
    assert admin.call("PUT", path, json={"synonyms": ["Keller", "Souterrain"]}).status_code == 200
    assert admin.post("/stop-words", {"stop_word": "dringlichst"}).status_code == 201
    told = admin.get("/search-words").get_json()
    assert told["stop_words"] == ["dringlichst"]
    assert ["Keller", "Souterrain"] in [one["synonyms"] for one in told["synonym_groups"]]
    assert admin.call("DELETE", "/stop-words/dringlichst").status_code == 200
    assert code_of(admin.call("DELETE", "/stop-words/dringlichst")) == (404, "not-found")
    assert admin.call("DELETE", path).status_code == 200
    assert code_of(admin.call("DELETE", path)) == (404, "not-found")
    assert code_of(admin.post("/synonym-groups", {"synonyms": ["Garage", "Garagen"]})) == (422, "invalid-input")
    assert code_of(clerk.get("/search-words"))[0] == 403
