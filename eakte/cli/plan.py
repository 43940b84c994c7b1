"""``plan``: the file plan, its versions and its rules."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from eakte.actions import file_plan, organisation, plan_files
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Group
from eakte.cli.output import cell, print_json, table
from eakte.cli.plan_choice import FILE, plan_id_of
from eakte.cli.plan_remap import gaps, remap
from eakte.errors import NotFound
from eakte.records.calendar import day_of
from eakte.records.file_plan import LEVEL_LABELS, PLAN_LABELS
from retention import load_csv

_version = click.option(
    "--version", "version", metavar="FASSUNG", default="", help="Fassung; ohne Angabe die geltende."
)


@click.group(cls=Group, help="Aktenplan zeigen, prüfen, laden, in Kraft setzen; Akten umbetten; Lücken erklären.")
def plan() -> None:
    """Hold the commands on the file plan together."""


plan.add_command(remap)
plan.add_command(gaps)


@plan.command(help="Alle Fassungen des Aktenplans auflisten.")
@acting(needed=False)
@as_json
@pass_console
def versions(console: Console, login: str | None, *, json_wanted: bool) -> None:
    """List all versions."""
    with console.reading(login) as (session, actor, _now):
        found = file_plan.versions(session, actor)
    if json_wanted:
        print_json(found)
        return
    rows = [
        [each.version, each.title, PLAN_LABELS[each.state], each.valid_from, each.valid_to, each.units]
        for each in found
    ]
    table(["Fassung", "Titel", "Stand", "ab", "bis", "Einheiten"], rows, empty="Es gibt noch keinen Aktenplan.")


@plan.command(help="Eine Fassung als Baum zeigen, mit geltender Regel, Federführung und Muster der Aktenzeichen.")
@_version
@acting(needed=False)
@as_json
@pass_console
def show(console: Console, version: str, login: str | None, *, json_wanted: bool) -> None:
    """Show one version as a tree."""
    with console.reading(login) as (session, actor, now):
        nodes = file_plan.tree(session, actor, now, plan_id_of(session, actor, version))
    if json_wanted:
        print_json(nodes)
    else:
        table(
            ["Einheit", "Ebene", "Regel", "Federführung", "Muster", "Akten", ""],
            _lines(nodes, 0),
            empty="Kein Aktenplan.",
        )


def _lines(nodes: tuple[file_plan.PlanNode, ...] | list[file_plan.PlanNode], depth: int) -> list[list[object]]:
    lines: list[list[object]] = []
    for node in nodes:
        lead = node.lead_unit.value if node.lead_unit else ""
        retired = f"stillgelegt {cell(node.retired_on)}".strip() if node.retired else ""
        name = f"{'· ' * depth}{node.code} {node.title}"
        lines.append([name, LEVEL_LABELS[node.level], node.rule_code, lead, node.pattern.value, node.count, retired])
        lines += _lines(node.children, depth + 1)
    return lines


@plan.command(help="Eine Datei (CSV, XLSX oder xdomea 0301) prüfen, ohne etwas zu schreiben.")
@click.argument("file", metavar="DATEI", type=FILE)
@acting(needed=False)
@as_json
@pass_console
def check(console: Console, file: Path, login: str | None, *, json_wanted: bool) -> None:
    """Check a file and write nothing."""
    with console.reading(login) as (session, actor, _now):
        read = plan_files.check(session, actor, file, console.settings)
    if json_wanted:
        print_json({"units": len(read.rows), "problems": read.problems, "hints": read.hints})
    else:
        for line in (*read.problems, *read.hints):
            click.echo(str(line))
        click.echo(f"{len(read.rows)} Einheiten, {len(read.problems)} Fehler, {len(read.hints)} Hinweise.")
    if read.problems:
        raise click.exceptions.Exit(1)


@plan.command("import", help="Eine Datei (CSV, XLSX oder xdomea 0301) als Entwurf einer neuen Fassung laden.")
@click.argument("file", metavar="DATEI", type=FILE)
@click.option("--title", metavar="TITEL", default="", help="Titel der Fassung; sonst der in der xdomea-Nachricht.")
@click.option("--version", "version", metavar="FASSUNG", default="", help="Name der Fassung; sonst wie dort.")
@acting(needed=False)
@pass_console
def import_file(console: Console, file: Path, title: str, version: str, login: str | None) -> None:
    """Load a file as a draft."""
    with console.writing(login) as (session, actor, now):
        made = plan_files.load(session, actor, file, console.settings, title=title, version=version, now=now)
        name, count = made.version, len(plan_files.rows_of(session, made.id))
    click.echo(f"Fassung {name} ist als Entwurf geladen: {count} Einheiten. In Kraft setzt sie „plan activate {name}“.")


@plan.command(help="Eine Fassung in einen Ordner oder eine Datei schreiben; die Endung sagt, wie.")
@click.argument("target", metavar="ZIEL", type=click.Path(path_type=Path))
@_version
@click.option("--format", "kind", type=click.Choice(plan_files.KINDS), help="csv, xlsx oder xml (xdomea 0301).")
@acting(needed=False)
@pass_console
def export(console: Console, target: Path, version: str, kind: str | None, login: str | None) -> None:
    """Write a version into a file or folder."""
    with console.reading(login) as (session, actor, now):
        chosen = kind or target.suffix.removeprefix(".") or "csv"
        plan_id = plan_id_of(session, actor, version)
        written = plan_files.export(session, actor, plan_id, chosen, console.settings, now)
    path = target / written.name if target.is_dir() else target
    path.write_bytes(written.content)
    click.echo(f"{path}: {len(written.content)} Bytes.")


@plan.command(help="Einen Entwurf in Kraft setzen, heute oder an einem späteren Tag.")
@click.argument("version", metavar="FASSUNG")
@click.option("--on", "day", type=click.DateTime(["%d.%m.%Y", "%Y-%m-%d"]), metavar="TAG", help="Sonst heute.")
@acting(needed=False)
@pass_console
def activate(console: Console, version: str, day: datetime | None, login: str | None) -> None:
    """Put a draft in force."""
    with console.writing(login) as (session, actor, now):
        plan_id = plan_id_of(session, actor, version)
        if plan_id is None:
            raise NotFound
        on = day.date() if day else day_of(now)
        made = file_plan.put_in_force(session, actor, plan_id, on, now)
        click.echo(f"Fassung {made.version}: {PLAN_LABELS[made.state]}, gültig ab {cell(made.valid_from)}.")


@plan.command(help="Aufbewahrungsregeln aus einer CSV-Datei laden; bekannte Fassungen bleiben, wie sie sind.")
@click.argument("file", metavar="DATEI", type=FILE)
@click.option("--check", "only_check", is_flag=True, help="Nur prüfen, nichts schreiben.")
@acting(needed=False)
@pass_console
def rules(console: Console, file: Path, login: str | None, *, only_check: bool) -> None:
    """Load retention rules."""
    read = load_csv(file)
    if only_check:
        click.echo(f"{len(read)} Regeln, keine Fehler.")
        return
    with console.writing(login) as (session, actor, now):
        added = organisation.add_rules(session, actor, read, now)
    click.echo(f"{added} Regeln geladen, {len(read) - added} waren schon da.")
