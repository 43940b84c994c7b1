"""``learning``: train the models of proposals, list their versions, go back to an earlier one."""

from __future__ import annotations

import click

from eakte.actions import learning as actions
from eakte.cli.console import Console, acting, as_json, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.records.learning import MODEL_LABELS, ModelKind
from eakte.store.learning import ModelVersion


@click.group(cls=Group, help="Aus Ablagen gelernte Vorschläge: lernen lassen, Fassungen zeigen, zurückgehen.")
def learning() -> None:
    """Hold the commands on learning together."""


@learning.command(help="Jetzt aus den Ablagen lernen lassen; ein Worker führt es aus. Nachts geschieht es von selbst.")
@click.option("--unit", metavar="EINHEIT", default="", help="Nur für den Posteingang dieser Einheit.")
@acting(needed=False)
@pass_console
def train(console: Console, unit: str, login: str | None) -> None:
    """Order the training."""
    with console.writing(login) as (session, actor, now):
        count = actions.order_training(session, actor, now, unit_code=unit)
    click.echo(f"Das Lernen ist für {count} Einheit(en) beauftragt.")


@learning.command(help="Fassungen zeigen: woraus gelernt, woran gemessen, welche gilt.")
@acting(needed=False)
@as_json
@pass_console
def versions(console: Console, login: str | None, *, json_wanted: bool) -> None:
    """List versions."""
    with console.reading(login) as (session, actor, _now):
        found = [_row(one) for one in actions.versions(session, actor)]
    if json_wanted:
        print_json(found)
        return
    heads = ["Einheit", "Vorschlag", "Fassung", "vom", "gelernt aus", "gemessen an", "richtig", "vorher", "gilt"]
    rows = [
        [
            one["unit"], MODEL_LABELS[ModelKind(str(one["kind"]))], one["number"], str(one["made_at"])[:16],
            one["letters"], one["judged"], one["right"], one["right_before"], "ja" if one["serving"] else "",
        ]
        for one in found
    ]  # fmt: skip
    table(heads, rows, empty="Es ist noch nichts gelernt; die Regeln allein schlagen vor.")


def _row(one: ModelVersion) -> dict[str, object]:
    return {
        "unit": one.org_unit.current.code,
        "kind": one.kind.value,
        "number": one.number,
        "made_at": one.made_at,
        "letters": sum(one.seen.values()),
        "judged": one.judged,
        "right": one.right,
        "right_before": one.right_before,
        "serving": one.serving,
    }


@learning.command(help="Eine frühere Fassung gelten lassen; 0: nur noch die Regeln.")
@click.argument("unit", metavar="EINHEIT")
@click.argument("number", metavar="FASSUNG", type=click.IntRange(min=0))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ModelKind]),
    default=ModelKind.DOCUMENT_TYPE.value,
    help="Welcher Vorschlag (sonst Dokumenttyp).",
)
@acting(needed=False)
@pass_console
def use(console: Console, unit: str, number: int, kind: str, login: str | None) -> None:
    """Let another version serve."""
    with console.writing(login) as (session, actor, now):
        actions.use(session, actor, unit_code=unit, kind=ModelKind(kind), number=number, now=now)
    click.echo(f"Fassung {number} gilt." if number else "Die Regeln allein schlagen vor.")
