"""Electronic invoices (EN 16931): XRechnung in UBL 2.1 and CII, ZUGFeRD and Factur-X inside PDF/A-3."""

from ingest.invoices.facts import facts_of, notices_of, proposal_of
from ingest.invoices.page import blocks_of, written
from ingest.invoices.parse import EMBEDDED_NAMES, Attached, attached_files, invoice_of

__all__ = [
    "EMBEDDED_NAMES",
    "Attached",
    "attached_files",
    "blocks_of",
    "facts_of",
    "invoice_of",
    "notices_of",
    "proposal_of",
    "written",
]
