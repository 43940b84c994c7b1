from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from retention import (
    CASE_CLOSED,
    EVERYWHERE,
    CaseFacts,
    ConflictKind,
    DisposalAction,
    Filing,
    Hold,
    Outcome,
    PeriodStart,
    Place,
    RetentionKind,
    Rule,
    effective,
    evaluate,
)

TODAY = date(2026, 11, 20)
RULE = Rule(
    rule_id="12.05.01/1",
    title="Bußgeldakten",
    kind=RetentionKind.FIXED,
    months=60,
    trigger=CASE_CLOSED,
    trigger_label="z.d.A.",
    period_start=PeriodStart.END_OF_CALENDAR_YEAR,
    action=DisposalAction.DESTROY,
    legal_basis="§ 31 OWiG",
    certainty="illustrative",
    valid_from=date(2000, 1, 1),
)


def closed(day: date, **events: date) -> CaseFacts:
    return CaseFacts("12.05.01-0001/2015", date(2015, 1, 5), day, events)


def test_an_open_file_has_no_date() -> None:
    verdict = evaluate(CaseFacts("A-1", date(2015, 1, 5), None), [RULE], [], TODAY)
    assert verdict.outcome is Outcome.OPEN
    assert verdict.retention_end is None
    assert "offen" in verdict.explanation


def test_a_file_closed_tomorrow_counts_as_open_today() -> None:
    assert evaluate(closed(date(2026, 11, 21)), [RULE], [], TODAY).outcome is Outcome.OPEN


def test_a_file_without_a_rule_is_kept_and_reported() -> None:
    verdict = evaluate(closed(date(2015, 6, 1)), [], [], TODAY)
    assert verdict.outcome is Outcome.NO_RULE
    assert "Regel festlegen" in verdict.explanation


@pytest.mark.parametrize(
    ("today", "outcome"),
    [
        (date(2020, 12, 30), Outcome.KEEP),
        (date(2020, 12, 31), Outcome.KEEP),
        (date(2021, 1, 1), Outcome.DESTROY),
    ],
)
def test_the_last_day_of_keeping_still_counts(today: date, outcome: Outcome) -> None:
    verdict = evaluate(closed(date(2015, 1, 1)), [RULE], [], today)
    assert verdict.outcome is outcome
    assert verdict.retention_end == date(2020, 12, 31)


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        (DisposalAction.ARCHIVE, Outcome.OFFER),
        (DisposalAction.REVIEW, Outcome.OFFER),
        (DisposalAction.DESTROY, Outcome.DESTROY),
    ],
)
def test_the_action_decides_between_offer_and_destruction(action: DisposalAction, outcome: Outcome) -> None:
    verdict = evaluate(closed(date(2015, 6, 1)), [replace(RULE, action=action)], [], TODAY)
    assert verdict.outcome is outcome
    assert f"Aussonderungsart {action.value}" in verdict.explanation


def test_a_permanent_rule_never_ends() -> None:
    rule = replace(RULE, kind=RetentionKind.PERMANENT, months=None, period_start=PeriodStart.NONE, trigger="NONE")
    verdict = evaluate(closed(date(1950, 1, 1)), [rule], [], TODAY)
    assert (verdict.outcome, verdict.retention_end) == (Outcome.KEEP_PERMANENTLY, None)
    assert "dauernd" in verdict.explanation


def test_a_missing_event_is_named_with_its_german_label() -> None:
    rule = replace(RULE, trigger="DEMOLITION", trigger_label="Beseitigung der baulichen Anlage")
    verdict = evaluate(closed(date(2001, 1, 1)), [rule], [], TODAY)
    assert (verdict.outcome, verdict.retention_end) == (Outcome.WAITING_FOR_EVENT, None)
    assert "Beseitigung der baulichen Anlage" in verdict.explanation
    assert "DEMOLITION" in verdict.explanation


