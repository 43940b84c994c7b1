"""``intake``: bring files in, and watch what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from eakte.actions import bulk_filing, inbox
from eakte.actions.balance import balance, counts, everywhere
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Group, WrongUse
from eakte.cli.intake_add import Outcome, Result, add, files_in
from eakte.cli.output import cell, plain, print_json, progress_bar, table
from eakte.cli.waiting import Progress, wait
from eakte.records.states import LABELS, ItemState
from eakte.texts import sentence

MOST_SECONDS = 24 * 3600
ALL = 1_000_000


@click.group(cls=Group, help="Dateien aufnehmen und den Eingang überwachen.")
def intake() -> None:
    """Hold the commands of intake together."""


@intake.command(
    "add",
    help="Dateien und ganze Ordner in den Posteingang einer Organisationseinheit aufnehmen. Jede Datei wird erst "
    "sicher gespeichert und dann angenommen. Denselben Aufruf zu wiederholen ist unschädlich. "
    "Rückgabewert 1, wenn eine Datei abgelehnt wurde oder (mit --wait) nicht gelesen werden konnte.",
)
@click.argument("files", metavar="DATEIEN…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--department", metavar="CODE", help="Organisationseinheit, z. B. 63.2; sonst die der Person aus --as.")
@acting(needed=False)
@click.option(
    "--wait", "waiting", is_flag=True, help="Warten, bis alles gelesen ist; ohne laufenden Worker selbst lesen."
)
@as_json
@pass_console
@click.pass_context
def add_files(
    context: click.Context,
    console: Console,
    files: tuple[Path, ...],
    department: str | None,
    login: str | None,
    *,
    waiting: bool,
    json_wanted: bool,
) -> None:
    """Bring files in and tell what became of each."""
    if not (department or login):
        raise WrongUse("Für wen sind die Dateien? Es fehlt --department CODE oder --as LOGIN.", context)
    with console.reading(login):
        pass  # an unknown person or an unready database is one fault, not one per file
    results = _add_all(console, list(files_in(files)), department, login, quiet=json_wanted)
    read = _wait(console, results) if waiting else {}
    if json_wanted:
        print_json(
            {"counts": Counter(each.outcome for each in results), "files": [_json(one, read) for one in results]}
        )
    else:
        _tell(results, read)
    failed = any(each.outcome is Outcome.REFUSED for each in results)
    unread = any(each.state is ItemState.FAULT or not each.settled for each in read.values())
    context.exit(Exit.REFUSED if failed or unread else Exit.DONE)


def _add_all(
    console: Console, paths: list[Path], department: str | None, login: str | None, *, quiet: bool
) -> list[Result]:
    results: list[Result] = []
    with progress_bar(len(paths), "Aufnehmen") as bar:
        for path in paths:
            result = add(console, path, department=department, login=login)
            results.append(result)
            if not quiet:
                _above(bar, f"{path}: {result.text}")
            if bar:
                bar.update(1)
    return results


def _above(bar: Any, text: str) -> None:
    if bar:
        click.echo("\r\033[K", nl=False, err=True)
    click.echo(text)
    if bar:
        bar.render_progress()


def _wait(console: Console, results: list[Result]) -> Mapping[UUID, Progress]:
    items = {one.item_id for one in results if one.item_id and one.outcome is not Outcome.REFUSED}
    done = 0
    with progress_bar(len(items), "Lesen") as bar:

        def tell(settled: int) -> None:
            nonlocal done
            if bar:
                bar.update(settled - done)
            done = settled

        return wait(console.services, items, seconds=MOST_SECONDS, tell=tell)


def _tell(results: list[Result], read: Mapping[UUID, Progress]) -> None:
    for one in results:
        if one.item_id and (found := read.get(one.item_id)):
            click.echo(f"{one.path}: {found.text}")
    told = Counter(one.outcome for one in results)
    doubles = told[Outcome.DUPLICATE] + told[Outcome.REPEATED]
    click.echo(f"{told[Outcome.ACCEPTED]} angenommen, {doubles} schon vorhanden, {told[Outcome.REFUSED]} abgelehnt.")


def _json(one: Result, read: Mapping[UUID, Progress]) -> dict[str, Any]:
    found = read.get(one.item_id) if one.item_id else None
    shown: dict[str, Any] = plain(one)
    shown |= {"state": found.state.value if found else None, "fault": found.fault_code if found else None}
    return shown


@intake.command(
    help="Zählen, was je Organisationseinheit eingegangen ist und wo es steht. "
    "Rückgabewert 1, wenn nach dem Protokoll etwas fehlt."
)
@acting(needed=False)
@as_json
@pass_console
@click.pass_context
def status(context: click.Context, console: Console, login: str | None, *, json_wanted: bool) -> None:
    """Count items by unit and state, and check that none is missing."""
    with console.reading(login) as (session, actor, now):
        units, kept = counts(session, actor, now), None if login else balance(session)
    if json_wanted:
        print_json({"units": [{**plain(unit), "total": unit.total} for unit in units], "balance": kept})
    else:
        heads = ["OE", "Eingang", *(LABELS[state] for state in ItemState)]
        rows = [[unit.unit_code, unit.total, *unit.states.values()] for unit in units]
        table(heads, rows, empty="Es ist noch nichts eingegangen.")
    if kept is None:
        return
    if not json_wanted:
        click.echo(
            f"Laut Protokoll eingegangen: {kept.received}; vorhanden: {kept.present}; "
            f"mit ihrer Akte vernichtet: {kept.destroyed}; es fehlen: {kept.missing}; "
            f"Zustand und Dokument widersprechen sich: {kept.contradictory}."
        )
    context.exit(Exit.DONE if kept.even else Exit.REFUSED)


@intake.command(help="Zeigen, was nicht gelesen werden konnte, mit dem Grund. Rückgabewert immer 0.")
@acting(needed=False)
@limit
@as_json
@pass_console
def faults(console: Console, login: str | None, limit: int, *, json_wanted: bool) -> None:
    """List the items that could not be read."""
    with console.reading(login) as (session, actor, now):
        rows = inbox.faults(session, everywhere(session, actor), limit=limit, now=now)
    if json_wanted:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row.item_id}  {row.unit_code}  {cell(row.received_at)}  {row.filename}")
        click.echo(f"    {sentence(row.fault_code or 'fault')}")
    if not rows:
        click.echo("Es gibt keine Störung.")


@intake.command(help="Zeigen, was sich gesammelt ablegen lässt, und was einzeln anzusehen ist, mit dem Grund.")
@acting(needed=True)
@as_json
@pass_console
def sure(console: Console, login: str, *, json_wanted: bool) -> None:
    """List the letters with a sure proposal."""
    with console.reading(login) as (session, actor, now):
        found = bulk_filing.sheet(session, actor, now)
    if json_wanted:
        print_json(found)
        return
    heads = ["Kennung", "Akte", "Vorgang", "Dokumenttyp", "Betreff", "Absender"]
    rows = [
        [one.item_id, one.reference, one.case_name, one.document_type, one.subject, one.sender] for one in found.sure
    ]
    table(heads, rows, empty="Nichts zum gesammelten Ablegen.")
    for left in found.left_out:
        click.echo(f"einzeln: {left.item_id}  {left.subject} ({left.reason})")


@intake.command(help="Gestörte Eingänge noch einmal lesen: einzelne nach ihrer Kennung oder alle.")
@click.argument("items", metavar="KENNUNGEN…", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Alle gestörten Eingänge.")
@acting(needed=False)
@pass_console
@click.pass_context
def retry(
    context: click.Context, console: Console, items: tuple[UUID, ...], login: str | None, *, everything: bool
) -> None:
    """Read faulty items again."""
    if bool(items) == everything:
        raise WrongUse("Nennen Sie entweder Kennungen oder --all.", context)
    if everything:
        with console.reading(login) as (session, actor, now):
            found = inbox.faults(session, everywhere(session, actor), limit=ALL, now=now)
        items = tuple(row.item_id for row in found)
    for item_id in items:
        with console.writing(login) as (session, actor, now):
            inbox.retry(session, actor, item_id, now)
    click.echo(f"{len(items)} Eingänge werden noch einmal gelesen.")
