"""Changing records by program: two who change the same, parts of case files, the life of documents, moves."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from tests.api.conftest import Program, code_of
from tests.web.city import City


def test_of_two_who_change_the_same_document_the_second_sees_what_the_first_wrote(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"
    seen = clerk.tag(path)
    first = clerk.call("PATCH", path, json={"subject": "Neubau mit Tiefgarage"}, headers={"If-Match": seen})
    assert (first.status_code, first.get_json()["subject"]) == (200, "Neubau mit Tiefgarage")
    second = clerk.call("PATCH", path, json={"subject": "Anbau"}, headers={"If-Match": seen})
    assert code_of(second) == (412, "stale-revision")
    assert second.get_json()["current"]["subject"] == "Neubau mit Tiefgarage"
    assert clerk.get(path).get_json()["subject"] == "Neubau mit Tiefgarage"


def test_only_what_is_named_changes(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"
    before = clerk.get(path).get_json()
    clerk.call("PATCH", path, json={"letter_date": None}, headers={"If-Match": "*"})
    after = clerk.get(path).get_json()
    assert {name for name in before if before[name] != after[name]} == {"letter_date", "revision"}


def test_a_case_file_is_renamed_and_a_stranger_finds_none(city: City, clerk: Program, stranger: Program) -> None:
    path = f"/case-files/{city.file_id}"
    changed = clerk.call("PATCH", path, json={"subject": "Neubau Gartenweg 9"}, headers={"If-Match": clerk.tag(path)})
    assert changed.get_json()["subject"] == "Neubau Gartenweg 9"
    refused = stranger.call("PATCH", path, json={"subject": "x"}, headers={"If-Match": "*"})
    assert code_of(refused) == (404, "not-found")


def test_a_field_nobody_declared_is_named(city: City, clerk: Program) -> None:
    body = {"field_values": {"farbe": "rot"}}
    refused = clerk.call("PATCH", f"/documents/{city.filed}", json=body, headers={"If-Match": "*"})
    assert code_of(refused) == (422, "invalid-input")
    assert refused.get_json()["errors"][0]["field"] == "/field_values/farbe"


def test_sub_files_and_cases_are_opened_renamed_closed_and_opened_again(
    city: City, clerk: Program, program: Callable[[str], Program]
) -> None:
    file = f"/case-files/{city.file_id}"
    sub_file = clerk.post(f"{file}/sub-files", {"subject": "Statik"}).get_json()
    inside = {"subject": "Prüfbericht", "sub_file_id": sub_file["sub_file_id"]}
    case = clerk.post(f"{file}/cases", inside).get_json()
    path = f"/cases/{case['case_id']}"
    renamed = clerk.call("PATCH", path, json={"subject": "Prüfberichte"}, headers={"If-Match": clerk.tag(path)})
    assert renamed.get_json()["subject"] == "Prüfberichte"
    closed = clerk.post(f"{path}/closing", seen=renamed.headers["ETag"]).get_json()
    assert closed["state"] == "closed"
    assert code_of(clerk.post(f"{path}/reopening", {"reason": "Nachtrag"})) == (403, "not-allowed")
    registry = program("reimer")
    assert registry.post(f"{path}/reopening", {"reason": "Nachtrag"}).get_json()["state"] == "open"
    assert [one["subject"] for one in clerk.get(f"{file}/sub-files").get_json()["items"]] == ["Statik"]
    held = clerk.post(f"/sub-files/{sub_file['sub_file_id']}/closing", seen="*").get_json()
    assert held["state"] == "closed"


def test_a_document_is_checked_out_for_one_person(city: City, clerk: Program, manager: Program) -> None:
    path = f"/documents/{city.filed}"
    life = clerk.post(f"{path}/check-out", {}).get_json()
    assert (life["locked_by"], life["locked_by_me"]) == ("Brandt, Kathrin", True)
    assert manager.post(f"{path}/break-lock", {"reason": "Urlaub"}).get_json()["locked_by"] == ""
    assert clerk.post(f"{path}/check-in").get_json()["locked_by"] == ""


def test_a_new_version_waits_to_be_read_and_a_signed_document_takes_none(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"
    sent = clerk.call("POST", f"{path}/versions?remark=Unterschrieben", data={"file": (io.BytesIO(b"neu"), "neu.txt")})
    assert sent.status_code == 202
    assert clerk.get(f"{path}/life").get_json()["uploads"][0]["upload_id"] == sent.get_json()["upload_id"]
    under_way = clerk.post(f"{path}/finalising", seen=clerk.tag(path))
    assert code_of(under_way)[0] == 409


def test_a_document_is_signed_off_and_never_changes_again(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"
    assert clerk.post(f"{path}/finalising", seen=clerk.tag(path)).get_json()["state"] == "final"
    refused = clerk.call("PATCH", path, json={"subject": "Anders"}, headers={"If-Match": "*"})
    assert code_of(refused) == (409, "move-refused")


def test_a_document_is_voided_with_its_reason(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"
    assert clerk.post(f"{path}/voiding", {"reason": "Falsche Akte"}).get_json()["state"] == "voided"
    assert clerk.get(f"{path}/life").get_json()["void_reason"] == "Falsche Akte"


def test_a_document_is_shown_in_another_case_and_taken_away_again(city: City, clerk: Program) -> None:
    case = clerk.post(f"/case-files/{city.file_id}/cases", {"subject": "Nachtrag"}).get_json()
    path = f"/documents/{city.filed}/places"
    made = clerk.post(path, {"case_id": case["case_id"]}).get_json()
    assert [one["reference"] for one in clerk.get(path).get_json()["places"]] == [case["reference"]]
    assert clerk.call("DELETE", f"/document-references/{made['reference_id']}").status_code == 200
    assert clerk.get(path).get_json()["places"] == []


def test_a_move_is_done_exactly_as_it_was_told(city: City, clerk: Program) -> None:
    case = clerk.post(f"/case-files/{city.file_id}/cases", {"subject": "Nachtrag"}).get_json()
    move = {"kind": "document", "document_id": str(city.filed), "case_id": case["case_id"]}
    told = clerk.post("/moves/preview", {"move": move}).get_json()
    assert (told["refusals"], told["wider"]) == ([], False)
    other = clerk.post("/moves", {"move": move, "fingerprint": "anders", "reason": "Falscher Vorgang"})
    assert code_of(other)[0] == 409
    confirmed = {"move": move, "fingerprint": told["fingerprint"], "reason": "Falscher Vorgang"}
    done = clerk.post("/moves", confirmed, key="fv-8").get_json()
    assert done["reference"].startswith(case["reference"])
    assert clerk.post("/moves", confirmed, key="fv-8").get_json() == done
    assert clerk.get(f"/documents/{city.filed}").get_json()["reference"] == done["reference"]


def test_reopening_is_told_before_it_is_done(city: City, manager: Program) -> None:
    told = manager.get(f"/case-files/{city.old_file}/reopening").get_json()
    assert (told["possible"], told["end_before"]) == (True, "2015-12-31")
    assert told["effects"]


@pytest.mark.parametrize("kind", ["document", "case"])
def test_a_stranger_moves_nothing(city: City, clerk: Program, stranger: Program, kind: str) -> None:
    case = clerk.get(f"/case-files/{city.file_id}/cases").get_json()["items"][0]["case_id"]
    ids = {"document": {"document_id": str(city.filed)}, "case": {"case_file_id": str(city.file_id)}}[kind]
    move = {"kind": kind, "case_id": case, **ids}
    assert code_of(stranger.post("/moves/preview", {"move": move})) == (404, "not-found")


def test_rights_are_given_hidden_and_explained(
    city: City, stranger: Program, program: Callable[[str], Program]
) -> None:
    owner, path = program("kurz"), f"/case-files/{city.file_id}"
    assert code_of(stranger.get(path)) == (404, "not-found")
    share = {"login": "okafor", "reason": "Mitwirkung"}
    made = owner.post(f"{path}/shares", share, key="fv-5").get_json()
    assert stranger.get(path).status_code == 200
    told = owner.get(f"{path}/why?login=okafor").get_json()
    assert (told["visible"], bool(told["sentences"])) == (True, True)
    assert "okafor" in [one["login"] for one in owner.get(f"{path}/who").get_json()["items"]]
    assert owner.call("DELETE", f"{path}/shares/{made['share_id']}").status_code == 200
    assert code_of(stranger.get(path)) == (404, "not-found")
    assert owner.get(f"{path}/why?login=okafor").get_json()["visible"] is False


def test_a_block_beats_what_a_person_holds(city: City, clerk: Program, program: Callable[[str], Program]) -> None:
    owner, path = program("kurz"), f"/case-files/{city.file_id}"
    body = {"login": "brandt", "restriction": "conflict", "reason": "Nachbarin"}
    made = owner.post(f"{path}/blocks", body).get_json()
    assert code_of(clerk.get(path)) == (404, "not-found")
    assert clerk.get("/case-files?q=Neubau").get_json()["total"] == 0
    lifted = owner.post(f"{path}/blocks/{made['block_id']}/lifting", {"reason": "Erledigt"})
    assert lifted.status_code == 200
    assert clerk.get(path).status_code == 200


def test_a_moved_file_is_found_under_its_former_reference(city: City, program: Callable[[str], Program]) -> None:
    owner = program("kurz")
    move = {"kind": "case_file", "case_file_id": str(city.file_id), "file_plan_code": "63.90"}
    told = owner.post("/moves/preview", {"move": move}).get_json()
    done = owner.post("/moves", {"move": move, "fingerprint": told["fingerprint"], "reason": "Falsch angelegt"})
    assert done.get_json()["reference"] != city.file_reference
    found = owner.get(f"/case-files/lookup?reference={city.file_reference}").get_json()
    assert (found["case_file_id"], found["reference"]) == (str(city.file_id), done.get_json()["reference"])


def test_paper_is_kept_and_lent(city: City, program: Callable[[str], Program]) -> None:
    owner, file = program("kurz"), f"/case-files/{city.file_id}"
    made = owner.post(f"{file}/paper-parts", {"content": "Pläne A0", "shelf": "12"}).get_json()
    path = f"/paper-parts/{made['part_id']}"
    lent = owner.post(f"{path}/lending", {"borrower": "Statikbüro", "due_on": "2026-12-01"}).get_json()
    assert lent["loan"]["borrower"] == "Statikbüro"
    again = owner.post(f"{path}/lending", {"borrower": "Andere", "due_on": "2026-12-01"})
    assert code_of(again) == (409, "paper-on-loan")
    assert owner.post(f"{path}/return").get_json()["loan"] is None
    moved = owner.call("PUT", path, json={"content": "Pläne A0", "shelf": "7"}, headers={"If-Match": owner.tag(path)})
    assert moved.get_json()["shelf"] == "7"
    assert owner.get(f"{file}/paper-parts").get_json()["items"][0]["past"][0]["borrower"] == "Statikbüro"


def test_a_deputy_acts_in_a_post_until_it_is_ended(
    city: City, clerk: Program, stranger: Program, program: Callable[[str], Program]
) -> None:
    post = clerk.get("/deputies").get_json()["posts_to_fill"][0]["post_id"]
    time = {"since": "2026-11-18T08:00:00Z", "ends_at": "2026-11-30T17:00:00+01:00"}
    made = clerk.post("/deputies", {"post_id": post, "deputy": "okafor", **time}).get_json()
    assert stranger.get(f"/case-files/{city.file_id}").status_code == 200
    assert clerk.call("DELETE", f"/deputies/{made['deputation_id']}").status_code == 200
    assert code_of(stranger.get(f"/case-files/{city.file_id}")) == (404, "not-found")
    assert program("pruefer").get("/deputies").get_json()["items"] == []
