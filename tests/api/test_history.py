"""The history by program: signed exports within rights, and lists of disposal read page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from eakte.api.v1 import history
from eakte.records.export import check
from eakte.store.disposal import VerdictRow
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.signing import SigningKey, verifier
from retention.model import Outcome
from tests.api.conftest import Program, code_of
from tests.web.city import City


def test_an_auditor_takes_out_a_signed_history_and_that_is_told(
    city: City, program: Callable[[str], Program], tmp_path: Path
) -> None:
    answer = program("pruefer").get("/history/export?values=true")
    public = tmp_path / "public.pem"
    public.write_bytes(SigningKey(city.services.settings.data_folder).public_pem())
    found = check(answer.data.splitlines(keepends=True), verifier(public).signed)
    with city.services.database.reading() as session:
        told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "history.exported")).one()
    assert (found.problem, found.entries) == ("", told.detail["entries"])
    assert (told.actor_login, found.entries > 5) == ("pruefer", True)


def test_an_export_leaves_out_need_to_know_files_and_knows_no_hidden_reference(
    city: City, program: Callable[[str], Program]
) -> None:
    with city.services.database.begin() as session:
        session.execute(update(CaseFile).where(CaseFile.id == city.file_id).values(restricted=True))
    auditor = program("pruefer")
    assert str(city.file_id) not in auditor.get("/history/export?values=true").text
    for reference in (city.file_reference, "52.01-7777"):
        assert code_of(auditor.get(f"/history/export?reference={reference}")) == (404, "not-found")


def test_clerks_export_no_history(clerk: Program) -> None:
    assert code_of(clerk.get("/history/export")) == (403, "not-allowed")


def test_what_is_too_much_for_one_answer_is_refused_with_its_number(
    program: Callable[[str], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_EXPORTED", 3)
    answer = program("pruefer").get("/history/export")
    assert code_of(answer) == (422, "invalid-input")
    assert "höchstens 3" in answer.get_json()["detail"]
    assert program("pruefer").get("/history/export?first_day=2030-01-01").status_code == 200


def test_the_worklist_goes_on_where_it_was_whatever_comes_in_between(city: City, manager: Program) -> None:
    with city.services.database.begin() as session:
        files = session.scalars(select(CaseFile).order_by(CaseFile.file_reference)).all()
        for row in session.scalars(select(VerdictRow)).all():
            session.delete(row)
        session.flush()
        ends = [None, date(2026, 1, 1), date(2026, 1, 1), None]
        for file, end in zip(files, ends, strict=False):
            made = VerdictRow(
                case_file_id=file.id, outcome=Outcome.DESTROY if end else Outcome.OPEN, retention_end=end, rule_id="R",
                reference=file.file_reference, evaluated_on=date(2026, 11, 20),
            )  # fmt: skip
            session.add(made)
    whole = [row["file"]["reference"] for row in manager.get("/disposals/worklist").get_json()["items"]]
    seen, address = [], "/disposals/worklist?limit=1"
    while address:
        page = manager.get(address).get_json()
        seen += [row["file"]["reference"] for row in page["items"]]
        address = page["next"]
    assert len(whole) > 1
    assert seen == whole