def test_until_event_plus_nothing_ends_with_the_event() -> None:
    rule = replace(
        RULE,
        kind=RetentionKind.UNTIL_EVENT_PLUS,
        months=None,
        trigger="ELECTION",
        period_start=PeriodStart.EXACT_DATE,
    )
    verdict = evaluate(closed(date(2020, 1, 1), ELECTION=date(2026, 11, 20)), [rule], [], TODAY)
    assert (verdict.outcome, verdict.retention_end) == (Outcome.KEEP, TODAY)


def test_the_event_counts_and_not_the_closing() -> None:
    rule = replace(RULE, trigger="DECISION_FINAL", trigger_label="Rechtskraft")
    verdict = evaluate(closed(date(2015, 6, 1), DECISION_FINAL=date(2019, 3, 4)), [rule], [], TODAY)
    assert verdict.retention_end == date(2024, 12, 31)
    assert "04.03.2019" in verdict.explanation


def test_a_minimum_counts_from_closing_where_that_is_later() -> None:
    rule = replace(RULE, kind=RetentionKind.MIN, months=36, trigger="AWARD", period_start=PeriodStart.EXACT_DATE)
    verdict = evaluate(closed(date(2020, 6, 1), AWARD=date(2015, 2, 2)), [rule], [], TODAY)
    assert verdict.retention_end == date(2023, 6, 1)


def test_a_hold_stops_destruction_and_says_why() -> None:
    hold = Hold("Klage beim Verwaltungsgericht", date(2026, 1, 7))
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE], [hold], TODAY)
    assert (verdict.outcome, verdict.retention_end) == (Outcome.ON_HOLD, date(2020, 12, 31))
    assert "Klage beim Verwaltungsgericht" in verdict.explanation
    assert "07.01.2026" in verdict.explanation


@pytest.mark.parametrize(("lifted_on", "outcome"), [(TODAY, Outcome.DESTROY), (date(2026, 11, 21), Outcome.ON_HOLD)])
def test_a_hold_ends_with_the_day_of_lifting(lifted_on: date, outcome: Outcome) -> None:
    hold = Hold("Prüfung", date(2026, 1, 7), lifted_on)
    assert evaluate(closed(date(2015, 6, 1)), [RULE], [hold], TODAY).outcome is outcome


def test_a_hold_does_not_stop_the_clock() -> None:
    hold = Hold("Prüfung", date(2016, 1, 7))
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE], [hold], date(2018, 1, 1))
    assert (verdict.outcome, verdict.retention_end) == (Outcome.KEEP, date(2020, 12, 31))
    assert "Prüfung; die Frist läuft weiter" in verdict.explanation


def test_the_most_specific_unit_leads() -> None:
    parent = replace(RULE, rule_id="12/1", months=240)
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE, parent], [], TODAY)
    assert (verdict.rule_id, verdict.retention_end) == ("12.05.01/1", date(2020, 12, 31))


def test_a_longer_minimum_of_a_higher_unit_raises_the_date() -> None:
    parent = replace(RULE, rule_id="12/1", months=240, kind=RetentionKind.MIN)
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE, parent], [], TODAY)
    assert (verdict.outcome, verdict.retention_end) == (Outcome.KEEP, date(2035, 12, 31))
    assert "12/1" in verdict.explanation
    assert "31.12.2015 plus 20 Jahre, Aufbewahrungsende 31.12.2035" in verdict.explanation


def test_a_minimum_whose_event_is_missing_is_waited_for() -> None:
    parent = replace(RULE, rule_id="12/1", kind=RetentionKind.MIN, trigger="AWARD", trigger_label="Zuschlag")
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE, parent], [], TODAY)
    assert verdict.outcome is Outcome.WAITING_FOR_EVENT
    assert "Zuschlag" in verdict.explanation


