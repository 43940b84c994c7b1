"""What waits, by program: the same numbers as on the start page, within the person's rights."""

from __future__ import annotations

from tests.api.conftest import Program
from tests.web.city import City


def test_a_program_is_told_what_waits_for_its_person(city: City, clerk: Program, stranger: Program) -> None:
    told = {one["chore"]: one for one in clerk.get("/today").get_json()["items"]}
    assert told["inbox"]["tasks_waiting"] == len(city.waiting)
    assert told["faults"] | {"oldest_on": ""} == {
        "chore": "faults", "chore_label": "Störungen", "tasks_waiting": 1, "tasks_capped": False, "oldest_on": "",
        "urgent": True,
    }  # fmt: skip
    assert stranger.get("/today").get_json() == {"items": []}
