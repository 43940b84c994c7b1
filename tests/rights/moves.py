"""Rules about records that go elsewhere, and about an organisation that changes under them."""

from __future__ import annotations

from uuid import UUID

from hypothesis.stateful import precondition, rule

from eakte.actions import cases, filing, inbox, moving, proposing, reorganising, sharing
from eakte.actions.moving import Move
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.actions.moving_files import FileMove
from eakte.actions.reorganising import Change, Dissolve, Merge, Rename, Split, Target
from tests.rights.machine import NUMBER, pick
from tests.rights.oracle import READS_ITS_UNIT, File, Unit
from tests.rights.restrictions import Restrictions
from tests.rights.rulings import GUARDS, REASON
from tests.rights.world import PLAN


class Moves(Restrictions):
    def _move(self, login: str, move: Move) -> bool:
        """Move as somebody does: look at what it would change, confirm exactly that."""

        def act() -> bool:
            with self.world.services.database.reading() as session:
                told = moving.preview(session, self.world.actor(login), move, self.world.now)
            self.world.act(
                login,
                lambda session, actor, now: moving.carry_out(
                    session, actor, move, confirmed=told.fingerprint, reason=REASON, now=now
                ),
            )
            return True

        return bool(login and self.done(act))

    @precondition(lambda self: self.filed)
    @rule(letter=NUMBER, case=NUMBER)
    def move_document(self, letter: int, case: int) -> None:
        moved, to = pick(self.filed, letter), pick(self.oracle.cases, case)
        assert moved.file
        login = self.able_for_both(moved.file, to.file)
        if self._move(login, DocumentMove(moved.document_id, to.case_id)):
            self.put(moved, to)
            moved.linked.discard(to)

    def able_for_both(self, one: File, other: File) -> str:
        """Return the login of somebody who files and sees both case files."""
        for person in self.oracle.people:
            if self.oracle.files_mail(person) and {one, other} <= self.oracle.visible_files(person):
                return person.login
        return ""

    @rule(case=NUMBER, file=NUMBER)
    def move_case(self, case: int, file: int) -> None:
        moved, to = pick(self.oracle.cases, case), pick(self.oracle.files, file)
        if self._move(self.able_for_both(moved.file, to), CaseMove(moved.case_id, to.file_id)):
            moved.file = to
            to.past.update(letter for letter in self.oracle.letters if letter.case is moved)

    @rule(file=NUMBER, plan=NUMBER, unit=NUMBER)
    def move_file(self, file: int, plan: int, unit: int) -> None:
        """To another place in the file plan, to another lead unit, or both."""
        moved, code, lead = pick(self.oracle.files, file), pick([*PLAN, ""], plan), pick([*self.living, None], unit)
        if self._move(self.able(moved, GUARDS), FileMove(moved.file_id, code, lead.code if lead else "")):
            moved.plan, moved.unit = code or moved.plan, lead or moved.unit
            moved.reference = self.world.reference_of(moved.file_id)

    @precondition(lambda self: self.filed)
    @rule(letter=NUMBER, case=NUMBER)
    def link(self, letter: int, case: int) -> None:
        linked, to = pick(self.filed, letter), pick(self.oracle.cases, case)
        assert linked.file
        login = self.able_for_both(linked.file, to.file)
        if login and self.done(
            lambda: self.world.act(
                login, lambda session, actor, now: sharing.link(session, actor, linked.document_id, to.case_id, now)
            )
        ):
            linked.linked.add(to)

    @precondition(lambda self: self.filed)
    @rule(letter=NUMBER)
    def undo_filing(self, letter: int) -> None:
        taken = pick(self.filed, letter)
        if self.done(
            lambda: self.world.act(
                taken.filed_by, lambda session, actor, now: filing.undo(session, actor, taken.document_id, now)
            )
        ):
            taken.case, taken.filed_by = None, ""
            taken.linked.clear()

    @precondition(lambda self: self.waiting)
    @rule(letter=NUMBER, unit=NUMBER)
    def forward(self, letter: int, unit: int) -> None:
        """Send a misrouted letter to another inbox, where the worker proposes anew."""
        sent, to = pick(self.waiting, letter), pick(self.living, unit)

        def act() -> bool:
            self.world.act(
                "",
                lambda session, actor, now: inbox.reassign(
                    session, actor, sent.item_id, unit_code=to.code, revision=None, now=now
                ),
            )
            self.world.act("", lambda session, _, now: proposing.record_proposals(session, sent.item_id, now))
            return True

        if self.done(act):
            sent.unit = to

    @rule(file=NUMBER)
    def close_or_reopen(self, file: int) -> None:
        changed = pick(self.oracle.files, file)
        closes = changed.state == "open"
        login = self.able(changed, READS_ITS_UNIT if closes else GUARDS)

        def act() -> bool:
            if closes:
                self.world.act(login, lambda session, actor, now: cases.close(session, actor, changed.file_id, now=now))
            else:
                self.world.act(
                    login,
                    lambda session, actor, now: cases.reopen(session, actor, changed.file_id, reason=REASON, now=now),
                )
            return True

        if self.done(act):
            changed.state = "closed" if closes else "open"


