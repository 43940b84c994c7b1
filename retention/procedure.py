"""Who sends what after what: the four-step and the two-step procedure, and the appraisal of a file plan.

Four steps: offer (0501), appraisal (0502), hand-over (0503), confirmation (0506), with receipts between them. Two
steps: hand-over and confirmation only, where the decision is known before, from a Bewertungskatalog (0511 to 0515).
Everything here is a pure function of the messages exchanged so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from retention.differences import Difference
from retention.messages import wrong_process
from retention.xdomea import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from retention.messages import Message


class Procedure(StrEnum):
    """How case files or a file plan come to the archive."""

    FOUR_STEP = "four-step"
    TWO_STEP = "two-step"
    CATALOGUE = "catalogue"


TITLES = {
    "0301": "Aktenplan",
    "0401": "Abgabe",
    "0402": "Importbestätigung der Abgabe",
    "0403": "Empfangsbestätigung der Abgabe",
    "0501": "Anbieteverzeichnis",
    "0502": "Bewertungsverzeichnis",
    "0503": "Aussonderung",
    "0504": "Empfangsbestätigung der Anbietung",
    "0505": "Empfangsbestätigung der Bewertung",
    "0506": "Importbestätigung",
    "0507": "Empfangsbestätigung der Aussonderung",
    "0511": "Aktenplan zur Bewertung",
    "0512": "Empfangsbestätigung des Aktenplans",
    "0513": "Bewertungskatalog",
    "0514": "Importbestätigung des Bewertungskatalogs",
    "0515": "Empfangsbestätigung des Bewertungskatalogs",
}
"""German names of the messages."""
ANSWERS = {
    kind.code: kind.answers
    for kind in (names.APPRAISAL, names.IMPORT_RECEIPT, names.CATALOGUE, names.CATALOGUE_RESULT, names.HANDOVER_RESULT)
} | {kind.code: kind.answers for kind in names.RECEIPTS}
"""What each answer answers."""
_FOLLOWED_BY = {"0502": "0503"}
"""An answer comes too late once we have sent this."""
_REAL_ANSWERS = {"0501": "0502", "0503": "0506", "0511": "0513", "0401": "0402"}
"""What must come after a message of ours; receipts may stay away."""
_BEGINS = {Procedure.FOUR_STEP: "0501", Procedure.TWO_STEP: "0503", Procedure.CATALOGUE: "0511"}


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A message of one process that was sent or received before."""

    code: str
    incoming: bool
    at: datetime
    sha256: str
    message_id: str | None = None
    """Only from 4.0.0 on."""
    number: int = 1
    answers: str | None = None
    """The message that it answers; only from 4.0.0 on."""


def owed(procedure: Procedure, exchanged: Iterable[Exchanged]) -> tuple[str, ...]:
    """Codes of the messages that are ours to send next; empty while the archive has the word, and at the end.

    A 0503 is owed once an appraisal is there; whether its decisions are complete, the caller knows.
    """
    sent, received = _counts(exchanged)
    begins = _BEGINS[procedure]
    if not sent.get(begins):
        return (begins,)
    answers = {"0502": ("0505", "0503"), "0513": ("0515", "0514")}
    return tuple(
        ours for theirs, all_ours in answers.items() for ours in all_ours if received.get(theirs, 0) > sent.get(ours, 0)
    )


def awaited(exchanged: Iterable[Exchanged]) -> tuple[str, ...]:
    """Codes of the answers, not mere receipts, that the archive still owes."""
    sent, received = _counts(exchanged)
    return tuple(theirs for ours, theirs in _REAL_ANSWERS.items() if sent.get(ours, 0) > received.get(theirs, 0))


def _counts(exchanged: Iterable[Exchanged]) -> tuple[dict[str, int], dict[str, int]]:
    """How many messages of each code were sent and received."""
    sent: dict[str, int] = {}
    received: dict[str, int] = {}
    for each in exchanged:
        into = received if each.incoming else sent
        into[each.code] = into.get(each.code, 0) + 1
    return sent, received


def arrival_differences(
    message: Message, earlier: Sequence[Exchanged], *, process_id: str, sha256: str, on: date, due: date | None = None
) -> tuple[Difference, ...]:
    """What is odd about a message that came in on a day, judged by the *earlier* ones of the process *process_id*.

    *sha256* is that of its file, *due* the last day agreed for it. Its content is looked at by the ``read_…`` function.
    """
    differing = wrong_process(message, process_id)
    if differing is not None:
        return (differing,)
    found = [
        _test(message),
        _unasked(message, earlier),
        _origin(message, earlier),
        _duplicate(message, earlier, sha256),
        _overtaken(message, earlier),
        _late(message, on, due),
        _parts(message, earlier),
    ]
    return tuple(each for each in found if each is not None)


