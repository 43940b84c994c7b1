"""``evidence``: hash trees, time stamps and the fixity of what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from eakte.actions import evidence as actions
from eakte.actions import fixity, sealing
from eakte.cli.cases import case_file_id
from eakte.cli.console import Console, acting, as_json, clock, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Group
from eakte.cli.output import print_json, progress_bar, table
from eakte.errors import TimestampFailed
from eakte.records.calendar import day_of, german
from eakte.store.evidence import DAMAGE_LABELS
from eakte.store.timestamps import ask, certificates


@click.group(cls=Group, help="Beweiswerte: Hashbäume, Zeitstempel und Unversehrtheit des Gespeicherten.")
def evidence() -> None:
    """Hold the commands on evidence together."""


@evidence.command(
    help="Sichern, was seit dem letzten Mal gespeichert wurde: als Hashbaum, mit Zeitstempel, wenn ein Dienst "
    "eingestellt ist. Der Worker tut das jeden Tag von selbst."
)
@click.option("--whole", is_flag=True, help="Den ganzen Bestand nach Ungesichertem durchsehen.")
@pass_console
def seal(console: Console, *, whole: bool) -> None:
    """Seal what is new."""
    asking = _asking(console)
    done = sealing.seal(console.database, asking, clock(), whole=whole)
    stamped = done.stamped + (sealing.stamp_waiting(console.database, asking).stamped if asking else 0)
    click.echo(f"Gesichert: {done.objects} Dateien in {done.trees} Hashbäumen; Zeitstempel: {stamped}.")


@evidence.command(
    help="Zeitstempel erneuern, deren Zertifikat bald endet (RFC 4998). Der Worker tut das jeden Tag von selbst."
)
@click.option("--everything", is_flag=True, help="Alle jüngsten Zeitstempel, etwa weil ein Verfahren unsicher wird.")
@pass_console
def renew(console: Console, *, everything: bool) -> None:
    """Renew stamps."""
    asking = _asking(console)
    if asking is None:
        raise TimestampFailed(problem="Es ist kein Dienst eingestellt (timestamp_url).")
    done = sealing.renew(console.database, asking, clock(), everything=everything)
    click.echo(f"Erneuert: {done.renewed} Zeitstempel.")


def _asking(console: Console) -> sealing.Ask | None:
    url = console.settings.timestamp_url
    return partial(ask, url) if url else None


@evidence.command(
    help="Eine Akte ganz prüfen: jede gespeicherte Datei gegen ihre Hashwerte, den Hashbaum und den Zeitstempel, "
    "jeden Eintrag des Verlaufs gegen seinen Hash. Rückgabewert 1, wenn etwas nicht stimmt."
)
@click.argument("reference", metavar="AKTENZEICHEN")
@acting(needed=False)
@as_json
@pass_console
@click.pass_context
def verify(context: click.Context, console: Console, reference: str, login: str | None, *, json_wanted: bool) -> None:
    """Verify all evidence of a case file."""
    trusted = certificates(console.settings.timestamp_certificates)
    with console.reading(login) as (session, actor, now):
        file_id = case_file_id(session, actor, reference, now)
        objects = console.services.objects
        found = actions.of_case_file(session, actor, file_id, objects=objects, trusted=trusted, now=now)
    if json_wanted:
        print_json({**_plain(found), "sound": found.sound, "whole": found.whole})
    else:
        table(
            ["Dokument", "Fassung", "Datei", "Bytes", "Nachweis", "vom", "SHA-256"],
            [
                [one.reference, one.version, one.part, actions.BYTES_LABELS[one.bytes],
                 actions.SEAL_LABELS[one.seal], _day(one.proven_at), one.sha256]
                for one in found.proofs
            ],
            empty="Die Akte hat keine Dokumente.",
        )  # fmt: skip
        click.echo(f"Verlauf: {found.entries} Einträge, {len(found.broken_entries)} passen nicht zu ihrem Hash.")
    context.exit(Exit.DONE if found.sound else Exit.REFUSED)


def _plain(found: actions.FileEvidence) -> dict[str, Any]:
    return {"proofs": found.proofs, "entries": found.entries, "broken_entries": found.broken_entries}


def _day(moment: datetime | None) -> str:
    return german(day_of(moment)) if moment else "–"


@evidence.command(help="Den Beweisdatensatz (RFC 4998) einer Datei einer Akte ausgeben.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.argument("sha256", metavar="SHA-256")
@click.argument("target", metavar="ZIEL", type=click.Path(dir_okay=False, path_type=Path))
@acting(needed=False)
@pass_console
def record(console: Console, reference: str, sha256: str, target: Path, login: str | None) -> None:
    """Write the evidence record of a stored file."""
    with console.reading(login) as (session, actor, now):
        file_id = case_file_id(session, actor, reference, now)
        content = actions.record_of(session, actor, file_id, sha256.lower(), now)
    target.write_bytes(content)
    click.echo(f"Beweisdatensatz geschrieben: {target}")


@evidence.command(help="Zeigen, wie die laufende Prüfung des Gespeicherten steht. Rückgabewert 1 bei Schäden.")
@click.option("--now", "at_once", is_flag=True, help="Vorher den ganzen Bestand lesen; das kann Stunden dauern.")
@acting(needed=False)
@as_json
@pass_console
@click.pass_context
def check(context: click.Context, console: Console, login: str | None, *, at_once: bool, json_wanted: bool) -> None:
    """Show the fixity of all objects."""
    if at_once:
        with progress_bar(fixity.SHARES, "Prüfung") as bar:
            _read_all(console, bar.update if bar else lambda _: None)
    with console.reading(login) as (session, actor, _):
        found = fixity.report(session, actor)
        lost = [[one.sha256, DAMAGE_LABELS[one.problem], german(day_of(one.found_at))] for one in found.damages]
    if json_wanted:
        print_json({
            "shares": found.shares, "of": fixity.SHARES, "objects": found.objects, "size": found.size,
            "oldest": found.oldest, "damaged": found.damaged, "damages": lost,
        })  # fmt: skip
    else:
        click.echo(
            f"Gelesen: {found.objects} Dateien in {found.shares} von {fixity.SHARES} Teilen, "
            f"der älteste Teil am {_day(found.oldest)}. Beschädigt: {found.damaged}."
        )
        if lost:
            table(["SHA-256", "Schaden", "gefunden am"], lost, empty="")
    context.exit(Exit.REFUSED if found.damaged else Exit.DONE)


def _read_all(console: Console, progress: Callable[[int], object]) -> None:
    for share in range(fixity.SHARES):
        fixity.read_share(console.database, console.services.objects, share, clock())
        progress(1)
