"""The page of the words of the search, and the same for programs."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.web.conftest import Person

PAGE = "/verwaltung/suchwoerter"


def test_an_administrator_adds_changes_and_removes_words(signed_in: Callable[[str], Person], clerk: Person) -> None:
    admin = signed_in("verwalter")
    assert "Suchwörter" in admin.get("/verwaltung").text
    seen = admin.get(f"{PAGE}?words=Tiefgarage+%3D+Kellergarage").text
    assert 'value="Tiefgarage = Kellergarage"' in seen
    assert "Diese Gruppe ist möglich" in seen
    assert admin.post(f"{PAGE}/synonyme", words="Tiefgarage = Kellergarage").status_code == 303
    assert "1</b> Treffer" in clerk.get("/suche?q=Kellergarage").text
    page = admin.get(PAGE).text
    (group,) = re.findall(rf"{PAGE}/synonyme/([0-9a-f-]+)/entfernen", page)
    assert admin.post(f"{PAGE}/synonyme/{group}", words="Keller = Souterrain", revision="1").status_code == 303
    assert "Keller = Souterrain" in admin.get(PAGE).text
    assert admin.post(f"{PAGE}/synonyme/{group}/entfernen").status_code == 303
    assert admin.post(f"{PAGE}/stoppwoerter", stop_words="Dringlichst").status_code == 303
    assert "1</b> Treffer" in clerk.get("/suche?q=Tiefgarage+dringlichst").text
    assert admin.post(f"{PAGE}/stoppwoerter/entfernen", stop_word="Dringlichst").status_code == 303
    assert "Noch ist kein Stoppwort" in admin.get(PAGE).text


def test_a_group_that_is_none_is_refused_in_german(signed_in: Callable[[str], Person], clerk: Person) -> None:
    admin = signed_in("verwalter")
    admin.get(PAGE)
    assert admin.post(f"{PAGE}/synonyme", words="Kfz").status_code == 422
    assert "Erwartet wird" in admin.get(f"{PAGE}?words=Kfz").text
    assert clerk.get(PAGE).status_code == 403
