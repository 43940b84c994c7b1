"""The page on which administrators see how the search index stands, and order a comparison or a rebuild."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from eakte.actions import index_care
from eakte.actions.audit import ACTION_LABELS
from eakte.store.history import HistoryEntry
from eakte.store.jobs import live_jobs
from eakte.worker import index_care as at_work
from eakte.worker import indexing
from tests.web.city import City
from tests.web.conftest import Person

PAGE = "/verwaltung/suchindex"


@pytest.fixture
def admin(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("verwalter")


def test_the_page_tells_engine_generation_documents_and_what_is_on_its_way(city: City, admin: Person) -> None:
    assert "Suchindex" in admin.get("/verwaltung").text
    page = admin.get(PAGE).text
    for told in ("Tantivy", "<dd>g1</dd>", "Noch wurde nicht verglichen", "Jetzt abgleichen"):
        assert told in page
    with city.services.database.reading() as session:
        view = index_care.show(session, city.services.index, "tantivy", city.actor("verwalter"))
    assert view.state is not None
    assert (view.wanted, view.state.documents, view.built_percent) == (1, 1, 0)
    assert view.waiting.jobs > 0
    assert f'<span class="ea-num">{view.waiting.jobs}</span>, die älteste seit' in page


def test_a_comparison_is_ordered_once_and_what_it_found_is_shown(city: City, admin: Person) -> None:
    admin.get(PAGE)
    city.services.index.remove([str(city.filed)])
    assert admin.post(f"{PAGE}/abgleich").status_code == 303
    page = admin.get(PAGE).text
    assert "ist angeordnet und läuft im Hintergrund" in page
    assert "Jetzt abgleichen" not in page
    admin.post(f"{PAGE}/abgleich")
    admin.post(f"{PAGE}/neuaufbau")
    (ordered,) = live_jobs(city.services.database, "index_care")
    at_work.care(city.services, ordered, "compare")
    page = admin.get(PAGE).text
    assert 'Fehlten im Index</dt><dd class="ea-num">1</dd>' in page
    assert "wird seitdem nachgeholt" in page
    indexing.put(city.services, str(city.filed))
    at_work.care(city.services, ordered, "compare")
    assert "Index und Datenbank stimmten überein" in admin.get(PAGE).text


def test_a_rebuild_is_ordered_and_its_progress_is_shown(city: City, admin: Person) -> None:
    admin.get(PAGE)
    assert admin.post(f"{PAGE}/neuaufbau").status_code == 303
    (ordered,) = live_jobs(city.services.database, "index_care")
    at_work.care(city.services, ordered, "rebuild")
    assert len(live_jobs(city.services.database, "rebuilding")) == 1
    page = admin.get(PAGE).text
    assert "Generation g2: 0 von 1 Dokumenten (0 %)" in page


def test_an_index_that_does_not_answer_is_told_with_what_the_database_knows(city: City, admin: Person) -> None:
    folder = city.services.settings.data_folder / "index"
    aside = folder.rename(folder.with_name("aside"))
    page = admin.get(PAGE)
    aside.rename(folder)
    assert page.status_code == 200
    assert "Der Suchindex antwortet nicht" in page.text
    assert "Dokumente in der Datenbank" in page.text


def test_orders_are_of_administrators_alone_and_told_in_the_history(
    city: City, admin: Person, clerk: Person, manager: Person
) -> None:
    for other in (clerk, manager):
        assert other.get(PAGE).status_code == 403
        assert other.post(f"{PAGE}/abgleich").status_code == 403
    admin.get(PAGE)
    admin.post(f"{PAGE}/abgleich")
    with city.services.database.reading() as session:
        told = session.scalars(select(HistoryEntry.action).where(HistoryEntry.action.like("index.%"))).all()
    assert told == ["index.compare_ordered"]
    assert {f"index.{one}_ordered" for one in index_care.Care} <= ACTION_LABELS.keys()
