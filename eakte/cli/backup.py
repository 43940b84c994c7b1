"""``backup``: database and objects into a folder, the keys into another."""

from __future__ import annotations

from pathlib import Path

import click

from eakte import services as engines
from eakte.actions import backing_up
from eakte.actions.backing_up import BackupRefused
from eakte.cli.console import Console, as_json, clock, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Command
from eakte.cli.output import print_json
from eakte.records.calendar import day_of
from eakte.settings import release
from eakte.store import copying
from eakte.store.object_keys import ObjectKeys

KEYS_APART = "Der Schlüsselspeicher ist nicht dabei. Sichern Sie ihn mit --keys in einen anderen Ordner."
MASTERS_APART = "Hauptschlüssel werden nie mitgesichert; ohne sie öffnet diese Sicherung niemand."


@click.command(
    cls=Command,
    help="Sichern: eine Kopie der Datenbank aus einem Augenblick und alle Objekte, im laufenden Betrieb. Objekte, die "
    "schon im Ordner liegen, werden nicht noch einmal kopiert; was inzwischen vernichtet ist, wird auch dort entfernt. "
    "Rückgabewert 1, wenn ein Objekt fehlt oder beschädigt ist.",
)
@click.argument("folder", metavar="ORDNER", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--keys", metavar="ORDNER", type=click.Path(file_okay=False, path_type=Path),
    help="Ordner für die Kopie des Schlüsselspeichers, getrennt von dem der Objekte.",
)  # fmt: skip
@click.option(
    "--keep-days", type=click.IntRange(min=0), default=0, metavar="TAGE",
    help="Ältere Sicherungen der Datenbank entfernen; 0: keine.",
)  # fmt: skip
@click.option("--only-destroyed", is_flag=True, help="Nur die Liste des Vernichteten fortschreiben, etwa stündlich.")
@as_json
@pass_console
@click.pass_context
def backup(
    context: click.Context,
    console: Console,
    folder: Path,
    keys: Path | None,
    *,
    keep_days: int,
    only_destroyed: bool,
    json_wanted: bool,
) -> None:
    """Make a backup."""
    if only_destroyed:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        count = backing_up.note_destroyed(console.database, folder)
        click.echo(f"Auf der Liste des Vernichteten stehen {count} Vernichtungen.")
        return
    settings = console.settings
    if keys is not None and (_inside(keys, folder) or _inside(folder, keys)):
        raise BackupRefused(problem="Schlüssel dürfen nicht bei den Objekten liegen. Nennen Sie einen anderen Ordner.")
    done = backing_up.back_up(
        console.database,
        engines.shelf(settings),
        folder,
        clock(),
        release=release(),
        anchors=settings.anchors,
        keep_days=keep_days,
    )
    store = engines.object_keys(settings)
    copied = _keys(store, keys, done.name, settings.key_backup_days) if store else ""
    if json_wanted:
        print_json({"outcome": done, "keys": copied})
    else:
        _say(done, copied, encrypted=store is not None)
    context.exit(Exit.REFUSED if done.damaged else Exit.DONE)


def _say(done: backing_up.Outcome, copied: str, *, encrypted: bool) -> None:
    click.echo(
        f"Sicherung {done.name}: {done.objects} Objekte, davon kopiert {done.copied}, schon da {done.present}, "
        f"inzwischen vernichtet {done.gone}, beschädigt {len(done.damaged)}; aus dem Ordner entfernt {done.removed}."
    )
    for sha256 in done.damaged:
        click.echo(f"Fehlt oder ist beschädigt: {sha256}")
    for name in done.expired:
        click.echo(f"Abgelaufen und entfernt: {name}")
    if encrypted:
        click.echo(f"Schlüsselspeicher: {copied}" if copied else KEYS_APART)
        click.echo(MASTERS_APART)


def _keys(store: ObjectKeys, folder: Path | None, name: str, days: int) -> str:
    """Copy the key store after the objects, so that each of them has its key in it."""
    try:
        if folder is None:
            return ""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"{name}-{copying.name_of(store.database)}"
        with copying.frozen(store.database, target):
            pass
        today = day_of(clock())
        for old in folder.glob("[0-9]*-database.*"):
            if (today - day_of(backing_up.moment_of(old.name))).days > days:
                old.unlink()
        return str(target)
    finally:
        store.close()


def _inside(path: Path, folder: Path) -> bool:
    return folder.resolve() in (path.resolve(), *path.resolve().parents)
