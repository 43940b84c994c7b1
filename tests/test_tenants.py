"""Settings of several authorities: what they inherit, what is their own, and what they may never share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eakte.errors import SettingsInvalid
from eakte.settings import Settings
from eakte.tenants import Installation, host_name, load_installation

BOTH = """
data_folder = "daten"
session_hours = 8
oidc_issuer = "https://anmeldung.nord.example"
database_url = "postgresql://eakte@db/gemeinsam"
object_store = "s3://gemeinsam"
[tenants.nord]
hosts = ["akte.nord.example", "akten.nord.example"]
city = "Nordstadt"
[tenants.sued]
hosts = "akte.sued.example"
session_hours = 4
"""


def read(folder: Path, text: str, **environment: str) -> Installation:
    file = folder / "eakte.toml"
    file.write_text(text)
    return load_installation(file, environment)


def test_tenants_inherit_limits_and_have_everything_else_of_their_own(tmp_path: Path) -> None:
    north, south = read(tmp_path, BOTH).tenants
    assert (north.name, north.hosts) == ("nord", ("akte.nord.example", "akten.nord.example"))
    assert [one.settings.session_hours for one in (north, south)] == [8, 4]
    assert [one.settings.city for one in (north, south)] == ["Nordstadt", "Musterstadt"]
    assert [str(one.settings.data_folder) for one in (north, south)] == ["daten/tenants/nord", "daten/tenants/sued"]
    for one in (north, south):
        assert (one.settings.oidc_issuer, one.settings.database_url, one.settings.object_store) == ("", "", "")


def test_a_secret_of_one_tenant_may_come_from_the_environment(tmp_path: Path) -> None:
    installation = read(tmp_path, BOTH, EAKTE_TENANT_SUED_OIDC_CLIENT_SECRET="nur Süd")
    assert [one.settings.oidc_client_secret for one in installation.tenants] == ["", "nur Süd"]


def test_without_tenants_there_is_one_authority_with_the_defaults() -> None:
    assert load_installation(None, {}) == Installation(Settings(), ())


@pytest.mark.parametrize(
    ("north", "south"),
    [
        ('hosts = ["a.example"]', 'hosts = ["A.example."]'),
        ('data_folder = "gleich"', 'data_folder = "gleich"'),
        ('data_folder = "eins"', 'data_folder = "eins/zwei"'),
        ('data_folder = "eins"', 'data_folder = "zwei/../eins"'),
        ('database_url = "postgresql://a:1@db/eakte"', 'database_url = "postgresql://b@db/eakte"'),
        ('database_url = "sqlite:///x.sqlite"', 'database_url = "sqlite:///y/../x.sqlite"'),
        ('object_store = "s3://eimer"', 'object_store = "s3://eimer"'),
        ('watch_folder = "scans"', 'watch_folder = "scans"'),
        ('archive_folder = "archiv"', 'archive_folder = "archiv/sued"'),
    ],
)
def test_two_tenants_that_would_share_something_are_refused(tmp_path: Path, north: str, south: str) -> None:
    hosts = ['hosts = ["nord.example"]', 'hosts = ["sued.example"]']
    tables = [
        f"[tenants.{name}]\n{own}\n{'' if own.startswith('hosts') else host}\n"
        for name, own, host in zip(("nord", "sued"), (north, south), hosts, strict=True)
    ]
    with pytest.raises(SettingsInvalid):
        read(tmp_path, "\n".join(tables))


@pytest.mark.parametrize(
    "table",
    [
        "[tenants.nord]",
        "[tenants.nord]\nhosts = []",
        '[tenants.nord]\nhosts = ["nord example"]',
        '[tenants.nord]\nhosts = ["nord.example"]\nport = 9090',
        '[tenants.nord]\nhosts = ["nord.example"]\ngibtesnicht = 1',
        '[tenants.Nord]\nhosts = ["nord.example"]',
        '[tenants."../nord"]\nhosts = ["nord.example"]',
    ],
)
def test_a_tenant_that_is_not_told_rightly_is_refused(tmp_path: Path, table: str) -> None:
    with pytest.raises(SettingsInvalid):
        read(tmp_path, table)


@given(some.text(max_size=60))
def test_a_host_name_is_read_from_whatever_is_sent(header: str) -> None:
    name = host_name(header)
    assert ":" not in name
    assert host_name(name.upper()) == host_name(name) or not name.isascii()
