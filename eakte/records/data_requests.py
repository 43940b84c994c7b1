"""Requests of data subjects (Betroffenenanträge): kinds, legal deadline, what may be decided about a case file.

The database is asked elsewhere; here it is decided what stands against an erasure and what follows from that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from eakte.records.calendar import german
from eakte.records.deadlines import months_after

MONTHS, MONTHS_EXTENDED = 1, 3
"""Art. 12 (3) GDPR: one month from receipt; two more where it is complex, its reason told within the first."""
KEPT_YEARS = 3
"""Whole years after that of the answer for which the person and the words are kept: so long claims may be brought
(§§ 195, 199 BGB), and breaches be fined (§ 31 OWiG). What was decided about which file stays, without them."""


class RequestKind(StrEnum):
    """What the person asks for."""

    ERASURE = "erasure"
    ACCESS = "access"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"


class Channel(StrEnum):
    """How the request came."""

    LETTER = "letter"
    MAIL = "mail"
    PORTAL = "portal"
    ORAL = "oral"


class RequestState(StrEnum):
    """How far a request is."""

    OPEN = "open"
    ANSWERED = "answered"


class RecordDecision(StrEnum):
    """What is decided about one case file of a request."""

    REFUSE = "refuse"
    RESTRICT = "restrict"
    ERASE = "erase"
    DISCLOSE = "disclose"
    RECTIFY = "rectify"


KIND_LABELS: Mapping[RequestKind, str] = {
    RequestKind.ERASURE: "Löschung (Art. 17 DSGVO)",
    RequestKind.ACCESS: "Auskunft (Art. 15 DSGVO)",
    RequestKind.RECTIFICATION: "Berichtigung (Art. 16 DSGVO)",
    RequestKind.RESTRICTION: "Einschränkung der Verarbeitung (Art. 18 DSGVO)",
}
CHANNEL_LABELS: Mapping[Channel, str] = {
    Channel.LETTER: "Brief",
    Channel.MAIL: "E-Mail",
    Channel.PORTAL: "Portal",
    Channel.ORAL: "mündlich oder am Telefon",
}
REQUEST_LABELS: Mapping[RequestState, str] = {RequestState.OPEN: "offen", RequestState.ANSWERED: "beantwortet"}
DECISION_LABELS: Mapping[RecordDecision, str] = {
    RecordDecision.REFUSE: "ablehnen",
    RecordDecision.RESTRICT: "Verarbeitung einschränken",
    RecordDecision.ERASE: "löschen: Vernichtung vorschlagen",
    RecordDecision.DISCLOSE: "Auskunft geben",
    RecordDecision.RECTIFY: "berichtigt",
}


def due_on(received_on: date, *, extended: bool) -> date:
    """Return the last day for the answer (Art. 12 (3) GDPR; :func:`eakte.records.deadlines.months_after`)."""
    return months_after(received_on, MONTHS_EXTENDED if extended else MONTHS)


def forget_on(answered_on: date) -> date:
    """Return the first day on which the person and the words of an answered request are not kept any more."""
    return date(answered_on.year + KEPT_YEARS + 1, 1, 1)


def kept_from(today: date) -> date:
    """Return the first day whose answers are still kept whole: what :func:`forget_on` says, backwards."""
    return date(today.year - KEPT_YEARS, 1, 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case file of a request meets today."""

    is_open: bool = False
    """It is still worked on."""
    holds: tuple[str, ...] = ()
    """Reasons of the holds that are active."""
    retention_end: date | None = None
    rule: str = ""
    source: str = ""
    runs: bool = False
    """A duty to keep it still runs, or it cannot be told when it ends."""
    to_offer: bool = False
    """It has to be offered to the archive, or the archive has it in hand."""
    restricted: bool = False
    """Its processing is restricted already."""
    seen: bool = True
    """Who decides sees it; what is restricted only while they have it open."""
    may_dispose: bool = True
    """Who decides may propose destructions."""
    may_go: bool = False
    """It may be destroyed today by the one delete path."""

    @property
    def may_erase(self) -> bool:
        """Whether who decides can propose its destruction now."""
        return self.may_go and self.seen and self.may_dispose


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the system proposes for one case file, and why, in German."""

    decision: RecordDecision | None
    """``None``: something has to be done first, which the reasons say."""
    reasons: tuple[str, ...]


_USUAL_DECISION: Mapping[RequestKind, RecordDecision] = {
    RequestKind.ACCESS: RecordDecision.DISCLOSE,
    RequestKind.RECTIFICATION: RecordDecision.RECTIFY,
    RequestKind.RESTRICTION: RecordDecision.RESTRICT,
}
_USUAL_REASON: Mapping[RequestKind, str] = {
    RequestKind.ACCESS: (
        "Auskunft ist zu geben (Art. 15 DSGVO), soweit Rechte anderer nicht entgegenstehen (Art. 15 Abs. 4 DSGVO)."
    ),
    RequestKind.RECTIFICATION: "Unrichtiges ist zu berichtigen, Unvollständiges zu ergänzen (Art. 16 DSGVO).",
    RequestKind.RESTRICTION: "Liegt ein Fall des Art. 18 Abs. 1 DSGVO vor, ist einzuschränken.",
}


def propose(kind: RequestKind, standing: Standing) -> Proposed:
    """Return what is proposed for one case file: for an erasure, what stands against it decides."""
    if kind is not RequestKind.ERASURE:
        return Proposed(_USUAL_DECISION[kind], (_USUAL_REASON[kind],))
    against = _against(standing)
    if standing.holds:
        return Proposed(RecordDecision.REFUSE, against)
    if against:
        return Proposed(RecordDecision.RESTRICT, against)
    return _unhindered(standing)


def _unhindered(standing: Standing) -> Proposed:
    """Return what is proposed where neither law nor hold stands against an erasure."""
    if standing.may_erase:
        return Proposed(RecordDecision.ERASE, ("Der Löschung steht nichts entgegen.",))
    if not standing.may_go:
        return Proposed(RecordDecision.REFUSE, ("Der Zustand der Akte lässt zurzeit keine Vernichtung zu.",))
    if not standing.seen:
        return Proposed(None, ("Der Löschung steht nichts entgegen. Die Akte ist eingeschränkt: Bitte erst öffnen.",))
    return Proposed(
        None, ("Der Löschung steht nichts entgegen. Vorschlagen kann sie die Schriftgutverwaltung: Bitte weitergeben.",)
    )


def _against(standing: Standing) -> tuple[str, ...]:
    found = [f"Eine Löschsperre besteht: {reason} (Art. 17 Abs. 3 Buchst. b, e DSGVO)." for reason in standing.holds]
    if standing.is_open:
        found.append("Die Akte wird noch bearbeitet (Art. 17 Abs. 3 Buchst. b DSGVO).")
    elif standing.runs:
        rule = f" nach Regel {standing.rule} ({standing.source})" if standing.rule else ""
        until = (
            f" bis {german(standing.retention_end)}" if standing.retention_end else ", ein Ende steht noch nicht fest"
        )
        found.append(f"Sie ist aufzubewahren{rule}{until} (Art. 17 Abs. 3 Buchst. b DSGVO).")
    if standing.to_offer:
        found.append("Sie ist zuerst dem Archiv anzubieten (Art. 17 Abs. 3 Buchst. d DSGVO, Archivgesetz des Landes).")
    return tuple(found)


def allowed(kind: RequestKind, standing: Standing) -> frozenset[RecordDecision]:
    """Return what may be decided: nothing is erased against a duty, and only an erasure is answered by erasing."""
    if kind is RequestKind.ERASURE:
        also = {RecordDecision.ERASE} if standing.may_erase and not _against(standing) else set()
        return frozenset({RecordDecision.REFUSE, RecordDecision.RESTRICT} | also)
    return frozenset({RecordDecision.REFUSE, _USUAL_DECISION[kind]})
