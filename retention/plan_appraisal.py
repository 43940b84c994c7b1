"""Let the archive appraise a file plan once, so that its files need no offer: messages 0511 to 0515.

What the archive says of a unit (its Bewertungskatalog) counts for every file in it; only then the two-step procedure
can hand files over (0503) without asking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retention.differences import Difference, Sent, named_twice, strangers, unclear
from retention.errors import OfferIncompleteError
from retention.messages import Message, children, expect, wrong_process
from retention.model import DisposalAction
from retention.xdomea import names
from retention.xdomea.elements import add, flag, root
from retention.xdomea.file_plan import plan_element
from retention.xdomea.parse import choice_of, identity_of
from retention.xdomea.write import Written, outgoing, write_receipt, written

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from lxml import etree

    from retention.file_plan import Plan
    from retention.offered import MessageHead
    from retention.xdomea.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The archive's decisions on units of a file plan (0513), by the UUIDs that were sent."""

    message: Message
    decisions: dict[str, DisposalAction]
    """A, V, or B where each file of the unit must be offered: all three are answers here."""
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class UnitResult:
    """Whether the decision on one unit was taken over; ``errors`` are German sentences."""

    unit_id: str
    accepted: bool
    errors: tuple[str, ...] = ()


def write_plan_offer(plan: Plan, message: MessageHead, folder: Path) -> Written:
    """Write a file plan for appraisal (0511).

    Raises ``OfferIncompleteError`` where the plan or a unit has no UUID, because the answer names nothing else.
    """
    missing = [f"UUID der Aktenplaneinheit {unit.code}" for unit in plan.units if not unit.unit_id]
    if not plan.plan_id:
        missing.insert(0, "UUID des Aktenplans")
    if missing:
        raise OfferIncompleteError("; ".join(missing))
    with outgoing(message, names.PLAN_OFFER, folder) as package:
        package.add_element(plan_element(plan, package.dialect, with_ids=True))
    return written(message, names.PLAN_OFFER, folder)


def read_catalogue(path: Path, process_id: str, unit_ids: Collection[str]) -> Catalogue:
    """Read a Bewertungskatalog (0513) of 3.0.0 to 4.0.0; *unit_ids* are those of the plan that was sent.

    A unit named twice or with an action nobody agreed on stays undecided, as does one that is not named.
    """
    with expect(path, names.CATALOGUE.code) as (package, message):
        differing = wrong_process(message, process_id)
        if differing is not None:
            return Catalogue(message, {}, (differing,))
        said = [(identity_of(each), choice_of(each)) for each in children(package, "BewerteteAktenplaneinheit")]
    ours = {unit_id.lower(): unit_id for unit_id in unit_ids}
    said = [(ours.get(unit_id.lower(), unit_id), choice) for unit_id, choice in said]
    ids = [unit_id for unit_id, _ in said]
    differences = [*named_twice(ids), *strangers(ids, Sent(frozenset(unit_ids)))]
    doubtful = {difference.object_id for difference in differences}
    decisions: dict[str, DisposalAction] = {}
    for unit_id, choice in said:
        if unit_id in doubtful:
            continue
        problem = None if choice == DisposalAction.REVIEW else unclear(unit_id, choice)
        if problem is None:
            decisions[unit_id] = DisposalAction(choice)
        else:
            differences.append(problem)
    differences += [
        Difference("undecided", unit_id, f"Für die Aktenplaneinheit {unit_id} hat das Archiv nichts entschieden.")
        for unit_id in sorted(set(unit_ids).difference(ids))
    ]
    return Catalogue(message, decisions, tuple(differences))


def write_catalogue_result(results: Sequence[UnitResult], message: MessageHead, folder: Path) -> Written:
    """Tell the archive what was taken over of its Bewertungskatalog (0514); *results* must not be empty."""
    if not results:
        raise OfferIncompleteError("keine Aktenplaneinheit")
    with outgoing(message, names.CATALOGUE_RESULT, folder) as package:
        dialect = package.dialect
        if dialect.numbered:
            package.add_element(_overall(results, dialect))
        for result in results:
            package.add_element(_unit_result(result, dialect))
    return written(message, names.CATALOGUE_RESULT, folder)


def write_catalogue_receipt(message: MessageHead, folder: Path) -> Written:
    """Write the receipt of a Bewertungskatalog (0515)."""
    return write_receipt(message, names.CATALOGUE_RECEIPT, folder)


def _overall(results: Sequence[UnitResult], dialect: Dialect) -> etree._Element:
    element = root(dialect, "ErfolgOderMisserfolg")
    _outcome(element, accepted=all(result.accepted for result in results), errors=())
    return element


def _unit_result(result: UnitResult, dialect: Dialect) -> etree._Element:
    element = root(dialect, "BewerteteAktenplaneinheit")
    add(element, dialect.object_id, result.unit_id)
    holder = add(element, "ErfolgOderMisserfolg") if dialect.numbered else element
    _outcome(holder, accepted=result.accepted, errors=result.errors)
    return element


def _outcome(element: etree._Element, *, accepted: bool, errors: Sequence[str]) -> None:
    add(element, "Erfolgreich", flag(value=accepted))
    for error in errors:
        add(element, "Fehlermeldung", error)
