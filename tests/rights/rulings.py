"""Rules about rights: shares, blocks, need-to-know, deputyships."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from eakte.actions import deputies, rights
from eakte.actions.rights import Whom
from eakte.records.access import RestrictionKind
from tests.rights.machine import NUMBER, City, pick
from tests.rights.oracle import READS_ITS_UNIT, Acting, File, Person, Ruling, Span, Unit

GUARDS = frozenset({"registrar", "records_manager"})
"""Roles that block and restrict."""
LASTS = st.sampled_from([None, timedelta(hours=1), timedelta(days=1), timedelta(days=3)])
REASON = "Weil es sein muss"


class Rulings(City):
    def whom(self, number: int) -> tuple[Person | Unit, Whom]:
        """Return a person or a living unit, and how the product is told."""
        one = pick([*self.oracle.people, *self.living], number)
        return one, Whom(person=one.login) if isinstance(one, Person) else Whom(unit=one.code)

    @rule(file=NUMBER, whom=NUMBER, lasts=LASTS)
    def share(self, file: int, whom: int, lasts: timedelta | None) -> None:
        shared, (one, told) = pick(self.oracle.files, file), self.whom(whom)
        until = self.world.now + lasts if lasts else None
        login = self.able(shared, READS_ITS_UNIT)
        made = self.done(
            lambda: self.world.act(
                login,
                lambda session, actor, now: rights.share(
                    session, actor, shared.file_id, told, reason=REASON, expires_at=until, now=now
                ),
            )
        )
        if made:
            shared.shares.append(Ruling(made, one, Span(self.world.now, until)))

    @precondition(lambda self: any(file.shares for file in self.oracle.files))
    @rule(which=NUMBER)
    def revoke_share(self, which: int) -> None:
        file, share = pick([(file, share) for file in self.oracle.files for share in file.shares], which)
        login = self.able(file, READS_ITS_UNIT)
        self._end(
            share,
            lambda: self.world.act(
                login,
                lambda session, actor, now: rights.revoke(session, actor, file.file_id, share.ruling_id, now=now) or 1,
            ),
        )

    @rule(file=NUMBER, whom=NUMBER, lasts=LASTS, kind=st.sampled_from(RestrictionKind))
    def block(self, file: int, whom: int, lasts: timedelta | None, kind: RestrictionKind) -> None:
        blocked, (one, told) = pick(self.oracle.files, file), self.whom(whom)
        until = self.world.now + lasts if lasts else None
        login = self.able(blocked, GUARDS)
        made = self.done(
            lambda: self.world.act(
                login,
                lambda session, actor, now: rights.block(
                    session, actor, blocked.file_id, told, kind=kind, reason=REASON, until=until, now=now
                ),
            )
        )
        if made:
            blocked.blocks.append(Ruling(made, one, Span(self.world.now, until)))

    @precondition(lambda self: any(file.blocks for file in self.oracle.files))
    @rule(which=NUMBER)
    def lift_block(self, which: int) -> None:
        file, block = pick([(file, block) for file in self.oracle.files for block in file.blocks], which)
        login = self.able(file, GUARDS)
        self._end(
            block,
            lambda: self.world.act(
                login,
                lambda session, actor, now: (
                    rights.lift(session, actor, file.file_id, block.ruling_id, reason=REASON, now=now) or 1
                ),
            ),
        )

    def _end(self, ruling: Ruling, action: object) -> None:
        if self.done(action):  # type: ignore[arg-type]  # returns a number where it was done
            ruling.time.until = self.world.now

    @rule(file=NUMBER)
    def need_to_know(self, file: int) -> None:
        """Set the flag, or take it back."""
        changed = pick(self.oracle.files, file)
        if self._restrict(changed, self.able(changed, GUARDS)):
            changed.restricted = not changed.restricted

    def _restrict(self, file: File, login: str) -> bool:
        def act() -> bool:
            self.world.act(
                login,
                lambda session, actor, now: rights.set_restricted(
                    session, actor, file.file_id, restricted=not file.restricted, reason=REASON, now=now
                ),
            )
            return True

        return bool(self.done(act))

    @rule(post=NUMBER, deputy=NUMBER, waits=st.sampled_from([0, 6, 48]), lasts=st.sampled_from([4, 24, 72]))
    def arrange_deputy(self, post: int, deputy: int, waits: int, lasts: int) -> None:
        posts = [each.post for person in self.oracle.people for each in person.acting if not each.deputy]
        chosen, person = pick(posts, post), pick(self.oracle.people, deputy)
        since = self.world.now + timedelta(hours=waits)
        until = since + timedelta(hours=lasts)
        made = self.done(
            lambda: self.world.act(
                "",
                lambda session, actor, now: deputies.arrange(
                    session, actor, chosen.post_id, deputy=person.login, since=since, until=until, now=now
                ),
            )
        )
        if made:
            person.acting.append(Acting(made, chosen, Span(since, until), deputy=True))

    @rule(which=NUMBER)
    def end_deputy(self, which: int) -> None:
        running = [each for person in self.oracle.people for each in person.acting if each.deputy]
        if not running:
            return
        ended = pick(running, which)

        def act() -> bool:
            self.world.act("", lambda session, actor, now: deputies.end(session, actor, ended.acting_id, now=now))
            return True

        if self.done(act):
            ended.time.until = max(ended.time.since, self.world.now)
