"""``figures``: the state of the work as tables."""

from __future__ import annotations

import click

from eakte.actions import figures as actions
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Command
from eakte.cli.output import print_json, table
from eakte.records.figures import SUBJECT_LABELS


@click.command(
    cls=Command, help="Zahlen zur Lage zeigen: Posteingang, Scannen, Migration, Vorschläge, Fristen, Speicher."
)
@acting(needed=False)
@as_json
@pass_console
def figures(console: Console, login: str | None, *, json_wanted: bool) -> None:
    """Print every figure that the person, or the installation, may have."""
    with console.reading(login) as (session, actor, now):
        found = actions.figures(session, actor, now)
    if json_wanted:
        print_json(found)
        return
    for place, one in enumerate(found):
        click.echo(("\n" if place else "") + SUBJECT_LABELS[one.subject])
        table([one.row_head, *one.heads], [[row.label, *row.values] for row in one.rows], empty="Noch keine Zahlen.")
