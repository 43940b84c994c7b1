"""Changing a rule: typed and checked, previewed over the whole stock, approved by a second person."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from eakte.actions import (
    destruction,
    disposal,
    events,
    holds,
    organisation,
    rule_drafts,
    rule_preview,
    rule_preview_view,
    rules,
    verdicts,
)
from eakte.actions.rule_preview import State
from eakte.errors import InvalidInput, MoveRefused, SamePerson, StaleRevision
from eakte.records.access import SYSTEM
from eakte.records.rule_draft import ChangeKind, DraftNotReady, PreviewNotSeen
from eakte.store.database import Database
from eakte.store.disposal import DisposalHold
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.plan import RetentionRule, rules_on_path
from eakte.store.rules import RuleDraft, RuleMove, RulePreview
from retention import evaluate
from retention.change import DUE, Effect
from retention.model import DisposalAction, Outcome, PeriodStart, RetentionKind, Rule
from tests.town import FOUNDED, NOW, Town, rule

CLOSED = datetime(2018, 6, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
LONGER = {"period": "20 Jahre", "valid_from": "20.11.2026", "reason": "Neue Satzung"}


def begun(town: Town, change: ChangeKind = ChangeKind.VERSION, code: str = "R-V", **texts: str) -> UUID:
    """Begin a change as one records manager and type something."""
    actor = town.actor("weber")
    with town.database.begin() as session:
        draft = rule_drafts.begin(session, actor, change, code, NOW)
        rule_drafts.save(session, actor, draft.id, texts, now=NOW)
        return draft.id


def previewed(town: Town, draft_id: UUID, *, login: str = "weber", size: int = 3) -> str:
    """Order the preview, do its rounds as the worker does, and return its fingerprint."""
    with town.database.begin() as session:
        rule_drafts.order_preview(session, town.actor(login), draft_id, NOW)
    work_off(town.database, draft_id, size=size)
    with town.database.reading() as session:
        return session.get_one(RulePreview, draft_id).fingerprint or ""


def work_off(database: Database, draft_id: UUID, *, size: int = 3) -> None:
    while True:
        with database.reading() as session:
            kept = session.get_one(RulePreview, draft_id)
            if kept.fingerprint:
                return
            changed = rule_drafts.checked(session, session.get_one(RuleDraft, draft_id), NOW).rule
            assert changed is not None
            run, behind, found = kept.run, kept.position, rule_preview.compare(session, kept, changed, size=size)
        for _ in range(2):  # twice is once
            with database.begin() as session:
                rule_preview.keep(session, draft_id, run, behind, found, NOW)
        with database.begin() as session:
            while rule_preview.clear(session, draft_id, run):
                pass


def stock(town: Town) -> list[CaseFile]:
    """Case files of several units: open, closed, waiting, held, of a type, need-to-know."""
    town.now = CLOSED
    places = [("52.01", "63.2", "brandt"), ("52.02", "63.1", "ott"), ("31.01", "50.1", "kaya")] * 3
    files = [
        town.case_file(plan=plan, unit=unit, login=login, restricted=number == 6)
        for number, (plan, unit, login) in enumerate(places)
    ]
    for number, (file, (_, _, login)) in enumerate(zip(files, places, strict=True)):
        if number not in {4, 8}:
            town.close(file.id, on=CLOSED.replace(year=2018 + number % 4), login=login)
    town.now = NOW
    waiting = [
        replace(rule(f"R-{trigger[:3]}", months=12, action=DisposalAction.REVIEW), trigger=trigger)
        for trigger in ("DEMOLITION", "DECISION_FINAL")
    ]
    with town.database.begin() as session:
        organisation.add_rules(session, SYSTEM, waiting, FOUNDED)  # no unit names them, but they wait for these events
        session.get_one(CaseFile, files[3].id).file_type = "Bau"
        for number, trigger in ((0, "DEMOLITION"), (1, "DEMOLITION"), (2, "DECISION_FINAL")):
            events.record_event(
                session,
                SYSTEM,
                files[number].id,
                trigger=trigger,
                happened_on=date(2020, 2, 29),
                evidence=events.Evidence("Anzeige"),
                now=NOW,
            )
        holds.place(session, town.actor("weber"), files[5].id, reason="Klage", now=NOW)
    return files


def sum_of(town: Town, login: str, draft_id: UUID) -> rule_preview_view.Sums:
    with town.database.reading() as session:
        draft = session.get_one(RuleDraft, draft_id)
        standing = rule_preview.state_of(session, draft, None, NOW)
        return rule_preview_view.sums(session, town.actor(login), draft, standing, NOW)


def test_everything_typed_is_kept_and_each_fault_stands_at_its_field(town: Town) -> None:
    typed = {
        "period": "zehn",
        "trigger": "abriss",
        "branch": "99",
        "departments": "63.2, 88",
        "valid_from": "01.01.2020",
        "kind": "ewig",
    }
    draft_id = begun(town, **typed)
    with town.database.reading() as session:
        draft = session.get_one(RuleDraft, draft_id)
        assert {name: draft.texts[name] for name in typed} == typed
        checked = rule_drafts.checked(session, draft, NOW)
        assert checked.rule is None
        assert set(checked.faults) == {*typed, "reason"}
        assert "Frühestens ab heute" in checked.faults["valid_from"]
        assert "88" in checked.faults["departments"]
    with pytest.raises(DraftNotReady):
        previewed(town, draft_id)


def test_a_version_that_says_the_same_is_none(town: Town) -> None:
    draft_id = begun(town, valid_from="01.01.2027", reason="Nichts")
    with town.database.reading() as session:
        checked = rule_drafts.checked(session, session.get_one(RuleDraft, draft_id), NOW)
    assert checked.faults == {"": "Die neue Fassung sagt dasselbe wie R-V/1."}


def test_a_code_that_is_taken_is_no_new_rule(town: Town) -> None:
    for code in ("R-V", "", "mit Leerzeichen"):
        with pytest.raises(InvalidInput), town.database.begin() as session:
            rule_drafts.begin(session, town.actor("weber"), ChangeKind.NEW, code, NOW)


def test_who_comes_second_is_told(town: Town) -> None:
    draft_id = begun(town, **LONGER)
    with pytest.raises(StaleRevision), town.database.begin() as session:
        rule_drafts.save(session, town.actor("lang"), draft_id, {"period": "5 Jahre"}, revision=1, now=NOW)


def test_a_change_counts_only_after_a_second_person_has_seen_what_it_moves(town: Town) -> None:
    files = stock(town)
    draft_id = begun(town, **LONGER)
    weber, lang = town.actor("weber"), town.actor("lang")
    with pytest.raises(PreviewNotSeen), town.database.begin() as session:
        rule_drafts.approve(session, lang, draft_id, fingerprint="", now=NOW)
    seen = previewed(town, draft_id)
    with pytest.raises(SamePerson), town.database.begin() as session:
        rule_drafts.approve(session, weber, draft_id, fingerprint=seen, now=NOW)
    with pytest.raises(SamePerson), town.database.begin() as session:
        rule_drafts.approve(session, SYSTEM, draft_id, fingerprint=seen, now=NOW)
    with pytest.raises(PreviewNotSeen), town.database.begin() as session:
        rule_drafts.approve(session, lang, draft_id, fingerprint="0" * 64, now=NOW)
    with pytest.raises(DraftNotReady), town.database.begin() as session:
        rule_drafts.approve(session, lang, draft_id, fingerprint=seen, now=NOW + timedelta(days=1))
    with town.database.begin() as session:
        made = rule_drafts.approve(session, lang, draft_id, fingerprint=seen, now=NOW)
    assert (made.rule_id, made.months, made.approved_by, made.approved_on) == (
        "R-V/2",
        240,
        "Lang, T. (lang)",
        TODAY,
    )
    with town.database.reading() as session:
        view = rules.rule_of(session, weber, "R-V", NOW)
        assert (view.now and view.now.rule_id, view.versions[0].reason) == ("R-V/2", "Neue Satzung")
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "rule.approved")).one()
        assert (entry.actor_login, entry.reason, entry.detail) == ("lang", "Neue Satzung", {"rule": "R-V/2"})
        moved = set(session.scalars(select(RuleMove.case_file_id)))
        changed = {file_id for one in verdicts.changed(session, TODAY) for file_id in one.ids}
        assert files[0].id in moved
        assert moved <= changed
    with pytest.raises(MoveRefused), town.database.begin() as session:
        rule_drafts.save(session, weber, draft_id, {"period": "1 Jahr"}, now=NOW)


def test_a_preview_is_overtaken_by_what_is_typed_and_by_other_rules(town: Town) -> None:
    stock(town)
    first, second = begun(town, **LONGER), begun(town, code="R-B", **LONGER)
    seen = previewed(town, first)
    with town.database.begin() as session:
        rule_drafts.save(
            session, town.actor("weber"), first, {"period": "30 Jahre", "valid_from": "01.01.2027"}, now=NOW
        )
    with pytest.raises(PreviewNotSeen), town.database.begin() as session:
        rule_drafts.approve(session, town.actor("lang"), first, fingerprint=seen, now=NOW)
    again, other = previewed(town, first), previewed(town, second)
    assert again != seen
    tomorrow = NOW + timedelta(days=1)
    with pytest.raises(PreviewNotSeen), town.database.begin() as session:
        rule_drafts.approve(session, town.actor("lang"), first, fingerprint=again, now=tomorrow)
    with town.database.begin() as session:
        rule_drafts.approve(session, town.actor("lang"), second, fingerprint=other, now=NOW)
    with town.database.reading() as session:
        draft = session.get_one(RuleDraft, first)
        rule_ = rule_drafts.checked(session, draft, NOW).rule
        assert rule_preview.state_of(session, draft, rule_, NOW).state is State.STALE
        assert set(session.scalars(select(RuleMove.run).where(RuleMove.draft_id == first))) == {2}


def test_an_end_is_a_version_of_its_own_and_nothing_is_edited(town: Town) -> None:
    file = stock(town)[0]
    with town.database.reading() as session:
        before = {row.rule_id: row.rule() for row in session.scalars(select(RetentionRule))}
    draft_id = begun(town, ChangeKind.END, valid_from="01.01.2027", reason="Aufgabe weggefallen")
    seen = previewed(town, draft_id)
    with town.database.begin() as session:
        made = rule_drafts.approve(session, town.actor("lang"), draft_id, fingerprint=seen, now=NOW)
    assert (made.rule_id, made.ended, made.valid_from) == ("R-V/2", True, date(2027, 1, 1))
    with town.database.reading() as session:
        after = {row.rule_id: row.rule() for row in session.scalars(select(RetentionRule))}
        assert {name: after[name] for name in before} == before
        then = rules.asked_of_file(session, town.actor("weber"), file.file_reference, date(2026, 12, 31), NOW)
        later = rules.asked_of_unit(session, town.actor("weber"), "52.01", date(2027, 1, 1))
    assert (then.rule and then.rule.rule_id, later.rule) == ("R-V/1", None)


def test_sums_and_lists_hold_only_what_the_person_may_see(town: Town) -> None:
    files = stock(town)
    draft_id = begun(town, **LONGER)
    previewed(town, draft_id)
    secret = files[6]
    with town.database.begin() as session:
        moved = session.scalars(select(RuleMove.case_file_id)).all()
        assert secret.id in moved
    sums = sum_of(town, "lang", draft_id)
    assert sums.total == len(moved) - 1
    assert sum(one.total for one in sums.departments) == sums.total
    assert {one.code for one in sums.departments} <= {"63", "50"}
    assert sum(one.before for one in sums.years) == sum(one.after for one in sums.years) == sums.total
    with town.database.begin() as session:
        town.share(session, secret.id, f"person:{town.actor('lang').person_id}")
    assert sum_of(town, "lang", draft_id).total == len(moved)
    assert sum_of(town, "weber", draft_id).total == len(moved) - 1
    with town.database.reading() as session:
        draft = session.get_one(RuleDraft, draft_id)
        standing = rule_preview.state_of(session, draft, None, NOW)
        rule_ = rule_drafts.checked(session, draft, NOW).rule
        weber = town.actor("weber")
        first = rule_preview_view.listed(session, weber, draft, standing, limit=2, now=NOW)
        rest = rule_preview_view.listed(session, weber, draft, standing, behind=first[-1].case_file_id, now=NOW)
        listed = [one.case_file_id for one in (*first, *rest)]
        assert sorted(listed) == sorted(set(moved) - {secret.id})
        shown = rule_preview_view.examples(session, weber, draft, standing, rule_, tuple(sums.counts), NOW)
        assert shown
        assert secret.id not in {one.case_file_id for one in shown}
        assert all("R-V/2" in " ".join(one.steps) for one in shown)


# What a change says, drawn from what the town knows; lengths in months.
CHANGES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind.value for kind in RetentionKind]),
        "period": st.integers(0, 400).map(lambda months: f"{months} Monate"),
        "trigger": st.sampled_from(["CASE_CLOSED", "DEMOLITION", "DECISION_FINAL"]),
        "trigger_period": st.sampled_from(["", "", "30 Jahre"]),
        "period_start": st.sampled_from([PeriodStart.EXACT_DATE.value, PeriodStart.END_OF_CALENDAR_YEAR.value]),
        "action": st.sampled_from([action.value for action in DisposalAction]),
        "branch": st.sampled_from(["", "*", "52", "52.01", "31"]),
        "departments": st.sampled_from(["", "63", "50.1", "63.1, 50"]),
        "valid_from": st.sampled_from(["20.11.2026", "01.01.2027", "15.08.2031"]),
        "reason": st.just("Satzung"),
    }
)


class Undone(Exception):
    """What was added only to ask goes again."""


def naive(town: Town, changed: Rule, day: date) -> dict[UUID, tuple[Outcome, Outcome, date | None, date | None]]:
    """Evaluate every case file twice, each by itself, and return those that differ."""
    decided: dict[UUID, list[tuple[Outcome, date | None]]] = {}
    for added in (None, changed):
        with suppress(Undone), town.database.begin() as session:
            if added:
                session.add(RetentionRule.of(added))
                session.flush()
            for file in session.scalars(select(CaseFile)):
                held = select(DisposalHold).where(DisposalHold.case_file_id == file.id)
                rules_ = rules_on_path(session, file.file_plan_unit_id)
                made = evaluate(
                    verdicts.facts_of(session, file), rules_, [one.hold() for one in session.scalars(held)], day
                )
                decided.setdefault(file.id, []).append((made.outcome, made.retention_end))
            raise Undone
    return {
        file_id: (before[0], after[0], before[1], after[1])
        for file_id, (before, after) in decided.items()
        if before != after
    }


def test_a_preview_is_the_difference_of_two_full_evaluations(town: Town) -> None:
    stock(town)
    with town.database.begin() as session:
        wide = replace(rule("R-A", months=120, action=DisposalAction.REVIEW, kind=RetentionKind.MIN), branch="*")
        organisation.add_rules(session, SYSTEM, [wide], FOUNDED)
    seen_effects = set()

    @settings(
        max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(CHANGES, st.sampled_from(["R-V", "R-B", "R-A"]), st.integers(1, 5))
    def compare(texts: dict[str, str], code: str, size: int) -> None:
        draft_id = begun(town, code=code, **texts)
        with town.database.reading() as session:
            changed = rule_drafts.checked(session, session.get_one(RuleDraft, draft_id), NOW).rule
        if changed is None:
            with pytest.raises(DraftNotReady):
                previewed(town, draft_id)
            return
        previewed(town, draft_id, size=size)
        day = max(changed.valid_from, TODAY)
        with town.database.reading() as session:
            moves = session.scalars(select(RuleMove).where(RuleMove.draft_id == draft_id)).all()
            kept = session.get_one(RulePreview, draft_id)
            assert kept.compared == kept.total == session.scalar(select(func.count()).select_from(CaseFile))
        told = {
            one.case_file_id: (one.outcome_before, one.outcome_after, one.end_before, one.end_after) for one in moves
        }
        assert told == naive(town, changed, day)
        for one in moves:
            seen_effects.add(one.effect)
            assert (one.effect is Effect.NEWLY_DUE) == (one.outcome_before not in DUE and one.outcome_after in DUE)
            assert (one.effect is Effect.NO_LONGER_DUE) == (one.outcome_before in DUE and one.outcome_after not in DUE)

    compare()
    assert seen_effects >= {Effect.NO_LONGER_DUE, Effect.LATER}


def test_what_is_found_goes_with_a_destroyed_file(town: Town) -> None:
    file = stock(town)[0]
    draft_id = begun(town, **{**LONGER, "valid_from": "01.01.2030"})
    previewed(town, draft_id)
    with town.database.begin() as session:
        assert session.get(RuleMove, (draft_id, 1, file.id)) is not None
        [disposal_id] = disposal.propose(session, town.actor("weber"), [file.id], reason="Frist", now=NOW)
    with town.database.begin() as session:
        disposal.approve(session, town.actor("lang"), disposal_id, cooling_off_days=0, now=NOW)
    for step in (destruction.begin, destruction.delete_rows):
        with town.database.begin() as session:
            step(session, disposal_id, NOW)
    with town.database.reading() as session:
        assert session.get(RuleMove, (draft_id, 1, file.id)) is None


def test_an_unreadable_period_is_no_fault_of_the_beginning(town: Town) -> None:
    draft_id = begun(town, **{**LONGER, "period": "zehn"})
    with town.database.reading() as session:
        assert set(rule_drafts.checked(session, session.get_one(RuleDraft, draft_id), NOW).faults) == {"period"}
