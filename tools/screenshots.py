"""Take the pictures of the documentation from a loaded demo city: ``python tools/screenshots.py DATA_FOLDER``."""

from __future__ import annotations

import io
import sys
import threading
import tomllib
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

PICTURES = ROOT / "docs"
PASSWORD = tomllib.loads((ROOT / "config" / "demo" / "city.toml").read_text("utf-8"))["password"]
MOST_BYTES = 300_000
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]


def sign_in(page: Page, login: str) -> None:
    """Sign a person of the demo city in."""
    page.context.clear_cookies()
    page.goto("/anmelden")
    page.get_by_label("Anmeldename").fill(login)
    page.get_by_label("Kennwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(lambda url: "/anmelden" not in url)


def picture(page: Page, name: str) -> None:
    """Save the page as it stands, with as many colours as fit into the size."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot(caret="initial"))).convert("RGB")
    for colours in (256, 128, 64):
        file = PICTURES / name
        shot.quantize(colours, kmeans=2, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size <= MOST_BYTES:
            return


def take(page: Page) -> None:
    """Go through the demo city and take all pictures."""
    sign_in(page, "brandt")
    page.goto("/posteingang?band=sure")
    page.keyboard.press("j")
    picture(page, "posteingang.png")
    page.goto("/suche?q=Stellplatz")
    picture(page, "suche.png")
    page.locator(".ea-hit-facts a").first.click()
    picture(page, "akte.png")
    sign_in(page, "hoffmann")
    page.goto("/aussonderung")
    picture(page, "aussonderung.png")


def main(data_folder: Path) -> None:
    """Serve the city on a free port and take the pictures."""
    services = build(Settings(data_folder=data_folder))
    server: Any = waitress.server.create_server(create_app(services), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        address = f"http://127.0.0.1:{server.effective_port}"
        options: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "locale": "de-DE"}
        take(browser.new_page(base_url=address, color_scheme="light", **options))
        browser.close()
    server.close()
    services.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var"))
