"""The search page: filters, histogram, pages of hits, the table, saved searches and similar documents."""

from __future__ import annotations

import csv
import gc
import io
import re
import tracemalloc
from array import array
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, select

from eakte.actions import alerts, filing
from eakte.actions.entries import entry_of
from eakte.actions.filing import Filing
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import HistoryEntry
from eakte.store.searches import SavedSearch
from eakte.store.sign_in import WebSession
from search import EntryPage
from tests.web.city import NOW, City
from tests.web.conftest import Person

WEITER = re.compile(r'<a rel="next" href="([^"]+)">')


def retitle(city: City, **values: object) -> None:
    with city.services.database.begin() as session:
        document = session.get_one(Document, city.filed)
        for name, value in values.items():
            setattr(document, name, value)
        document.revision += 1
    with city.services.database.reading() as session:
        entry = entry_of(session, city.filed, NOW)
    assert entry is not None
    city.services.index.put([entry])


def test_filters_are_told_as_chips_that_take_them_away(clerk: Person) -> None:
    page = clerk.get("/suche?q=Tiefgarage&document_type=Bauantrag&plan_branch=63&von=2020&bis=2026").text
    assert "Dokumenttyp: Bauantrag" in page
    assert "Aktenplan: 63 Bauordnung" in page
    assert "2020–2026" in page
    assert "1</b> Treffer in 1 Akte" in page
    assert "Keine Treffer" in clerk.get("/suche?q=Tiefgarage&bis=2020").text
    assert "Keine Treffer" in clerk.get("/suche?q=Tiefgarage&origin=mail").text


def test_facets_count_branches_senders_origins_and_retention(clerk: Person) -> None:
    page = clerk.get("/suche?q=Tiefgarage").text
    for heading in ("Dokumenttyp", "Aktenplan", "Absender", "Herkunft", "Aktenstatus", "Aufbewahrung"):
        assert f"</svg>{heading}</summary>" in page
    assert "Hochgeladen" in page
    assert "63 Bauordnung" in page


def test_the_histogram_is_a_picture_with_a_name_and_a_table(city: City, clerk: Person) -> None:
    retitle(city, letter_date=date(2019, 3, 4))
    page = clerk.get("/suche?q=Tiefgarage").text
    assert 'class="ea-histogram" role="img"' in page
    assert "März 2019" in page
    assert "1</b> Treffer" in clerk.get("/suche?q=Tiefgarage&von=03.2019&bis=03.2019").text


def test_hits_are_listed_also_where_the_page_of_the_first_is_gone(city: City, clerk: Person) -> None:
    with city.services.database.reading() as session:
        entry = entry_of(session, city.filed, NOW)
    assert entry is not None
    city.services.index.put([replace(entry, pages=(EntryPage(7, "Kranbahn"),))])
    answer = clerk.get("/suche?q=Kranbahn")
    assert answer.status_code == 200
    assert "1</b> Treffer in 1 Akte" in answer.text
    assert "Zum ersten Treffer gibt es hier keine Seite." in answer.text


def test_the_query_language_is_told_on_the_page_and_mistakes_are_sentences(clerk: Person) -> None:
    assert "So suchen Sie" in clerk.get("/suche").text
    assert "datum:" in clerk.get("/suche?q=datum:quer Tiefgarage").text


def test_completions_come_while_typing_from_what_the_person_may_see(clerk: Person, stranger: Person) -> None:
    typing = {"HX-Request": "true"}
    assert ">Tiefgarage</a>" in clerk.client.get("/suche?q=Tiefg", headers=typing).text
    assert 'role="option"' not in stranger.client.get("/suche?q=Tiefg", headers=typing).text


def test_the_table_holds_the_hits_safe_from_formulas_and_is_told_in_the_history(city: City, clerk: Person) -> None:
    retitle(city, subject='=HYPERLINK("http://x")', sender="+49 241")
    answer = clerk.get("/suche/treffer.csv?q=Tiefgarage")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["Zeichen", "Betreff"]
    assert rows[1][1] == '\'=HYPERLINK("http://x")'
    assert rows[1][3] == "'+49 241"
    with city.services.database.reading() as session:
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "search.exported")).one()
    assert entry.detail == {"hits": 1}


def test_the_table_of_another_department_holds_nothing_of_it(stranger: Person) -> None:
    answer = stranger.get("/suche/treffer.csv?q=Tiefgarage")
    assert len(answer.text.strip().splitlines()) == 1


