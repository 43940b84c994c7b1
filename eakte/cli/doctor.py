"""``doctor``: look at everything an installation needs and say what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from logging import getLogger

import click

from eakte.cli.checkup import host, outside, stock, work
from eakte.cli.checkup.model import GRAVE, LABELS, Finding, Findings, Level, Patient, fault
from eakte.cli.console import Console, as_json, clock, pass_console
from eakte.cli.exits import Exit, outcome_of
from eakte.cli.german import Command
from eakte.cli.output import print_json
from eakte.settings import release

LOG = getLogger(__name__)

Check = Callable[[Patient], Findings]
FIRST: tuple[Check, ...] = (host.settings, host.disk, host.clock, host.languages, stock.database)
ON_DATABASE: tuple[Check, ...] = (
    host.programs,
    stock.objects,
    stock.samples,
    stock.keys,
    stock.index,
    stock.history,
    work.work,
    work.intake,
    work.disposal,
)
LAST: tuple[Check, ...] = (outside.archive, outside.scanner, outside.sign_in, outside.sources)


@click.command(
    cls=Command,
    help="Alles prüfen, was der Betrieb braucht: Einstellungen, Datenträger, Uhr, Datenbank, Objekte, Schlüssel, "
    "Suchindex, Worker, Aufträge, Archiv, Virenscanner, Anmeldung. Jede Zeile sagt, was gefunden wurde und was zu tun "
    "ist. Geändert wird nichts. Rückgabewert 1 bei Warnungen und Fehlern.",
)
@as_json
@pass_console
@click.pass_context
def doctor(context: click.Context, console: Console, *, json_wanted: bool) -> None:
    """Check the installation."""
    patient = Patient(console.settings, clock())
    with patient.opened:
        found = list(examine(patient))
    grave = [each for each in found if each.level in GRAVE]
    if json_wanted:
        print_json({"release": release(), "at": patient.now, "well": not grave, "findings": found})
    else:
        for each in found:
            click.echo(f"{LABELS[each.level]:<8}{each.found}" + (f"\n{'':8}→ {each.advice}" if each.advice else ""))
        click.echo(_sum(grave))
    context.exit(Exit.REFUSED if grave else Exit.DONE)


def examine(patient: Patient) -> Iterator[Finding]:
    """Do all checks in order; without a database that can be used, those that ask it are left out."""
    first = [each for check in FIRST for each in _checked(check, patient)]
    yield from first
    about_database = {"database", "migrations"}
    if not any(each.level is Level.FAULT and each.check in about_database for each in first):
        for check in ON_DATABASE:
            yield from _checked(check, patient)
    for check in LAST:
        yield from _checked(check, patient)


def _checked(check: Check, patient: Patient) -> Iterator[Finding]:
    """Do one check; what it stumbles over is a finding, too."""
    try:
        yield from check(patient)
    except Exception as error:  # noqa: BLE001 - whatever one part does, the others shall be looked at
        _, text = outcome_of(error)
        yield fault(check.__name__, text, "Einstellung, Netz und eakte.log prüfen.")


def _sum(grave: list[Finding]) -> str:
    faults = sum(each.level is Level.FAULT for each in grave)
    if not grave:
        return "Alles in Ordnung."
    return f"Fehler: {faults}, Warnungen: {len(grave) - faults}."
