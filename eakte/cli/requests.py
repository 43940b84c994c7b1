"""``requests``: requests of data subjects (Art. 15 to 18 GDPR)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO
from uuid import UUID

import click
from sqlalchemy.orm import Session

from eakte.actions import data_answer, data_decisions, data_request_view, data_requests
from eakte.actions.data_request_view import RequestRow
from eakte.actions.data_requests import NewRequest
from eakte.cli.console import DAY, Console, acting, as_json, limit, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.errors import NotFound
from eakte.records.access import Actor
from eakte.records.data_requests import KIND_LABELS, Channel, RecordDecision, RequestKind
from eakte.records.processing import Ground

_GROUNDS = click.Choice([one.value for one in Ground])
_TEXT = click.File("r", encoding="utf-8")
the_request = click.argument("request_id", metavar="NUMMER", type=click.UUID)
the_file = click.argument("reference", metavar="AKTENZEICHEN")
the_reason = click.option("--reason", metavar="GRUND", required=True, help="Warum.")


@click.group(
    cls=Group, help="Betroffenenanträge (Art. 15 bis 18 DSGVO): erfassen, Akten finden, entscheiden, antworten."
)
def requests() -> None:
    """Hold the commands on requests together."""


@requests.command("list", help="Anträge auflisten, die nächste Frist zuerst.")
@click.option("--answered", is_flag=True, help="Die beantworteten.")
@acting(needed=True)
@limit
@as_json
@pass_console
def list_all(console: Console, login: str, *, answered: bool, limit: int, json_wanted: bool) -> None:
    """List requests."""
    with console.reading(login) as (session, actor, now):
        rows, total = data_request_view.listing(session, actor, answered=answered, limit=limit, now=now)
    if json_wanted:
        print_json({"total": total, "requests": rows})
        return
    heads = ["Nummer", "Antrag von", "auf", "Eingang", "Frist", "bearbeitet von"]
    table(heads, [_line(row) for row in rows], empty="Kein Antrag.")


def _line(row: RequestRow) -> list[object]:
    return [row.request_id, row.applicant, KIND_LABELS[row.kind], row.received_on, row.due_on, row.owner]


@requests.command(help="Einen Antrag zeigen, mit Akten, Vorschlägen und Entscheidungen.")
@the_request
@acting(needed=True)
@pass_console
def show(console: Console, request_id: UUID, login: str) -> None:
    """Show one request as JSON."""
    with console.reading(login) as (session, actor, now):
        print_json(data_request_view.show(session, actor, request_id, now))


@requests.command(help="Einen Antrag erfassen.")
@click.argument("kind", metavar="ART", type=click.Choice([one.value for one in RequestKind]))
@click.option("--from", "applicant", metavar="NAME", required=True, help="Wer den Antrag stellt.")
@click.option("--received", type=DAY, metavar="TT.MM.JJJJ", required=True, help="Eingegangen am.")
@click.option("--channel", type=click.Choice([one.value for one in Channel]), default="letter", help="Auf welchem Weg.")
@click.option("--wish", default="", metavar="TEXT", help="Worum es geht.")
@click.option("--letter", default="", metavar="ZEICHEN", help="Zeichen des Schreibens in der E-Akte.")
@acting(needed=True)
@pass_console
def enter(
    console: Console, kind: str, applicant: str, received: datetime, channel: str, wish: str, letter: str, login: str
) -> None:
    """Enter a request."""
    new = NewRequest(RequestKind(kind), received.date(), applicant, Channel(channel), wish, letter)
    with console.writing(login) as (session, actor, now):
        made = data_requests.enter(session, actor, new, now=now)
        due_on = data_request_view.show(session, actor, made, now).row.due_on
    click.echo(f"Frist {due_on:%d.%m.%Y}. Der Antrag ist erfasst: {made}")


@requests.command(help="Die Akten der Person suchen, an Namen und Kennzeichen.")
@the_request
@click.option("--name", "names", multiple=True, metavar="NAME", help="Ein Name; jeder genügt.")
@click.option("--mark", "marks", multiple=True, metavar="KENNZEICHEN", help="Zum Beispiel eine Kontonummer.")
@acting(needed=True)
@pass_console
def search(console: Console, request_id: UUID, names: tuple[str, ...], marks: tuple[str, ...], login: str) -> None:
    """Look for the person."""
    index = console.services.index  # opened first: it asks the database itself
    with console.writing(login) as (session, actor, now):
        data_requests.look_for(session, actor, request_id, names, marks, now=now)
        found, unsearched = data_request_view.hits(session, index, actor, request_id, now)
    rows = [[one.reference, one.subject, one.unit_code] for one in (found.first if found else ())]
    table(["Aktenzeichen", "Betreff", "Zuständig"], rows, empty="Nichts gefunden.")
    if unsearched:
        click.echo(f"Nicht durchsucht, weil eingeschränkt: {unsearched}.")


@requests.command(help="Akten zum Antrag nehmen, am Zeichen; auch Eingeschränktes.")
@the_request
@click.argument("references", metavar="AKTENZEICHEN", nargs=-1, required=True)
@acting(needed=True)
@pass_console
def add(console: Console, request_id: UUID, references: tuple[str, ...], login: str) -> None:
    """Add case files."""
    with console.writing(login) as (session, actor, now):
        ids = tuple(data_requests.file_named(session, actor, one, now) for one in references)
        data_requests.add_records(session, actor, request_id, ids, now=now)
    click.echo("Die Akten gehören zum Antrag.")


@contextmanager
def _file(
    console: Console, request_id: UUID, reference: str, login: str
) -> Iterator[tuple[Session, Actor, datetime, UUID]]:
    """Open a write transaction on a case file of a request."""
    with console.writing(login) as (session, actor, now):
        rows = data_request_view.show(session, actor, request_id, now).records
        found = {one.reference: one.record_id for one in rows}
        if reference not in found:
            raise NotFound
        yield session, actor, now, found[reference]


@requests.command(help="Eine Akte wieder aus dem Antrag nehmen.")
@the_request
@the_file
@acting(needed=True)
@pass_console
def remove(console: Console, request_id: UUID, reference: str, login: str) -> None:
    """Take a case file out."""
    with _file(console, request_id, reference, login) as (session, actor, now, record_id):
        data_requests.remove_record(session, actor, record_id, now=now)
    click.echo("Die Akte gehört nicht mehr zum Antrag.")


@requests.command(help="Über eine Akte des Antrags entscheiden.")
@the_request
@the_file
@click.argument("decision", metavar="ENTSCHEIDUNG", type=click.Choice([one.value for one in RecordDecision]))
@the_reason
@click.option("--ground", type=_GROUNDS, default="retention", help="Anlass einer Einschränkung.")
@acting(needed=True)
@pass_console
def decide(
    console: Console, request_id: UUID, reference: str, decision: str, reason: str, ground: str, login: str
) -> None:
    """Decide about a case file."""
    with _file(console, request_id, reference, login) as (session, actor, now, record_id):
        chosen = RecordDecision(decision)
        data_decisions.decide(session, actor, record_id, chosen, reason=reason, ground=Ground(ground), now=now)
    click.echo("Die Entscheidung ist festgehalten.")


@requests.command(help="Eine Entscheidung zurücknehmen, solange nichts daraus gefolgt ist.")
@the_request
@the_file
@acting(needed=True)
@pass_console
def reconsider(console: Console, request_id: UUID, reference: str, login: str) -> None:
    """Take a decision back."""
    with _file(console, request_id, reference, login) as (session, actor, now, record_id):
        data_decisions.reconsider(session, actor, record_id, now=now)
    click.echo("Die Entscheidung ist zurückgenommen.")


@requests.command(help="Die Frist um zwei Monate verlängern, mit Grund.")
@the_request
@the_reason
@acting(needed=True)
@pass_console
def extend(console: Console, request_id: UUID, reason: str, login: str) -> None:
    """Extend the deadline."""
    with console.writing(login) as (session, actor, now):
        data_requests.extend(session, actor, request_id, reason=reason, now=now)
    click.echo("Die Frist ist verlängert. Bitte teilen Sie es der Person mit.")


@requests.command(help="Den Antrag weitergeben oder übernehmen.")
@the_request
@click.argument("to", metavar="LOGIN")
@acting(needed=True)
@pass_console
def assign(console: Console, request_id: UUID, to: str, login: str) -> None:
    """Hand the request on."""
    with console.writing(login) as (session, actor, now):
        data_requests.assign(session, actor, request_id, to, now=now)
    click.echo(f"Den Antrag bearbeitet jetzt {to}.")


@requests.command(help="Die Antwort zeigen, wie sie aus den Entscheidungen folgt, oder mit --text festhalten.")
@the_request
@click.option("--text", "file", type=_TEXT, metavar="DATEI", help="Die Antwort; schließt den Antrag.")
@acting(needed=True)
@pass_console
def answer(console: Console, request_id: UUID, file: TextIO | None, login: str) -> None:
    """Show or keep the answer."""
    if file is None:
        with console.reading(login) as (session, actor, now):
            click.echo(data_answer.draft(session, actor, request_id, now))
        return
    with console.writing(login) as (session, actor, now):
        data_decisions.answer(session, actor, request_id, file.read(), now=now)
    click.echo("Die Antwort ist festgehalten, der Antrag geschlossen.")
