"""Document type and file plan unit by the rules of the house, each with a reason and an honest confidence."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ingest.lines import flow_of
from ingest.model import Proposal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.lines import Line
    from ingest.model import Evidence, Facts, Page

CEILING = 0.94
"""Rules alone never reach "sicher" (0.95); only a reference does."""

_BY_REFERENCE = 0.97
_ABSTAIN_BELOW = 0.5
_MAX_UNITS = 3
_DOUBT = 1.5
"""Weight that speaks against every proposal: one weak word (weight 1) alone stays below the threshold."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that speak for a value: a regular expression, where it counts, how much, and what it is called."""

    expression: re.Pattern[str]
    weight: float
    where: str
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A value (document type or file plan code) and the patterns that speak for it."""

    value: str
    title: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the house."""

    document_types: tuple[Rule, ...] = ()
    file_plan_units: tuple[Rule, ...] = ()


def load_rules(folder: Path) -> Rules:
    """Load ``document_types.toml`` and ``file_plan.toml`` from *folder*; what has not changed is loaded once.

    Raises:
        OSError: A file is missing.
        ValueError: A file is not TOML, lacks a key or holds a broken regular expression; the message names it.
    """
    files = {"type": folder / "document_types.toml", "unit": folder / "file_plan.toml"}
    return Rules(*(_load(path, kind, path.stat().st_mtime_ns) for kind, path in files.items()))


@lru_cache(maxsize=8)
def _load(path: Path, kind: str, changed: int) -> tuple[Rule, ...]:  # noqa: ARG001 — another change is another file
    try:
        tables: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))[kind]
        return tuple(_rule(table) for table in tables)
    except (KeyError, re.error, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error!r}") from error


def _rule(table: dict[str, Any]) -> Rule:
    patterns = tuple(
        Pattern(
            re.compile(entry["text"], re.IGNORECASE),
            float(entry.get("weight", 1)),
            str(entry.get("where", "text")),
            str(entry.get("name", "")),
        )
        for entry in table["patterns"]
    )
    return Rule(str(table["value"]), str(table.get("title", "")), patterns)


def document_type(pages: Sequence[Page], facts: Facts, rules: Rules) -> Proposal | None:
    """Propose the document type, ``None`` where the rules do not agree."""
    scored = _scored(rules.document_types, pages, facts)
    return scored[0] if scored else None


def file_plan_units(pages: Sequence[Page], facts: Facts, rules: Rules) -> tuple[Proposal, ...]:
    """Propose file plan codes, best first: the code of a reference that was read, then what the words say."""
    proposals: dict[str, Proposal] = {}
    for reference in facts.references:
        code = reference.value.split("-", 1)[0]
        reason = f"Aktenzeichen {reference.value} gelesen."
        confidence = _BY_REFERENCE if not proposals else 0.7
        proposals.setdefault(code, Proposal(code, confidence, reason, reference.evidence))
    for proposal in _scored(rules.file_plan_units, pages, facts):
        proposals.setdefault(proposal.value, proposal)
    return tuple(proposals.values())[:_MAX_UNITS]


def _scored(rules: Sequence[Rule], pages: Sequence[Page], facts: Facts) -> list[Proposal]:
    flows = [flow_of(page) for page in pages[:3] if page.words]  # later pages are mostly enclosures
    hits = {rule.value: _hits(rule, flows, facts) for rule in rules}
    weights = {value: sum(weight for weight, _, _ in found) for value, found in hits.items()}
    titles = {rule.value: rule.title for rule in rules}
    total = sum(sorted(weights.values(), reverse=True)[:2])  # the best against the next one
    proposals = []
    for value in sorted(weights, key=lambda each: -weights[each]):
        confidence = min(CEILING, weights[value] / (total + _DOUBT))
        if confidence >= _ABSTAIN_BELOW:
            proposals.append(_proposal(value, titles[value], confidence, hits[value]))
    return proposals


def _hits(rule: Rule, flows: Sequence[Line], facts: Facts) -> list[tuple[float, str, tuple[Evidence, ...]]]:
    found = []
    for pattern in rule.patterns:
        if pattern.where == "subject":
            if facts.subject and pattern.expression.search(facts.subject.value):
                name = pattern.name or f"Betreff „{_short(facts.subject.value)}“"
                found.append((pattern.weight, name, facts.subject.evidence))
            continue
        for flow in flows:
            match = pattern.expression.search(flow.text)
            if match:
                name = pattern.name or f"„{_short(match[0])}“ im Text"
                found.append((pattern.weight, name, flow.evidences(match.start(), match.end())))
                break
    return found


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _proposal(
    value: str, title: str, confidence: float, hits: Sequence[tuple[float, str, tuple[Evidence, ...]]]
) -> Proposal:
    best = sorted(hits, key=lambda hit: -hit[0])[:3]
    named = "; ".join(dict.fromkeys(name for _, name, _ in best))
    reason = f"{title}: {named}." if title else f"{named}."
    return Proposal(value, round(confidence, 2), reason, tuple(e for _, _, places in best for e in places))
