"""Documents, cases, retention, holds, disposal, history, people: what each answer means."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program, code_of
from tests.web.city import City, put_away


def test_a_document_shows_its_versions_pages_words_and_text(city: City, clerk: Program) -> None:
    path = f"/documents/{city.filed}"
    assert clerk.get(path).get_json()["case_file_reference"] == city.file_reference
    assert [one["number"] for one in clerk.get(f"{path}/life").get_json()["versions"]] == [1]
    assert [one["number"] for one in clerk.get(f"{path}/pages").get_json()["items"]] == [1]
    page = clerk.get(f"{path}/pages/1").get_json()
    assert "Antrag" in [word["text"] for word in page["words"]]
    assert clerk.get(f"{path}/text").get_json()["items"][0]["text"] == page["text"]
    assert code_of(clerk.get(f"{path}/pages/2")) == (404, "not-found")
    assert code_of(clerk.get(f"{path}/pages/{2**40}")) == (404, "not-found")


def test_files_of_a_document_are_sent_and_downloads_told(city: City, clerk: Program, manager: Program) -> None:
    path = f"/documents/{city.filed}"
    image = clerk.get(f"{path}/pages/1/image")
    assert image.mimetype == "image/webp"
    assert clerk.get(f"{path}/pages/1/image", headers={"If-None-Match": image.headers["ETag"]}).status_code == 304
    assert clerk.get(f"{path}/original").headers["Content-Disposition"].startswith("attachment")
    assert code_of(clerk.get(f"{path}/renditions/searchable_pdf")) == (404, "not-found")
    told = "/history?action=document.downloaded"
    before = len(manager.get(told).get_json()["items"])
    assert clerk.call("HEAD", f"{path}/original").status_code == 200
    assert len(manager.get(told).get_json()["items"]) == before == 1


def test_a_case_is_opened_in_a_case_file(city: City, clerk: Program, stranger: Program) -> None:
    path = f"/case-files/{city.file_id}/cases"
    made = clerk.post(path, {"subject": "Nachtrag"}, key="fv-4").get_json()
    assert clerk.post(path, {"subject": "Nachtrag"}, key="fv-4").get_json() == made
    listed = clerk.get(path).get_json()["items"]
    assert [(one["number"], one["subject"], one["documents"]) for one in listed] == [
        (1, "Allgemeines", 1),
        (2, "Nachtrag", 0),
    ]
    assert made["reference"] == f"{city.file_reference}-02"
    assert code_of(stranger.post(path, {"subject": "Nachtrag"})) == (404, "not-found")


def test_a_due_date_comes_with_its_rule_and_reason(city: City, clerk: Program) -> None:
    told = clerk.get(f"/case-files/{city.old_file}/retention").get_json()
    assert (told["outcome"], told["retention_end"]) == ("destroy", "2015-12-31")
    assert told["rule"]["rule_id"] == "63.90/1"
    assert told["steps"]
    assert clerk.get(f"/case-files/{city.file_id}/retention").get_json()["outcome"] == "open"


def test_a_hold_keeps_a_case_file_until_it_is_lifted(city: City, clerk: Program, manager: Program) -> None:
    path = f"/case-files/{city.old_file}"
    placed = manager.post(f"{path}/holds", {"reason": "Klage anhängig"}).get_json()
    assert manager.get(f"{path}/retention").get_json()["on_hold"] is True
    assert clerk.get(f"{path}/holds").get_json()["items"][0]["hold_id"] == placed["hold_id"]
    refused = manager.post("/disposals", {"items": [{"case_file_id": str(city.old_file), "reason": "Frist vorbei"}]})
    assert refused.get_json()["results"][0]["problem"]["code"] == "on-hold"
    assert manager.post(f"/holds/{placed['hold_id']}/lifting", {"reason": "Klage erledigt"}).status_code == 200
    assert manager.get(f"{path}/retention").get_json()["on_hold"] is False


def test_an_event_starts_a_period(clerk: Program) -> None:
    new = {"file_plan_code": "63.30", "subject": "Abbruch Scheune", "org_unit_code": "63.2"}
    path = f"/case-files/{clerk.post('/case-files', new).get_json()['case_file_id']}"
    event = {"trigger": "DEMOLITION", "happened_on": "2026-11-10"}
    assert code_of(clerk.post(f"{path}/events", event)) == (422, "invalid-input")
    event |= {"proof": "Abrissanzeige"}
    assert clerk.post(f"{path}/events", event).status_code == 200
    assert clerk.get(f"{path}/events").get_json()["items"][0]["happened_on"] == "2026-11-10"
    late = clerk.post(f"{path}/events", {**event, "happened_on": "2027-01-01"})
    assert code_of(late) == (422, "invalid-input")


def test_a_wrong_event_is_corrected_and_stays(clerk: Program) -> None:
    new = {"file_plan_code": "63.30", "subject": "Abbruch Stall", "org_unit_code": "63.2"}
    path = f"/case-files/{clerk.post('/case-files', new).get_json()['case_file_id']}"
    event = {"trigger": "DEMOLITION", "happened_on": "2026-11-10", "proof": "Abrissanzeige"}
    clerk.post(f"{path}/events", event)
    right = {**event, "happened_on": "2026-11-09", "reason": "Tippfehler"}
    assert code_of(clerk.post(f"{path}/events", {**event, "happened_on": "2026-11-09"})) == (422, "invalid-input")
    assert clerk.post(f"{path}/events/corrections", right).status_code == 200
    kept = clerk.get(f"{path}/events").get_json()["items"]
    assert [(one["happened_on"], one["replaced_because"]) for one in kept] == [
        ("2026-11-10", "Tippfehler"),
        ("2026-11-09", None),
    ]
    gone = {"trigger": "DEMOLITION", "reason": "Verwechselt"}
    assert clerk.post(f"{path}/events/corrections", gone).status_code == 200
    assert code_of(clerk.post(f"{path}/events/corrections", gone)) == (404, "not-found")


def test_the_forecast_counts_files_pages_and_bytes(city: City, manager: Program, clerk: Program) -> None:
    put_away(city)
    for measure in ("files", "pages", "bytes"):
        told = manager.get(f"/disposals/forecast?measure={measure}").get_json()
        assert (told["measure"], told["number_heads"]) == (measure, ["63"])
        assert told["rows"][0]["row_label"] == "abgelaufen"
        assert told["rows"][0]["numbers"][0] >= 1
    assert manager.get("/disposals/forecast").get_json()["measure"] == "files"
    assert manager.get("/disposals/forecast?measure=miles").status_code == 422
    assert clerk.get("/disposals/forecast").status_code == 403


def test_two_people_destroy_a_case_file(city: City, manager: Program, program: Callable[[str], Program]) -> None:
    listed = manager.get("/disposals/worklist?outcome=destroy").get_json()
    assert [row["file"]["case_file_id"] for row in listed["items"]] == [str(city.old_file)]
    overdue = manager.get("/disposals/worklist?pile=overdue&department=63&ends_in=2015").get_json()
    assert (overdue["items"], overdue["total"]) == (listed["items"], 1)
    assert manager.get("/disposals/worklist?pile=overdue&department=50").get_json()["items"] == []
    piles = {one["pile"]: one["case_files"] for one in manager.get("/disposals/piles").get_json()["items"]}
    assert piles["overdue"] == 1
    assert piles["on_hold"] == 0
    body = {"items": [{"case_file_id": str(city.old_file), "reason": "Frist vorbei"}]}
    proposed = manager.post("/disposals", body).get_json()["results"][0]["answer"]
    path = f"/disposals/{proposed['disposal_id']}"
    assert code_of(manager.post(f"{path}/approval")) == (409, "same-person")
    approved = program("seidel").post(f"{path}/approval").get_json()
    assert (approved["state"], approved["not_before"]) == ("approved", "2026-12-02")
    assert [one["disposal_id"] for one in manager.get("/disposals").get_json()["items"]] == [proposed["disposal_id"]]
    assert manager.post(f"{path}/rejection").get_json()["state"] == "rejected"
    assert code_of(manager.get(f"{path}/certificate.pdf")) == (404, "not-found")
    assert manager.get("/disposals/certificates").get_json()["items"] == []


def test_without_an_archive_nothing_is_offered(city: City, manager: Program) -> None:
    assert manager.get("/archive-processes").get_json()["items"] == []
    refused = manager.post("/archive-processes", {"case_file_ids": [str(city.old_file)]})
    assert code_of(refused) == (409, "archive-not-configured")


def test_the_history_is_read_page_by_page_and_verified(city: City, clerk: Program, manager: Program) -> None:
    first = manager.get("/history?limit=2").get_json()
    clerk.post(f"/case-files/{city.file_id}/cases", {"subject": "Nachtrag"})
    second = manager.get(first["next"]).get_json()
    read = [line["sequence"] for line in (*first["items"], *second["items"])]
    assert read == list(range(read[0], read[0] - 4, -1))
    assert manager.get("/history/verification").get_json()["first_broken"] is None
    own = clerk.get(f"/case-files/{city.file_id}/history").get_json()["items"]
    assert own[0]["action"] == "case.opened"
    assert code_of(clerk.get("/history")) == (403, "not-allowed")


def test_search_finds_within_rights_and_marks_the_words(city: City, clerk: Program, stranger: Program) -> None:
    found = clerk.get("/search?q=Tiefgarage").get_json()
    assert [hit["document_id"] for hit in found["items"]] == [str(city.filed)]
    snippet = found["items"][0]["hit_pages"][0]["snippet"]
    start, end = snippet["marks"][0]
    assert snippet["text"][start:end] == "Tiefgarage"
    hidden = stranger.get("/search?q=Tiefgarage").get_json()
    assert (hidden["items"], hidden["total"], hidden["case_files"]) == ([], 0, 0)
    assert all(not counts for counts in hidden["facets"].values())
    assert "tiefgarage" in [
        word.lower() for word in clerk.get("/search/suggestions?prefix=Tief").get_json()["suggestions"]
    ]
    assert stranger.get("/search/suggestions?prefix=Tief").get_json()["suggestions"] == []


def test_filters_narrow_a_search(clerk: Program) -> None:
    assert clerk.get("/search?q=Tiefgarage&document_type=Bauantrag&first=2026-11-01").get_json()["total"] == 1
    assert clerk.get("/search?q=Tiefgarage&document_type=Rechnung&document_type=Bescheid").get_json()["total"] == 0
    assert clerk.get("/search?q=Tiefgarage&last=2026-11-01").get_json()["total"] == 0


def test_the_administrator_sets_up_people_and_units(program: Callable[[str], Program], clerk: Program) -> None:
    admin = program("verwalter")
    assert admin.post("/org-units", {"code": "66", "name": "Tiefbau", "kind": "Amt"}).status_code == 201
    person = {"login": "fv-bauen", "name": "Fachverfahren Bauen", "technical": True}
    assert admin.post("/people", person).status_code == 201
    post = {"org_unit_code": "66", "title": "Schnittstelle", "role": "clerk", "valid_from": "2026-01-01"}
    assert admin.post("/people/fv-bauen/posts", post).status_code == 200
    listed = {one["login"]: one["posts"] for one in admin.get("/people").get_json()["items"]}
    assert listed["fv-bauen"] == ["Sachbearbeitung · 66 Tiefbau"]
    assert code_of(clerk.get("/people")) == (403, "not-allowed")
    assert [unit["code"] for unit in clerk.get("/org-units").get_json()["own"]] == ["63.2"]
