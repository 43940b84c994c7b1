"""``worker``: one more worker, without web."""

from __future__ import annotations

import threading

import click

from eakte.cli.console import Console, pass_console
from eakte.cli.german import Command
from eakte.cli.running import log_to_screen, opened, start_worker, until_asked_to_stop
from eakte.cli.tenant_workers import end_with_parent


@click.command(
    cls=Command,
    help="Einen Worker ohne Weboberfläche starten: liest Eingänge, pflegt den Suchindex, führt Aussonderungen aus und "
    "nimmt Dateien aus dem überwachten Ordner an. Mehrere Worker dürfen nebeneinander laufen.",
)
@click.option("--with-parent", is_flag=True, hidden=True)
@pass_console
def worker(console: Console, *, with_parent: bool) -> None:
    """Work until asked to stop."""
    log_to_screen(console.installation.settings)
    stop = threading.Event()
    if with_parent:
        end_with_parent(stop)
    with until_asked_to_stop(stop.set), start_worker(opened(console)):
        click.echo("Der Worker läuft. Beenden mit Strg+C.")
        stop.wait()
        click.echo("Der Worker wird beendet.")
