"""File plans on the way to and from other systems: message 0301 (Aktenplan.Aktenplan)."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from lxml import etree

from retention.errors import MessageUnexpectedError, PlanMessageInvalidError
from retention.messages import children, expect
from retention.xdomea import build, names
from retention.xdomea.file_plan import plan_element, plan_of
from retention.xdomea.validate import inspect

if TYPE_CHECKING:
    from pathlib import Path

    from retention.file_plan import Plan
    from retention.offered import MessageHead

FILE_PLAN = names.MessageType("0301", "Aktenplan.Aktenplan")
_READ = ("3.0.0", "3.1.0")
_STYLE = frozenset({"prefix", "schema-location"})
"""Findings that matter to archives but take nothing away from a plan."""


def write_plan(plan: Plan, message: MessageHead, sink: IO[bytes]) -> None:
    """Write a plan as message 0301 of xdomea 3.1.0. A unit without an action says B: nothing is lost by it."""
    location = f"{build.NAMESPACE} {names.schema_file(FILE_PLAN.code)}"
    root = etree.Element(
        build.tag(FILE_PLAN.element),
        {f"{{{names.XSI}}}schemaLocation": location},
        nsmap={**build.NSMAP, "xsi": names.XSI},
    )
    root.append(build.head(message, FILE_PLAN, [("Empfangsbestaetigung", message.receipt_wanted)]))
    root.append(plan_element(plan))
    sink.write(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def plan_file_name(message: MessageHead) -> str:
    """The name the standard gives to the file of a plan."""
    return f"{names.stem(message.process_id, FILE_PLAN)}.xml"


def read_plan(path: Path, schema_folder: Path | None) -> Plan:
    """Read the plan of a message 0301, XML or ZIP, in 3.0.0 or 3.1.0.

    Raises:
        PlanMessageInvalidError: The message breaks its schema; names every finding.
        MessageUnexpectedError: It is another message or version.
        RetentionError: It cannot be read at all, or the schemas are missing.
    """
    with expect(path, FILE_PLAN.code) as (package, message):
        if message.version not in _READ:
            raise MessageUnexpectedError(f"Aktenpläne werden in {' und '.join(_READ)} gelesen, nicht {message.version}")
        found = [finding for finding in inspect(path, schema_folder).findings if finding.code not in _STYLE]
        if found:
            raise PlanMessageInvalidError(tuple(finding.text for finding in found))
        for element in children(package, "Aktenplan"):
            return plan_of(element)
    raise MessageUnexpectedError("Aktenplan fehlt")
