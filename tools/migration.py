"""Write the next migration from the difference between the models and a freshly migrated database.

Usage: python tools/migration.py 0002 "what it does"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from eakte.store.database import connect
from eakte.store.migrate import config, migrate


def main() -> None:
    """Migrate an empty SQLite database to the newest revision and write what is missing."""
    number, message = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder) / 'fresh.sqlite'}")
        migrate(database)
        with database.migrating() as connection:
            command.revision(config(connection), message=message, autogenerate=True, rev_id=number)
        database.close()


if __name__ == "__main__":
    main()
