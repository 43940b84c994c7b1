"""``disposal``: retention and destruction."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import func, select

from eakte.actions import desk, due_dates, events, verdicts
from eakte.actions import disposal as actions
from eakte.actions.desk import Wanted
from eakte.actions.events import Evidence
from eakte.cli.archive import archive
from eakte.cli.cases import case_file_id
from eakte.cli.console import DAY, Console, acting, as_json, limit, pass_console
from eakte.cli.disposal_run import run
from eakte.cli.german import Group
from eakte.cli.output import cell, print_json, progress_bar, table
from eakte.errors import InvalidInput, NotFound
from eakte.records.calendar import day_of
from eakte.records.desk import PILE_LABELS, Pile
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
disposal.add_command(archive)


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
@click.option("--pile", type=click.Choice([one.value for one in Pile]), help="Nur diese Liste: was ist zu tun?")
@click.option("--unit", metavar="OE", default="", help="Nur was diese Einheit und die unter ihr führen.")
@click.option("--plan", metavar="KENNZEICHEN", default="", help="Nur dieser Zweig des Aktenplans.")
@click.option("--year", metavar="JAHR", type=int, help="Jahr des Fristendes; ohne Fristende das der z.d.A.")
@click.option("--event", metavar="EREIGNIS", default="", help="Nur Akten, die auf dieses Ereignis warten.")
@limit
@as_json
@pass_console
def list_files(console: Console, /, login: str, *, limit: int, json_wanted: bool, **asked: Any) -> None:
    """List the worklist of retention."""
    wanted = Wanted(
        Pile(asked["pile"]) if asked["pile"] else None,
        Outcome(asked["outcome"]) if asked["outcome"] else None,
        department=asked["unit"],
        plan_code=asked["plan"],
        year=asked["year"],
        trigger=asked["event"],
    )
    with console.reading(login) as (session, actor, now):
        rows = desk.page(session, actor, wanted, limit=limit, now=now)
        total = desk.count(session, actor, wanted, now)
        running = {row.file.case_file_id: row.disposal.state for row in rows if row.disposal}
        if json_wanted:
            steps = verdicts.explained_by_id(session, [row.file.case_file_id for row in rows], day_of(now))
            counts = desk.by_outcome(session, actor, now)
    if json_wanted:
        told = [
            {"case_file": row.file, "outcome": row.outcome, "retention_end": row.retention_end, "rule": row.rule_id,
             "waits_for": row.waits_for, "steps": steps[row.file.case_file_id].steps,
             "disposal": running.get(row.file.case_file_id)}
            for row in rows
        ]  # fmt: skip
        print_json({"total": total, "counts": counts, "rows": told})
        return
    lines = [
        [
            row.file.reference,
            row.file.subject,
            OUTCOMES[row.outcome],
            row.retention_end,
            LABELS[running[row.file.case_file_id]] if row.file.case_file_id in running else "",
        ]
        for row in rows
    ]
    table(["Aktenzeichen", "Betreff", "Ergebnis", "Fristende", "Verfahren"], lines, empty="Keine Akten.")
    if lines:
        click.echo(f"{len(lines)} von {total} Akten.")


@disposal.command(help="Zählen, was zu tun ist: überfällig, in diesem Jahr fällig, ohne Regel, wartend und so weiter.")
@acting(needed=True)
@as_json
@pass_console
def piles(console: Console, login: str, *, json_wanted: bool) -> None:
    """Count what is to be done."""
    with console.reading(login) as (session, actor, now):
        found = desk.counts(session, actor, Wanted(), now)
    if json_wanted:
        print_json(found)
        return
    table(["Liste", "Akten"], [[PILE_LABELS[pile], number] for pile, number in found.items()], empty="")


@disposal.command(
    help="Ein Ereignis erfassen, mit dem die Frist einer Akte beginnt; mit --reason ein falsches berichtigen."
)
@click.argument("reference", metavar="AKTENZEICHEN")
@click.argument("trigger", metavar="EREIGNIS")
@click.option("--on", "day", metavar="TT.MM.JJJJ", type=DAY, help="Der Tag; beim Berichtigen leer: nicht eingetreten.")
@click.option("--proof", metavar="TEXT", default="", help="Der Nachweis, zum Beispiel Bescheid oder Mitteilung.")
@click.option("--reason", metavar="TEXT", default="", help="Warum das erfasste Datum falsch ist.")
@acting(needed=True)
@pass_console
def event(
    console: Console, reference: str, trigger: str, day: datetime | None, proof: str, reason: str, login: str
) -> None:
    """Record an event, or correct one."""
    on, evidence = day.date() if day else None, Evidence(proof)
    with console.writing(login) as (session, actor, now):
        file_id = case_file_id(session, actor, reference, now)
        if reason:
            events.correct(
                session, actor, file_id, trigger=trigger, happened_on=on, evidence=evidence, reason=reason, now=now
            )
        elif on is None:
            raise InvalidInput(problem="Bitte das Datum des Ereignisses angeben (--on).", field="on")
        else:
            events.record_event(session, actor, file_id, trigger=trigger, happened_on=on, evidence=evidence, now=now)
        found = due_dates.of_case_file(session, actor, file_id, now)
    end = f", Fristende {cell(found.retention_end)}" if found.retention_end else ""
    click.echo(f"{reference}: {OUTCOMES[found.outcome]}{end}.")


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
@click.option(
    "--signed",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="DATEI",
    help="Das JSON hierhin speichern, seine Signatur (CMS) daneben als DATEI.p7s.",
)
@acting(needed=True)
@as_json
@pass_console
def certificate(
    console: Console, reference: str | None, pdf: Path | None, signed: Path | None, login: str, *, json_wanted: bool
) -> None:
    """Show or save a destruction certificate."""
    with console.reading(login) as (session, actor, now):
        done = actions.certificates(session, actor, limit=10_000, now=now)
        chosen = [one for one in done if one.reference == reference]
        kept = actions.certificate(session, actor, chosen[0].disposal_id, now) if chosen else None
    if reference is None:
        _list_certificates(done, json_wanted=json_wanted)
    elif kept is None:
        raise NotFound
    elif signed is not None:
        if kept.signature is None:
            raise NotFound
        signed.write_bytes(kept.document)
        signed.with_name(f"{signed.name}.p7s").write_bytes(kept.signature)
        click.echo(f"Der Nachweis liegt in {signed}, seine Signatur in {signed}.p7s.")
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
