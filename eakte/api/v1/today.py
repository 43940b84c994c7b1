"""What waits for the person of the key, as the start page tells it."""

from __future__ import annotations

from datetime import date

from eakte.actions import today
from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission
from eakte.records.today import CHORE_LABELS, Chore


class Task(Out):
    """Work of one kind."""

    chore: Chore
    chore_label: str
    tasks_waiting: int
    tasks_capped: bool
    oldest_on: date | None
    urgent: bool


class Today(Out):
    """All work that waits, urgent work first."""

    items: list[Task]


def show(call: Call) -> Today:
    """Return what waits for who asks."""
    return Today(
        items=[
            Task(
                chore=task.chore,
                chore_label=CHORE_LABELS[task.chore],
                tasks_waiting=task.count,
                tasks_capped=task.more,
                oldest_on=task.since,
                urgent=task.urgent,
            )
            for task in today.tasks(call.session, call.actor, call.now)
        ]
    )


OPERATIONS = (
    Operation(
        "GET", "/today", show, Permission.SIGNED_IN, Today, "Was auf die Person wartet",
        notes="Gezählt wird, was sie sehen darf; Akten werden bis 1.000 gezählt (`tasks_capped`).",
    ),
)  # fmt: skip
