"""The OpenAPI document: valid, whole, told in German; and the page made from it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from eakte.api.operation import ROOT
from eakte.api.routes import OPERATIONS
from eakte.records.access import Permission
from eakte.texts import sentences
from tests.api.conftest import Program


@pytest.fixture
def document(anonymous: Program) -> dict[str, Any]:
    found: dict[str, Any] = anonymous.document
    return found


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_stands_in_the_document_and_once_in_the_table(document: dict[str, Any]) -> None:
    told = {operation["operationId"] for methods in document["paths"].values() for operation in methods.values()}
    assert told == {operation.name for operation in OPERATIONS}
    assert len(OPERATIONS) == len({(operation.method, operation.path) for operation in OPERATIONS}) == len(told)


def test_every_operation_names_a_permission_and_none_is_public() -> None:
    assert [one.name for one in OPERATIONS if not isinstance(one.needs, Permission)] == []
    assert [one.name for one in OPERATIONS if one.needs is Permission.PUBLIC] == []


def test_every_field_and_parameter_is_told_in_words(document: dict[str, Any]) -> None:
    fields = {
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, content in schema.get("properties", {}).items()
        if not content.get("description")
    }
    parameters = {
        f"{operation['operationId']}.{one['name']}"
        for methods in document["paths"].values()
        for operation in methods.values()
        for one in operation["parameters"]
        if not one.get("description")
    }
    assert fields | parameters == set()


def test_days_are_read_as_they_are_written_and_never_as_seconds() -> None:
    sent = {model for operation in OPERATIONS for model in (operation.body, operation.query) if model}
    loose = {
        f"{model.__name__}.{name}"
        for model in sent
        for name, field in model.model_fields.items()
        if "datetime.date" in (told := f"{field.annotation} {field.metadata}") and "BeforeValidator" not in told
    }
    assert loose == set()


def test_no_docstring_of_the_code_reaches_the_document(document: dict[str, Any]) -> None:
    assert [name for name, schema in document["components"]["schemas"].items() if "description" in schema] == []


def test_every_code_in_the_document_has_a_german_sentence() -> None:
    codes = set().union(*(codes for operation in OPERATIONS for codes in operation.refusals().values()))
    assert {code for code in codes if not sentences().get(code)} == set()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: set[str] = set()
        self.tags: set[str] = set()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if identifier := given.get("id"):
            self.anchors.add(identifier)
        for name in ("href", "src"):
            if target := given.get(name):
                self.targets |= {target[1:]} if target.startswith("#") else set()
                self.foreign += [target] if "//" in target else []
        self.foreign += [name for name in given if name.startswith("on") or name == "style"]


def test_the_page_tells_every_operation_model_and_error_without_script(
    anonymous: Program, document: dict[str, Any]
) -> None:
    answer = anonymous.client.get(f"{ROOT}/")
    assert answer.status_code == 200
    assert "script" not in answer.headers["Content-Security-Policy"]
    page = _Page()
    page.feed(answer.text)
    assert {operation.name for operation in OPERATIONS} <= page.anchors
    assert {f"model-{name}" for name in document["components"]["schemas"]} <= page.anchors
    codes = set().union(*(codes for operation in OPERATIONS for codes in operation.refusals().values()))
    assert {f"problem-{code}" for code in codes} <= page.anchors
    assert page.targets - page.anchors == set()
    assert page.foreign == []
    assert "script" not in page.tags


def test_the_page_shows_a_call_for_every_operation(anonymous: Program) -> None:
    page = anonymous.client.get(f"{ROOT}/").text
    assert page.count("curl -H") == len(OPERATIONS)
    assert re.search(r"-d &#39;\{&#34;file_plan_code&#34;", page)
