"""``plan remap``: re-mapping of case files to another version of the file plan; ``plan gaps``: gaps in numbers."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from eakte.actions import gaps as gap_actions
from eakte.actions import rehousing, rehousing_preview, rehousing_run
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Command, Group
from eakte.cli.output import print_json, table
from eakte.cli.plan_choice import FILE, plan_id_of
from eakte.errors import NotFound
from eakte.records.calendar import day_of
from eakte.records.rehousing import REHOUSING_LABELS, RehousingState

_number = click.argument("rehousing_id", metavar="NUMMER", type=click.UUID)


@click.group(cls=Group, help="Akten in eine andere Fassung des Aktenplans umbetten: vorbereiten, ansehen, beauftragen.")
def remap() -> None:
    """Hold the commands on re-mapping together."""


@remap.command("list", help="Alle Umbettungen auflisten.")
@acting(needed=False)
@as_json
@pass_console
def list_all(console: Console, login: str | None, *, json_wanted: bool) -> None:
    """List all re-mappings."""
    with console.reading(login) as (session, actor, _now):
        rows = [
            [
                each.id,
                each.source.version,
                each.target.version,
                each.state,
                each.fault,
                each.ordered_by,
            ]
            for each in rehousing.listing(session, actor)
        ]
    if json_wanted:
        names = ("rehousing_id", "from", "to", "state", "fault", "ordered_by")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        rows = [[*row[:3], REHOUSING_LABELS[RehousingState(str(row[3]))], *row[4:]] for row in rows]
        heads = ["Nummer", "von", "nach", "Stand", "Störung", "beauftragt von"]
        table(heads, rows, empty="Es gibt noch keine Umbettung.")


@remap.command(help="Eine Umbettung vorbereiten; Einheiten mit gleichem Kennzeichen sind damit entschieden.")
@click.argument("source", metavar="BISHER")
@click.argument("target", metavar="KÜNFTIG")
@acting(needed=False)
@pass_console
def begin(console: Console, source: str, target: str, login: str | None) -> None:
    """Begin to prepare a re-mapping between two versions."""
    with console.writing(login) as (session, actor, now):
        ids = plan_id_of(session, actor, source), plan_id_of(session, actor, target)
        if ids[0] is None or ids[1] is None:
            raise NotFound
        made = rehousing.begin(session, actor, ids[0], ids[1], now)
        number = made.id
    click.echo(f"Umbettung {number} ist vorbereitet.")


@remap.command(help="Ziele aus einer CSV-Datei übernehmen (Bisher;Künftig;Aktenzeichen: behalten oder neu).")
@_number
@click.argument("file", metavar="DATEI", type=FILE)
@acting(needed=False)
@pass_console
def targets(console: Console, rehousing_id: UUID, file: Path, login: str | None) -> None:
    """Decide about units by a table."""
    with console.writing(login) as (session, actor, now):
        rehousing.load_targets(session, actor, rehousing_id, file.read_bytes(), now)
    click.echo("Die Ziele sind übernommen.")


@remap.command(help="Zeigen, was die Umbettung täte: Akten, Aktenzeichen, Aufbewahrung, offene Fragen.")
@_number
@acting(needed=False)
@as_json
@pass_console
def preview(console: Console, rehousing_id: UUID, login: str | None, *, json_wanted: bool) -> None:
    """Show what a re-mapping would do."""
    with console.reading(login) as (session, actor, now):
        units = rehousing_preview.preview(session, actor, rehousing_id, now)
    if json_wanted:
        print_json(units)
        return
    for unit in units:
        where = "?" if unit.target is None else unit.target.code or "bleibt"
        click.echo(f"{unit.code} {unit.title} → {where}: {unit.open_files} laufende, {unit.closed_files} geschlossene")
        for text in (*unit.problems, unit.rights):
            if text:
                click.echo(f"   {text}")
        for example in unit.examples:
            told = " ".join((*example.retention, example.obstacle)).strip()
            click.echo(f"   {example.reference} → {example.new_reference}. {told}")


@remap.command(help="Die Umbettung beauftragen; ein Worker führt sie aus. Nach einer Störung geht sie damit weiter.")
@_number
@click.option("--reason", metavar="GRUND", default="", help="Steht im Verlauf jeder Akte.")
@click.option("--only-open", is_flag=True, help="Geschlossene Akten behalten ihre Einheit.")
@acting(needed=False)
@pass_console
def order(console: Console, rehousing_id: UUID, reason: str, login: str | None, *, only_open: bool) -> None:
    """Order the job."""
    with console.writing(login) as (session, actor, now):
        if rehousing.rehousing_of(session, actor, rehousing_id).fault:
            rehousing.order_again(session, actor, rehousing_id, now)
        else:
            if only_open:
                rehousing.assign(session, actor, rehousing_id, {}, closed_too=False, now=now)
            rehousing.order(session, actor, rehousing_id, reason=reason, now=now)
    click.echo("Die Umbettung ist beauftragt.")


@remap.command(help="Zeigen, welche Akten noch nicht umgebettet sind und warum.")
@_number
@acting(needed=False)
@as_json
@pass_console
def left(console: Console, rehousing_id: UUID, login: str | None, *, json_wanted: bool) -> None:
    """List what has not moved."""
    with console.reading(login) as (session, actor, now):
        found = rehousing.rehousing_of(session, actor, rehousing_id)
        files = rehousing_run.left(session, actor, found, now)
    if json_wanted:
        print_json(files)
    else:
        rows = [[file.reference, file.subject, file.obstacle] for file in files]
        table(["Aktenzeichen", "Betreff", "Hindernis"], rows, empty="Keine Akte wartet.")


@click.command(cls=Command, help="Fehlende Nummern einer Einheit in einem Jahr zeigen, mit dem Grund aus dem Verlauf.")
@click.argument("code", metavar="KENNZEICHEN")
@click.option("--year", type=int, metavar="JAHR", help="Sonst das laufende.")
@acting(needed=False)
@as_json
@pass_console
def gaps(console: Console, code: str, year: int | None, login: str | None, *, json_wanted: bool) -> None:
    """Explain gaps in the numbers of a unit."""
    with console.reading(login) as (session, actor, now):
        series = gap_actions.of_unit(session, actor, code, year or day_of(now).year, now)
    if json_wanted:
        print_json(series)
        return
    for each in series:
        click.echo(f"{each.name}: {each.last} Nummern vergeben, {len(each.gaps)} Lücken.")
        for gap in each.gaps:
            click.echo(f"  {gap.reference}: {gap.reason}")
    if not series:
        click.echo("Keine Nummern vergeben.")
