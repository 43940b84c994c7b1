"""Case files opened with fields, kinds and templates."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from eakte.actions import case_view, cases, filing, metadata, templates
from eakte.actions.cases import NewCaseFile
from eakte.actions.filing import Filing
from eakte.actions.metadata import Fields
from eakte.errors import CannotClose, InvalidInput
from eakte.records.metadata import CaseFileKind, Catalogue, DocumentKind, FieldSpec, FieldType, FileTemplate, Required
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, SubFile
from tests.town import Town

PLOT = FieldSpec("flurstueck", "Flurstück", required=Required.CLOSING)
KIND = FieldSpec("verfahren", "Verfahren", FieldType.CHOICE, choices=("Voll", "Vereinfacht"), required=Required.FILING)
CATALOGUE = Catalogue(
    case_file_kinds=(CaseFileKind("bauakte", "Bauakte", (), (PLOT, KIND)),),
    document_kinds=(
        DocumentKind(
            "Rechnung",
            (
                FieldSpec("rechnungsnummer", "Rechnungsnummer", required=Required.FILING),
                FieldSpec("betrag", "Betrag", FieldType.MONEY, required=Required.CLOSING),
            ),
        ),
    ),
    templates=(
        FileTemplate(
            "bauantrag",
            "Bauantrag",
            plan=("52.01",),
            kind="bauakte",
            cases=("Antrag", "Nachbarn"),
            sub_files=(("Statik", ("Prüfung", "Nachträge")),),
            values={"verfahren": "Vereinfacht"},
        ),
    ),
)


@pytest.fixture(autouse=True)
def declared(town: Town) -> None:
    town.database.catalogue = CATALOGUE


def opened(town: Town, plan: str = "52.01", **more: Any) -> CaseFile:
    actor = town.actor("brandt")
    with town.database.begin() as session:
        return cases.open_case_file(session, actor, NewCaseFile(plan, "Neubau", "63.2", **more), town.now)


def test_a_template_brings_kind_values_cases_and_sub_files(town: Town) -> None:
    made = opened(town, template="bauantrag", fields=Fields({"flurstueck": "12/3"}, typed=True))
    with town.database.reading() as session:
        file = session.get_one(CaseFile, made.id)
        assert (file.file_type, file.field_values) == ("bauakte", {"verfahren": "Vereinfacht", "flurstueck": "12/3"})
        rows = session.execute(
            select(BusinessCase.number, BusinessCase.subject, SubFile.subject)
            .outerjoin(SubFile, SubFile.id == BusinessCase.sub_file_id)
            .where(BusinessCase.case_file_id == made.id)
            .order_by(BusinessCase.number)
        ).all()
    assert [tuple(row) for row in rows] == [
        (1, "Antrag", None),
        (2, "Nachbarn", None),
        (3, "Prüfung", "Statik"),
        (4, "Nachträge", "Statik"),
    ]


def test_a_value_given_goes_before_the_one_of_the_template(town: Town) -> None:
    made = opened(town, template="bauantrag", fields=Fields({"verfahren": "voll"}, typed=True))
    assert made.field_values == {"verfahren": "Voll"}


def test_a_template_is_offered_only_in_its_branch(town: Town) -> None:
    with town.database.reading() as session:
        assert [one.name for one in templates.offered(session, "52.01")] == ["bauantrag"]
        assert templates.offered(session, "52.02") == ()
        assert templates.offered(session, "99") == ()
        assert len(templates.offered(session, "")) == 1
    with pytest.raises(InvalidInput) as refused:
        opened(town, "52.02", template="bauantrag")
    assert refused.value.detail["field"] == "template"


def test_a_field_required_from_the_start_is_asked_for_when_the_file_is_opened(town: Town) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(town, file_type="bauakte")
    assert refused.value.detail == {"problem": "Verfahren: Bitte ausfüllen.", "field": "field_values.verfahren"}


def test_a_field_required_from_the_start_is_asked_for_when_a_document_is_filed(town: Town) -> None:
    file, item_id, actor = opened(town), town.waiting(), town.actor("brandt")
    bare = Filing(file.id, None, "rechnung", "Rechnung", "Firma", None)
    with pytest.raises(InvalidInput) as refused, town.database.begin() as session:
        filing.file_document(session, actor, item_id, bare, town.now)
    assert refused.value.detail["field"] == "field_values.rechnungsnummer"
    stated = Filing(file.id, None, "rechnung", "Rechnung", "Firma", None, fields=Fields({"rechnungsnummer": "7"}))
    with town.database.begin() as session:
        filed = filing.file_document(session, actor, item_id, stated, town.now)
    with town.database.reading() as session:
        document = session.get_one(Document, filed.document_id)
    assert (document.document_type, document.field_values) == ("Rechnung", {"rechnungsnummer": "7"})


def test_closing_waits_for_the_fields_required_by_then(town: Town) -> None:
    file, item_id, actor = opened(town, template="bauantrag"), town.waiting(), town.actor("brandt")
    stated = Filing(file.id, None, "Rechnung", "Rechnung", "Firma", None, fields=Fields({"rechnungsnummer": "7"}))
    with town.database.begin() as session:
        filed = filing.file_document(session, actor, item_id, stated, town.now)
    with town.database.reading() as session:
        texts = [check.text for check in case_view.show(session, actor, file.id, town.now).preconditions]
        assert any("Flurstück: Bitte ausfüllen." in text for text in texts)
        assert any(f"{filed.document_reference} – Betrag: Bitte ausfüllen." in text for text in texts)
    with pytest.raises(CannotClose):
        town.close(file.id, on=town.now)
    with town.database.begin() as session:
        found = session.get_one(CaseFile, file.id)
        found.field_values = metadata.accepted(
            metadata.case_file_fields(session, found), found.field_values, Fields({"flurstueck": "1"}), Required.NO
        )
        found.revision += 1
        document = session.get_one(Document, filed.document_id)
        document.field_values = {**document.field_values, "betrag": "5.00"}
        document.revision += 1
    town.close(file.id, on=town.now)
