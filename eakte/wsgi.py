"""The application for a WSGI server: ``eakte.wsgi:app``."""

from __future__ import annotations

import os
from pathlib import Path

from eakte import settings
from eakte.app import create_app
from eakte.services import build

_FILE = os.environ.get("EAKTE_SETTINGS")

app = create_app(build(settings.load(Path(_FILE) if _FILE else None)))
