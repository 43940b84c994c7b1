"""The small city filled so that every page has something to show, and a real example for every address.

Everything is made as people make it: by sending the forms of the pages.
"""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute

from eakte.actions import sessions, users
from eakte.app import create_app
from eakte.demo.binders import as_csv
from eakte.records.access import SYSTEM, Role
from eakte.records.origin import Origin
from eakte.store.disposal_runs import DisposalRun
from eakte.store.files import BusinessCase
from eakte.store.people import Person, person_by_login
from eakte.store.plan import FilePlan
from eakte.store.textprints import TextPrint, TextPrintBand
from eakte.web.edge import Route
from ingest.model import Box, Mention, MentionKind
from tests.web.city import NOW, PASSWORD, City, append_pages, copy, reread, spoil
from tests.web.conftest import Person as Visitor
from tests.web.test_disposal_runs import more_files
from tests.web.test_exchange import difference

EVERYBODY = "allzweck"
"""Somebody who holds a post of every role, and so is offered everything a page can offer."""
FILES = 12
"""Closed case files beside the others: a list with several lines."""
STORED: Mapping[str, InstrumentedAttribute[UUID]] = {
    "case_id": BusinessCase.id,
    "person_id": Person.id,
    "plan_id": FilePlan.id,
    "disposal_run_id": DisposalRun.id,
}
"""What an address finds any example of in the database."""
ASKED = {
    "/suche": "?q=Tiefgarage",
    "/suche/vorschau": "?dokument={document_id}&q=Tiefgarage",
    "/dokumente/{document_id}": "?q=Tiefgarage",
    "/aussonderung": "?art=destroy",
    "/posteingang/{item_id}/vorgaenge": "?case_file_id={case_file_id}",
}
"""What some pages are asked so that they have something to show."""


@dataclass(frozen=True)
class Town:
    """A city in which people have worked, and what the parts of addresses are called in it."""

    city: City
    examples: Mapping[str, object]

    def address(self, path: str) -> str:
        """Return a real address for one of the table of routes; fails where a part of it has no example."""
        unit = "plan_unit_id" if path.startswith("/aktenplan") else "unit_id"
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
        examples = {**self.examples, "unit_id": self.examples[unit]}
        missing = set(re.findall(r"{(\w+)}", path)) - set(examples)
        assert not missing, f"{path}: no example of {missing} in {__name__}"
        return (path + ASKED.get(path, "")).format(**examples)


def filled(founded: City, folder: Path) -> Town:
    """Return a copy of the city in which people have worked."""
    city = _with_scans(copy(founded, folder), folder)
    _staff(city)
    _mail(city)
    made = _work(city)
    known = {
        "item_id": city.waiting[0], "document_id": city.filed, "case_file_id": city.file_id,
        "reference": city.file_reference, "code": "63.90", "number": 1, "kind": "searchable_pdf", "name": "posteingang",
    }  # fmt: skip
    with city.services.database.reading() as session:
        stored = {name: session.scalars(select(of).limit(1)).one() for name, of in STORED.items()}
    return Town(city, {**known, **stored, **made})


def _with_scans(city: City, folder: Path) -> City:
    """Let there be a folder with scans of a shelf."""
    shelf = folder / "scans"
    (shelf / "63.2" / "regal").mkdir(parents=True)
    settings = dataclasses.replace(city.services.settings, migration_folder=str(shelf))
    return dataclasses.replace(city, services=dataclasses.replace(city.services, settings=settings))


def _staff(city: City) -> None:
    with city.services.database.begin() as session:
        users.add_person(session, SYSTEM, login=EVERYBODY, name="Allzweck, Alma", password=PASSWORD, now=NOW)
        for role in Role:
            unit = "63.2" if role in {Role.CLERK, Role.MAIL_CLERK, Role.REGISTRAR} else "10"
            users.assign_post(
                session, SYSTEM, EVERYBODY, unit_code=unit, title=role.value, role=role,
                valid_from=date(2020, 1, 1), now=NOW,
            )  # fmt: skip


def _mail(city: City) -> None:
    """Let one waiting letter say more than the others, one be sure and unlike them, and one filed page hard to read."""
    place = (Box(140, 600, 300, 38), Box(140, 690, 200, 38))
    reread(city, city.waiting[0], mentions=(Mention(MentionKind.COURT, "Amtsgericht Springe", "…", 1, place, 0.9),))
    reread(city, city.waiting[1], deadlines=())
    with city.services.database.begin() as session:
        for kind in (TextPrintBand, TextPrint):
            session.execute(delete(kind))
    append_pages(city, city.filed, "pbp")
    spoil(city, city.filed, 55)