def test_a_search_is_kept_shared_followed_changed_and_removed(clerk: Person) -> None:
    clerk.get("/suche?q=Tiefgarage")
    kept = clerk.post(
        "/suche/gemerkt", q="Tiefgarage", document_type="Bauantrag", name="Garagen", shared_with="63.2", follow="1"
    )
    assert kept.status_code == 303
    page = clerk.get("/suche/gemerkt").text
    assert "Garagen" in page
    assert "document_type=Bauantrag" in page
    assert "Nicht mehr" in page
    assert "Garagen" in clerk.get("/suche").text
    found = re.search(r"/suche/gemerkt/([0-9a-f-]{36})/nicht-folgen", page)
    assert found is not None
    search_id = UUID(found[1])
    assert "Das ist neu" in clerk.get(f"/suche?neu={search_id}").text
    assert clerk.post(f"/suche/gemerkt/{search_id}/gesehen").status_code == 303
    assert clerk.post(f"/suche/gemerkt/{search_id}", name="Tiefgaragen", revision="1").status_code == 303
    assert "Tiefgaragen" in clerk.get("/suche/gemerkt").text
    assert clerk.post(f"/suche/gemerkt/{search_id}/entfernen").status_code == 303
    assert "Noch ist keine Suche gemerkt" in clerk.get("/suche/gemerkt").text


def test_nobody_outside_the_unit_reaches_a_shared_search(clerk: Person, stranger: Person) -> None:
    clerk.get("/suche?q=Tiefgarage")
    clerk.post("/suche/gemerkt", q="Tiefgarage", name="Garagen", shared_with="63.2")
    found = re.search(r"/suche/gemerkt/([0-9a-f-]{36})/", clerk.get("/suche/gemerkt").text)
    assert found is not None
    assert "Garagen" not in stranger.get("/suche/gemerkt").text
    for act in ("folgen", "gesehen", "entfernen"):
        assert stranger.post(f"/suche/gemerkt/{found[1]}/{act}").status_code == 404
    assert stranger.get(f"/suche?neu={found[1]}").status_code == 404


def test_similar_documents_have_a_page(city: City, clerk: Person, stranger: Person) -> None:
    assert "Nichts Ähnliches gefunden" in clerk.get(f"/dokumente/{city.filed}/aehnliche").text
    assert stranger.get(f"/dokumente/{city.filed}/aehnliche").status_code == 404


