"""``paper``: the paper part of case files, and loans."""

from __future__ import annotations

import csv
import sys
from datetime import datetime

import click

from eakte.actions import paper as actions
from eakte.actions import paper_view
from eakte.actions.paper import Place
from eakte.actions.paper_view import PartView
from eakte.cli.cases import case_file_id
from eakte.cli.console import DAY, Console, acting, as_json, limit, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.errors import NotFound


@click.group(cls=Group, help="Papierteile von Akten: zeigen, aufnehmen, ausleihen, zurücknehmen.")
def paper() -> None:
    """Hold the commands on paper together."""


@paper.command("list", help="Papierteile einer Akte zeigen.")
@click.argument("reference", metavar="AKTENZEICHEN")
@acting(needed=True)
@as_json
@pass_console
def list_parts(console: Console, reference: str, login: str, *, json_wanted: bool) -> None:
    """List the paper parts of a case file."""
    with console.reading(login) as (session, actor, now):
        parts = paper_view.parts_of(session, actor, case_file_id(session, actor, reference, now), now)
    if json_wanted:
        print_json(parts)
        return
    heads = ["Nr.", "Inhalt", "Band", "Karton", "Regal", "Standort", "ausgeliehen an", "zurück bis"]
    table(heads, [_line(part) for part in parts], empty="Zu dieser Akte sind keine Papierteile erfasst.")


def _line(part: PartView) -> list[object]:
    out = (part.loan.borrower, part.loan.due_on) if part.loan else ("", None)
    return [part.number, part.content, part.volume, part.box, part.shelf, part.location, *out]


@paper.command(help="Einen Papierteil einer Akte aufnehmen.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.argument("content", metavar="INHALT")
@click.option("--volume", metavar="TEXT", default="", help="Band.")
@click.option("--box", metavar="TEXT", default="", help="Karton.")
@click.option("--shelf", metavar="TEXT", default="", help="Regal.")
@click.option("--location", metavar="TEXT", default="", help="Standort.")
@acting(needed=True)
@pass_console
def add(console: Console, /, reference: str, content: str, login: str, **place: str) -> None:
    """Add a paper part."""
    with console.writing(login) as (session, actor, now):
        file_id = case_file_id(session, actor, reference, now)
        number = actions.add_part(session, actor, file_id, Place(content, **place), now).number
    click.echo(f"Papierteil Nr. {number} der Akte {reference} ist aufgenommen.")


@paper.command(help="Einen Papierteil ausleihen.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.argument("number", metavar="NR", type=int)
@click.option("--to", "borrower", metavar="NAME", required=True, help="An wen.")
@click.option("--until", "due_on", metavar="TT.MM.JJJJ", type=DAY, required=True, help="Zurück bis.")
@acting(needed=True)
@pass_console
def lend(console: Console, reference: str, number: int, borrower: str, due_on: datetime, login: str) -> None:
    """Lend a paper part."""
    with console.writing(login) as (session, actor, now):
        parts = paper_view.parts_of(session, actor, case_file_id(session, actor, reference, now), now)
        part = _numbered(parts, number)
        actions.lend(session, actor, part.part_id, borrower=borrower, due_on=due_on.date(), now=now)
    click.echo(f"Papierteil Nr. {number} der Akte {reference} ist ausgeliehen.")


@paper.command("return", help="Einen ausgeliehenen Papierteil zurücknehmen.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.argument("number", metavar="NR", type=int)
@acting(needed=True)
@pass_console
def give_back(console: Console, reference: str, number: int, login: str) -> None:
    """Note that a paper part is back."""
    with console.writing(login) as (session, actor, now):
        parts = paper_view.parts_of(session, actor, case_file_id(session, actor, reference, now), now)
        actions.give_back(session, actor, _numbered(parts, number).part_id, now)
    click.echo(f"Papierteil Nr. {number} der Akte {reference} ist zurück.")


def _numbered(parts: tuple[PartView, ...], number: int) -> PartView:
    found = next((part for part in parts if part.number == number), None)
    if found is None:
        raise NotFound
    return found


@paper.command(help="Überfällige Ausleihen auflisten, am längsten überfällige zuerst.")
@click.option("--all", "everything", is_flag=True, help="Alles, was ausgeliehen ist, auch was noch nicht fällig ist.")
@click.option("--csv", "as_csv", is_flag=True, help="Als CSV-Tabelle ausgeben.")
@acting(needed=True)
@limit
@as_json
@pass_console
def loans(console: Console, login: str, *, everything: bool, as_csv: bool, limit: int, json_wanted: bool) -> None:
    """List what is on loan."""
    with console.reading(login) as (session, actor, now):
        rows, total = paper_view.loans(session, actor, overdue=not everything, limit=limit, now=now)
    if json_wanted:
        print_json({"total": total, "loans": rows})
    elif as_csv:
        lines = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
        lines.writerow(paper_view.HEADS)
        lines.writerows(paper_view.cells(row) for row in rows)
    else:
        empty = "Nichts ist ausgeliehen." if everything else "Nichts ist überfällig."
        table(list(paper_view.HEADS), [paper_view.cells(row) for row in rows], empty=empty)
