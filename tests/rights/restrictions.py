"""Rules about restrictions of processing (Art. 18 GDPR): set, opened for half an hour, lifted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from eakte.actions import restricted_access, restricting
from eakte.actions.restricting import Terms
from eakte.records.processing import Ground, Purpose
from tests.rights.machine import NUMBER, pick
from tests.rights.oracle import File, Letter, Ruling, Span
from tests.rights.rulings import GUARDS, REASON, Rulings

OPEN = timedelta(minutes=30)
GROUNDS = st.sampled_from([Ground.CLAIMS, Ground.UNLAWFUL, Ground.RETENTION])


class Restrictions(Rulings):
    @property
    def closed(self) -> list[File | Letter]:
        return [one for one in (*self.oracle.files, *self.oracle.letters) if one.closed]

    @rule(file=NUMBER, ground=GROUNDS)
    def restrict_file(self, file: int, ground: Ground) -> None:
        self._close(pick(self.oracle.files, file), ground)

    @precondition(lambda self: self.filed)
    @rule(letter=NUMBER, ground=GROUNDS)
    def restrict_document(self, letter: int, ground: Ground) -> None:
        self._close(pick(self.filed, letter), ground)

    def _close(self, record: File | Letter, ground: Ground) -> None:
        file = record if isinstance(record, File) else record.file
        assert file
        login = self.able(file, GUARDS)
        terms = Terms(ground, REASON, "weber")

        def act() -> UUID:
            if isinstance(record, File):
                return self.world.act(
                    login, lambda s, actor, now: restricting.restrict_file(s, actor, record.file_id, terms, now=now)
                )
            return self.world.act(
                login, lambda s, actor, now: restricting.restrict_document(s, actor, record.document_id, terms, now=now)
            )

        made = self.done(act) if login else None
        if made:
            record.closed = made

    @precondition(lambda self: self.closed)
    @rule(record=NUMBER, person=NUMBER)
    def open_for_a_purpose(self, record: int, person: int) -> None:
        opened, who = pick(self.closed, record), pick(self.oracle.people, person)
        file = opened if isinstance(opened, File) else opened.file
        number = opened.closed
        assert file
        assert number
        until = self.done(
            lambda: self.world.act(
                who.login,
                lambda s, actor, now: restricted_access.open_for(
                    s, actor, number, purpose=Purpose.CLAIMS, reason=REASON, now=now
                ),
            )
        )
        may = self.oracle.may(who, "data_protection") and self.oracle.sees_without_restriction(who, file)
        assert bool(until) == may
        if until:
            opened.openings.append(Ruling(number, who, Span(self.world.now, self.world.now + OPEN)))

    @precondition(lambda self: self.closed)
    @rule(record=NUMBER)
    def lift_restriction(self, record: int) -> None:
        lifted = pick(self.closed, record)
        file = lifted if isinstance(lifted, File) else lifted.file
        number = lifted.closed
        assert file
        assert number
        logins = [
            person.login
            for person in self.oracle.people
            if self.oracle.may(person, "data_subjects") and self.oracle.sees_without_restriction(person, file)
        ]
        if not logins:
            return

        def act() -> bool:
            day = self.world.now.date()
            self.world.act(
                logins[0],
                lambda s, actor, now: restricting.inform(s, actor, number, on=day, how="Schreiben", now=now),
            )
            self.world.act(logins[0], lambda s, actor, now: restricting.lift(s, actor, number, reason=REASON, now=now))
            return True

        # Its hold is lifted with it, and that needs the file itself to be seen.
        done = self.done(act)
        if done:
            lifted.closed = None
