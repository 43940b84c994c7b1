"""Tenants (Mandanten): several authorities in one installation, strictly apart.

Each has a database, objects, an index, keys and jobs of its own; nothing that tells of people or records is shared, so
there is no query that could forget to keep them apart. They share the program, its address and its limits.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eakte.errors import SettingsInvalid
from eakte.settings import PREFIX, Settings, load, typed

TABLE = "tenants"
HOSTS = "hosts"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
OF_THE_PROCESS = frozenset({"host", "port", "web_threads", "trusted_proxies"})
"""Settings of the one web server; a tenant cannot have its own."""
SHARED = OF_THE_PROCESS | {
    "config_folder", "search_engine", "ocr_engine", "ocr_languages", "readers", "max_upload_bytes", "max_read_bytes",
    "max_read_pages", "read_seconds", "session_hours", "session_idle_minutes",
    "failed_sign_ins_per_hour", "api_requests_per_minute", "sign_ins_kept_days", "cooling_off_days", "s3_endpoint",
    "xdomea_schemas", "search_servers", "search_user", "search_password", "search_password_file", "search_ca_file",
    "key_rotation_days", "key_backup_days", "log_format", "log_requests",
    "person_mb_per_day", "person_documents_per_day", "unit_mb_per_day", "unit_documents_per_day", "source_waiting",
}  # fmt: skip
"""Settings a tenant inherits: programs and limits. Everything else is its own or has its default: a new setting is
shared only when it is named here."""
PLACES = ("data_folder", "archive_folder", "watch_folder", "sources_file", "anchor_file")
STORES = ("object_store", "archive_url", "key_store", "master_keys")


@dataclass(frozen=True, slots=True)
class Tenant:
    """One authority: how it is called in commands, under which host names it answers, and its settings."""

    name: str
    hosts: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings of the process and its tenants; without tenants the settings are those of the one authority."""

    settings: Settings
    tenants: tuple[Tenant, ...]

    def tenant(self, name: str) -> Tenant | None:
        """Return the tenant with a name."""
        return next((tenant for tenant in self.tenants if tenant.name == name), None)


def load_installation(file: Path | None, environment: Mapping[str, str] = os.environ) -> Installation:
    """Read the settings with all tenants.

    Secrets of a tenant may come from the environment too: ``EAKTE_TENANT_<NAME>_<SETTING>``.

    Raises:
        SettingsInvalid: A value does not fit, or two tenants would share something.
    """
    tables: Mapping[str, Any] = tomllib.loads(file.read_text("utf-8")).get(TABLE, {}) if file else {}
    shared = load(file, environment)
    tenants = tuple(_tenant(name, table, shared, environment) for name, table in sorted(tables.items()))
    _check_apart(tenants)
    return Installation(shared, tenants)


def _tenant(name: str, table: Mapping[str, Any], shared: Settings, environment: Mapping[str, str]) -> Tenant:
    where = f"{TABLE}.{name}"
    if not NAME.fullmatch(name):
        raise SettingsInvalid(name=where, problem="Ein Mandant heißt mit Kleinbuchstaben, Ziffern und Bindestrich.")
    known = {field.name for field in fields(Settings)} - OF_THE_PROCESS
    values = {key: value for key, value in table.items() if key != HOSTS}
    prefix = f"{PREFIX}TENANT_{name.upper().replace('-', '_')}_"
    values |= {key: environment[prefix + key.upper()] for key in known if prefix + key.upper() in environment}
    if unknown := sorted(set(values) - known):
        raise SettingsInvalid(name=f"{where}.{unknown[0]}", problem="Diesen Namen gibt es für einen Mandanten nicht.")
    inherited = {key: getattr(shared, key) for key in SHARED}
    own = {key: typed(key, value) for key, value in values.items()}
    place = {"data_folder": shared.data_folder / TABLE / name, "search_prefix": f"{shared.search_prefix}-{name}"}
    settings = replace(Settings(), **(inherited | place | own))
    return Tenant(name, _hosts(where, table.get(HOSTS)), settings)


def _hosts(where: str, value: object) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise SettingsInvalid(name=f"{where}.{HOSTS}", problem="Ein Mandant braucht mindestens einen Hostnamen.")
    hosts = tuple(host_name(one) for one in found)
    if wrong := next((one for one, host in zip(found, hosts, strict=True) if not HOST.fullmatch(host)), None):
        raise SettingsInvalid(name=f"{where}.{HOSTS}", problem=f"„{wrong}“ ist kein Hostname.")
    return hosts


def host_name(header: str) -> str:
    """Return the host name in a ``Host`` header: lower case, without port and without the dot of the root."""
    return header.strip().lower().rpartition("]")[2].partition(":")[0].removesuffix(".")


def _check_apart(tenants: Sequence[Tenant]) -> None:
    """Refuse two tenants that would share a host name, a folder, a database or a bucket."""
    for first, second in combinations(tenants, 2):
        for setting in _shared_by(first, second):
            problem = f"Die Mandanten {first.name} und {second.name} dürfen hier nichts Gemeinsames haben."
            raise SettingsInvalid(name=setting, problem=problem)


def _shared_by(first: Tenant, second: Tenant) -> Iterator[str]:
    if set(first.hosts) & set(second.hosts):
        yield HOSTS
    for name in PLACES:
        if _overlap(getattr(first.settings, name), getattr(second.settings, name)):
            yield name
    if _database(first.settings) == _database(second.settings):
        yield "database_url"
    if first.settings.search_servers and first.settings.search_prefix == second.settings.search_prefix:
        yield "search_prefix"
    for name in STORES:
        if getattr(first.settings, name) and getattr(first.settings, name) == getattr(second.settings, name):
            yield name


def _overlap(first: Path | str, second: Path | str) -> bool:
    if not str(first) or not str(second):
        return False
    one, other = Path(first).resolve(), Path(second).resolve()
    return one == other or one in other.parents or other in one.parents


def _database(settings: Settings) -> tuple[str, str]:
    """Return server and name of a database: two logins of one database are still one."""
    parts = urlsplit(settings.database)
    server = parts.netloc.rpartition("@")[2]
    path = parts.path.removeprefix("/") if parts.scheme.startswith("sqlite") else parts.path
    return server, str(Path(path).resolve()) if parts.scheme.startswith("sqlite") else path
