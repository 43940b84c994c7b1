"""The interface told to people: one German page, made from the OpenAPI document alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Flask, Response, make_response, render_template, request

from eakte.api import words
from eakte.api.operation import ROOT
from eakte.texts import sentences

CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def install(app: Flask, document: Mapping[str, Any], public_url: str) -> None:
    """Hang the page and its style sheet into the application."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["kind_of"] = kind_of
    operations, problems = list(_operations(document)), _problems(document)
    told = {"about": words.about(), "doc": document, "operations": operations, "problems": problems}

    def show() -> Response:
        address = (public_url or request.host_url).rstrip("/")
        answer = make_response(render_template("page.html", root=ROOT, address=address, curl=curl, **told))
        answer.headers["Content-Security-Policy"] = CSP
        return answer

    app.add_url_rule(f"{ROOT}/", "page", show, methods=["GET"])
    app.add_url_rule(f"{ROOT}/page.css", "style", _style, methods=["GET"])


def _style() -> Response:
    answer = make_response((files("eakte.api") / "page.css").read_text("utf-8"))
    answer.headers["Content-Type"] = "text/css; charset=utf-8"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {"path": path, "method": method.upper(), "noun": operation["tags"][0], **_model(document, operation)}


def _model(document: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    example = example_of(schema, document["components"]["schemas"]) if schema else None
    return {"op": operation, "body": name_of(schema), "example": example, "uploads": "multipart/form-data" in content}


def _problems(document: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    """Return every code that can happen with its status and German sentence."""
    found = set()
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    codes = content["schema"].get("allOf", [{}])[-1].get("properties", {}).get("code", {})
                    found |= {(int(status), code) for code in codes.get("enum", ())}
    # Where a sentence names something, an example cannot know what.
    return [(status, code, re.sub(r"\{\w+\}", "…", sentences().get(code, ""))) for status, code in sorted(found)]


def name_of(schema: Mapping[str, Any]) -> str:
    """Return the name of the model a reference points to."""
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return what a value is, in German words."""
    if "$ref" in schema:
        return name_of(schema)
    if several := schema.get("anyOf", schema.get("oneOf")):
        return " oder ".join(kind_of(one) for one in several)
    if values := schema.get("enum", [schema["const"]] if "const" in schema else None):
        return " · ".join(str(one) for one in values)
    if schema.get("type") == "array":
        return f"Liste: {kind_of(schema.get('items', {}))}"
    named = {"uuid": "Kennung (UUID)", "date": "Datum", "date-time": "Zeitpunkt", "binary": "Datei"}
    plain = {"string": "Text", "integer": "ganze Zahl", "number": "Zahl", "boolean": "true oder false", "null": "null"}
    return named.get(schema.get("format", ""), plain.get(schema.get("type", ""), "JSON-Objekt"))


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """Return a value that fits the schema, for the examples."""
    if "$ref" in schema:
        return example_of(schemas[name_of(schema)], schemas, name)
    if name in words.examples() and "const" not in schema:
        return words.examples()[name]
    if several := schema.get("anyOf", schema.get("oneOf")):
        return example_of(several[0], schemas, name)
    if schema.get("type") == "object":
        inside = schema.get("properties", {})
        return {field: example_of(one, schemas, field) for field, one in inside.items()}
    if schema.get("type") == "array":
        return [example_of(schema.get("items", {}), schemas, name)]
    plain = {"integer": 1, "number": 0.5, "boolean": False, "null": None}
    formats = {"uuid": words.examples()["id"], "date": "2026-11-26", "date-time": "2026-11-26T09:00:00Z"}
    texts = schema.get("const", schema.get("enum", ["Text"])[0])
    return plain.get(schema.get("type", ""), formats.get(schema.get("format", ""), texts))


@cache
def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def curl(operation: Mapping[str, Any], address: str) -> str:
    """Return the call as a line for the shell."""
    path = operation["path"]
    parameters = operation["op"]["parameters"]
    for one in parameters:
        if one["in"] == "path":
            path = path.replace("{" + one["name"] + "}", str(example_of(one["schema"], {}, one["name"])))
    needed = [one for one in parameters if one["in"] == "query" and one["required"]]
    asked = "&".join(f"{one['name']}={example_of(one['schema'], {}, one['name'])}" for one in needed)
    lines = [
        f'curl -H "Authorization: Bearer $TOKEN" {_quoted(address + ROOT + path + ("?" + asked if asked else ""))}'
    ]
    lines += [f"-X {operation['method']}"] if operation["method"] != "GET" else []
    headers = [one["name"] for one in parameters if one["in"] == "header"]
    lines += [f"-H {_quoted(f'{name}: {words.examples()[name]}')}" for name in headers]
    if operation["uploads"]:
        lines.append("-F file=@brief.pdf")
    elif operation["body"]:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d {_quoted(json.dumps(operation['example'], ensure_ascii=False))}")
    elif operation["op"]["responses"].get("200", {}).get("description") == "Die Datei.":
        lines.append("-OJ")
    return " \\\n  ".join(lines)
