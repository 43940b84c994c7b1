"""Things to look at again and again beside the jobs: the watched folder, the archive's letter box."""

import logging
import threading
from collections.abc import Callable

from eakte import logs

LOG = logging.getLogger(__name__)


class Rounds:
    """Calls *look* every *interval* seconds in a thread of its own until it is closed; a failure ends one round only.

    *look* gets a function that tells whether it should go on to its next thing.
    """

    def __init__(self, name: str, look: Callable[[Callable[[], bool]], object], interval: float) -> None:
        self._name, self._look, self._interval = name, look, interval
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"eakte-{name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is in hand and stop."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(self._interval):
            logs.begin()  # what is taken, and the jobs it needs, carry the number of this round
            try:
                self._look(lambda: not self._closing.is_set())
            except Exception:
                LOG.exception("%s: the round failed; the next one tries again", self._name)
