"""Files that programs send: received once, shown, forwarded, given up, read again."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from eakte.app import create_app
from ingest.model import Box, Mention, MentionKind
from tests.api.conftest import Program, code_of, token_of
from tests.web.city import NOW, City, reread, state_of

RAW = {"content_type": "application/octet-stream"}
UNIT = "org_unit_code=63.2"


def _part(content: bytes, name: str = "brief.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def send(program: Program, content: bytes, *, key: str = "", unit: str = "63.2") -> dict[str, str]:
    """Send a file as it is and return its receipt."""
    headers = {"Idempotency-Key": key} if key else {}
    address = f"/incoming-items?org_unit_code={unit}&filename=brief.txt"
    answer = program.call("POST", address, data=content, headers=headers, **RAW)
    assert answer.status_code == 202, answer.text
    receipt: dict[str, str] = answer.get_json()
    return receipt


def test_a_file_sent_as_it_is_becomes_an_item_of_the_unit(clerk: Program) -> None:
    receipt = send(clerk, b"Sehr geehrte Damen und Herren")
    assert receipt["outcome"] == "accepted"
    item = clerk.get(f"/incoming-items/{receipt['item_id']}").get_json()
    assert (item["filename"], item["state"], item["unit_code"], item["source"]) == (
        "brief.txt", "received", "63.2", "program",
    )  # fmt: skip
    assert clerk.get(f"/incoming-items/{receipt['item_id']}/original").data == b"Sehr geehrte Damen und Herren"


def test_a_file_sent_as_part_of_a_form_keeps_its_name(clerk: Program) -> None:
    made = clerk.call("POST", f"/incoming-items?{UNIT}", data={"file": _part(b"Brief", "Anschreiben.pdf")})
    assert made.status_code == 202
    assert clerk.get(made.headers["Location"]).get_json()["filename"] == "Anschreiben.pdf"


def test_the_same_bytes_are_told_as_a_duplicate(clerk: Program) -> None:
    first, second = send(clerk, b"Brief"), send(clerk, b"Brief")
    assert (second["outcome"], second["item_id"]) == ("duplicate", first["item_id"])


def test_the_same_upload_with_its_key_is_one_arrival(clerk: Program) -> None:
    assert send(clerk, b"Brief", key="fv-9") == send(clerk, b"Brief", key="fv-9")
    refused = clerk.call(
        "POST",
        f"/incoming-items?{UNIT}&filename=brief.txt",
        data=b"Anderer",
        headers={"Idempotency-Key": "fv-9"},
        **RAW,
    )
    assert code_of(refused) == (422, "key-reused")


def test_many_files_each_get_an_answer(clerk: Program) -> None:
    parts = {"file": [_part(b"eins", "1.txt"), _part(b"zwei", "2.txt"), _part(b"eins", "3.txt")]}
    results = clerk.call("POST", f"/incoming-items/bulk?{UNIT}", data=parts).get_json()["results"]
    assert [one["answer"]["outcome"] for one in results] == ["accepted", "accepted", "duplicate"]
    foreign = {"file": [_part(b"drei")]}
    results = clerk.call("POST", "/incoming-items/bulk?org_unit_code=50.1", data=foreign).get_json()["results"]
    assert (results[0]["answer"], results[0]["problem"]["code"]) == (None, "invalid-input")


@pytest.mark.parametrize(
    ("query", "options", "expected"),
    [
        (UNIT, {"data": b"", **RAW}, (422, "invalid-input")),
        (UNIT, {"data": {"datei": _part(b"x")}}, (422, "invalid-input")),
        (UNIT, {"data": {"file": [_part(b"x"), _part(b"y")]}}, (422, "invalid-input")),
        (UNIT, {"json": {}}, (415, "wrong-content-type")),
        ("", {"data": b"x", **RAW}, (422, "invalid-input")),
        ("org_unit_code=50.1", {"data": b"x", **RAW}, (422, "invalid-input")),
    ],
)
def test_an_upload_that_does_not_fit_is_refused_with_its_reason(
    clerk: Program, query: str, options: dict[str, object], expected: tuple[int, str]
) -> None:
    assert code_of(clerk.call("POST", f"/incoming-items?{query}", **options)) == expected


def test_the_inbox_is_read_page_by_page_in_order_of_arrival(city: City, clerk: Program) -> None:
    first = clerk.get("/incoming-items?limit=1").get_json()
    send(clerk, b"Spaeter gekommen")
    second = clerk.get(first["next"]).get_json()
    read = [row["item_id"] for row in (*first["items"], *second["items"])]
    assert read == [str(item) for item in city.waiting[:2]]
    assert first["faults"] == 1
    assert sum(first["counts"].values()) == len(city.waiting)


def test_a_fault_is_told_in_german_and_read_again(city: City, clerk: Program) -> None:
    fault = clerk.get("/incoming-items/faults").get_json()["items"][0]
    assert fault["item_id"] == str(city.fault)
    assert clerk.get(f"/incoming-items/{city.fault}").get_json()["fault"]
    assert clerk.post(f"/incoming-items/{city.fault}/retry").get_json()["state"] == "received"
    assert code_of(clerk.post(f"/incoming-items/{city.fault}/retry")) == (409, "not-waiting")


def test_an_item_is_given_up_with_a_reason_and_forwarded(city: City, clerk: Program, stranger: Program) -> None:
    first, second = (f"/incoming-items/{item}" for item in city.waiting[:2])
    assert (
        clerk.post(f"{first}/dropping", {"reason": "Werbung"}, seen=clerk.tag(first)).get_json()["state"] == "dropped"
    )
    assert code_of(stranger.get(second)) == (404, "not-found")
    moved = clerk.post(f"{second}/forwarding", {"org_unit_code": "50.1"}, seen=clerk.tag(second))
    assert moved.get_json()["org_unit_code"] == "50.1"
    assert stranger.get(second).status_code == 200
    assert code_of(clerk.get(second)) == (404, "not-found")


def test_proposals_show_where_they_were_read(city: City, clerk: Program) -> None:
    told = clerk.get(f"/incoming-items/{city.waiting[0]}/proposals").get_json()
    assert told["case_files"][0]["case_file_id"] == str(city.file_id)
    assert told["document_type"]["value"] == "Bauantrag"
    assert told["letter_date"]["value"] == "2026-11-12"
    assert told["sender"]["evidence"][0]["box"]["width"] > 0


def test_what_a_letter_mentions_is_told_with_its_item_and_with_its_document_even_when_filed(
    city: City, clerk: Program, stranger: Program
) -> None:
    item_id = city.waiting[0]
    boxes = (Box(10, 20, 30, 40), Box(10, 70, 30, 40))
    reread(city, item_id, mentions=(Mention(MentionKind.AMOUNT, "1284.50", "1.284,50 €", 1, boxes, 0.93, "Gebühr"),))
    item = clerk.get(f"/incoming-items/{item_id}").get_json()
    document = f"/documents/{item['document_id']}"
    (told,) = item["mentions"]
    assert told == {
        "kind": "amount",
        "value": "1284.50",
        "text": "1.284,50 €",
        "page": 1,
        "line_boxes": [{"left": 10, "top": top, "width": 30, "height": 40} for top in (20, 70)],
        "confidence": 0.93,
        "called": "Gebühr",
    }
    assert clerk.get(f"/incoming-items/{item_id}/proposals").get_json()["mentions"] == [told]
    assert clerk.get(document).get_json()["mentions"] == [told]
    assert code_of(stranger.get(document)) == (404, "not-found")


def test_a_clerk_of_another_department_changes_nothing(city: City, stranger: Program) -> None:
    item = f"/incoming-items/{city.waiting[0]}"
    posts = {"dropping": {"reason": "x"}, "forwarding": {"org_unit_code": "50.1"}, "retry": {}}
    answers = [stranger.post(f"{item}/{step}", body, seen="*") for step, body in posts.items()]
    assert [code_of(answer) for answer in answers] == [(404, "not-found")] * 3
    assert state_of(city, city.waiting[0]) == "waiting"
    assert stranger.get("/incoming-items").get_json()["items"] == []


def test_over_the_limit_a_program_is_told_when_to_come_back_and_the_rest_of_a_bulk_was_taken(city: City) -> None:
    services = replace(city.services, settings=replace(city.services.settings, person_documents_per_day=2))
    client = create_app(services, clock=lambda: NOW).test_client()
    clerk = Program(client, token_of(services, "brandt"))
    parts = {"file": [_part(f"Brief {number}".encode()) for number in range(3)]}
    results = clerk.call("POST", f"/incoming-items/bulk?{UNIT}", data=parts).get_json()["results"]
    assert [(one["problem"] or {}).get("code") for one in results] == [None, None, "intake-full"]
    answer = clerk.call("POST", f"/incoming-items?{UNIT}", data=b"Brief 4", **RAW)
    assert code_of(answer) == (429, "intake-full")
    assert int(answer.headers["Retry-After"]) > 60
