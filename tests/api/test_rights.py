"""Nothing leaks: for who may not see a thing, every address answers as if it did not exist."""

from __future__ import annotations

import io
from uuid import uuid4

from eakte.api.page import example_of
from eakte.api.routes import OPERATIONS
from tests.api import conform
from tests.api.conftest import Program, code_of
from tests.web.city import City


def _addresses(city: City, *, missing: bool) -> dict[tuple[str, str], str]:
    ids = {"item_id": city.waiting[0], "document_id": city.filed, "case_file_id": city.file_id}
    found = {}
    for operation in OPERATIONS:
        if not any(f":{name}>" in operation.path for name in ids):
            continue
        address = operation.path.replace("<int:number>", "1").replace("<kind>", "searchable_pdf")
        for name, value in ids.items():
            address = address.replace(f"<uuid:{name}>", str(uuid4() if missing else value))
        found[operation.method, operation.path] = address
    return found


def _asked(stranger: Program, key: tuple[str, str], address: str) -> tuple[int, str]:
    """Call an address as its documentation shows it."""
    told = conform.operation_of(stranger.document, key[0], address)
    assert told is not None
    needed = [one for one in told["parameters"] if one["in"] == "query" and one["required"]]
    asked = "&".join(f"{one['name']}={example_of(one['schema'], {}, one['name'])}" for one in needed)
    address = f"{address}?{asked}"
    sent = told.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in sent:
        return code_of(stranger.call(key[0], address, data={"file": (io.BytesIO(b"Brief"), "brief.txt")}))
    content = sent.get("application/json")
    body = example_of(content["schema"], stranger.document["components"]["schemas"]) if content else None
    if isinstance(body, dict) and {"org_unit_code", "login"} <= set(body):
        del body["login"]  # a share is with one of both
    return code_of(stranger.call(key[0], address, headers={"If-Match": "*"}, **({"json": body} if content else {})))


def test_every_address_of_a_record_answers_a_stranger_as_if_it_did_not_exist(city: City, stranger: Program) -> None:
    answers = {
        missing: {key: _asked(stranger, key, address) for key, address in _addresses(city, missing=missing).items()}
        for missing in (False, True)
    }
    assert answers[False] == answers[True]
    told = {(404, "not-found"), (403, "not-allowed")}
    assert {key: answer for key, answer in answers[False].items() if answer not in told} == {}
    assert len([one for one in answers[False].values() if one[0] == 404]) > 25


def test_an_administrator_reads_no_records(city: City, administrator: Program) -> None:
    answers = {
        code_of(administrator.get(path)) for path in (f"/case-files/{city.file_id}", "/search?q=a", "/case-files")
    }
    assert answers == {(403, "not-allowed")}
