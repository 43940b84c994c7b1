"""Who asks: the person of the token, with their powers and units."""

from __future__ import annotations

from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission


class Me(Out):
    """The person who asks."""

    login: str
    name: str
    home_unit: str | None
    unit_codes: list[str]
    permissions: list[Permission]


def show(call: Call) -> Me:
    """Return who asks."""
    actor = call.actor
    return Me(
        login=actor.login,
        name=actor.name,
        home_unit=actor.home_unit,
        unit_codes=sorted(actor.unit_codes),
        permissions=sorted(actor.permissions),
    )


OPERATIONS = (Operation("GET", "/me", show, Permission.SIGNED_IN, Me, "Die Person hinter dem Schlüssel"),)
