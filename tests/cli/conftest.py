"""The command line on the town of ``tests.town``: real database, objects and index, called as a shell would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eakte.cli.main import main


@dataclass(frozen=True, slots=True)
class Shell:
    """Calls commands in an installation of their own."""

    folder: Path

    def __call__(self, *words: object, typed: str | None = None, **environment: str) -> Result:
        """Run one call; settings may be given as environment variables."""
        variables = {"EAKTE_DATA_FOLDER": str(self.folder)} | environment
        return CliRunner(env=variables).invoke(main, [str(word) for word in words], input=typed, prog_name="eakte")

    def done(self, *words: object, typed: str | None = None) -> str:
        """Run one call that must succeed, and return what it printed."""
        result = self(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout


ON_SQLITE = pytest.mark.parametrize("town", ["sqlite"], indirect=True)
"""The embedded database in the data folder is the one a shell finds by itself; actions are tested on both kinds."""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell before an empty installation."""
    return Shell(tmp_path)