def unanswered(exchanged: Sequence[Exchanged], *, today: date, days: int) -> tuple[Difference, ...]:
    """Messages of ours that have had no answer for more than *days* days."""
    found = []
    for code in awaited(exchanged):
        asked = max(each.at.date() for each in exchanged if not each.incoming and each.code == ANSWERS[code])
        if (today - asked).days > days:
            text = f"Auf {_named(ANSWERS[code])} vom {asked:%d.%m.%Y} fehlt seit mehr als {days} Tagen {_named(code)}."
            found.append(Difference("late", None, text))
    return tuple(found)


def _named(code: str) -> str:
    return f"„{TITLES.get(code, 'Nachricht')}“ ({code})"


def _test(message: Message) -> Difference | None:
    if not message.test:
        return None
    return Difference("test-message", None, f"{_named(message.code)} ist als Test gekennzeichnet und bewirkt nichts.")


def _asked(message: Message, earlier: Sequence[Exchanged]) -> list[Exchanged]:
    """Our messages that this one can answer."""
    return [each for each in earlier if not each.incoming and each.code == ANSWERS.get(message.code)]


def _unasked(message: Message, earlier: Sequence[Exchanged]) -> Difference | None:
    answered = ANSWERS.get(message.code)
    if answered is None or _asked(message, earlier):
        return None
    text = f"{_named(message.code)} kam an, ohne dass {_named(answered)} gesendet worden ist."
    return Difference("unasked", None, text)


def _origin(message: Message, earlier: Sequence[Exchanged]) -> Difference | None:
    ids = {each.message_id.lower() for each in _asked(message, earlier) if each.message_id}
    if message.answers is None or not ids or message.answers.lower() in ids:
        return None
    text = f"{_named(message.code)} antwortet auf die Nachricht {message.answers}, die nicht gesendet worden ist."
    return Difference("wrong-origin", None, text)


def _duplicate(message: Message, earlier: Sequence[Exchanged], sha256: str) -> Difference | None:
    before = [each for each in earlier if each.incoming and each.code == message.code]
    if any(each.sha256 == sha256 for each in before):
        text = f"{_named(message.code)} ist unverändert schon einmal angekommen."
    elif message.message_id and any(each.message_id == message.message_id for each in before):
        text = f"{_named(message.code)} kam mit derselben UUID und anderem Inhalt noch einmal an."
    elif _answered(message, before, _asked(message, earlier)):
        text = f"{_named(message.code)} liegt in diesem Verfahren schon vor und kam mit anderem Inhalt noch einmal an."
    else:
        return None
    return Difference("duplicate", None, text)


def _answered(message: Message, before: Sequence[Exchanged], asked: Sequence[Exchanged]) -> bool:
    """Whether what the message answers has its answer already: by its UUID where there is one, else by counting."""
    if message.answers and any(each.answers for each in before):
        parts = [each for each in before if each.answers and each.answers.lower() == message.answers.lower()]
        return any(each.number == message.number or message.total == 1 for each in parts)
    same = [each for each in before if each.number == message.number]
    return len(same) >= max(1, sum(each.number == message.number for each in asked))


def _overtaken(message: Message, earlier: Sequence[Exchanged]) -> Difference | None:
    after = _FOLLOWED_BY.get(message.code)
    if not any(not each.incoming and each.code == after for each in earlier):
        return None
    text = f"{_named(message.code)} kam an, nachdem {_named(after or '')} schon gesendet war."
    return Difference("overtaken", None, text)


def _late(message: Message, on: date, due: date | None) -> Difference | None:
    if due is None or on <= due:
        return None
    text = f"{_named(message.code)} kam am {on:%d.%m.%Y} an, vereinbart war spätestens der {due:%d.%m.%Y}."
    return Difference("late", None, text)


def _parts(message: Message, earlier: Sequence[Exchanged]) -> Difference | None:
    """Messages of a type count as one only when all are there; but each of several hand-overs has its own answer."""
    if message.total == len(_asked(message, earlier)) > 1:
        return None
    there = {each.number for each in earlier if each.incoming and each.code == message.code} | {message.number}
    # The total is the sender's word; more than this is no plan but an error.
    missing = [str(number) for number in range(1, min(message.total, 1000) + 1) if number not in there]
    if not missing:
        return None
    text = f"Von {message.total} Nachrichten {_named(message.code)} fehlen noch: {', '.join(missing[:20])}."
    return Difference("part-missing", None, text)
