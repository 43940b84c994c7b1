"""Filing by program: once, against lost updates, many at once, and taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from eakte.actions import holds
from eakte.actions.mentions import shown
from eakte.records.access import SYSTEM
from ingest.model import Finding, Mention, MentionKind
from tests.api.conftest import Program, code_of
from tests.web.city import NOW, City, reread, state_of


def _filing(city: City, **more: object) -> dict[str, object]:
    return {"case_file_id": str(city.file_id), "document_type": "Bauantrag", "subject": "Neubau", **more}


def test_an_item_is_filed_and_its_document_read(city: City, clerk: Program) -> None:
    item = f"/incoming-items/{city.waiting[0]}"
    filed = clerk.post(f"{item}/filing", _filing(city, letter_date="2026-11-12"), seen=clerk.tag(item))
    assert filed.status_code == 201
    document = clerk.get(filed.headers["Location"]).get_json()
    assert document["reference"] == filed.get_json()["document_reference"]
    assert (document["subject"], document["letter_date"], document["filed_by"]) == (
        "Neubau", "2026-11-12", "Brandt, Kathrin",
    )  # fmt: skip
    listed = clerk.get(f"/case-files/{city.file_id}/documents").get_json()["items"]
    assert document["document_id"] in [row["document_id"] for row in listed]


def test_a_program_opens_a_new_case_with_the_document(city: City, clerk: Program) -> None:
    def cases() -> list[dict[str, str]]:
        found: list[dict[str, str]] = clerk.get(f"/case-files/{city.file_id}/cases").get_json()["items"]
        return found

    before = cases()
    item = f"/incoming-items/{city.waiting[0]}"
    body = _filing(city, subject="Nachtrag zur Statik", new_case=True)
    filed = clerk.post(f"{item}/filing", body, seen=clerk.tag(item)).get_json()
    (new,) = [case for case in cases() if case not in before]
    assert new["subject"] == "Nachtrag zur Statik"
    assert filed["document_reference"] == f"{new['reference']}#0001"
    both = f"/incoming-items/{city.waiting[1]}"
    contradictory = _filing(city, new_case=True, case_id=new["case_id"])
    assert code_of(clerk.post(f"{both}/filing", contradictory, seen=clerk.tag(both))) == (422, "invalid-input")
    assert len(cases()) == len(before) + 1


def test_filing_with_its_key_is_done_once(city: City, clerk: Program) -> None:
    item = f"/incoming-items/{city.waiting[0]}"
    seen = clerk.tag(item)
    first, again = (clerk.post(f"{item}/filing", _filing(city), seen=seen, key="fv-2") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert code_of(clerk.post(f"{item}/filing", _filing(city), seen="*")) == (409, "already-filed")


def test_who_filed_something_else_in_between_is_told_the_present_state(city: City, clerk: Program) -> None:
    item = f"/incoming-items/{city.waiting[0]}"
    seen = clerk.tag(item)
    clerk.post(f"{item}/dropping", {"reason": "Werbung"}, seen=seen)
    late = clerk.post(f"{item}/filing", _filing(city), seen=seen)
    assert code_of(late)[0] in {409, 412}
    assert state_of(city, city.waiting[0]) == "dropped"


def test_deadlines_and_legal_remedies_are_never_filed_in_bulk_and_each_is_told_why(city: City, clerk: Program) -> None:
    dated, objection, plain = city.waiting
    reread(city, objection, deadlines=(), legal_remedy=Finding("Widerspruch"))
    reread(city, plain, deadlines=())
    items = [_filing(city, item_id=str(one)) for one in (dated, objection)]
    items.append(_filing(city, item_id=str(plain)) | {"document_type": "Klageschrift"})
    results = clerk.post("/filings", {"items": items}).get_json()["results"]
    assert [one["problem"]["code"] for one in results] == ["file-alone"] * 3
    told = [one["problem"]["detail"] for one in results]
    for reason, sentence in zip(("15.12.2026", "Widerspruch", "Klageschrift"), told, strict=True):
        assert reason in sentence
    assert [state_of(city, one) for one in city.waiting] == ["waiting"] * 3
    alone = f"/incoming-items/{objection}"
    assert clerk.post(f"{alone}/filing", _filing(city), seen=clerk.tag(alone)).status_code == 201


@pytest.mark.parametrize(
    "mentioned",
    [
        Mention(MentionKind.RUNNING_LIMIT, "1 Monat nach Zustellung", "binnen eines Monats", 1, (), 0.97),
        Mention(MentionKind.COURT, "Verwaltungsgericht Hannover, 4 A 123/25", "VG Hannover 4 A 123/25", 1, (), 0.85),
        Mention(MentionKind.DEADLINE, "2026-12-15", "15.12.2026", 1, (), 0.97),
    ],
)
def test_a_running_limit_or_a_court_keeps_a_letter_out_of_bulk_and_an_amount_does_not(
    city: City, clerk: Program, mentioned: Mention
) -> None:
    alone, plain = city.waiting[:2]
    amount = Mention(MentionKind.AMOUNT, "12.00", "12,00 €", 1, (), 0.97)
    reread(city, alone, deadlines=(), mentions=(amount, mentioned))
    reread(city, plain, deadlines=(), mentions=(amount,))
    body = {"items": [_filing(city, item_id=str(one)) for one in (alone, plain)]}
    refused, filed = clerk.post("/filings", body).get_json()["results"]
    assert refused["problem"]["code"] == "file-alone"
    assert shown(mentioned) in refused["problem"]["detail"]
    assert filed["answer"]["case_file_reference"] == city.file_reference
    assert (state_of(city, alone), state_of(city, plain)) == ("waiting", "filed")


def test_many_filings_have_a_result_each_and_one_refusal_stops_no_other(city: City, clerk: Program) -> None:
    first, second = city.waiting[:2]
    reread(city, first, deadlines=())
    body = {
        "items": [
            _filing(city, item_id=str(first)),
            _filing(city, item_id=str(uuid4())),
            _filing(city, item_id=str(second), revision=1),
        ]
    }
    results = clerk.post("/filings", body, key="fv-3").get_json()["results"]
    assert [one["index"] for one in results] == [0, 1, 2]
    assert results[0]["answer"]["case_file_reference"] == city.file_reference
    assert [one["problem"] and one["problem"]["code"] for one in results] == [None, "not-found", "stale-revision"]
    again = clerk.post("/filings", body, key="fv-3").get_json()["results"]
    assert again[0]["answer"] == results[0]["answer"]


def test_a_filing_is_taken_back(city: City, clerk: Program) -> None:
    assert clerk.post(f"/documents/{city.filed}/undo-filing").status_code == 200
    document = clerk.get(f"/documents/{city.filed}").get_json()
    assert (document["case_file_id"], document["reference"]) == (None, "")
    assert code_of(clerk.post(f"/documents/{city.filed}/undo-filing")) == (409, "undo-too-late")


def test_a_filing_is_not_taken_back_out_of_a_held_file(city: City, clerk: Program) -> None:
    with city.services.database.begin() as session:
        holds.place(session, SYSTEM, city.file_id, reason="Klage", now=NOW)
    answer = clerk.post(f"/documents/{city.filed}/undo-filing")
    assert code_of(answer) == (409, "move-not-possible")
    assert "Löschsperre: Klage" in answer.get_json()["detail"]


def test_filing_into_a_foreign_case_file_is_refused_like_an_unknown_one(city: City, stranger: Program) -> None:
    item = f"/incoming-items/{city.waiting[0]}/filing"
    assert code_of(stranger.post(item, _filing(city), seen="*")) == (404, "not-found")
    results = stranger.post("/filings", {"items": [_filing(city, item_id=str(city.waiting[0]))]}).get_json()["results"]
    assert results[0]["problem"]["code"] == "not-found"


def test_what_is_sure_is_listed_as_many_filings_take_it_and_the_rest_with_its_reason(
    city: City, clerk: Program
) -> None:
    for item_id in city.waiting[1:]:
        reread(city, item_id, deadlines=())
    told = clerk.get("/filings/sure").get_json()
    alone = {one["item_id"]: one["reason"] for one in told["filed_alone"]}
    assert "15.12.2026" in alone[str(city.waiting[0])]
    wanted = ("item_id", "revision", "case_file_id", "case_id", "document_type", "subject", "sender", "letter_date")
    items = [{name: one[name] for name in wanted} for one in told["items"]]
    assert {*alone, *(one["item_id"] for one in items)} == {str(one) for one in city.waiting}
    results = clerk.post("/filings", {"items": items}).get_json()["results"] if items else []
    assert all(one["answer"]["case_file_reference"] == city.file_reference for one in results)
