"""Case files, search, documents, uploads, disposal and history as people see them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest

from eakte.actions import verdicts
from eakte.app import create_app
from eakte.errors import EakteError
from eakte.texts import sentences
from tests.web.city import NOW, City
from tests.web.conftest import Person


def test_search_marks_the_words_in_the_text_and_on_the_page(clerk: Person) -> None:
    page = clerk.get("/suche?q=Tiefgarage").text
    assert "<mark>Tiefgarage</mark>" in page
    assert 'class="ea-found"' in page
    assert "Bauantrag" in page


def test_a_search_without_hits_says_what_to_try(clerk: Person) -> None:
    assert "Keine Treffer für „Weltraumbahnhof“" in clerk.get("/suche?q=Weltraumbahnhof").text


@pytest.mark.parametrize("text", ['"', "(((", "AND OR", "a" * 5_000, "<script>alert(1)</script>", "\x00", "*"])
def test_no_typed_text_breaks_the_search(clerk: Person, text: str) -> None:
    answer = clerk.client.get("/suche", query_string={"q": text, "ab": "x", "von": "abc"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_a_case_file_shows_its_documents_its_retention_and_its_history(city: City, clerk: Person) -> None:
    page = clerk.get(f"/akten/{city.file_id}").text
    assert "Antrag auf Baugenehmigung" in page
    assert "Frist läuft noch nicht" in page
    assert "Dokument abgelegt" in page
    assert "z.d.A. verfügen" in page


def test_closing_waits_until_nothing_waits_in_the_inbox(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    answer = clerk.post(f"/akten/{city.file_id}/zda")
    assert answer.status_code == 409
    assert "Im Posteingang warten noch 3 Dokumente" in answer.text


def test_closing_starts_retention(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    for item_id in city.waiting:
        clerk.post(f"/posteingang/{item_id}/nicht-aktenrelevant", reason="doppelt")
    assert clerk.post(f"/akten/{city.file_id}/zda").status_code == 303
    assert "Aufbewahrung bis 31.12.2056" in clerk.get(f"/akten/{city.file_id}").text


def test_a_period_that_waits_for_an_event_starts_when_it_is_recorded(clerk: Person) -> None:
    clerk.get("/akten/neu")
    path = clerk.post("/akten", file_plan_code="63.30", subject="Schuppen", org_unit_code="63.2").headers["Location"]
    clerk.post(f"{path}/zda")
    assert "Beseitigung der Anlage am" in clerk.get(path).text
    assert clerk.post(f"{path}/ereignis", trigger="DEMOLITION", happened_on="").status_code == 422
    told = {"trigger": "DEMOLITION", "happened_on": "03.03.2020"}
    assert clerk.post(f"{path}/ereignis", **told).status_code == 422
    assert clerk.post(f"{path}/ereignis", **told, evidence="Abrissanzeige").status_code == 303
    assert "Abrissanzeige" in clerk.get(path).text
    assert "31.12.2025" in clerk.get(path).text


def test_a_hold_is_shown_and_stops_destruction(city: City, manager: Person) -> None:
    manager.get(f"/akten/{city.old_file}")
    assert manager.post(f"/akten/{city.old_file}/loeschsperre", reason="Rechtsstreit").status_code == 303
    assert "Löschsperre" in manager.get(f"/akten/{city.old_file}").text
    answer = manager.post("/aussonderung/vernichtung", case_file_id=str(city.old_file), reason="Frist abgelaufen")
    assert answer.status_code == 409
    assert "Löschsperre: Rechtsstreit" in answer.text


def test_who_proposes_several_types_how_many_they_are(city: City, manager: Person) -> None:
    assert 'name="count"' in manager.get("/aussonderung?art=destroy").text
    told = {"case_file_id": [str(city.old_file), str(city.file_id)], "reason": "Frist abgelaufen"}
    for count in ("", "1", "3", "zwei"):
        answer = manager.post("/aussonderung/vernichtung", **told, count=count)
        assert answer.status_code == 422
        assert "Zahl der Akten ein: 2." in answer.text
    answer = manager.post("/aussonderung/vernichtung", **told, count="2")
    assert "Zahl der Akten ein" not in answer.text
    assert answer.status_code == 409  # all or none, and one of them is not due
    twice = {"case_file_id": [str(city.old_file)] * 2, "reason": "Frist abgelaufen"}
    assert manager.post("/aussonderung/vernichtung", **twice).status_code == 303


def test_destruction_takes_two_people(city: City, manager: Person, signed_in: Callable[[str], Person]) -> None:
    second = signed_in("seidel")
    assert "Parkausweise 2009" in manager.get("/aussonderung?art=destroy").text
    manager.post("/aussonderung/vernichtung", case_file_id=str(city.old_file), reason="Frist abgelaufen")
    waiting = manager.get("/aussonderung").text
    assert "wartet auf eine zweite Person" in waiting
    approve = second.get("/aussonderung").text.split('action="/aussonderung/')[1].split('"')[0]
    assert approve.endswith("/freigabe")
    assert manager.post(f"/aussonderung/{approve}").status_code == 409
    assert second.post(f"/aussonderung/{approve}").status_code == 303
    assert "nicht vor 02.12.2026" in second.get("/aussonderung").text


def test_without_an_archive_nothing_is_offered(city: City, manager: Person) -> None:
    with city.services.database.begin() as session:
        verdicts.review(session, [city.old_file], NOW.date())
    manager.get("/aussonderung")
    answer = manager.post("/aussonderung/anbietung", case_file_id=str(city.old_file))
    assert answer.status_code >= 400
    assert answer.status_code < 600


def test_an_upload_is_answered_per_file_and_a_second_time_named_as_double(clerk: Person) -> None:
    clerk.get("/hochladen")
    for word in ("angenommen", "doppelt"):
        files = [(io.BytesIO(b"%PDF-1.4 eins"), "eins.pdf"), (io.BytesIO(b""), "leer.pdf")]
        answer = clerk.client.post("/hochladen", data={"csrf": clerk.token, "unit": "63.2", "files": files})
        assert word in answer.text
        assert "leer, bitte prüfen" in answer.text


def test_the_same_upload_sent_twice_is_one_item(clerk: Person) -> None:
    clerk.get("/hochladen")
    headers = {"HX-Request": "true", "X-CSRF-Token": clerk.token}
    answers = []
    for _ in range(2):
        data = {"unit": "63.2", "upload_id": "abc", "files": (io.BytesIO(b"%PDF-1.4 zwei"), "zwei.pdf")}
        answers.append(clerk.client.post("/hochladen", data=data, headers=headers).text)
    assert "angenommen" in answers[0]
    assert "war schon angekommen" in answers[1]


def test_over_the_limit_each_file_is_answered_and_none_that_was_taken_is_lost(city: City) -> None:
    settings = replace(city.services.settings, person_documents_per_day=2)
    clerk = Person(create_app(replace(city.services, settings=settings), clock=lambda: NOW).test_client())
    clerk.let_in(city, "brandt")
    clerk.get("/hochladen")
    files = [(io.BytesIO(f"%PDF-1.4 {number}".encode()), f"{number}.pdf") for number in range(3)]
    page = clerk.client.post("/hochladen", data={"csrf": clerk.token, "unit": "63.2", "files": files})
    assert (page.status_code, page.text.count("angenommen")) == (200, 3)
    assert "nicht angenommen. Bitte senden Sie sie in" in page.text
    data = {"unit": "63.2", "upload_id": "x", "files": (io.BytesIO(b"%PDF-1.4 4"), "vier.pdf")}
    one = clerk.client.post("/hochladen", data=data, headers={"HX-Request": "true", "X-CSRF-Token": clerk.token})
    assert (one.status_code, int(one.headers["Retry-After"]) > 60) == (429, True)
    assert "data-text" in one.text


def test_nobody_uploads_into_a_foreign_inbox(clerk: Person) -> None:
    clerk.get("/hochladen")
    data = {"csrf": clerk.token, "unit": "50.1", "files": (io.BytesIO(b"%PDF-1.4"), "drei.pdf")}
    assert clerk.client.post("/hochladen", data=data).status_code == 422


def test_a_document_opens_with_its_words_and_its_text(city: City, clerk: Person) -> None:
    assert clerk.get(f"/dokumente/{city.filed}").status_code == 200
    words = clerk.get(f"/dokumente/{city.filed}/seiten/1/woerter").json
    assert [word[0] for word in words][:2] == ["Architekturbüro", "Hollmann"]
    assert "Tiefgarage" in clerk.get(f"/dokumente/{city.filed}/text").text


def test_the_file_plan_counts_what_the_person_may_see(clerk: Person) -> None:
    assert "Baugenehmigungen" in clerk.get("/aktenplan").text


def test_the_history_is_filtered_and_verified(city: City, manager: Person) -> None:
    page = manager.get(f"/protokoll?akte={city.file_reference}&aktion=document.filed").text
    assert "Dokument abgelegt" in page
    assert "Kette ist unversehrt" in manager.htmx("/protokoll/pruefung").text


def test_every_refusal_has_its_german_sentence() -> None:
    def below(kind: type[EakteError]) -> set[str]:
        return {kind.code}.union(*(below(one) for one in kind.__subclasses__()))

    assert below(EakteError) <= set(sentences())


def test_light_and_dark_are_remembered(clerk: Person) -> None:
    clerk.get("/akten")
    clerk.post("/darstellung", theme="dark", next="/akten")
    assert 'data-kern-theme="dark"' in clerk.get("/akten").text


def test_the_service_says_that_it_is_well(visitor: Person) -> None:
    assert visitor.get("/gesund").json == {"status": "ok"}
