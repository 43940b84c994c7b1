"""``disposal``: retention and destruction."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import func, select

from eakte.actions import disposal as actions
from eakte.actions import verdicts
from eakte.cli.cases import case_file_id
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.disposal_run import run
from eakte.cli.german import Group
from eakte.cli.output import cell, print_json, progress_bar, table
from eakte.errors import NotFound
from eakte.records.calendar import day_of
from eakte.records.states import LABELS, CaseFileState
from eakte.store.disposal import Disposal, VerdictRow
from eakte.store.files import CaseFile
from eakte.store.plan import RetentionRule
from retention.model import Outcome

OUTCOMES = {
    Outcome.OPEN: "in Bearbeitung",
    Outcome.NO_RULE: "ohne Regel",
    Outcome.WAITING_FOR_EVENT: "wartet auf ein Ereignis",
    Outcome.KEEP: "aufzubewahren",
    Outcome.KEEP_PERMANENTLY: "dauernd aufzubewahren",
    Outcome.ON_HOLD: "Löschsperre",
    Outcome.OFFER: "dem Archiv anzubieten",
    Outcome.DESTROY: "zu vernichten",
    Outcome.CONFLICT: "Widerspruch der Fristen",
}


@click.group(cls=Group, help="Aufbewahrung prüfen, Vernichtung vorschlagen und zu zweit freigeben.")
def disposal() -> None:
    """Hold the commands on retention and destruction together."""


disposal.add_command(run)


@disposal.command(
    help="Die Aufbewahrung aller Akten neu bewerten, wie es der tägliche Lauf tut, und das Ergebnis zählen."
)
@as_json
@pass_console
def review(console: Console, *, json_wanted: bool) -> None:
    """Evaluate retention of all case files."""
    changed = 0
    with console.reading(None) as (stock, _, now):
        files = stock.scalar(select(func.count()).select_from(CaseFile)) or 0
        with progress_bar(files, "Prüfen") as bar:
            for found in verdicts.changed(stock, day_of(now)):
                with console.writing(None) as (session, _, _now):
                    changed += verdicts.review(session, found.ids, day_of(now))
                if bar:
                    bar.update(found.evaluated)
    with console.reading(None) as (session, _, _now):
        kept = select(VerdictRow.outcome).join(CaseFile, CaseFile.id == VerdictRow.case_file_id)
        counts = Counter(session.scalars(kept.where(CaseFile.state != CaseFileState.DESTROYED)))
    if json_wanted:
        print_json(
            {"case_files": counts.total(), "changed": changed, "outcomes": {one: counts[one] for one in Outcome}}
        )
        return
    table(["Ergebnis", "Akten"], [[OUTCOMES[one], counts[one]] for one in Outcome if counts[one]], empty="Keine Akten.")
    click.echo(f"{counts.total()} Akten bewertet, {changed} Ergebnisse haben sich geändert.")


@disposal.command("list", help="Akten nach dem Ergebnis der Prüfung auflisten, die frühesten Fristen zuerst.")
@acting(needed=True)
@click.option("--outcome", type=click.Choice([one.value for one in Outcome]), help="Nur Akten mit diesem Ergebnis.")
@limit
@as_json
@pass_console
def list_files(console: Console, login: str, *, outcome: str | None, limit: int, json_wanted: bool) -> None:
    """List the worklist of retention."""
    wanted = Outcome(outcome) if outcome else None
    with console.reading(login) as (session, actor, now):
        found = actions.worklist(session, actor, outcome=wanted, limit=limit, now=now)
        running = {row.file.case_file_id: row.disposal.state for row in found.rows if row.disposal}
    if json_wanted:
        rows = [
            {"case_file": row.file, "outcome": row.outcome, "retention_end": row.retention_end, "rule": row.rule_id,
             "steps": row.steps, "disposal": running.get(row.file.case_file_id)}
            for row in found.rows
        ]  # fmt: skip
        print_json({"total": found.total, "counts": found.counts, "rows": rows})
        return
    lines = [
        [
            row.file.reference,
            row.file.subject,
            OUTCOMES[row.outcome],
            row.retention_end,
            LABELS[running[row.file.case_file_id]] if row.file.case_file_id in running else "",
        ]
        for row in found.rows
    ]
    table(["Aktenzeichen", "Betreff", "Ergebnis", "Fristende", "Verfahren"], lines, empty="Keine Akten.")
    if lines:
        click.echo(f"{len(lines)} von {found.total} Akten.")


@disposal.command(help="Die Vernichtung einer Akte vorschlagen, deren Frist abgelaufen ist.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.option("--reason", metavar="TEXT", required=True, help="Der Grund; er steht im Vernichtungsnachweis.")
@acting(needed=True)
@pass_console
def propose(console: Console, reference: str, reason: str, login: str) -> None:
    """Propose destruction."""
    with console.writing(login) as (session, actor, now):
        actions.propose(session, actor, [case_file_id(session, actor, reference, now)], reason=reason, now=now)
    click.echo(f"Die Vernichtung von {reference} ist vorgeschlagen. Freigeben muss eine zweite Person.")


@disposal.command(help="Einen Vorschlag als zweite Person freigeben. Vernichtet wird nach der Bedenkzeit.")
@click.argument("reference", metavar="AKTENZEICHEN")
@acting(needed=True)
@pass_console
def approve(console: Console, reference: str, login: str) -> None:
    """Approve a proposal."""
    with console.writing(login) as (session, actor, now):
        proposal = _proposal(actions.proposals(session, actor, now), reference)
        days = console.settings.cooling_off_days
        approved = actions.approve(session, actor, proposal, cooling_off_days=days, now=now)
        first = approved.not_before
    click.echo(f"Die Vernichtung von {reference} ist freigegeben. Sie wird frühestens am {cell(first)} ausgeführt.")


@disposal.command(help="Einen Vorschlag ablehnen oder eine Freigabe während der Bedenkzeit zurücknehmen.")
@click.argument("reference", metavar="AKTENZEICHEN")
@acting(needed=True)
@pass_console
def reject(console: Console, reference: str, login: str) -> None:
    """Reject a proposal."""
    with console.writing(login) as (session, actor, now):
        actions.reject(session, actor, _proposal(actions.proposals(session, actor, now), reference), now=now)
    click.echo(f"Die Vernichtung von {reference} ist abgelehnt.")


def _proposal(open_ones: tuple[Disposal, ...], reference: str) -> UUID:
    for one in open_ones:
        if one.case_file.file_reference == reference:
            return one.id
    raise NotFound


@disposal.command(
    help="Den Vernichtungsnachweis einer Akte ausgeben (JSON) oder als PDF speichern; ohne Angabe auflisten."
)
@click.argument("reference", metavar="[AKTENZEICHEN]", required=False)
@click.option(
    "--pdf", type=click.Path(dir_okay=False, path_type=Path), metavar="DATEI", help="Als PDF hierhin speichern."
)
@acting(needed=True)
@as_json
@pass_console
def certificate(console: Console, reference: str | None, pdf: Path | None, login: str, *, json_wanted: bool) -> None:
    """Show or save a destruction certificate."""
    with console.reading(login) as (session, actor, now):
        done = actions.certificates(session, actor, limit=10_000, now=now)
        chosen = [one for one in done if one.reference == reference]
        kept = actions.certificate(session, actor, chosen[0].disposal_id, now) if chosen else None
    if reference is None:
        _list_certificates(done, json_wanted=json_wanted)
    elif kept is None:
        raise NotFound
    elif pdf is None:
        click.echo(kept.document.decode())
    else:
        pdf.write_bytes(kept.pdf)
        click.echo(f"Der Nachweis liegt in {pdf}.")


def _list_certificates(done: tuple[actions.CertificateRow, ...], *, json_wanted: bool) -> None:
    if json_wanted:
        print_json(done)
        return
    rows = [[one.reference, one.done_at, one.proposed_by, one.decided_by] for one in done]
    table(["Aktenzeichen", "vernichtet", "vorgeschlagen von", "freigegeben von"], rows, empty="Noch nichts vernichtet.")


@disposal.command(help="Die Aufbewahrungsregeln mit Frist, Aussonderungsart und Rechtsgrundlage auflisten.")
@as_json
@pass_console
def rules(console: Console, *, json_wanted: bool) -> None:
    """List the retention rules."""
    with console.reading(None) as (session, _, _now):
        found = [row.rule() for row in session.scalars(select(RetentionRule).order_by(RetentionRule.rule_id))]
    if json_wanted:
        print_json(found)
        return
    rows = [
        [rule.rule_id, rule.title, _period(rule.months), rule.trigger_label, rule.action.value, rule.legal_basis]
        for rule in found
    ]
    table(["Regel", "Titel", "Frist", "ab", "Art", "Rechtsgrundlage"], rows, empty="Es sind noch keine Regeln geladen.")


def _period(months: int | None) -> str:
    if months is None:
        return "dauernd"
    return f"{months // 12} Jahre" if months % 12 == 0 else f"{months} Monate"
