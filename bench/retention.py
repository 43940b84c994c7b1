"""What evaluating retention costs beside merely reading the same rows: ``python -m bench.retention --files N``.

Makes a city of N case files with 200 rules and 10,000 holds in a database of its own (SQLite), and evaluates it by the
product's own function for the daily run, beside fetching the same rows without evaluating, in turns. The last line is
one JSON object:

- ``cpu_ratio_stream``: CPU time of evaluating over that of fetching (medians);
- ``peak_mb``: the most memory the process held, all programs loaded; ``grown_mb``: what of it came with evaluating
  after fetching, ``preview_grown_mb`` with comparing after that; ``files``: case files;
- ``cpu_ratio_preview``: CPU time of comparing the whole stock under one changed rule, round by round as the preview
  does, over that of evaluating it once; the rule counts for every file. ``cpu_ratio_preview_branch``: the same for a
  rule of one branch in ten;
- ``evaluate_us``, ``stream_us``: CPU time for each file; ``outcomes``: how many files have which outcome.

``--keep FOLDER`` keeps the city there and uses it again.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bench.bulk import Bulk
from eakte.actions import verdicts
from eakte.actions.rule_comparison import compared
from eakte.actions.rule_preview import ROUND
from eakte.records.file_plan import PlanState
from eakte.records.holding import HoldScope
from eakte.records.organisation import UnitKind
from eakte.records.states import CaseFileState
from eakte.store.base import Base
from eakte.store.database import connect
from eakte.store.migrate import migrate
from eakte.store.plan import RetentionRule
from eakte.store.retention_rows import next_span, streams
from retention.change import effect
from retention.model import CASE_CLOSED, EVERYWHERE, DisposalAction, PeriodStart, RetentionKind, Rule

TODAY = date(2026, 11, 20)
RULES, HOLDS, LEAVES, UNITS = 200, 10_000, 180, 60
EVENTS = ("DECISION_FINAL", "CONTRACT_END", "DEMOLITION", "LAST_BENEFIT", "BIRTH")
TYPES = ("", "", "", "Personalakte", "Vertragsakte")
UNIT, PLAN, FILE, HOLD, EVENT, ORDER = range(1, 7)


def made_id(kind: int, number: int) -> UUID:
    """Return an id as scattered as real ones are, the same for the same number."""
    return UUID(int=((number * 0x9E3779B97F4A7C15F39CC0605CEDC835) ^ kind) % 2**128)


def rules() -> Iterator[dict[str, Any]]:
    """Yield rules of every kind and scope: most of one unit, some of a branch, a department or a type of file."""
    for number in range(RULES):
        own = number < LEAVES
        kinds = (*[RetentionKind.FIXED] * 6, RetentionKind.MIN, RetentionKind.UNTIL_EVENT_PLUS, RetentionKind.LAW_MAX)
        kind = kinds[number % len(kinds)] if own else RetentionKind.MIN if number % 2 else RetentionKind.FIXED
        trigger = EVENTS[number % len(EVENTS)] if own and number % 3 == 0 else CASE_CLOSED
        yield {
            "rule_id": f"R{number}/1",
            "code": f"R{number}",
            "title": f"Regel {number}",
            "kind": kind,
            "months": 12 * (2 + number % 29),
            "trigger": trigger,
            "trigger_label": trigger,
            "period_start": PeriodStart.EXACT_DATE if number % 4 == 0 else PeriodStart.END_OF_CALENDAR_YEAR,
            "action": tuple(DisposalAction)[number % 3],
            "trigger_months": 360 if trigger == "BIRTH" else 0,
            "branch": "" if own else f"{number % 10}",
            "departments": [] if own or number % 3 else [f"{number % 10}"],
            "file_types": ["Personalakte"] if not own and number % 5 == 0 else [],
        }


def plan() -> Iterator[dict[str, Any]]:
    """Yield ten branches, below them groups, below these the units where case files lie."""
    for number in range(10):
        yield {"id": made_id(PLAN, 10_000 + number), "code": f"{number}", "title": f"Zweig {number}"}
        above = made_id(PLAN, 10_000 + number)
        yield {"id": made_id(PLAN, 20_000 + number), "code": f"{number}.1", "title": "Gruppe", "parent_id": above}
    for number in range(LEAVES):
        above = made_id(PLAN, 20_000 + number % 10)
        code = f"{number % 10}.1.{number}"
        rule = f"R{number}"
        yield {"id": made_id(PLAN, number), "code": code, "title": "Aufgabe", "parent_id": above, "rule_code": rule}


def units() -> Iterator[dict[str, Any]]:
    """Yield ten departments with five units below each."""
    for number in range(UNITS):
        above = made_id(UNIT, number % 10) if number >= 10 else None
        code = f"{number % 10}.{number}" if above else f"{number}"
        kind = UnitKind.SECTION if above else UnitKind.DEPARTMENT
        yield {"id": made_id(UNIT, number), "parent_id": above, "key": code, "code": code, "name": code, "kind": kind}


def files(count: int) -> Iterator[dict[str, Any]]:
    """Yield case files of twenty years, four of five closed."""
    for number in range(count):
        opened = date(2004, 1, 1) + timedelta(days=number * 7919 % 7300)
        closed = min(opened + timedelta(days=number * 31 % 1500), TODAY) if number % 5 else None
        yield {
            "id": made_id(FILE, number),
            "file_reference": f"{number % 10}.1.{number % LEAVES}-{number:07d}",
            "subject": f"Sache {number}",
            "file_plan_unit_id": made_id(PLAN, number % LEAVES),
            "org_unit_id": made_id(UNIT, 10 + number % (UNITS - 10)),
            "access_key": "unit:1",
            "file_type": TYPES[number // 7 % len(TYPES)],
            "state": CaseFileState.CLOSED if closed else CaseFileState.OPEN,
            "opened_on": opened,
            "closed_on": closed,
        }


def holds(count: int) -> Iterator[dict[str, Any]]:
    """Yield 10,000 holds, a tenth of them lifted; in a small city several lie on one file.

    Half of them are of one order over a search, each other one is an order of its own.
    """
    for number in range(HOLDS):
        at, lifted = made_id(FILE, number * 97 % count), None if number % 10 else date(2025, 1, 1)
        order_id = made_id(ORDER, number if number % 2 or number >= count else 0)
        hold = {"id": made_id(HOLD, number), "case_file_id": at, "order_id": order_id}
        yield {**hold, "placed_on": date(2024, 3, 1), "lifted_on": lifted}


def orders() -> Iterator[dict[str, Any]]:
    """Yield the orders behind the holds."""
    for number in range(HOLDS):
        scope = HoldScope.FILES if number else HoldScope.QUERY
        yield {"id": made_id(ORDER, number), "scope": scope, "review_on": date(2027, 3, 1), "criteria": "{}"}


def events(count: int) -> Iterator[dict[str, Any]]:
    """Yield an event for every third file."""
    for number in range(0, count, 3):
        day = date(2004, 1, 1) + timedelta(days=number * 6733 % 8000)
        at, trigger = made_id(FILE, number), EVENTS[number % len(EVENTS)]
        yield {"id": made_id(EVENT, number), "case_file_id": at, "trigger": trigger, "happened_on": day}


def fill(url: str, count: int) -> None:
    """Write the city into a new database."""
    database = connect(url)
    migrate(database)
    database.close()
    bulk, tables = Bulk(url), Base.metadata.tables
    plan_id, now = made_id(PLAN, 30_000), "2026-11-20 09:00:00.000000"
    version = {"id": plan_id, "title": "Plan", "version": "1", "state": PlanState.IN_FORCE}
    approved = {"legal_basis": "§ 1", "certainty": "sure", "valid_from": date(2000, 1, 1), "approved_by": "Archiv"}
    made = ({**row, **{name: json.dumps(row[name]) for name in ("departments", "file_types")}} for row in rules())
    bulk.insert(tables["org_unit"], units())
    bulk.insert(tables["file_plan"], iter([version]))
    bulk.insert(tables["retention_rule"], made, **approved)
    bulk.insert(tables["file_plan_unit"], plan(), plan_id=plan_id, parent_id=None, rule_code=None)
    bulk.insert(tables["case_file"], files(count), opened_by="Amt")
    bulk.insert(
        tables["hold_order"], orders(), title="Klage", reason="Klage", legal_basis="§ 1", placed_at=now,
        placed_by="Amt", revision=1,
    )  # fmt: skip
    bulk.insert(tables["disposal_hold"], holds(count), placed_by="Amt")
    bulk.insert(tables["retention_event"], events(count), recorded_by="Amt", recorded_at=now)
    bulk.close()


def fetch(session: Session) -> None:
    """Fetch the rows that evaluation works on, and do nothing with them."""
    rows = streams(session, TODAY)
    for stream in (rows.files, rows.holds, rows.events):
        deque(stream, maxlen=0)


def evaluate(session: Session) -> None:
    """Evaluate all case files as the daily run does."""
    deque(verdicts.decisions(session, TODAY), maxlen=0)


def change(session: Session, code: str, **values: Any) -> Rule:
    """Return a further version of a rule."""
    row = session.get_one(RetentionRule, f"{code}/1")
    return replace(row.rule(), rule_id=f"{code}/2", valid_from=TODAY, months=(row.months or 0) + 60, **values)


def compare(added: Rule) -> Callable[[Session], None]:
    """Return the work of comparing all case files without and with one more version of a rule."""

    def work(session: Session) -> None:
        behind: UUID | None = None
        while (span := next_span(session, behind, ROUND)) is not None:
            deque((effect(one, other) for _, one, other in compared(session, TODAY, added, span)), maxlen=0)
            behind = span.upto

    return work


def cpu(work: Callable[[Session], None], session: Session) -> float:
    """Return the CPU seconds of one run."""
    before = time.process_time()
    work(session)
    return time.process_time() - before


def peak_mb() -> float:
    """Return the most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(url: str, count: int, rounds: int) -> dict[str, object]:
    """Measure both in turns and return the figures."""
    database = connect(url)
    with database.reading() as session:
        fetched, evaluated = [cpu(fetch, session)], list[float]()
        before = peak_mb()
        evaluated.append(cpu(evaluate, session))
        grown = peak_mb() - before
        for _ in range(rounds - 1):
            fetched.append(cpu(fetch, session))
            evaluated.append(cpu(evaluate, session))
        wide, narrow = (
            change(session, "R180", branch=EVERYWHERE, departments=(), file_types=()),
            change(session, "R181"),
        )
        before_previews = peak_mb()
        previews = [[cpu(compare(one), session) for _ in range(rounds)] for one in (wide, narrow)]
        preview_grown = peak_mb() - before_previews
        outcomes = Counter(made.outcome.value for _, made in verdicts.decisions(session, TODAY))
    database.close()
    return {
        "cpu_ratio_stream": round(median(evaluated) / median(fetched), 3),
        "cpu_ratio_preview": round(median(previews[0]) / median(evaluated), 3),
        "cpu_ratio_preview_branch": round(median(previews[1]) / median(evaluated), 3),
        "peak_mb": round(peak_mb(), 1),
        "grown_mb": round(grown, 1),
        "preview_grown_mb": round(preview_grown, 1),
        "files": count,
        "evaluate_us": round(median(evaluated) / count * 1e6, 2),
        "stream_us": round(median(fetched) / count * 1e6, 2),
        "outcomes": dict(sorted(outcomes.items())),
    }


def main() -> None:
    """Read what is asked for, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.retention")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder in which the city stays")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="eakte-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    url, done = f"sqlite:///{folder / 'city.sqlite'}", folder / f"generated-{options.files}"
    if not done.exists():
        # In a process of its own: what generating takes is not to be counted.
        filling = get_context("spawn").Process(target=fill, args=(url, options.files))
        filling.start()
        filling.join()
        if filling.exitcode:
            raise SystemExit("the city could not be generated")
        done.touch()
    result = run(url, options.files, options.rounds)
    if not options.keep:
        shutil.rmtree(folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
