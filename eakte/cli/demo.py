"""``eakte demo``: load the demo city, or write letters with known truth into a folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from eakte.cli.console import Console, clock, pass_console
from eakte.cli.german import Command
from eakte.demo import city
from eakte.demo.letters import letters
from eakte.demo.mail import COUNT, SEED
from eakte.demo.shelf import write_shelf
from eakte.records.access import ROLE_LABELS, Role
from eakte.records.calendar import day_of


@click.command("demo", cls=Command, help="Die Demo-Stadt in eine leere Datenbank laden.")
@click.option("--once", is_flag=True, help="Nichts tun, wenn die Datenbank nicht leer ist; Angefangenes fortsetzen.")
@click.option(
    "--letters",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Nur Briefe in diesen Ordner schreiben, mit dem, was in ihnen steht (truth.jsonl).",
)
@click.option("--count", type=click.IntRange(min=1), default=COUNT, help=f"Wie viele Briefe (sonst {COUNT}).")
@click.option("--seed", type=int, default=SEED, help=f"Ausgangszahl: gleiche Zahl, gleiche Briefe (sonst {SEED}).")
@pass_console
def demo(console: Console, folder: Path | None, *, once: bool, count: int, seed: int) -> None:
    """Load the demo city once, or write letters."""
    if folder is not None:
        write_letters(folder, seed=seed, count=count)
        return
    services = console.services
    if once and not city.is_untouched(services) and not city.is_begun(services):
        click.echo("Die Datenbank ist in Gebrauch; die Demo-Stadt wird nicht geladen.")
        return
    fresh = not city.is_loaded(services)
    if fresh:
        click.echo("Die Demo-Stadt wird geladen: Akten anlegen, Briefe lesen und ablegen.")
    summary = _load(console) if fresh else city.summary(services)
    _show(summary)
    if root := services.settings.migration_folder:
        _show_shelf(write_shelf(Path(root), services.settings.config_folder))


def _load(console: Console) -> city.Summary:
    now = clock()
    with click.progressbar(length=100, label="Musterstadt") as bar:

        def progress(done: int, total: int) -> None:
            bar.update(100 * done // total - bar.pos)

        return city.load(console.services, today=day_of(now), now=now, progress=progress)


def _show(summary: city.Summary) -> None:
    click.echo(
        f"Musterstadt: {summary.case_files} Akten, davon {summary.closed} z.d.A.; {summary.filed} Dokumente abgelegt, "
        f"{summary.waiting} im Posteingang, {summary.faults} mit Störung."
    )
    click.echo(f"Anmelden mit dem Kennwort {summary.password} und einem dieser Namen:")
    for person in summary.sign_ins:
        click.echo(f"  {person.login:<14} {person.name:<20} {ROLE_LABELS[Role[person.role]]} · {person.unit}")


def _show_shelf(manifest: Path) -> None:
    click.echo(f"Zum Migrieren liegen Papierakten bereit; ihre Liste: {manifest.resolve()}")


def write_letters(folder: Path, *, seed: int, count: int) -> None:
    """Write letters and beside them, one JSON line each, what they say."""
    folder.mkdir(parents=True, exist_ok=True)
    post = list(letters(seed, count))
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as truth, click.progressbar(post, label="Briefe") as bar:
        for letter in bar:
            letter.render(folder)
            truth.write(json.dumps(asdict(letter.spec), ensure_ascii=False, default=str) + "\n")
    click.echo(f"{count} Briefe liegen in {folder}.")
