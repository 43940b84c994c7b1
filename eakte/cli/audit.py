"""``audit``: the history and its hash chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from eakte.actions import anchoring, verification
from eakte.actions import audit as actions
from eakte.cli import audit_export
from eakte.cli.console import Console, acting, as_json, clock, limit, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.errors import HistoryBroken
from eakte.store.anchors import AnchorBook
from eakte.store.timestamps import stamper
from eakte.texts import sentence


@click.group(cls=Group, help="Das Protokoll zeigen und prüfen.")
def audit() -> None:
    """Hold the commands on the history together."""


@audit.command(
    help="Die Kette aller Einträge, alte und neue Werte, Kettenstände und Zeitstempel nachrechnen. "
    "Rückgabewert 1, wenn etwas verändert ist oder fehlt."
)
@as_json
@pass_console
@click.pass_context
def verify(context: click.Context, console: Console, *, json_wanted: bool) -> None:
    """Verify the hash chain with everything that proves it."""
    with console.reading(None) as (session, _, _now):
        found = verification.of_installation(
            session, console.settings, lambda done: click.echo(f"{done} Einträge geprüft …", err=True)
        )
    if json_wanted:
        print_json(found)
    else:
        for line in _told(found):
            click.echo(line)
    context.exit(Exit.DONE if found.unbroken else Exit.REFUSED)


def _told(found: verification.Verification) -> Iterator[str]:
    if found.unbroken:
        yield f"Das Protokoll ist unverändert: {found.entries} Einträge."
    elif found.first_broken is not None:
        yield sentence(HistoryBroken.code, {"sequence": str(found.first_broken)})
    for finding in found.findings:
        yield finding.text
    yield f"Kettenstände: {found.anchors}, davon mit geprüftem Zeitstempel: {found.time_stamps}."


@audit.command(
    help="Den Stand der Kette außerhalb der Datenbank festhalten, mit Zeitstempel, wenn ein Dienst eingestellt ist."
)
@pass_console
def anchor(console: Console) -> None:
    """Anchor the head of the chain."""
    settings = console.settings
    made = anchoring.anchor(console.database, AnchorBook(settings.anchors), stamper(settings.timestamp_url), clock())
    stamp = " mit Zeitstempel" if made.token else ""
    click.echo(f"Stand bei Eintrag {made.sequence} festgehalten{stamp}: {settings.anchors}")


for _command in (audit_export.export, audit_export.verify_export, audit_export.public_key):
    audit.add_command(_command)


@audit.command(help="Einträge des Protokolls zeigen, die neuesten zuerst.")
@acting(needed=False)
@click.option("--person", metavar="LOGIN", default="", help="Nur Einträge dieser Person.")
@click.option("--action", type=click.Choice(sorted(actions.ACTION_LABELS)), help="Nur Einträge dieser Art.")
@click.option("--reference", metavar="AKTENZEICHEN", default="", help="Nur Einträge zu dieser Akte.")
@click.option("--from", "first", metavar="TAG", type=audit_export.DAY, help="Nur Einträge von diesem Tag an.")
@click.option("--to", "last", metavar="TAG", type=audit_export.DAY, help="Nur Einträge bis zu diesem Tag.")
@click.option("--before", type=click.IntRange(min=1), help="Weiterblättern: nur Einträge vor dieser Nummer.")
@limit
@as_json
@pass_console
def show(  # noqa: PLR0913 - one parameter per option
    console: Console,
    login: str | None,
    *,
    person: str,
    action: str | None,
    reference: str,
    first: datetime | None,
    last: datetime | None,
    before: int | None,
    limit: int,
    json_wanted: bool,
) -> None:
    """Show entries of the history."""
    with console.reading(login) as (session, actor, now):
        lines = actions.history(
            session,
            actor,
            actions.Wanted(
                person, action or "", reference, first.date() if first else None, last.date() if last else None
            ),
            before=before,
            limit=limit,
            now=now,
        )
    if json_wanted:
        print_json(lines)
        return
    rows = [
        [line.sequence, line.at, line.who, line.label, line.reference, "; ".join(one.text for one in line.changes),
         line.reason]
        for line in lines
    ]  # fmt: skip
    table(["Nr.", "Zeit", "Wer", "Was", "Akte", "Alt → neu", "Grund"], rows, empty="Keine Einträge.")
