"""What all moves share: the case files left and entered, what forbids it, what it does to readers and retention."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.audience import compare
from eakte.actions.guard import case_file_of, case_files_of
from eakte.actions.holding import not_held_yet
from eakte.actions.verdicts import facts_of, place_of
from eakte.records.access import Actor
from eakte.records.calendar import day_of
from eakte.records.moving import Retention
from eakte.records.states import LABELS, CaseFileState
from eakte.store.disposal import DisposalHold
from eakte.store.document_life import DocumentLock
from eakte.store.documents import Document
from eakte.store.files import CaseFile, access_of
from eakte.store.plan import rules_on_path
from eakte.store.processing import any_on
from retention import evaluate
from retention.model import Outcome


def both(
    session: Session, actor: Actor, from_id: UUID, to_id: UUID, now: datetime, *, lock: bool
) -> tuple[CaseFile, CaseFile]:
    """Return the case files a move leaves and enters, both visible to the actor; ``lock`` keeps both rows."""
    if lock:
        found = {file.id: file for file in case_files_of(session, actor, {from_id, to_id}, now)}
        return found[from_id], found[to_id]
    return case_file_of(session, actor, from_id, now), case_file_of(session, actor, to_id, now)


def refusals(session: Session, leaves: CaseFile, enters: CaseFile, now: datetime) -> tuple[str, ...]:
    """Return in German what forbids moving something from one case file to another, or within one."""
    found = [
        f"Die Akte {file.file_reference} ist im Zustand „{LABELS[file.state]}“."
        for file in dict.fromkeys((leaves, enters))
        if file.state is not CaseFileState.OPEN
    ]
    return tuple(found) if leaves is enters else (*found, *kept_in(session, leaves, now))


def kept_in(session: Session, case_file: CaseFile, now: datetime) -> tuple[str, ...]:
    """Return in German why nothing may leave a case file now: a hold, or a restriction of processing (Art. 18 GDPR).

    Orders over people and searches are asked, which may not have looked at it yet.
    """
    found = []
    if reasons := [*holds_on(session, case_file, now), *not_held_yet(session, case_file, now)]:
        found.append(f"Für die Akte {case_file.file_reference} besteht eine Löschsperre: {'; '.join(reasons)}.")
    if any_on(session, case_file.id):
        found.append(
            f"In der Akte {case_file.file_reference} ist die Verarbeitung eingeschränkt: Es bleibt, wo es ist."
        )
    return tuple(found)


def holds_on(session: Session, case_file: CaseFile, now: datetime) -> list[str]:
    """Return the reasons of the holds that are active on a case file."""
    holds = session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == case_file.id))
    return [row.reason for row in holds if row.hold().active(day_of(now))]


def locked_by_others(session: Session, actor: Actor, case_ids: Collection[UUID], now: datetime) -> tuple[str, ...]:
    """Return in German who else has documents of these cases checked out."""
    query = (
        select(DocumentLock.person_name)
        .join(Document, Document.id == DocumentLock.document_id)
        .where(Document.case_id.in_(case_ids), DocumentLock.until > now, DocumentLock.person_id != actor.person_id)
        .distinct()
    )
    return tuple(
        f"{name} hat ein Dokument daraus ausgecheckt." for name in session.scalars(query.order_by("person_name"))
    )


def audience(
    session: Session, leaves: CaseFile, enters: CaseFile, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who reads the second case file and not the first, and the other way round."""
    if leaves is enters:
        return (), ()
    return compare(session, access_of(session, leaves, now), access_of(session, enters, now), now)


def retention_of(session: Session, case_file: CaseFile, plan_unit_id: UUID, now: datetime) -> Retention:
    """Return what retention would say about a case file under a file plan unit if it were closed today."""
    today = day_of(now)
    rules = rules_on_path(session, plan_unit_id)
    there = place_of(session, case_file, plan_unit_id)
    verdict = evaluate(replace(facts_of(session, case_file), closed_on=today, place=there), rules, [], today)
    rule = next((rule for rule in rules if rule.rule_id == verdict.rule_id), None)
    return Retention(
        rule=verdict.rule_id or "",
        action=rule.action.value if rule else "",
        end=verdict.retention_end,
        permanent=verdict.outcome is Outcome.KEEP_PERMANENTLY,
    )
