"""Append elements; a child has the namespace of its parent, so that one code writes every version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from retention.xdomea import names

if TYPE_CHECKING:
    from datetime import date, datetime

    from retention.xdomea.dialect import Dialect

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(dialect: Dialect, name: str) -> etree._Element:
    """An element without a parent, with the prefix of the standard."""
    return etree.Element(dialect.tag(name), nsmap={names.PREFIX: dialect.namespace})


def flag(*, value: bool) -> str:
    """A boolean as 1 or 0: parsers of archives refuse "true" where the schema fixes "1"."""
    return "1" if value else "0"


def clean(text: str) -> str:
    """*text* without characters that XML does not allow."""
    return _NOT_XML.sub("", text)


def add(parent: etree._Element, name: str, text: str | date | float | None = None) -> etree._Element:
    """Append a child; characters XML does not allow are dropped."""
    child = etree.SubElement(parent, f"{parent.tag[: parent.tag.index('}') + 1]}{name}")
    if text is not None:
        child.text = clean(str(text))
    return child


def optional(parent: etree._Element, name: str, text: str | date | float | None) -> None:
    """Append a child unless there is nothing to say."""
    if text is not None and text != "":
        add(parent, name, text)


def code(parent: etree._Element, name: str, value: str, listed: str = "", version: str = "1.0") -> None:
    """Append an element of a code type; its ``code`` child carries no namespace."""
    element = add(parent, name)
    if listed:
        element.set("listURI", listed if ":" in listed else f"urn:xoev-de:xdomea:codeliste:{listed}")
        element.set("listVersionID", version)
    etree.SubElement(element, "code").text = value


def moment(value: datetime) -> str:
    """A point in time with its zone, to the second."""
    return value.isoformat(timespec="seconds")
