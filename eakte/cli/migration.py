"""``migration``: taking shelves of scanned paper in, from the dry run to the report, and taking that back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from eakte.actions import migrating, migration_report
from eakte.actions.migrating import NewRun
from eakte.actions.migration_check import dry_run
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.records.migration import LINE_LABELS, RUN_LABELS, LineState
from eakte.store.scan_folders import ScanFolders
from ingest.languages import installed
from ingest.page_counts import count_pages

_number = click.argument("run_id", metavar="NUMMER", type=click.UUID)
_manifest = click.argument("manifest", metavar="LISTE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_folder = click.option(
    "--folder", metavar="EINHEIT/ORDNER", required=True, help="Ordner der Scans unter migration_folder."
)
_plan = click.option("--plan", metavar="KENNZEICHEN", default="", help="Aktenplaneinheit, wo die Liste keine nennt.")
_type = click.option("--type", "document_type", metavar="TYP", default="Altakte", help="Dokumenttyp (sonst Altakte).")
_profile = click.option("--profile", metavar="NAME", default="", help="Behaltene Zuordnung der Spalten.")
_languages = click.option(
    "--languages", metavar="SPRACHEN", help="Sprachen der Texterkennung, zum Beispiel deu+frk (sonst wie eingestellt)."
)
_open = click.option(
    "--keep-open", is_flag=True, help="Akten nicht zum Ende ihrer Laufzeit z.d.A. verfügen; sie bleiben offen."
)
COUNTING_SECONDS = 3_600.0


@click.group(cls=Group, help="Papierakten nach einer Liste übernehmen: prüfen, starten, verfolgen, zurücknehmen.")
def migration() -> None:
    """Hold the commands on migration together."""


def _new(manifest: Path, title: str, folder: str, *, keep_open: bool, languages: str | None, **more: str) -> NewRun:
    unit = folder.split("/", maxsplit=1)[0]
    chosen = None if languages is None else languages.split("+")
    return NewRun(title, unit, folder, manifest.read_bytes(), **more, closes=not keep_open, languages=chosen)


@migration.command(help="Probelauf: jeden Fehler mit seiner Zeile nennen; nichts wird geschrieben.")
@_manifest
@_folder
@_plan
@_type
@_profile
@_languages
@_open
@acting(needed=True)
@as_json
@pass_console
def check(
    console: Console,
    /,
    manifest: Path,
    folder: str,
    login: str,
    *,
    keep_open: bool,
    languages: str | None,
    json_wanted: bool,
    **more: str,
) -> None:
    """Do a dry run; the run it needs is rolled back."""
    folders = ScanFolders(console.settings.migration_folder)
    with console.writing(login) as (session, actor, now), session.begin_nested() as trial:
        new = _new(manifest, manifest.stem, folder, keep_open=keep_open, languages=languages, **more)
        run = migrating.create(session, actor, folders, new, installed=installed(), now=now)
        found = dry_run(session, actor, run.id, folders, count_pages, COUNTING_SECONDS, now)
        trial.rollback()
    if json_wanted:
        print_json(found)
        return
    click.echo(f"{found.lines} Zeilen, {found.files} Akten (neu: {found.new_files}), {found.scans} Dateien.")
    if not keep_open:
        click.echo(f"Davon werden zum Ende ihrer Laufzeit z.d.A. verfügt: {found.closing}.")
    click.echo(f"Seiten laut Liste {found.pages_told}, gezählt {found.pages_counted}.")
    rows: list[list[object]] = [
        [one.entry.number, " ".join(fault.text for fault in one.faults)] for one in found.faulty
    ]
    table(["Zeile", "Was nicht stimmt"], rows, empty="Kein Fehler gefunden.")


@migration.command(help="Einen Lauf anlegen und starten; ein Worker führt ihn aus.")
@_manifest
@_folder
@_plan
@_type
@_profile
@_languages
@_open
@click.option("--title", metavar="TEXT", required=True, help="Bezeichnung des Laufs.")
@acting(needed=True)
@pass_console
def start(
    console: Console,
    /,
    manifest: Path,
    folder: str,
    title: str,
    login: str,
    *,
    keep_open: bool,
    languages: str | None,
    **more: str,
) -> None:
    """Make a run and start it."""
    folders = ScanFolders(console.settings.migration_folder)
    with console.writing(login) as (session, actor, now):
        new = _new(manifest, title, folder, keep_open=keep_open, languages=languages, **more)
        run = migrating.create(session, actor, folders, new, installed=installed(), now=now)
        number = migrating.start(session, actor, run.id, now=now).id
    click.echo(f"Der Lauf {number} ist gestartet.")


@migration.command(help="Alle Läufe mit ihrem Stand, oder einen mit seinen Ausnahmen.")
@click.argument("run_id", metavar="NUMMER", type=click.UUID, required=False)
@acting(needed=False)
@as_json
@pass_console
def status(console: Console, run_id: UUID | None, login: str | None, *, json_wanted: bool) -> None:
    """Show how far runs are."""
    with console.reading(login) as (session, actor, now):
        found = [one for one in migrating.runs(session, actor) if run_id in {None, one.id}]
        if run_id is not None and not found:
            migrating.run_of(session, actor, run_id)
        titles = {one.id: one.title for one in found}
        steps = [migration_report.progress(session, actor, one.id, now) for one in found]
        states = (LineState.EXCEPTION,)
        left = migration_report.worklist(session, actor, run_id, states, now) if run_id else []
    if json_wanted:
        print_json({"runs": steps, "exceptions": left})
        return
    rows: list[list[object]] = [
        [one.run_id, titles[one.run_id], RUN_LABELS[one.state], one.settled, one.lines, one.fault] for one in steps
    ]
    table(["Nummer", "Lauf", "Stand", "erledigt", "Zeilen", "Störung"], rows, empty="Es gibt keinen Lauf.")
    for line in left:
        click.echo(f"Zeile {line.number}: {LINE_LABELS[line.state]}. {' '.join(line.problems)}")


@migration.command(help="Einen Lauf anhalten; was gelesen wird, wird nach dem Fortsetzen abgelegt.")
@_number
@acting(needed=True)
@pass_console
def stop(console: Console, run_id: UUID, login: str) -> None:
    """Stop a run."""
    with console.writing(login) as (session, actor, now):
        migrating.stop(session, actor, run_id, now)
    click.echo("Der Lauf ist angehalten.")


@migration.command(help="Einen angehaltenen Lauf fortsetzen.")
@_number
@acting(needed=True)
@pass_console
def resume(console: Console, run_id: UUID, login: str) -> None:
    """Let a stopped run go on."""
    with console.writing(login) as (session, actor, now):
        migrating.start(session, actor, run_id, now=now)
    click.echo("Der Lauf geht weiter.")


@migration.command(help="Einen Lauf zurücknehmen; was seither jemand geändert hat, bleibt.")
@_number
@click.option("--reason", metavar="GRUND", required=True, help="Steht im Verlauf jedes Dokuments.")
@acting(needed=True)
@pass_console
def rollback(console: Console, run_id: UUID, reason: str, login: str) -> None:
    """Take a run back."""
    with console.writing(login) as (session, actor, now):
        migrating.roll_back(session, actor, run_id, reason=reason, now=now)
    click.echo("Die Rücknahme ist beauftragt.")


@migration.command(help="Abgleich: Kartons, Akten und Seiten laut Liste gegen das, was abgelegt ist.")
@_number
@acting(needed=False)
@as_json
@pass_console
def report(console: Console, run_id: UUID, login: str | None, *, json_wanted: bool) -> None:
    """Show the reconciliation of a run."""
    with console.reading(login) as (session, actor, _now):
        found = migration_report.report(session, actor, run_id)
    if json_wanted:
        print_json(found)
        return
    rows: list[list[object]] = [list(row) for row in migration_report.table(found)]
    table(list(migration_report.HEADS), rows, empty="Der Lauf hat keine Zeilen.")
    click.echo("Der Abgleich geht auf." if found.run.equal else f"{found.run.left} Zeilen sind offen.")
