"""``audit export`` and its like: the history as a signed file, verified without the database."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from eakte.actions import history_export
from eakte.cli.console import Console, acting, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Command
from eakte.errors import InvalidInput
from eakte.records.export import check
from eakte.store.signing import SigningKey, verifier

DAY = click.DateTime(["%d.%m.%Y", "%Y-%m-%d"])
NEW_FILE = click.Path(path_type=Path, dir_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(
    "export",
    cls=Command,
    help="Das Protokoll als unterschriebene JSON-Zeilen in eine neue Datei schreiben (docs/protokoll.md).",
)
@click.argument("file", metavar="DATEI", type=NEW_FILE)
@acting(needed=False)
@click.option("--from", "first", metavar="TAG", type=DAY, help="Nur Einträge von diesem Tag an.")
@click.option("--to", "last", metavar="TAG", type=DAY, help="Nur Einträge bis zu diesem Tag.")
@click.option("--reference", metavar="AKTENZEICHEN", default="", help="Nur Einträge zu dieser Akte.")
@click.option("--values", is_flag=True, help="Mit alten und neuen Werten; die Datei enthält dann Inhalte der Akten.")
@pass_console
def export(
    console: Console,
    file: Path,
    login: str | None,
    *,
    first: datetime | None,
    last: datetime | None,
    reference: str,
    values: bool,
) -> None:
    """Export the history."""
    days = (first.date() if first else None, last.date() if last else None)
    chosen = history_export.Chosen(*days, reference, values)
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InvalidInput(problem=f"„{file}“ gibt es schon; bitte eine neue Datei angeben.", field="file") from error
    count = -1
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out, console.reading(login) as reading:
            session, actor, now = reading
            key = SigningKey(console.settings.data_folder)
            for line in history_export.lines(session, actor, chosen, key.sign, now):
                out.write(f"{line}\n")
                count += 1
    except BaseException:
        file.unlink()  # half an export proves nothing
        raise
    with console.writing(login) as (session, actor, now):
        history_export.record_export(session, actor, chosen, count, now)
    click.echo(f"{count} Einträge geschrieben und unterschrieben: {file}")


@click.command(
    "verify-export",
    cls=Command,
    help="Eine ausgegebene Datei ohne die Datenbank prüfen. Rückgabewert 1 bei einem Fehler.",
)
@click.argument("file", metavar="DATEI", type=FILE)
@click.option("--key", metavar="DATEI", type=FILE, required=True, help="Der öffentliche Schlüssel (audit public-key).")
@click.pass_context
def verify_export(context: click.Context, file: Path, key: Path) -> None:
    """Verify an export."""
    with file.open("rb") as lines:
        found = check(lines, verifier(key).signed)
    if found.problem:
        click.echo(f"Zeile {found.line}: {found.problem}")
    else:
        click.echo(f"Die Datei ist unverändert und unterschrieben: {found.entries} Einträge.")
    context.exit(Exit.REFUSED if found.problem else Exit.DONE)


@click.command(
    "public-key", cls=Command, help="Den öffentlichen Schlüssel ausgeben, mit dem andere eine Ausgabe prüfen."
)
@pass_console
def public_key(console: Console) -> None:
    """Print the public key."""
    click.echo(SigningKey(console.settings.data_folder).public_pem().decode(), nl=False)
