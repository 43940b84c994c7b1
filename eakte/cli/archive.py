"""``disposal archive``: the exchange with the archive, its differences and what it owes an answer to."""

from __future__ import annotations

from uuid import UUID

import click

from eakte.actions import archive_waiting, differences
from eakte.actions.archive_waiting import Awaited
from eakte.actions.differences import DifferenceLine
from eakte.cli.archive_arrivals import arrivals, retry, set_aside
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.german import Group
from eakte.cli.output import cell, print_json, table
from eakte.records.differences import DECISION_LABELS, DifferenceDecision
from retention.procedure import TITLES

POSSIBLE = [one.value for one in DifferenceDecision if one is not DifferenceDecision.SETTLED]


@click.group(cls=Group, help="Abweichungen im Austausch mit dem Archiv entscheiden und auf Antworten achten.")
def archive() -> None:
    """Hold the commands on the exchange together."""


for _command in (arrivals, retry, set_aside):
    archive.add_command(_command)


@archive.command("differences", help="Abweichungen auflisten: die offenen, oder mit --decided die entschiedenen.")
@click.option("--decided", is_flag=True, help="Nur was entschieden ist.")
@acting(needed=True)
@limit
@as_json
@pass_console
def list_differences(console: Console, login: str, *, decided: bool, limit: int, json_wanted: bool) -> None:
    """List differences."""
    with console.reading(login) as (session, actor, now):
        lines, total = differences.listing(session, actor, decided=decided, limit=limit, now=now)
        rows = [_told(line) for line in lines]
        shown = [[line.label, _reference(line), line.row.found, _decided(line), line.row.id] for line in lines]
    if json_wanted:
        print_json({"total": total, "differences": rows})
        return
    table(["Abweichung", "Akte", "Gefunden", "Entscheidung", "Kennung"], shown, empty="Keine Abweichungen.")


def _reference(line: DifferenceLine) -> str:
    return line.file.file_reference if line.file else ""


def _decided(line: DifferenceLine) -> str:
    """Return the decision, or what is possible."""
    if line.row.decision is not None:
        return DECISION_LABELS[line.row.decision]
    return ", ".join(one.value for one in line.decisions)


def _told(line: DifferenceLine) -> dict[str, object]:
    row = line.row
    return {
        "id": row.id,
        "difference": line.label,
        "reference": _reference(line),
        "message": row.message.kind,
        "expected": line.expected,
        "found": row.found,
        "blocks": row.blocks,
        "possible": [one.value for one in line.decisions],
        "decision": row.decision,
        "reason": row.reason,
    }


@archive.command(help="Über Abweichungen entscheiden, alle oder keine.")
@click.argument("ids", metavar="KENNUNG…", nargs=-1, required=True, type=click.UUID)
@click.option("--decision", "decision", type=click.Choice(POSSIBLE), required=True, help="Die Entscheidung.")
@click.option("--reason", metavar="TEXT", required=True, help="Der Grund; er steht im Protokoll.")
@acting(needed=True)
@pass_console
def decide(console: Console, ids: tuple[UUID, ...], decision: str, reason: str, login: str) -> None:
    """Decide about differences."""
    chosen = DifferenceDecision(decision)
    with console.writing(login) as (session, actor, now):
        services = console.services
        differences.decide(
            session, actor, services.objects, ids, chosen, reason=reason, gateway=services.archive, now=now
        )
    click.echo(f"Entschieden über {len(ids)}: {DECISION_LABELS[chosen]}.")


@archive.command(help="Auflisten, auf welche Antworten des Archivs gewartet wird und bis wann.")
@acting(needed=True)
@as_json
@pass_console
def waiting(console: Console, login: str, *, json_wanted: bool) -> None:
    """List what waits for an answer."""
    with console.reading(login) as (session, actor, now):
        found = archive_waiting.awaited(session, actor, console.settings, now)
    if json_wanted:
        print_json([_awaited(one) for one in found])
        return
    rows = [
        [TITLES[one.row.kind], ", ".join(one.references), one.row.at, one.due, one.overdue, one.row.id] for one in found
    ]
    table(["Nachricht", "Akten", "seit", "Antwort bis", "überfällig", "Kennung"], rows, empty="Nichts wartet.")


def _awaited(one: Awaited) -> dict[str, object]:
    row = one.row
    return {
        "id": row.id,
        "message": row.kind,
        "references": one.references,
        "since": row.at,
        "reminded_at": row.reminded_at,
        "due": one.due,
        "overdue": one.overdue,
    }


@archive.command(help="Festhalten, dass das Archiv an eine Antwort erinnert wurde; die Frist beginnt neu.")
@click.argument("message_id", metavar="KENNUNG", type=click.UUID)
@click.option("--note", metavar="TEXT", default="", help="Wie oder woran erinnert wurde.")
@acting(needed=True)
@pass_console
def remind(console: Console, message_id: UUID, note: str, login: str) -> None:
    """Note a reminder."""
    with console.writing(login) as (session, actor, now):
        archive_waiting.remind(session, actor, console.settings, message_id, note=note, now=now)
    click.echo(f"Festgehalten: das Archiv ist an die Antwort zu {cell(message_id)} erinnert.")


@archive.command("send-again", help="Eine Nachricht unverändert noch einmal senden.")
@click.argument("message_id", metavar="KENNUNG", type=click.UUID)
@acting(needed=True)
@pass_console
def send_again(console: Console, message_id: UUID, login: str) -> None:
    """Have a message delivered once more."""
    with console.writing(login) as (session, actor, now):
        archive_waiting.send_again(session, actor, console.settings, message_id, console.services.archive, now)
    click.echo("Die Nachricht wird noch einmal gesendet.")
