"""File plans on the way to and from other systems: message 0301 (Aktenplan.Aktenplan)."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from lxml import etree

from retention.errors import MessageUnexpectedError, PlanMessageInvalidError
from retention.messages import children, expect
from retention.xdomea import names
from retention.xdomea.dialect import dialect_for
from retention.xdomea.file_plan import plan_element, plan_of
from retention.xdomea.heads import opening, root_attributes
from retention.xdomea.validate import inspect
from retention.xdomea.write import package_stem

if TYPE_CHECKING:
    from pathlib import Path

    from retention.file_plan import Plan
    from retention.offered import MessageHead

_READ = ("3.0.0", "3.1.0", "4.0.0")
_STYLE = frozenset({"prefix", "schema-location"})
"""Findings that matter to archives but take nothing away from a plan."""


def write_plan(plan: Plan, message: MessageHead, sink: IO[bytes]) -> None:
    """Write a plan as message 0301. A unit without an action says B: nothing is lost by it.

    Raises ``VersionUnknownError`` for a version whose schema for file plans is not published.
    """
    dialect = dialect_for(message.version, names.FILE_PLAN)
    root = etree.Element(
        dialect.tag(dialect.element(names.FILE_PLAN)),
        root_attributes(message, names.FILE_PLAN, dialect),
        nsmap={names.PREFIX: dialect.namespace, "xsi": names.XSI},
    )
    root.extend(opening(message, names.FILE_PLAN, dialect))
    root.append(plan_element(plan, dialect))
    sink.write(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def plan_file_name(message: MessageHead) -> str:
    """The name the standard gives to the file of a plan."""
    return f"{package_stem(message, names.FILE_PLAN)}.xml"


def read_plan(path: Path, schema_folder: Path | None) -> Plan:
    """Read the plan of a message 0301, XML or ZIP, in 3.0.0 to 4.0.0.

    Raises:
        PlanMessageInvalidError: The message breaks its schema; names every finding.
        MessageUnexpectedError: It is another message or version.
        RetentionError: It cannot be read at all, or the schemas are missing.
    """
    with expect(path, names.FILE_PLAN.code) as (package, message):
        if message.version not in _READ:
            raise MessageUnexpectedError(f"Aktenpläne werden in {' und '.join(_READ)} gelesen, nicht {message.version}")
        found = [finding for finding in inspect(path, schema_folder).findings if finding.code not in _STYLE]
        if found:
            raise PlanMessageInvalidError(tuple(finding.text for finding in found))
        for element in children(package, "Aktenplan"):
            return plan_of(element)
    raise MessageUnexpectedError("Aktenplan fehlt")
