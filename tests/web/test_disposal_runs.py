"""Disposal runs on their pages: every participant sees what is theirs, reports hold what they may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import event

from eakte.actions import users, verdicts
from eakte.records.access import SYSTEM, Role
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile
from tests.web.city import NOW, PASSWORD, City
from tests.web.conftest import Person

LIST = "/aussonderung/laeufe"


def draw_up(manager: Person, **selection: str) -> str:
    manager.get(LIST)
    answer = manager.post(LIST, title="Parkausweise", **selection)
    assert answer.status_code == 303
    return answer.headers["Location"]


def add_archivist(city: City) -> None:
    with city.services.database.begin() as session:
        users.add_person(session, SYSTEM, login="adler", name="Adler, Bruno", password=PASSWORD, now=NOW)
        users.assign_post(
            session, SYSTEM, "adler", unit_code="14", title="Archiv", role=Role.ARCHIVIST,
            valid_from=date(2020, 1, 1), now=NOW,
        )  # fmt: skip


def more_files(city: City, count: int, *, subject: str = "Parkausweise", first: int = 0) -> list[UUID]:
    """Closed case files beside the old one, as it is, at once."""
    with city.services.database.begin() as session:
        old = session.get_one(CaseFile, city.old_file)
        shared = {
            name: getattr(old, name)
            for name in ("file_plan_unit_id", "org_unit_id", "access_key", "opened_on", "opened_by", "closed_on")
        }
        files = [
            CaseFile(file_reference=f"63.90-9{number:04}", subject=subject, state=CaseFileState.CLOSED, **shared)
            for number in range(first, first + count)
        ]
        session.add_all(files)
        session.flush()
        verdicts.review(session, [file.id for file in files], NOW.date())
        return [file.id for file in files]


@contextmanager
def counted(city: City) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(city.services.database._reader, "before_cursor_execute", note)
    yield statements
    event.remove(city.services.database._reader, "before_cursor_execute", note)


def test_a_run_is_drawn_up_and_goes_to_the_department_and_the_second_person(
    city: City, manager: Person, clerk: Person, signed_in: Callable[[str], Person]
) -> None:
    run = draw_up(manager, plan="63.90")
    page = manager.get(run).text
    assert all(text in page for text in ("Parkausweise 2009", "in Aufstellung", "An die Fachämter geben"))
    assert "Parkausweise" not in clerk.get(LIST).text
    manager.post(f"{run}/weiter")
    assert "Wartet auf mich" in clerk.get(LIST).text
    page = clerk.get(run).text
    assert "Antwort des Fachamts" in page
    assert clerk.post(f"{run}/antwort", answer="agreed", case_file_id=str(city.old_file)).status_code == 303
    manager.post(f"{run}/weiter")
    second = signed_in("seidel")
    assert "Sie geben 1 Akte frei" in second.get(run).text
    refused = second.post(f"{run}/freigabe", count="2")
    assert (refused.status_code, "Zahl der Akten ein: 1" in refused.text) == (422, True)
    assert "Sie geben" not in manager.get(run).text
    assert manager.post(f"{run}/freigabe", count="1").status_code == 409
    assert second.post(f"{run}/freigabe", count="1").status_code == 303
    page = second.get(run).text
    assert ("Bedenkzeit läuft" in page, "nicht vor 02.12.2026" in page) == (True, True)


def test_another_department_knows_of_no_run_and_no_report(city: City, manager: Person, stranger: Person) -> None:
    run = draw_up(manager)
    manager.post(f"{run}/weiter")
    assert "Parkausweise" not in stranger.get(LIST).text
    for path in (run, f"{run}/berichte/aktenverzeichnis.csv", f"{run}/berichte/aussonderungsliste.pdf"):
        assert stranger.get(path).status_code == 404
    stranger.get(LIST)
    answer = stranger.post(f"{run}/antwort", answer="agreed", case_file_id=str(city.old_file))
    assert answer.status_code == 404


def test_files_are_added_by_reference_and_taken_out_with_a_reason(city: City, manager: Person) -> None:
    run = draw_up(manager)
    [new] = more_files(city, 1)
    assert manager.post(f"{run}/akten", references="63.90-90000", reason="nachgereicht").status_code == 303
    assert manager.post(f"{run}/akten", references="63.90-77777", reason="gibt es nicht").status_code == 404
    assert "nachgereicht" in manager.get(run).text
    assert manager.post(f"{run}/herausnehmen", case_file_id=str(new), reason="").status_code == 422
    assert manager.post(f"{run}/herausnehmen", reason="keine").status_code == 409
    assert manager.post(f"{run}/herausnehmen", case_file_id=str(new), reason="Prüfung").status_code == 303
    page = manager.get(f"{run}?zeige=settled").text
    assert ("herausgenommen" in page, "Prüfung" in page) == (True, True)


def test_a_hold_placed_on_the_files_page_is_the_result_in_the_run(city: City, manager: Person) -> None:
    run = draw_up(manager)
    manager.post(f"{run}/weiter")
    manager.get(f"/akten/{city.old_file}")
    manager.post(f"/akten/{city.old_file}/loeschsperre", reason="Rechtsstreit")
    page = manager.get(f"{run}?zeige=settled").text
    assert ("Löschsperre" in page, "63.90-" in page, "abgeschlossen" in page) == (True, True, True)


@pytest.mark.parametrize("kind", ["aktenverzeichnis", "aussonderungsliste", "vernichtungsprotokoll", "fristenliste"])
def test_each_report_is_a_paged_pdf_and_a_table_without_formulas(city: City, manager: Person, kind: str) -> None:
    more_files(city, 60, subject="=HYPERLINK(1)")
    run = draw_up(manager)
    data = manager.get(f"{run}/berichte/{kind}.pdf").data
    pages = PdfReader(io.BytesIO(data)).pages
    text = " ".join(page.extract_text() for page in pages)
    assert ("Parkausweise" in text, f"Seite 1 von {len(pages)}" in text) == (True, True)
    if kind != "vernichtungsprotokoll":
        assert ("63.90-90059" in text, len(pages) > 1) == (True, True)
    table = manager.get(f"{run}/berichte/{kind}.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert len(rows) == (1 if kind == "vernichtungsprotokoll" else 62)
    assert all(not cell.startswith("=") for row in rows for cell in row)
    assert "Bericht des Aussonderungslaufs ausgegeben" in manager.get(run).text
    assert manager.get(f"{run}/berichte/gibtesnicht.csv").status_code == 404


def test_the_record_of_destruction_is_not_for_the_department(manager: Person, clerk: Person) -> None:
    run = draw_up(manager)
    manager.post(f"{run}/weiter")
    assert "Vernichtungsprotokoll" not in clerk.get(run).text
    assert clerk.get(f"{run}/berichte/vernichtungsprotokoll.pdf").status_code == 403
    assert clerk.get(f"{run}/berichte/fristenliste.pdf").status_code == 200


def test_a_page_of_five_hundred_files_takes_as_many_statements_as_one_of_fifty(city: City, manager: Person) -> None:
    found = []
    for count in (50, 500):
        more_files(city, count, first=count)
        run = draw_up(manager)
        manager.get(run)
        with counted(city) as shown:
            page = manager.get(run).text
        with counted(city) as listed:
            assert manager.get(LIST).status_code == 200
        found.append((len(shown), len(listed)))
        assert page.count('name="case_file_id"') == 50
    assert found[0] == found[1]


def test_the_archivist_starts_at_the_runs_and_sees_only_what_was_offered(
    city: City, manager: Person, signed_in: Callable[[str], Person]
) -> None:
    add_archivist(city)
    run = draw_up(manager)
    manager.post(f"{run}/weiter")
    archivist = signed_in("adler")
    assert LIST in archivist.get("/", follow_redirects=True).text
    assert "Parkausweise" not in archivist.get(LIST).text
    assert archivist.get(run).status_code == 404
