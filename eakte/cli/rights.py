"""``rights``: who sees a record, and why, now and at a past moment."""

from __future__ import annotations

from datetime import datetime

import click

from eakte.actions import explaining
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json
from eakte.records.calendar import BERLIN

_FORMS = ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y", "%d.%m.%Y %H:%M"]
moment = click.option(
    "--at", type=click.DateTime(_FORMS), metavar="ZEITPUNKT", help="Zu diesem Zeitpunkt (Ortszeit); sonst jetzt."
)


@click.group(cls=Group, help="Erklären, wer eine Akte, ein Dokument oder einen Eingang sieht und warum.")
def rights() -> None:
    """Hold the commands on rights together."""


@rights.command(help="Sagen, ob und warum eine Person etwas sieht, auch zu einem früheren Zeitpunkt.")
@click.argument("whose", metavar="ANMELDENAME")
@click.argument("reference", metavar="AKTENZEICHEN|ID")
@moment
@acting(needed=False)
@as_json
@pass_console
def why(
    console: Console, whose: str, reference: str, *, at: datetime | None, login: str | None, json_wanted: bool
) -> None:
    """Explain."""
    with console.reading(login) as (session, actor, now):
        answer = explaining.why_named(session, actor, whose, reference, at=_local(at), now=now)
    if json_wanted:
        print_json(answer)
        return
    click.echo(f"{whose} sieht {reference}." if answer.visible else f"{whose} sieht {reference} nicht.")
    for sentence in answer.sentences:
        click.echo(f"- {sentence}")


@rights.command(help="Alle nennen, die eine Akte sehen, und warum.")
@click.argument("reference", metavar="AKTENZEICHEN|ID")
@moment
@acting(needed=False)
@as_json
@pass_console
def who(console: Console, reference: str, *, at: datetime | None, login: str | None, json_wanted: bool) -> None:
    """List who sees a case file."""
    with console.reading(login) as (session, actor, now):
        seers = explaining.who_named(session, actor, reference, at=_local(at), now=now)
    if json_wanted:
        print_json(seers)
        return
    if not seers:
        click.echo("Niemand sieht diese Akte.")
    for seer in seers:
        click.echo(f"{seer.name} ({seer.login})")
        for sentence in seer.sentences:
            click.echo(f"  - {sentence}")


def _local(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=BERLIN) if at else None
