"""The numbers of an installation in the text format of Prometheus, version 0.0.4.

Written here instead of by its client library: every number is read from the database when it is asked for, so that any
web process tells the same and none has to count. Labels are names of queues and states, never of people or records.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eakte.actions.vitals import PAGES_OVER, Vitals
from search.engine import IndexState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric with its samples: a value for each set of labels."""

    name: str
    told: str
    samples: Sequence[tuple[str, float]]


def written(metrics: Iterator[Metric]) -> str:
    """Return metrics as Prometheus reads them; those without a sample are left out."""
    return "".join(
        f"# HELP {metric.name} {metric.told}\n# TYPE {metric.name} gauge\n"
        + "".join(f"{metric.name}{labels} {value}\n" for labels, value in metric.samples)
        for metric in metrics
        if metric.samples
    )


def of_vitals(found: Vitals, now: datetime) -> Iterator[Metric]:
    """Return what the database tells."""
    queues = found.queues
    yield Metric("eakte_queue_waiting", "Jobs that wait.", [(_of(queue=one.name), one.waiting) for one in queues])
    yield Metric("eakte_queue_running", "Jobs in hand.", [(_of(queue=one.name), one.running) for one in queues])
    ages = [(_of(queue=one.name), _age(one.oldest, now)) for one in queues]
    yield Metric("eakte_queue_oldest_seconds", "Age of the job that waits longest; 0: none waits.", ages)
    workers = [(_of(state="alive"), found.workers), (_of(state="lost"), found.lost_workers)]
    yield Metric("eakte_workers", "Worker processes by their signs of life.", workers)
    items = [(_of(state=state.value), count) for state, count in found.items.items()]
    yield Metric("eakte_items", "Incoming items nobody has decided on; fault: could not be read.", items)
    minutes = PAGES_OVER.total_seconds() / 60
    yield _one("eakte_pages_per_minute", "Pages read per minute, over ten minutes.", found.pages / minutes)
    yield _one("eakte_index_waiting", "Changes the search index does not show yet.", found.indexing.jobs)
    yield _one("eakte_index_lag_seconds", "Age of the oldest of these.", _age(found.indexing.since, now))
    yield _one("eakte_index_differences", "Documents that differed at the last comparison.", found.index_differences)
    if found.compared_at:
        yield _one("eakte_index_compared_seconds", "Time since the last comparison.", _age(found.compared_at, now))
    yield _one("eakte_objects_damaged", "Stored objects that are missing or changed.", found.damaged)
    yield _one("eakte_fixity_shares", "Shares of 720 of the objects that were read at least once.", found.fixity_shares)
    if found.fixity_oldest:
        yield _one(
            "eakte_fixity_oldest_seconds", "Time since the oldest share was read.", _age(found.fixity_oldest, now)
        )
    yield _one("eakte_destructions_due", "Approved destructions whose cooling-off time is over.", found.due)
    yield _one("eakte_destructions_blocked", "Of these, those that are due since yesterday or longer.", found.blocked)
    used = [(_of(limit=one.limit.value), one.percent) for one in found.uses]
    yield Metric("eakte_limit_used_percent", "Share of a limit that whoever used most has used.", used)
    near = [(_of(limit=one.limit.value), one.near) for one in found.uses]
    yield Metric("eakte_limit_near", "How many have used 80 per cent of a limit or more.", near)
    yield _one("eakte_archive_differences", "Open differences with the archive.", found.differences)
    yield _one("eakte_archive_arrivals", "What the archive sent and could not be read, undecided.", found.arrivals)


def of_index(state: IndexState) -> Iterator[Metric]:
    """Return what the search index tells; left out while it does not answer."""
    yield _one("eakte_index_documents", "Documents the search answers from.", state.documents)
    yield _one("eakte_index_bytes", "Size of the search index.", state.size)


def of_disk(folder: Path) -> Iterator[Metric]:
    """Return how full the disk of the data folder is."""
    disk = shutil.disk_usage(folder)
    yield _one("eakte_disk_free_bytes", "Free bytes where the data folder lies.", disk.free)
    yield _one("eakte_disk_bytes", "Size of that file system.", disk.total)


def _one(name: str, told: str, value: float) -> Metric:
    return Metric(name, told, [("", value)])


def _of(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
