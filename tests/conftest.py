"""What all tests share: plugins, marks and how Hypothesis runs."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.ceph",
    "tests.chromium",
    "tests.compiled",
    "tests.postgres",
    "tests.openid.provider",
    "tests.opensearch",
    "tests.rights.counting",
    "tests.ldap.server",
    "tests.mail.server",
    "tests.archive_servers",
    "tests.town",
    "tests.tsa",
]

HERE = Path(__file__).parent
# No deadline: slow machines are no faults. In CI the same examples every time, so that red means a change.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

LONG = (
    "durability/", "rights/test_machine.py", "api/test_schemathesis.py", "worker/test_every_format.py",
    "search/test_durability.py", "destruction/test_machine.py", "worker/test_learning",
    "worker/test_nothing_is_left.py", "web/test_searching.py", "browser/",
)  # fmt: skip
"""What takes minutes, longest first: begun first, so that no processor waits for another one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder and by what they use, so that nobody has to remember."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if "opensearch" in item.nodeid:
            # One after another: all share one cluster.
            item.add_marker(pytest.mark.xdist_group("opensearch"))
        if item.path.relative_to(HERE).parts[0] == "durability":
            item.add_marker("durability")
            if "opensearch" not in item.nodeid:
                # One after another: they start and kill several processes each and wait for what these do.
                item.add_marker(pytest.mark.xdist_group("durability"))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    place = item.path.relative_to(HERE).as_posix()
    return next((turn for turn, long in enumerate(LONG) if place.startswith(long)), len(LONG))
