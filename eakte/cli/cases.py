"""``cases``: case files (Akten)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from eakte.actions import case_lists, case_view, editing, structure, templates
from eakte.actions import cases as actions
from eakte.actions.metadata import Fields
from eakte.cli import case_parts
from eakte.cli.console import Console, acting, as_json, field_values, limit, pass_console
from eakte.cli.follow_ups import follow_ups
from eakte.cli.german import Group
from eakte.cli.output import cell, print_json, table
from eakte.errors import NotFound
from eakte.records.access import Actor
from eakte.records.states import LABELS, CaseFileState


@click.group(cls=Group, help="Akten auflisten, zeigen, anlegen, schließen (z.d.A.) und wieder öffnen.")
def cases() -> None:
    """Hold the commands on case files together."""


for command in (case_parts.sub_file, case_parts.case, case_parts.rename, case_parts.move, follow_ups):
    cases.add_command(command)


def case_file_id(session: Session, actor: Actor, reference: str, now: datetime) -> UUID:
    """Return the id of the visible case file with this reference (Aktenzeichen) or id.

    Raises:
        NotFound: There is none the person may see.
    """
    try:
        return UUID(reference)
    except ValueError:
        rows, _ = case_lists.listing(session, actor, text=reference, limit=1_000, now=now)
    for row in rows:
        if row.reference == reference:
            return row.case_file_id
    raise NotFound


@cases.command("list", help="Akten auflisten, die neuesten zuerst.")
@click.argument("words", metavar="[WÖRTER…]", nargs=-1)
@acting(needed=True)
@click.option(
    "--state", type=click.Choice([state.value for state in CaseFileState]), help="Nur Akten in diesem Zustand."
)
@click.option("--plan", metavar="CODE", default="", help="Nur Akten unter dieser Einheit des Aktenplans.")
@limit
@as_json
@pass_console
def list_cases(
    console: Console, words: tuple[str, ...], login: str, *, state: str | None, plan: str, limit: int, json_wanted: bool
) -> None:
    """List visible case files."""
    wanted = CaseFileState(state) if state else None
    with console.reading(login) as (session, actor, now):
        rows, total = case_lists.listing(
            session, actor, text=" ".join(words), state=wanted, plan_code=plan, limit=limit, now=now
        )
    if json_wanted:
        print_json({"total": total, "case_files": rows})
        return
    heads = ["Aktenzeichen", "Betreff", "Zustand", "OE", "angelegt", "z.d.A."]
    lines = [
        [row.reference, row.subject, LABELS[row.state], row.unit_code, row.opened_on, row.closed_on] for row in rows
    ]
    table(heads, lines, empty="Keine Akte gefunden.")
    if rows:
        click.echo(f"{len(rows)} von {total} Akten.")


@cases.command(help="Eine Akte mit ihren Dokumenten und ihrer Aufbewahrung zeigen.")
@click.argument("reference", metavar="AKTENZEICHEN")
@acting(needed=True)
@as_json
@pass_console
def show(console: Console, reference: str, login: str, *, json_wanted: bool) -> None:
    """Show one case file."""
    with console.reading(login) as (session, actor, now):
        view = case_view.show(session, actor, case_file_id(session, actor, reference, now), now)
    if json_wanted:
        print_json(_facts(view))
    else:
        for line in _lines(view):
            click.echo(line)


def _facts(view: case_view.CaseFileView) -> dict[str, object]:
    return {
        "case_file_id": view.case_file_id,
        "reference": view.reference,
        "subject": view.subject,
        "state": view.state,
        "unit": view.unit_code,
        "plan": [unit.code for unit in view.plan],
        "opened_on": view.opened_on,
        "closed_on": view.closed_on,
        "restricted": view.restricted,
        "cases": view.cases,
        "verdict": view.verdict,
        "fields": {one.name: one.value for one in view.fields if one.value is not None},
        "holds": [hold.reason for hold in view.holds if hold.lifted_on is None],
    }


def _lines(view: case_view.CaseFileView) -> Iterable[str]:
    yield f"{view.reference}  {view.subject}"
    yield f"Zustand: {LABELS[view.state]} · OE {view.unit_code} {view.unit_name}"
    yield "Aktenplan: " + " › ".join(f"{unit.code} {unit.title}" for unit in view.plan)
    yield f"Angelegt: {cell(view.opened_on)} von {view.opened_by}" + (
        f" · z.d.A.: {cell(view.closed_on)}" if view.closed_on else ""
    )
    yield f"Aufbewahrung: {view.verdict.explanation}"
    yield from (f"{one.label}: {one.text}" for one in view.fields if one.text)
    for hold in view.holds:
        if hold.lifted_on is None:
            yield f"Löschsperre seit {cell(hold.placed_on)}: {hold.reason}"
    for case in view.cases:
        yield f"{case.reference}  {case.subject}"
        for row in case.documents:
            about = " · ".join(part for part in (row.document_type, row.sender, f"{row.pages} S.") if part)
            yield f"    {row.reference}  {cell(row.document_date)}  {row.subject}  ({about})"


@cases.command("open", help="Eine Akte anlegen. Das Aktenzeichen vergibt das System.")
@click.argument("plan", metavar="AKTENPLAN-CODE")
@click.argument("subject", metavar="BETREFF")
@click.option("--department", metavar="CODE", help="Federführende Organisationseinheit; sonst die der Person.")
@click.option("--case", "first_case", metavar="TEXT", default="Allgemeines", help="Betreff des ersten Vorgangs.")
@click.option(
    "--kind", "file_type", metavar="NAME", default="", help="Aktenart, wenn eine andere als die des Aktenplans."
)
@click.option(
    "--template", metavar="NAME", default="", help="Vorlage, nach der Vorgänge und Teilakten angelegt werden."
)
@field_values
@click.option(
    "--derivation", metavar="TEXT", default="", help="Ableitung, wo das Muster der Aktenzeichen eine verlangt."
)
@click.option("--restricted", is_flag=True, help="Nur für die Organisationseinheit und ausdrücklich Berechtigte.")
@acting(needed=True)
@as_json
@pass_console
def open_case_file(
    console: Console,
    /,
    plan: str,
    subject: str,
    *,
    department: str | None,
    login: str,
    json_wanted: bool,
    **stated: Any,
) -> None:
    """Open a case file."""
    with console.writing(login) as (session, actor, now):
        unit = department or actor.home_unit or ""
        new = actions.NewCaseFile(plan, subject, unit, **stated)
        made = actions.open_case_file(session, actor, new, now)
        reference, made_id = made.file_reference, made.id
    if json_wanted:
        print_json({"reference": reference, "case_file_id": made_id})
    else:
        click.echo(f"Akte {reference} ist angelegt.")


@cases.command(help="Betreff, Aktenart und Felder einer Akte ändern.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.option("--subject", metavar="TEXT", help="Neuer Betreff.")
@click.option("--kind", metavar="NAME", help="Neue Aktenart; leer: wie im Aktenplan.")
@field_values
@acting(needed=True)
@pass_console
def change(
    console: Console, reference: str, *, subject: str | None, kind: str | None, fields: Fields, login: str
) -> None:
    """Change a case file."""
    wanted = {name: text for name, text in (("subject", subject), ("file_type", kind)) if text is not None}
    with console.writing(login) as (session, actor, now):
        file_id = case_file_id(session, actor, reference, now)
        editing.edit_case_file(session, actor, file_id, wanted, fields, revision=None, now=now)
    click.echo(f"Akte {reference} ist geändert.")


@cases.command("templates", help="Aktenvorlagen auflisten.")
@click.option(
    "--plan", metavar="CODE", default="", help="Nur die, die an dieser Einheit des Aktenplans angeboten werden."
)
@as_json
@pass_console
def list_templates(console: Console, plan: str, *, json_wanted: bool) -> None:
    """List the templates for case files."""
    with console.reading(None) as (session, _, _):
        found = templates.offered(session, plan)
    if json_wanted:
        print_json(found)
        return
    rows = [[one.name, one.label, ", ".join(one.plan), ", ".join(one.cases)] for one in found]
    table(["Name", "Bezeichnung", "Aktenplan", "Vorgänge"], rows, empty="Keine Vorlage gefunden.")


@cases.command(help="Eine Akte z.d.A. verfügen, einen Vorgang oder eine Teilakte abschließen.")
@click.argument("reference", metavar="ZEICHEN")
@acting(needed=True)
@pass_console
def close(console: Console, reference: str, login: str) -> None:
    """Close a case file."""
    with console.writing(login) as (session, actor, now):
        if (part := case_parts.part_named(session, actor, reference, now)) is not None:
            structure.close_part(session, actor, part, now=now)
            text = f"{structure.reference_of(part, part.case_file)} ist abgeschlossen."
        else:
            closed = actions.close(session, actor, case_file_id(session, actor, reference, now), now=now)
            text = f"Akte {closed.file_reference} ist z.d.A. verfügt."
    click.echo(text)


@cases.command(help="Eine Akte wieder öffnen (Registratur): Ihre Aufbewahrungsfrist läuft nicht mehr.")
@click.argument("reference", metavar="AKTENZEICHEN")
@click.option("--reason", metavar="TEXT", required=True, help="Der Grund; er steht im Protokoll.")
@acting(needed=True)
@pass_console
def reopen(console: Console, reference: str, reason: str, login: str) -> None:
    """Reopen a case file."""
    with console.writing(login) as (session, actor, now):
        if (part := case_parts.part_named(session, actor, reference, now)) is not None:
            structure.reopen_part(session, actor, part, reason=reason, now=now)
            text = f"{structure.reference_of(part, part.case_file)} ist wieder in Bearbeitung."
        else:
            found = case_file_id(session, actor, reference, now)
            opened = actions.reopen(session, actor, found, reason=reason, now=now)
            text = f"Akte {opened.file_reference} ist wieder in Bearbeitung."
    click.echo(text)
