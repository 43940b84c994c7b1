"""Retention: when a case file's keeping ends, how it is offered to the archive, and what its end leaves behind."""

from retention.archive import ArchiveGateway, Incoming
from retention.catalogue import load_csv, rules_from_csv, rules_from_toml
from retention.certificate import Certificate, DestructionFacts, certificate
from retention.errors import RetentionError
from retention.file_plan import Plan, PlanUnit
from retention.messages import Difference, Message, read_message
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
    OfferedCase,
    OfferedDocument,
    OfferedFile,
    Party,
    PrimaryFile,
    RetentionData,
    archived_part,
    parents,
    retention_data,
)
from retention.package import ImportResult, ObjectResult, Receipt, read_import_result, read_receipt, write_transfer
from retention.periods import add_months, retention_end
from retention.plan_message import plan_file_name, read_plan, write_plan
from retention.rules import Rulebook, applicable, effective
from retention.schedule import evaluate
from retention.xdomea.validate import Finding, Report, inspect, validate
from retention.xdomea.write import Written

__all__ = [
    "CASE_CLOSED",
    "EVERYWHERE",
    "Appraisal",
    "ArchiveGateway",
    "CaseFacts",
    "Certificate",
    "Conflict",
    "ConflictKind",
    "DestructionFacts",
    "Difference",
    "DisposalAction",
    "Filing",
    "Finding",
    "HistoryLine",
    "Hold",
    "ImportResult",
    "Incoming",
    "Message",
    "MessageHead",
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
    "Receipt",
    "Report",
    "RetentionData",
    "RetentionError",
    "RetentionKind",
    "Rule",
    "Rulebook",
    "Verdict",
    "Written",
    "add_months",
    "applicable",
    "archived_part",
    "certificate",
    "effective",
    "evaluate",
    "inspect",
    "load_csv",
    "parents",
    "plan_file_name",
    "read_appraisal",
    "read_import_result",
    "read_message",
    "read_plan",
    "read_receipt",
    "retention_data",
    "retention_end",
    "rules_from_csv",
    "rules_from_toml",
    "validate",
    "write_appraisal_receipt",
    "write_offer",
    "write_plan",
    "write_transfer",
]
