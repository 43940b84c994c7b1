"""Pages of the migration desk: whose they are, and what they answer."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from eakte.actions import users
from eakte.app import create_app
from eakte.demo.binders import HEADS, as_csv
from eakte.records.access import SYSTEM, Role
from eakte.web.routes import ROUTES
from tests.web.city import NOW, PASSWORD, City
from tests.web.conftest import Person


@pytest.fixture
def app(city: City, tmp_path: Path) -> Flask:
    for code in ("63.2", "50.1"):
        (tmp_path / "scans" / code / "regal").mkdir(parents=True)
    settings = dataclasses.replace(city.services.settings, migration_folder=str(tmp_path / "scans"))
    with city.services.database.begin() as session:
        for login, unit in (("bauer", "63"), ("sommer", "50")):
            users.add_person(session, SYSTEM, login=login, name=login.title(), password=PASSWORD, now=NOW)
            users.assign_post(
                session, SYSTEM, login, unit_code=unit, title="Registratur", role=Role.REGISTRAR,
                valid_from=date(2020, 1, 1), now=NOW,
            )  # fmt: skip
    return create_app(dataclasses.replace(city.services, settings=settings), clock=lambda: NOW)


def made(person: Person, folder: str = "63.2/regal", languages: str = "deu") -> str:
    """Make a run and return its address."""
    person.get("/migration/neu")
    manifest = as_csv([("K1", "O1", "A 1", "Streng geheimer Titel", "1990", "1", "a.pdf", "63.20")])
    assert HEADS[3] == "Titel"
    answer = person.post(
        "/migration", title="Regal", folder=folder, document_type="Altakte", plan="63.20", languages=languages,
        manifest=(io.BytesIO(manifest), "liste.csv"),
    )  # fmt: skip
    return answer.headers.get("Location", "")


def test_the_languages_of_a_run_are_chosen_from_the_installed_and_shown(
    signed_in: Callable[[str], Person],
) -> None:
    own = signed_in("bauer")
    form = own.get("/migration/neu").get_data(as_text=True)
    assert "Deutsch" in form
    assert "Klingonisch" not in form
    assert made(own, languages="tlh") == ""
    run = made(own, languages="eng")
    page = own.get(run).get_data(as_text=True)
    assert re.search(r'value="eng" checked', page)
    assert not re.search(r'value="deu" checked', page)


def addresses(run: str) -> list[str]:
    """Return every page of a run, from the table of routes."""
    paths = [route.path for route in ROUTES if route.method == "GET" and "<uuid:run_id>" in route.path]
    return [path.replace("/migration/<uuid:run_id>", run) for path in paths]


def test_a_run_is_its_departments_alone(signed_in: Callable[[str], Person]) -> None:
    own, stranger, clerk = (signed_in(login) for login in ("bauer", "sommer", "brandt"))
    run = made(own)
    assert len(addresses(run)) >= 6
    for address in addresses(run):
        assert own.get(address).status_code == 200, address
        assert stranger.get(address).status_code == 404, address
        assert clerk.get(address).status_code == 403, address
    assert "Regal" in own.get("/migration").text
    assert "Regal" not in stranger.get("/migration").text
    for verb in ("start", "anhalten", "zuruecknehmen", "zeilen/2/erneut"):
        assert stranger.post(f"{run}/{verb}", reason="x").status_code == 404


def test_nobody_takes_another_departments_folder(signed_in: Callable[[str], Person]) -> None:
    assert made(signed_in("bauer"), "50.1/regal") == ""


def test_a_dry_run_is_read_and_changes_nothing(signed_in: Callable[[str], Person]) -> None:
    own = signed_in("bauer")
    run = made(own)
    for _ in range(2):
        page = own.get(f"{run}/probelauf").text
        assert "Im Ordner des Laufs liegt nichts unter „a.pdf“." in page
    assert "in Vorbereitung" in own.get("/migration").text


def test_progress_is_answered_once_for_what_has_not_changed(signed_in: Callable[[str], Person]) -> None:
    own = signed_in("bauer")
    run = made(own)
    own.post(f"{run}/start")
    first = own.htmx(f"{run}/stand")
    again = own.htmx(f"{run}/stand", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_the_report_comes_as_a_table_and_as_a_pdf(signed_in: Callable[[str], Person]) -> None:
    own = signed_in("bauer")
    run = made(own)
    assert "Karton;Ordner;Zeilen" in own.get(f"{run}/abgleich.csv").get_data().decode("utf-8-sig")
    assert own.get(f"{run}/abgleich.pdf").data.startswith(b"%PDF")
