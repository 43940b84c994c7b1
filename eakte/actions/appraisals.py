"""What the archive decided about the case files of a process, read from the kept messages: they are the truth."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.errors import FaultyMessage
from eakte.records import structure
from eakte.records.differences import DifferenceDecision
from eakte.store.exchange import ArchiveArrival, DisposalMessage, DisposalProcess, ExchangeDifference
from eakte.store.files import BusinessCase, CaseFile, SubFile
from eakte.store.objects import ObjectStore
from retention.differences import Difference
from retention.messages import Message, read_message
from retention.model import DisposalAction
from retention.offer import Appraisal, read_appraisal
from retention.offered import OfferedFile, parents
from retention.procedure import Procedure

APPRAISAL = "0502"
_PASSED_OVER = (DifferenceDecision.ACCEPTED, DifferenceDecision.SET_ASIDE)


def decisions_of(
    session: Session, objects: ObjectStore, process_id: UUID, offered: Sequence[OfferedFile]
) -> Mapping[str, DisposalAction]:
    """Return the decisions about objects of these case files.

    Of each case file the first appraisal counts that decided it without a doubt, as it did when that came in. In two
    steps the archive wants everything that is handed over: it said so in advance.

    Raises:
        FaultyMessage: It was asked, and there is no answer.
    """
    process = session.get(DisposalProcess, process_id)
    if process is not None and process.procedure is Procedure.TWO_STEP:
        return dict.fromkeys(parents(offered), DisposalAction.ARCHIVE)
    query = select(DisposalMessage).where(
        DisposalMessage.process_id == process_id, DisposalMessage.kind == APPRAISAL, DisposalMessage.acted_on
    )
    kept = session.scalars(query.order_by(DisposalMessage.at)).all()
    if not kept:
        raise FaultyMessage(reason="Die Bewertung des Archivs fehlt.")
    decided: dict[str, DisposalAction] = {}
    for row in kept:
        waiting = [file for file in offered if file.file_id not in decided]
        with under_its_name(objects, row) as named:
            appraisal = read_appraisal(named, str(process_id), parents(waiting))
        doubted = doubtful(open_ones(appraisal.differences, passed_over(session, row.id)), waiting)
        for file in waiting:
            if file.file_id in appraisal.decisions and file.file_id not in doubted:
                decided |= _of_file(appraisal, file)
    return decided


def _of_file(appraisal: Appraisal, file: OfferedFile) -> dict[str, DisposalAction]:
    own = parents([file])
    return {key: found for key, found in appraisal.decisions.items() if key in own}


def passed_over(session: Session, message_id: UUID) -> frozenset[str]:
    """Return the objects of a message whose differences a person has accepted or set aside."""
    query = select(ExchangeDifference.object_id).where(
        ExchangeDifference.message_id == message_id, ExchangeDifference.decision.in_(_PASSED_OVER)
    )
    return frozenset(found for found in session.scalars(query) if found)


def open_ones(differences: Sequence[Difference], over: Collection[str]) -> list[Difference]:
    """Return the differences that are not about objects in *over*."""
    return [each for each in differences if each.object_id is None or each.object_id not in over]


def doubtful(differences: Sequence[Difference], offered: Sequence[OfferedFile]) -> frozenset[str]:
    """Return the ids of what a difference touches, with all it lies in: those case files wait for a person."""
    tree = parents(offered)
    touched = {difference.object_id for difference in differences if difference.object_id}
    return frozenset(touched.union(*(structure.above(child, tree) for child in touched)))


def owners(session: Session, files: Sequence[CaseFile]) -> dict[str, UUID]:
    """Return which case file an object that the archive may name belongs to."""
    ids = [file.id for file in files]
    found = {str(file_id): file_id for file_id in ids}
    for table in (BusinessCase, SubFile):
        rows = session.execute(select(table.id, table.case_file_id).where(table.case_file_id.in_(ids))).all()
        found |= {str(object_id): file_id for object_id, file_id in rows}
    return found


def read_kept(objects: ObjectStore, row: DisposalMessage) -> Message:
    """Read the head of a kept message."""
    with under_its_name(objects, row) as named:
        return read_message(named)


@contextmanager
def under_its_name(objects: ObjectStore, row: DisposalMessage | ArchiveArrival) -> Iterator[Path]:
    """Lend what is stored under the name it came with: its ending tells its kind."""
    with objects.path(row.sha256) as path, tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / row.name
        named.symlink_to(path)
        yield named
