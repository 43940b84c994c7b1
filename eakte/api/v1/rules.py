"""Retention rules: versions, the rule of a day, and where rules contradict each other."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import rule_conflicts
from eakte.actions import rules as actions
from eakte.actions.rules import Answered, RuleView
from eakte.api.models import MOST_INT, Day, Out, Query
from eakte.api.operation import Call, Operation
from eakte.errors import NotFound
from eakte.records.access import Permission
from eakte.records.rule_words import summary
from retention.model import ConflictKind, DisposalAction, Outcome, PeriodStart, RetentionKind
from retention.model import Rule as Value

RuleId = Annotated[str, StringConstraints(max_length=60)]


class RuleVersion(Out):
    """One version of a rule."""

    rule_id: str
    title: str
    retention_kind: RetentionKind
    months: int | None
    trigger: str
    trigger_label: str
    trigger_months: int
    first_phase_months: int | None
    period_start: PeriodStart
    disposal_action: DisposalAction
    legal_basis: str
    certainty: str
    valid_from: date
    valid_to: date | None
    ended: bool
    branch: str
    departments: list[str]
    file_types: list[str]
    approved_by: str | None
    approved_on: date | None
    reason: str
    period_text: str


class Rule(Out):
    """A rule with all its versions."""

    rule_key: str
    counting_rule_id: str | None
    named_at: list[str]
    rule_versions: list[RuleVersion]


class Rules(Out):
    """All rules."""

    items: list[Rule]


class RulesQuery(Query):
    """What the list is narrowed to."""

    q: Annotated[str, StringConstraints(max_length=100)] = ""


class RuleQuestion(Query):
    """The day, and a unit of the file plan or a case file."""

    day: Day
    file_plan_code: Annotated[str, StringConstraints(max_length=40)] = ""
    reference: Annotated[str, StringConstraints(max_length=80)] = ""
    org_unit_code: Annotated[str, StringConstraints(max_length=40)] = ""
    file_type: Annotated[str, StringConstraints(max_length=80)] = ""


class RuleAnswer(Out):
    """Which rule led, and why."""

    rule_id: str | None
    title: str
    case_file_id: UUID | None
    steps: list[str]


class RulePair(Out):
    """Two rules that contradict each other."""

    conflict_kind: ConflictKind
    leading_rule_id: str
    other_rule_id: str
    case_files_met: int
    stopped: int


class RuleConflictFile(Out):
    """A case file on which rules contradict each other."""

    case_file_id: UUID
    reference: str
    outcome: Outcome
    retention_end: date | None
    steps: list[str]


class RuleConflicts(Out):
    """Contradictions between rules with their case files."""

    pairs: list[RulePair]
    items: list[RuleConflictFile]
    total: int


class ConflictsQuery(Query):
    """Which pair of rules, and which piece of the list."""

    leading_rule_id: RuleId = ""
    other_rule_id: RuleId = ""
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=MOST_INT)


def version_of(rule: Value, reason: str = "") -> RuleVersion:
    """Return a version as programs see it."""
    names = {"retention_kind": rule.kind, "disposal_action": rule.action, "period_text": summary(rule)}
    same = {name: getattr(rule, name) for name in RuleVersion.model_fields if hasattr(rule, name)}
    lists = {"departments": list(rule.departments), "file_types": list(rule.file_types)}
    return RuleVersion.model_validate({**same, **names, **lists, "reason": reason})


def _rule(view: RuleView) -> Rule:
    return Rule(
        rule_key=view.code,
        counting_rule_id=view.now.rule_id if view.now else None,
        named_at=list(view.named_at),
        rule_versions=[version_of(one.rule, one.reason) for one in view.versions],
    )


def listing(call: Call, query: RulesQuery) -> Rules:
    """List all rules."""
    return Rules(items=[_rule(one) for one in actions.listing(call.session, call.actor, call.now, text=query.q)])


def show(call: Call, rule_key: str) -> Rule:
    """Return one rule."""
    return _rule(actions.rule_of(call.session, call.actor, rule_key, call.now))


def asked(call: Call, query: RuleQuestion) -> RuleAnswer:
    """Answer which rule applied."""
    found: Answered
    if query.reference:
        found = actions.asked_of_file(call.session, call.actor, query.reference, query.day, call.now)
    else:
        found = actions.asked_of_unit(
            call.session,
            call.actor,
            query.file_plan_code,
            query.day,
            org_unit=query.org_unit_code,
            file_type=query.file_type,
        )
    return RuleAnswer(
        rule_id=found.rule.rule_id if found.rule else None,
        title=found.rule.title if found.rule else "",
        case_file_id=found.case_file_id,
        steps=list(found.steps),
    )


def conflicts(call: Call, query: ConflictsQuery) -> RuleConflicts:
    """List contradictions."""
    found = rule_conflicts.files_of(
        call.session,
        call.actor,
        leading_rule_id=query.leading_rule_id,
        other_rule_id=query.other_rule_id,
        offset=query.offset,
        limit=query.limit,
        now=call.now,
    )
    return RuleConflicts(
        pairs=[
            RulePair(
                conflict_kind=one.kind,
                leading_rule_id=one.leading_rule_id,
                other_rule_id=one.other_rule_id,
                case_files_met=one.files,
                stopped=one.stopped,
            )
            for one in rule_conflicts.pairs(call.session, call.actor, call.now)
        ],
        items=[
            RuleConflictFile(
                case_file_id=row.file.case_file_id,
                reference=row.file.reference,
                outcome=row.outcome,
                retention_end=row.retention_end,
                steps=list(row.texts),
            )
            for row in found.rows
        ],
        total=found.total,
    )


OPERATIONS = (
    Operation("GET", "/rules", listing, Permission.READ, Rules, "Aufbewahrungsregeln auflisten", query=RulesQuery),
    Operation("GET", "/rules/<rule_key>", show, Permission.READ, Rule, "Aufbewahrungsregel mit allen Fassungen"),
    Operation(
        "GET", "/rule-answers", asked, Permission.READ, RuleAnswer, "Welche Regel galt an einem Tag?",
        query=RuleQuestion, problems=(NotFound,),
        notes="Für eine Aktenplaneinheit (file_plan_code) oder eine Akte (reference).",
    ),
    Operation(
        "GET", "/rule-conflicts", conflicts, Permission.DISPOSE, RuleConflicts, "Widersprüche der Regeln",
        query=ConflictsQuery, notes="Gezählt und genannt sind nur Akten, die der Person offenstehen.",
    ),
)  # fmt: skip
