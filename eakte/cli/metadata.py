"""``metadata``: what the city declares."""

from __future__ import annotations

from collections.abc import Iterable

import click

from eakte.cli.console import Console, as_json, pass_console
from eakte.cli.german import Group
from eakte.cli.output import print_json
from eakte.records.metadata import FieldSpec, FieldType, Required
from eakte.store.declarations import read_catalogue

_TYPES = {
    FieldType.TEXT: "Text",
    FieldType.NUMBER: "Zahl",
    FieldType.MONEY: "Betrag",
    FieldType.DATE: "Datum",
    FieldType.YES_NO: "ja/nein",
    FieldType.CHOICE: "Auswahl",
    FieldType.REFERENCE: "Aktenzeichen",
}
_REQUIRED = {
    Required.NO: "",
    Required.FILING: ", Pflicht beim Anlegen oder Ablegen",
    Required.CLOSING: ", Pflicht vor der z.d.A.",
}


@click.group(cls=Group, help="Angaben, die Akten und Dokumente haben: zeigen und prüfen.")
def metadata() -> None:
    """Hold the commands on metadata together."""


@metadata.command(
    help="Aktenarten, Dokumenttypen und Aktenvorlagen zeigen; ein Fehler wird mit Datei und Zeile genannt."
)
@as_json
@pass_console
def show(console: Console, *, json_wanted: bool) -> None:
    """Show what is declared, or say what is wrong with it."""
    catalogue = read_catalogue(console.settings.config_folder)
    if json_wanted:
        print_json(catalogue)
        return
    for kind in catalogue.case_file_kinds:
        click.echo(f"Aktenart {kind.label} ({kind.name}), Aktenplan {', '.join(kind.plan) or 'nur auf Wahl'}")
        _echo(kind.fields)
    for document_kind in catalogue.document_kinds:
        click.echo(f"Dokumenttyp {document_kind.name}")
        _echo(document_kind.fields)
    for template in catalogue.templates:
        click.echo(f"Aktenvorlage {template.label} ({template.name}): {', '.join(template.cases)}")
    if not (catalogue.case_file_kinds or catalogue.document_kinds or catalogue.templates):
        click.echo("Es ist nichts angegeben.")


def _echo(fields: Iterable[FieldSpec]) -> None:
    for spec in fields:
        click.echo(f"    {spec.name}: {spec.label} ({_TYPES[spec.type]}{_REQUIRED[spec.required]})")
