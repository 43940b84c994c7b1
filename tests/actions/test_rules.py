"""Rules as people look at them: versions, the rule of a day, and contradictions with the files they meet on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from eakte.actions import organisation, rule_conflicts, rules, verdicts
from eakte.errors import InvalidInput, NotAllowed, NotFound
from eakte.records.access import SYSTEM
from eakte.store.disposal import VerdictRow
from eakte.store.files import CaseFile
from retention.model import ConflictKind, DisposalAction, Outcome, RetentionKind, Rule
from tests.town import FOUNDED, NOW, Town, rule

CLOSED = datetime(2018, 6, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def add(town: Town, *made: Rule) -> None:
    with town.database.begin() as session:
        organisation.add_rules(session, SYSTEM, made, FOUNDED)


def version(number: int, *, months: int, valid_from: date, ended: bool = False) -> Rule:
    made = rule("R-V", months=months, action=DisposalAction.DESTROY)
    return replace(made, rule_id=f"R-V/{number}", valid_from=valid_from, ended=ended)


def closed_file(town: Town, *, restricted: bool = False) -> CaseFile:
    town.now = CLOSED
    file = town.case_file(restricted=restricted)
    town.close(file.id, on=CLOSED)
    town.now = NOW
    return file


def test_every_version_is_shown_and_the_one_that_counts_is_named(town: Town) -> None:
    add(town, version(2, months=60, valid_from=date(2020, 1, 1)), version(3, months=24, valid_from=date(2030, 1, 1)))
    with town.database.reading() as session:
        view = rules.rule_of(session, town.actor("brandt"), "R-V", NOW)
        assert [one.rule.rule_id for one in view.versions] == ["R-V/3", "R-V/2", "R-V/1"]
        assert view.now == view.newest
        assert view.newest.rule_id == "R-V/2"
        assert [one.rule_id for one in view.to_come] == ["R-V/3"]
        assert view.named_at == ("31", "52.01")
        found = [one.code for one in rules.listing(session, town.actor("brandt"), NOW)]
        assert found == ["R-B", "R-P", "R-V"]
        assert [one.code for one in rules.listing(session, town.actor("brandt"), NOW, text="regel r-p")] == ["R-P"]
        with pytest.raises(NotFound):
            rules.rule_of(session, town.actor("brandt"), "R-X", NOW)
        with pytest.raises(NotAllowed):
            rules.listing(session, town.actor("adler"), NOW)


def test_which_rule_applied_on_a_day_is_answered_for_a_unit_and_for_a_file(town: Town) -> None:
    add(town, version(2, months=60, valid_from=date(2020, 1, 1)))
    file = closed_file(town)
    with town.database.reading() as session:
        actor = town.actor("brandt")
        before = rules.asked_of_unit(session, actor, "52.01", date(2019, 12, 31))
        after = rules.asked_of_unit(session, actor, "52.01", date(2020, 1, 1))
        assert (before.rule and before.rule.rule_id, after.rule and after.rule.rule_id) == ("R-V/1", "R-V/2")
        assert "Seit 01.01.2020 gilt an ihrer Stelle die Fassung R-V/2" in before.steps[-1]
        assert rules.asked_of_unit(session, actor, "52", TODAY).rule is None
        with pytest.raises(InvalidInput):
            rules.asked_of_unit(session, actor, "99", TODAY)
        asked = rules.asked_of_file(session, actor, file.file_reference, date(2019, 6, 1), NOW)
        assert asked.rule is not None
        assert asked.rule.rule_id == "R-V/1"
        assert "31.12.2021" in " ".join(asked.steps)
        later = rules.asked_of_file(session, actor, file.file_reference, TODAY, NOW)
        assert "31.12.2023" in " ".join(later.steps)
        with pytest.raises(NotFound):
            rules.asked_of_file(session, town.actor("kaya"), file.file_reference, TODAY, NOW)


def test_an_ended_rule_counts_no_more_and_its_files_follow_the_version_of_their_closing(town: Town) -> None:
    file = closed_file(town)
    add(town, version(2, months=36, valid_from=date(2026, 1, 1), ended=True))
    with town.database.reading() as session:
        view = rules.rule_of(session, town.actor("brandt"), "R-V", NOW)
        assert view.now is None
        asked = rules.asked_of_unit(session, town.actor("brandt"), "52.01", TODAY)
        assert asked.rule is None
        verdict = verdicts.verdict_of(session, session.get_one(CaseFile, file.id), TODAY)
        assert verdict.rule_id == "R-V/1"
        assert "Heute gilt keine Fassung einer Regel mehr" in verdict.explanation
        [(_, made)] = list(verdicts.decisions(session, TODAY))
        assert (made.outcome, made.retention_end) == (verdict.outcome, verdict.retention_end)


def test_contradictions_are_a_worklist_within_rights_with_both_rules(town: Town) -> None:
    longest = replace(rule("R-M", months=24, action=DisposalAction.DESTROY, kind=RetentionKind.LAW_MAX), branch="52.01")
    minimum = replace(rule("R-N", months=240, action=DisposalAction.DESTROY, kind=RetentionKind.MIN), branch="52")
    seen, secret = closed_file(town), closed_file(town, restricted=True)
    add(town, longest, minimum)
    with town.database.reading() as session:
        found = [file_id for one in verdicts.changed(session, TODAY) for file_id in one.ids]
    assert set(found) == {seen.id, secret.id}
    with town.database.begin() as session:
        verdicts.review(session, found, TODAY)
    with town.database.reading() as session:
        assert [one.ids for one in verdicts.changed(session, TODAY)] == [()]
        [pair] = rule_conflicts.pairs(session, town.actor("weber"), NOW)
        assert (pair.kind, pair.leading_rule_id, pair.other_rule_id) == (
            ConflictKind.BEYOND_MAXIMUM,
            "R-M/1",
            "R-N/1",
        )
        assert (pair.files, pair.stopped) == (1, 1)
        met = rule_conflicts.files_of(session, town.actor("weber"), now=NOW)
        assert [row.file.case_file_id for row in met.rows] == [seen.id]
        assert met.rows[0].outcome is Outcome.CONFLICT
        assert "R-N/1" in met.rows[0].texts[0]
        other = rule_conflicts.files_of(session, town.actor("weber"), leading_rule_id="R-V/1", now=NOW)
        assert (other.rows, other.total) == ((), 0)
        with pytest.raises(NotAllowed):
            rule_conflicts.pairs(session, town.actor("brandt"), NOW)
    with town.database.begin() as session:
        verdicts.keep_verdict(session, session.get_one(CaseFile, seen.id), TODAY)
        assert session.get_one(VerdictRow, seen.id).conflict_rule_id == "R-N/1"
