"""Arranging pages in the browser: every step is an address, the result is shown before it is confirmed, and undone."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from sqlalchemy import select

from eakte.actions import arranging
from eakte.records.states import ItemState
from eakte.store.arranging import Arrangement, ItemOrigin
from eakte.store.documents import Document, IncomingItem
from tests.web.city import NOW, City, state_of
from tests.web.conftest import Person


def pages_of(city: City, item_id: UUID) -> int:
    with city.services.database.reading() as session:
        return len(session.scalars(select(Document).where(Document.item_id == item_id)).one().versions[-1].pages)


def followed(person: Person, address: str) -> str:
    """Take a step and return the address it leads to."""
    answer = person.get(address)
    assert answer.status_code == 303
    return answer.headers["Location"]


def fields(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def made(city: City) -> list[UUID]:
    """Do what the worker does and return the new items."""
    with city.services.database.begin() as session:
        arrangement = session.scalars(select(Arrangement)).one()
        files = [city.services.objects.put(io.BytesIO(repr(part).encode())) for part in arrangement.parts]
        arranging.record_parts(session, city.services.objects, arrangement.id, files, NOW)
        return list(session.scalars(select(ItemOrigin.item_id).where(ItemOrigin.direct).distinct()))


def merged(city: City, clerk: Person) -> tuple[UUID, UUID, str]:
    """Two items on the desk, with the address of the draft."""
    first, second = city.waiting[:2]
    clerk.get(f"/posteingang/{first}/seiten")
    address = followed(clerk, f"/posteingang/{first}/seiten?tun=dazu&weiterer={second}")
    return first, second, address


def test_the_inbox_leads_to_the_pages_and_nothing_is_confirmed_before_something_is_changed(
    city: City, clerk: Person
) -> None:
    item_id = city.waiting[0]
    assert f"/posteingang/{item_id}/seiten" in clerk.get(f"/posteingang/{item_id}").text
    page = clerk.get(f"/posteingang/{item_id}/seiten").text
    assert page.count("<li id=") == pages_of(city, item_id)
    assert "So ordnen" not in page
    assert "An den Seiten ist nichts geändert." in page


def test_steps_add_up_and_the_result_is_told_before_it_is_confirmed(city: City, clerk: Person) -> None:
    _, _, address = merged(city, clerk)
    address = followed(clerk, f"{address}&tun=trennen.1")
    address = followed(clerk, f"{address}&tun=drehen.0")
    page = clerk.get(address).text
    assert "2 Eingänge werden ersetzt durch:" in page
    assert page.count('class="ea-arranged"') == 2
    assert 'data-turn="90"' in page
    assert "autofocus" in page


def test_an_address_that_does_not_fit_begins_anew(city: City, clerk: Person) -> None:
    item_id = city.waiting[0]
    for nonsense in ("ordnung=0.99", "ordnung=x&mit=y", f"mit={item_id}", "tun=drehen.9999", "tun=unsinn"):
        answer = clerk.get(f"/posteingang/{item_id}/seiten?{nonsense}")
        assert answer.status_code in {200, 303}


def test_confirmed_the_items_are_replaced_and_their_parts_name_them(city: City, clerk: Person) -> None:
    first, second, address = merged(city, clerk)
    answer = clerk.post(f"/posteingang/{first}/seiten", **fields(address))
    assert answer.status_code == 303
    page = clerk.get(f"/posteingang/{first}/seiten").text
    assert "Die neuen Eingänge werden gerade gemacht: 1 Teil" in page
    assert (state_of(city, first), state_of(city, second)) == ("replaced", "replaced")
    [new] = made(city)
    assert f"/posteingang/{new}" in clerk.get(f"/posteingang/{first}/seiten").text
    inbox = clerk.get("/posteingang").text
    assert f"/posteingang/{new}" in inbox
    assert f"/posteingang/{first}" not in inbox
    shown = clerk.get(f"/posteingang/{new}").text
    assert "Entstanden aus" in shown
    assert f"/posteingang/{second}" in shown
    assert clerk.get(f"/posteingang/{first}/original").status_code == 200
    assert "Was daraus wurde" in clerk.get(f"/posteingang/{first}").text


def test_taken_back_both_wait_again(city: City, clerk: Person) -> None:
    first, second, address = merged(city, clerk)
    clerk.post(f"/posteingang/{first}/seiten", **fields(address))
    [new] = made(city)
    assert "Rückgängig" in clerk.get(f"/posteingang/{second}/seiten").text
    assert clerk.post(f"/posteingang/{second}/seiten/zuruecknehmen").status_code == 303
    assert {state_of(city, one) for one in (first, second)} == {"waiting"}
    assert state_of(city, new) == "replaced"


def test_what_was_changed_meanwhile_is_not_arranged(city: City, clerk: Person) -> None:
    first, _, address = merged(city, clerk)
    answer = clerk.post(f"/posteingang/{first}/seiten", **fields(address), revision="1")
    assert answer.status_code == 409
    assert state_of(city, first) == "waiting"


def test_who_does_not_work_in_the_inbox_finds_nothing(city: City, stranger: Person) -> None:
    item_id = city.waiting[0]
    stranger.get("/posteingang")
    assert stranger.get(f"/posteingang/{item_id}/seiten").status_code == 404
    for path in ("seiten", "seiten/zuruecknehmen"):
        assert stranger.post(f"/posteingang/{item_id}/{path}", ordnung="0.1.90").status_code == 404
    mine = re.findall(r'value="([0-9a-f-]{36})"', stranger.get("/posteingang").text)
    assert str(item_id) not in mine


def test_what_cannot_be_arranged_says_why(city: City, clerk: Person) -> None:
    with city.services.database.begin() as session:
        session.get_one(IncomingItem, city.waiting[0]).source = "migration"
    assert "gehört zu einem Migrationslauf" in clerk.get(f"/posteingang/{city.waiting[0]}/seiten").text
    answer = clerk.post(f"/posteingang/{city.waiting[0]}/seiten", ordnung="0.1.90")
    assert answer.status_code == 409
    assert ItemState(state_of(city, city.waiting[0])) is ItemState.WAITING