def test_a_legal_maximum_beats_a_longer_minimum_and_shows_the_conflict() -> None:
    maximum = replace(RULE, rule_id="12/1", months=12, kind=RetentionKind.LAW_MAX)
    minimum = replace(RULE, months=600, kind=RetentionKind.MIN)
    verdict = evaluate(closed(date(2015, 6, 1)), [minimum, maximum], [], TODAY)
    assert (verdict.rule_id, verdict.retention_end) == ("12/1", date(2016, 12, 31))
    assert "Widerspruch" in verdict.explanation


def test_a_legal_maximum_warns_before_it_ends() -> None:
    rule = replace(RULE, kind=RetentionKind.LAW_MAX)
    verdict = evaluate(closed(date(2021, 6, 1)), [rule], [], TODAY)
    assert verdict.outcome is Outcome.KEEP
    assert "endet in 41 Tagen" in verdict.explanation


def test_phases_are_explained_and_the_last_one_counts() -> None:
    rule = replace(RULE, kind=RetentionKind.MULTI_PHASE, months=660)
    verdict = evaluate(closed(date(2015, 6, 1)), [rule], [], TODAY)
    assert verdict.retention_end == date(2070, 12, 31)
    assert "eingeschränkter Nutzung" in verdict.explanation


def test_a_change_of_law_reaches_running_periods_and_is_never_silent() -> None:
    old = replace(RULE, months=120, valid_to=date(2024, 12, 31))
    new = replace(RULE, rule_id="12.05.01/2", months=96, valid_from=date(2025, 1, 1))
    verdict = evaluate(closed(date(2016, 6, 1)), [old, new], [], TODAY)
    assert (verdict.rule_id, verdict.retention_end) == ("12.05.01/2", date(2024, 12, 31))
    assert "31.12.2026" in verdict.explanation
    assert "verkürzt" in verdict.explanation


def test_a_withdrawn_rule_without_successor_still_holds_for_old_files() -> None:
    old = replace(RULE, valid_to=date(2020, 12, 31))
    verdict = evaluate(closed(date(2016, 6, 1)), [old], [], TODAY)
    assert verdict.rule_id == "12.05.01/1"
    assert "Heute gilt keine Fassung" in verdict.explanation
    assert evaluate(closed(date(2022, 6, 1)), [old], [], TODAY).outcome is Outcome.NO_RULE


def test_a_demo_rule_says_that_it_is_no_legal_advice_until_approved() -> None:
    sure = replace(RULE, certainty="sure")
    for rule in (RULE, sure, replace(RULE, approved_by="Stadtarchiv")):
        assert "Demo-Regel, keine Rechtsberatung" in evaluate(closed(TODAY), [rule], [], TODAY).explanation
    approved = replace(sure, approved_by="Stadtarchiv")
    assert "Demo-Regel" not in evaluate(closed(TODAY), [approved], [], TODAY).explanation


def test_every_step_is_there_for_a_court() -> None:
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE], [], TODAY)
    for part in ("01.06.2015", "31.12.2015", "5 Jahre", "31.12.2020", "01.01.2021", "20.11.2026", "§ 31 OWiG"):
        assert part in verdict.explanation


def at(place: Place, day: date = date(2015, 6, 1), **events: date) -> CaseFacts:
    return replace(closed(day, **events), place=place)


def test_nothing_leaves_while_a_legal_minimum_binds_beyond_a_legal_maximum() -> None:
    maximum = replace(RULE, rule_id="12/1", months=12, kind=RetentionKind.LAW_MAX)
    minimum = replace(RULE, months=120, kind=RetentionKind.MIN)
    verdict = evaluate(closed(date(2017, 6, 1)), [minimum, maximum], [], TODAY)
    assert (verdict.outcome, verdict.retention_end) == (Outcome.CONFLICT, date(2018, 12, 31))
    [conflict] = verdict.conflicts
    assert (conflict.kind, conflict.other_end, conflict.must_decide) == (
        ConflictKind.BEYOND_MAXIMUM,
        date(2027, 12, 31),
        True,
    )
    assert conflict.text in verdict.explanation
    later = evaluate(closed(date(2017, 6, 1)), [minimum, maximum], [], date(2028, 1, 1))
    assert later.outcome is Outcome.DESTROY
    waiting = evaluate(closed(date(2015, 6, 1)), [replace(minimum, trigger="AWARD"), maximum], [], TODAY)
    assert waiting.outcome is Outcome.CONFLICT


