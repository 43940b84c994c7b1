"""Rows changed by direct SQL so that a case file seems to be approved, free or due; the history tells otherwise."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from tests.destruction.oracle import ON_EVENT, REVIEWED
from tests.destruction.world import MANAGERS, DisposalWorld

EARLY = date(2001, 1, 1)
APPROVED = (
    "UPDATE disposal SET state = 'approved', decided_by_id = :who, decided_by = 'B', decided_at = proposed_at, "
    "not_before = :early WHERE case_file_id = :file AND state = 'proposed'"
)
LIFTED = (
    "UPDATE disposal_hold SET lifted_on = :day, lifted_by = 'A', lift_reason = 'B' "
    "WHERE case_file_id = :file AND lifted_on IS NULL"
)
MADE_DUE = {
    "day": (
        "52.01",
        "UPDATE case_file SET state = 'open', closed_on = NULL WHERE id = :file",
        "UPDATE case_file SET state = 'closed', closed_on = :early WHERE id = :file",
    ),
    "event": (
        ON_EVENT,
        (
            "INSERT INTO retention_event (id, case_file_id, trigger, happened_on, recorded_by, recorded_at, evidence) "
            "VALUES (:new, :file, 'DEMOLITION', :early, 'A', :now, '')"
        ),
    ),
    "appraisal": (
        REVIEWED,
        "UPDATE case_file SET state = 'offered' WHERE id = :file",
        "UPDATE case_file SET state = 'evaluated_destroy' WHERE id = :file",
    ),
}
"""How a case file of a place in the plan seems to be due: the database lets all of it through, and no destruction."""


class Forger:
    """Somebody with the password of the application's own database user."""

    def __init__(self, world: DisposalWorld) -> None:
        self._world = world

    def second_person(self, file_id: UUID) -> None:
        """Write that a second person approved long ago what the first one proposed."""
        self._write(APPROVED, file_id)

    def lifted_hold(self, file_id: UUID) -> None:
        """Write that the hold was lifted today."""
        self._write(LIFTED, file_id)

    def made_due(self, what: str, file_id: UUID) -> None:
        """Write what makes the case file seem due."""
        for statement in MADE_DUE[what][1:]:
            self._write(statement, file_id)

    def _write(self, statement: str, file_id: UUID) -> None:
        town = self._world.town
        values = {
            "file": file_id, "who": town.actor(MANAGERS[1]).person_id, "early": EARLY, "day": town.now.date(),
            "now": town.now, "new": uuid4(),
        }  # fmt: skip
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        assert self._world.by_hand(statement, **named), f"the database would not have it: {statement}"
