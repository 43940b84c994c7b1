"""``retention draft``, ``preview``, ``approve``: changing a rule from the command line, by two people."""

from __future__ import annotations

from uuid import UUID

import click

from eakte.actions import rule_drafts, rule_preview, rule_preview_view
from eakte.actions.rule_preview import Standing, State
from eakte.actions.rule_preview_view import EFFECT_LABELS, HEADS
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Command
from eakte.cli.output import print_json, table
from eakte.records.desk import OUTCOME_LABELS
from eakte.records.rule_draft import CHANGE_LABELS, DRAFT_LABELS, FIELDS, ChangeKind, DraftState
from eakte.store.rules import RuleDraft
from retention.change import Effect
from retention.wording import summary

PIECE = 1_000
STANDINGS = {
    State.NONE: "Es gibt noch keine Vorschau. Beauftragen: retention preview NUMMER --order",
    State.FAULT: "Die Vorschau ist unterbrochen. Neu beauftragen: retention preview NUMMER --order",
    State.STALE: "Die Vorschau ist überholt. Neu beauftragen: retention preview NUMMER --order",
}
_number = click.argument("draft_id", metavar="NUMMER", type=click.UUID)


@click.command(
    cls=Command,
    help="Änderung einer Regel entwerfen: --version KÜRZEL, --end KÜRZEL oder --new KÜRZEL beginnt, NUMMER ändert oder "
    "zeigt einen Entwurf, ohne Angabe werden alle aufgelistet.",
)
@click.argument("draft_id", metavar="[NUMMER]", type=click.UUID, required=False)
@click.option("--version", "versioned", metavar="KÜRZEL", help="Neue Fassung dieser Regel.")
@click.option("--end", "ended", metavar="KÜRZEL", help="Ende dieser Regel.")
@click.option("--new", "new", metavar="KÜRZEL", help="Neue Regel mit diesem Kürzel.")
@click.option("--set", "given", metavar="NAME=WERT", multiple=True, help=f"Angabe setzen: {', '.join(FIELDS)}.")
@click.option("--discard", metavar="GRUND", default="", help="Den Entwurf verwerfen.")
@acting(needed=True)
@as_json
@pass_console
def draft(
    console: Console,
    /,
    draft_id: UUID | None,
    given: tuple[str, ...],
    discard: str,
    login: str,
    *,
    json_wanted: bool,
    **codes: str | None,
) -> None:
    """Begin, change, show, give up or list drafts."""
    texts = _texts(given)
    kinds = {"versioned": ChangeKind.VERSION, "ended": ChangeKind.END, "new": ChangeKind.NEW}
    begun = [(kinds[name], code) for name, code in codes.items() if code]
    with console.writing(login) as (session, actor, now):
        if draft_id is None and begun:
            draft_id = rule_drafts.begin(session, actor, *begun[0], now).id
        if draft_id is not None and texts:
            rule_drafts.save(session, actor, draft_id, texts, now=now)
        if draft_id is not None and discard:
            rule_drafts.discard(session, actor, draft_id, reason=discard, now=now)
        if draft_id is not None:
            found = rule_drafts.draft_of(session, actor, draft_id)
            faults = dict(rule_drafts.checked(session, found, now).faults) if found.state is DraftState.DRAFT else {}
            _show(found, faults, json_wanted=json_wanted)
            return
        drafts = [_facts(one) for one in rule_drafts.listing(session, actor)]
    if json_wanted:
        print_json(drafts)
        return
    rows = [[*one.values()][:5] for one in drafts]
    table(["Nummer", "Regel", "Änderung", "Stand", "entworfen von"], rows, empty="Kein Entwurf.")


