"""``keys``: the keys of encrypted objects."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import click

from eakte import services as engines
from eakte.actions import key_care
from eakte.cli.console import Console, as_json, clock, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Group
from eakte.cli.output import print_json, progress_bar, table
from eakte.errors import SettingsInvalid
from eakte.records.calendar import day_of
from eakte.store.object_keys import Epoch, ObjectKeys
from eakte.store.objects_encrypted import EncryptedObjects, Outcome

NOT_SET = "Nennen Sie den Ort der Hauptschlüssel; leer heißt: Gespeichertes wird nicht verschlüsselt."


@click.group(cls=Group, help="Verschlüsselung des Gespeicherten: einrichten, Stand, Hauptschlüssel wechseln.")
def keys() -> None:
    """Hold the commands on keys together."""


@keys.command(
    help="Die Verschlüsselung einrichten: den ersten Hauptschlüssel und den Schlüsselspeicher anlegen. Vorher ist "
    "master_keys einzustellen. Mehrfach ist wie einmal."
)
@pass_console
def init(console: Console) -> None:
    """Set encryption up."""
    kept, store = engines.shelf(console.settings), engines.object_keys(console.settings)
    if store is None:
        raise SettingsInvalid(name="master_keys", problem=NOT_SET)
    try:
        if kept.mark():
            engines.check_together(kept, store)
        is_filled = next(iter(kept.each()), None) is not None
        kept.set_mark(store.begin(clock(), open_left=is_filled))
        store.check()
        with console.database.begin() as session:
            key_care.tell(session, store, clock())
    finally:
        store.close()
    click.echo("Die Verschlüsselung ist eingerichtet. Sichern Sie den Hauptschlüssel, getrennt von allem anderen.")
    if is_filled:
        click.echo("Was schon gespeichert ist, verschlüsselt „python -m eakte keys encrypt“.")


@keys.command(
    help="Verschlüsseln, was vor der Einrichtung gespeichert wurde. Lässt sich abbrechen und wieder aufrufen; "
    "der Betrieb läuft weiter. Rückgabewert 1, wenn etwas offen bleibt."
)
@as_json
@pass_console
@click.pass_context
def encrypt(context: click.Context, console: Console, *, json_wanted: bool) -> None:
    """Encrypt the stock."""
    objects = _encrypted(console)
    count = sum(1 for _ in objects.each())
    with progress_bar(count, "Verschlüsseln") as bar:
        step: Any = (lambda _: bar.update(1)) if bar else (lambda _: None)
        result = key_care.encrypt_stock(console.database, objects, day_of(clock()), step)
    if result[Outcome.ENCRYPTED] or result[Outcome.LOCKED]:
        with console.database.begin() as session:
            key_care.tell_encrypted(session, result, clock())
    is_left = objects.keys.open_left()
    if json_wanted:
        print_json(
            {**{outcome.value: result[outcome] for outcome in Outcome}, "found": result.total(), "open": is_left}
        )
    else:
        _say(result, is_left=is_left)
    context.exit(Exit.REFUSED if is_left or result[Outcome.LOCKED] else Exit.DONE)


def _say(result: Counter[Outcome], *, is_left: bool) -> None:
    click.echo(
        f"Gefunden: {result.total()} Objekte. Verschlüsselt: {result[Outcome.ENCRYPTED]}, vorher schon: "
        f"{result[Outcome.ALREADY]}, inzwischen vernichtet: {result[Outcome.GONE]}, beschädigt: "
        f"{result[Outcome.DAMAGED]}, ältere offene Fassung gesperrt: {result[Outcome.LOCKED]}."
    )
    if is_left:
        click.echo("Es liegen noch Objekte offen. Beheben Sie die Schäden und rufen Sie den Befehl noch einmal auf.")
    else:
        click.echo("Alles ist verschlüsselt. Sicherungen von früher enthalten es noch offen, bis sie gelöscht sind.")


@keys.command(help="Zeigen, wie viel verschlüsselt ist und welche Hauptschlüssel es gibt.")
@as_json
@pass_console
def status(console: Console, *, json_wanted: bool) -> None:
    """Show how encryption stands."""
    objects = _encrypted(console)
    total = lying_open = 0
    for sha256 in objects.each():
        total += 1
        lying_open += objects.lies_open(sha256)
    epochs = objects.keys.epochs()
    if json_wanted:
        print_json({"objects": total, "open": lying_open, "master_keys": epochs})
        return
    click.echo(f"Gespeichert: {total} Objekte, davon verschlüsselt {total - lying_open}, offen {lying_open}.")
    table(
        ["Hauptschlüssel", "gilt seit", "abgelöst", "vernichtet", "Schlüssel"],
        [[one.name, one.used_from, one.retired_at, one.destroyed_at, one.keys] for one in epochs],
        empty="Es gibt keinen Hauptschlüssel.",
    )


@keys.command(
    help="Den Hauptschlüssel wechseln und die Schlüssel aller Objekte mit dem neuen verschließen; eine begonnene "
    "Ablösung wird zu Ende geführt. Der alte wird vernichtet, wenn key_backup_days vergangen sind. Der Worker tut "
    "beides von selbst."
)
@click.option("--finish", is_flag=True, help="Nur zu Ende führen, was begonnen ist, und keinen neuen anlegen.")
@pass_console
def rotate(console: Console, *, finish: bool) -> None:
    """Change the master key."""
    store = _encrypted(console).keys
    if not finish:
        store.rotate(clock())
    done = key_care.finish_rotation(store)
    gone = store.expire(clock() - timedelta(days=console.settings.key_backup_days), clock())
    with console.database.begin() as session:
        key_care.tell(session, store, clock())
    click.echo(f"Es gilt der Hauptschlüssel {_current(store).name}; neu verschlossen: {done} Schlüssel.")
    for name in gone:
        click.echo(f"Vernichtet: der Hauptschlüssel {name}.")
    if not finish:
        click.echo("Sichern Sie den neuen Hauptschlüssel jetzt, getrennt von allem anderen.")


def _current(store: ObjectKeys) -> Epoch:
    return next(epoch for epoch in store.epochs() if epoch.retired_at is None)


def _encrypted(console: Console) -> EncryptedObjects:
    objects = console.services.objects
    if not isinstance(objects, EncryptedObjects):
        raise SettingsInvalid(name="master_keys", problem=NOT_SET)
    return objects
