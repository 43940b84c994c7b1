"""``migrate``: bring the database to the newest revision."""

from __future__ import annotations

import click

from eakte.cli.console import Console, pass_console
from eakte.cli.german import Command
from eakte.store import migrate as schema


@click.command(
    cls=Command,
    help="Die Datenbank einrichten oder auf den neuesten Stand bringen. Mehrfach ist wie einmal.",
)
@pass_console
def migrate(console: Console) -> None:
    """Migrate tables and job tables."""
    database = console.raw_database
    if schema.is_empty(database):
        done = "Die Datenbank ist eingerichtet."
    elif schema.is_current(database):
        done = "Die Datenbank ist auf dem neuesten Stand."
    else:
        done = "Die Datenbank ist auf den neuesten Stand gebracht."
    schema.migrate(database)
    click.echo(done)
