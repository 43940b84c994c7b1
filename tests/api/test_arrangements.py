"""Arranging pages by program: merge, turn, take back; against lost updates, and nothing for who may not know."""

from __future__ import annotations

import io
from uuid import UUID, uuid4

from sqlalchemy import select

from eakte.actions import arranging
from eakte.store.arranging import Arrangement
from tests.api.conftest import Program, code_of
from tests.web.city import NOW, City, state_of


def made(city: City) -> None:
    """Do what the worker does."""
    with city.services.database.begin() as session:
        arrangement = session.scalars(select(Arrangement)).one()
        files = [city.services.objects.put(io.BytesIO(repr(part).encode())) for part in arrangement.parts]
        arranging.record_parts(session, city.services.objects, arrangement.id, files, NOW)


def whole(clerk: Program, item_id: UUID, turn: int = 0) -> list[dict[str, object]]:
    count = clerk.get(f"/incoming-items/{item_id}").get_json()["pages"]
    return [{"item_id": str(item_id), "page": number, "turn": turn} for number in range(1, count + 1)]


def test_two_items_are_merged_their_part_named_and_taken_back(city: City, clerk: Program) -> None:
    first, second = city.waiting[:2]
    item = f"/incoming-items/{first}"
    answer = clerk.post(f"{item}/merging", {"item_ids": [str(second)]}, seen=clerk.tag(item))
    assert (answer.status_code, answer.get_json()["state"]) == (202, "replaced")
    assert clerk.get(answer.headers["Location"]).get_json()["arrangement_state"] == "making"
    made(city)
    found = clerk.get(f"{item}/arrangement").get_json()
    [new] = found["made_items"]
    assert {one["item_id"] for one in found["arranged_items"]} == {str(first), str(second)}
    origins = clerk.get(f"/incoming-items/{new['item_id']}/arrangement").get_json()["origins"]
    assert {one["item_id"] for one in origins} == {str(first), str(second)}
    undone = clerk.post(f"{item}/arrangement/undo", {}, seen=clerk.tag(item))
    assert (undone.status_code, undone.get_json()["state"]) == (200, "waiting")
    assert state_of(city, second) == "waiting"
    assert clerk.get(f"{item}/arrangement").get_json()["arrangement_state"] is None


def test_pages_are_turned_and_put_into_items_of_their_own(city: City, clerk: Program) -> None:
    first, second = city.waiting[:2]
    item = f"/incoming-items/{first}"
    body = {"new_items": [[*whole(clerk, second, 90)], whole(clerk, first)]}
    assert clerk.post(f"{item}/arrangement", body, seen=clerk.tag(item)).status_code == 202
    made(city)
    assert len(clerk.get(f"{item}/arrangement").get_json()["made_items"]) == 2


def test_an_order_that_loses_or_doubles_a_page_is_refused(city: City, clerk: Program) -> None:
    first, second = city.waiting[:2]
    item = f"/incoming-items/{first}"
    pages = whole(clerk, first)
    for parts in ([pages], [pages, pages], [whole(clerk, second, 90)], [[{**pages[0], "page": 99}]]):
        answer = clerk.post(f"{item}/arrangement", {"new_items": parts}, seen=clerk.tag(item))
        assert code_of(answer) == (422, "invalid-input")
    told = {"new_items": [pages, pages], "copies": True}
    assert clerk.post(f"{item}/arrangement", told, seen=clerk.tag(item)).status_code == 202


def test_who_saw_an_older_state_arranges_and_undoes_nothing(city: City, clerk: Program) -> None:
    first, second = city.waiting[:2]
    item, body = f"/incoming-items/{first}", {"item_ids": [str(second)]}
    assert clerk.post(f"{item}/merging", body).status_code == 428
    seen = clerk.tag(item)
    assert clerk.post(f"{item}/merging", body, seen=seen).status_code == 202
    assert clerk.post(f"{item}/arrangement/undo", {}, seen=seen).status_code == 412
    assert state_of(city, first) == "replaced"


def test_who_may_not_know_of_an_item_gets_the_same_answer_as_for_none(
    city: City, clerk: Program, stranger: Program
) -> None:
    first, second = city.waiting[:2]
    for item_id in (first, uuid4()):
        item = f"/incoming-items/{item_id}"
        assert stranger.get(f"{item}/arrangement").status_code == 404
        assert stranger.post(f"{item}/merging", {"item_ids": [str(second)]}, seen="*").status_code == 404
        body = {"new_items": [[{"item_id": str(first), "page": 1, "turn": 90}]]}
        assert stranger.post(f"{item}/arrangement", body, seen="*").status_code == 404
        assert stranger.post(f"{item}/arrangement/undo", {}, seen="*").status_code == 404
    unknown = clerk.post(f"/incoming-items/{first}/merging", {"item_ids": [str(uuid4())]}, seen="*")
    assert unknown.status_code == 404
    assert state_of(city, first) == "waiting"
