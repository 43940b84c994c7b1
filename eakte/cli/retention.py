"""``retention``: the rules, which of them applied on a day, and where they contradict each other."""

from __future__ import annotations

from datetime import date, datetime

import click

from eakte.actions import forecast as forecasts
from eakte.actions import rule_conflicts
from eakte.actions import rules as actions
from eakte.actions.rule_conflicts import CONFLICT_LABELS
from eakte.cli.console import DAY, Console, acting, as_json, limit, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json, table
from eakte.cli.retention_drafts import approve, draft, preview
from eakte.records.calendar import day_of
from eakte.records.desk import MEASURE_LABELS, Measure
from eakte.records.rule_words import ACTION_LABELS, KIND_LABELS, scope, summary, validity


@click.group(cls=Group, help="Aufbewahrungsregeln: zeigen, nach einem Tag fragen, Widersprüche finden, ändern.")
def retention() -> None:
    """Hold the commands on rules together."""


retention.add_command(draft)
retention.add_command(preview)
retention.add_command(approve)


@retention.command(help="Alle Regeln auflisten; mit KÜRZEL eine Regel mit allen Fassungen.")
@click.argument("code", metavar="[KÜRZEL]", required=False)
@acting(needed=False)
@as_json
@pass_console
def rules(console: Console, code: str | None, login: str | None, *, json_wanted: bool) -> None:
    """List the rules, or the versions of one."""
    with console.reading(login) as (session, actor, now):
        found = (actions.rule_of(session, actor, code, now),) if code else actions.listing(session, actor, now)
    if json_wanted:
        print_json(found)
        return
    versions = [version.rule for view in found for version in (view.versions if code else ())]
    rows = [
        [rule.rule_id, rule.title, summary(rule), KIND_LABELS[rule.kind], scope(rule), ACTION_LABELS[rule.action],
         validity(rule), rule.approved_by]
        for rule in versions or [view.newest for view in found]
    ]  # fmt: skip
    heads = ["Regel", "Titel", "Frist", "Art", "Gilt für", "Aussonderung", "Gültig", "freigegeben von"]
    table(heads, rows, empty="Es sind noch keine Regeln geladen.")


@retention.command(help="Sagen, welche Regel an einem Tag galt: an einer Aktenplaneinheit (--plan) oder für eine Akte.")
@click.argument("reference", metavar="[AKTENZEICHEN]", required=False)
@click.option("--plan", metavar="KENNZEICHEN", default="", help="Aktenplaneinheit, wenn keine Akte genannt ist.")
@click.option("--unit", metavar="OE", default="", help="Federführende Einheit, für Regeln, die nur manche binden.")
@click.option("--type", "file_type", metavar="ART", default="", help="Aktenart, für Regeln, die nur eine binden.")
@click.option("--on", "day", metavar="TT.MM.JJJJ", type=DAY, help="Der Tag; sonst heute.")
@acting(needed=True)
@as_json
@pass_console
def which(
    console: Console,
    reference: str | None,
    plan: str,
    unit: str,
    file_type: str,
    day: datetime | None,
    login: str,
    *,
    json_wanted: bool,
) -> None:
    """Answer which rule applied on a day."""
    with console.reading(login) as (session, actor, now):
        on: date = day.date() if day else day_of(now)
        if reference:
            found = actions.asked_of_file(session, actor, reference, on, now)
        else:
            found = actions.asked_of_unit(session, actor, plan, on, org_unit=unit, file_type=file_type)
    if json_wanted:
        print_json(found)
        return
    for step in found.steps:
        click.echo(step)


@retention.command(help="Widersprüche zwischen Regeln auflisten, mit den Akten, auf die beide treffen.")
@acting(needed=True)
@limit
@as_json
@pass_console
def conflicts(console: Console, login: str, *, limit: int, json_wanted: bool) -> None:
    """List contradictions."""
    with console.reading(login) as (session, actor, now):
        pairs = rule_conflicts.pairs(session, actor, now)
        files = rule_conflicts.files_of(session, actor, limit=limit, now=now)
    if json_wanted:
        print_json({"pairs": pairs, "files": files})
        return
    rows = [
        [CONFLICT_LABELS[one.kind], one.leading_rule_id, one.other_rule_id, one.files, one.stopped] for one in pairs
    ]
    table(["Widerspruch", "führt", "dagegen", "Akten", "angehalten"], rows, empty="Keine Widersprüche.")
    for row in files.rows:
        click.echo(f"{row.file.reference}: {' '.join(row.texts)}")


@retention.command(help="Vorausschau: was in welchem Jahr auszusondern ist, nach Fachbereich.")
@click.option(
    "--measure",
    metavar="files|pages|bytes",
    type=click.Choice([one.value for one in Measure]),
    default="files",
    help="Akten, Seiten aller Fassungen oder Bytes der Originale aller Fassungen.",
)
@acting(needed=True)
@as_json
@pass_console
def forecast(console: Console, measure: str, login: str, *, json_wanted: bool) -> None:
    """Print what ends in which year."""
    with console.reading(login) as (session, actor, now):
        found = forecasts.forecast(session, actor, now, Measure(measure))
    codes = list(found.departments)
    rows = [[found.label(year), *(found.amounts[year, code] for code in codes), found.of(year)] for year in found.years]
    heads = ["Fristende", *codes, "zusammen"]
    if json_wanted:
        print_json({"measure": measure, "heads": heads, "rows": rows})
        return
    click.echo(MEASURE_LABELS[found.measure])
    table(heads, rows if codes else [], empty="Keine Akte hat ein Fristende.")
