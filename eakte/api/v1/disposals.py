"""Disposal: the worklist, proposing and deciding destructions as two people, certificates, the archive."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import desk, disposal, forecast, verdicts
from eakte.api import paging
from eakte.api.models import In, Nothing, Out, Page, PageQuery, Query, Reason, Results
from eakte.api.operation import Answer, Call, File, Operation, Sends
from eakte.api.v1.case_files import CaseFileRow
from eakte.api.v1.figures import FigureRow
from eakte.errors import MoveRefused, NotDue, OnHold, SamePerson
from eakte.records.access import Permission
from eakte.records.calendar import day_of
from eakte.records.desk import Measure, Pile
from eakte.records.differences import DifferencesOpen
from eakte.records.states import DisposalState
from retention.model import Outcome, Verdict

_DISPOSAL = "/disposals/<uuid:disposal_id>"
Code = Annotated[str, StringConstraints(max_length=60)]
SIGNATURE = "application/pkcs7-signature"
_FACTS = (OnHold, NotDue, MoveRefused, DifferencesOpen)


class WorklistQuery(PageQuery):
    """Which verdicts are listed."""

    outcome: Outcome | None = None
    pile: Pile | None = None
    department: Code = ""
    plan_branch: Code = ""
    ends_in: Annotated[int, Field(ge=1900, le=9999)] | None = None
    waits_for: Code = ""

    def wanted(self) -> desk.Wanted:
        """Return what the desk is asked for."""
        return desk.Wanted(self.pile, self.outcome, self.department, self.plan_branch, self.ends_in, self.waits_for)


class ForecastQuery(Query):
    """In what the forecast counts."""

    measure: Measure = Measure.FILES


class Forecast(Out):
    """What is to be disposed of, by the year in which the period ends, and by department."""

    measure: Measure
    number_heads: list[str]
    rows: list[FigureRow]


class Disposal(Out):
    """A destruction on its way."""

    disposal_id: UUID = Field(validation_alias="id")
    case_file_id: UUID
    state: DisposalState
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    not_before: date | None


class Disposals(Out):
    """The open destructions."""

    items: list[Disposal]


class WorklistRow(Out):
    """A case file with its kept verdict."""

    file: CaseFileRow
    outcome: Outcome
    retention_end: date | None
    rule_id: str | None
    waits_for: str | None
    steps: list[str]
    disposal: Disposal | None


class WorklistPage(Page[WorklistRow]):
    """A piece of the worklist, soonest end first."""

    total: int
    outcomes: dict[Outcome, int]


class PileCount(Out):
    """How many case files a list of the desk has."""

    pile: Pile
    case_files: int


class Piles(Out):
    """The lists of the records manager's desk."""

    items: list[PileCount]


class NewDisposal(In):
    """A destruction to propose."""

    case_file_id: UUID
    reason: Reason


class NewDisposals(In):
    """Destructions to propose."""

    items: Annotated[list[NewDisposal], Field(min_length=1, max_length=100)]


class ProposedDisposal(Out):
    """The receipt for a proposal."""

    disposal_id: UUID
    case_file_id: UUID


class ProposedDisposals(Results[ProposedDisposal]):
    """A receipt or a problem per case file."""


class CertificateRow(Out):
    """A finished destruction."""

    disposal_id: UUID
    reference: str
    done_at: datetime
    proposed_by: str
    decided_by: str


class CertificatePage(Page[CertificateRow]):
    """A piece of the finished destructions, newest first."""


class _Place(paging.Place):
    retention_end: date | None
    reference: str


class _Done(paging.Place):
    done_at: datetime
    disposal_id: UUID


def worklist(call: Call, query: WorklistQuery) -> WorklistPage:
    """List the verdicts, soonest end first."""
    at = paging.place(query, _Place)
    behind = desk.Behind(at.retention_end, at.reference) if at else None
    wanted = query.wanted()
    found = desk.page(call.session, call.actor, wanted, behind=behind, limit=query.limit + 1, now=call.now)
    steps = verdicts.explained_by_id(call.session, [row.file.case_file_id for row in found], day_of(call.now))
    rows = [_row(row, steps[row.file.case_file_id]) for row in found]
    made: WorklistPage = paging.page(
        WorklistPage,
        query,
        rows,
        lambda row: _Place(retention_end=row.retention_end, reference=row.file.reference),
        total=desk.count(call.session, call.actor, wanted, call.now),
        outcomes=desk.by_outcome(call.session, call.actor, call.now),
    )
    return made


def _row(row: desk.DeskRow, verdict: Verdict) -> WorklistRow:
    return WorklistRow(
        file=CaseFileRow.model_validate(row.file),
        outcome=row.outcome,
        retention_end=row.retention_end,
        rule_id=row.rule_id,
        waits_for=row.waits_for,
        steps=list(verdict.steps),
        disposal=Disposal.model_validate(row.disposal) if row.disposal else None,
    )


def piles(call: Call) -> Piles:
    """Count what is to be done."""
    found = desk.counts(call.session, call.actor, desk.Wanted(), call.now)
    return Piles(items=[PileCount(pile=pile, case_files=number) for pile, number in found.items()])


def forecasting(call: Call, query: ForecastQuery) -> Forecast:
    """Return what ends in which year."""
    found = forecast.forecast(call.session, call.actor, call.now, query.measure)
    codes = list(found.departments)
    rows = [
        FigureRow(row_label=found.label(year), numbers=[found.amounts[year, code] for code in codes])
        for year in found.years
    ]
    return Forecast(measure=found.measure, number_heads=codes, rows=rows)


