"""``disposal run``: disposal runs from drawing up to the last result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from eakte.actions import disposal_runs, run_appraisal, run_approval, run_reports, run_review, run_view
from eakte.actions.archive_terms import terms_of
from eakte.actions.disposal_runs import Selection
from eakte.actions.run_reports import REPORT_LABELS, RunReport
from eakte.actions.run_view import RunLine, RunShown
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.errors import NotFound
from eakte.records.access import Actor
from eakte.records.disposal_runs import PARTY_LABELS, RESULT_LABELS, STAGE_LABELS, RunAnswer
from eakte.records.states import RUN_LABELS
from eakte.web.report_pdf import table_pdf
from eakte.web.spreadsheet import to_csv
from retention.model import DisposalAction

MOST_RUNS = 1_000
DAY = click.DateTime(["%d.%m.%Y", "%Y-%m-%d"])
ANSWERS = {"agree": RunAnswer.AGREED, "object": RunAnswer.OBJECTED, "keep": RunAnswer.KEEP_LONGER}


@click.group(cls=Group, help="Aussonderungsläufe aufstellen, prüfen, bewerten, freigeben und berichten.")
def run() -> None:
    """Hold the commands on disposal runs together."""


def _run_id(session: Session, actor: Actor, wanted: str, now: datetime) -> UUID:
    """Return the run with the id, or the only one with the title."""
    lines, _ = run_view.listing(session, actor, limit=MOST_RUNS, now=now)
    found = [line.run.id for line in lines if wanted in {str(line.run.id), line.run.title}]
    if len(found) != 1:
        raise NotFound
    return found[0]


def _name(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("name", metavar="LAUF")(command)


def _references(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("references", metavar="AKTENZEICHEN…", nargs=-1, required=True)(command)


def _reason(*, needed: bool = True) -> Callable[[Any], Any]:
    return click.option("--reason", metavar="TEXT", required=needed, default="", help="Der Grund.")


@run.command("list", help="Läufe auflisten, die neuesten zuerst; mit --mine nur, was auf die Person wartet.")
@click.option("--mine", is_flag=True, help="Nur Läufe, die auf die Person warten.")
@acting(needed=True)
@limit
@as_json
@pass_console
def list_runs(console: Console, login: str, *, mine: bool, limit: int, json_wanted: bool) -> None:
    """List runs."""
    with console.reading(login) as (session, actor, now):
        lines = (
            run_view.waiting(session, actor, now)[:limit]
            if mine
            else run_view.listing(session, actor, limit=limit, now=now)[0]
        )
        rows = [_row(line) for line in lines]
    if json_wanted:
        print_json(
            [dict(zip(("id", "title", "state", "waits_for", "files", "left"), row, strict=True)) for row in rows]
        )
        return
    shown = [[row[1], row[2], row[3], row[4], row[5], row[0]] for row in rows]
    table(["Lauf", "Stand", "wartet auf", "Akten", "ohne Ergebnis", "Kennung"], shown, empty="Keine Läufe.")


def _row(line: RunLine) -> tuple[str, str, str, str, int, int]:
    waits = ", ".join(PARTY_LABELS[party] for party in sorted(line.waits_for))
    found, counts = line.run, line.counts
    return (str(found.id), found.title, RUN_LABELS[found.state], waits, counts.files, counts.left)


@run.command(help="Einen Lauf aus allen fälligen Akten einer Auswahl aufstellen.")
@click.argument("title", metavar="BEZEICHNUNG")
@click.option("--plan", "plan_code", metavar="KENNZEICHEN", default="", help="Nur dieser Zweig des Aktenplans.")
@click.option(
    "--unit", "unit_code", metavar="OE", default="", help="Nur diese Organisationseinheit mit allen darunter."
)
@click.option("--until", type=DAY, metavar="TT.MM.JJJJ", help="Nur Akten, deren Aufbewahrung bis dahin endete.")
@acting(needed=True)
@pass_console
def create(console: Console, title: str, plan_code: str, unit_code: str, until: datetime | None, login: str) -> None:
    """Draw up a run."""
    selection = Selection(plan_code, unit_code, until.date() if until else None)
    with console.writing(login) as (session, actor, now):
        made = disposal_runs.create(session, actor, title, selection, now)
        count = len(disposal_runs.unsettled(session, actor, made.id, now))
    click.echo(f"Der Lauf „{title}“ ist aufgestellt: {count} Akten. Kennung {made.id}")


@run.command(help="Einen Lauf mit seinen Akten zeigen.")
@_name
@click.option("--only", type=click.Choice([one.value for one in RunShown]), help="Nur diese Akten.")
@acting(needed=True)
@limit
@as_json
@pass_console
def show(console: Console, name: str, only: str | None, login: str, *, limit: int, json_wanted: bool) -> None:
    """Show a run."""
    shown = RunShown(only) if only else RunShown.ALL
    with console.reading(login) as (session, actor, now):
        run_id = _run_id(session, actor, name, now)
        found = run_view.show(session, actor, run_id, shown=shown, limit=limit, now=now)
        rows = [
            {
                "reference": one.file.file_reference,
                "subject": one.file.subject,
                "retention_end": one.row.retention_end,
                "answer": one.row.answer,
                "decision": one.row.decision,
                "stage": one.stage,
                "result": one.row.result,
                "reason": one.row.result_reason,
            }
            for one in found.files
        ]
        head = _row(found.line)
    if json_wanted:
        print_json(
            {"id": head[0], "title": head[1], "state": found.line.run.state, "total": found.total, "files": rows}
        )
        return
    click.echo(f"{head[1]}: {head[2]}" + (f", wartet auf {head[3]}" if head[3] else ""))
    lines = [
        [
            one.file.file_reference,
            one.file.subject,
            one.row.retention_end,
            RESULT_LABELS[one.row.result] if one.row.result else STAGE_LABELS[one.stage],
            one.row.result_reason,
        ]
        for one in found.files
    ]
    table(["Aktenzeichen", "Betreff", "Fristende", "Stand", "Grund"], lines, empty="Keine Akten.")


def _change(
    console: Console,
    login: str,
    name: str,
    references: Sequence[str],
    act: Callable[[Session, Actor, UUID, list[UUID], datetime], None],
) -> None:
    """Do something to case files of a run, named by their references."""
    with console.writing(login) as (session, actor, now):
        run_id = _run_id(session, actor, name, now)
        act(session, actor, run_id, disposal_runs.ids_in_run(session, actor, run_id, references, now), now)
    click.echo(f"Erledigt: {len(references)} Akten.")


@run.command(help="Weitere fällige Akten in einen Lauf aufnehmen, solange er aufgestellt wird.")
@_name
@_references
@_reason()
@acting(needed=True)
@pass_console
def add(console: Console, name: str, references: tuple[str, ...], reason: str, login: str) -> None:
    """Put case files in."""
    with console.writing(login) as (session, actor, now):
        run_id = _run_id(session, actor, name, now)
        ids = disposal_runs.ids_of(session, actor, references, now)
        disposal_runs.add(session, actor, run_id, ids, reason=reason, now=now)
    click.echo(f"Aufgenommen: {len(references)} Akten.")


@run.command("take-out", help="Akten aus einem Lauf herausnehmen.")
@_name
@_references
@_reason()
@acting(needed=True)
@pass_console
def take_out(console: Console, name: str, references: tuple[str, ...], reason: str, login: str) -> None:
    """Take case files out."""
    _change(
        console,
        login,
        name,
        references,
        lambda session, actor, run_id, ids, now: disposal_runs.take_out(
            session, actor, run_id, ids, reason=reason, now=now
        ),
    )


@run.command("next", help="Den Lauf weitergeben: an die Fachämter, an das Archiv, zur Freigabe.")
@_name
@acting(needed=True)
@pass_console
def go_on(console: Console, name: str, login: str) -> None:
    """Move a run on."""
    archive = console.services.archive
    with console.writing(login) as (session, actor, now):
        run_id = _run_id(session, actor, name, now)
        run_approval.go_on(session, actor, run_id, archive, now, terms=terms_of(console.settings))
        state = disposal_runs.run_of(session, actor, run_id, now).state
    click.echo(f"Der Lauf ist jetzt: {RUN_LABELS[state]}.")


@run.command(help="Für das Fachamt antworten: agree, object oder keep (länger aufbewahren).")
@_name
@_references
@click.option("--answer", "given", type=click.Choice(list(ANSWERS)), required=True, help="Die Antwort.")
@click.option("--until", type=DAY, metavar="TT.MM.JJJJ", help="Bei keep: aufbewahren bis.")
@_reason(needed=False)
@acting(needed=True)
@pass_console
def answer(
    console: Console,
    name: str,
    references: tuple[str, ...],
    given: str,
    until: datetime | None,
    reason: str,
    login: str,
) -> None:
    """Answer for the department."""
    day = until.date() if until else None
    _change(
        console,
        login,
        name,
        references,
        lambda session, actor, run_id, ids, now: run_review.answer(
            session, actor, run_id, ids, ANSWERS[given], reason=reason, keep_until=day, now=now
        ),
    )


@run.command(help="Über den Wunsch des Fachamts entscheiden, Akten länger aufzubewahren.")
@_name
@_references
@click.option("--grant/--decline", "granted", required=True, help="Gewähren (Löschsperre) oder ablehnen.")
@_reason(needed=False)
@acting(needed=True)
@pass_console
def wish(console: Console, name: str, references: tuple[str, ...], reason: str, login: str, *, granted: bool) -> None:
    """Decide about a wish."""

    def act(session: Session, actor: Actor, run_id: UUID, ids: list[UUID], now: datetime) -> None:
        if granted:
            run_review.grant(session, actor, run_id, ids, now)
        else:
            run_review.decline(session, actor, run_id, ids, reason=reason, now=now)

    _change(console, login, name, references, act)


@run.command(help="Für das Archiv von Hand bewerten: A (archivwürdig), V (vernichten), B (später).")
@_name
@_references
@click.option(
    "--decision", type=click.Choice([one.value for one in DisposalAction]), required=True, help="A, B oder V."
)
@acting(needed=True)
@pass_console
def appraise(console: Console, name: str, references: tuple[str, ...], decision: str, login: str) -> None:
    """Decide for the archive."""
    _change(
        console,
        login,
        name,
        references,
        lambda session, actor, run_id, ids, now: run_appraisal.decide(
            session, actor, run_id, ids, DisposalAction(decision), now
        ),
    )


@run.command("take-over", help="Bestätigen, dass das Archiv Akten unter seiner Kennung hat.")
@_name
@_references
@click.option("--archive-reference", "given", metavar="KENNUNG", required=True, help="Signatur oder Zugangsnummer.")
@acting(needed=True)
@pass_console
def take_over(console: Console, name: str, references: tuple[str, ...], given: str, login: str) -> None:
    """Confirm that the archive has them."""
    _change(
        console,
        login,
        name,
        references,
        lambda session, actor, run_id, ids, now: run_appraisal.take_over(
            session, actor, run_id, ids, reference=given, now=now
        ),
    )


@run.command(help="Als zweite Person alles freigeben, was auf sie wartet.")
@_name
@click.option("--count", type=int, metavar="ZAHL", required=True, help="Zahl der Akten, zur Bestätigung.")
@acting(needed=True)
@pass_console
def approve(console: Console, name: str, count: int, login: str) -> None:
    """Approve a run."""
    archive = console.services.archive
    with console.writing(login) as (session, actor, now):
        run_approval.approve(
            session,
            actor,
            _run_id(session, actor, name, now),
            typed_count=count,
            cooling_off_days=console.settings.cooling_off_days,
            gateway=archive,
            now=now,
        )
    click.echo(f"Freigegeben: {count} Akten. Nach der Bedenkzeit wird ausgeführt.")


@run.command(help="Einen Lauf abbrechen; seine Akten stehen danach wie vorher.")
@_name
@_reason()
@acting(needed=True)
@pass_console
def cancel(console: Console, name: str, reason: str, login: str) -> None:
    """Cancel a run."""
    with console.writing(login) as (session, actor, now):
        disposal_runs.cancel(session, actor, _run_id(session, actor, name, now), reason=reason, now=now)
    click.echo(f"Der Lauf „{name}“ ist abgebrochen.")


@run.command(help="Einen Bericht als PDF oder CSV speichern; die Endung der Datei entscheidet.")
@_name
@click.argument("kind", metavar="BERICHT", type=click.Choice([one.value for one in RunReport]))
@click.argument("file", metavar="DATEI", type=click.Path(dir_okay=False, path_type=Path))
@acting(needed=True)
@pass_console
def report(console: Console, name: str, kind: str, file: Path, login: str) -> None:
    """Save a report."""
    with console.writing(login) as (session, actor, now):
        made = run_reports.report(session, actor, _run_id(session, actor, name, now), RunReport(kind), now)
    if file.suffix.lower() == ".pdf":
        file.write_bytes(table_pdf(made.title, made.above, made.heads, made.rows, made.widths))
    else:
        file.write_bytes(to_csv([made.heads, *made.rows]))
    click.echo(f"{REPORT_LABELS[RunReport(kind)]} gespeichert: {file}")
