"""The page of the design layer shows every component the pages are made of, and leaves none out."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from jinja2 import nodes

from eakte.web.pages import design
from tests.web.conftest import Person

WEB = Path(design.__file__).parents[1]
PARTS = WEB / "templates" / "parts"


def tree(app: Flask, file: Path) -> nodes.Template:
    return app.jinja_env.parse(file.read_text("utf-8"))


def test_every_macro_of_the_parts_is_shown(app: Flask) -> None:
    made = {macro.name for file in PARTS.glob("*.html") for macro in tree(app, file).find_all(nodes.Macro)}
    page = tree(app, WEB / "templates" / "design.html")
    called = {call.node.name for call in page.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
    assert len(made) >= 18
    assert made - called == set()


def test_every_symbol_and_every_colour_with_a_meaning_is_shown() -> None:
    symbols = re.findall(r'<symbol id="([^"]+)"', (WEB / "ui" / "icons.svg").read_text("utf-8"))
    assert set(design.ICONS) == set(symbols)
    tokens = re.findall(r"^  --ea-([a-z-]+):", (WEB / "ui" / "css" / "10-tokens.css").read_text("utf-8"), re.MULTILINE)
    shown = re.findall(r'^\[data-colour="([a-z-]+)"\]', (WEB / "ui/css/78-design.css").read_text("utf-8"), re.MULTILINE)
    assert list(design.COLOURS) == shown
    assert set(design.COLOURS) <= set(tokens)


def test_whoever_is_signed_in_sees_it_and_nobody_else(clerk: Person, stranger: Person, visitor: Person) -> None:
    for person in (clerk, stranger):
        page = person.get("/gestaltung")
        assert page.status_code == 200
        assert "Posteingang ist leer." in page.text
    assert visitor.get("/gestaltung").status_code == 303