def test_an_earlier_legal_maximum_of_a_higher_unit_is_shown() -> None:
    leading = replace(RULE, kind=RetentionKind.LAW_MAX)
    other = replace(RULE, rule_id="12/1", months=12, kind=RetentionKind.LAW_MAX)
    verdict = evaluate(closed(date(2015, 6, 1)), [leading, other], [], TODAY)
    assert [conflict.kind for conflict in verdict.conflicts] == [ConflictKind.EARLIER_MAXIMUM]
    assert "31.12.2016" in verdict.explanation


def test_between_rules_just_as_specific_the_longer_counts_and_the_contradiction_is_shown() -> None:
    other = replace(RULE, rule_id="12.05.02/1", months=240, valid_from=date(1999, 1, 1))
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE, other], [], TODAY)
    assert (verdict.rule_id, verdict.retention_end) == ("12.05.01/1", date(2035, 12, 31))
    assert [conflict.kind for conflict in verdict.conflicts] == [ConflictKind.SAME_RANK]
    permanent = replace(other, kind=RetentionKind.PERMANENT, months=None)
    assert evaluate(closed(date(2015, 6, 1)), [RULE, permanent], [], TODAY).outcome is Outcome.KEEP_PERMANENTLY


def test_a_longer_rule_of_a_higher_unit_is_listed_as_overruled_and_decides_nothing() -> None:
    parent = replace(RULE, rule_id="12/1", months=240)
    verdict = evaluate(closed(date(2015, 6, 1)), [parent, RULE], [], TODAY)
    [conflict] = verdict.conflicts
    assert (conflict.kind, conflict.must_decide) == (ConflictKind.OVERRULED, False)
    assert verdict.retention_end == date(2020, 12, 31)


def test_a_rule_counts_only_where_its_scope_fits() -> None:
    plan = ("12.05.01", "12.05", "12")
    narrow = replace(RULE, rule_id="a/1", branch="12", departments=("32",), file_types=("Bußgeldakte",), months=12)
    wide = replace(RULE, rule_id="b/1", branch=EVERYWHERE, months=24)
    elsewhere = replace(RULE, rule_id="12.06/1")
    rules = [elsewhere, wide, narrow]
    fits = Place(plan, ("32.1", "32"), "Bußgeldakte")
    assert evaluate(at(fits), rules, [], TODAY).rule_id == "a/1"
    for place in (replace(fits, departments=("33",)), replace(fits, file_type=""), replace(fits, file_plan=("13",))):
        assert evaluate(at(place), rules, [], TODAY).rule_id == "b/1"
    text = evaluate(at(fits), rules, [], TODAY).explanation
    assert "Organisationseinheit 32" in text
    assert "Aktenart Bußgeldakte" in text


def test_the_more_specific_rule_leads_branch_before_type_before_department() -> None:
    plan = ("12.05", "12")
    place = Place(plan, ("32.1", "32"), "Bußgeldakte")
    order = [
        replace(RULE, rule_id="e/1", branch="12.05"),
        replace(RULE, rule_id="d/1", branch="12", file_types=("Bußgeldakte",)),
        replace(RULE, rule_id="c/1", branch="12", departments=("32.1",)),
        replace(RULE, rule_id="b/1", branch="12", departments=("32",)),
        replace(RULE, rule_id="a/1", branch="12"),
    ]
    for count in range(len(order)):
        leader = effective(reversed(order[count:]), TODAY, place)
        assert leader is order[count]


