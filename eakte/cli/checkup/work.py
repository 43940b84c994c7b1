"""Checks of what is going on: workers, waiting jobs, faults, due destructions."""

from __future__ import annotations

from datetime import timedelta

from eakte.cli.checkup.model import Findings, Patient, note, warning, well
from eakte.records.quotas import NEAR, Limit
from eakte.records.states import ItemState
from eakte.store.jobs import READING, SUSPECTS

LONG = timedelta(hours=1)
"""A job that waits longer on another queue than that of reading, where a mass load may take days, is told."""
LAG = timedelta(minutes=5)
FULL = 100
"""Per cent from which somebody is asked to wait, or nearly."""
LIMITS = {
    Limit.PERSON_BYTES: "person_mb_per_day",
    Limit.PERSON_DOCUMENTS: "person_documents_per_day",
    Limit.UNIT_BYTES: "unit_mb_per_day",
    Limit.UNIT_DOCUMENTS: "unit_documents_per_day",
    Limit.SOURCE_WAITING: "source_waiting",
}
"""The setting behind each limit."""


def work(patient: Patient) -> Findings:
    """Tell what waits and whether anybody works on it."""
    found = patient.vitals
    waiting = sum(queue.waiting for queue in found.queues)
    start = "Worker starten: „python -m eakte worker“, oder „systemctl start eakte-worker“."
    if not found.workers:
        yield warning("workers", f"Kein Worker gibt ein Lebenszeichen; {waiting} Aufträge warten.", start)
    else:
        yield well("workers", f"{found.workers} Worker arbeiten; {waiting} Aufträge warten.")
    if found.lost_workers:
        told = f"{found.lost_workers} Worker sind verstummt, ohne sich abzumelden."
        yield note("workers", told, "" if found.workers else start)
    for queue in found.queues:
        if queue.name == SUSPECTS and queue.waiting + queue.running:
            advice = "eakte.log ansehen: Welcher beendet seinen Worker? Nach dem fünften Mal wird er zur Störung."
            yield warning("jobs", f"{queue.waiting + queue.running} Aufträge stehen unter Verdacht.", advice)
        elif queue.oldest and patient.now - queue.oldest > LONG and queue.name != READING:
            hours = int((patient.now - queue.oldest).total_seconds() // 3600)
            advice = "Ist ein Worker da, eakte.log ansehen; sonst einen weiteren starten."
            yield warning("jobs", f"In der Reihe „{queue.name}“ wartet ein Auftrag seit {hours} Stunden.", advice)
    if found.indexing.since and patient.now - found.indexing.since > LAG:
        minutes = int((patient.now - found.indexing.since).total_seconds() // 60)
        told = f"Der Index hinkt {minutes} Minuten nach ({found.indexing.jobs} Änderungen); Rechte gelten sofort."
        yield warning("index", told, "Bleibt es dabei, eakte.log ansehen oder einen weiteren Worker starten.")


def intake(patient: Patient) -> Findings:
    """Tell what could not be read."""
    faults = patient.vitals.items[ItemState.FAULT]
    if faults:
        advice = "„python -m eakte intake faults“ nennt die Gründe, „intake retry“ versucht es noch einmal."
        yield note("intake", f"{faults} Eingänge ließen sich nicht lesen.", advice)
    else:
        yield well("intake", "Kein Eingang ist gestört.")
    yield from _limits(patient)


def _limits(patient: Patient) -> Findings:
    near = [use for use in patient.vitals.uses if use.near]
    for use in near:
        told = f"{use.near} × über {NEAR} % von {LIMITS[use.limit]} (am weitesten: {use.percent} %)."
        advice = (
            "Wer an der Grenze ist, wartet, und nichts geht verloren. Ist der Andrang gewollt, die Einstellung erhöhen."
        )
        yield warning("limits", told, advice) if use.percent >= FULL else note("limits", told, advice)
    if not near:
        yield well("limits", "Keine Grenze für Eingänge ist nahe.")


def disposal(patient: Patient) -> Findings:
    """Tell what should have been destroyed, and what the archive is asked about."""
    found = patient.vitals
    if found.blocked:
        advice = "In „Fristen und Aussonderung“ nachsehen: Löschsperre, offene Abweichung oder neue Frist?"
        yield warning("disposal", f"{found.blocked} freigegebene Vernichtungen sind seit gestern fällig.", advice)
    else:
        yield well("disposal", "Keine fällige Vernichtung ist liegen geblieben.")
    if found.differences:
        advice = "„python -m eakte disposal archive differences“ nennt sie der Schriftgutverwaltung."
        yield note("disposal", f"{found.differences} Abweichungen im Austausch mit dem Archiv sind offen.", advice)
    if found.arrivals:
        advice = "„python -m eakte disposal archive arrivals“ nennt die Gründe der Schriftgutverwaltung."
        yield note("disposal", f"{found.arrivals} Sendungen des Archivs ließen sich nicht lesen.", advice)
