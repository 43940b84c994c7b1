"""``users``: people, passwords and posts."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from eakte.actions import passwords
from eakte.actions import users as actions
from eakte.cli.accounts import COMMANDS
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Group, WrongUse
from eakte.cli.output import print_json, table
from eakte.cli.users_tables import load, units
from eakte.records.access import ROLE_LABELS, Role
from eakte.records.calendar import day_of

from_stdin = click.option("--password-stdin", is_flag=True, help="Das Kennwort von der Standardeingabe lesen.")


@click.group(cls=Group, help="Personen, Kennwörter und Stellen verwalten. Ohne --as handelt das System selbst.")
def users() -> None:
    """Hold the commands on people together."""


users.add_command(units)
users.add_command(load)


@users.command("list", help="Alle Personen mit ihren Stellen auflisten.")
@acting(needed=False)
@as_json
@pass_console
def list_people(console: Console, login: str | None, *, json_wanted: bool) -> None:
    """List people."""
    with console.reading(login) as (session, actor, now):
        rows = actions.people(session, actor, now)
    if json_wanted:
        print_json(rows)
        return
    lines = [[row.login, row.name, row.active, "; ".join(row.posts)] for row in rows]
    table(["Anmeldename", "Name", "aktiv", "Stellen"], lines, empty="Es gibt noch keine Person.")


@users.command(help="Eine Person anlegen. Rechte bekommt sie erst mit einer Stelle (users assign).")
@click.argument("new_login", metavar="ANMELDENAME")
@click.option("--name", metavar="NAME", required=True, help="Vor- und Nachname.")
@click.option("--technical", is_flag=True, help="Konto eines Fachverfahrens: ohne Kennwort, mit Zugangsschlüsseln.")
@from_stdin
@acting(needed=False)
@pass_console
@click.pass_context
def add(
    context: click.Context,
    console: Console,
    new_login: str,
    name: str,
    *,
    technical: bool,
    password_stdin: bool,
    login: str | None,
) -> None:
    """Add a person."""
    password = None if technical else _password(context, from_standard_input=password_stdin)
    with console.writing(login) as (session, actor, now):
        actions.add_person(session, actor, login=new_login, name=name, password=password, now=now, technical=technical)
    click.echo(f"{name} ({new_login}) ist angelegt.")


@users.command("password", help="Ein neues Kennwort setzen. Offene Anmeldungen der Person enden.")
@click.argument("whose", metavar="ANMELDENAME")
@from_stdin
@acting(needed=False)
@pass_console
@click.pass_context
def set_password(
    context: click.Context, console: Console, whose: str, *, password_stdin: bool, login: str | None
) -> None:
    """Set a password."""
    password = _password(context, from_standard_input=password_stdin)
    with console.writing(login) as (session, actor, now):
        passwords.set_password(session, actor, whose, password=password, now=now)
    click.echo(f"Das Kennwort von {whose} ist gesetzt.")


@users.command(help="Einer Person eine Stelle zuweisen.")
@click.argument("whose", metavar="ANMELDENAME")
@click.option("--department", metavar="CODE", required=True, help="Organisationseinheit der Stelle.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="Rolle der Stelle: " + ", ".join(f"{role.value} = {label}" for role, label in ROLE_LABELS.items()) + ".",
)
@click.option("--title", metavar="TEXT", required=True, help="Bezeichnung der Stelle.")
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), metavar="TAG", help="Ab diesem Tag; sonst ab heute."
)
@acting(needed=False)
@pass_console
def assign(
    console: Console,
    whose: str,
    department: str,
    *,
    role: str,
    title: str,
    first: datetime | None,
    login: str | None,
) -> None:
    """Assign a post."""
    with console.writing(login) as (session, actor, now):
        valid_from = first.date() if first else day_of(now)
        actions.assign_post(
            session,
            actor,
            whose,
            unit_code=department,
            title=title,
            role=Role(role),
            valid_from=valid_from,
            now=now,
        )
    click.echo(f"{whose} hat die Stelle „{title}“ ({ROLE_LABELS[Role(role)]}) in {department}.")


def _password(context: click.Context, *, from_standard_input: bool) -> str:
    """Return the password from standard input or, twice and unseen, from the keyboard; never from the call itself."""
    if from_standard_input:
        return sys.stdin.readline().rstrip("\r\n")
    password = str(click.prompt("Kennwort", hide_input=True))
    if click.prompt("Kennwort wiederholen", hide_input=True) != password:
        raise WrongUse("Die beiden Eingaben sind verschieden.", context)
    return password


for name, command in COMMANDS.items():
    users.add_command(command, name)
