"""Nothing leaks: who may not see a thing gets the same answer as if it did not exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from eakte.app import create_app
from eakte.records.access import Permission
from eakte.store.files import BusinessCase
from eakte.web.routes import ROUTES
from tests.web.city import NOW, City, copy, state_of
from tests.web.conftest import Person


def first_case(city: City, case_file_id: UUID) -> UUID:
    with city.services.database.reading() as session:
        return session.scalars(select(BusinessCase.id).where(BusinessCase.case_file_id == case_file_id)).one()


def addresses(city: City) -> list[str]:
    item, document, file = city.waiting[0], city.filed, city.file_id
    case = first_case(city, file)
    return [
        f"/posteingang/{item}",
        f"/posteingang/{item}/vorgaenge?case_file_id={file}",
        f"/posteingang/{item}/akten?q=Neubau",
        f"/posteingang/{item}/original",
        f"/hochladen/{item}",
        f"/akten/{file}",
        f"/dokumente/{document}",
        f"/dokumente/{document}/seiten/1.webp",
        f"/dokumente/{document}/seiten/1-klein.webp",
        f"/dokumente/{document}/seiten/1/woerter",
        f"/dokumente/{document}/text",
        f"/dokumente/{document}/original",
        f"/dokumente/{document}/pdf",
        f"/dokumente/{document}/fassungen/1/original",
        f"/dokumente/{document}/umprotokollieren",
        f"/vorgaenge/{case}/umprotokollieren",
        f"/az/{city.file_reference}",
        f"/az/{city.file_reference}-01",
        f"/az/{city.file_reference}-01%230001",
        f"/suche/vorschau?dokument={document}&q=Tiefgarage",
    ]


def test_a_clerk_of_another_department_finds_no_address_of_a_record(city: City, stranger: Person) -> None:
    assert {path: stranger.get(path).status_code for path in addresses(city)} == dict.fromkeys(addresses(city), 404)


def test_the_answer_is_the_same_as_for_things_that_do_not_exist(city: City, stranger: Person) -> None:
    hidden, missing = stranger.get(f"/akten/{city.file_id}"), stranger.get(f"/akten/{uuid4()}")
    assert hidden.text.replace(stranger.token, "") != ""
    assert hidden.status_code == missing.status_code == 404
    assert "Gartenweg" not in hidden.text


def test_a_clerk_of_another_department_gets_no_hits_counts_or_rows(city: City, stranger: Person) -> None:
    pages = [stranger.get(path).text for path in ("/posteingang", "/suche?q=Tiefgarage", "/akten", "/aktenplan")]
    for page in pages:
        assert city.file_reference not in page
        assert "Gartenweg" not in page
        assert "Hollmann" not in page
    assert "Posteingang ist leer." in pages[0]
    assert '<b class="ea-num">0</b> Treffer' in pages[1]
    assert "Keine Akten gefunden." in pages[2]
    assert stranger.htmx("/posteingang/lesen").text.count("1") == 0


def test_a_clerk_of_another_department_changes_nothing(city: City, stranger: Person) -> None:
    stranger.get("/posteingang")
    posts = [
        f"/posteingang/{city.waiting[0]}/nicht-aktenrelevant",
        f"/posteingang/{city.waiting[0]}/weiterleiten",
        f"/posteingang/{city.fault}/erneut",
        f"/dokumente/{city.filed}/rueckgaengig",
        f"/akten/{city.file_id}/zda",
        f"/akten/{city.file_id}/vorgaenge",
    ]
    assert [stranger.post(path, reason="x", subject="x").status_code for path in posts] == [404] * len(posts)
    assert state_of(city, city.waiting[0]) == "waiting"


def test_filing_into_a_foreign_case_file_is_refused_like_an_unknown_one(city: City, stranger: Person) -> None:
    stranger.get("/posteingang")
    answer = stranger.post(f"/posteingang/{city.waiting[0]}/ablegen", case_file_id=str(city.file_id))
    assert answer.status_code == 404


@pytest.fixture(scope="module")
def nobody(founded: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A browser without a session; all pages are asked of one application, as nothing can change in it."""
    city = copy(founded, tmp_path_factory.mktemp("nobody"))
    yield Person(create_app(city.services, clock=lambda: NOW).test_client())
    city.services.close()


@pytest.mark.parametrize(
    "path", [route.path for route in ROUTES if route.needs is not Permission.PUBLIC and route.method == "GET"]
)
def test_without_a_session_every_page_leads_to_the_sign_in(nobody: Person, path: str) -> None:
    answer = nobody.get(re.sub(r"<int:\w+>", "1", re.sub(r"<uuid:\w+>", str(uuid4()), path)))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/anmelden")


def test_every_route_states_what_it_needs_and_few_are_public() -> None:
    public = {(route.method, route.path) for route in ROUTES if route.needs is Permission.PUBLIC}
    assert public == {
        ("GET", "/anmelden"), ("POST", "/anmelden"), ("GET", "/anmelden/dienst"), ("GET", "/anmelden/dienst/zurueck"),
        ("GET", "/gesund"), ("GET", "/v/<name>"),
    }  # fmt: skip


def test_navigation_shows_only_what_the_person_may_use(clerk: Person, manager: Person) -> None:
    mine, hers = clerk.get("/akten").text, manager.get("/akten").text
    assert 'href="/fristen"' not in mine
    assert 'href="/protokoll"' not in mine
    assert 'href="/fristen"' in hers
    assert 'href="/posteingang"' not in hers


@pytest.mark.parametrize("path", ["/aussonderung", "/fristen", "/fristen/vorausschau", "/protokoll"])
def test_a_clerk_may_not_open_pages_of_the_registry(clerk: Person, path: str) -> None:
    assert clerk.get(path).status_code == 403


def test_an_administrator_reads_no_records(city: City, signed_in: Callable[[str], Person]) -> None:
    administrator = signed_in("verwalter")
    assert administrator.get(f"/akten/{city.file_id}").status_code == 403
    assert "Zugänge" in administrator.get("/", follow_redirects=True).text


def test_an_auditor_reads_without_changing(city: City, signed_in: Callable[[str], Person]) -> None:
    auditor = signed_in("pruefer")
    assert auditor.get(f"/akten/{city.file_id}").status_code == 200
    assert auditor.post(f"/akten/{city.file_id}/zda").status_code == 403
