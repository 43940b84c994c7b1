"""Every page of one record, taken from the product's tables of routes, so that new ones are looked at by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from eakte.api.routes import OPERATIONS
from eakte.web.routes import ROUTES
from tests.rights.oracle import File, Oracle, Record
from tests.rights.words import COMMON

API = "/api/v1"
NO_REFERENCE = "52.01-7777"
"""A reference no case file ever gets."""
CASE_FILE, DOCUMENTS = "/akten/{case_file_id}", f"{API}/case-files/{{case_file_id}}/documents"
WITH_DOCUMENTS = (CASE_FILE, DOCUMENTS)
"""Pages that show what lies in a case file, and nothing else."""
ASKING = {"/why": "?login=brandt"}
"""What some of them must be asked."""
NOT_ALONE = {"/posteingang/{item_id}/vorgaenge", "/akten/{case_file_id}/beweis/<sha256>.ers"}
"""Ask for a case file too, or for a file stored in it."""
FORMS = ("/umprotokollieren", "/angaben", "/life", "/places")
"""What only filed documents have."""


@dataclass(frozen=True, slots=True)
class Page:
    path: str
    needs: str
    of_filed: bool = False


def _all() -> Iterator[Page]:
    for route in ROUTES:
        if route.method == "GET":
            yield _page(route.path, route.needs.value)
    for operation in OPERATIONS:
        if operation.method == "GET":
            yield _page(API + operation.path, operation.needs.value)
    yield Page("/suche/vorschau?dokument={document_id}&q=" + COMMON, "read")
    yield Page("/az/{reference}", "read")
    yield Page(f"{API}/case-files/lookup?reference={{reference}}", "read")


def _page(path: str, needs: str) -> Page:
    path = re.sub(r"<uuid:(\w+)>", r"{\1}", path).replace("<int:number>", "1")
    path = path.replace(".<kind>", ".pdf").replace("<kind>", "searchable_pdf")
    asked = next((more for end, more in ASKING.items() if path.endswith(end)), "")
    return Page(path + asked, needs, of_filed=path.endswith(FORMS))


def _with(*names: str) -> tuple[Page, ...]:
    wanted = [page for page in _all() if set(re.findall(r"{(\w+)}", page.path)) in [{name} for name in names]]
    wanted = [page for page in wanted if page.path not in NOT_ALONE]
    return tuple(sorted(wanted, key=lambda page: page.path))


OF_FILES = _with("case_file_id", "case_id", "reference")
OF_DOCUMENTS = _with("document_id")
OF_ITEMS = _with("item_id")


def pick(of: Sequence[Page], number: int) -> Page:
    return of[number % len(of)]


def address(page: Page, record: Record, oracle: Oracle) -> str | None:
    """Return the address of a record's page; ``None`` if there is none, as of a case in a file without cases."""
    if not isinstance(record, File):
        return page.path.format(document_id=record.document_id, item_id=record.item_id)
    cases = [case.case_id for case in oracle.cases_of(record)]
    if "{case_id}" in page.path and not cases:
        return None
    return _file_address(page, record.file_id, next(iter(cases), None), record.reference)


def _file_address(page: Page, file_id: UUID, case_id: UUID | None, reference: str) -> str:
    return page.path.format(case_file_id=file_id, case_id=case_id, reference=reference)


def missing(page: Page) -> str:
    """Return an address as of a record that never was."""
    path = page.path.replace("{document_id}", str(uuid4())).replace("{item_id}", str(uuid4()))
    return path.format(case_file_id=uuid4(), case_id=uuid4(), reference=NO_REFERENCE)