def test_which_rule_applied_on_a_day_can_be_asked() -> None:
    old = replace(RULE, months=120)
    new = replace(RULE, rule_id="12.05.01/2", months=96, valid_from=date(2025, 1, 1))
    assert effective([new, old], date(2024, 12, 31)) is old
    assert effective([new, old], date(2025, 1, 1)) is new
    assert effective([new, old], date(1999, 12, 31)) is None


def test_a_younger_version_supersedes_the_older_one_also_where_its_scope_is_narrower() -> None:
    old = replace(RULE, branch="12")
    new = replace(RULE, rule_id="12.05.01/2", branch="12.06", valid_from=date(2010, 1, 1))
    inside = evaluate(at(Place(("12.06", "12"))), [old, new], [], TODAY)
    outside = evaluate(at(Place(("12.05", "12"))), [old, new], [], TODAY)
    assert inside.rule_id == "12.05.01/2"
    assert outside.outcome is Outcome.NO_RULE


def test_a_period_may_start_years_after_its_event() -> None:
    rule = replace(
        RULE, months=840, trigger="BIRTH", trigger_label="30. Geburtstag", trigger_months=360,
        period_start=PeriodStart.EXACT_DATE,
    )  # fmt: skip
    verdict = evaluate(closed(date(2015, 6, 1), BIRTH=date(1996, 2, 29)), [rule], [], TODAY)
    assert verdict.retention_end == date(2096, 2, 28)
    for part in ("29.02.1996", "30 Jahre", "28.02.2026", "70 Jahre", "28.02.2096"):
        assert part in verdict.explanation


def test_two_phases_tell_from_when_use_is_restricted() -> None:
    rule = replace(RULE, kind=RetentionKind.MULTI_PHASE, months=660, first_phase_months=60)
    verdict = evaluate(closed(date(2015, 6, 1)), [rule], [], TODAY)
    assert (verdict.outcome, verdict.retention_end) == (Outcome.KEEP, date(2070, 12, 31))
    assert verdict.restricted_from == date(2021, 1, 1)
    assert "Ab 01.01.2021 ist nur noch eingeschränkte Nutzung erlaubt" in verdict.explanation
    assert "hat begonnen" in verdict.explanation


def test_a_missing_event_is_named_in_the_verdict() -> None:
    rule = replace(RULE, trigger="LAST_BENEFIT", trigger_label="letzte Leistung")
    assert evaluate(closed(date(2001, 1, 1)), [rule], [], TODAY).waits_for == "LAST_BENEFIT"


def test_a_record_in_several_files_stays_as_long_as_the_longest_binds_and_says_so() -> None:
    long = replace(RULE, rule_id="52/1", months=240)
    here = at(Place(("12.05.01",)))
    there = replace(at(Place(("52",))), reference="52-0007/2015")
    verdict = evaluate(here, [RULE, long], [], TODAY, also_in=[Filing(there)])
    assert (verdict.outcome, verdict.retention_end) == (Outcome.KEEP, date(2035, 12, 31))
    assert (verdict.decided_by, verdict.rule_id) == ("52-0007/2015", "52/1")
    assert "Am längsten bindet die Akte 52-0007/2015" in verdict.steps[-1]
    assert "12.05.01/1" in verdict.explanation


def test_a_hold_on_any_file_holds_a_record_that_lies_in_several() -> None:
    other = Filing(replace(closed(date(2012, 6, 1)), reference="X-1"), (Hold("Klage", date(2026, 1, 7)),))
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE], [], TODAY, also_in=[other])
    assert (verdict.outcome, verdict.retention_end) == (Outcome.ON_HOLD, date(2020, 12, 31))
    assert "Klage" in verdict.explanation


def test_a_record_in_an_open_file_stays_without_a_date() -> None:
    other = Filing(CaseFacts("X-1", date(2015, 1, 5), None))
    verdict = evaluate(closed(date(2015, 6, 1)), [RULE], [], TODAY, also_in=[other])
    assert (verdict.outcome, verdict.retention_end, verdict.decided_by) == (Outcome.OPEN, None, "X-1")
