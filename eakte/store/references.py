"""Former reference numbers: a record that was moved is still found under every reference it ever had.

Numbers inside a container (cases in a file, documents in a case) are never given twice, so a former place is the
container and the number; the references of what lies deeper follow from there and are not written down again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.errors import InvalidInput
from eakte.records.reference import LONGEST, Pattern, spelled_alike
from eakte.store.base import Base, UtcDateTime
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, SubFile

CASE_FILE, SUB_FILE, CASE, DOCUMENT = "case_file", "sub_file", "case", "document"
_PARTS = (
    (DOCUMENT, re.compile(r"(.+)#(\d{1,9})")),
    (SUB_FILE, re.compile(r"(.+)-T(\d{1,9})")),
    (CASE, re.compile(r"(.+)-(\d{1,9})")),
)
"""How a reference names what lies in something: the reference of that and a number."""
_AT_ONCE = 500


class ReferenceAlias(Base):
    """A reference a record once had, never given again to another."""

    __tablename__ = "reference_alias"
    __table_args__ = (UniqueConstraint("kind", "within_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[UUID] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(String(120), unique=True)
    within_id: Mapped[UUID | None]
    """The case file or case it lay in; empty for a case file."""
    number: Mapped[int | None]
    """Its number in there."""
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class GivenReference(Base):
    """A reference of a case file that was ever given, and to which; triggers fill it, nothing is ever taken away."""

    __tablename__ = "given_reference"

    reference: Mapped[str] = mapped_column(String(120), primary_key=True)
    record_id: Mapped[UUID]


class ReferenceCounter(Base):
    """The last running number given among references that differ in nothing else."""

    __tablename__ = "reference_counter"

    scope: Mapped[str] = mapped_column(String(160), primary_key=True)
    """The reference with its number left open, e.g. ``52.01.01-2026/{}``."""
    last_number: Mapped[int]


def give_reference(session: Session, pattern: Pattern, values: Mapping[str, str]) -> str:
    """Give the next reference of a pattern; none is ever given twice, whatever pattern made it.

    Raises:
        InvalidInput: The reference would be too long.
    """
    scope = pattern.scope(values)
    while True:
        reference = pattern.render(values, _next_number(session, scope))
        if len(reference) > LONGEST:
            raise InvalidInput(problem=f"Das Aktenzeichen {reference} wäre länger als {LONGEST} Zeichen.", field="")
        if session.get(GivenReference, reference) is None:
            return reference


def _next_number(session: Session, scope: str) -> int:
    """Count on in one statement, so that no two get the same."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(ReferenceCounter).values(scope=scope, last_number=1)
    given: int = session.scalars(
        first.on_conflict_do_update(
            index_elements=[ReferenceCounter.scope], set_={"last_number": ReferenceCounter.last_number + 1}
        ).returning(ReferenceCounter.last_number)
    ).one()
    return given


def given_to(session: Session, possible: Sequence[str]) -> set[UUID]:
    """Return the case files that any of the references, exactly so, was ever given to; rights are the caller's."""
    found: set[UUID] = set()
    for start in range(0, len(possible), _AT_ONCE):
        asked = GivenReference.reference.in_(possible[start : start + _AT_ONCE])
        found.update(session.scalars(select(GivenReference.record_id).where(asked)))
    return found


def keep_alias(
    session: Session,
    kind: str,
    record_id: UUID,
    reference: str,
    *,
    now: datetime,
    within: tuple[UUID, int] | None = None,
) -> None:
    """Keep the reference a record has until now; ``within`` is what it lay in and its number there."""
    if kind == CASE_FILE and session.get(GivenReference, reference) is None:
        session.add(GivenReference(reference=reference, record_id=record_id))
    within_id, number = within or (None, None)
    session.add(
        ReferenceAlias(
            kind=kind, record_id=record_id, reference=reference, within_id=within_id, number=number, until=now
        )
    )


def former_references(session: Session, record_ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return the former references of records, newest first; records without any are left out."""
    rows = session.execute(
        select(ReferenceAlias.record_id, ReferenceAlias.reference)
        .where(ReferenceAlias.record_id.in_(record_ids))
        .order_by(ReferenceAlias.until.desc())
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for record_id, reference in rows.all():
        found[record_id].append(reference)
    return {record_id: tuple(references) for record_id, references in found.items()}


def record_at(session: Session, kind: str, within_id: UUID, number: int) -> UUID | None:
    """Return the record with a number in a case file or case, also where it has moved away since."""
    column = {
        SUB_FILE: select(SubFile.id).where(SubFile.case_file_id == within_id, SubFile.number == number),
        CASE: select(BusinessCase.id).where(BusinessCase.case_file_id == within_id, BusinessCase.number == number),
        DOCUMENT: select(Document.id).where(Document.case_id == within_id, Document.position == number),
    }[kind]
    former = select(ReferenceAlias.record_id).where(
        ReferenceAlias.kind == kind, ReferenceAlias.within_id == within_id, ReferenceAlias.number == number
    )
    return session.scalar(column) or session.scalar(former)


def resolve(session: Session, reference: str) -> tuple[str, UUID] | None:
    """Return kind and id of the record a reference, present or former, leads to; rights are the caller's matter.

    Separators and leading zeros may be written otherwise than given, if that still means one case file alone.
    """
    reference = reference.strip()
    former = select(ReferenceAlias.kind, ReferenceAlias.record_id).where(ReferenceAlias.reference == reference)
    if (alias := session.execute(former).first()) is not None:
        return alias.kind, alias.record_id
    if (file_id := _case_file_at(session, reference)) is not None:
        return CASE_FILE, file_id
    for kind, pattern in _PARTS:
        if match := pattern.fullmatch(reference):
            return _inside(session, kind, match[1], int(match[2]))
    return None


def _case_file_at(session: Session, reference: str) -> UUID | None:
    exact = session.scalar(select(CaseFile.id).where(CaseFile.file_reference == reference))
    wanted = spelled_alike(reference)
    if exact is not None or not wanted:
        return exact
    # What is alike holds the same pieces in the same order: the database narrows down, the spelling decides.
    like = f"%{'%'.join(wanted.split('-'))}%"
    present = select(CaseFile.id, CaseFile.file_reference).where(CaseFile.file_reference.ilike(like))
    former = select(ReferenceAlias.record_id, ReferenceAlias.reference).where(
        ReferenceAlias.kind == CASE_FILE, ReferenceAlias.reference.ilike(like)
    )
    alike = {
        record_id
        for query in (present, former)
        for record_id, written in session.execute(query)
        if spelled_alike(written) == wanted
    }
    return alike.pop() if len(alike) == 1 else None


def _inside(session: Session, kind: str, container: str, number: int) -> tuple[str, UUID] | None:
    outer = resolve(session, container)
    if outer is None or outer[0] != (CASE if kind == DOCUMENT else CASE_FILE):
        return None
    record_id = record_at(session, kind, outer[1], number)
    return (kind, record_id) if record_id else None
