"""People and their accounts."""

from __future__ import annotations

import pytest

from eakte.actions import users
from eakte.errors import InvalidInput, NotAllowed
from eakte.records.access import SYSTEM
from tests.town import Town


@pytest.mark.parametrize("password", ["kurz", "passwort1234", "Geheim-Geheim!"])
def test_a_password_that_is_short_or_common_is_refused(town: Town, password: str) -> None:
    with town.database.begin() as session, pytest.raises(InvalidInput):
        users.add_person(session, SYSTEM, login="neu", name="Neu, N.", password=password, now=town.now)


def test_a_clerk_manages_no_people(town: Town) -> None:
    clerk = town.actor("brandt")
    with town.database.reading() as session, pytest.raises(NotAllowed):
        users.people(session, clerk, town.now)
