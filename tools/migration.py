"""Write the next migration from the models: ``python -m tools.migration "what changes"``.

Without a name only check that none is due.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from eakte.store.database import connect
from eakte.store.migrate import config, differences, migrate


def main(name: str) -> int:
    """Compare the models with a fresh database at the newest migration."""
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder, 'empty.sqlite')}")
        migrate(database)
        due = differences(database)
        if name:
            newest = ScriptDirectory.from_config(config()).get_current_head() or "0"
            with database.migrating() as connection:
                command.revision(config(connection), name, autogenerate=True, rev_id=f"{int(newest) + 1:04}")
        database.close()
    if due and not name:
        print("Modelle und Migrationen stimmen nicht überein (make migration NAME=…):", *due, sep="\n  ")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(" ".join(sys.argv[1:])))
