"""Tell one step of the demo's story to the service, through the same actions a person uses. Twice is once."""

from __future__ import annotations

import re
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import cases, document_life, events, filing, holds, inbox, intake, structure, users
from eakte.actions.metadata import NO_FIELDS, Fields
from eakte.actions.proposing import record_proposals
from eakte.demo.data import CaseFileEntry, City
from eakte.demo.mail import Fate, Mail
from eakte.demo.reading import Prepared
from eakte.demo.script import DECIDED_AFTER, READ_AFTER, Arrive, CloseFile, Happen, Hold, OpenFile, Step
from eakte.records.access import SYSTEM, Actor
from eakte.records.states import CaseFileState, ItemState
from eakte.services import Services
from eakte.store.disposal import DisposalHold
from eakte.store.documents import IncomingItem
from eakte.store.files import BusinessCase, CaseFile
from ingest.errors import IngestError

_FILING = frozenset({"CLERK", "REGISTRAR"})
_INVOICE = re.compile(r"Rechnung Nr\. (\S+)")
_UNREAD = frozenset({ItemState.RECEIVED, ItemState.READING})


class UnexpectedReferenceError(RuntimeError):
    """The system gave a case file another reference than its letters print: the database was not empty."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells steps; ``prepared`` holds what comes of reading each letter."""

    services: Services
    city: City
    prepared: dict[str, Future[Prepared]]
    latest: datetime
    """The moment of loading: nothing happens after it."""

    def tell(self, step: Step) -> None:
        """Do what the step says, unless it is done already."""
        if isinstance(step, Arrive):
            self._arrive(step)
            return
        with self.services.database.begin() as session:
            match step:
                case OpenFile():
                    self._open(session, step)
                case CloseFile():
                    self._close(session, step)
                case Happen():
                    self._happen(session, step)
                case Hold():
                    self._hold(session, step)

    def _clerk(self, session: Session, unit: str, now: datetime) -> Actor:
        person = next(person for person in self.city.people if person.unit == unit and person.role in _FILING)
        return users.actor_by_login(session, person.login, now)

    def _open(self, session: Session, step: OpenFile) -> None:
        entry = step.entry
        if _found(session, entry) is not None:
            return
        clerk = self._clerk(session, entry.unit, step.at)
        new = cases.NewCaseFile(
            entry.plan, entry.subject, entry.unit, entry.cases[0], entry.restricted, fields=Fields(entry.fields)
        )
        made = cases.open_case_file(session, clerk, new, step.at)
        if made.file_reference != entry.reference:
            raise UnexpectedReferenceError(f"{made.file_reference} instead of {entry.reference}")
        for subject in entry.cases[1:]:
            structure.open_case(session, clerk, made.id, subject, step.at)

    def _close(self, session: Session, step: CloseFile) -> None:
        made = _file(session, step.entry)
        if made.state is CaseFileState.OPEN:
            cases.close(session, self._clerk(session, step.entry.unit, step.at), made.id, now=step.at)

    def _happen(self, session: Session, step: Happen) -> None:
        made, event = _file(session, step.entry), step.event
        clerk, proof = self._clerk(session, step.entry.unit, step.at), events.Evidence("Mitteilung zur Akte")
        events.record_event(
            session, clerk, made.id, trigger=event.code, happened_on=event.on, evidence=proof, now=step.at
        )

    def _hold(self, session: Session, step: Hold) -> None:
        made = _file(session, step.entry)
        if session.scalar(select(DisposalHold.id).where(DisposalHold.case_file_id == made.id)) is None:
            manager = next(person for person in self.city.people if person.role == "RECORDS_MANAGER")
            actor = users.actor_by_login(session, manager.login, step.at)
            holds.place(session, actor, made.id, reason=step.event.code, now=step.at)

    def _arrive(self, step: Arrive) -> None:
        """Receive, read, propose and decide, each in its own transaction like the real ones."""
        mail, database = step.mail, self.services.database
        prepared = self.prepared[mail.upload_id].result()
        with database.begin() as session:
            item_id = self._receive(session, mail, prepared, step.at)
        self._read(item_id, prepared, min(step.at + READ_AFTER, self.latest))
        with database.begin() as session:
            self._decide(session, item_id, mail, min(step.at + DECIDED_AFTER, self.latest))

    def _receive(self, session: Session, mail: Mail, prepared: Prepared, now: datetime) -> UUID:
        """Scans come from the folder of the mail room, files with text are uploaded by the clerk."""
        actor, source = SYSTEM, intake.Source.FOLDER
        if mail.typed:
            actor, source = self._clerk(session, mail.unit, now), intake.Source.UPLOAD
        name = "Anhang.pdf" if mail.locked else mail.letter.spec.filename
        upload = intake.Upload(prepared.original, name, source, mail.unit, mail.upload_id)
        return intake.receive(session, self.services.objects, actor, upload, now).item_id

    def _read(self, item_id: UUID, prepared: Prepared, now: datetime) -> None:
        database, reading = self.services.database, prepared.reading
        with database.begin() as session:
            intake.begin_reading(session, item_id, now)
        with database.begin() as session:
            if isinstance(reading, IngestError):
                intake.record_fault(session, item_id, reading.code, now)
            else:
                intake.record_reading(session, self.services.objects, item_id, reading, stored=prepared.made, now=now)
        with database.begin() as session:
            record_proposals(session, item_id, now)

    def _decide(self, session: Session, item_id: UUID, mail: Mail, now: datetime) -> None:
        item = session.get_one(IncomingItem, item_id)
        if mail.fate is Fate.WAITING or item.state is not ItemState.WAITING:
            return
        clerk = self._clerk(session, mail.unit, now)
        if mail.fate is Fate.DROPPED:
            inbox.drop(session, clerk, item_id, reason="Werbung", revision=item.revision, now=now)
        else:
            filed = filing.file_document(session, clerk, item_id, self._filing(session, mail, item), now)
            if mail.letter.spec.direction != "INCOMING":
                document_life.finalise(session, clerk, filed.document_id, now=now)

    def _filing(self, session: Session, mail: Mail, item: IncomingItem) -> filing.Filing:
        """Return what the clerk enters: what the letter truly says."""
        spec = mail.letter.spec
        made = _file(session, self.city.case_file(spec.case_file_key or ""))
        numbers = session.scalars(
            select(BusinessCase.id).where(BusinessCase.case_file_id == made.id).order_by(BusinessCase.number)
        ).all()
        return filing.Filing(
            case_file_id=made.id,
            case_id=numbers[-1] if spec.legal_remedy or spec.document_type == "Rechnung" else numbers[0],
            document_type=spec.document_type,
            subject=spec.subject,
            sender=spec.sender,
            letter_date=spec.letter_date,
            foreign_reference=spec.foreign_reference or "",
            direction=spec.direction.lower(),
            revision=item.revision,
            fields=_fields(mail),
        )


def _fields(mail: Mail) -> Fields:
    """Return the metadata a clerk reads off the letter: those of an invoice."""
    spec, number = mail.letter.spec, _INVOICE.search(mail.letter.spec.subject)
    if spec.document_type != "Rechnung" or number is None:
        return NO_FIELDS
    due = spec.deadline.isoformat() if spec.deadline else None
    return Fields({"rechnungsnummer": number[1], "betrag": mail.letter.content.total, "faellig_am": due})


def is_done(session: Session, mail: Mail) -> bool:
    """Whether a letter has already come as far as the story takes it, so that it need not be read again."""
    item = session.scalar(select(IncomingItem).where(IncomingItem.upload_id == mail.upload_id))
    if item is None or item.state in _UNREAD:
        return False
    return mail.fate is Fate.WAITING or item.state is not ItemState.WAITING


def _found(session: Session, entry: CaseFileEntry) -> CaseFile | None:
    return session.scalar(select(CaseFile).where(CaseFile.file_reference == entry.reference))


def _file(session: Session, entry: CaseFileEntry) -> CaseFile:
    return session.scalars(select(CaseFile).where(CaseFile.file_reference == entry.reference)).one()
