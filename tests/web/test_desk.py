"""The desk in the browser: a list with its filters, counts, reasons on demand, and the whole list as a table."""

from __future__ import annotations

import csv
import io

import pytest

from eakte.actions import holds
from tests.web.city import NOW, City, put_away
from tests.web.conftest import Person


def test_what_is_overdue_is_listed_with_its_reason_on_demand(city: City, manager: Person) -> None:
    page = manager.get("/fristen").text
    assert "Parkausweise 2009" in page
    assert "Gartenweg 7" not in page
    assert f"/fristen/akten/{city.old_file}" in page
    reason = manager.htmx(f"/fristen/akten/{city.old_file}").text
    assert "31.12.2015" in reason
    assert "<html" not in reason


def test_counts_follow_the_filters(city: City, manager: Person) -> None:
    counts = manager.htmx("/fristen/zahlen").text
    assert 'Überfällig <b class="ea-num">1</b>' in counts
    assert 'Löschsperre <b class="ea-num">0</b>' in counts
    assert 'Überfällig <b class="ea-num">0</b>' in manager.htmx("/fristen/zahlen?amt=50").text
    with city.services.database.begin() as session:
        holds.place(session, city.actor("reimer"), city.old_file, reason="Klage", now=NOW)
    counts = manager.htmx("/fristen/zahlen?amt=63&plan=63.90&jahr=2015").text
    assert 'Überfällig <b class="ea-num">0</b>' in counts
    assert 'Löschsperre <b class="ea-num">1</b>' in counts
    assert "Parkausweise 2009" in manager.get("/fristen?liste=on_hold").text


def test_the_filters_stay_in_links_and_fields(manager: Person) -> None:
    page = manager.get("/fristen?liste=overdue&amt=63&plan=63.90&jahr=2015").text
    assert "Parkausweise 2009" in page
    assert "/fristen/tabelle.csv?liste=overdue&amp;amt=63&amp;plan=63.90&amp;jahr=2015" in page
    assert "/fristen?liste=waiting&amp;amt=63&amp;plan=63.90&amp;jahr=2015" in page


def test_a_list_goes_on_to_its_end(manager: Person) -> None:
    assert "Weiter" not in manager.get("/fristen").text
    assert "Parkausweise 2009" not in manager.get("/fristen?nach=2015-12-31~63.99").text
    assert "Parkausweise 2009" in manager.get("/fristen?nach=2015-12-31~63.10").text
    assert "Parkausweise 2009" in manager.get("/fristen?nach=gestern~63").text


def test_the_whole_list_comes_as_a_table(manager: Person) -> None:
    answer = manager.get("/fristen/tabelle.csv?liste=overdue")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Betreff"], row["Aufbewahrung bis"], row["Zuständig"]) for row in rows] == [
        ("Parkausweise 2009", "31.12.2015", "63.2")
    ]
    assert "fristen-2026-11-18.csv" in answer.headers["Content-Disposition"]
    assert "Fristenliste ausgegeben" in manager.get("/protokoll").text


def test_the_desk_is_for_records_managers(clerk: Person, stranger: Person, city: City) -> None:
    for address in ("/fristen", "/fristen/zahlen", "/fristen/tabelle.csv"):
        assert clerk.get(address).status_code == 403
    assert stranger.htmx(f"/fristen/akten/{city.old_file}").status_code == 404


def test_the_forecast_is_a_picture_and_a_table_of_the_same_numbers(manager: Person, clerk: Person) -> None:
    page = manager.get("/fristen/vorausschau").text
    assert "1 Akten mit Fristende, von links nach rechts: 1 abgelaufen, dann 2026 bis 2026" in page
    assert 'aria-describedby="ea-chart-text-forecast"' in page
    answer = manager.get("/fristen/vorausschau.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows == [["Fristende", "63 Bauordnung", "zusammen"], ["abgelaufen", "1", "1"], ["2026", "0", "0"]]
    assert clerk.get("/fristen/vorausschau").status_code == 403


@pytest.mark.parametrize(("measure", "label"), [("pages", "Seiten"), ("bytes", "Bytes")])
def test_the_forecast_also_tells_pages_and_bytes(city: City, manager: Person, measure: str, label: str) -> None:
    assert "Dafür ist nichts abgelegt." in manager.get(f"/fristen/vorausschau?umfang={measure}").text
    put_away(city)
    page = manager.get(f"/fristen/vorausschau?umfang={measure}").text
    assert f'aria-current="page">{label}</a>' in page
    rows = forecast_rows(manager, measure)
    assert rows[0] == ["Fristende", "63 Bauordnung", "zusammen"]
    assert int(rows[1][2]) > 0
    assert f'href="/fristen/vorausschau.csv?umfang={measure}"' in page


def forecast_rows(manager: Person, measure: str) -> list[list[str]]:
    answer = manager.get(f"/fristen/vorausschau.csv?umfang={measure}")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
