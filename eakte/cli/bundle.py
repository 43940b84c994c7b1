"""``bundle``: a whole authority out into one open folder, and in again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from eakte.actions import bundle as actions
from eakte.cli.console import Console, as_json, clock, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, progress_bar
from eakte.records.access import SYSTEM

folder_argument = click.argument("folder", metavar="ORDNER", type=click.Path(file_okay=False, path_type=Path))


@click.group(cls=Group, help="Eine ganze Behörde als offenes Bündel ausgeben, prüfen und laden.")
def bundle() -> None:
    """Hold the commands on bundles together."""


@bundle.command("export", help="Alles in einen leeren Ordner ausgeben: Zeilen als JSON Lines, Dateien, Schema.")
@folder_argument
@as_json
@pass_console
def export(console: Console, folder: Path, *, json_wanted: bool) -> None:
    """Write a bundle."""
    services = console.services
    with services.database.reading() as session, _bar("Ausgeben") as told:
        written = actions.write(session, services.objects, SYSTEM, folder, services.settings.city, clock(), told)
    _say(written, f"Ausgegeben nach {folder}", json_wanted=json_wanted)


@bundle.command("check", help="Prüfen, ob ein Bündel vollständig und unverändert ist.")
@folder_argument
@as_json
def check(folder: Path, *, json_wanted: bool) -> None:
    """Check a bundle."""
    _say(actions.check(folder), "Vollständig und unverändert", json_wanted=json_wanted)


@bundle.command("load", help="Ein Bündel laden. Was schon da ist, bleibt; zweimal laden ist wie einmal.")
@folder_argument
@as_json
@pass_console
def load(console: Console, folder: Path, *, json_wanted: bool) -> None:
    """Load a bundle."""
    actions.check(folder)
    services = console.services
    with services.database.begin() as session, _bar("Laden") as told:
        loaded = actions.load(session, services.objects, SYSTEM, folder, clock(), told)
    _say(loaded, "Geladen", json_wanted=json_wanted)
    if loaded.total and not json_wanted:
        click.echo("Bauen Sie jetzt den Suchindex auf: index rebuild. Kennwörter sind neu zu vergeben: users password.")


@contextmanager
def _bar(label: str) -> Iterator[actions.Progress]:
    with progress_bar(100, label) as bar:
        shown = 0

        def told(done: int, total: int) -> None:
            nonlocal shown
            if bar is not None:
                bar.update(done * 100 // total - shown)
                shown = done * 100 // total

        yield told


def _say(contents: actions.Contents, what: str, *, json_wanted: bool) -> None:
    if json_wanted:
        print_json(contents)
    else:
        click.echo(f"{what}: {contents.total} Zeilen, {contents.objects} Dateien.")
