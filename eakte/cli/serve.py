"""``serve``: web and worker in one process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

import click

from eakte.app import ByHost, create_app
from eakte.cli.console import Console, pass_console
from eakte.cli.german import Command
from eakte.cli.running import GRACE, log_to_screen, opened, start_worker, until_asked_to_stop
from eakte.cli.tenant_workers import workers_of
from eakte.cli.web_server import WebServer
from eakte.demo import city
from eakte.records.access import ROLE_LABELS, Role
from eakte.services import Services
from eakte.settings import Settings


@click.command(
    cls=Command,
    help="Weboberfläche und Worker in einem Prozess starten. Bei SIGTERM oder Strg+C wird beantwortet, was schon "
    "begonnen hat, und der Worker gibt seine Aufträge zurück. Sind Mandanten eingerichtet, bedient ein Webserver alle, "
    "und jeder hat seinen eigenen Worker.",
)
@click.option("--no-worker", is_flag=True, help="Nur die Weboberfläche; Worker laufen in eigenen Prozessen.")
@pass_console
def serve(console: Console, *, no_worker: bool) -> None:
    """Serve until asked to stop."""
    log_to_screen(console.installation.settings)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits a moment
    if console.installation.tenants and console.tenant is None:
        consoles = console.of_tenants()
        services = {str(one.tenant): opened(one) for one in consoles}
        apps = {tenant: create_app(services[tenant.name]) for tenant in console.installation.tenants}
        workers = workers_of(console.config or Path(), list(services), GRACE)
        _run(ByHost(apps), console.installation.settings, nullcontext() if no_worker else workers, _names(console))
    else:
        one = opened(console)
        _run(create_app(one), one.settings, nullcontext() if no_worker else start_worker(one), greeting(one))


def _run(
    application: Callable[..., Iterable[bytes]],
    settings: Settings,
    worker: AbstractContextManager[None],
    lines: list[str],
) -> None:
    server = WebServer(application, settings)
    with ExitStack() as running:
        running.enter_context(until_asked_to_stop(server.stop))
        running.callback(server.close, GRACE)
        running.enter_context(worker)
        for line in lines:
            click.echo(line)
        server.run()
        click.echo("Die E-Akte wird beendet.")
        server.close(GRACE)


def _names(console: Console) -> list[str]:
    """Return which authorities answer under which names."""
    settings, tenants = console.installation.settings, console.installation.tenants
    address = f"http://{_host(settings.host)}:{settings.port}"
    served = [f"  {tenant.settings.city} ({tenant.name}): {', '.join(tenant.hosts)}" for tenant in tenants]
    return [f"E-Akte für {len(tenants)} Mandanten: {address}", *served, "Beenden mit Strg+C."]


def greeting(services: Services) -> list[str]:
    """Return what the person reads when the service is up; in the demo city also how to sign in."""
    settings = services.settings
    address = settings.public_url or f"http://{_host(settings.host)}:{settings.port}"
    lines = [f"E-Akte der Stadt {settings.city}: {address}", "Beenden mit Strg+C."]
    if city.is_loaded(services):
        demo = city.summary(services)
        lines.append(f"Demo-Stadt: Anmelden mit dem Kennwort {demo.password} und einem dieser Namen:")
        lines += [
            f"  {one.login:<14} {one.name:<20} {ROLE_LABELS[Role[one.role]]} · {one.unit}" for one in demo.sign_ins
        ]
    return lines


def _host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - it is only told what to type into a browser
        return "localhost"
    return f"[{host}]" if ":" in host else host