def _work(city: City) -> dict[str, str]:
    """Send the forms of the pages, as their people do; return what was made, by its name in addresses."""
    app = create_app(city.services, clock=lambda: NOW)
    clerk, manager, keeper = (Visitor(app.test_client()) for _ in range(3))
    for visitor, login in ((clerk, "brandt"), (manager, "reimer"), (keeper, EVERYBODY)):
        visitor.let_in(city, login)
    _send(manager, "/aussonderung/laeufe", title="Parkausweise", plan="63.90")
    shed = more_files(city, FILES, subject="Schuppen")[0]
    for day in ("18.11.2026", "01.12.2026"):
        _send(clerk, f"/akten/{city.file_id}/wiedervorlagen", due_on=day, note="Brandschutznachweis fehlt")
    _send(clerk, "/suche/gemerkt", name="Garagen", query="q=Tiefgarage")
    _send(keeper, f"/akten/{city.old_file}/papier", content="Pläne 1:100", shelf="B 3", location="Keller")
    made = {
        "batch_id": _send(clerk, "/stapel", unit="63.2", documents="3", device="Scanner 1", protection="normal",
                          languages=["deu"]),
        "run_id": _send(keeper, "/migration", title="Regal 1", folder="63.2/regal", document_type="Altakte",
                        plan="63.20", languages="deu", manifest=_manifest()),
        "restriction_id": _send(manager, f"/akten/{shed}/einschraenken", ground="claims", reason="Klage",
                                owner="reimer", review="01.12.2027"),
        "order_id": _send(manager, "/loeschsperren", scope="query", text="betreff:Parkausweise", reason="Prüfung",
                          title="Sache Parkausweise", review_on="01.12.2026"),
        "draft_id": _send(manager, "/aufbewahrung/entwuerfe", aenderung="version", code="63.90"),
        "request_id": _request(city, manager),
        "rehousing_id": _rehousing(keeper),
    }  # fmt: skip
    difference(city)
    return made | _units(keeper)


def _request(city: City, manager: Visitor) -> str:
    request = _send(manager, "/datenschutz/antraege", kind="erasure", applicant="Erika Selten",
                    received_on="03.11.2026", channel="mail")  # fmt: skip
    place = f"/datenschutz/antraege/{request}"
    _send(manager, f"{place}/suchen", names="Hollmann", marks="")
    _send(manager, f"{place}/akten", case_file=str(city.file_id))
    return request


def _manifest() -> tuple[io.BytesIO, str]:
    return io.BytesIO(as_csv([("K1", "O1", "A 1", "Bauakte", "1990", "1", "a.pdf", "63.20")])), "liste.csv"


def _rehousing(keeper: Visitor) -> str:
    _send(keeper, "/aktenplan/fassungen", title="Aktenplan", version="9")
    ids = re.findall(r'<option value="([0-9a-f-]{36})">', keeper.get("/aktenplan/verwaltung").text)
    source, target = dict.fromkeys(ids)
    return _send(keeper, "/aktenplan/umbettungen", source=source, target=target)


def _units(keeper: Visitor) -> dict[str, str]:
    plan = re.findall(r"/aktenplan/einheiten/([0-9a-f-]{36})", keeper.get("/aktenplan").text)
    offices = re.findall(r"/verwaltung/einheiten/([0-9a-f-]{36})", keeper.get("/verwaltung").text)
    return {"plan_unit_id": plan[0], "unit_id": offices[0]}


def _send(visitor: Visitor, path: str, **fields: Any) -> str:
    """Send a form and return the id of what it leads to; what it was sent for must have been done."""
    visitor.get("/konto")
    answer = visitor.post(path, **fields)
    assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text[:2000]}"
    ids = re.findall(r"[0-9a-f-]{36}", answer.headers["Location"])
    return ids[-1] if ids else ""


def session_of(city: City, login: str) -> str:
    """Return the cookie of a browser in which the person has signed in."""
    with city.services.database.begin() as session:
        person = person_by_login(session, login)
        assert person is not None
        return sessions.begin(session, person, sessions.PASSWORD, origin=Origin("", ""), now=NOW, hours=8)


def asked(route: Route) -> bool:
    """Tell whether a route answers a browser and does not name a file by its ending."""
    return route.method == "GET" and "." not in route.path.rsplit("/", 1)[1] and not route.path.startswith("/v/")
