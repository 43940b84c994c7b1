"""``users units`` and ``users load``: organisation units and people from CSV tables."""

from __future__ import annotations

from pathlib import Path

import click

from eakte.actions import organisation_table as actions
from eakte.cli.console import Console, acting, pass_console
from eakte.cli.german import Command
from eakte.cli.plan_choice import FILE


@click.command(
    cls=Command, help=f"Organisationseinheiten aus CSV laden ({';'.join(actions.UNITS)}), ganz oder gar nicht."
)
@click.argument("file", metavar="DATEI", type=FILE)
@acting(needed=False)
@pass_console
def units(console: Console, file: Path, login: str | None) -> None:
    """Load units."""
    with console.writing(login) as (session, actor, now):
        count = actions.load_units(session, actor, file.read_bytes(), now)
    click.echo(f"{count} Organisationseinheiten geladen.")


@click.command(
    cls=Command, help=f"Personen mit Stellen aus CSV laden ({';'.join(actions.PEOPLE)}), ganz oder gar nicht."
)
@click.argument("file", metavar="DATEI", type=FILE)
@acting(needed=False)
@pass_console
def load(console: Console, file: Path, login: str | None) -> None:
    """Load people with their posts."""
    with console.writing(login) as (session, actor, now):
        count = actions.load_people(session, actor, file.read_bytes(), now)
    click.echo(f"{count} Stellen besetzt. Kennwörter vergibt „users password“.")
