"""The embedded web server (waitress): listens, and when asked to stop answers what it has begun to receive."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from eakte.cli.exits import NotReady
from eakte.settings import Settings

FILES_PER_REQUEST = 4
"""One request may carry several files; the application has the last word on each."""
LOOK = 0.05


class WebServer:
    """One listening web server."""

    def __init__(self, application: Callable[..., Iterable[bytes]], settings: Settings) -> None:
        """Bind the address; nothing is answered before :meth:`run`.

        Raises:
            NotReady: The address is taken, or not one of this machine.
        """
        self._map: dict[int, Any] = {}
        self._stopping = threading.Event()
        try:
            self._server = create_server(
                application,
                map=self._map,
                host=settings.host,
                port=settings.port,
                threads=settings.web_threads,
                ident=None,
                url_scheme="https" if settings.public_url.startswith("https:") else "http",
                clear_untrusted_proxy_headers=settings.trusted_proxies == 0,  # else we count the entries ourselves
                max_request_body_size=FILES_PER_REQUEST * settings.max_upload_bytes,
            )
        except OSError as error:
            wasyncore.close_all(self._map, ignore_all=True)  # the server leaves open what it made before it failed
            raise NotReady(problem=_unusable(settings, error)) from error

    def run(self) -> None:
        """Serve until :meth:`stop` is called."""
        while not self._stopping.is_set():
            self._turn(30.0)

    def stop(self) -> None:
        """Ask the server to stop; may be called from a signal handler."""
        self._stopping.set()
        for listener in self._parts(BaseWSGIServer):
            listener.pull_trigger()

    def close(self, grace: float) -> bool:
        """Take no new connection, answer what is under way for at most *grace* seconds, and close.

        Returns:
            Whether everything was answered.
        """
        for listener in self._parts(BaseWSGIServer):
            wasyncore.dispatcher.close(listener)
        deadline = time.monotonic() + grace
        while (busy := self._busy()) and time.monotonic() < deadline:
            self._turn(LOOK)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._map, ignore_all=True)
        return not busy

    def _busy(self) -> bool:
        return any(
            channel.requests or channel.request is not None or channel.total_outbufs_len
            for channel in self._parts(HTTPChannel)
        )

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=True, map=self._map, count=1)

    def _parts(self, kind: type[Any]) -> list[Any]:
        return [part for part in list(self._map.values()) if isinstance(part, kind)]


def _unusable(settings: Settings, error: OSError) -> str:
    address = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"Unter {address} läuft schon ein Dienst. Beenden Sie ihn, oder wählen Sie mit EAKTE_PORT einen anderen."
    return f"Unter {address} kann nicht gehorcht werden. Prüfen Sie die Einstellungen host und port."
