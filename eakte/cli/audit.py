"""``audit``: the history and its hash chain."""

from __future__ import annotations

import click

from eakte.actions import audit as actions
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.errors import HistoryBroken
from eakte.texts import sentence


@click.group(cls=Group, help="Das Protokoll zeigen und prüfen.")
def audit() -> None:
    """Hold the commands on the history together."""


@audit.command(help="Die Kette aller Einträge nachrechnen. Rückgabewert 1, wenn ein Eintrag verändert ist oder fehlt.")
@as_json
@pass_console
@click.pass_context
def verify(context: click.Context, console: Console, *, json_wanted: bool) -> None:
    """Verify the hash chain."""
    with console.reading(None) as (session, _, _now):
        found = actions.verify(session)
    broken = found.first_broken
    if json_wanted:
        print_json(found)
    elif broken is None:
        click.echo(f"Das Protokoll ist unverändert: {found.entries} Einträge.")
    else:
        click.echo(sentence(HistoryBroken.code, {"sequence": str(broken)}))
    context.exit(Exit.DONE if broken is None else Exit.REFUSED)


@audit.command(help="Einträge des Protokolls zeigen, die neuesten zuerst.")
@acting(needed=False)
@click.option("--person", metavar="LOGIN", default="", help="Nur Einträge dieser Person.")
@click.option("--action", type=click.Choice(sorted(actions.ACTION_LABELS)), help="Nur Einträge dieser Art.")
@click.option("--reference", metavar="AKTENZEICHEN", default="", help="Nur Einträge zu dieser Akte.")
@click.option("--before", type=click.IntRange(min=1), help="Weiterblättern: nur Einträge vor dieser Nummer.")
@limit
@as_json
@pass_console
def show(
    console: Console,
    login: str | None,
    *,
    person: str,
    action: str | None,
    reference: str,
    before: int | None,
    limit: int,
    json_wanted: bool,
) -> None:
    """Show entries of the history."""
    with console.reading(login) as (session, actor, now):
        lines = actions.history(
            session,
            actor,
            actor_login=person,
            action=action or "",
            reference=reference,
            before=before,
            limit=limit,
            now=now,
        )
    if json_wanted:
        print_json(lines)
        return
    rows = [[line.sequence, line.at, line.actor, line.label, line.reference, line.reason] for line in lines]
    table(["Nr.", "Zeit", "Wer", "Was", "Akte", "Grund"], rows, empty="Keine Einträge.")
