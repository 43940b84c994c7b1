"""What an attacker tries at the pages (OWASP): each refused or made harmless, with the real application."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import pytest
from sqlalchemy import select, update
from werkzeug.http import parse_options_header

from eakte.actions.intake import plain_name
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.people import OrgUnit, Person
from eakte.web.edge import SESSION_COOKIE
from tests.web.city import City
from tests.web.conftest import Person as Browser

MARK = "eindringling"
SCRIPT = f"<script>{MARK}</script><img src=x onerror={MARK}>\"'><svg/onload={MARK}>{{{{7*7}}}}"


class _Active(HTMLParser):
    """Collects what of our mark a browser would run or load: elements and attributes, never text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        names = {name for name, _ in attrs}
        if any(name.startswith("on") for name in names) or ("src", "x") in attrs:
            self.found.append(f"<{tag} {attrs}>")
        self.found += [f"{tag}.{name}" for name, value in attrs if (value or "").strip().startswith("javascript:")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and MARK in data:
            self.found.append(f"script: {data[:60]}")


def active(text: str) -> list[str]:
    parser = _Active()
    parser.feed(text)
    return parser.found


@pytest.fixture
def poisoned(city: City) -> City:
    """The city with markup in every text that people, letters or directories bring in."""
    texts = {
        CaseFile: ("subject", "opened_by"), BusinessCase: ("subject",), OrgUnit: ("name",), Person: ("name",),
        Document: ("subject", "sender", "foreign_reference", "document_type"),
        IncomingItem: ("filename", "received_by"), DocumentVersion: ("filename", "remark", "created_by"),
    }  # fmt: skip
    with city.services.database.begin() as session:
        for table, names in texts.items():
            values = {name: SCRIPT[: getattr(table, name).type.length] for name in names}
            session.execute(update(table).values(values).execution_options(synchronize_session=False))
        for page in session.scalars(select(PageRow)):
            page.text, page.words = SCRIPT, [[SCRIPT, *word[1:]] for word in page.words]
    return city


def test_the_look_for_active_markup_finds_some() -> None:
    assert len(active(SCRIPT)) == 3


def test_markup_in_fields_and_read_text_is_shown_and_never_run(
    poisoned: City, clerk: Browser, manager: Browser
) -> None:
    shown = 0
    document, waiting, file = poisoned.filed, poisoned.waiting[0], poisoned.file_id
    own = (
        "/posteingang",
        f"/posteingang/{waiting}",
        "/stoerungen",
        "/akten",
        f"/akten/{file}",
        f"/dokumente/{document}",
    )
    for person, paths in ((clerk, (*own, "/suche?q=Tiefgarage", "/konto")), (manager, ("/fristen", "/protokoll"))):
        for path in paths:
            answer = person.get(path)
            assert answer.status_code == 200, path
            assert active(answer.text) == [], path
            assert f"<script>{MARK}" not in answer.text
            shown += "&lt;script&gt;" in answer.text
    assert shown >= 4, "the text itself is there to be read"


def test_what_is_searched_for_is_shown_and_never_run(clerk: Browser) -> None:
    answer = clerk.client.get("/suche", query_string={"q": SCRIPT})
    assert answer.status_code == 200
    assert active(answer.text) == []


def test_a_session_known_before_signing_in_opens_nothing_afterwards(visitor: Browser, city: City) -> None:
    assert city
    fixed = "vom-angreifer-gesetzt"
    visitor.client.set_cookie(SESSION_COOKIE, fixed)
    answer = visitor.sign_in("brandt")
    assert answer.status_code == 303
    given = visitor.client.get_cookie(SESSION_COOKIE)
    assert given is not None
    assert given.value != fixed
    visitor.client.set_cookie(SESSION_COOKIE, fixed)
    assert visitor.get("/posteingang").status_code == 303, "the attacker is not signed in"


def test_signing_in_again_ends_the_session_before(visitor: Browser) -> None:
    visitor.sign_in("brandt")
    before = visitor.client.get_cookie(SESSION_COOKIE)
    assert before is not None
    visitor.post("/abmelden")
    visitor.sign_in("brandt")
    visitor.client.set_cookie(SESSION_COOKIE, before.value)
    assert visitor.get("/posteingang").status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/v/%2e%2e/manifest.json", "/v/..%2f..%2f..%2fsettings.py", "/../../etc/passwd", "/dokumente/../../etc/passwd"],
)
def test_no_path_leads_out_of_what_is_served(clerk: Browser, path: str) -> None:
    answer = clerk.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def upload(clerk: Browser, name: str) -> int:
    clerk.get("/hochladen")
    sent = clerk.client.post(
        "/hochladen",
        data={"csrf": clerk.token, "unit": "63.2", "files": (io.BytesIO(b"Brief"), name)},
        content_type="multipart/form-data",
    )
    return sent.status_code


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.txt", "/root/.ssh/x.txt"])
def test_a_file_name_reaches_neither_the_disk_nor_a_header(city: City, clerk: Browser, name: str) -> None:
    assert upload(clerk, name) == 200
    assert list(city.services.settings.data_folder.rglob("*.txt")) == []
    with city.services.database.begin() as session:
        newest = select(IncomingItem.filename).order_by(IncomingItem.received_at.desc()).limit(1)
        assert session.scalars(newest).one() == "x.txt"


def test_a_file_name_cannot_begin_another_header(city: City, clerk: Browser) -> None:
    assert upload(clerk, "a\r\nSet-Cookie: ea_session=x.txt") == 422
    assert plain_name("C:\\Windows\\x.txt") == "x.txt"
    assert plain_name("a\r\nSet-Cookie: ea_session=x") == "aSet-Cookie: ea_session=x"
    quoted = 'a"; filename="b.html'
    with city.services.database.begin() as session:
        session.execute(update(DocumentVersion).values(filename=quoted))
        session.execute(update(IncomingItem).values(filename=quoted))
    answer = clerk.get(f"/dokumente/{city.filed}/original")
    kind, told = parse_options_header(answer.headers["Content-Disposition"])
    assert (kind, told["filename"]) == ("attachment", quoted)
    answer.close()


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"])
def test_headers_of_proxies_that_are_not_ours_lead_nowhere(visitor: Browser, header: str) -> None:
    answer = visitor.client.get("/posteingang", headers={header: "boese.example"})
    assert "boese.example" not in answer.headers["Location"]
    assert answer.status_code == 303
