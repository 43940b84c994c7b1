"""``index``: the search index against the database, which is the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

import click

from eakte.actions import entries
from eakte.actions.comparing import differences
from eakte.cli.console import Console, as_json, clock, pass_console
from eakte.cli.exits import Exit
from eakte.cli.german import Group
from eakte.cli.output import plain, print_json, progress_bar
from eakte.cli.running import opened
from eakte.services import Services
from eakte.worker import rebuilding

BATCH = 100


@click.group(cls=Group, help="Den Suchindex mit der Datenbank vergleichen und neu aufbauen.")
def index() -> None:
    """Hold the commands on the index together."""


@index.command(
    help="Vergleichen, ob jedes Dokument so im Index steht wie in der Datenbank. Rückgabewert 1, wenn nicht."
)
@click.option("--repair", is_flag=True, help="Abweichungen gleich beheben; der Rückgabewert ist dann 0.")
@as_json
@pass_console
@click.pass_context
def check(context: click.Context, console: Console, *, repair: bool, json_wanted: bool) -> None:
    """Compare index and database."""
    services = console.services
    with services.database.reading() as session:
        found = differences(session, services.index)
    if repair:
        services.index.remove(found.superfluous)
        _put(services, (*found.missing, *found.outdated))
    if json_wanted:
        print_json(found)
    elif not found.any:
        click.echo(f"Der Index stimmt mit der Datenbank überein: {found.documents} Dokumente.")
    else:
        click.echo(
            f"{found.documents} Dokumente; im Index fehlen {len(found.missing)}, veraltet sind {len(found.outdated)}, "
            f"zu viel sind {len(found.superfluous)}." + (" Behoben." if repair else "")
        )
    context.exit(Exit.REFUSED if found.any and not repair else Exit.DONE)


@index.command(
    help="Den Index aus der Datenbank neu aufbauen, oder einen begonnenen Aufbau zu Ende führen. Bis er fertig ist, "
    "antwortet der bisherige; nur wenn der sich nicht lesen lässt, ist die Suche währenddessen lückenhaft."
)
@pass_console
def rebuild(console: Console) -> None:
    """Build the index anew."""
    services = opened(console)
    with services.database.reading() as session:
        count = entries.expected_count(session)
    with progress_bar(count, "Index") as bar:
        built = rebuilding.rebuild(services, bar.update if bar else lambda _: None)
    click.echo(f"Der Index ist neu aufgebaut: {built} Dokumente.")


@index.command(help="Zeigen, wie es um den Index steht: Generation, Dokumente, Größe, und wie weit ein Neuaufbau ist.")
@as_json
@pass_console
def status(console: Console, *, json_wanted: bool) -> None:
    """Show how the index stands."""
    services = console.services
    with services.database.reading() as session:
        wanted = entries.expected_count(session)
    state = services.index.state()
    if json_wanted:
        print_json({**plain(state), "wanted": wanted})
        return
    click.echo(
        f"Generation {state.serving}: {state.documents} Dokumente, in der Datenbank {wanted}; "
        f"belegt sind {f'{state.size / 1_000_000:.1f}'.replace('.', ',')} MB."
    )
    if state.outdated:
        click.echo("Sie stammt aus einer anderen Fassung des Programms und antwortet, bis eine neue fertig ist.")
    if state.building:
        share = state.built * 100 // wanted if wanted else 100
        click.echo(f"Im Aufbau ist Generation {state.building}: {state.built} von {wanted} Dokumenten ({share} %).")
    if state.building and state.partial:
        click.echo("Bis sie fertig ist, fehlen Treffer.")


def _put(services: Services, document_ids: Iterable[str]) -> None:
    wanted = list(document_ids)
    with progress_bar(len(wanted), "Index") as bar:
        for batch in _batches(wanted):
            with services.database.reading() as session:
                found = [entries.entry_of(session, UUID(document_id), clock()) for document_id in batch]
            services.index.put([entry for entry in found if entry is not None])
            if bar:
                bar.update(len(batch))


def _batches(wanted: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(wanted), BATCH):
        yield wanted[start : start + BATCH]
