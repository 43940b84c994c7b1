"""What everybody may see, told once more and naively: plain sets over what happened, without a line of the product.

Nothing here knows of keys, tables or queries. Whoever changes the rules of the house changes them here by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

READS_ITS_UNIT = frozenset({"clerk", "mail_clerk", "registrar"})
"""Roles that read and file what belongs to their unit and those below."""
READS_EVERYTHING = frozenset({"records_manager", "auditor", "dpo"})
"""Roles that read all records that are not need-to-know, and the history; they work in no inbox."""
REGISTRY = frozenset({"registrar", "records_manager"})
POWERS: Mapping[str, frozenset[str]] = {
    "read": READS_ITS_UNIT | READS_EVERYTHING,
    "file": READS_ITS_UNIT,
    "upload": READS_ITS_UNIT,
    "history": READS_EVERYTHING,
    "rights": READS_EVERYTHING | {"clerk", "registrar"},
    "share": frozenset({"clerk", "registrar"}),
    "restrict": REGISTRY,
    "reopen": REGISTRY,
    "paper": REGISTRY,
    "dispose": frozenset({"records_manager"}),
    "data_protection": REGISTRY | {"dpo"},
    "data_subjects": REGISTRY,
}
"""What one may ask for at all, by role."""


@dataclass(eq=False)
class Unit:
    code: str
    above: Unit | None = None
    heirs: tuple[Unit, ...] = ()
    """The units that took over; then it has ended."""

    @property
    def living(self) -> Unit:
        return self.heirs[0].living if self.heirs else self


@dataclass(eq=False)
class Post:
    post_id: UUID
    unit: Unit
    role: str
    ended: bool = False
    """Went with its unit."""


@dataclass(eq=False)
class Span:
    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(eq=False)
class Acting:
    """Somebody holds a post, or stands in for it, for a time."""

    acting_id: UUID
    post: Post
    time: Span
    deputy: bool = False


@dataclass(eq=False)
class Person:
    login: str
    acting: list[Acting] = field(default_factory=list)

    def posts(self, now: datetime) -> list[Post]:
        return [each.post for each in self.acting if each.time.covers(now) and not each.post.ended]


@dataclass(eq=False)
class Ruling:
    """A share or a block of a case file, for a person or for a unit."""

    ruling_id: UUID
    whom: Person | Unit
    time: Span


@dataclass(eq=False)
class File:
    file_id: UUID
    word: str
    """Its subject: a word that stands nowhere else."""
    reference: str
    plan: str
    unit: Unit
    restricted: bool
    state: str = "open"
    shares: list[Ruling] = field(default_factory=list)
    blocks: list[Ruling] = field(default_factory=list)
    closed: UUID | None = None
    """The restriction of its processing that holds."""
    openings: list[Ruling] = field(default_factory=list)
    past: set[Letter] = field(default_factory=set)
    """Documents that have lain in it: its history goes on telling of them by their ids."""


@dataclass(eq=False)
class Case:
    """A case (Vorgang), in one case file and then maybe in another."""

    case_id: UUID
    file: File


@dataclass(eq=False)
class Letter:
    """An incoming item with its document."""

    item_id: UUID
    document_id: UUID
    word: str
    """A word of its text and subject that stands nowhere else."""
    kind: str
    unit: Unit
    """Whose inbox it is in."""
    case: Case | None = None
    filed_by: str = ""
    dropped: bool = False
    closed: UUID | None = None
    """The restriction of its processing that holds."""
    openings: list[Ruling] = field(default_factory=list)
    linked: set[Case] = field(default_factory=set)
    """Cases in which it lies by reference too."""

    @property
    def file(self) -> File | None:
        return self.case.file if self.case else None


Record = File | Letter


class Oracle:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.units: list[Unit] = []
        self.people: list[Person] = []
        self.files: list[File] = []
        self.cases: list[Case] = []
        self.letters: list[Letter] = []

    def may(self, person: Person, power: str) -> bool:
        """Whether a post of the person gives the power to ask for something at all."""
        return any(post.role in POWERS[power] for post in person.posts(self.now))

    def reads(self, person: Person) -> bool:
        return self.may(person, "read")

    def files_mail(self, person: Person) -> bool:
        return self.may(person, "file")

    def reads_history(self, person: Person) -> bool:
        return self.may(person, "history")

    def sees_file(self, person: Person, file: File) -> bool:
        return self.sees_without_restriction(person, file) and self.has_open(person, file)

    def sees_without_restriction(self, person: Person, file: File) -> bool:
        return self.reads(person) and self._opened(person, file) and not self._blocked(person, file)

    def has_open(self, person: Person, record: File | Letter) -> bool:
        """Whether nothing restricts a record, or the person opened it for a purpose, for half an hour."""
        mine = [one for one in record.openings if one.whom is person and one.ruling_id == record.closed]
        return record.closed is None or any(one.time.covers(self.now) for one in mine)

    def _opened(self, person: Person, file: File) -> bool:
        if not file.restricted and self.reads_history(person):
            return True
        running = [share.whom for share in file.shares if share.time.covers(self.now)]
        mine = self.held(person)
        return person in running or file.unit in mine or any(whom in mine for whom in running)

    def _blocked(self, person: Person, file: File) -> bool:
        running = [block.whom for block in file.blocks if block.time.covers(self.now)]
        posts = person.posts(self.now)
        return person in running or any(
            isinstance(whom, Unit) and any(self.works_in(post.unit, whom) for post in posts) for whom in running
        )

    def held(self, person: Person) -> set[Unit]:
        """Return all units whose records the person's posts read."""
        posts = [post for post in person.posts(self.now) if post.role in READS_ITS_UNIT]
        return set().union(*(self.below(post.unit) for post in posts))

    def below(self, top: Unit) -> set[Unit]:
        """Return a unit, those below it, and all that they took over."""
        found: set[Unit] = set()
        more = {top}
        while more:
            found |= more
            more = {
                unit
                for unit in self.units
                if (unit.above in found if not unit.heirs else not found.isdisjoint(unit.heirs))
            } - found
        return found

    def works_in(self, place: Unit, unit: Unit) -> bool:
        """Whether who sits in *place* works in *unit* or below it; who works for the heir works for what it took."""
        at: Unit | None = place
        while at is not None:
            if at is unit:
                return True
            at = at.above
        return any(self.works_in(place, heir) for heir in unit.heirs)

    def sees_letter(self, person: Person, letter: Letter) -> bool:
        """Whether the person sees the document."""
        if letter.file is not None:
            return self.sees_file(person, letter.file) and self.has_open(person, letter)
        return self.sees_item(person, letter)

    def sees_item(self, person: Person, letter: Letter) -> bool:
        """Whether the person sees the incoming item; filed, it is seen no more than the document."""
        return letter.unit in self.held(person) and (letter.file is None or self.sees_letter(person, letter))

    def visible_files(self, person: Person) -> set[File]:
        return {file for file in self.files if self.sees_file(person, file)}

    def visible_letters(self, person: Person) -> set[Letter]:
        """Return the filed documents a person sees."""
        return {letter for letter in self.letters if letter.file is not None and self.sees_letter(person, letter)}

    def findable(self, person: Person) -> set[Letter]:
        """Return what a search shows: nothing restricted, whoever has it open."""
        return {one for one in self.visible_letters(person) if not (one.closed or (one.file and one.file.closed))}

    def inbox(self, person: Person) -> set[Letter]:
        waiting = (letter for letter in self.letters if letter.file is None and not letter.dropped)
        return {letter for letter in waiting if self.sees_item(person, letter)}

    def may_know(self, person: Person) -> set[Record]:
        """Return every record of which a page may show the person a word, an id or a number."""
        items = {letter for letter in self.letters if self.sees_item(person, letter)}
        return {*self.visible_files(person), *self.visible_letters(person), *items}

    def inside(self, person: Person, file: File) -> tuple[set[Letter], set[Letter]]:
        """Return the documents of a case file, and visible ones of others that lie there too."""
        own = {letter for letter in self.letters if letter.file is file and self.has_open(person, letter)}
        linked = {letter for letter in self.letters if any(case.file is file for case in letter.linked)}
        return own, {letter for letter in linked - own if self.sees_letter(person, letter)}

    def cases_of(self, file: File) -> list[Case]:
        return [case for case in self.cases if case.file is file]

    def facets(self, person: Person) -> Mapping[str, Counter[str]]:
        found = [letter for letter in self.findable(person) if letter.file]
        files = [letter.file for letter in found if letter.file]
        return {
            "document_type": Counter(letter.kind for letter in found),
            "org_unit": Counter(file.unit.living.code for file in files),
            "file_plan_code": Counter(file.plan for file in files),
            "state": Counter(file.state for file in files),
        }

    def plan_counts(self, person: Person) -> Counter[str]:
        return Counter(file.plan for file in self.visible_files(person))

    def records(self) -> Iterator[Record]:
        yield from self.files
        yield from self.letters
