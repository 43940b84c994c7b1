"""The city's declarations of metadata and file templates, read once at the start from ``config``.

``metadata/*.toml`` declare a kind of case file (``[case_file]``) or a document type (``[document]``) with
its ``[[field]]``; ``file_templates/*.toml`` declare patterns for whole case files. A mistake stops the
start and names its file and line in German: a field that quietly vanished would be missed years later.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from eakte.errors import DeclarationInvalid
from eakte.records.field_values import judged, sent
from eakte.records.metadata import (
    CaseFileKind,
    Catalogue,
    DocumentKind,
    FieldSpec,
    FieldType,
    FileTemplate,
    Required,
)
from search import synonyms
from search.query import RESERVED

_Kind = TypeVar("_Kind", bound=StrEnum)
_Fail: TypeAlias = Callable[[str, str], DeclarationInvalid]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FIELD_KEYS = frozenset(
    {"name", "label", "type", "required", "pattern", "hint", "help", "choices", "searchable", "personal"}
)
_WITH_PATTERN = frozenset({FieldType.TEXT, FieldType.REFERENCE})


@dataclass(frozen=True, slots=True)
class _Source:
    """One file, and where in it things stand."""

    path: Path
    text: str
    content: Mapping[str, Any]

    def fail(self, problem: str, *, header: str = "", place: int = 0, key: str = "") -> DeclarationInvalid:
        """Return the error that names the line of *key* in the *place*-th table called *header*."""
        return DeclarationInvalid(file=self.path.name, line=str(self._line(header, place, key)), problem=problem)

    def _line(self, header: str, place: int, key: str) -> int:
        lines = self.text.splitlines()
        heads = [number for number, line in enumerate(lines) if line.strip() in {f"[{header}]", f"[[{header}]]"}]
        start = heads[place] if place < len(heads) else 0
        for number in range(start + 1 if heads else 0, len(lines)):
            if lines[number].lstrip().startswith("["):
                break
            if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", lines[number]):
                return number + 1
        return start + 1


def read_catalogue(config: Path) -> Catalogue:
    """Return what the folder declares; a missing folder declares nothing.

    Raises:
        DeclarationInvalid: A file cannot be understood; the message names file and line.
    """
    kinds: list[CaseFileKind] = []
    types: list[DocumentKind] = []
    known: dict[str, FieldSpec] = {}
    for source in _sources(config / "metadata"):
        fields = _fields(source, known)
        if "case_file" in source.content:
            kinds.append(_case_file_kind(source, fields, kinds))
        else:
            types.append(_document_kind(source, fields, types))
    catalogue = Catalogue(tuple(kinds), tuple(types))
    templates: list[FileTemplate] = []
    for source in _sources(config / "file_templates"):
        templates.append(_template(source, catalogue, templates))
    return Catalogue(catalogue.case_file_kinds, catalogue.document_kinds, tuple(templates), _synonyms(config))


def _synonyms(config: Path) -> tuple[tuple[str, ...], ...]:
    path = config / "synonyms.txt"
    if not path.exists():
        return ()
    lines = path.read_text("utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            synonyms.read([line])
        except ValueError:
            problem = "Erwartet wird „Wort = anderes Wort“."
            raise DeclarationInvalid(file=path.name, line=str(number), problem=problem) from None
    return synonyms.read(lines)


def _sources(folder: Path) -> Iterable[_Source]:
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text("utf-8")
        try:
            yield _Source(path, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            number = line[1] if line else str(len(text.splitlines()))
            raise DeclarationInvalid(file=path.name, line=number, problem="Das ist kein gültiges TOML.") from error


def _fields(source: _Source, known: dict[str, FieldSpec]) -> tuple[FieldSpec, ...]:
    content = source.content
    if ("case_file" in content) == ("document" in content):
        raise source.fail("Die Datei braucht genau einen Abschnitt [case_file] oder [document].")
    if unknown := sorted(set(content) - {"case_file", "document", "field"}):
        raise source.fail(f"Den Abschnitt „{unknown[0]}“ gibt es nicht.", header=unknown[0])
    found: list[FieldSpec] = []
    for place, entry in enumerate(content.get("field", ())):
        spec = _field(source, place, entry)
        same = known.setdefault(spec.name, spec)
        if spec.name in {other.name for other in found}:
            raise source.fail(f"Das Feld „{spec.name}“ steht hier zweimal.", header="field", place=place, key="name")
        if same.type is not spec.type:
            problem = f"Das Feld „{spec.name}“ ist anderswo als „{same.type.value}“ angegeben; ein Name hat einen Typ."
            raise source.fail(problem, header="field", place=place, key="type")
        found.append(spec)
    return tuple(found)


def _field(source: _Source, place: int, entry: Mapping[str, Any]) -> FieldSpec:
    def fail(problem: str, key: str = "") -> DeclarationInvalid:
        return source.fail(problem, header="field", place=place, key=key)

    if unknown := sorted(set(entry) - _FIELD_KEYS):
        raise fail(f"Die Angabe „{unknown[0]}“ gibt es nicht.", unknown[0])
    name = str(entry.get("name", ""))
    if not _NAME.fullmatch(name):
        raise fail("Der Name (name) braucht Kleinbuchstaben, Ziffern und _ und beginnt mit einem Buchstaben.", "name")
    if name.replace("_", "") in RESERVED:
        raise fail(f"„{name}:“ ist schon ein Suchfeld; bitte einen anderen Namen wählen.", "name")
    if not str(entry.get("label", "")).strip():
        raise fail(f"Dem Feld „{name}“ fehlt die Bezeichnung (label).", "label")
    spec = FieldSpec(
        name=name,
        label=str(entry["label"]).strip(),
        type=_one_of(FieldType, entry.get("type", "text"), fail, "type"),
        required=_one_of(Required, entry.get("required", "no"), fail, "required"),
        pattern=str(entry.get("pattern", "")),
        hint=str(entry.get("hint", "")),
        help=str(entry.get("help", "")),
        choices=tuple(str(choice) for choice in entry.get("choices", ())),
        searchable=entry.get("searchable", True) is True,
        personal=entry.get("personal", False) is True,
    )
    _check_pattern(spec, fail)
    if (spec.type is FieldType.CHOICE) != bool(spec.choices):
        raise fail("Eine Auswahlliste (choices) gehört genau zum Typ „choice“.", "choices")
    return spec


def _one_of(kinds: type[_Kind], value: object, fail: _Fail, key: str) -> _Kind:
    try:
        return kinds(str(value))
    except ValueError as error:
        raise fail(f"„{value}“ gibt es nicht. Möglich sind: {', '.join(kinds)}.", key) from error


def _check_pattern(spec: FieldSpec, fail: _Fail) -> None:
    if not spec.pattern:
        return
    if spec.type not in _WITH_PATTERN:
        raise fail("Ein Muster (pattern) gibt es nur für Texte und Aktenzeichen.", "pattern")
    if not spec.hint:
        raise fail("Zum Muster gehört ein deutscher Hinweis (hint), was erwartet wird.", "hint")
    try:
        re.compile(spec.pattern)
    except re.error as error:
        raise fail(f"Das Muster ist kein regulärer Ausdruck ({error}).", "pattern") from error


def _case_file_kind(source: _Source, fields: tuple[FieldSpec, ...], others: list[CaseFileKind]) -> CaseFileKind:
    entry = source.content["case_file"]
    _check_keys(source, "case_file", entry, {"kind", "label", "plan"}, needed=("kind", "label"))
    kind = CaseFileKind(str(entry["kind"]), str(entry["label"]), tuple(map(str, entry.get("plan", ()))), fields)
    if not _NAME.fullmatch(kind.name) or kind.name in {other.name for other in others}:
        problem = f"Die Aktenart „{kind.name}“ gibt es schon, oder ihr Name hat andere Zeichen als a-z, 0-9 und _."
        raise source.fail(problem, header="case_file", key="kind")
    if taken := sorted(set(kind.plan) & {code for other in others for code in other.plan}):
        problem = f"Die Aktenplaneinheit {taken[0]} gehört schon zu einer anderen Aktenart."
        raise source.fail(problem, header="case_file", key="plan")
    return kind


def _document_kind(source: _Source, fields: tuple[FieldSpec, ...], others: list[DocumentKind]) -> DocumentKind:
    entry = source.content["document"]
    _check_keys(source, "document", entry, {"type"}, needed=("type",))
    kind = DocumentKind(str(entry["type"]).strip(), fields)
    if kind.name.casefold() in {other.name.casefold() for other in others}:
        problem = f"Der Dokumenttyp „{kind.name}“ ist schon angegeben."
        raise source.fail(problem, header="document", key="type")
    return kind


def _template(source: _Source, catalogue: Catalogue, others: list[FileTemplate]) -> FileTemplate:
    entry = source.content
    keys = {"name", "label", "plan", "kind", "subject", "cases", "sub_file", "values"}
    _check_keys(source, "", entry, keys, needed=("name", "label"))
    template = FileTemplate(
        name=str(entry["name"]),
        label=str(entry["label"]),
        plan=tuple(map(str, entry.get("plan", ()))),
        kind=str(entry.get("kind", "")),
        subject=str(entry.get("subject", "")),
        cases=tuple(map(str, entry.get("cases", ()))),
        sub_files=tuple((str(one["subject"]), tuple(map(str, one["cases"]))) for one in entry.get("sub_file", ())),
        values=dict(entry.get("values", {})),
    )
    if template.name in {other.name for other in others}:
        raise source.fail(f"Die Aktenvorlage „{template.name}“ gibt es schon.", key="name")
    fields = catalogue.case_file_fields(template.kind, template.plan[:1])
    if template.kind and catalogue.kind_of(template.kind, ()) is None:
        raise source.fail(f"Die Aktenart „{template.kind}“ gibt es nicht.", key="kind")
    values, problems = sent(fields, {}, template.values)
    problems += judged(fields, values, Required.NO)
    if problems:
        raise source.fail(problems[0].text, header="values", key=problems[0].name)
    return replace(template, values=values)


def _check_keys(
    source: _Source, header: str, entry: Mapping[str, Any], keys: set[str], *, needed: tuple[str, ...]
) -> None:
    if unknown := sorted(set(entry) - keys):
        raise source.fail(f"Die Angabe „{unknown[0]}“ gibt es nicht.", header=header, key=unknown[0])
    if missing := [key for key in needed if not str(entry.get(key, "")).strip()]:
        raise source.fail(f"Die Angabe „{missing[0]}“ fehlt.", header=header)
