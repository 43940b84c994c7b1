"""A run with exceptions of every kind comes out even: boxes in are files filed and differences explained."""

from __future__ import annotations

import shutil
from dataclasses import replace
from uuid import UUID

import pytest

from eakte.actions import migration_lines, migration_report, sessions, tokens
from eakte.actions.tokens import NewToken
from eakte.app import create_app
from eakte.records.migration import RunState
from eakte.records.origin import Origin
from eakte.records.scopes import Scope
from eakte.services import Services
from eakte.store.people import person_by_login
from eakte.web.edge import SESSION_COOKIE
from tests.api.conftest import Program
from tests.shelf import LOGIN, Shelf, shelf_of
from tests.town import Town


@pytest.fixture
def shelf(town: Town, services: Services) -> Shelf:
    return shelf_of(town, services)


class Desk:
    """The page of a registrar and their program, on the town."""

    def __init__(self, shelf: Shelf, run_id: UUID) -> None:
        self.town, self.run_id = shelf.town, run_id
        app = create_app(shelf.services, clock=lambda: self.town.now)
        new = NewToken("Abgleich", frozenset({Scope.EVERYTHING}), 30)
        with self.town.database.begin() as session:
            person = person_by_login(session, LOGIN)
            assert person is not None
            cookie = sessions.begin(
                session, person, sessions.PASSWORD, origin=Origin("", ""), now=self.town.now, hours=8
            )
            token = tokens.make(session, self.town.actor(LOGIN), new, now=self.town.now)
        self.browser, self.program = app.test_client(), Program(app.test_client(), token)
        self.browser.set_cookie(SESSION_COOKIE, cookie)

    def page(self) -> str:
        return self.browser.get(f"/migration/{self.run_id}/abgleich").text

    def rest(self) -> dict[str, object]:
        answer: dict[str, object] = self.program.get(f"/migrations/{self.run_id}/report").get_json()
        return answer

    def sums(self) -> migration_report.Sums:
        with self.town.database.reading() as session:
            return migration_report.report(session, self.town.actor(LOGIN), self.run_id).run


def test_a_run_with_exceptions_comes_out_even_on_the_page_and_by_rest(shelf: Shelf, town: Town) -> None:
    good, another, lost, differs, wrong, damaged = shelf.fill(6)
    shutil.rmtree(shelf.folder / lost.path)
    (shelf.folder / "kaputt.pdf").write_bytes(b"%PDF-1.7\nbroken")
    shelf.binders = [
        good,
        another,
        lost,
        replace(differs, pages=differs.pages + 2),
        replace(wrong, plan="99.99"),
        replace(damaged, path="kaputt.pdf", pages=1),
    ]
    desk = Desk(shelf, run_id := shelf.imported())
    assert (desk.sums().filed, desk.sums().left, desk.sums().equal) == (2, 4, False)
    assert "Der Abgleich geht noch nicht auf: 4 von 6 Zeilen sind offen" in desk.page()
    assert desk.rest()["whole"]["equal"] is False  # type: ignore[index]  # JSON
    actor = town.actor(LOGIN)
    with town.database.begin() as session:
        for number, reason in ((4, "Ordner ist verloren"), (5, "Zwei Leerseiten"), (7, "Nicht mehr lesbar")):
            migration_lines.accept(session, actor, run_id, number, reason=reason, now=town.now)
        migration_lines.correct(session, actor, run_id, 6, {"plan": "52.01"}, town.now)
    assert shelf.work_off(run_id) is RunState.DONE
    sums, whole = desk.sums(), desk.rest()["whole"]
    assert (sums.lines, sums.filed, sums.accepted, sums.left, sums.equal) == (6, 3, 3, 0, True)
    assert sums.pages_told == good.pages + another.pages + lost.pages + differs.pages + 2 + wrong.pages + 1
    assert sums.pages_counted == good.pages + another.pages + differs.pages + wrong.pages
    assert sums.explained == -(lost.pages + 2 + 1)
    files, documents, _ = shelf.counts()
    assert (sums.case_files, sums.documents) == (files, documents)
    told = {"lines": 6, "lines_filed": 3, "lines_accepted": 3, "lines_left": 0, "equal": True}
    assert {name: whole[name] for name in told} == told  # type: ignore[index]  # JSON
    assert (whole["pages_told"], whole["pages_counted"], whole["pages_explained"]) == (  # type: ignore[index]  # JSON
        sums.pages_told, sums.pages_counted, sums.explained,
    )  # fmt: skip
    boxes: list[dict[str, int]] = desk.rest()["boxes"]  # type: ignore[assignment]  # JSON
    assert sum(box["lines_filed"] + box["lines_accepted"] for box in boxes) == 6
    assert f"Der Abgleich geht auf: 6 Zeilen, {sums.case_files} Akten, {sums.pages_counted} Seiten." in desk.page()
