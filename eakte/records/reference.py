"""Reference numbers (Aktenzeichen): given by the system, never reused, gaps allowed.

Pattern: ``<file plan code>-<year>/<running number>``; a Vorgang adds ``-<number>``, a document ``#<number>``.
The organisation unit is not part of it, so reorganisations do not touch references.
"""

from __future__ import annotations


def file_reference(file_plan_code: str, *, year: int, running_number: int) -> str:
    """Return the reference of a case file, e.g. ``52.01.01-2026/0417``."""
    return f"{file_plan_code}-{year}/{running_number:04d}"


def sub_file_reference(file_ref: str, number: int) -> str:
    """Return the reference of a Teilakte, e.g. ``52.01.01-2026/0417-T02``."""
    return f"{file_ref}-T{number:02d}"


def case_reference(file_ref: str, number: int) -> str:
    """Return the reference of a Vorgang or Teilvorgang, e.g. ``52.01.01-2026/0417-01``.

    Numbers count through the whole case file, so that a case keeps its reference when it is put elsewhere in it.
    """
    return f"{file_ref}-{number:02d}"


def document_reference(case_ref: str, position: int) -> str:
    """Return the reference of a document, e.g. ``52.01.01-2026/0417-01#0003``."""
    return f"{case_ref}#{position:04d}"
