"""The rights of a small city in random order: what happens, and what people then see."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eakte.errors import EakteError
from eakte.records.access import Role
from tests.rights.oracle import READS_ITS_UNIT, Acting, Case, File, Letter, Oracle, Person, Post, Span, Unit
from tests.rights.surfaces import Eyes
from tests.rights.words import word
from tests.rights.world import PEOPLE, PLAN, UNITS, World

NUMBER = st.integers(0, 2**16)
"""Picks one of what there is."""
KINDS = ("Antrag", "Bescheid")
ROLES = st.sampled_from(Role)
WAITS = st.sampled_from([timedelta(minutes=1), timedelta(minutes=11), timedelta(hours=5), timedelta(days=2)])
One = TypeVar("One")


def pick(of: list[One], number: int) -> One:
    return of[number % len(of)]


class City(RuleBasedStateMachine):
    """Filing, posts and time; more rules come from the classes below it."""

    steps = 0
    """Over all examples: rules that were run, each followed by a look around."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="eakte-rights-"))
        self.world = type(self).make(self.folder)
        self.oracle = Oracle(self.world.now)
        self.turn = 0
        self._found()

    @classmethod
    def make(cls, folder: Path) -> World:
        """Return a world of its own for one example."""
        raise NotImplementedError

    def _found(self) -> None:
        units: dict[str, Unit] = {}
        for code, above in UNITS:
            units[code] = Unit(code, units[above] if above else None)
        self.oracle.units = list(units.values())
        for login, unit, role in PEOPLE:
            person = Person(login)
            for holder_id, post_id in self.world.holdings(login) if unit else ():
                post = Post(post_id, units[str(unit)], role.value)
                person.acting.append(Acting(holder_id, post, Span(self.world.now)))
            self.oracle.people.append(person)

    def teardown(self) -> None:
        self.world.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def done(self, action: Callable[[], One]) -> One | None:
        """Do something that may be refused; a refusal changes nothing."""
        try:
            return action()
        except EakteError:
            return None

    def word(self, prefix: str) -> str:
        return word(len(self.oracle.files) + len(self.oracle.letters), prefix=prefix)

    @property
    def living(self) -> list[Unit]:
        return [unit for unit in self.oracle.units if not unit.heirs]

    @property
    def filed(self) -> list[Letter]:
        return [letter for letter in self.oracle.letters if letter.file]

    @property
    def waiting(self) -> list[Letter]:
        return [letter for letter in self.oracle.letters if not letter.file and not letter.dropped]

    # --- what happens -------------------------------------------------------------------------------------------

    @initialize(numbers=st.lists(NUMBER, min_size=3, max_size=3))
    def begin(self, numbers: list[int]) -> None:
        """Start with some files and letters: an empty city shows little."""
        for number in numbers:
            self.open_file(number, number // 7, restricted=number % 4 == 0)
            self.receive(number)
            self.file(number, number, number)

    @precondition(lambda self: len(self.oracle.files) < 9)
    @rule(unit=NUMBER, plan=NUMBER, restricted=st.booleans())
    def open_file(self, unit: int, plan: int, *, restricted: bool) -> None:
        where, code, subject = pick(self.living, unit), pick(list(PLAN), plan), self.word("aq")
        file_id, case_id, reference = self.world.open_file(subject, code, where.code, restricted=restricted)
        file = File(file_id, subject, reference, code, where, restricted)
        self.oracle.files.append(file)
        self.oracle.cases.append(Case(case_id, file))

    @precondition(lambda self: len(self.oracle.letters) < 12)
    @rule(unit=NUMBER)
    def receive(self, unit: int) -> None:
        where, text = pick(self.living, unit), self.word("dq")
        item_id, document_id = self.world.receive(text, where.code)
        self.oracle.letters.append(Letter(item_id, document_id, text, "Antrag", where))

    @precondition(lambda self: self.waiting)
    @rule(letter=NUMBER, case=NUMBER, kind=NUMBER)
    def file(self, letter: int, case: int, kind: int) -> None:
        """Somebody who sees the case file files, or the system, as an import does."""
        where = pick(self.oracle.cases, case)
        self._file(self.able(where.file, READS_ITS_UNIT), pick(self.waiting, letter), where, pick(list(KINDS), kind))

    @precondition(lambda self: self.waiting)
    @rule(person=NUMBER, letter=NUMBER, case=NUMBER, kind=NUMBER)
    def anybody_files(self, person: int, letter: int, case: int, kind: int) -> None:
        who, what, where = pick(self.oracle.people, person), pick(self.waiting, letter), pick(self.oracle.cases, case)
        may = self.oracle.sees_item(who, what) and self.oracle.sees_file(who, where.file) and where.file.state == "open"
        assert self._file(who.login, what, where, pick(list(KINDS), kind)) == may

    def able(self, file: File, roles: Collection[str]) -> str:
        """Return the login of somebody with one of the roles who sees a case file; of the system if there is nobody."""
        for person in self.oracle.people:
            held = {post.role for post in person.posts(self.world.now)}
            if not held.isdisjoint(roles) and self.oracle.sees_file(person, file):
                return person.login
        return ""

    def _file(self, login: str, letter: Letter, case: Case, kind: str) -> bool:
        def act() -> bool:
            place = case.file.file_id, case.case_id
            self.world.file(login, letter.item_id, place, subject=letter.word, kind=kind)
            return True

        if not self.done(act):
            return False
        letter.kind, letter.filed_by = kind, login
        self.put(letter, case)
        return True

    def put(self, letter: Letter, case: Case) -> None:
        letter.case = case
        case.file.past.add(letter)

    @rule(person=NUMBER, unit=NUMBER, role=ROLES)
    def assign_post(self, person: int, unit: int, role: Role) -> None:
        who, where = pick(self.oracle.people, person), pick(self.living, unit)
        if len(who.acting) < 4:
            holder_id, post_id = self.world.assign(who.login, where.code, role)
            who.acting.append(Acting(holder_id, self._post(post_id, where, role), Span(self.world.now)))

    def _post(self, post_id: object, unit: Unit, role: Role) -> Post:
        """Return the post: two people may hold the same one."""
        known = [each.post for person in self.oracle.people for each in person.acting if each.post.post_id == post_id]
        return known[0] if known else Post(post_id, unit, role.value)  # type: ignore[arg-type]  # a UUID

    @rule(person=NUMBER, which=NUMBER)
    def end_post(self, person: int, which: int) -> None:
        who = pick(self.oracle.people, person)
        running = [each for each in who.acting if not each.deputy and each.time.covers(self.world.now)]
        if running:
            ended = pick(running, which)
            self.world.end_post(ended.acting_id)
            ended.time.until = self.world.now

    @rule(wait=WAITS)
    def time_passes(self, wait: timedelta) -> None:
        self.world.now += wait
        self.oracle.now = self.world.now

    # --- what people see ----------------------------------------------------------------------------------------

    @invariant()
    def somebody_looks_around(self) -> None:
        """One person looks at lists and records, another one at each step, elsewhere in each round."""
        type(self).steps += self.turn > 0  # the first look is at the beginning, before any step
        self.world.index()
        round_, number = divmod(self.turn, len(self.oracle.people))
        person = self.oracle.people[number]
        eyes = Eyes(self.world, self.oracle, person)
        eyes.lists(round_ + number)
        eyes.records(round_ + number)
        self.turn += 1
