"""Programs of administrators see how the search index stands and order its care."""

from __future__ import annotations

from collections.abc import Callable

from eakte.worker import index_care
from tests.api.conftest import Program, code_of
from tests.web.city import City


def test_the_index_is_shown_compared_and_built_anew(
    city: City, program: Callable[[str], Program], clerk: Program
) -> None:
    admin = program("verwalter")
    shown = admin.get("/search-index").get_json()
    assert (shown["engine"], shown["wanted"], shown["last_comparison"]) == ("tantivy", 1, None)
    assert shown["serving"] == {"generation": "g1", "documents": 1}
    assert (shown["building"], shown["care_ordered"]) == (None, False)
    ordered = admin.post("/search-index/orders", {"care": "compare"})
    assert (ordered.status_code, ordered.get_json()) == (202, {"ordered": True})
    assert admin.post("/search-index/orders", {"care": "rebuild"}).get_json() == {"ordered": False}
    assert admin.get("/search-index").get_json()["care_ordered"]
    index_care.compare(city.services, "now")
    compared = admin.get("/search-index").get_json()["last_comparison"]
    assert (compared["documents"], compared["missing"], compared["superfluous"]) == (1, 0, 0)
    assert code_of(admin.post("/search-index/orders", {"care": "forget"}))[0] == 422
    for refused in (clerk.get("/search-index"), clerk.post("/search-index/orders", {"care": "compare"})):
        assert code_of(refused)[0] == 403
