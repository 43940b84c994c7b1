"""``tokens``: keys for programs."""

from __future__ import annotations

import click

from eakte.actions import tokens as actions
from eakte.actions.tokens import NewToken
from eakte.cli.accounts import id_of
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.errors import InvalidInput
from eakte.records.scopes import SCOPE_LABELS, Scope

SCOPES = ", ".join(f"{scope.value} = {label}" for scope, label in SCOPE_LABELS.items())


@click.group(
    cls=Group, help="Zugangsschlüssel für Programme. Ein Schlüssel handelt für seine Person, in seinen Grenzen."
)
def tokens() -> None:
    """Hold the commands on tokens together."""


@tokens.command("list", help="Zugangsschlüssel einer Person oder eines technischen Kontos zeigen.")
@click.argument("whose", metavar="ANMELDENAME")
@acting(needed=False)
@as_json
@pass_console
def list_tokens(console: Console, whose: str, *, login: str | None, json_wanted: bool) -> None:
    """List tokens."""
    with console.reading(login) as (session, actor, now):
        rows = actions.tokens_of(session, actor, id_of(session, whose), now)
    if json_wanted:
        print_json(rows)
        return
    lines = [[row.prefix, row.name, ", ".join(row.scopes), row.expires_at, row.used_at, row.valid] for row in rows]
    heads = ["Beginnt mit", "Name", "Rechte", "Gilt bis", "Zuletzt benutzt", "gültig"]
    table(heads, lines, empty="Noch kein Zugangsschlüssel.")


@tokens.command(
    help="Einen Zugangsschlüssel anlegen, für die Person aus --as oder ein technisches Konto. Er wird einmal gezeigt."
)
@click.argument("name", metavar="WOFÜR")
@click.option("--scope", "scopes", type=click.Choice([scope.value for scope in Scope]), multiple=True, required=True,
              help=f"Recht, auch mehrmals: {SCOPES}.")  # fmt: skip
@click.option("--days", type=click.IntRange(min=1), default=90, help="Gültig so viele Tage (sonst 90, höchstens 366).")
@click.option("--for", "whose", metavar="ANMELDENAME", default="", help="Technisches Konto, für das er gilt.")
@acting(needed=False)
@pass_console
def add(console: Console, name: str, *, scopes: tuple[str, ...], days: int, whose: str, login: str | None) -> None:
    """Make a token."""
    new = NewToken(name, frozenset(Scope(scope) for scope in scopes), days)
    with console.writing(login) as (session, actor, now):
        token = actions.make(session, actor, new, now=now, login=whose)
    click.echo(token)


@tokens.command(help="Einen Zugangsschlüssel widerrufen; er gilt sofort nicht mehr.")
@click.argument("whose", metavar="ANMELDENAME")
@click.argument("prefix", metavar="ANFANG")
@acting(needed=False)
@pass_console
def revoke(console: Console, whose: str, prefix: str, *, login: str | None) -> None:
    """Revoke a token."""
    with console.writing(login) as (session, actor, now):
        rows = actions.tokens_of(session, actor, id_of(session, whose), now)
        found = [row.id for row in rows if row.prefix == prefix]
        if len(found) != 1:
            raise InvalidInput(problem=f"Kein Zugangsschlüssel von {whose} beginnt mit „{prefix}“.", field="prefix")
        actions.revoke(session, actor, found[0], now)
    click.echo("Der Zugangsschlüssel ist widerrufen.")