def test_pages_go_on_to_the_last_hit(city: City, clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eakte.web.pages.find.ROWS", 1)
    file_all(city)
    path, seen = "/suche?q=Tiefgarage&sort=date", []
    while path:
        page = clerk.get(path).text
        assert "4</b> Treffer" in page
        seen += re.findall(r'data-hit href="/dokumente/([0-9a-f-]{36})', page)
        then = WEITER.search(page)
        path = unescape(then[1]) if then else ""
    assert len(seen) == len(set(seen)) == 4
    assert clerk.get("/suche?q=Tiefgarage&nach=quatsch").status_code == 200


def test_by_reference_hits_stand_under_their_case_file(city: City, clerk: Person) -> None:
    file_all(city)
    page = clerk.get("/suche?q=Tiefgarage&sort=reference").text
    assert page.count('<h2 class="ea-day">') == 1
    assert page.count("data-hit ") == 4


def file_all(city: City) -> None:
    """File what waits in the inbox beside the letter that is filed already."""
    for number, item_id in enumerate(city.waiting):
        with city.services.database.begin() as session:
            decided = Filing(city.file_id, None, "Bauantrag", f"Antrag {number}", "Hollmann", date(2026, 11, 12))
            document_id = filing.file_document(session, city.actor("brandt"), item_id, decided, NOW).document_id
        with city.services.database.reading() as session:
            entry = entry_of(session, document_id, NOW)
        assert entry is not None
        city.services.index.put([entry])


def multiply(city: City, times: int) -> None:
    """File copies of the filed letter beside it, without reading each."""
    with city.services.database.begin() as session:
        document = session.get_one(Document, city.filed)
        kinds = (IncomingItem, document.item_id), (Document, city.filed)
        rows = [
            dict(session.execute(select(kind.__table__).where(kind.id == key)).mappings().one()) for kind, key in kinds
        ]
        for number in range(times):
            item, copy = ({**row, "id": uuid4()} for row in rows)
            item["upload_id"] = f"copy-{number}"
            copy |= {"item_id": item["id"], "position": 1_000 + number, "letter_date": date(2020, 1, 1 + number % 28)}
            session.execute(insert(IncomingItem.__table__).values(**item))
            session.execute(insert(Document.__table__).values(**copy))
    with city.services.database.reading() as session:
        entry = entry_of(session, city.filed, NOW)
        assert entry is not None
        documents = session.execute(select(Document.id, Document.letter_date).where(Document.position >= 1_000)).all()
    copies = [replace(entry, document_id=str(key), document_date=day) for key, day in documents]
    city.services.index.put(copies)


def test_the_table_holds_all_hits_each_once_also_where_others_come_and_go(city: City, clerk: Person) -> None:
    multiply(city, 2_100)
    clerk.get("/suche")
    answer = clerk.client.get("/suche/treffer.csv?q=Tiefgarage", buffered=False)
    pieces = iter(answer.response)
    sent = [next(pieces), next(pieces)]
    city.services.index.remove([str(city.filed)])  # it was the newest, so all others move up
    sent += list(pieces)
    assert 20 < len(sent) < 40
    rows = list(csv.reader(io.StringIO(b"".join(sent).decode("utf-8-sig")), delimiter=";"))
    references = [row[0] for row in rows[1:]]
    assert len(references) == len(set(references)) == 2_101


def test_a_table_of_a_large_stock_is_whole_in_order_and_holds_one_piece_at_a_time(city: City, clerk: Person) -> None:
    multiply(city, 6_400)
    clerk.get("/suche")
    answer = clerk.client.get("/suche/treffer.csv?q=Tiefgarage", buffered=False)
    pieces, references, days = iter(answer.response), array("q"), array("l")
    held, peaks = list[int](), list[int]()
    tracemalloc.start()
    while True:
        tracemalloc.reset_peak()
        piece = next(pieces, None)
        if piece is None:
            break
        for line in csv.reader(io.StringIO(piece.decode("utf-8-sig")), delimiter=";"):
            if line[0] != "Zeichen":
                references.append(hash(line[0]))
                days.append(int("".join(reversed(line[4].split(".")))))
        peak = tracemalloc.get_traced_memory()[1]
        gc.collect()
        now = tracemalloc.get_traced_memory()[0]
        held.append(now)
        peaks.append(peak - now)
    tracemalloc.stop()
    assert len(held) > 60
    assert len(references) == len(set(references)) == 6_401
    assert list(days) == sorted(days, reverse=True)
    # The hits of one piece with their records take about half a megabyte.
    assert max(held[30:]) - max(held[:30]) < 500_000
    assert max(peaks[30:]) < 2 * max(peaks[:30])


def test_a_table_ends_with_the_session_that_asked_for_it(city: City, clerk: Person) -> None:
    multiply(city, 250)
    clerk.get("/suche")
    answer = clerk.client.get("/suche/treffer.csv?q=Tiefgarage", buffered=False)
    pieces = iter(answer.response)
    first = next(pieces)
    assert len(first.decode("utf-8-sig").splitlines()) == 101
    with city.services.database.begin() as session:
        session.execute(delete(WebSession))
    (rest,) = pieces
    assert rest.decode().startswith("Diese Tabelle ist nicht vollständig.")


@pytest.fixture
def away(city: City) -> Iterator[None]:
    """The index cannot be read for the time of a test."""
    folder = city.services.settings.data_folder / "index"
    aside = folder.rename(folder.with_name("aside"))
    yield
    aside.rename(folder)


@pytest.mark.usefixtures("away")
def test_a_search_that_does_not_answer_is_told_and_keeps_the_question(clerk: Person) -> None:
    answer = clerk.get("/suche?q=Stellplatz&document_type=Bauantrag&sort=date")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Der Suchdienst antwortet nicht" in answer.text
    assert 'value="Stellplatz"' in answer.text
    assert "Dokumenttyp: Bauantrag" in answer.text
    again = re.search(r'href="([^"]+)">Noch einmal suchen', answer.text)
    assert again is not None
    assert unescape(again[1]) == "/suche?document_type=Bauantrag&q=Stellplatz&sort=date"
    typing = clerk.client.get("/suche?q=Stell", headers={"HX-Request": "true"})
    assert (typing.status_code, typing.headers["HX-Retarget"]) == (503, "#ea-toasts")
    assert clerk.get("/suche/treffer.csv?q=Stellplatz").status_code == 503


def test_unread_hits_of_followed_searches_are_counted_in_the_navigation(city: City, clerk: Person) -> None:
    badge = re.compile(r"Suche</span><span class=\"ea-num\">(\d+)<span")
    assert badge.search(clerk.get("/akten").text) is None
    clerk.post("/suche/gemerkt", q="Tiefgarage", name="Garagen", follow="1")
    with city.services.database.begin() as session:
        search_id = session.scalars(select(SavedSearch.id)).one()
        actor = city.actor("brandt")
        assert actor.person_id is not None
        alerts.keep(session, search_id, actor.person_id, {city.filed}, NOW)
    for address in ("/akten", "/suche"):
        found = badge.search(clerk.get(address).text)
        assert found is not None
        assert found[1] == "1"
    clerk.post(f"/suche/gemerkt/{search_id}/gesehen")
    assert badge.search(clerk.get("/akten").text) is None
