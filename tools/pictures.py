"""Take the pictures of all screens from a loaded demo city: ``python tools/pictures.py DATA_FOLDER``.

Each screen is taken in light and in dark, ``docs/bildschirme.md`` shows both. The city is left as it was found but for
entries of its history: the pictures only look.
"""

from __future__ import annotations

import io
import sys
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import waitress.server
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eakte.app import create_app  # noqa: E402 - run as a script, the project is not on the path before
from eakte.services import build  # noqa: E402
from eakte.settings import Settings  # noqa: E402

DOCS = ROOT / "docs"
PICTURES = DOCS / "bildschirme"
PASSWORD = tomllib.loads((ROOT / "config" / "demo" / "city.toml").read_text("utf-8"))["password"]
MOST_BYTES = 60_000
THEMES = {"light": "hell", "dark": "dunkel"}
SIZE = {"width": 1440, "height": 900}
SHOWN = (1200, 750)
"""Pixels of the picture that is kept."""
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--lang=de-DE"]
Step = Callable[[Page], None]


@dataclass(frozen=True)
class Screen:
    """One picture: its file name, what stands below it, and how to get there."""

    name: str
    title: str
    address: str
    then: tuple[Step, ...] = ()


def press(*keys: str) -> Step:
    """Return the step of pressing keys one after another."""
    return lambda page: [page.keyboard.press(key) for key in keys] and None


def follow(selector: str) -> Step:
    """Return the step of going where the first link of that kind leads."""

    def go(page: Page) -> None:
        href = page.locator(selector).first.get_attribute("href")
        page.goto(href or "/")

    return go


def beside(ending: str) -> Step:
    """Return the step of going to a page below the one that is shown."""
    return lambda page: page.goto(page.url.split("?")[0].split("#")[0] + ending) and None


def write(text: str) -> Step:
    """Return the step of typing into the field that has the focus."""

    def type_in(page: Page) -> None:
        page.keyboard.type(text)
        page.wait_for_timeout(1_500)  # the answer comes after a pause in typing

    return type_in


FILE, HIT = "[data-rows] a[href^='/akten/']", ".ea-hit a[data-hit]"
SCREENS: dict[str, tuple[Screen, ...]] = {
    "brandt": (
        Screen("heute", "Heute: was wartet, und woran zuletzt gearbeitet wurde", "/heute"),
        Screen("posteingang", "Posteingang: Liste, Seite mit Fundstellen, Vorschlag zur Ablage",
               "/posteingang?band=sure", (press("j"),)),
        Screen("seiten", "Seiten trennen und zusammenführen", "/posteingang?band=sure", (press("j", "s"),)),
        Screen("akte-waehlen", "Andere Akte wählen, beim Tippen gesucht", "/posteingang",
               (press("a"), write("garten"))),
        Screen("tasten", "Alle Tasten des Bildschirms", "/posteingang", (press("?"),)),
        Screen("neue-akte", "Neue Akte", "/akten/neu"),
        Screen("aktenplan", "Aktenplan", "/aktenplan"),
        Screen("akte", "Akte: Struktur, Dokumente, Aufbewahrung, Verlauf", "/akten", (follow(FILE),)),
        Screen("dokument", "Dokument mit markierten Treffern", "/suche?q=Stellplatz", (follow(HIT),)),
        Screen("suche", "Suche mit Filtern, Fundstellen und Vorschau", "/suche?q=Stellplatz"),
        Screen("gemerkte-suchen", "Gemerkte Suchen", "/suche/gemerkt"),
        Screen("ereignisse", "Fehlende Ereignisse", "/fristen/ereignisse"),
        Screen("hochladen", "Hochladen", "/hochladen"),
        Screen("stapel", "Scanstapel", "/stapel"),
    ),
    "schaefer": (Screen("migration", "Papiermigration: neuer Lauf", "/migration/neu"),),
    "hoffmann": (
        Screen("lage", "Lage: Zahlen als Bild und als Tabelle", "/lage"),
        Screen("fristen", "Fristen", "/fristen"),
        Screen("vorausschau", "Vorausschau der Fristenden", "/fristen/vorausschau"),
        Screen("aussonderung", "Fristen und Aussonderung", "/aussonderung"),
        Screen("rechte", "Rechte an einer Akte", "/akten", (follow(FILE), beside("/rechte"))),
        Screen("protokoll", "Protokoll", "/protokoll"),
        Screen("regeln", "Aufbewahrungsregeln", "/aufbewahrung/regeln"),
    ),
    "tran": (
        Screen("verwaltung", "Verwaltung: Organisation", "/verwaltung"),
        Screen("gestaltung", "Gestaltung: alle Bausteine der Oberfläche", "/gestaltung"),
    ),
}  # fmt: skip


def sign_in(page: Page, login: str) -> None:
    """Sign a person of the demo city in."""
    page.context.clear_cookies()
    page.goto("/anmelden")
    page.get_by_label("Anmeldename").fill(login)
    page.get_by_label("Kennwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(lambda url: "/anmelden" not in url)


def settle(page: Page) -> None:
    """Wait until the page stands as it will be looked at."""
    page.wait_for_timeout(300)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


def take(page: Page, screen: Screen) -> None:
    """Go to a screen and save it in both themes."""
    answer = page.goto(screen.address)
    if answer is None or not answer.ok:
        raise SystemExit(f"{screen.address} does not answer with a page")
    for step in screen.then:
        settle(page)
        step(page)
    for scheme, name in THEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # light or dark
        settle(page)
        save(page.screenshot(caret="initial"), PICTURES / f"{screen.name}-{name}.webp")


def save(shot: bytes, file: Path) -> None:
    """Save a picture as well as its size allows."""
    image = Image.open(io.BytesIO(shot)).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS)
    for quality in range(85, 20, -5):
        image.save(file, "WEBP", quality=quality, method=6)
        if file.stat().st_size <= MOST_BYTES:
            return


def page_of_pictures() -> str:
    """Return the document that shows all pictures."""
    lines = [
        "# Bildschirme",
        "",
        "Alle Bilder zeigen die Demo-Stadt, links hell, rechts dunkel. Nichts davon ist echt.",
        "`make pictures` nimmt sie neu auf.",
    ]
    for screen in [one for of_person in SCREENS.values() for one in of_person]:
        shown = [f"![{screen.title}, {name}](bildschirme/{screen.name}-{name}.webp)" for name in THEMES.values()]
        lines += ["", f"## {screen.title}", "", "| hell | dunkel |", "|---|---|", f"| {' | '.join(shown)} |"]
    return "\n".join(lines) + "\n"


def main(data_folder: Path) -> None:
    """Serve the city on a free port and take the pictures."""
    services = build(Settings(data_folder=data_folder, migration_folder=str(data_folder / "migration")))
    server: Any = waitress.server.create_server(create_app(services), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        address = f"http://127.0.0.1:{server.effective_port}"
        page = browser.new_page(base_url=address, locale="de-DE", viewport=SIZE)  # type: ignore[arg-type]  # a dict
        for login, screens in SCREENS.items():
            sign_in(page, login)
            for screen in screens:
                take(page, screen)
        browser.close()
    server.close()
    services.close()
    (DOCS / "bildschirme.md").write_text(page_of_pictures(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var"))
