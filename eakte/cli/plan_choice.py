"""What commands on the file plan are given: a file, a version by its name."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.orm import Session

from eakte.actions import file_plan
from eakte.errors import NotFound
from eakte.records.access import Actor

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def plan_id_of(session: Session, actor: Actor, version: str) -> UUID | None:
    """Return the id of a version by its name, ``None`` without one.

    Raises:
        NotFound: There is none the person may see.
    """
    if not version:
        return None
    for each in file_plan.versions(session, actor):
        if each.version == version:
            return each.plan_id
    raise NotFound
