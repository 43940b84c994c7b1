"""Hold orders by the interface for programs."""

from __future__ import annotations

from uuid import uuid4

from tests.api.conftest import Program, code_of
from tests.web.city import City

WHY = {"reason": "Klage", "title": "VG Musterstadt 3 K 17/26", "review_on": "2027-03-01"}


def over_file(city: City) -> dict[str, object]:
    return {**WHY, "hold_scope": "files", "case_file_ids": [str(city.file_id)]}


def test_an_order_is_previewed_placed_prolonged_and_lifted(city: City, manager: Program) -> None:
    reach = {"hold_scope": "files", "case_file_ids": [str(city.file_id)]}
    would = manager.post("/hold-orders/preview", reach).get_json()
    assert (would["total"], would["case_file_ids"]) == (1, [str(city.file_id)])
    made = manager.post("/hold-orders", over_file(city))
    assert made.status_code == 201
    there = made.headers["Location"].removeprefix("/api/v1")
    told = manager.get(there).get_json()
    assert (told["title"], told["reason"], told["review_on"], told["held_files"]) == (
        WHY["title"], WHY["reason"], WHY["review_on"], 1,
    )  # fmt: skip
    longer = manager.post(f"{there}/reviews", {"reason": "Berufung", "review_on": "2028-03-01"})
    assert (longer.status_code, longer.get_json()["review_on"]) == (200, "2028-03-01")
    assert manager.post(f"{there}/lifting", {"reason": "Rechtskräftig"}).status_code == 200
    told = manager.get(there).get_json()
    assert (told["lift_reason"], told["held_files"]) == ("Rechtskräftig", 0)
    assert manager.post(f"{there}/lifting", {"reason": "Noch einmal"}).status_code == 409


def test_the_list_is_read_piece_by_piece(city: City, manager: Program) -> None:
    made = {manager.post("/hold-orders", over_file(city)).get_json()["order_id"] for _ in range(5)}
    seen, offset = [], 0
    while piece := manager.get(f"/hold-orders?order_list=in_force&limit=2&offset={offset}").get_json()["items"]:
        seen += [one["order_id"] for one in piece]
        offset += 2
    assert (len(seen), set(seen)) == (5, made)


def test_who_may_not_hold_places_none_and_knows_of_none(city: City, manager: Program, clerk: Program) -> None:
    assert code_of(clerk.post("/hold-orders", over_file(city))) == (403, "not-allowed")
    there = manager.post("/hold-orders", over_file(city)).headers["Location"].removeprefix("/api/v1")
    assert (code_of(clerk.get(there)), clerk.get("/hold-orders?order_list=in_force").get_json()["total"]) == (
        code_of(clerk.get(f"/hold-orders/{uuid4()}")),
        0,
    )
    assert code_of(clerk.post(f"{there}/lifting", {"reason": "Weg damit"}))[0] == 404
    assert manager.get(there).get_json()["lifted_at"] is None


def test_an_order_over_nothing_or_without_a_reason_is_refused(city: City, manager: Program) -> None:
    nothing = {**WHY, "hold_scope": "files", "case_file_ids": []}
    unreasoned = {**over_file(city), "reason": " "}
    assert {manager.post("/hold-orders", body).status_code for body in (nothing, unreasoned)} == {422}
    assert manager.get("/hold-orders?order_list=in_force").get_json()["total"] == 0
