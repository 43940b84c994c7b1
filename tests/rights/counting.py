"""Prints at the end of a run how many steps the state machine of rights took, also where workers shared the tests."""

from __future__ import annotations

import pytest

STEPS_DONE = "steps of the rights machine"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add the steps that each test noted."""
    reports = [one for many in terminalreporter.stats.values() for one in many if isinstance(one, pytest.TestReport)]
    noted = [
        (report.nodeid, int(str(value)))
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == STEPS_DONE
    ]
    if noted:
        terminalreporter.section(STEPS_DONE)
        for nodeid, steps in sorted(noted):
            terminalreporter.write_line(f"{steps:6} {nodeid}")
        terminalreporter.write_line(f"{sum(steps for _, steps in noted):6} together")
