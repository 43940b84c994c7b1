from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from tests.web.conftest import Person

SignIn = Callable[[str], Person]


@pytest.fixture
def keeper(signed_in: SignIn) -> Person:
    return signed_in("reimer")


def send(person: Person, path: str, name: str, content: str, **fields: str) -> tuple[int, str, str]:
    answer = person.post(path, file=(io.BytesIO(content.encode()), name), **fields)
    return answer.status_code, answer.text, answer.headers.get("Location", "")


def test_the_tree_shows_rules_finds_words_and_leads_to_units(keeper: Person) -> None:
    page = keeper.get("/aktenplan").text
    assert "Aktenplan" in page
    found = keeper.get("/aktenplan?q=baugenehmigung").text
    assert "Baugenehmigungen" in found
    assert "Abbruch" not in found
    unit = re.search(r'href="(/aktenplan/einheiten/[^"]+)">[^<]*<svg[^>]*>.*?</svg><span><b>\d', found)
    assert unit is not None
    shown = keeper.get(unit[1]).text
    assert "Muster der Aktenzeichen" in shown
    assert "Aufbewahrungsregel" in shown
    assert "Keine Einheit passt" in keeper.get("/aktenplan?q=Raumfahrt").text


def test_a_file_is_checked_and_loaded_only_without_faults(keeper: Person) -> None:
    keeper.get("/aktenplan/verwaltung")
    status, text, _ = send(
        keeper, "/aktenplan/laden", "plan.csv", "code;title\n7;Kultur\n7;Sport\n", tun="laden", version="9"
    )
    assert (status, "Zeile 3" in text, "Nichts wurde geladen" in text) == (422, True, True)
    status, text, _ = send(keeper, "/aktenplan/laden", "plan.csv", "code;title\n7;Kultur\n", tun="pruefen")
    assert (status, "1 Einheiten ohne Fehler" in text) == (200, True)
    assert "Fassung 9" not in keeper.get("/aktenplan/verwaltung").text
    status, _, where = send(
        keeper, "/aktenplan/laden", "plan.csv", "code;title\n7;Kultur\n", tun="laden", title="Aktenplan", version="9"
    )
    assert status == 303
    draft = keeper.get(where).text
    assert "Fassung 9" in draft
    assert "Entwurf" in draft


def test_a_unit_is_changed_and_retired(keeper: Person) -> None:
    page = keeper.get("/aktenplan?q=63.20").text
    address = re.findall(r'href="(/aktenplan/einheiten/[^"]+)"', page)[-1]
    keeper.get(address)
    changed = {"title": "Baugenehmigungen neu", "reference_pattern": "{plan}/{number:05}", "default_restricted": "ja"}
    assert keeper.post(address, **changed).status_code == 303
    shown = keeper.get(address).text
    assert "{plan}/{number:05}" in shown
    assert "nur die zuständige Einheit" in shown
    bad = keeper.post(address, **changed | {"reference_pattern": "{plan}"})
    assert (bad.status_code, "laufende Nummer" in bad.text) == (422, True)
    keeper.get(address)
    assert keeper.post(f"{address}/stilllegen", reason="Reform").status_code == 303
    assert "Stillgelegt seit" in keeper.get(address).text


def test_a_re_mapping_is_decided_and_ordered_on_its_page(keeper: Person) -> None:
    keeper.get("/aktenplan/verwaltung")
    assert keeper.post("/aktenplan/fassungen", title="Aktenplan", version="9").status_code == 303
    page = keeper.get("/aktenplan/verwaltung").text
    ids = dict(re.findall(r'<option value="([0-9a-f-]{36})">([^ <]+) \(', page))
    by_name = {name: key for key, name in ids.items()}
    begun = keeper.post("/aktenplan/umbettungen", source=by_name["1"], target=by_name["9"])
    address = begun.headers["Location"]
    shown = keeper.get(address).text
    revision = re.search(r'name="revision" value="(\d+)"', shown)
    assert revision is not None
    early = keeper.post(f"{address}/auftrag", reason="Reform", revision=revision[1])
    assert "zuerst in Kraft" in early.text
    keeper.get("/aktenplan/verwaltung")
    assert keeper.post(f"/aktenplan/fassungen/{by_name['9']}/in-kraft").status_code == 303
    keeper.get(address)
    decided = keeper.post(f"{address}/ziele", **{"ziel:63.20": "bleibt", "revision": revision[1], "closed_too": "on"})
    assert decided.status_code == 303
    stale = keeper.post(f"{address}/ziele", **{"ziel:63.20": "bleibt", "revision": revision[1]})
    assert stale.status_code == 409
    keeper.get(address)
    assert keeper.post(f"{address}/auftrag", reason="Reform").status_code == 303
    assert "Beauftragt von reimer" in keeper.get(address).text


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xml"])
def test_a_version_is_handed_out_as_a_file(keeper: Person, kind: str) -> None:
    page = keeper.get("/aktenplan/verwaltung").text
    addresses = re.findall(rf'href="(/aktenplan/fassungen/[^"]+\.{kind})"', page)
    answer = keeper.get(addresses[0])
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.data) > 300


def test_clerks_see_the_plan_and_nothing_of_its_making(signed_in: SignIn, keeper: Person) -> None:
    keeper.get("/aktenplan/verwaltung")
    keeper.post("/aktenplan/fassungen", title="Aktenplan", version="geheim")
    clerk = signed_in("brandt")
    page = clerk.get("/aktenplan").text
    assert "geheim" not in page
    assert "/aktenplan/verwaltung" not in page
    assert clerk.get("/aktenplan/verwaltung").status_code == 403
    address = re.findall(r'href="(/aktenplan/einheiten/[^"]+)"', page)[0]
    assert "Stilllegen" not in clerk.get(address).text


def test_a_derivation_is_asked_for_only_where_the_pattern_wants_one(signed_in: SignIn, keeper: Person) -> None:
    clerk = signed_in("brandt")
    assert "Ableitung" not in clerk.htmx("/akten/neu/felder?file_plan_code=63.20").text
    address = re.findall(r'href="(/aktenplan/einheiten/[^"]+)"', keeper.get("/aktenplan?q=63.20").text)[-1]
    keeper.get(address)
    keeper.post(address, title="Baugenehmigungen", rule_code="63.20", reference_pattern="{plan} {derivation} {number}")
    assert "Ableitung" in clerk.htmx("/akten/neu/felder?file_plan_code=63.20").text
    clerk.get("/akten/neu")
    new = {"file_plan_code": "63.20", "subject": "Neubau", "org_unit_code": "63.2", "derivation": "Gartenweg"}
    opened = clerk.post("/akten", **new)
    assert opened.status_code == 303
    assert "63.20 Gartenweg 1" in clerk.get(opened.headers["Location"]).text
