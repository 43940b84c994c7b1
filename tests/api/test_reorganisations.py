"""Units, posts and reorganisation by programs of the administration."""

from __future__ import annotations

from uuid import uuid4

from tests.api.conftest import Program, code_of
from tests.web.city import City

MERGE = {"kind": "merge", "org_unit_codes": ["63.2"], "successor": {"code": "50.1"}}


def holder_of(administrator: Program, unit: str) -> str:
    units = {one["code"]: one for one in administrator.get("/org-units/tree").get_json()["items"]}
    holder = units[unit]["staffed_posts"][0]["people"][0]["holder_id"]
    assert isinstance(holder, str)
    return holder


def test_a_merger_is_foreseen_and_then_carried_out(city: City, administrator: Program, stranger: Program) -> None:
    told = administrator.post("/reorganisations/preview", {"change": MERGE}).get_json()
    assert (told["case_files_held"], [post["holders"] for post in told["affected_posts"]]) == (2, [["Brandt, Kathrin"]])
    assert {"name": "Okafor, Grace", "org_units": ["63.2 Bauaufsicht"]} in told["sight_gained"]
    assert stranger.get(f"/case-files/{city.file_id}").status_code == 404
    done = administrator.post("/reorganisations", {"change": MERGE, "reason": "Neue Gliederung"})
    assert (done.status_code, done.get_json()) == (200, {"kind": "merge"})
    assert stranger.get(f"/case-files/{city.file_id}").get_json()["unit_code"] == "50.1"


def test_every_kind_of_change_is_understood(administrator: Program) -> None:
    changes = [
        {"kind": "rename", "org_unit_code": "63.2", "code": "63.5", "name": "Aufsicht"},
        {"kind": "move", "org_unit_code": "63.5", "parent": "50"},
        {
            "kind": "split",
            "org_unit_code": "63.5",
            "successors": [{"code": "50.8", "name": "Nord"}, {"code": "50.9", "name": "Süd"}],
        },
        {"kind": "dissolve", "org_unit_code": "50.8", "successor_code": "50.9"},
    ]
    for change in changes:
        assert administrator.post("/reorganisations", {"change": change, "reason": "Ordnung"}).status_code == 200
    codes = [one["code"] for one in administrator.get("/org-units/tree").get_json()["items"]]
    assert "50.9" in codes
    assert not {"63.2", "63.5", "50.8"} & set(codes)


def test_the_hold_of_a_post_is_ended(city: City, administrator: Program, clerk: Program) -> None:
    assert clerk.get(f"/case-files/{city.file_id}").status_code == 200
    assert administrator.call("DELETE", f"/post-holders/{holder_of(administrator, '63.2')}").status_code == 200
    assert clerk.get(f"/case-files/{city.file_id}").status_code == 403
    assert code_of(administrator.call("DELETE", f"/post-holders/{uuid4()}")) == (404, "not-found")


def test_a_clerk_neither_reorganises_nor_sees_the_posts(clerk: Program) -> None:
    assert code_of(clerk.get("/org-units/tree")) == (403, "not-allowed")
    for path, body in (
        ("/reorganisations/preview", {"change": MERGE}),
        ("/reorganisations", {"change": MERGE, "reason": "x"}),
    ):
        assert code_of(clerk.post(path, body)) == (403, "not-allowed")
