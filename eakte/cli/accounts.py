"""Commands of ``users`` about signing in: one-time passwords, closing, sessions, other services, the directory."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy.orm import Session

from eakte.actions import accounts, directory, outside, passwords, sessions
from eakte.actions.directory import Change
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Command
from eakte.cli.output import print_json, table
from eakte.errors import InvalidInput
from eakte.records.access import Actor
from eakte.records.calendar import BERLIN
from eakte.records.identity import Told
from eakte.store.people import person_by_login

WHAT = {
    "added": "neu",
    "renamed": "umbenannt",
    "posts": "Stellen geändert",
    "closed": "geschlossen",
    "reopened": "wieder geöffnet",
    "taken": "übersprungen: Anmeldename vergeben",
}
whose_account = click.argument("whose", metavar="ANMELDENAME")


def id_of(session: Session, login: str) -> UUID:
    """Return the id of the person with a login."""
    person = person_by_login(session, login)
    if person is None:
        raise InvalidInput(problem=f"Es gibt keine Person mit dem Anmeldenamen „{login}“.", field="login")
    return person.id


@click.command(
    cls=Command, help="Ein Einmalkennwort vergeben, das nur die Wahl eines eigenen öffnet. Es wird einmal gezeigt."
)
@whose_account
@acting(needed=False)
@pass_console
def recover(console: Console, whose: str, *, login: str | None) -> None:
    """Give a one-time password."""
    with console.writing(login) as (session, actor, now):
        password = passwords.recover(session, actor, whose, now=now)
    until = (now + passwords.ONE_TIME_VALID).astimezone(BERLIN)
    click.echo(f"Einmalkennwort für {whose}, gültig bis {until:%d.%m.%Y %H:%M}: {password}")


@click.command(cls=Command, help="Ein Konto schließen: Sitzungen und Zugangsschlüssel gelten sofort nicht mehr.")
@whose_account
@click.option("--reason", metavar="TEXT", default="", help="Grund, fürs Protokoll.")
@acting(needed=False)
@pass_console
def close(console: Console, whose: str, *, reason: str, login: str | None) -> None:
    """Close an account."""
    with console.writing(login) as (session, actor, now):
        accounts.close(session, actor, id_of(session, whose), now=now, reason=reason)
    click.echo(f"Das Konto {whose} ist geschlossen.")


@click.command(cls=Command, help="Ein geschlossenes Konto wieder öffnen.")
@whose_account
@acting(needed=False)
@pass_console
def reopen(console: Console, whose: str, *, login: str | None) -> None:
    """Open an account again."""
    with console.writing(login) as (session, actor, now):
        accounts.reopen(session, actor, id_of(session, whose), now=now)
    click.echo(f"Das Konto {whose} ist wieder offen.")


@click.command(cls=Command, help="Offene Sitzungen zeigen; mit --end alle beenden.")
@whose_account
@click.option("--end", is_flag=True, help="Alle beenden.")
@acting(needed=False)
@as_json
@pass_console
def list_sessions(console: Console, whose: str, *, end: bool, login: str | None, json_wanted: bool) -> None:
    """List sessions, or end them."""
    if end:
        with console.writing(login) as (session, actor, now):
            count = sessions.end(session, actor, id_of(session, whose), now)
        click.echo(f"Beendet: {count}.")
        return
    with console.reading(login) as (session, actor, now):
        rows = sessions.open_sessions(session, actor, id_of(session, whose), now)
    if json_wanted:
        print_json(rows)
        return
    lines = [[row.since, row.seen_at, row.way, row.address, row.browser] for row in rows]
    table(["Seit", "Zuletzt", "Weg", "Adresse", "Browser"], lines, empty="Keine offene Sitzung.")


@click.command(cls=Command, help="Die letzten Anmeldungen einer Person zeigen, auch die misslungenen.")
@whose_account
@acting(needed=False)
@as_json
@pass_console
def list_sign_ins(console: Console, whose: str, *, login: str | None, json_wanted: bool) -> None:
    """List sign-ins."""
    with console.reading(login) as (session, actor, _):
        rows = sessions.sign_ins(session, actor, id_of(session, whose))
    if json_wanted:
        print_json(rows)
        return
    lines = [[row.at, row.outcome == "done", row.way, row.address, row.browser] for row in rows]
    table(["Zeit", "gelungen", "Weg", "Adresse", "Browser"], lines, empty="Noch keine Anmeldung.")


@click.command(
    cls=Command, help="Ein Konto mit der Kennung (sub) verknüpfen, die der Anmeldedienst für die Person hat."
)
@whose_account
@click.argument("subject", metavar="KENNUNG")
@acting(needed=False)
@pass_console
def link(console: Console, whose: str, subject: str, *, login: str | None) -> None:
    """Link an account to the OpenID provider."""
    issuer = console.settings.oidc_issuer
    if not issuer:
        raise InvalidInput(problem="Es ist kein Anmeldedienst eingestellt (oidc_issuer).", field="issuer")
    with console.writing(login) as (session, actor, now):
        outside.link(session, actor, whose, issuer=issuer, subject=subject, now=now)
    click.echo(f"{whose} ist verknüpft.")


class _OnlyTriedError(Exception):
    """Undoes everything: the call was for show."""


@click.command(cls=Command, help="Personen, Namen und Stellen mit dem Verzeichnis (LDAP) abgleichen.")
@click.option("--dry-run", is_flag=True, help="Nur zeigen, was geschähe.")
@click.option("--force", is_flag=True, help="Auch, wenn die meisten Konten geschlossen würden.")
@acting(needed=False)
@as_json
@pass_console
def sync_ldap(console: Console, *, dry_run: bool, force: bool, login: str | None, json_wanted: bool) -> None:
    """Bring people in step with the directory."""
    source = console.services.directory
    if source is None:
        raise InvalidInput(problem="Es ist kein Verzeichnis eingestellt (ldap_url).", field="ldap_url")
    people, unusable = source.people()
    changes: list[Change] = []
    with suppress(_OnlyTriedError), console.writing(login) as (session, actor, now):
        changes = _changes(console, session, actor, people, now=now, force=force)
        if dry_run:
            raise _OnlyTriedError
    if json_wanted:
        print_json({"found": len(people), "unusable": unusable, "dry_run": dry_run, "changes": changes})
        return
    table(["Anmeldename", "Name", "Änderung"], [[one.login, one.name, WHAT[one.what]] for one in changes], empty="")
    counted = ", ".join(f"{count} {WHAT[what]}" for what, count in Counter(one.what for one in changes).items())
    click.echo(f"{len(people)} Personen gefunden; {counted or 'nichts zu ändern'}.{' Nur gezeigt.' if dry_run else ''}")
    for name in unusable:
        click.echo(f"Ohne brauchbaren Anmeldenamen: {name}", err=True)


def _changes(
    console: Console, session: Session, actor: Actor, people: list[Told], *, now: datetime, force: bool
) -> list[Change]:
    rules, link_logins = console.services.group_rules, console.settings.ldap_link_logins
    return directory.sync(session, actor, people, rules, link_logins=link_logins, now=now, force=force)


COMMANDS = {
    "recover": recover,
    "close": close,
    "reopen": reopen,
    "sessions": list_sessions,
    "sign-ins": list_sign_ins,
    "link": link,
    "sync-ldap": sync_ldap,
}
"""What ``users`` gets from here."""
