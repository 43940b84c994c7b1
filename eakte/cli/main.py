"""The group of all commands: loads each command when it is called, and turns every error into a German sentence."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from eakte import logs
from eakte.cli.console import Console, logging_until_the_end
from eakte.cli.exits import EPILOG, Exit, outcome_of
from eakte.cli.german import Group

COMMANDS = {
    "migrate": "Datenbank einrichten oder auf den neuesten Stand bringen",
    "serve": "Weboberfläche und Worker in einem Prozess starten",
    "worker": "Einen Worker ohne Weboberfläche starten",
    "doctor": "Alles prüfen, was der Betrieb braucht, und sagen, was zu tun ist",
    "demo": "Die Demo-Stadt laden",
    "intake": "Dateien aufnehmen und den Eingang überwachen",
    "search": "Dokumente suchen",
    "figures": "Zahlen zur Lage zeigen",
    "cases": "Akten auflisten, zeigen, anlegen, ändern, schließen, wieder öffnen",
    "learning": "Vorschläge aus Ablagen lernen lassen, Fassungen zeigen und wählen",
    "paper": "Papierteile von Akten aufnehmen, ausleihen, zurücknehmen",
    "metadata": "Felder von Akten und Dokumenten zeigen und prüfen",
    "plan": "Aktenplan laden, ausgeben, in Kraft setzen; Akten umbetten; Lücken erklären",
    "migration": "Papierakten nach einer Liste übernehmen, verfolgen, zurücknehmen",
    "retention": "Aufbewahrungsregeln zeigen und ändern, Widersprüche finden",
    "holds": "Löschsperren anordnen, vorher ansehen, prüfen, aufheben",
    "disposal": "Aufbewahrung prüfen, Vernichtung vorschlagen und freigeben",
    "users": "Personen, Kennwörter und Stellen verwalten",
    "restrictions": "Verarbeitung einschränken, für einen Zweck öffnen, aufheben (Art. 18 DSGVO)",
    "requests": "Betroffenenanträge erfassen, Akten finden, entscheiden, antworten (Art. 15 bis 18 DSGVO)",
    "rights": "Erklären, wer etwas sieht und warum, jetzt und früher",
    "tokens": "Zugangsschlüssel für Programme anlegen und widerrufen",
    "audit": "Protokoll zeigen und prüfen",
    "evidence": "Beweiswerte: Akten prüfen, sichern, Zeitstempel erneuern",
    "keys": "Verschlüsselung des Gespeicherten einrichten, Hauptschlüssel wechseln",
    "index": "Suchindex prüfen und neu aufbauen",
    "backup": "Datenbank und Objekte sichern, im laufenden Betrieb",
    "restore": "Aus einer Sicherung in eine leere Einrichtung zurückkehren",
    "bundle": "Eine ganze Behörde ausgeben, prüfen und laden",
}
"""Each command is ``<name>`` in ``eakte.cli.<name>``; one call loads no more than it needs."""


class Root(Group):
    """The outermost group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", getattr(import_module(f"eakte.cli.{cmd_name}"), cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run one call and end the process with its exit code."""
        kwargs["standalone_mode"] = False
        logs.begin()
        with logging_until_the_end():
            try:
                code = super().main(*args, **kwargs)
            except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last edge: nobody shall see a trace
                code, text = outcome_of(error)
                click.echo(text, err=True)
        sys.exit(code if isinstance(code, int) else Exit.DONE)


@click.group(
    cls=Root,
    help="E-Akte: einlesen, ablegen, finden, aufbewahren, aussondern.",
    epilog=EPILOG,
    no_args_is_help=True,
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Datei mit Einstellungen (TOML). Umgebungsvariablen EAKTE_… gehen vor.",
)
@click.option("--tenant", metavar="NAME", help="Mandant, für den der Befehl gilt, wenn mehrere eingerichtet sind.")
@click.pass_context
def main(context: click.Context, config: Path | None, tenant: str | None) -> None:
    """Prepare a call."""
    console = Console(config, tenant)
    context.obj = console
    context.call_on_close(console.close)
