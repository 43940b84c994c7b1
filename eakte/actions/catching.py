"""Holding case files that are there already for orders that find them; disposal runs they are in are told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import run_settling
from eakte.actions.holding import Asking, Caught, held, hold, of_file
from eakte.store.files import CaseFile


def catch(session: Session, pairs: Caught, now: datetime) -> int:
    """Hold case files for their orders and return how many have a new hold; twice is once.

    Rows are locked in the usual order: destructions, case files, then the orders; only where something is new.
    """
    new = pairs - held(session, {file_id for _, file_id in pairs})
    file_ids = {file_id for _, file_id in new}
    if not file_ids:
        return 0
    run_settling.lock_disposals(session, file_ids)
    run_settling.lock_files(session, file_ids)
    ids = hold(session, new, now)
    run_settling.settle(session, now, case_file_ids=ids)
    return len(ids)


def catch_file(session: Session, case_file: CaseFile, now: datetime) -> list[UUID]:
    """Hold a case file for every order that finds it, read from the database; return the orders that were asked."""
    asking = Asking(session)
    catch(session, of_file(session, case_file, asking, now), now)
    return asking.ids
