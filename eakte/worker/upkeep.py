"""Once an hour: compare what should agree, repair what can be repaired, report the rest.

Database against jobs, database against index, database against objects; due dates; what ended writers left behind.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import (
    alike,
    anchoring,
    balance,
    data_requests,
    disposal,
    exchange,
    file_plan,
    limits,
    outside,
    run_settling,
    sessions,
)
from eakte.actions.lanes import order_reading
from eakte.errors import TimestampFailed
from eakte.records.calendar import day_of
from eakte.records.legibility import RereadingState
from eakte.records.states import ItemState, VersionUploadState
from eakte.services import Services
from eakte.store import scratch
from eakte.store.anchors import AnchorBook
from eakte.store.document_life import Rereading, VersionUpload
from eakte.store.documents import IncomingItem
from eakte.store.heartbeats import forget_interruptions
from eakte.store.jobs import enqueue, forget_jobs, live_jobs
from eakte.store.timestamps import stamper
from eakte.worker import copies, holding, index_care, verdicts
from eakte.worker.clock import now
from eakte.worker.evidence import check_objects, seal_objects
from eakte.worker.keys import care_for_keys
from eakte.worker.wiping import wipe_database, wipe_index
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)

SETTLED = timedelta(minutes=10)
"""An item without a job is looked after only when it is older: its job may just be ending."""
PRINT_BATCHES, PRINTS_AT_ONCE = 100, 50
JOBS_KEPT = timedelta(days=90)


def order(session: Session, moment: datetime) -> None:
    """Order the upkeep of the hour of *moment*; however many workers do so, it is done once."""
    enqueue(session, "upkeep", hour_of(moment))


def hour_of(moment: datetime) -> str:
    """Name the hour of *moment*."""
    return f"{moment:%Y-%m-%dT%H}"


def revive_items(services: Services, hour: str) -> None:
    """Order the reading of items and further versions that wait for it but whose job is gone."""
    live = live_jobs(services.database, "intake")
    with services.database.begin() as session:
        waiting = session.scalars(
            select(IncomingItem).where(
                IncomingItem.state.in_((ItemState.RECEIVED, ItemState.READING)),
                IncomingItem.received_at < now() - SETTLED,
            )
        ).all()
        for item in waiting:
            if str(item.id) not in live:
                LOG.warning("item %s had no job; it is read again", item.id)
                order_reading(session, item, f"{item.revision}:{hour}", now())
    _revive_versions(services, hour)
    _revive_rereadings(services, hour)


def _revive_versions(services: Services, hour: str) -> None:
    live = live_jobs(services.database, "version_reading")
    under_way = (VersionUploadState.RECEIVED, VersionUploadState.READING)
    with services.database.begin() as session:
        waiting = select(VersionUpload.id).where(
            VersionUpload.state.in_(under_way), VersionUpload.uploaded_at < now() - SETTLED
        )
        for upload_id in session.scalars(waiting).all():
            if str(upload_id) not in live:
                LOG.warning("version %s had no job; it is read again", upload_id)
                enqueue(session, "version_reading", f"{upload_id}:{hour}", str(upload_id))


def _revive_rereadings(services: Services, hour: str) -> None:
    live = live_jobs(services.database, "rereading")
    with services.database.begin() as session:
        waiting = select(Rereading.document_id).where(
            Rereading.state == RereadingState.ORDERED, Rereading.ordered_at < now() - SETTLED
        )
        for document_id in session.scalars(waiting).all():
            if str(document_id) not in live:
                LOG.warning("document %s had no job; it is read again", document_id)
                enqueue(session, "rereading", f"{document_id}:{hour}", str(document_id))


def compare_index(services: Services, hour: str) -> None:
    """Compare the search index with the database and order what differs to be indexed."""
    index_care.compare(services, hour)


def review_retention(services: Services, hour: str) -> None:
    """Evaluate retention anew for all case files: days pass without anybody touching them."""
    del hour
    verdicts.renew(services)


def settle_runs(services: Services, hour: str) -> None:
    """Take out of disposal runs what a hold or a new date stands against, and close those with all results."""
    del hour
    with services.database.reading() as session:
        running = run_settling.running(session)
    for run_id in running:
        with services.database.begin() as session:
            run_settling.settle_run(session, run_id, now())


def ask_orders(services: Services, hour: str) -> None:
    """Ask every hold order of the whole stock once a day: what was missed is held by then."""
    del hour
    holding.order_all(services)


def renew_plan(services: Services, hour: str) -> None:
    """Put a new version of the file plan in force whose day has come."""
    del hour
    with services.database.begin() as session:
        file_plan.put_due_in_force(session, now())


def order_destructions(services: Services, hour: str) -> None:
    """Order approved destructions whose cooling-off time is over, and those that were interrupted; once a day."""
    del hour
    today = day_of(now())
    live = live_jobs(services.database, "destruction")
    with services.database.begin() as session:
        for ready in disposal.ready(session, today):
            if str(ready.id) not in live:
                enqueue(session, "destruction", f"{ready.id}:{today}", str(ready.id))


def order_offers(services: Services, hour: str) -> None:
    """Order offers to the archive again that could not be written; once a day."""
    del hour
    if services.archive is None:
        return
    today = day_of(now())
    live = live_jobs(services.database, "exchange")
    with services.database.begin() as session:
        for process_id in exchange.unsent_offers(session):
            if str(process_id) not in live:
                key = f"{process_id}:{exchange.OFFER}:{today}"
                enqueue(session, "exchange", key, str(process_id), exchange.OFFER)


def anchor_history(services: Services, hour: str) -> None:
    """Write the head of the history chain into the book of anchors, once a day."""
    del hour
    book, url = AnchorBook(services.settings.anchors), services.settings.timestamp_url
    if not anchoring.is_due(book, now(), stamped=bool(url)):
        return
    try:
        anchoring.anchor(services.database, book, stamper(url), now())
    except TimestampFailed:
        LOG.exception("the anchor of the history could not be stamped; it is tried again in an hour")
        if anchoring.is_due(book, now(), stamped=False):
            anchoring.anchor(services.database, book, stamper(""), now())


def check_balance(services: Services, hour: str) -> None:
    """Compare what came in with what is there, and tell a difference loudly: in the log and in the history."""
    del hour
    with services.database.begin() as session:
        found = balance.reconcile(session, now())
    if not found.even:
        LOG.error(
            "the intake is out of balance: %d items are missing, %d contradict their document",
            found.missing,
            found.contradictory,
        )


def sweep(services: Services, hour: str) -> None:
    """Remove abandoned temporary files and folders, and the traces of jobs and sign-ins that ended long ago."""
    del hour
    services.objects.sweep(now())
    scratch.sweep(services.settings.data_folder, now())
    with services.database.begin() as session:
        forget_interruptions(session, now() - JOBS_KEPT)
        sessions.forget(session, now(), kept=timedelta(days=services.settings.sign_ins_kept_days))
        outside.forget_flows(session, now())
        limits.forget(session, now())
    forget_jobs(services.database, now() - JOBS_KEPT)


def forget_copies(services: Services, hour: str) -> None:
    """Remove copies in folders of sources whose days are over."""
    del hour
    copies.forget_copies(services, day_of(now()))


def forget_requests(services: Services, hour: str) -> None:
    """Empty the person and the words of requests of data subjects that were answered long ago."""
    del hour
    with services.database.begin() as session:
        data_requests.forget_old(session, now())


def fill_prints(services: Services, hour: str) -> None:
    """Make fingerprints of documents read before there were any, some each hour, few in one transaction."""
    del hour
    for _ in range(PRINT_BATCHES):
        with services.database.begin() as session:
            if alike.fill(session, PRINTS_AT_ONCE) < PRINTS_AT_ONCE:
                return


def on_fault(services: Services, code: str, hour: str) -> None:
    """Leave it to the next hour."""
    del services
    LOG.error("the upkeep of %s did not end (%s)", hour, code)


UPKEEP = Workflow(
    "upkeep",
    (
        revive_items,
        compare_index,
        renew_plan,
        ask_orders,
        review_retention,
        settle_runs,
        order_destructions,
        order_offers,
        check_objects,
        seal_objects,
        check_balance,
        fill_prints,
        sweep,
        forget_requests,
        forget_copies,
        anchor_history,
        care_for_keys,
        wipe_database,
        wipe_index,
    ),
    on_fault,
)
