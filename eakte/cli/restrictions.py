"""``restrictions``: restrictions of processing (Art. 18 GDPR)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import click
from sqlalchemy.orm import Session

from eakte.actions import restricted_access, restricting
from eakte.actions.places import place_of
from eakte.actions.restricted_access import RestrictionRow
from eakte.actions.restricting import Terms
from eakte.cli.console import DAY, Console, acting, as_json, limit, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.errors import NotFound
from eakte.records.access import Actor
from eakte.records.processing import GROUND_LABELS, Ground, Purpose
from eakte.store.references import CASE_FILE, DOCUMENT, resolve

_GROUNDS = click.Choice([one.value for one in Ground])
_PURPOSES = click.Choice([one.value for one in Purpose])
the_reason = click.option("--reason", metavar="GRUND", required=True, help="Warum.")


@click.group(cls=Group, help="Einschränkungen der Verarbeitung (Art. 18 DSGVO): zeigen, setzen, öffnen, aufheben.")
def restrictions() -> None:
    """Hold the commands on restrictions together."""


@restrictions.command("list", help="Einschränkungen auflisten, die nächste Prüfung zuerst.")
@click.option("--lifted", is_flag=True, help="Die aufgehobenen.")
@acting(needed=True)
@limit
@as_json
@pass_console
def list_all(console: Console, login: str, *, lifted: bool, limit: int, json_wanted: bool) -> None:
    """List restrictions."""
    with console.reading(login) as (session, actor, now):
        rows, total = restricted_access.listing(session, actor, lifted=lifted, limit=limit, now=now)
    if json_wanted:
        print_json({"total": total, "restrictions": rows})
        return
    heads = ["Nummer", "Zeichen", "Anlass", "seit", "prüfen am", "verantwortlich"]
    table(heads, [_line(row) for row in rows], empty="Nichts ist eingeschränkt.")


def _line(row: RestrictionRow) -> list[object]:
    return [row.restriction_id, row.reference, GROUND_LABELS[row.ground], row.since, row.review_on, row.owner]


@restrictions.command(help="Eine Einschränkung zeigen, mit Öffnungen.")
@click.argument("restriction_id", metavar="NUMMER", type=click.UUID)
@acting(needed=True)
@pass_console
def show(console: Console, restriction_id: UUID, login: str) -> None:
    """Show one restriction as JSON."""
    with console.reading(login) as (session, actor, now):
        print_json(restricted_access.show(session, actor, restriction_id, now))


@restrictions.command(help="Die Verarbeitung einer Akte oder eines Dokuments einschränken.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.option("--ground", type=_GROUNDS, required=True, help="Anlass.")
@the_reason
@click.option("--owner", metavar="LOGIN", help="Wer verantwortlich ist; sonst die Person selbst.")
@click.option("--review", type=DAY, metavar="TT.MM.JJJJ", help="Prüfen am.")
@click.option("--legal-basis", default="", metavar="TEXT", help="Rechtsgrundlage; sonst die des Anlasses.")
@acting(needed=True)
@pass_console
def place(
    console: Console,
    reference: str,
    ground: str,
    reason: str,
    owner: str | None,
    review: datetime | None,
    legal_basis: str,
    login: str,
) -> None:
    """Restrict the processing."""
    terms = Terms(Ground(ground), reason, owner or login, review.date() if review else None, legal_basis)
    with console.writing(login) as (session, actor, now):
        kind, record_id = _named(session, actor, reference, now)
        act = restricting.restrict_file if kind == CASE_FILE else restricting.restrict_document
        made = act(session, actor, record_id, terms, now=now)
    click.echo(f"Die Verarbeitung ist eingeschränkt: {made}")


def _named(session: Session, actor: Actor, reference: str, now: datetime) -> tuple[str, UUID]:
    """Return kind and id of the case file or document with a reference that the actor may see."""
    kind, record_id = resolve(session, reference) or ("", None)
    if record_id is None or kind not in {CASE_FILE, DOCUMENT}:
        raise NotFound
    place_of(session, actor, kind, record_id, now)
    return kind, record_id


@restrictions.command("open", help="Eingeschränktes für einen Zweck öffnen: eine halbe Stunde, nur für die Person.")
@click.argument("restriction_id", metavar="NUMMER", type=click.UUID)
@click.option("--purpose", type=_PURPOSES, required=True, help="Zweck.")
@the_reason
@acting(needed=True)
@pass_console
def open_for(console: Console, restriction_id: UUID, purpose: str, reason: str, login: str) -> None:
    """Open what is restricted."""
    with console.writing(login) as (session, actor, now):
        restricted_access.open_for(session, actor, restriction_id, purpose=Purpose(purpose), reason=reason, now=now)
    click.echo("Geöffnet für eine halbe Stunde.")


@restrictions.command(help="Die eigene Öffnung beenden.")
@click.argument("restriction_id", metavar="NUMMER", type=click.UUID)
@acting(needed=True)
@pass_console
def close(console: Console, restriction_id: UUID, login: str) -> None:
    """End an opening."""
    with console.writing(login) as (session, actor, now):
        restricted_access.close(session, actor, restriction_id, now=now)
    click.echo("Wieder geschlossen.")


@restrictions.command(help="Festhalten, dass die betroffene Person von der Aufhebung unterrichtet wurde.")
@click.argument("restriction_id", metavar="NUMMER", type=click.UUID)
@click.option("--on", "day", type=DAY, metavar="TT.MM.JJJJ", required=True, help="Wann.")
@click.option("--how", metavar="TEXT", required=True, help="Wie, zum Beispiel durch Schreiben.")
@acting(needed=True)
@pass_console
def inform(console: Console, restriction_id: UUID, day: datetime, how: str, login: str) -> None:
    """Note that the person was told."""
    with console.writing(login) as (session, actor, now):
        restricting.inform(session, actor, restriction_id, on=day.date(), how=how, now=now)
    click.echo("Die Unterrichtung ist festgehalten.")


@restrictions.command(help="Eine Einschränkung aufheben, nachdem die betroffene Person unterrichtet wurde.")
@click.argument("restriction_id", metavar="NUMMER", type=click.UUID)
@the_reason
@acting(needed=True)
@pass_console
def lift(console: Console, restriction_id: UUID, reason: str, login: str) -> None:
    """Lift a restriction."""
    with console.writing(login) as (session, actor, now):
        restricting.lift(session, actor, restriction_id, reason=reason, now=now)
    click.echo("Die Einschränkung ist aufgehoben.")
