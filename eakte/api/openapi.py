"""The OpenAPI 3.1 document, generated from the table of operations and the models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from eakte.api import uploads, words
from eakte.api.models import Problem
from eakte.api.operation import ROOT, Operation, Sends
from eakte.api.problems import CORRELATION, PROBLEM
from eakte.api.reading import JSON, KEY
from eakte.api.uploads import FORM, MOST_FILES, PART, RAW
from eakte.records.access import Permission

VERSION = "1.0.0"
"""Of the interface: grows with it, the first number only where programs must be changed."""
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
_TYPES: Mapping[str, dict[str, object]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "": {"type": "string", "minLength": 1},
}


@cache
def document(operations: tuple[Operation, ...], city: str) -> Mapping[str, Any]:
    """Return the whole document; made once, whoever asks for it then only reads it."""
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = _ARGUMENT.sub(r"{\2}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, operations, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"E-Akte {city}", "version": VERSION, "description": " ".join(words.about())},
        "servers": [{"url": ROOT}],
        "tags": [
            {"name": noun, "description": words.nouns().get(noun, noun)}
            for noun in dict.fromkeys(operation.noun for operation in operations)
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Zugangsschlüssel einer Person (eakte_…), gekürzt auf seine Rechte.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "ea_session",
                    "description": "Sitzung der Weboberfläche; nur zum Lesen (GET).",
                },
            },
        },
    }


def _nouns(operations: tuple[Operation, ...]) -> list[str]:
    return list(dict.fromkeys(operation.noun for operation in operations))


def _schemas(operations: tuple[Operation, ...]) -> dict[str, Any]:
    models: list[tuple[type[BaseModel], Any]] = [(Problem, "serialization")]
    for operation in operations:
        if operation.body:
            models.append((operation.body, "validation"))
        if not isinstance(operation.answers, Sends):
            models.append((operation.answers, "serialization"))
    told = list(dict.fromkeys(models))
    _, found = models_json_schema(told, ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = found["$defs"]
    if shared := sorted(name for name in schemas if "__" in name):
        raise ValueError(f"models share a name: {', '.join(shared)}")
    for name, schema in schemas.items():
        _tell(name, schema)
    return schemas


def _tell(name: str, schema: dict[str, Any]) -> None:
    """Say in German what is described; docstrings stay inside."""
    schema.pop("description", None)
    if schema.get("title") == name:
        del schema["title"]
    for field, content in schema.get("properties", {}).items():
        content.pop("title", None)
        content.setdefault("description", words.fields().get(field, ""))


def _operation(operation: Operation, operations: tuple[Operation, ...], schemas: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.noun],
        "summary": operation.title,
        "security": _security(operation),
        "parameters": _parameters(operation),
        "responses": _responses(operation, operations, schemas),
    }
    if operation.notes:
        told["description"] = operation.notes
    if operation.body:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(operation.body)}}}
    elif operation.uploads:
        told["requestBody"] = {"required": True, "content": _uploads(many=operation.uploads is uploads.many)}
    return told


def _uploads(*, many: bool) -> dict[str, Any]:
    part = {"type": "string", "format": "binary", "minLength": 1}
    parts = {"type": "array", "items": part, "minItems": 1, "maxItems": MOST_FILES}
    files = {PART: parts if many else part}
    form = {"type": "object", "properties": files, "required": [PART], "additionalProperties": False}
    return {FORM: {"schema": form}, **({} if many else {RAW: {"schema": part}})}


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.needs is Permission.PUBLIC:
        return []
    doors = ("token", "session") if operation.method == "GET" else ("token",)
    return [{door: []} for door in doors]


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{_name(model)}"}


def _name(model: type[BaseModel]) -> str:
    return re.sub(r"[^\w.-]", "_", model.__name__)


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    told = [
        {"name": name, "in": "path", "required": True, "schema": _TYPES[kind], "description": _word(name)}
        for kind, name in _ARGUMENT.findall(operation.path)
    ]
    if operation.query:
        schema = operation.query.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, content in schema["properties"].items():
            content.pop("title", None)
            told.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in schema.get("required", ()),
                    "schema": _inlined(content, schema.get("$defs", {})),
                    "description": content.pop("description", "") or _word(name),
                }
            )
    headers = [("If-Match", True, operation.current), ("Idempotency-Key", False, operation.once)]
    for name, required, wanted in headers:
        if wanted:
            text = {"type": "string", **({"pattern": f"^{KEY}$"} if name == "Idempotency-Key" else {})}
            told.append(
                {"name": name, "in": "header", "required": required, "schema": text, "description": _word(name)}
            )
    return told


def _inlined(content: Any, definitions: Mapping[str, Any]) -> Any:
    """Put enumerations where they are used; a parameter without a value is simply left out."""
    if isinstance(content, dict):
        if "$ref" in content:
            found = dict(definitions[content["$ref"].rsplit("/", 1)[-1]])
            found.pop("description", None)
            found.pop("title", None)
            return found
        if "anyOf" in content:
            kinds = [kind for kind in content["anyOf"] if kind != {"type": "null"}]
            if len(kinds) == 1:
                return _inlined(kinds[0], definitions)
        return {
            name: _inlined(value, definitions)
            for name, value in content.items()
            if not (name == "default" and value is None)
        }
    return [_inlined(one, definitions) for one in content] if isinstance(content, list) else content


def _word(name: str) -> str:
    return words.fields().get(name, "")


def _responses(operation: Operation, operations: tuple[Operation, ...], schemas: Mapping[str, Any]) -> dict[str, Any]:
    told = {str(operation.status): _success(operation, operations, schemas)}
    if operation.tagged and operation.reads:
        told["304"] = {"description": "Unverändert seit dem ETag aus If-None-Match.", "headers": _headers(operation)}
    for status, codes in sorted(operation.refusals().items()):
        code = {"properties": {"code": {"enum": sorted(codes)}, "status": {"const": status}}}
        told[str(status)] = {
            "description": f"{words.TITLES.get(status, words.TITLES[500])}: {', '.join(sorted(codes))}",
            "headers": {CORRELATION: _HEADERS[CORRELATION]},
            "content": {PROBLEM: {"schema": {"allOf": [_ref(Problem), code]}}},
        }
    return told


_TEXT = {"type": "string"}
_HEADERS: dict[str, dict[str, Any]] = {
    CORRELATION: {"description": "Nummer dieser Anfrage, für Rückfragen.", "schema": _TEXT},
    "ETag": {"description": "Stand des Datensatzes, für If-Match und If-None-Match.", "schema": _TEXT},
    "Location": {"description": "Adresse des neuen Datensatzes.", "schema": _TEXT},
    "Idempotency-Replayed": {"description": "„true“, wenn die Antwort schon einmal gegeben wurde.", "schema": _TEXT},
    "Link": {"description": "Adresse der folgenden Seite (rel=next).", "schema": _TEXT},
}


def _headers(operation: Operation) -> dict[str, Any]:
    names = [CORRELATION]
    names += ["ETag"] if operation.tagged else []
    names += ["Location"] if operation.status == 201 else []
    names += ["Idempotency-Replayed"] if operation.once and not operation.each else []
    names += ["Link"] if operation.query and "cursor" in operation.query.model_fields else []
    return {name: _HEADERS[name] for name in names}


def _success(operation: Operation, operations: tuple[Operation, ...], schemas: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(operation.answers, Sends):
        binary: dict[str, Any] = {"type": "string", "format": "binary"}
        content = {kind: {"schema": {} if kind == JSON else binary} for kind in operation.answers.media_types}
        return {"description": "Die Datei.", "headers": _headers(operation), "content": content}
    told = {
        "description": "Angelegt." if operation.status == 201 else "Erledigt.",
        "headers": _headers(operation),
        "content": {JSON: {"schema": _ref(operation.answers)}},
    }
    name = _ref(operation.answers)["$ref"].rsplit("/", 1)[-1]
    if operation.method == "POST" and (links := _links(schemas[name], operations)):
        told["links"] = links
    return told


def _links(schema: Mapping[str, Any], operations: tuple[Operation, ...]) -> dict[str, Any]:
    """Return where one can go on from an answer: whatever takes an id that it holds."""
    known = set(schema.get("properties", {}))
    links = {}
    for operation in operations:
        arguments = [name for _, name in _ARGUMENT.findall(operation.path)]
        if arguments and set(arguments) <= known:
            links[operation.name] = {
                "operationId": operation.name,
                "parameters": {name: f"$response.body#/{name}" for name in arguments},
            }
    return links
