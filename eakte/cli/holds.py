"""``holds``: orders that hold records back; placing, previewing, reviewing and lifting them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import click

from eakte.actions import hold_orders, hold_owners, hold_preview, hold_view
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.hold_view import OrderList
from eakte.cli.console import DAY, Console, acting, as_json, limit, pass_console
from eakte.cli.german import Group, WrongUse
from eakte.cli.output import print_json, table
from eakte.records.calendar import day_of, german
from eakte.records.holding import REVIEW_LABELS, SCOPE_LABELS, HoldScope

LISTS = {"faellig": OrderList.DUE, "in-kraft": OrderList.IN_FORCE, "aufgehoben": OrderList.LIFTED}


@click.group(cls=Group, help="Löschsperren: anordnen, vorher ansehen, prüfen, aufheben.")
def holds() -> None:
    """Hold the commands on hold orders together."""


@holds.command(name="list", help="Sperranordnungen auflisten, ohne Angabe die, deren Prüfung ansteht.")
@click.option("--which", metavar="LISTE", type=click.Choice(list(LISTS)), default="faellig", help=", ".join(LISTS))
@limit
@acting(needed=False)
@as_json
@pass_console
def list_orders(console: Console, which: str, limit: int, login: str | None, *, json_wanted: bool) -> None:
    """List orders."""
    with console.reading(login) as (session, actor, now):
        found, total = hold_view.listing(session, actor, LISTS[which], limit=limit, now=now)
        if json_wanted:
            print_json([_told(order) for order in found])
            return
    rows = [
        [str(order.order_id), order.title, SCOPE_LABELS[order.scope], order.owner, german(order.review_on),
         REVIEW_LABELS[order.review_state], str(order.files)]
        for order in found
    ]  # fmt: skip
    table(["Kennung", "Anordnung", "Umfang", "Zuständig", "Prüfung", "", "Akten"], rows, empty="Keine Anordnung.")
    if total > len(found):
        click.echo(f"{len(found)} von {total}; mehr mit --limit.")


def _told(order: hold_view.OrderView) -> dict[str, object]:
    return {
        "order_id": str(order.order_id), "title": order.title, "scope": order.scope.value, "reason": order.reason,
        "legal_basis": order.legal_basis, "owner": order.owner, "review_on": order.review_on.isoformat(),
        "review_state": order.review_state.value, "files": order.files,
    }  # fmt: skip


@holds.command(help="Eine Sperre anordnen: über Akten, eine Person oder eine Suche.")
@click.option("--file", "references", metavar="AKTENZEICHEN", multiple=True, help="Eine Akte; mehrmals möglich.")
@click.option("--name", "names", metavar="NAME", multiple=True, help="Name der Person; mehrmals möglich.")
@click.option("--mark", "marks", metavar="KENNZEICHEN", multiple=True, help="Kennzeichen der Person; mehrmals möglich.")
@click.option("--query", "text", metavar="SUCHE", default="", help="Eine Suche.")
@click.option("--reason", metavar="GRUND", default="", help="Warum; ohne nur mit --preview.")
@click.option("--title", metavar="TEXT", default="", help="Bezeichnung.")
@click.option("--legal-basis", metavar="TEXT", default="", help="Rechtsgrundlage.")
@click.option("--owner", metavar="ANMELDENAME", default="", help="Wer zuständig ist; sonst, wer handelt.")
@click.option("--review", "review", metavar="TT.MM.JJJJ", type=DAY, help="Tag der Prüfung; sonst in einem Jahr.")
@click.option("--preview", is_flag=True, help="Nur zeigen, was die Anordnung hielte.")
@acting(needed=True)
@pass_console
def place(  # noqa: PLR0913 - one option for each thing an order says
    console: Console,
    login: str,
    *,
    references: tuple[str, ...],
    names: tuple[str, ...],
    marks: tuple[str, ...],
    text: str,
    reason: str,
    title: str,
    legal_basis: str,
    owner: str,
    review: datetime | None,
    preview: bool,
) -> None:
    """Place an order or preview it."""
    if (bool(references) + bool(names or marks) + bool(text)) != 1:
        raise WrongUse("Bitte genau eines nennen: --file, --name oder --mark, oder --query.")
    if preview:
        _show_preview(console, login, references, names, marks, text)
        return
    with console.writing(login) as (session, actor, now):
        reach = _reach(hold_orders.files_named(session, actor, references, now), names, marks, text)
        day = review.date() if review else None
        owned = hold_owners.owner_by_login(session, owner) if owner else None
        new = NewOrder(reach, reason, title=title, legal_basis=legal_basis, owner=owned, review_on=day)
        made = hold_orders.place(session, actor, new, now)
        click.echo(f"Angeordnet: {made.id}, Prüfung am {german(made.review_on)}.")


def _reach(ids: tuple[UUID, ...], names: tuple[str, ...], marks: tuple[str, ...], text: str) -> Reach:
    if ids:
        return Reach(HoldScope.FILES, ids)
    return Reach(HoldScope.QUERY, text=text) if text else Reach(HoldScope.PERSON, names=names, marks=marks)


def _show_preview(
    console: Console, login: str, references: tuple[str, ...], names: tuple[str, ...], marks: tuple[str, ...], text: str
) -> None:
    index = console.services.index
    with console.reading(login) as (session, actor, now):
        reach = _reach(hold_orders.files_named(session, actor, references, now), names, marks, text)
        found = hold_preview.preview(session, index, actor, reach, limit=100, now=now)
    table(hold_preview.HEADS[:4], [list(hold_preview.cells(row))[:4] for row in found.first], empty="Keine Akte.")
    click.echo(f"{found.total} Akten, soweit Sie sie sehen dürfen.")


@holds.command(help="Eine Anordnung weiter nötig finden, bis zu einem Tag.")
@click.argument("order_id", metavar="KENNUNG", type=click.UUID)
@click.option("--until", metavar="TT.MM.JJJJ", type=DAY, required=True, help="Tag der nächsten Prüfung.")
@click.option("--reason", metavar="GRUND", required=True, help="Warum sie weiter nötig ist.")
@acting(needed=True)
@pass_console
def prolong(console: Console, order_id: UUID, until: datetime, reason: str, login: str) -> None:
    """Prolong an order."""
    with console.writing(login) as (session, actor, now):
        hold_orders.prolong(session, actor, order_id, reason=reason, review_on=until.date(), now=now)
    click.echo(f"Weiter nötig bis {german(until.date())}.")


@holds.command(help="Eine Anordnung aufheben, mit Grund; andere Sperren auf denselben Akten bleiben.")
@click.argument("order_id", metavar="KENNUNG", type=click.UUID)
@click.option("--reason", metavar="GRUND", required=True, help="Warum sie nicht mehr nötig ist.")
@acting(needed=True)
@pass_console
def lift(console: Console, order_id: UUID, reason: str, login: str) -> None:
    """Lift an order."""
    with console.writing(login) as (session, actor, now):
        hold_orders.lift(session, actor, order_id, reason=reason, now=now)
        click.echo(f"Aufgehoben am {german(day_of(now))}.")
