"""Separator sheets (Trennblätter): printed from a case file, and recognised again in a scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of, case_of
from eakte.errors import CaseFileClosed, InvalidInput
from eakte.records.access import Actor, Permission
from eakte.records.scanning import PROTECTION_LABELS, Protection
from eakte.records.separator_sheet import SheetContent, Sign, Signed, sheet_content, sheet_row, sheet_text
from eakte.records.states import CaseFileState
from eakte.store.history import record
from ingest.model import Code
from ingest.separator_page import SheetPage, render

MOST = 50
"""Sheets printed at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be printed on the sheets."""

    case_id: UUID | None = None
    document_type: str = ""
    protection: Protection = Protection.NORMAL
    count: int = 1


def sheets(session: Session, actor: Actor, case_file_id: UUID, wanted: Wanted, *, sign: Sign, now: datetime) -> bytes:
    """Return separator sheets of a case file the actor may see, as a PDF.

    Raises:
        NotFound: There is no such case file or case, or the actor may not know of it.
        CaseFileClosed: Nothing can be filed there.
        InvalidInput: Too many sheets are asked for, or the case lies in another file.
    """
    actor.require(Permission.READ)
    case_file = case_file_of(session, actor, case_file_id, now)
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed
    if not 1 <= wanted.count <= MOST:
        raise InvalidInput(problem=f"Bitte geben Sie eine Anzahl von 1 bis {MOST} an.", field="count")
    case = case_of(session, actor, wanted.case_id, now) if wanted.case_id else None
    if case is not None and case.case_file_id != case_file.id:
        raise InvalidInput(problem="Dieser Vorgang liegt in einer anderen Akte.", field="case_id")
    reference = f"{case_file.file_reference}-{case.number:03d}" if case else ""
    content = SheetContent(
        case_file.file_reference, str(case.id) if case else "", wanted.document_type.strip()[:80], wanted.protection
    )
    lines = [("Akte", case_file.subject)]
    if case:
        lines.append(("Vorgang", f"{reference} {case.subject}"))
    if content.document_type:
        lines.append(("Dokumenttyp", content.document_type))
    lines.append(("Schutzbedarf", PROTECTION_LABELS[content.protection]))
    page = SheetPage(sheet_text(content, sign), case_file.file_reference, lines)
    detail = {"count": wanted.count}
    about = ("case_file", case_file.id)
    record(session, actor, "separator.printed", about=about, now=now, case_file_id=case_file.id, detail=detail)
    return render([page] * wanted.count)


def separator_in(codes: Iterable[Code], *, signed: Signed, prefix: str) -> dict[str, Any] | None:
    """Return what separates on a page with these codes, or ``None``: one of our sheets before any other mark.

    A Code 128 separates only if it begins with *prefix*: letters carry codes of their own.
    """
    found: dict[str, Any] | None = None
    for code in codes:
        if code.kind == "qr" and (content := sheet_content(code.text, signed)):
            return sheet_row(content)
        if code.kind == "code128" and prefix and code.text.startswith(prefix):
            found = {"kind": "code128", "text": code.text}
        elif code.kind == "patch_t" and found is None:
            found = {"kind": "patch_t"}
    return found
