"""``cases``: what lies in a case file, and moving it; each record is named by its reference, present or former."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click
from sqlalchemy.orm import Session

from eakte.actions import moving, places, structure
from eakte.actions.moving import Move
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.actions.moving_files import FileMove
from eakte.cli.console import Console, acting, pass_console
from eakte.cli.german import Command, WrongUse
from eakte.records.access import Actor
from eakte.records.moving import Preview
from eakte.store.files import BusinessCase, SubFile
from eakte.store.references import CASE, CASE_FILE, DOCUMENT, SUB_FILE, resolve


def part_named(session: Session, actor: Actor, reference: str, now: datetime) -> BusinessCase | SubFile | None:
    """Return the case or sub-file with a reference, locked, or ``None`` where it names something else."""
    found = resolve(session, reference)
    if found is None or found[0] not in {CASE, SUB_FILE}:
        return None
    return structure.part_of(session, actor, *found, now, lock=True)


@click.command("sub-file", cls=Command, help="Eine Teilakte in einer Akte oder Teilakte anlegen.")
@click.argument("container", metavar="ZEICHEN")
@click.argument("subject", metavar="BETREFF")
@acting(needed=True)
@pass_console
def sub_file(console: Console, container: str, subject: str, login: str) -> None:
    """Open a sub-file."""
    with console.writing(login) as (session, actor, now):
        place = places.container_named(session, actor, container, now)
        if place.kind == CASE:
            raise WrongUse("In einem Vorgang kann keine Teilakte liegen.")
        parent_id = place.record_id if place.kind == SUB_FILE else None
        made = structure.open_sub_file(session, actor, place.case_file_id, subject, parent_id=parent_id, now=now)
        text = f"Teilakte {structure.reference_of(made, made.case_file)} ist angelegt."
    click.echo(text)


@click.command("case", cls=Command, help="Einen Vorgang in einer Akte, Teilakte oder einem Vorgang anlegen.")
@click.argument("container", metavar="ZEICHEN")
@click.argument("subject", metavar="BETREFF")
@acting(needed=True)
@pass_console
def case(console: Console, container: str, subject: str, login: str) -> None:
    """Open a case."""
    with console.writing(login) as (session, actor, now):
        place = places.container_named(session, actor, container, now)
        made = structure.open_case(
            session,
            actor,
            place.case_file_id,
            subject,
            now,
            sub_file_id=place.record_id if place.kind == SUB_FILE else None,
            parent_id=place.record_id if place.kind == CASE else None,
        )
        text = f"Vorgang {structure.reference_of(made, made.case_file)} ist angelegt."
    click.echo(text)


@click.command("rename", cls=Command, help="Eine Teilakte oder einen Vorgang umbenennen.")
@click.argument("reference", metavar="ZEICHEN")
@click.argument("subject", metavar="BETREFF")
@acting(needed=True)
@pass_console
def rename(console: Console, reference: str, subject: str, login: str) -> None:
    """Give a sub-file or case another subject."""
    with console.writing(login) as (session, actor, now):
        place = places.find(session, actor, reference, now)
        if place.kind not in {CASE, SUB_FILE}:
            raise WrongUse("Umbenannt werden Teilakten und Vorgänge.")
        part = structure.part_of(session, actor, place.kind, place.record_id, now, lock=True)
        structure.rename(session, actor, part, subject, now=now)
        text = f"{structure.reference_of(part, part.case_file)} heißt jetzt „{part.subject}“."
    click.echo(text)


@click.command("move", cls=Command, help="Umprotokollieren: erst die Vorschau, dann mit --confirm.")
@click.argument("reference", metavar="ZEICHEN")
@click.option("--to", "target", metavar="ZEICHEN", default="", help="Wohin ein Dokument oder Vorgang soll.")
@click.option("--plan", metavar="CODE", default="", help="Neue Aktenplaneinheit einer Akte.")
@click.option("--department", metavar="CODE", default="", help="Neue federführende Organisationseinheit einer Akte.")
@click.option("--reason", metavar="TEXT", default="", help="Der Grund; er steht im Protokoll.")
@click.option("--confirm", "confirmed", metavar="WERT", default="", help="Der Wert, den die Vorschau nennt.")
@acting(needed=True)
@pass_console
def move(
    console: Console,
    reference: str,
    login: str,
    *,
    target: str,
    plan: str,
    department: str,
    reason: str,
    confirmed: str,
) -> None:
    """Tell what a move changes, or do it as it was told."""
    with console.writing(login) as (session, actor, now):
        place = places.find(session, actor, reference, now)
        wanted: Move
        if place.kind == CASE_FILE:
            wanted = FileMove(place.record_id, file_plan_code=plan, org_unit_code=department)
        elif place.kind == DOCUMENT:
            wanted = DocumentMove(place.record_id, places.case_named(session, actor, target, now))
        elif place.kind == CASE:
            to = places.container_named(session, actor, target, now)
            wanted = CaseMove(
                place.record_id,
                to.case_file_id,
                sub_file_id=to.record_id if to.kind == SUB_FILE else None,
                parent_id=to.record_id if to.kind == CASE else None,
            )
        else:
            raise WrongUse("Umprotokolliert werden Akten, Vorgänge und Dokumente.")
        if confirmed:
            moved = moving.carry_out(session, actor, wanted, confirmed=confirmed, reason=reason, now=now)
            lines: Iterable[str] = [f"{reference} ist jetzt {moved.reference}."]
        else:
            lines = list(_told(moving.preview(session, actor, wanted, now)))
    for line in lines:
        click.echo(line)


def _told(preview: Preview) -> Iterable[str]:
    yield f"{preview.old_reference} → {preview.new_reference}  {preview.subject} ({preview.documents} Dokumente)"
    yield f"Bisher: {preview.old_place}"
    yield f"Danach: {preview.new_place}"
    yield from (f"Kann es danach lesen: {reader}" for reader in preview.gained)
    yield from (f"Kann es danach nicht mehr lesen: {reader}" for reader in preview.lost)
    yield from preview.retention
    yield from (f"Geht nicht: {text}" for text in preview.refusals)
    if not preview.refusals:
        yield f"Zum Ausführen: --confirm {preview.fingerprint} --reason …"
