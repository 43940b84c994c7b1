"""``search``: find documents with the rights of a person."""

from __future__ import annotations

from dataclasses import replace

import click

from eakte.actions.finding import Found, find
from eakte.actions.saved_searches import named
from eakte.cli.console import Console, acting, as_json, limit, pass_console
from eakte.cli.german import Command, WrongUse
from eakte.cli.output import cell, print_json
from search.model import LIMIT, PageHit, Query, Sort

SORTS = {"relevance": "Treffergüte", "date": "Datum", "reference": "Zeichen"}


@click.command(
    cls=Command,
    help="Dokumente suchen, so wie die Person aus --as sie sehen darf. Die Suchsprache ist die der Weboberfläche: "
    '"genaue Wendung", Platz*, a ODER b, -ohne, absender:Muster, datum:2021..2023.',
)
@click.argument("words", metavar="[WÖRTER…]", nargs=-1)
@acting(needed=True)
@click.option("--sort", type=click.Choice(list(SORTS)), default="relevance", help="Reihenfolge der Treffer.")
@click.option("--saved", metavar="NAME", help="Eine gemerkte Suche, eigene vor geteilten; Wörter engen sie weiter ein.")
@click.option("--exact", is_flag=True, help="Nur genau diese Wörter, keine ähnlichen.")
@limit
@as_json
@pass_console
def search(
    console: Console,
    words: tuple[str, ...],
    login: str,
    *,
    sort: str,
    exact: bool,
    saved: str | None,
    limit: int,
    json_wanted: bool,
) -> None:
    """Search and show the hits with the lines that were found."""
    if not words and saved is None:
        raise WrongUse("Bitte nennen Sie Wörter oder mit --saved eine gemerkte Suche.")
    index, text = console.services.index, " ".join(words)
    with console.reading(login) as (session, actor, now):
        kept = named(session, actor, saved).query if saved is not None else Query("")
        text = f"{kept.text} {text}".strip()
        query = replace(kept, text=text, sort=Sort(sort), exact=exact, limit=min(limit, LIMIT))
        found = find(session, index, actor, query, now)
    if json_wanted:
        print_json(found)
    else:
        _show(found)


def _show(found: Found) -> None:
    for note in found.notes:
        click.echo(note)
    if found.did_you_mean:
        click.echo(f"Meinten Sie: {found.did_you_mean}?")
    if not found.hits:
        click.echo("Nichts gefunden.")
        return
    for hit in found.hits:
        click.echo(f"{hit.reference}  {cell(hit.document_date)}  {cell(hit.subject) or 'ohne Betreff'}")
        about = (hit.sender, hit.document_type, f"Akte {hit.case_file_subject}")
        click.echo(f"    {' · '.join(cell(part) for part in about if part)}")
        for page in hit.pages[:2]:
            click.echo(f"    Seite {page.number}: {_marked(page)}")
    click.echo(f"{len(found.hits)} von {found.total} Dokumenten aus {found.case_files} Akten.")


def _marked(page: PageHit) -> str:
    """Return the snippet with the words found in bold; click leaves that out where nobody looks at a screen."""
    text, shown, end = page.snippet.text, "", 0
    for start, stop in page.snippet.marks:
        shown += text[end:start] + click.style(text[start:stop], bold=True)
        end = stop
    return cell(shown + text[end:])
