"""Restriction of processing (Einschränkung der Verarbeitung, Art. 18 GDPR): its grounds, and what may still be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Ground(StrEnum):
    """Why a record may only be stored."""

    ACCURACY = "accuracy"
    UNLAWFUL = "unlawful"
    CLAIMS = "claims"
    OBJECTION = "objection"
    RETENTION = "retention"
    """Erasure was asked for and a duty to keep stands against it (Art. 17 (3) (b) GDPR)."""


GROUND_LABELS: Mapping[Ground, str] = {
    Ground.ACCURACY: "Richtigkeit der Daten bestritten, Prüfung läuft",
    Ground.UNLAWFUL: "Verarbeitung unrechtmäßig, Einschränkung statt Löschung verlangt",
    Ground.CLAIMS: "Betroffene Person braucht die Daten für Rechtsansprüche",
    Ground.OBJECTION: "Widerspruch eingelegt, Abwägung läuft",
    Ground.RETENTION: "Löschung verlangt, Aufbewahrungspflicht steht entgegen",
}
GROUND_SOURCES: Mapping[Ground, str] = {
    Ground.ACCURACY: "Art. 18 Abs. 1 Buchst. a DSGVO",
    Ground.UNLAWFUL: "Art. 18 Abs. 1 Buchst. b DSGVO",
    Ground.CLAIMS: "Art. 18 Abs. 1 Buchst. c DSGVO",
    Ground.OBJECTION: "Art. 18 Abs. 1 Buchst. d DSGVO",
    Ground.RETENTION: "Art. 17 Abs. 3 Buchst. b DSGVO",
}
PROVISIONAL = frozenset({Ground.ACCURACY, Ground.OBJECTION})
"""Last only until something is examined (Art. 18 (1) (a), (d)): they need a review date."""
HOLDS = frozenset(Ground) - {Ground.RETENTION}
"""Grounds that stop destruction. The person demands storage ((b), (c)), or it is not decided yet ((a), (d)); erasure is
processing (Art. 4 No. 2), and what is restricted may only be stored (Art. 18 (2)). Where only a duty to keep stands
against the erasure that was asked for, the end of the duty is the end of the record."""


class Purpose(StrEnum):
    """For what a restricted record may be opened all the same (Art. 18 (1) and (2) GDPR)."""

    CONSENT = "consent"
    CLAIMS = "claims"
    RIGHTS_OF_OTHERS = "rights_of_others"
    PUBLIC_INTEREST = "public_interest"
    EXAMINATION = "examination"
    ERASURE = "erasure"


PURPOSE_LABELS: Mapping[Purpose, str] = {
    Purpose.CONSENT: "mit Einwilligung der betroffenen Person",
    Purpose.CLAIMS: "zur Geltendmachung, Ausübung oder Verteidigung von Rechtsansprüchen",
    Purpose.RIGHTS_OF_OTHERS: "zum Schutz der Rechte einer anderen Person",
    Purpose.PUBLIC_INTEREST: "aus Gründen eines wichtigen öffentlichen Interesses",
    Purpose.EXAMINATION: "zur Prüfung, die der Anlass der Einschränkung ist",
    Purpose.ERASURE: "zur Aussonderung nach Ablauf der Aufbewahrungspflicht",
}
_ALWAYS = (Purpose.CLAIMS, Purpose.RIGHTS_OF_OTHERS, Purpose.PUBLIC_INTEREST, Purpose.CONSENT)
OPEN_FOR = timedelta(minutes=30)
"""How long one opening lasts; after that the purpose is asked for again."""


def purposes(ground: Ground) -> tuple[Purpose, ...]:
    """Return the purposes a record may be opened for: those of Art. 18 (2), and what the ground itself demands."""
    if ground in PROVISIONAL:
        return (*_ALWAYS, Purpose.EXAMINATION)
    return (*_ALWAYS, Purpose.ERASURE) if ground is Ground.RETENTION else _ALWAYS
