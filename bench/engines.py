"""The servers of an engine that does not live in our process, for measuring it.

They are those of ``EAKTE_TEST_OPENSEARCH_URL``, or a cluster of two nodes that is started for it where Java and Maven
are there, each with 320 MB of heap. Where neither can be had the programme ends and says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from search.engines import REMOTE
from search.servers import Servers

PREFIX = "eakte-bench"


@contextmanager
def servers(*names: str | None) -> Iterator[Servers | None]:
    """Yield servers without an index of ours if one of the engines *names* lives there; what is put there goes."""
    if REMOTE not in names:
        yield None
        return
    # Needed by nobody else, and a third of the memory of a reader that is measured.
    import pytest  # noqa: PLC0415

    from search.engines.server_shelf import ServerShelf  # noqa: PLC0415
    from tests import opensearch  # noqa: PLC0415

    try:
        with opensearch.addresses() as addresses:
            reached = Servers(addresses, PREFIX)
            ours = [ServerShelf.on(each) for each in (reached, apart(reached)) if each]
            for shelf in ours:
                shelf.remove_all()
            try:
                yield reached
            finally:
                for shelf in ours:
                    shelf.remove_all()
    except pytest.skip.Exception as missing:
        raise SystemExit(f"{REMOTE}: {missing}") from missing


def apart(reached: Servers | None) -> Servers | None:
    """Return where a second index is kept apart from the first."""
    return reached and replace(reached, prefix=f"{reached.prefix}-apart")
