"""Where an answer of the archive does not fit what was sent: pure values, each with a code and one German sentence.

A difference never decides anything. What an object that it names becomes, a person says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retention.model import DisposalAction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

LABELS = {
    "undecided": "Bewertung fehlt",
    "unconfirmed": "Bestätigung fehlt",
    "not-handed-over": "Fehlt in der Aussonderung",
    "surplus": "Überzählig",
    "unknown-object": "Unbekanntes Objekt",
    "left-in-review": "Noch mit B bewertet",
    "unknown-decision": "Nicht vereinbarte Bewertung",
    "decided-twice": "Mehrfach genannt",
    "parent-destroyed": "Widerspruch zur Akte",
    "rejected": "Übernahme gescheitert",
    "import-failed": "Übernahme insgesamt gescheitert",
    "wrong-process": "Anderes Verfahren",
    "wrong-origin": "Andere Ursprungsnachricht",
    "unasked": "Ohne Anlass",
    "duplicate": "Doppelte Nachricht",
    "overtaken": "Überholt",
    "late": "Verspätet",
    "part-missing": "Teilnachricht fehlt",
    "test-message": "Testnachricht",
    "noted": "Hinweis",
}
"""Short German name for each code, in the order in which a list shows them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about a message that a person must look at."""

    code: str
    """A key of ``LABELS``."""
    object_id: str | None
    """UUID of the object it is about; ``None`` where it is about the whole message."""
    text: str
    """German, one sentence."""


@dataclass(frozen=True, slots=True)
class Sent:
    """UUIDs of what a message of ours held, in the roles that an answer can name them in."""

    objects: frozenset[str]
    """What must be answered."""
    others: frozenset[str] = frozenset()
    """What came along and may be answered: documents, context objects."""


def named_twice(ids: Iterable[str]) -> tuple[Difference, ...]:
    """Objects that an answer names more than once: what it says of them cannot be trusted."""
    seen: set[str] = set()
    found: dict[str, Difference] = {}
    for each in ids:
        if each.lower() in seen:
            text = f"Die Nachricht nennt das Objekt {each} mehrmals."
            found[each.lower()] = Difference("decided-twice", each, text)
        seen.add(each.lower())
    return tuple(found.values())


def strangers(ids: Iterable[str], sent: Sent, *, known: Collection[str] = ()) -> tuple[Difference, ...]:
    """Objects in an answer that the message it answers did not hold; *known* are others of ours."""
    held = {each.lower() for each in sent.objects | sent.others}
    ours = {each.lower() for each in known}
    found = []
    for each in dict.fromkeys(ids):
        if each.lower() in held:
            continue
        if each.lower() in ours:
            text = f"Das Objekt {each} gehört zum Verfahren, war aber nicht Teil der beantworteten Nachricht."
            found.append(Difference("surplus", each, text))
        else:
            text = f"Das Objekt {each} ist in diesem Verfahren nicht bekannt."
            found.append(Difference("unknown-object", each, text))
    return tuple(found)


def unclear(object_id: str, choice: str) -> Difference | None:
    """A decision that is none: still B, or an action that nobody agreed on."""
    if choice == DisposalAction.REVIEW:
        return Difference("left-in-review", object_id, f"Das Objekt {object_id} ist noch mit B (bewerten) markiert.")
    if choice not in {DisposalAction.ARCHIVE, DisposalAction.DESTROY}:
        text = f"Das Objekt {object_id} hat die nicht vereinbarte Aussonderungsart „{choice[:40]}“."
        return Difference("unknown-decision", object_id, text)
    return None


def transfer_differences(sent: Sent, decisions: Mapping[str, DisposalAction]) -> tuple[Difference, ...]:
    """Where a hand-over does not hold exactly what was decided A; an archive refuses it for less."""
    wanted = {each for each, decision in decisions.items() if decision is DisposalAction.ARCHIVE}
    found = [
        Difference("not-handed-over", each, f"Das Objekt {each} soll ins Archiv (A), fehlt aber in der Aussonderung.")
        for each in sorted(wanted - sent.objects)
    ]
    found += [
        Difference("surplus", each, f"Das Objekt {each} ist in der Aussonderung, obwohl es nicht mit A bewertet ist.")
        for each in sorted(sent.objects - wanted)
    ]
    return tuple(found)
