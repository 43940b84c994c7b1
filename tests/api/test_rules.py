"""Programs read the rules, ask which applied, and see contradictions within their rights."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program, code_of


def test_rules_are_read_with_their_versions(clerk: Program) -> None:
    told = clerk.get("/rules?q=Testregel").get_json()["items"]
    assert {one["rule_key"] for one in told} == {"63.20", "63.30", "63.90"}
    [version] = clerk.get("/rules/63.20").get_json()["rule_versions"]
    assert (version["rule_id"], version["months"], version["period_text"]) == (
        "63.20/1",
        360,
        "30 Jahre ab Ende des Jahres von z.d.A.",
    )
    assert code_of(clerk.get("/rules/99")) == (404, "not-found")


def test_the_rule_of_a_day_is_asked_for_a_unit_or_a_file(program: Callable[[str], Program], clerk: Program) -> None:
    told = clerk.get("/rule-answers?day=2026-01-01&file_plan_code=63.20").get_json()
    assert told["rule_id"] == "63.20/1"
    assert "30 Jahre" in " ".join(told["steps"])
    reference = clerk.get("/case-files").get_json()["items"][0]["reference"]
    file = clerk.get("/rule-answers", query_string={"day": "2026-01-01", "reference": reference})
    assert file.get_json()["case_file_id"]
    assert code_of(clerk.get("/rule-answers?day=2026-01-01&file_plan_code=99")) == (422, "invalid-input")
    assert code_of(clerk.get("/rule-answers?day=morgen"))[0] == 422
    assert program("reimer").get("/rule-conflicts").get_json() == {"pairs": [], "items": [], "total": 0}
    assert code_of(clerk.get("/rule-conflicts"))[0] == 403
