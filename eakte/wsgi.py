"""The application for a WSGI server: ``eakte.wsgi:app``."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from eakte import logs
from eakte.app import ByHost, create_app
from eakte.services import build
from eakte.tenants import load_installation

_FILE = os.environ.get("EAKTE_SETTINGS")
_INSTALLATION = load_installation(Path(_FILE) if _FILE else None)
logging.getLogger().addHandler(
    logs.screen_handler(_INSTALLATION.settings.log_format, requests=_INSTALLATION.settings.log_requests)
)

app = (
    ByHost({tenant: create_app(build(tenant.settings)) for tenant in _INSTALLATION.tenants})
    if _INSTALLATION.tenants
    else create_app(build(_INSTALLATION.settings))
)
