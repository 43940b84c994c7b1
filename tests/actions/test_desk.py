"""The desk's lists hold exactly what is to be done, each file once, in order, to the end, and within rights."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import desk, desk_export, forecast, holds, organisation, verdicts
from eakte.actions.desk import Wanted
from eakte.actions.desk_export import HEADS
from eakte.errors import NotAllowed
from eakte.records.access import SYSTEM, unit_key
from eakte.records.desk import Measure, Pile
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.people import OrgUnit
from eakte.store.plan import plan_unit
from retention.model import DisposalAction, Outcome, RetentionKind
from tests.town import FOUNDED, NOW, Town, rule

TODAY = NOW.date()
PLACES = ("52.01", "52.02", "31.01", "53.01", "53.02")


def plan_more(town: Town) -> None:
    """Two more places: one without a rule, one where an event starts the period, and one that contradicts itself."""
    demolition = replace(
        rule("R-E", months=24, action=DisposalAction.REVIEW), trigger="DEMOLITION", trigger_label="Abriss"
    )
    cap = replace(
        rule("R-M", months=12, action=DisposalAction.DESTROY, kind=RetentionKind.LAW_MAX), file_types=("Kurz",)
    )
    least = replace(rule("R-L", months=600, action=DisposalAction.REVIEW, kind=RetentionKind.MIN), file_types=("Kurz",))
    with town.database.begin() as session:
        branches = [demolition, replace(cap, branch="31"), replace(least, branch="31")]
        organisation.add_rules(session, SYSTEM, branches, FOUNDED)
        organisation.add_plan(
            session,
            SYSTEM,
            [organisation.PlanLine("53", "Abbruch", None, None, None),
             organisation.PlanLine("53.01", "Abbrüche", "53", "R-E", "63.1"),
             organisation.PlanLine("53.02", "Ohne", "53", None, "63.1")],
            FOUNDED,
        )  # fmt: skip


def stock(town: Town, count: int = 60) -> list[UUID]:
    """Many case files of all places and years, some held, some with the archive; written in bulk, then evaluated."""
    plan_more(town)
    made = []
    with town.database.begin() as session:
        units = {unit.code: unit for unit in session.scalars(select(OrgUnit))}
        plan = [plan_unit(session, code) for code in PLACES]
        for number in range(count):
            at, unit = plan[number % 5], units[("63.2", "63.1", "50.1")[number % 3]]
            assert at is not None
            closed = date(2010 + number % 15, 1 + number % 12, 3) if number % 7 else None
            states = (CaseFileState.CLOSED, CaseFileState.OFFERED) if number % 11 == 1 else (CaseFileState.CLOSED,)
            file = CaseFile(
                file_reference=f"{at.code}-{2009 + number % 15}/{number * 37 % count:04}",
                subject=f"Sache {number}",
                file_plan_unit_id=at.id,
                org_unit_id=unit.id,
                access_key=unit_key(unit.key),
                restricted=number % 13 == 5,
                state=states[-1] if closed else CaseFileState.OPEN,
                process_id=UUID(int=7) if states[1:] and closed else None,
                opened_on=date(2009, 1, 1),
                opened_by="ott",
                closed_on=closed,
                file_type="Kurz" if number % 10 == 7 else "",
            )
            session.add(file)
            made.append(file)
        session.flush()
        ids = [file.id for file in made]
        for number in range(2, count, 9):
            if not made[number].restricted:
                holds.place(session, town.actor("weber"), ids[number], reason="Klage", now=NOW)
        verdicts.review(session, ids, TODAY)
    return ids


def whole(town: Town, login: str, wanted: Wanted, piece: int = 4) -> list[desk.DeskRow]:
    """Walk a list to its end."""
    actor, rows, behind = town.actor(login), list[desk.DeskRow](), None
    with town.database.reading() as session:
        while found := desk.page(session, actor, wanted, behind=behind, limit=piece, now=NOW):
            rows += found
            behind = found[-1].place
    return rows


def naive(town: Town, pile: Pile) -> dict[str, tuple[Outcome, date | None]]:
    """What a list should hold, by evaluating each case file that a records manager may see."""
    found = {}
    with town.database.reading() as session:
        for file in session.scalars(select(CaseFile).where(CaseFile.restricted.is_(False))):
            made, away = verdicts.verdict_of(session, file, TODAY), file.state is CaseFileState.OFFERED
            end, year = made.retention_end, date(TODAY.year, 12, 31)
            holds_here = {
                Pile.OVERDUE: made.outcome in {Outcome.OFFER, Outcome.DESTROY} and not away,
                Pile.THIS_YEAR: made.outcome is Outcome.KEEP and end is not None and end <= year,
                Pile.NO_RULE: made.outcome is Outcome.NO_RULE,
                Pile.WAITING: made.outcome is Outcome.WAITING_FOR_EVENT,
                Pile.CONFLICT: made.outcome is Outcome.CONFLICT,
                Pile.ON_HOLD: made.outcome is Outcome.ON_HOLD,
                Pile.AT_ARCHIVE: away,
            }
            if holds_here[pile]:
                found[file.file_reference] = (made.outcome, end)
    return found


def test_each_list_holds_exactly_its_files_in_order_and_to_the_end(town: Town) -> None:
    stock(town)
    manager = town.actor("weber")
    with town.database.reading() as session:
        counts = desk.counts(session, manager, Wanted(), NOW)
    for pile in Pile:
        rows, expected = whole(town, "weber", Wanted(pile)), naive(town, pile)
        assert {row.file.reference: (row.outcome, row.retention_end) for row in rows} == expected
        assert len(rows) == len(expected) == counts[pile] > 0
        keys = [(row.retention_end or date.max, row.file.reference) for row in rows]
        assert keys == sorted(keys)


def test_everything_with_a_verdict_is_walked_once_by_outcome_or_not(town: Town) -> None:
    ids = stock(town)
    together = whole(town, "weber", Wanted())
    apart = [row for outcome in Outcome for row in whole(town, "weber", Wanted(outcome=outcome))]
    assert len({row.file.case_file_id for row in together}) == len(together) == len(apart)
    with town.database.reading() as session:
        secret = set(session.scalars(select(CaseFile.id).where(CaseFile.restricted.is_(True))))
    assert {row.file.case_file_id for row in together} == set(ids) - secret


def test_a_list_goes_on_behind_its_last_row_whatever_has_gone_meanwhile(town: Town) -> None:
    stock(town)
    rows = whole(town, "weber", Wanted(Pile.OVERDUE))
    first, gone = rows[:3], rows[1]
    with town.database.begin() as session:
        holds.place(session, town.actor("weber"), gone.file.case_file_id, reason="Klage", now=NOW)
        rest = desk.page(session, town.actor("weber"), Wanted(Pile.OVERDUE), behind=first[-1].place, limit=99, now=NOW)
    assert [row.file.reference for row in rest] == [row.file.reference for row in rows[3:]]


def test_filters_narrow_lists_and_counts_alike(town: Town) -> None:
    stock(town)
    for pile in Pile:
        rows = whole(town, "weber", Wanted(pile))
        narrowings = {
            Wanted(pile, department="63"): lambda row: row.file.unit_code.startswith("63"),
            Wanted(pile, department="50.1"): lambda row: row.file.unit_code == "50.1",
            Wanted(pile, plan_code="52"): lambda row: row.plan_code.startswith("52."),
            Wanted(pile, plan_code="5"): lambda _row: False,
            Wanted(pile, year=2016): lambda row: (row.retention_end or row.file.closed_on).year == 2016,
        }
        for wanted, fits in narrowings.items():
            expected = [row.file.reference for row in rows if fits(row)]
            assert [row.file.reference for row in whole(town, "weber", wanted)] == expected, wanted
            with town.database.reading() as session:
                assert desk.count(session, town.actor("weber"), wanted, NOW) == len(expected)


def test_files_waiting_for_an_event_are_listed_by_the_event(town: Town) -> None:
    stock(town)
    waiting = whole(town, "weber", Wanted(Pile.WAITING))
    assert {row.waits_for for row in waiting} == {"DEMOLITION"}
    assert whole(town, "weber", Wanted(Pile.WAITING, trigger="DEMOLITION")) == waiting
    assert not whole(town, "weber", Wanted(Pile.WAITING, trigger="BIRTH"))


def test_files_of_a_dissolved_unit_are_found_at_the_unit_that_took_over(town: Town) -> None:
    stock(town)
    mine = {row.file.reference for row in whole(town, "weber", Wanted(department="50"))}
    theirs = {row.file.reference for row in whole(town, "weber", Wanted(department="63.1"))}
    with town.database.begin() as session:
        units = {unit.code: unit for unit in session.scalars(select(OrgUnit))}
        units["63.1"].dissolved_at, units["63.1"].successor_id = NOW, units["50.1"].id
    assert {row.file.reference for row in whole(town, "weber", Wanted(department="50"))} == mine | theirs


def test_a_need_to_know_file_is_on_nobodys_desk_until_it_is_shared(town: Town) -> None:
    stock(town)
    with town.database.begin() as session:
        secret = session.scalars(select(CaseFile).where(CaseFile.restricted.is_(True))).all()
        before = {row.file.case_file_id for row in whole(town, "weber", Wanted())}
        assert before.isdisjoint(file.id for file in secret)
        town.share(session, secret[0].id, unit_key("10"))
    keys = replace(town.actor("weber"), keys=town.actor("weber").keys | {unit_key("10")})
    with town.database.reading() as session:
        after = {row.file.case_file_id for row in desk.page(session, keys, Wanted(), limit=999, now=NOW)}
    assert after - before == {secret[0].id}


def test_the_desk_is_for_records_managers(town: Town) -> None:
    for login in ("brandt", "ott", "adler", "pruefer", "admin"):
        with town.database.reading() as session, pytest.raises(NotAllowed):
            desk.page(session, town.actor(login), Wanted(Pile.OVERDUE), now=NOW)
        with town.database.reading() as session, pytest.raises(NotAllowed):
            desk.counts(session, town.actor(login), Wanted(), NOW)


def test_a_moved_file_is_listed_under_its_new_reference(town: Town) -> None:
    ids = stock(town)
    with town.database.begin() as session:
        session.get_one(CaseFile, ids[1]).file_reference = "01-umgezogen"
        verdicts.review(session, ids, TODAY)
    rows = whole(town, "weber", Wanted(outcome=Outcome.OFFER)) + whole(town, "weber", Wanted(outcome=Outcome.ON_HOLD))
    assert "01-umgezogen" in {row.file.reference for row in rows} | {
        row.file.reference for row in whole(town, "weber", Wanted())
    }
    keys = [(row.retention_end, row.file.reference) for row in whole(town, "weber", Wanted(outcome=Outcome.OFFER))]
    assert keys == sorted(keys)


def test_the_table_holds_every_row_and_is_told_in_the_history(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(town)
    monkeypatch.setattr(desk_export, "ROWS", 5)
    manager, wanted = town.actor("weber"), Wanted(Pile.OVERDUE)
    with town.database.begin() as session:
        piece = desk_export.begin(session, manager, wanted, NOW)
    rows = list(piece.rows)
    while piece.then:
        with town.database.reading() as session:
            piece = desk_export.go_on(session, manager, wanted, piece.then, NOW)
            rows += piece.rows
    assert [row[0] for row in rows] == [row.file.reference for row in whole(town, "weber", wanted)]
    assert all(len(row) == len(HEADS) for row in rows)
    with town.database.reading() as session:
        told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "desk.exported")).one()
    assert told.detail["list"] == "overdue"


def test_the_forecast_tells_each_file_with_an_end_once_by_year_and_department(town: Town) -> None:
    stock(town)
    manager = town.actor("weber")
    with town.database.reading() as session:
        found = forecast.forecast(session, manager, NOW)
    expected: Counter[tuple[int, str]] = Counter()
    for row in whole(town, "weber", Wanted()):
        if row.retention_end:
            year = TODAY.year - 1 if row.retention_end < TODAY else min(row.retention_end.year, TODAY.year + 30)
            expected[year, row.file.unit_code.partition(".")[0]] += 1
    assert found.amounts == expected
    assert set(found.departments) == {"50", "63"}
    assert sum(found.of(year) for year in found.years) == expected.total() > 0
    assert [found.label(year) for year in found.years[:2]] == ["abgelaufen", "2026"]
    with town.database.reading() as session, pytest.raises(NotAllowed):
        forecast.forecast(session, town.actor("ott"), NOW)


@pytest.mark.parametrize(("measure", "amount"), [(Measure.PAGES, 2), (Measure.BYTES, len("Brief 1" + "Zweiter Brief"))])
def test_the_forecast_counts_pages_and_bytes_of_the_documents(town: Town, measure: Measure, amount: int) -> None:
    case_file, _ = town.filed()
    second = town.receive(b"Zweiter Brief")
    town.read(second.item_id)
    town.file(second.item_id, case_file.id)
    town.filed()  # open: without an end
    town.close(case_file.id, on=NOW)
    manager = town.actor("weber")
    with town.database.begin() as session:
        verdicts.review(session, session.scalars(select(CaseFile.id)).all(), TODAY)
    with town.database.reading() as session:
        found = forecast.forecast(session, manager, NOW, measure)
    assert found.amounts == Counter({(TODAY.year + 3, "63"): amount})
    assert found.measure is measure
