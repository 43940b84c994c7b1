"""Follow-ups by program: set once, listed piece by piece, changed only as seen."""

from __future__ import annotations

from tests.api.conftest import Program, code_of
from tests.web.city import City


def order(city: City, **more: object) -> dict[str, object]:
    return {"follow_up_on": "2026-11-25", "occasion": "Nachweis fehlt", "case_file_id": str(city.file_id), **more}


def test_a_follow_up_is_set_read_put_off_and_done(city: City, clerk: Program) -> None:
    made = clerk.post("/follow-ups", order(city), key="fv-wv")
    assert made.status_code == 201
    assert clerk.post("/follow-ups", order(city), key="fv-wv").get_json() == made.get_json()
    place = made.headers["Location"]
    found = clerk.get(place).get_json()
    assert (found["due"], found["login"], found["reference"]) == ("coming", "brandt", city.file_reference)
    later = {"follow_up_on": "2026-12-01", "postponed_because": "Frist verlängert"}
    seen = clerk.tag(place)
    assert clerk.post(f"{place}/postponement", later, seen=seen).get_json()["follow_up_on"] == "2026-12-01"
    assert clerk.post(f"{place}/completion", {"came_of_it": "liegt vor"}, seen=seen).status_code == 412
    done = clerk.post(f"{place}/completion", {"came_of_it": "liegt vor"}, seen=clerk.tag(place)).get_json()
    assert (done["due"], done["came_of_it"]) == ("done", "liegt vor")
    again = clerk.post(f"{place}/completion", {"came_of_it": "noch einmal"}, seen=clerk.tag(place))
    assert code_of(again) == (409, "follow-up-done")


def test_the_list_is_read_piece_by_piece_and_narrowed(city: City, clerk: Program, stranger: Program) -> None:
    for number in range(3):
        clerk.post("/follow-ups", order(city, occasion=f"Anlass {number}"))
    clerk.post("/follow-ups", order(city, document_id=str(city.filed), case_file_id=None, follow_up_on="2026-11-18"))
    told, seen = clerk.get("/follow-ups?limit=3").get_json(), []
    assert told["total"] == 4
    seen += told["items"]
    seen += clerk.get(told["next"].removeprefix("/api/v1")).get_json()["items"]
    assert [one["due"] for one in seen] == ["today", "coming", "coming", "coming"]
    assert len({one["follow_up_id"] for one in seen}) == 4
    assert clerk.get("/follow-ups?due=today").get_json()["total"] == 1
    assert stranger.get("/follow-ups?everybody=true").get_json() == {"items": [], "next": None, "total": 0}
    assert code_of(clerk.post("/follow-ups", order(city, document_id=str(city.filed)))) == (422, "invalid-input")
