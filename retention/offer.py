"""Offer case files to the archive (0501) and read what it decided (0502)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retention.differences import Difference, Sent, named_twice, strangers, unclear
from retention.errors import OfferIncompleteError
from retention.messages import Message, children, expect, wrong_process
from retention.model import DisposalAction
from retention.offered import gaps
from retention.xdomea import build, names
from retention.xdomea.parse import choice_of, identity_of
from retention.xdomea.write import Written, outgoing, write_receipt, written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from retention.offered import MessageHead, OfferedFile


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The archive's decisions, and everything about them that a person must look at."""

    message: Message
    decisions: Mapping[str, DisposalAction]
    """A or V by UUID, as offered; a case without its own decision has that of its file."""
    inherited: frozenset[str]
    """UUIDs whose decision comes from the file they lie in."""
    differences: tuple[Difference, ...]


def write_offer(files: Iterable[OfferedFile], message: MessageHead, folder: Path) -> Written:
    """Write the Anbieteverzeichnis (0501): metadata only, no primary files.

    Raises ``OfferIncompleteError`` naming what is missing; then nothing is left in *folder*.
    """
    count = 0
    with outgoing(message, names.OFFER, folder) as package:
        for offered in files:
            if missing := gaps(offered, with_files=False):
                raise OfferIncompleteError("; ".join(missing))
            package.add_element(build.case_file(offered, package.dialect, with_files=False))
            count += 1
        if not count:
            raise OfferIncompleteError("keine Akte ausgewählt")
    return written(message, names.OFFER, folder)


def write_appraisal_receipt(message: MessageHead, folder: Path) -> Written:
    """Write the receipt of an appraisal (0505)."""
    return write_receipt(message, names.APPRAISAL_RECEIPT, folder)


def read_appraisal(
    path: Path, process_id: str, offered: Mapping[str, str | None], *, others: Collection[str] = ()
) -> Appraisal:
    """Read a Bewertungsverzeichnis (0502) of 3.0.0 to 4.0.0 and compare it with what was offered.

    *offered* maps each UUID of the offer to the UUID it lies in (``retention.offered.parents``); *others* are UUIDs of
    the process that were not up for appraisal, such as documents. An answer to another process decides nothing.
    """
    with expect(path, names.APPRAISAL.code) as (package, message):
        differing = wrong_process(message, process_id)
        if differing is not None:
            return Appraisal(message, {}, frozenset(), (differing,))
        element = "BewertetesSGO" if message.version.startswith("4.") else "BewertetesObjekt"
        said = [(identity_of(each), choice_of(each)) for each in children(package, element)]
    return _compare(message, said, offered, others)


def _compare(
    message: Message, said: list[tuple[str, str]], offered: Mapping[str, str | None], others: Collection[str]
) -> Appraisal:
    mine = {object_id.lower(): object_id for object_id in offered}
    said = [(mine.get(object_id.lower(), object_id), choice) for object_id, choice in said]
    ids = [object_id for object_id, _ in said]
    differences = [*named_twice(ids), *strangers(ids, Sent(frozenset(offered)), known=others)]
    doubtful = {difference.object_id for difference in differences}
    decisions: dict[str, DisposalAction] = {}
    for object_id, choice in said:
        if object_id in doubtful:
            continue
        if (problem := unclear(object_id, choice)) is not None:
            differences.append(problem)
        else:
            decisions[object_id] = DisposalAction(choice)
    # What was named but not decided must not fall to its file's decision.
    named = set(ids)
    inherited = _inherit(decisions, offered, named)
    differences += _undecided(decisions, offered, named)
    differences += _contradictions(decisions, offered)
    return Appraisal(message, decisions, inherited, tuple(differences))


def _inherit(
    decisions: dict[str, DisposalAction], offered: Mapping[str, str | None], named: set[str]
) -> frozenset[str]:
    inherited = set()
    for object_id, parent in offered.items():
        if object_id not in named and parent is not None and parent in decisions:
            decisions[object_id] = decisions[parent]
            inherited.add(object_id)
    return frozenset(inherited)


def _undecided(
    decisions: Mapping[str, DisposalAction], offered: Mapping[str, str | None], named: set[str]
) -> list[Difference]:
    return [
        Difference("undecided", object_id, f"Für das Objekt {object_id} hat das Archiv nichts entschieden.")
        for object_id in offered
        if object_id not in decisions and object_id not in named
    ]


def _contradictions(decisions: Mapping[str, DisposalAction], offered: Mapping[str, str | None]) -> list[Difference]:
    return [
        Difference(
            "parent-destroyed",
            object_id,
            f"Das Objekt {object_id} soll ins Archiv (A), die Akte {parent} aber vernichtet werden (V).",
        )
        for object_id, parent in offered.items()
        if parent is not None
        and decisions.get(object_id) is DisposalAction.ARCHIVE
        and decisions.get(parent) is DisposalAction.DESTROY
    ]
