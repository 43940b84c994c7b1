"""Programs of two people change a rule after its preview."""

from __future__ import annotations

from collections.abc import Callable

from eakte.worker import rule_preview
from tests.api.conftest import Program, code_of
from tests.web.city import City

TYPED = {"period": "30 Jahre", "valid_from": "01.01.2027", "reason": "Satzung"}


def test_two_people_change_a_rule(program: Callable[[str], Program], city: City, clerk: Program) -> None:
    first, second = program("reimer"), program("seidel")
    assert code_of(clerk.get("/rule-drafts"))[0] == 403
    assert code_of(first.post("/rule-drafts", {"rule_change": "version", "rule_key": "99"})) == (404, "not-found")
    made = first.post("/rule-drafts", {"rule_change": "version", "rule_key": "63.90"})
    assert made.status_code == 201
    path = f"/rule-drafts/{made.get_json()['draft_id']}"
    assert set(made.get_json()["rule_faults"]) == {"valid_from", "reason"}
    assert code_of(first.call("POST", f"{path}/preview")) == (409, "draft-not-ready")
    tag = {"If-Match": first.tag(path)}
    saved = first.call("PATCH", path, json={"rule_texts": TYPED}, headers=tag)
    assert (saved.get_json()["rule_faults"], saved.get_json()["becomes"]["rule_id"]) == ({}, "63.90/2")
    assert first.call("PATCH", path, json={"rule_texts": TYPED}, headers=tag).status_code == 412
    assert code_of(first.get(f"{path}/moved-files")) == (409, "preview-not-seen")
    running = first.call("POST", f"{path}/preview").get_json()
    assert (running["preview_state"], running["compared_of"]) == ("running", 2)
    for _ in range(2):
        rule_preview.compare(city.services, path.rsplit("/", 1)[1], "1")
    told = second.get(f"{path}/preview").get_json()
    assert told["preview_state"] == "fresh"
    assert told["effect_counts"] == [{"effect": "no_longer_due", "case_files_moved": 1}]
    assert {(one["end_year"], one["ends_before"], one["ends_after"]) for one in told["moves_by_year"]} == {
        (2015, 1, 0),
        (2040, 0, 1),
    }
    [moved] = second.get(f"{path}/moved-files").get_json()["items"]
    assert (moved["outcome_before"], moved["end_after"]) == ("destroy", "2040-12-31")
    seen = {"fingerprint": told["fingerprint"]}
    assert code_of(first.post(f"{path}/approval", seen)) == (409, "same-person")
    assert code_of(second.post(f"{path}/approval", {"fingerprint": "0" * 64})) == (409, "preview-not-seen")
    assert second.post(f"{path}/approval", seen).get_json()["approved_by"] == "Seidel, Rolf (seidel)"
    assert second.get(path).get_json()["draft_state"] == "approved"
    again = first.post("/rule-drafts", {"rule_change": "end", "rule_key": "63.90"}).get_json()["draft_id"]
    given_up = first.post(f"/rule-drafts/{again}/discarding", {"reason": "Irrtum"})
    assert given_up.get_json()["draft_state"] == "discarded"
    assert len(first.get("/rule-drafts").get_json()["items"]) == 2
