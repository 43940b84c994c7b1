"""Running as a service: signals, the worker of this process, the watched folder."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from eakte import logs
from eakte.cli.console import Console
from eakte.services import Services, begin_index_anew
from eakte.settings import Settings
from eakte.worker.service import Worker
from search.errors import IndexBroken, IndexOutdated

LOG = logging.getLogger(__name__)

GRACE = 30.0
"""Seconds a request or a step that has begun may take after the process was asked to stop."""


@contextmanager
def until_asked_to_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call *stop* on SIGTERM and Ctrl+C; a second Ctrl+C ends at once."""

    def asked(number: int, frame: FrameType | None) -> None:
        del number, frame
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def opened(console: Console) -> Services:
    """Open all services; an index that cannot be read is begun anew and filled by the worker."""
    try:
        return console.services
    except (IndexOutdated, IndexBroken) as error:
        click.echo(f"{error} Die Suche ist bald wieder vollständig.", err=True)
        begin_index_anew(console.settings)
        return console.services


@contextmanager
def start_worker(services: Services) -> Iterator[None]:
    """Run a worker in this process, with the watched folder if one is set.

    A step that outlasts GRACE is left behind: its job has been given back and what it still brings is refused, so the
    process ends without waiting for it.
    """
    worker = Worker(services)
    worker.start()
    try:
        yield
    finally:
        if not worker.close(GRACE):
            LOG.warning("a step was still running; its job went back to its queue")
            _end_at_once()


def _end_at_once() -> NoReturn:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def log_to_screen(settings: Settings) -> None:
    """Tell warnings and faults where the service was started."""
    handler = logs.screen_handler(settings.log_format, requests=settings.log_requests)
    logging.getLogger().addHandler(handler)
