"""Form fields as values: what is asked, what stands in it, and what two people wrote at the same time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request

from eakte.actions.editing import DIRECTIONS, DOCUMENT_TEXTS
from eakte.actions.metadata import PREFIX, Fields, FieldView
from eakte.records.calendar import german
from eakte.records.metadata import CaseFileKind, FieldType, Required
from eakte.store.documents import Document
from eakte.store.files import CaseFile

MINE, STORED = "mine", "stored"
YES_NO = (("", "keine Angabe"), ("ja", "ja"), ("nein", "nein"))
LONGEST = 2_000
_PLACEHOLDERS = {FieldType.DATE: "TT.MM.JJJJ", FieldType.MONEY: "0,00", FieldType.NUMBER: "0"}
_HINTS = {Required.FILING: "", Required.CLOSING: "Vor der z.d.A.-Verfügung auszufüllen."}


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form; with ``options`` it is a selection."""

    name: str
    label: str
    text: str
    """What stands in it, in German."""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    hint: str = ""
    placeholder: str = ""
    list: str = ""
    problem: str = ""

    @property
    def shown(self) -> str:
        """The text as people read it: the name of a chosen option."""
        return dict(self.options).get(self.text, self.text)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two people changed differently, or only one of them."""

    mine: Input
    stored: Input
    chosen: str
    """What is selected in advance: what only one of the two changed; nothing where both did."""


def of_fields(views: Sequence[FieldView]) -> tuple[Input, ...]:
    """Return the inputs of declared fields; values without a field are not for changing."""
    return tuple(_of_field(view) for view in views if view.declared)


def _of_field(view: FieldView) -> Input:
    options: tuple[tuple[str, str], ...] = ()
    if view.type is FieldType.YES_NO:
        options = YES_NO
    elif view.type is FieldType.CHOICE:
        options = (("", "keine Angabe"), *((choice, choice) for choice in view.choices))
        if view.text and view.text not in view.choices:
            options = (*options, (view.text, f"{view.text} (nicht mehr in der Liste)"))
    hints = (view.help, view.hint, _HINTS.get(view.required, ""))
    return Input(
        PREFIX + view.name,
        view.label,
        view.text,
        options,
        required=view.required is Required.FILING,
        hint=" ".join(hint for hint in hints if hint),
        placeholder=_PLACEHOLDERS.get(view.type, ""),
        problem=view.problem,
    )


def of_document(document: Document, views: Sequence[FieldView]) -> tuple[Input, ...]:
    """Return the inputs of a document."""
    texts = {name: str(getattr(document, name)) for name in DOCUMENT_TEXTS}
    return (
        Input("document_type", "Dokumenttyp", texts["document_type"], required=True, list="ea-types"),
        Input("subject", "Betreff", texts["subject"], required=True),
        Input("sender", "Absender", texts["sender"]),
        Input("letter_date", "Schreiben vom", german(document.letter_date), placeholder="TT.MM.JJJJ"),
        Input("foreign_reference", "Fremdes Aktenzeichen", texts["foreign_reference"]),
        Input("direction", "Richtung", texts["direction"], tuple(DIRECTIONS.items())),
        *of_fields(views),
    )


def of_case_file(case_file: CaseFile, kinds: Sequence[CaseFileKind], views: Sequence[FieldView]) -> tuple[Input, ...]:
    """Return the inputs of a case file."""
    offered = (("", "wie im Aktenplan"), *((kind.name, kind.label) for kind in kinds))
    kind = (Input("file_type", "Aktenart", case_file.file_type, offered),) if kinds else ()
    return (Input("subject", "Betreff", case_file.subject, required=True), *kind, *of_fields(views))


def typed(names: Collection[str]) -> dict[str, str]:
    """Return what the person sent for these fields, or what they chose of two versions; missing ones are left out."""
    found = {}
    for name in names:
        source = f"{STORED}.{name}" if request.form.get(f"pick.{name}") == STORED else name
        if source in request.form:
            found[name] = request.form[source][:LONGEST].strip()
    return found


def fields_of(given: Mapping[str, str]) -> Fields:
    """Return the declared fields among what was typed."""
    return Fields(
        {name.removeprefix(PREFIX): text for name, text in given.items() if name.startswith(PREFIX)}, typed=True
    )


def fields() -> Fields:
    """Return the declared fields that a form sent."""
    return fields_of({name: text[:LONGEST].strip() for name, text in request.form.items()})


def filled(inputs: Sequence[Input], given: Mapping[str, str], *, problem: str = "", at: str = "") -> tuple[Input, ...]:
    """Return the inputs with what was typed in them, and a problem told at one of them."""
    return tuple(
        replace(one, text=given.get(one.name, one.text), problem=problem if one.name == at else "") for one in inputs
    )


def differences(stored: Sequence[Input], given: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return every field in which what was typed differs from what is stored now."""
    return tuple(
        Difference(replace(one, text=given[one.name], problem=""), one, _chosen(one, given[one.name]))
        for one in stored
        if one.name in given and given[one.name] != one.text
    )


def _chosen(stored: Input, mine: str) -> str:
    seen = request.form.get(f"was.{stored.name}")
    if seen is None or seen not in {mine, stored.text}:
        return ""
    return STORED if seen == mine else MINE


def undecided(inputs: Sequence[Input]) -> bool:
    """Whether two versions of a field were shown and none was chosen."""
    return any(f"{STORED}.{one.name}" in request.form and f"pick.{one.name}" not in request.form for one in inputs)
