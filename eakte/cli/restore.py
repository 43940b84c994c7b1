"""``restore``: a backup onto an empty host, and the proof that it is the same."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from eakte import services as engines
from eakte.actions import backing_up, restoring, verification
from eakte.actions.backing_up import BackupRefused
from eakte.actions.comparing import differences
from eakte.cli.console import Console, as_json, clock, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Command
from eakte.cli.output import print_json
from eakte.cli.running import opened
from eakte.records.calendar import german
from eakte.services import Services
from eakte.store import copying
from eakte.store.documents import StoredObject
from eakte.store.objects import Stored, intact
from eakte.worker import rebuilding


@click.command(
    cls=Command,
    help="Aus einer Sicherung in eine leere Einrichtung zurückkehren: Datenbank, Objekte, Suchindex. Danach wird "
    "bewiesen, dass alles gleich ist: Zeilen, Hashwerte, Kette des Protokolls, Index. Was nach der Sicherung "
    "vernichtet wurde, wird gesperrt und genannt. Rückgabewert 1, wenn etwas nicht stimmt oder zu vernichten bleibt.",
)
@click.argument("folder", metavar="ORDNER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--backup", "name", metavar="NAME", help="Welche Sicherung; ohne Angabe die jüngste.")
@click.option(
    "--keys", metavar="DATEI", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kopie des Schlüsselspeichers, die in einen leeren Schlüsselspeicher zurückgebracht wird.",
)  # fmt: skip
@as_json
@pass_console
@click.pass_context
def restore(
    context: click.Context, console: Console, folder: Path, name: str | None, keys: Path | None, *, json_wanted: bool
) -> None:
    """Restore a backup."""
    known = backing_up.names(folder)
    if not known:
        raise BackupRefused(problem=f"In „{folder}“ liegt keine Sicherung.")
    settings = console.settings
    shelf, database = engines.shelf(settings), console.raw_database
    chosen = name or known[-1]
    backing_up.manifest_of(folder, chosen)
    restoring.check_empty(database, shelf)
    if keys is not None:
        _bring_keys(console, keys)
    came = restoring.bring_back(database, shelf, folder, chosen, settings.anchors)
    with database.begin() as session:
        back = restoring.settle(session, backing_up.destroyed_of(folder), clock())
    services = opened(console)
    wrong = [f"Tabelle {table}: andere Zahl von Zeilen" for table in came.different]
    wrong += [f"Objekt fehlt in der Sicherung: {sha256}" for sha256 in came.missing]
    wrong += _proven(services, came.gone | set(came.missing))
    if json_wanted:
        print_json({"restored": came, "wrong": wrong, "to_destroy_again": back})
    else:
        _say(came, wrong, back)
    context.exit(Exit.REFUSED if wrong or back else Exit.DONE)


def _bring_keys(console: Console, copy: Path) -> None:
    store = engines.object_keys(console.settings)
    if store is None:
        raise BackupRefused(problem="Nennen Sie mit master_keys den Ort der Hauptschlüssel.")
    try:
        if not copying.is_untouched(store.database):
            raise BackupRefused(problem="Der Schlüsselspeicher ist nicht leer; er wird nicht überschrieben.")
        copying.bring_back(store.database, copy)
    finally:
        store.close()


def _proven(services: Services, gone: frozenset[str]) -> list[str]:
    """Return in German what is not as it should be; *gone* are objects of records that were destroyed since."""
    with services.database.reading() as session:
        chain = verification.of_installation(session, services.settings)
        rows = session.scalars(select(StoredObject)).all()
        kept = [Stored(row.sha256, row.sha512, row.size) for row in rows if row.sha256 not in gone]
    wrong = [f"Protokoll: {finding.text}" for finding in chain.findings]
    wrong += [f"Objekt fehlt oder ist verändert: {each.sha256}" for each in kept if not intact(services.objects, each)]
    rebuilding.rebuild(services, lambda _: None)
    with services.database.reading() as session:
        if differences(session, services.index).any:
            wrong.append("Der Suchindex weicht von der Datenbank ab: „python -m eakte index check --repair“.")
    return wrong


def _say(came: restoring.Restored, wrong: list[str], back: tuple[restoring.Returned, ...]) -> None:
    click.echo(f"Zurückgekehrt zur Sicherung {came.name}: {came.objects} Objekte.")
    for each in wrong:
        click.echo(each)
    if not wrong:
        click.echo("Bewiesen: Zeilen, Hashwerte, Protokoll und Suchindex stimmen mit der Sicherung überein.")
    for one in back:
        how = "der Worker vernichtet sie erneut" if one.goes_by_itself else "zu zweit erneut zu vernichten"
        click.echo(f"Vernichtet am {german(one.destroyed_on)}, jetzt gesperrt: Akte {one.reference}; {how}.")
    click.echo("Alle Sitzungen sind beendet. Prüfen Sie Konten und Zugangsschlüssel, die seither geschlossen wurden.")
