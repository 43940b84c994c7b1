"""The element ``Aktenplan`` of messages 0301 and 0511; only the latter has UUIDs, otherwise all versions agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from retention.file_plan import Plan, PlanUnit
from retention.model import DisposalAction
from retention.xdomea.elements import add, code, flag, optional, root
from retention.xdomea.parse import find, identity_of, local, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lxml import etree

    from retention.xdomea.dialect import Dialect

EXTENSION = "eakte.aktenplaneinheit"
"""``Kennung`` of the extension that carries what the standard has no element for."""
_ACTIONS = {action.value: action for action in DisposalAction}


def plan_element(plan: Plan, dialect: Dialect, *, with_ids: bool = False) -> etree._Element:
    """The plan as an element; units must come after the one they lie in."""
    element = root(dialect, "Aktenplan")
    id_name = dialect.object_id if with_ids else ""
    if id_name:
        add(element, id_name, plan.plan_id)
    add(element, "Bezeichnung", plan.title)
    add(element, "Version", plan.version)
    below: dict[str | None, list[PlanUnit]] = {}
    for unit in plan.units:
        below.setdefault(unit.parent, []).append(unit)
    for unit in below.get(None, ()):
        _unit(element, unit, below, id_name)
    _period(element, plan.valid_from, plan.valid_to)
    return element


def _unit(parent: etree._Element, unit: PlanUnit, below: Mapping[str | None, Sequence[PlanUnit]], id_name: str) -> None:
    element = add(parent, "Einheit")
    add(element, "Kennzeichen", unit.code)
    add(element, "Inhaltsangabe", unit.title)
    if id_name:
        add(element, id_name, unit.unit_id)
    action = unit.action or DisposalAction.REVIEW
    code(add(element, "Aussonderungsart"), "Aussonderungsart", action.value, "aussonderungsart")
    _period(element, None, unit.retired_on)
    add(element, "Stillgelegt", flag(value=unit.retired))
    keeping = add(element, "Aufbewahrungsdauer")
    if unit.years is None:
        add(keeping, "Unbefristet", "1")
    else:
        add(keeping, "AnzahlJahre", unit.years)
    for child in below.get(unit.code, ()):
        _unit(element, child, below, id_name)
    if unit.details:
        _extension(element, unit.details)


def _extension(parent: etree._Element, details: Mapping[str, str]) -> None:
    extension = add(parent, "AnwendungsspezifischeErweiterung")
    add(extension, "Kennung", EXTENSION)
    add(extension, "Name", "E-Akte")
    for name, value in details.items():
        field = add(extension, "Feld")
        add(field, "Name", name)
        add(field, "Wert", value)


def _period(parent: etree._Element, first: date | None, last: date | None) -> None:
    if first is None and last is None:
        return
    period = add(parent, "Gueltigkeit")
    optional(period, "Beginn", first)
    optional(period, "Ende", last)


def plan_of(element: etree._Element) -> Plan:
    """The plan of an element that follows the schema."""
    return Plan(
        title=text_of(element, "Bezeichnung"),
        version=text_of(element, "Version"),
        valid_from=_day(element, "Beginn"),
        valid_to=_day(element, "Ende"),
        units=tuple(_units(element, None, 0)),
        plan_id=identity_of(element),
    )


def _units(parent: etree._Element, above: str | None, depth: int) -> Iterator[PlanUnit]:
    for element in parent:
        if local(element) == "Einheit":
            unit = _unit_of(element)
            yield replace(unit, parent=above, depth=depth)
            yield from _units(element, unit.code, depth + 1)


def _unit_of(element: etree._Element) -> PlanUnit:
    action = text_of(element, "Aussonderungsart", "Aussonderungsart", "code")
    years = text_of(element, "Aufbewahrungsdauer", "AnzahlJahre")
    return PlanUnit(
        code=text_of(element, "Kennzeichen"),
        title=text_of(element, "BetreffKurz") or text_of(element, "Inhaltsangabe"),
        parent=None,
        depth=0,
        action=_ACTIONS.get(action),
        years=int(years) if years else None,
        retired=text_of(element, "Stillgelegt") in {"1", "true"},
        retired_on=_day(element, "Ende"),
        details=_details(element),
        unit_id=identity_of(element),
        line=element.sourceline or 0,  # type: ignore[arg-type, unreachable] # a number, whatever the stubs say
    )


def _details(element: etree._Element) -> dict[str, str]:
    extension = find(element, "AnwendungsspezifischeErweiterung")
    if extension is None or text_of(extension, "Kennung") != EXTENSION:
        return {}
    fields = (each for each in extension if local(each) == "Feld")
    return {text_of(each, "Name"): text_of(each, "Wert") for each in fields}


def _day(element: etree._Element, name: str) -> date | None:
    # Days may carry a zone ("2027-01-01+01:00"); the day is what counts.
    text = text_of(element, "Gueltigkeit", name)[:10]
    return date.fromisoformat(text) if text else None
