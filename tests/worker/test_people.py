"""People in step with a directory by the worker, and what signing in leaves behind swept away."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eakte.actions import limits, sessions
from eakte.identity.ldap import Access, Directory
from eakte.records.throttle import per
from eakte.services import Services
from eakte.store.people import person_by_login
from eakte.store.sign_in import SignIn, Throttle, WebSession
from eakte.worker import people, upkeep
from eakte.worker.clock import now
from tests.actions.signing import HOME
from tests.ldap.server import ADMIN, BASE, PASSWORD, Server
from tests.town import Town

HOUR = "2026-11-20T09"
ON_SQLITE = pytest.mark.parametrize("town", ["sqlite"], indirect=True)


@ON_SQLITE
def test_the_worker_brings_people_from_the_directory(town: Town, services: Services, directory_server: Server) -> None:
    directory_server.person("stein", "Stein, Maja")
    access = Access(
        url=directory_server.url, start_tls=False, ca_file="", bind_dn=ADMIN, password=PASSWORD, base=BASE,
        filter="(objectClass=inetOrgPerson)", login="uid", name="cn", subject="entryUUID", groups="memberOf",
    )  # fmt: skip
    services = dataclasses.replace(services, directory=Directory(access))
    for _ in range(2):
        people.sync_directory(services, HOUR)
    with town.database.reading() as session:
        person = person_by_login(session, "stein")
    assert person is not None
    assert person.active


def test_old_sign_ins_sessions_and_addresses_are_swept_away(town: Town, services: Services) -> None:
    moment = now()
    long_ago = moment - timedelta(days=services.settings.sign_ins_kept_days + 1)
    with town.database.begin() as session:
        person = person_by_login(session, "brandt")
        assert person is not None
        for at in (long_ago, moment):
            sessions.begin(session, person, sessions.PASSWORD, origin=HOME, now=at, hours=1)
        allowance = per(3, timedelta(hours=1))
        limits.spend(session, "sign-in:203.0.113.7", allowance, moment)
        limits.spend(session, "sign-in:198.51.100.9", allowance, long_ago)
    upkeep.sweep(services, HOUR)
    with town.database.reading() as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (SignIn, WebSession, Throttle)]
    assert left == [1, 1, 1]
