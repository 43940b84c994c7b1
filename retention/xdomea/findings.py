"""One finding of a check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, by code and as a German sentence; schema faults keep the words of the parser."""

    code: str
    text: str
    place: str = ""
    """UUID of the object or name of the file, if it is about one."""
