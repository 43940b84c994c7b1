"""Every operation of the interface: each noun brings its lines."""

from __future__ import annotations

from eakte.api.operation import Operation
from eakte.api.v1 import (
    archive,
    case_files,
    cases,
    deputies,
    disposals,
    document_life,
    documents,
    file_plan,
    filings,
    history,
    incoming_items,
    loans,
    me,
    metadata,
    moves,
    organisation,
    paper,
    proposals,
    retention,
    rights,
    search,
    structure,
)

OPERATIONS: tuple[Operation, ...] = (
    *me.OPERATIONS,
    *incoming_items.OPERATIONS,
    *proposals.OPERATIONS,
    *filings.OPERATIONS,
    *case_files.OPERATIONS,
    *cases.OPERATIONS,
    *structure.OPERATIONS,
    *rights.OPERATIONS,
    *paper.OPERATIONS,
    *documents.OPERATIONS,
    *document_life.OPERATIONS,
    *moves.OPERATIONS,
    *metadata.OPERATIONS,
    *loans.OPERATIONS,
    *search.OPERATIONS,
    *file_plan.OPERATIONS,
    *retention.OPERATIONS,
    *disposals.OPERATIONS,
    *archive.OPERATIONS,
    *history.OPERATIONS,
    *organisation.OPERATIONS,
    *deputies.OPERATIONS,
)
