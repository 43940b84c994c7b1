"""An archive whose server is away: nothing is lost, nothing is half, and it is tried again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.actions import exchange
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.history import HistoryEntry
from eakte.store.jobs import LIVE, client_of
from eakte.texts import sentence
from eakte.worker.exchange import EXCHANGE, compose, on_fault, send, take_answers
from eakte.worker.workflow import UNAVAILABLE, Later
from retention.archives.box import BoxGateway
from retention.archives.webdav import WebDavBox
from search.engines import open_engine
from tests.archive_servers import PASSWORD, USER, WebDavServer
from tests.retention.samples import schema_folder
from tests.town import NOW, Town

CLOSED = datetime(2010, 5, 4, 9, 0, tzinfo=UTC)


def offered(town: Town, services: Services) -> str:
    """Offer one case file whose ten years are over and return the process."""
    town.now = CLOSED
    case_file, _ = town.filed(plan="52.02", unit="63.1", login="ott")
    town.close(case_file.id, on=CLOSED, login="ott")
    town.now = NOW
    with town.database.begin() as session:
        return str(exchange.offer(session, town.actor("weber"), [case_file.id], services.archive, NOW))


def test_an_offer_waits_for_the_archives_server_and_is_sent_once_it_is_there(
    town: Town, webdav_server: WebDavServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_folder=tmp_path / "data", xdomea_schemas=str(schema_folder()))
    box = WebDavBox(webdav_server.url, USER, PASSWORD, webdav_server.ca_file)
    index = open_engine("null", tmp_path / "index")
    services = Services(settings, town.database, town.objects, index, BoxGateway(box))
    process_id = offered(town, services)
    compose(services, process_id, exchange.OFFER)
    webdav_server.stop()
    caplog.set_level(logging.WARNING)
    with pytest.raises(Later):
        send(services, process_id, exchange.OFFER)
    assert take_answers(services) == 0
    assert caplog.text.count(sentence("archive-away")) == 2
    webdav_server.start()
    send(services, process_id, exchange.OFFER)
    send(services, process_id, exchange.OFFER)
    assert len(list(webdav_server.out.iterdir())) == 1
    assert take_answers(services) == 0
    index.close()


def test_an_archive_that_is_away_for_hours_is_told_in_the_history_and_tried_the_next_day(
    town: Town, webdav_server: WebDavServer, tmp_path: Path
) -> None:
    settings = Settings(data_folder=tmp_path / "data", xdomea_schemas=str(schema_folder()))
    index = open_engine("null", tmp_path / "index")
    box = WebDavBox(webdav_server.url, USER, PASSWORD, webdav_server.ca_file)
    services = Services(settings, town.database, town.objects, index, BoxGateway(box))
    process_id = offered(town, services)
    before = waiting(town, process_id)
    on_fault(services, "message-unexpected", process_id, exchange.OFFER)
    assert waiting(town, process_id) == before
    on_fault(services, UNAVAILABLE, process_id, exchange.OFFER)
    assert waiting(town, process_id) == before + 1
    with town.database.reading() as session:
        query = select(HistoryEntry).where(HistoryEntry.action == "exchange.failed").order_by(HistoryEntry.sequence)
        told = [entry.detail["code"] for entry in session.scalars(query)]
    assert told == ["message-unexpected", "archive-away"]
    index.close()


def waiting(town: Town, process_id: str) -> int:
    """Return how many jobs of a process wait."""
    jobs = client_of(town.database.jobs_engine).list_workflows(name=EXCHANGE.name, status=LIVE)
    return sum(process_id in job.workflow_id for job in jobs)