def listing(call: Call) -> Disposals:
    """List the open destructions."""
    found = disposal.proposals(call.session, call.actor, call.now)
    return Disposals.model_validate({"items": found}, from_attributes=True)


def propose(call: Call, item: NewDisposal) -> Answer:
    """Propose the destruction of one case file of many."""
    made = disposal.propose(call.session, call.actor, [item.case_file_id], reason=item.reason, now=call.now)
    return Answer(ProposedDisposal(disposal_id=made[0], case_file_id=item.case_file_id))


def approve(call: Call, disposal_id: UUID, body: Nothing) -> Disposal:
    """Approve as the second person."""
    del body
    days = call.services.settings.cooling_off_days
    found = disposal.approve(call.session, call.actor, disposal_id, cooling_off_days=days, now=call.now)
    return Disposal.model_validate(found)


def reject(call: Call, disposal_id: UUID, body: Nothing) -> Disposal:
    """Reject, or take the approval back."""
    del body
    disposal.reject(call.session, call.actor, disposal_id, now=call.now)
    return Disposal.model_validate(disposal.disposal_of(call.session, call.actor, disposal_id, call.now))


def certificates(call: Call, query: PageQuery) -> CertificatePage:
    """List the certificates, newest first."""
    at = paging.place(query, _Done)
    before = (at.done_at, at.disposal_id) if at else None
    found = disposal.certificates(call.session, call.actor, before=before, limit=query.limit + 1, now=call.now)
    made: CertificatePage = paging.page(
        CertificatePage, query, found, lambda row: _Done(done_at=row.done_at, disposal_id=row.disposal_id)
    )
    return made


def certificate_pdf(call: Call, disposal_id: UUID) -> File:
    """Send a certificate as PDF."""
    found = disposal.certificate(call.session, call.actor, disposal_id, call.now)
    return File("application/pdf", f"vernichtung-{disposal_id}.pdf", content=found.pdf)


def certificate_json(call: Call, disposal_id: UUID) -> File:
    """Send a certificate as JSON."""
    found = disposal.certificate(call.session, call.actor, disposal_id, call.now)
    return File("application/json", f"vernichtung-{disposal_id}.json", content=found.document)


def certificate_signature(call: Call, disposal_id: UUID) -> File:
    """Send the signature of a certificate's JSON."""
    found = disposal.signature(call.session, call.actor, disposal_id, call.now)
    return File(SIGNATURE, f"vernichtung-{disposal_id}.json.p7s", content=found)


OPERATIONS = (
    Operation(
        "GET", "/disposals/worklist", worklist, Permission.DISPOSE, WorklistPage,
        "Akten nach Ergebnis der Bewertung, frühestes Ende zuerst", query=WorklistQuery,
    ),
    Operation("GET", "/disposals/piles", piles, Permission.DISPOSE, Piles, "Was ist zu tun: Zahl der Akten je Liste"),
    Operation(
        "GET", "/disposals/forecast", forecasting, Permission.DISPOSE, Forecast,
        "Vorausschau: Akten, Seiten oder Bytes nach dem Jahr des Fristendes und nach Fachbereich", query=ForecastQuery,
    ),
    Operation("GET", "/disposals", listing, Permission.DISPOSE, Disposals, "Offene Vernichtungen"),
    Operation(
        "POST", "/disposals", propose, Permission.DISPOSE, ProposedDisposals, "Vernichtungen vorschlagen",
        body=NewDisposals, each=ProposedDisposal, once=True,
        notes="Jede Akte hat ihr eigenes Ergebnis; eine abgelehnte hält keine andere auf.",
    ),
    Operation(
        "POST", f"{_DISPOSAL}/approval", approve, Permission.DISPOSE, Disposal, "Vernichtung freigeben",
        body=Nothing, problems=(SamePerson, *_FACTS),
        notes="Nur durch eine andere Person als die, die vorgeschlagen hat; danach läuft die Bedenkzeit.",
    ),
    Operation(
        "POST", f"{_DISPOSAL}/rejection", reject, Permission.DISPOSE, Disposal, "Vernichtung ablehnen",
        body=Nothing, problems=(MoveRefused,),
    ),
    Operation(
        "GET", "/disposals/certificates", certificates, Permission.DISPOSE, CertificatePage, "Vernichtungsnachweise",
        query=PageQuery,
    ),
    Operation(
        "GET", f"{_DISPOSAL}/certificate.pdf", certificate_pdf, Permission.DISPOSE, Sends(("application/pdf",)),
        "Vernichtungsnachweis als PDF",
    ),
    Operation(
        "GET", f"{_DISPOSAL}/certificate.json", certificate_json, Permission.DISPOSE, Sends(("application/json",)),
        "Vernichtungsnachweis als JSON",
    ),
    Operation(
        "GET", f"{_DISPOSAL}/certificate.json.p7s", certificate_signature, Permission.DISPOSE, Sends((SIGNATURE,)),
        "Signatur des Vernichtungsnachweises als JSON",
        notes="CMS (CAdES) neben der Datei; 404, wenn zur Zeit der Vernichtung kein Siegelschlüssel eingestellt war.",
    ),
)  # fmt: skip