class Reorganisations(Moves):
    """Units are renamed, moved, merged, split and dissolved."""

    def _reorganise(self, change: Change) -> bool:
        def act() -> bool:
            self.world.act(
                "", lambda session, actor, now: reorganising.carry_out(session, actor, change, reason=REASON, now=now)
            )
            return True

        return bool(self.done(act))

    def _code(self) -> str:
        return f"9{len(self.oracle.units)}"

    @rule(unit=NUMBER)
    def rename_unit(self, unit: int) -> None:
        changed, code = pick(self.living, unit), f"8{self.turn}"
        if self._reorganise(Rename(changed.code, code, f"Amt {code}")):
            changed.code = code

    @rule(unit=NUMBER, above=NUMBER)
    def move_unit(self, unit: int, above: int) -> None:
        changed, to = pick(self.living, unit), pick([*self.living, None], above)
        if self._reorganise(reorganising.Move(changed.code, to.code if to else None)):
            changed.above = to

    @precondition(lambda self: len(self.living) > 3)
    @rule(unit=NUMBER, other=NUMBER, into=NUMBER)
    def merge_units(self, unit: int, other: int, into: int) -> None:
        """Two become a new one, or one of them or a third takes over."""
        olds = list({pick(self.living, unit): None, pick(self.living, other): None})
        heir = pick([*self.living, None], into)
        target = Target(heir.code) if heir else Target(self._code(), "Neues Amt")
        if not self._reorganise(Merge(tuple(old.code for old in olds), target)):
            return
        made = heir or self._new(olds[0], target.code)
        for old in olds:
            if old is not made:
                self._hand_over(old, (made,))

    @precondition(lambda self: len(self.oracle.units) < 16)
    @rule(unit=NUMBER, other=NUMBER, post=NUMBER)
    def split_unit(self, unit: int, other: int, post: int) -> None:
        """A unit becomes a new one with its code, and another new or living one; one post may go to the second."""
        old, second = pick(self.living, unit), pick([*self.living, None], other)
        if second is old:
            second = None
        targets = (Target(old.code, "Erster Teil"), Target(second.code if second else self._code(), "Zweiter Teil"))
        posts = [one for one in self._posts() if one.unit is old]
        goes = pick(posts, post) if posts and post % 2 else None
        places: dict[UUID, str] = {goes.post_id: targets[1].code} if goes else {}
        if not self._reorganise(Split(old.code, targets, places)):
            return
        parts = (self._new(old, targets[0].code), second or self._new(old, targets[1].code))
        self._hand_over(old, parts)
        if goes:
            goes.unit = parts[1]

    @precondition(lambda self: len(self.living) > 3)
    @rule(unit=NUMBER, heir=NUMBER)
    def dissolve_unit(self, unit: int, heir: int) -> None:
        old, to = pick(self.living, unit), pick(self.living, heir)
        if not self._reorganise(Dissolve(old.code, to.code)):
            return
        for post in self._posts():
            post.ended = post.ended or post.unit is old
        self._hand_over(old, (to,))

    def _posts(self) -> list:  # type: ignore[type-arg]  # of posts, each once
        return list({each.post: None for person in self.oracle.people for each in person.acting if not each.post.ended})

    def _new(self, beside: Unit, code: str) -> Unit:
        made = Unit(code, beside.above)
        self.oracle.units.append(made)
        return made

    def _hand_over(self, old: Unit, heirs: tuple[Unit, ...]) -> None:
        for child in self.living:
            if child.above is old:
                child.above = heirs[0]
        for post in self._posts():
            if post.unit is old:
                post.unit = heirs[0]
        old.heirs = heirs
