"""``cases follow-ups``: what is to be seen again (Wiedervorlagen)."""

from __future__ import annotations

import click

from eakte.actions import follow_up_view
from eakte.actions.follow_up_view import Asked
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.german import Command
from eakte.cli.output import print_json, table
from eakte.records.follow_ups import DUE_LABELS, Due


@click.command(
    "follow-ups", cls=Command, help="Wiedervorlagen auflisten, die ältesten zuerst; ohne --when alle offenen."
)
@acting(needed=True)
@click.option(
    "--when", type=click.Choice([one.value for one in Due]), help="Nur überfällige, heutige, kommende, erledigte."
)
@click.option(
    "--everybody", is_flag=True, help="Alle, die die Person sehen darf, nicht nur die für sie und ihre Stellen."
)
@limit
@as_json
@pass_console
def follow_ups(
    console: Console, login: str, *, when: str | None, everybody: bool, limit: int, json_wanted: bool
) -> None:
    """List follow-ups."""
    asked = Asked(Due(when) if when else None, mine=not everybody)
    with console.reading(login) as (session, actor, now):
        rows, total = follow_up_view.listing(session, actor, asked, limit=limit, now=now)
    if json_wanted:
        print_json({"total": total, "follow_ups": rows})
        return
    heads = ["fällig am", "", "Zeichen", "Anlass", "für"]
    lines = [[row.due_on, DUE_LABELS[row.due], row.reference, row.note, row.addressee] for row in rows]
    table(heads, lines, empty="Nichts ist vorzulegen.")
    if rows:
        click.echo(f"{len(rows)} von {total} Wiedervorlagen.")
