"""Changing filed documents and open case files: nothing overwritten unseen, old and new values told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import editing, entries, metadata
from eakte.actions.metadata import Fields
from eakte.errors import CaseFileClosed, InvalidInput, MoveRefused, NotAllowed, NotFound, StaleRevision
from eakte.records.metadata import CaseFileKind, Catalogue, DocumentKind, FieldSpec, FieldType, Required
from eakte.records.states import DocumentState
from eakte.store.documents import Document
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry, HistoryValue
from eakte.store.references import CASE_FILE, keep_alias
from tests.town import Town

AMOUNT = FieldSpec("betrag", "Betrag", FieldType.MONEY)
NUMBERED = FieldSpec("rechnungsnummer", "Rechnungsnummer", required=Required.FILING)
PLOT = FieldSpec("flurstueck", "Flurstück", pattern=r"\d+(/\d+)?", hint="Zum Beispiel 12/3.", required=Required.CLOSING)
OWNER = FieldSpec("inhaber", "Inhaber", required=Required.FILING)
CATALOGUE = Catalogue(
    case_file_kinds=(
        CaseFileKind("bauakte", "Bauakte", ("52",), (PLOT,)),
        CaseFileKind("gewerbe", "Gewerbeakte", (), (OWNER,)),
    ),
    document_kinds=(DocumentKind("Rechnung", (NUMBERED, AMOUNT)), DocumentKind("Antrag", (AMOUNT,))),
)


@pytest.fixture(autouse=True)
def declared(town: Town) -> None:
    town.database.catalogue = CATALOGUE


def edit(
    town: Town,
    document_id: UUID,
    wanted: Mapping[str, object],
    fields: Fields = metadata.NO_FIELDS,
    *,
    login: str = "brandt",
    revision: int | None = None,
) -> int:
    actor = town.actor(login)
    with town.database.begin() as session:
        return editing.edit_document(
            session, actor, document_id, wanted, fields, revision=revision, now=town.now
        ).revision


def edit_file(
    town: Town,
    case_file_id: UUID,
    wanted: Mapping[str, object],
    fields: Fields = metadata.NO_FIELDS,
    *,
    login: str = "brandt",
    revision: int | None = None,
) -> int:
    actor = town.actor(login)
    with town.database.begin() as session:
        return editing.edit_case_file(
            session, actor, case_file_id, wanted, fields, revision=revision, now=town.now
        ).revision


def document(town: Town, document_id: UUID) -> Document:
    with town.database.reading() as session:
        return session.get_one(Document, document_id)


def values_of_last_change(town: Town, about: UUID) -> dict[str, tuple[object, object]]:
    with town.database.reading() as session:
        query = select(HistoryEntry).where(HistoryEntry.about_id == str(about)).order_by(HistoryEntry.sequence.desc())
        entry = session.scalars(query).first()
        assert entry is not None
        rows = session.scalars(select(HistoryValue).where(HistoryValue.sequence == entry.sequence))
        return {row.field: (row.old, row.new) for row in rows}


def test_a_change_keeps_old_and_new_values_in_the_history(town: Town) -> None:
    _, filed = town.filed()
    typed = Fields({"betrag": "1.234,50 €"}, typed=True)
    edit(town, filed.document_id, {"subject": "Antrag, geändert", "letter_date": date(2026, 11, 1)}, typed)
    changed = document(town, filed.document_id)
    assert (changed.subject, changed.letter_date) == ("Antrag, geändert", date(2026, 11, 1))
    assert changed.field_values == {"betrag": "1234.50"}
    assert values_of_last_change(town, filed.document_id) == {
        "subject": ("Antrag", "Antrag, geändert"),
        "letter_date": ("2026-11-12", "2026-11-01"),
        "field_values.betrag": (None, "1234.50"),
    }


def test_saving_what_is_there_already_changes_nothing(town: Town) -> None:
    _, filed = town.filed()
    before = document(town, filed.document_id).revision
    assert edit(town, filed.document_id, {"subject": "Antrag", "sender": " Hollmann "}) == before


def test_the_second_of_two_clerks_changes_nothing(town: Town) -> None:
    _, filed = town.filed()
    seen = document(town, filed.document_id).revision
    edit(town, filed.document_id, {"subject": "Von Brandt"}, revision=seen)
    with pytest.raises(StaleRevision):
        edit(town, filed.document_id, {"sender": "Von Ott"}, login="ott", revision=seen)
    assert document(town, filed.document_id).subject == "Von Brandt"
    assert document(town, filed.document_id).sender == "Hollmann"
    with town.database.reading() as session:
        last = editing.last_change(session, ("document", filed.document_id))
    assert last is not None
    assert (last.name, last.at) == ("Brandt, K.", town.now)


def test_a_refused_value_leaves_the_record_as_it_was(town: Town) -> None:
    _, filed = town.filed()
    before = document(town, filed.document_id).revision
    with pytest.raises(InvalidInput) as refused:
        edit(town, filed.document_id, {"subject": "Neu"}, Fields({"betrag": "viel"}, typed=True))
    assert refused.value.detail["field"] == "field_values.betrag"
    assert "Betrag: Bitte eine Zahl" in refused.value.detail["problem"]
    assert (document(town, filed.document_id).revision, document(town, filed.document_id).subject) == (before, "Antrag")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"document_type": ""}, "document_type"),
        ({"sender": "x" * 301}, "sender"),
        ({"direction": "sideways"}, "direction"),
        ({"filed_by": "jemand"}, "filed_by"),
        ({"document_type": "rechnung"}, "field_values.rechnungsnummer"),
    ],
)
def test_what_cannot_stand_is_refused_by_name(town: Town, wanted: Mapping[str, object], field: str) -> None:
    _, filed = town.filed()
    with pytest.raises(InvalidInput) as refused:
        edit(town, filed.document_id, wanted)
    assert refused.value.detail["field"] == field


def test_another_type_keeps_the_values_of_the_one_before(town: Town) -> None:
    _, filed = town.filed()
    edit(town, filed.document_id, {}, Fields({"betrag": "12.00"}))
    edit(town, filed.document_id, {"document_type": "Vermerk"})
    changed = document(town, filed.document_id)
    with town.database.reading() as session:
        (shown,) = metadata.views(session, metadata.document_fields(session, "Vermerk"), changed.field_values)
    assert (shown.label, shown.text, shown.declared) == ("Betrag", "12,00", False)


def test_a_type_is_written_as_it_is_declared(town: Town) -> None:
    _, filed = town.filed()
    edit(town, filed.document_id, {"document_type": "RECHNUNG"}, Fields({"rechnungsnummer": "7"}))
    assert document(town, filed.document_id).document_type == "Rechnung"


@pytest.mark.parametrize("state", [DocumentState.FINAL, DocumentState.VOIDED])
def test_a_document_that_is_signed_off_or_voided_refuses(town: Town, state: DocumentState) -> None:
    _, filed = town.filed()
    with town.database.begin() as session:
        session.get_one(Document, filed.document_id).state = state
    with pytest.raises(MoveRefused):
        edit(town, filed.document_id, {"subject": "Anders"})


def test_a_document_that_waits_in_the_inbox_is_changed_by_filing_it(town: Town) -> None:
    item_id = town.waiting()
    with town.database.reading() as session:
        waiting = session.scalars(select(Document).where(Document.item_id == item_id)).one()
    with pytest.raises(MoveRefused):
        edit(town, waiting.id, {"subject": "Anders"})


def test_a_closed_case_file_and_its_documents_refuse(town: Town) -> None:
    town.database.catalogue = Catalogue()
    case_file, filed = town.filed()
    town.close(case_file.id, on=town.now)
    with pytest.raises(CaseFileClosed):
        edit(town, filed.document_id, {"subject": "Anders"})
    with pytest.raises(CaseFileClosed):
        edit_file(town, case_file.id, {"subject": "Anders"})


def test_who_may_not_see_or_change_it_changes_nothing(town: Town) -> None:
    case_file, filed = town.filed()
    with pytest.raises(NotFound):
        edit(town, filed.document_id, {"subject": "Anders"}, login="kaya")
    with pytest.raises(NotFound):
        edit_file(town, case_file.id, {"subject": "Anders"}, login="kaya")
    with pytest.raises(NotAllowed):
        edit(town, filed.document_id, {"subject": "Anders"}, login="pruefer")
    with pytest.raises(NotAllowed):
        edit_file(town, case_file.id, {"subject": "Anders"}, login="weber")


def test_a_case_file_has_the_fields_of_its_branch_or_of_the_kind_chosen(town: Town) -> None:
    case_file = town.case_file()
    edit_file(town, case_file.id, {}, Fields({"flurstueck": "12/3"}))
    with pytest.raises(InvalidInput) as refused:
        edit_file(town, case_file.id, {"file_type": "gewerbe"})
    assert refused.value.detail["field"] == "field_values.inhaber"
    edit_file(town, case_file.id, {"file_type": "gewerbe", "subject": "Café"}, Fields({"inhaber": "Deniz"}))
    with town.database.reading() as session:
        changed = session.get_one(CaseFile, case_file.id)
        shown = metadata.views(session, metadata.case_file_fields(session, changed), changed.field_values)
    assert [(one.name, one.text, one.declared) for one in shown] == [
        ("inhaber", "Deniz", True),
        ("flurstueck", "12/3", False),
    ]
    assert values_of_last_change(town, case_file.id)["file_type"] == ("", "gewerbe")
    with pytest.raises(InvalidInput):
        edit_file(town, case_file.id, {"file_type": "gibt-es-nicht"})


def test_the_index_learns_the_values_of_document_and_case_file(town: Town) -> None:
    case_file, filed = town.filed()
    edit_file(town, case_file.id, {}, Fields({"flurstueck": "12/3"}))
    edit(town, filed.document_id, {}, Fields({"betrag": 12.5}))
    with town.database.reading() as session:
        entry = entries.entry_of(session, filed.document_id, town.now + timedelta(minutes=1))
        assert entry is not None
        assert {(one.name, one.text) for one in entry.fields} == {("flurstueck", "12/3"), ("betrag", "12,50")}
        assert set(metadata.search_fields(session)) == {"betrag", "flurstueck", "inhaber", "rechnungsnummer"}


def test_a_document_is_found_by_every_number_its_case_file_ever_had(town: Town) -> None:
    case_file, filed = town.filed()
    with town.database.begin() as session:
        keep_alias(session, CASE_FILE, case_file.id, "63.02-2019/0007", now=town.now)
    with town.database.reading() as session:
        entry = entries.entry_of(session, filed.document_id, town.now)
    assert entry is not None
    assert entry.aliases == {"63.02-2019/0007", "63.02-2019/0007-01", "63.02-2019/0007-01#0001"}
