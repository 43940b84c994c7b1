"""``disposal archive arrivals`` and what is decided about them: what the archive sent and nobody could read."""

from __future__ import annotations

from uuid import UUID

import click

from eakte.actions import archive_arrivals
from eakte.actions.archive_arrivals import ArrivalLine
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.german import Command
from eakte.cli.output import print_json, table
from eakte.records.archive_arrivals import ARRIVAL_DECISION_LABELS, ArrivalDecision


@click.command(cls=Command, help="Sendungen des Archivs auflisten, die niemand lesen konnte, mit Grund.")
@click.option("--decided", is_flag=True, help="Nur was entschieden ist.")
@acting(needed=True)
@limit
@as_json
@pass_console
def arrivals(console: Console, login: str, *, decided: bool, limit: int, json_wanted: bool) -> None:
    """List arrivals."""
    with console.reading(login) as (session, actor, now):
        lines, total = archive_arrivals.listing(session, actor, decided=decided, limit=limit, now=now)
        rows = [_told(line) for line in lines]
        shown = [
            [line.row.name, line.row.arrived_at, " ".join(line.found), _decided(line), line.row.id] for line in lines
        ]
    if json_wanted:
        print_json({"total": total, "arrivals": rows})
        return
    table(["Sendung", "angekommen", "Grund", "Entscheidung", "Kennung"], shown, empty="Alles ließ sich lesen.")


def _shown(line: ArrivalLine) -> list[object]:
    row = line.row
    return [row.name, row.arrived_at, " ".join(line.found), _decided(line), row.id]


def _decided(line: ArrivalLine) -> str:
    """Return the decision, or what is possible."""
    if line.row.decision is not None:
        return ARRIVAL_DECISION_LABELS[line.row.decision]
    return ", ".join(one.value for one in line.decisions)


def _told(line: ArrivalLine) -> dict[str, object]:
    row = line.row
    return {
        "id": row.id,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "arrived_at": row.arrived_at,
        "process": row.process_id,
        "message": row.kind,
        "findings": row.findings,
        "possible": [one.value for one in line.decisions],
        "decision": row.decision,
        "reason": row.reason,
    }


@click.command(cls=Command, help="Sendungen noch einmal einlesen, etwa nachdem die Schemata ergänzt sind.")
@click.argument("ids", metavar="KENNUNG…", nargs=-1, required=True, type=click.UUID)
@click.option("--despite", metavar="GRUND", default="", help="Trotz Befunden zur Form einlesen, mit diesem Grund.")
@acting(needed=True)
@pass_console
def retry(console: Console, ids: tuple[UUID, ...], despite: str, login: str) -> None:
    """Have arrivals looked at again."""
    decision = ArrivalDecision.DESPITE if despite.strip() else ArrivalDecision.RETRY
    left = _decide(console, ids, decision, despite, login)
    click.echo(f"Eingelesen: {len(ids) - left}; weiter nicht lesbar: {left}.")


@click.command("set-aside", cls=Command, help="Sendungen ohne Wirkung beiseitelegen; sie bleiben aufbewahrt.")
@click.argument("ids", metavar="KENNUNG…", nargs=-1, required=True, type=click.UUID)
@click.option("--reason", metavar="TEXT", required=True, help="Der Grund; er steht im Protokoll.")
@acting(needed=True)
@pass_console
def set_aside(console: Console, ids: tuple[UUID, ...], reason: str, login: str) -> None:
    """Set arrivals aside."""
    _decide(console, ids, ArrivalDecision.SET_ASIDE, reason, login)
    click.echo(f"Beiseitegelegt: {len(ids)}.")


def _decide(console: Console, ids: tuple[UUID, ...], decision: ArrivalDecision, reason: str, login: str) -> int:
    chosen = list(dict.fromkeys(ids))
    with console.writing(login) as (session, actor, now):
        services = console.services
        return archive_arrivals.decide(
            session, actor, services.objects, services.settings, chosen, decision, reason=reason, now=now
        )
