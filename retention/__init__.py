"""Retention: when a case file's keeping ends, how it is offered to the archive, and what its end leaves behind."""

from retention.archive import ArchiveGateway, Incoming
from retention.catalogue import load_csv, rules_from_csv, rules_from_toml
from retention.certificate import Certificate, DestructionFacts, certificate
from retention.differences import LABELS as DIFFERENCE_LABELS
from retention.differences import Difference, Sent, transfer_differences
from retention.errors import RetentionError
from retention.file_plan import Plan, PlanUnit
from retention.messages import Message, read_message
from retention.model import (
    CASE_CLOSED,
    EVERYWHERE,
    CaseFacts,
    Conflict,
    ConflictKind,
    DisposalAction,
    Filing,
    Hold,
    Outcome,
    PeriodStart,
    Place,
    RetentionKind,
    Rule,
    Verdict,
)
from retention.offer import Appraisal, read_appraisal, write_appraisal_receipt, write_offer
from retention.offered import (
    HistoryLine,
    MessageHead,
    Naming,
    OfferedCase,
    OfferedDocument,
    OfferedFile,
    Party,
    PrimaryFile,
    RetentionData,
    archived_part,
    handed_over,
    parents,
    retention_data,
)
from retention.package import (
    ImportResult,
    ObjectResult,
    Receipt,
    read_import_result,
    read_receipt,
    write_handover,
    write_transfer,
)
from retention.periods import add_months, retention_end
from retention.plan_appraisal import (
    Catalogue,
    UnitResult,
    read_catalogue,
    write_catalogue_receipt,
    write_catalogue_result,
    write_plan_offer,
)
from retention.plan_message import plan_file_name, read_plan, write_plan
from retention.procedure import Exchanged, Procedure, arrival_differences, awaited, owed, unanswered
from retention.received import Handover, ReceivedFile, ReceivedObject, read_handover
from retention.rules import Rulebook, applicable, effective
from retention.schedule import evaluate
from retention.xdomea.dialect import WRITTEN_VERSIONS
from retention.xdomea.validate import Finding, Report, inspect, validate
from retention.xdomea.write import Written

__all__ = [
    "CASE_CLOSED",
    "DIFFERENCE_LABELS",
    "EVERYWHERE",
    "WRITTEN_VERSIONS",
    "Appraisal",
    "ArchiveGateway",
    "CaseFacts",
    "Catalogue",
    "Certificate",
    "Conflict",
    "ConflictKind",
    "DestructionFacts",
    "Difference",
    "DisposalAction",
    "Exchanged",
    "Filing",
    "Finding",
    "Handover",
    "HistoryLine",
    "Hold",
    "ImportResult",
    "Incoming",
    "Message",
    "MessageHead",
    "Naming",
    "ObjectResult",
    "OfferedCase",
    "OfferedDocument",
    "OfferedFile",
    "Outcome",
    "Party",
    "PeriodStart",
    "Place",
    "Plan",
    "PlanUnit",
    "PrimaryFile",
    "Procedure",
    "Receipt",
    "ReceivedFile",
    "ReceivedObject",
    "Report",
    "RetentionData",
    "RetentionError",
    "RetentionKind",
    "Rule",
    "Rulebook",
    "Sent",
    "UnitResult",
    "Verdict",
    "Written",
    "add_months",
    "applicable",
    "archived_part",
    "arrival_differences",
    "awaited",
    "certificate",
    "effective",
    "evaluate",
    "handed_over",
    "inspect",
    "load_csv",
    "owed",
    "parents",
    "plan_file_name",
    "read_appraisal",
    "read_catalogue",
    "read_handover",
    "read_import_result",
    "read_message",
    "read_plan",
    "read_receipt",
    "retention_data",
    "retention_end",
    "rules_from_csv",
    "rules_from_toml",
    "transfer_differences",
    "unanswered",
    "validate",
    "write_appraisal_receipt",
    "write_catalogue_receipt",
    "write_catalogue_result",
    "write_handover",
    "write_offer",
    "write_plan",
    "write_plan_offer",
    "write_transfer",
]