def _texts(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := [name for name, sign, _ in pairs if not sign or name.strip() not in FIELDS]:
        raise click.BadParameter(f"„{wrong[0]}“: erwartet wird NAME=WERT mit einem Namen aus: {', '.join(FIELDS)}.")
    return {name.strip(): value for name, _, value in pairs}


def _facts(one: RuleDraft) -> dict[str, object]:
    return {
        "draft_id": one.id,
        "rule": one.rule_id or one.code,
        "change": CHANGE_LABELS[one.change],
        "state": DRAFT_LABELS[one.state],
        "changed_by": one.changed_by,
        "texts": dict(one.texts),
    }


def _show(found: RuleDraft, faults: dict[str, str], *, json_wanted: bool) -> None:
    if json_wanted:
        print_json({**_facts(found), "faults": faults})
        return
    click.echo(f"{CHANGE_LABELS[found.change]} {found.rule_id or found.code}: {DRAFT_LABELS[found.state]}")
    click.echo(f"Nummer {found.id}, zuletzt geändert von {found.changed_by}")
    for name, text in found.texts.items():
        fault = f"  ! {faults[name]}" if name in faults else ""
        click.echo(f"  {name}={text}{fault}")
    if "" in faults:
        click.echo(f"! {faults['']}")


@click.command(
    cls=Command, help="Zeigen, was ein Entwurf im ganzen Bestand bewegt; mit --order die Rechnung beauftragen."
)
@_number
@click.option("--order", is_flag=True, help="Die Vorschau (neu) rechnen lassen; ein Worker tut es.")
@click.option("--files", is_flag=True, help="Jede Akte auflisten, die sich bewegt.")
@acting(needed=True)
@as_json
@pass_console
def preview(console: Console, draft_id: UUID, login: str, *, order: bool, files: bool, json_wanted: bool) -> None:
    """Order a preview, or show how far it is and what it found."""
    if order:
        with console.writing(login) as (session, actor, now):
            rule_drafts.order_preview(session, actor, draft_id, now)
    with console.reading(login) as (session, actor, now):
        found = rule_drafts.draft_of(session, actor, draft_id)
        rule = rule_drafts.checked(session, found, now).rule
        standing = rule_preview.state_of(session, found, rule, now)
        sums = rule_preview_view.sums(session, actor, found, standing, now) if standing.ended_at else None
        rows: list[list[str]] = []
        behind: UUID | None = None
        while files and standing.ended_at:
            piece = rule_preview_view.listed(session, actor, found, standing, behind=behind, limit=PIECE, now=now)
            rows += rule_preview_view.table(piece, OUTCOME_LABELS)
            if len(piece) < PIECE:
                break
            behind = piece[-1].case_file_id
    if json_wanted:
        print_json({"standing": standing, "sums": sums, "files": rows})
        return
    _tell(standing)
    if sums is None:
        return
    click.echo(f"{sums.total} Akten bewegen sich, von denen, die {login} sehen darf.")
    heads = ["Fachbereich", *EFFECT_LABELS.values()]
    lines = [[f"{one.code} {one.name}", *(one.counts.get(effect, 0) for effect in Effect)] for one in sums.departments]
    table(heads, lines, empty="Nichts bewegt sich.")
    years = [["ohne Tag" if one.year is None else str(one.year), one.before, one.after] for one in sums.years]
    table(["Jahr", "bisher", "künftig"], years, empty="")
    if files:
        table(HEADS, rows, empty="")


def _tell(standing: Standing) -> None:
    if standing.state is State.RUNNING:
        click.echo(f"{standing.compared} von {standing.total} Akten verglichen.")
    elif standing.state is State.FRESH:
        click.echo(f"Zum Freigeben durch eine zweite Person: --seen {standing.fingerprint}")
    else:
        click.echo(STANDINGS[standing.state])


@click.command(cls=Command, help="Einen Entwurf als zweite Person freigeben, die seine Vorschau gesehen hat.")
@_number
@click.option("--seen", metavar="ABDRUCK", required=True, help="Der Abdruck, den „retention preview“ nennt.")
@acting(needed=True)
@pass_console
def approve(console: Console, draft_id: UUID, seen: str, login: str) -> None:
    """Approve a change."""
    with console.writing(login) as (session, actor, now):
        made = rule_drafts.approve(session, actor, draft_id, fingerprint=seen, now=now)
    click.echo(f"Freigegeben: {made.rule_id} ab {made.valid_from:%d.%m.%Y}, {summary(made)}.")
