"""The certificate that outlives a destroyed case file: what, why, by whose decision; no subjects, no senders."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from retention import certificate_page
from retention.errors import CertificateInvalidError
from retention.wording import german_date

if TYPE_CHECKING:
    from retention.certificate_page import Section
    from retention.model import DisposalAction

SCHEMA = "eakte/destruction-certificate/1"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
"""Where Debian and Ubuntu put the package fonts-dejavu-core."""
_SHA256 = re.compile("[0-9a-f]{64}")
_DECISIONS = {
    "A": "A – vom Archiv übernommen, Original hier vernichtet",
    "V": "V – zur Vernichtung bestimmt",
}


@dataclass(frozen=True, slots=True)
class KeyDestruction:
    """What the destruction of keys did to copies of encrypted objects."""

    destroyed: int
    """Objects whose key is destroyed."""
    shared: int
    """Objects that other records hold too; they keep their key."""
    unencrypted: int = 0
    """Objects that had no key, because they were stored before encryption and not encrypted since."""
    encrypted_on: date | None = None
    """Last day on which one of the objects still lay open, as it does in backups up to then; None: none ever did."""
    key_backups_until: date | None = None
    """Day from which older backups of the key store open nothing; None: after the next change of the master key."""


@dataclass(frozen=True, slots=True)
class DestructionFacts:
    """One destroyed case file. Times carry a zone; they are shown as given and stored in UTC.

    People are named by post or function, two different ones; nothing here may be a subject, a sender or free text
    about a person.
    """

    certificate_id: str
    organisation: str
    file_id: str
    reference: str
    plan_code: str
    opened_on: date
    closed_on: date
    retention_end: date
    case_ids: tuple[str, ...]
    document_ids: tuple[str, ...]
    pages: int
    objects: int
    """Stored objects destroyed: originals, versions, renditions, page images."""
    originals: tuple[str, ...]
    """SHA-256 of each destroyed original, lower-case hexadecimal."""
    rule_id: str
    legal_basis: str
    explanation: tuple[str, ...]
    """The steps of the verdict."""
    decision: DisposalAction
    decided_by: str
    decided_on: date
    proposed_by: str
    proposed_at: datetime
    approved_by: str
    approved_at: datetime
    destroyed_at: datetime
    process_id: str | None = None
    """The disposal's process with the archive, if there was one."""
    archive_reference: str | None = None
    sub_file_ids: tuple[str, ...] = ()
    backups_until: date | None = None
    """Day by which the last backup that holds the file is gone."""
    backups: tuple[tuple[str, date], ...] = ()
    """Each kind of backup with the day by which its last copy is gone."""
    paper: tuple[str, ...] = ()
    """Number and place of each part on paper, to be destroyed with the file."""
    keys: KeyDestruction | None = None
    """What was done with the keys, where objects are stored encrypted."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Canonical JSON (sorted keys, UTF-8, no spaces) and a page that names its SHA-256."""

    json: bytes
    pdf: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the JSON, as printed on the page."""
        return hashlib.sha256(self.json).hexdigest()


def certificate(facts: DestructionFacts, *, fonts: Path = FONTS) -> Certificate:
    """Write the certificate; the same facts and font give the same bytes.

    Raises ``CertificateInvalidError`` for facts that prove nothing and ``FontMissingError`` without DejaVu Sans.
    """
    _check(facts)
    document = json.dumps(_values(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(document).hexdigest()
    page = certificate_page.Page(
        title=f"Vernichtungsnachweis {facts.reference}",
        organisation=facts.organisation,
        sections=_sections(facts),
        digest=digest,
        created_at=facts.destroyed_at,
    )
    return Certificate(document, certificate_page.render(page, fonts))


_NEEDED = (
    "certificate_id",
    "organisation",
    "file_id",
    "reference",
    "rule_id",
    "proposed_by",
    "approved_by",
    "decided_by",
)


def _check(facts: DestructionFacts) -> None:
    """Refuse to certify what was not allowed, whatever the caller checked before."""
    problems = [f"{name} fehlt" for name in _NEEDED if not getattr(facts, name).strip()]
    if facts.proposed_by == facts.approved_by:
        problems.append("Vorschlag und Freigabe müssen von zwei Personen kommen")
    if facts.decision.value not in _DECISIONS:
        problems.append("Ohne Bewertung (A oder V) wird nichts vernichtet")
    if not all(_SHA256.fullmatch(digest) for digest in facts.originals):
        problems.append("Eine Prüfsumme ist kein SHA-256")
    problems += _wrong_times(facts)
    if problems:
        raise CertificateInvalidError("; ".join(problems))


def _wrong_times(facts: DestructionFacts) -> list[str]:
    times = (facts.proposed_at, facts.approved_at, facts.destroyed_at)
    if any(moment.tzinfo is None for moment in times):
        return ["Zeiten brauchen eine Zeitzone"]
    problems = []
    if not times[0] <= times[1] <= times[2]:
        problems.append("Vorschlag, Freigabe und Vernichtung stehen nicht in dieser Reihenfolge")
    if facts.destroyed_at.date() <= facts.retention_end:
        problems.append("Die Aufbewahrungsfrist war noch nicht abgelaufen")
    return problems


def _values(facts: DestructionFacts) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "certificate_id": facts.certificate_id,
        "organisation": facts.organisation,
        "case_file": {
            "id": facts.file_id,
            "reference": facts.reference,
            "file_plan_unit": facts.plan_code,
            "opened_on": facts.opened_on.isoformat(),
            "closed_on": facts.closed_on.isoformat(),
            "cases": sorted(facts.case_ids),
            "sub_files": sorted(facts.sub_file_ids),
            "documents": sorted(facts.document_ids),
            "originals_sha256": sorted(facts.originals),
            "paper": list(facts.paper),
        },
        "counts": {
            "cases": len(facts.case_ids),
            "sub_files": len(facts.sub_file_ids),
            "documents": len(facts.document_ids),
            "originals": len(facts.originals),
            "pages": facts.pages,
            "objects": facts.objects,
        },
        "retention": {
            "rule": facts.rule_id,
            "legal_basis": facts.legal_basis,
            "end": facts.retention_end.isoformat(),
            "explanation": list(facts.explanation),
        },
        "appraisal": {
            "decision": facts.decision.value,
            "decided_by": facts.decided_by,
            "decided_on": facts.decided_on.isoformat(),
            "process_id": facts.process_id,
            "archive_reference": facts.archive_reference,
        },
        "destruction": {
            "proposed_by": facts.proposed_by,
            "proposed_at": _utc(facts.proposed_at),
            "approved_by": facts.approved_by,
            "approved_at": _utc(facts.approved_at),
            "destroyed_at": _utc(facts.destroyed_at),
            "backups_until": facts.backups_until.isoformat() if facts.backups_until else None,
            "backups": [{"name": name, "until": until.isoformat()} for name, until in facts.backups],
            "keys": _key_values(facts.keys) if facts.keys else None,
        },
    }


def _key_values(keys: KeyDestruction) -> dict[str, object]:
    return {
        "destroyed": keys.destroyed,
        "shared": keys.shared,
        "unencrypted": keys.unencrypted,
        "encrypted_on": keys.encrypted_on.isoformat() if keys.encrypted_on else None,
        "key_backups_until": keys.key_backups_until.isoformat() if keys.key_backups_until else None,
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _german(moment: datetime) -> str:
    offset = moment.strftime("%z")
    zone = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:]}"
    return f"{german_date(moment.date())}, {moment:%H:%M} Uhr ({zone})"


def _sections(facts: DestructionFacts) -> tuple[Section, ...]:
    return (
        (
            "Gegenstand",
            (
                ("Aktenzeichen", facts.reference),
                ("Aktenplaneinheit", facts.plan_code),
                ("Kennung der Akte", facts.file_id),
                ("Laufzeit", f"{german_date(facts.opened_on)} bis {german_date(facts.closed_on)} (z.d.A.)"),
            ),
        ),
        (
            "Umfang",
            (
                ("Vorgänge", f"{len(facts.case_ids)}; Teilakten: {len(facts.sub_file_ids)}"),
                ("Dokumente", f"{len(facts.document_ids)}; Seiten: {facts.pages}"),
                ("Originaldateien", f"{len(facts.originals)} (Prüfsummen SHA-256 in der JSON-Fassung)"),
                ("Papierteile", "; ".join(facts.paper) or "keine"),
                ("Gespeicherte Objekte", f"{facts.objects}, einschließlich Fassungen, Seitenbildern und Volltext"),
            ),
        ),
        (
            "Aufbewahrung",
            (
                ("Regel", f"{facts.rule_id}; {facts.legal_basis}"),
                ("Aufbewahrungsende", german_date(facts.retention_end)),
                ("Begründung", " ".join(facts.explanation)),
            ),
        ),
        ("Entscheidung", _decision(facts)),
        (
            "Vernichtung",
            (
                ("Vorgeschlagen", f"{facts.proposed_by}, {_german(facts.proposed_at)}"),
                ("Freigegeben", f"{facts.approved_by}, {_german(facts.approved_at)}"),
                ("Vernichtet", _german(facts.destroyed_at)),
                ("Datensicherungen", _backups(facts)),
                *((("Schlüssel", _keys(facts.keys)),) if facts.keys else ()),
            ),
        ),
        ("Nachweis", (("Nummer", facts.certificate_id),)),
    )


def _decision(facts: DestructionFacts) -> tuple[tuple[str, str], ...]:
    lines = [
        ("Bewertung", _DECISIONS[facts.decision.value]),
        ("Entschieden", f"{facts.decided_by}, {german_date(facts.decided_on)}"),
    ]
    if facts.process_id:
        lines.append(("Verfahren", facts.process_id))
    if facts.archive_reference:
        lines.append(("Archivkennung", facts.archive_reference))
    return tuple(lines)


def _backups(facts: DestructionFacts) -> str:
    if facts.backups_until is None:
        return "keine Angabe"
    each = "; ".join(f"{name} bis {german_date(until)}" for name, until in facts.backups)
    return f"enthalten die Akte längstens bis {german_date(facts.backups_until)}" + (f" ({each})" if each else "")


def _keys(keys: KeyDestruction) -> str:
    told = [f"{keys.destroyed} vernichtet; Sicherungen dieser Objekte sind damit unlesbar"]
    if keys.encrypted_on:
        told[0] += f", außer denen bis zum {german_date(keys.encrypted_on)}, als noch nicht alle verschlüsselt waren"
    if keys.unencrypted:
        told.append(f"{keys.unencrypted} Objekte waren nicht verschlüsselt")
    if keys.shared:
        told.append(f"{keys.shared} Objekte gehören auch zu anderen Akten und behalten ihren Schlüssel")
    last = keys.key_backups_until
    until = german_date(last) if last else "der Vernichtung des heutigen Hauptschlüssels"
    told.append(f"ältere Sicherungen des Schlüsselspeichers öffnen spätestens ab {until} nichts mehr")
    return "; ".join(told)
