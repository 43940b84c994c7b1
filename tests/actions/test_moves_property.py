"""Any sequence of openings and moves, against a naive model: identity, history, references and rights hold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions import moving, structure, verification
from eakte.actions.entries import entry_of, expected_versions
from eakte.actions.guard import document_of
from eakte.actions.moving import Move, Moved
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.actions.moving_files import FileMove
from eakte.errors import InvalidInput, MoveNotPossible, NotFound, TooDeep
from eakte.records.structure import MOST_LEVELS, above
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, SubFile, visible
from eakte.store.history import HistoryEntry
from eakte.store.references import ReferenceAlias, resolve
from tests.actions import test_moving
from tests.town import Town

STEPS = 10


@dataclass
class World:
    """What the model knows: every reference a record ever had, and how new its index entry was."""

    town: Town
    ways: dict[str, tuple[str, UUID]] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    def learn(self) -> None:
        """Note every reference as it stands; one reference never comes to stand for two records."""
        for reference, record in self.standing():
            assert self.ways.setdefault(reference, record) == record, reference

    def standing(self) -> Iterator[tuple[str, tuple[str, UUID]]]:
        with self.town.database.reading() as session:
            for file in session.scalars(select(CaseFile)):
                yield file.file_reference, ("case_file", file.id)
                for part in (*file.sub_files, *file.cases):
                    kind = "sub_file" if isinstance(part, SubFile) else "case"
                    yield structure.reference_of(part, file), (kind, part.id)
            for document in session.scalars(select(Document).where(Document.case_id.is_not(None))):
                case = session.get_one(BusinessCase, document.case_id)
                reference = f"{structure.reference_of(case, case.case_file)}#{document.position:04d}"
                yield reference, ("document", document.id)

    def check(self) -> None:
        """Everything that must hold after any step."""
        with self.town.database.reading() as session:
            for reference, record in self.ways.items():
                assert resolve(session, reference) == record, reference
            for document_id, version in ((UUID(key), version) for key, version in expected_versions(session)):
                assert version >= self.versions.get(document_id, 0)
                self.versions[document_id] = version
            self._check_levels(session)

    def check_rights(self) -> None:
        """Who sees the file a document lies in now sees the document, in the database and in the index; nobody else."""
        for login in ("brandt", "kaya", "weber"):
            self._check_rights(login)

    def _check_levels(self, session: Session) -> None:
        for file_id in session.scalars(select(CaseFile.id)).all():
            outline = structure.outline_of(session, file_id)
            for key in outline.cases:
                folder, holding = outline.sub_file_of_case(key), list(above(key, outline.case_parents))
                folders = 0 if folder is None else 1 + len(list(above(folder, outline.sub_file_parents)))
                assert 1 + folders + len(holding) + 1 + 1 <= MOST_LEVELS
                assert all(outline.cases[each].case_file_id == file_id for each in holding)

    def _check_rights(self, login: str) -> None:
        actor = self.town.actor(login)
        with self.town.database.reading() as session:
            seen = set(session.scalars(select(CaseFile.id).where(visible(actor.keys, self.town.now))))
            for document in session.scalars(select(Document).where(Document.case_id.is_not(None))).all():
                home = session.get_one(BusinessCase, document.case_id).case_file_id
                entry = entry_of(session, document.id, self.town.now)
                assert entry is not None
                if home in seen:
                    assert document_of(session, actor, document.id, self.town.now).id == document.id
                    assert entry.access_keys & actor.keys
                else:
                    with pytest.raises(NotFound):
                        document_of(session, actor, document.id, self.town.now)
                    assert not entry.access_keys & actor.keys


def carried_out(world: World, move: Move) -> Moved | None:
    """Do a move as it was told, or return ``None`` where it is refused; refused, nothing changes."""
    town, actor = world.town, world.town.actor("ott")
    try:
        preview = test_moving.told(town, move, "ott")
        with town.database.begin() as session:
            return moving.carry_out(session, actor, move, confirmed=preview.fingerprint, reason="Ordnung", now=town.now)
    except (MoveNotPossible, NotFound):
        return None


def step(world: World, dice: random.Random) -> None:
    town, actor = world.town, world.town.actor("ott")
    with town.database.reading() as session:
        files = list(session.scalars(select(CaseFile.id).order_by(CaseFile.file_reference)))
        cases = list(session.scalars(select(BusinessCase.id)))
        folders = list(session.execute(select(SubFile.id, SubFile.case_file_id)).all())
        documents = list(session.scalars(select(Document.id).where(Document.case_id.is_not(None))))
        homes = dict(session.execute(select(BusinessCase.id, BusinessCase.case_file_id)).all())
    file_id = dice.choice(files)
    inside = [key for key, home in homes.items() if home == file_id]
    folder = dice.choice([None, *(key for key, home in folders if home == file_id)])
    parent = dice.choice([None, *inside])
    what = dice.randrange(6)
    try:
        if what == 0:
            with town.database.begin() as session:
                structure.open_sub_file(session, actor, file_id, "Band", parent_id=folder, now=town.now)
        elif what == 1:
            with town.database.begin() as session:
                structure.open_case(
                    session, actor, file_id, "Teil", town.now, sub_file_id=None if parent else folder, parent_id=parent
                )
        elif what == 2:
            carried_out(world, DocumentMove(dice.choice(documents), dice.choice(cases)))
        elif what in {3, 4}:
            target = CaseMove(dice.choice(cases), file_id, None if parent else folder, parent)
            carried_out(world, target)
        else:
            plan, lead = dice.choice(["52.01", "31.01", ""]), dice.choice(["63.1", "63.2", ""])
            carried_out(world, FileMove(file_id, file_plan_code=plan, org_unit_code=lead))
    except (TooDeep, NotFound, InvalidInput):
        return


@given(seed=st.integers(0, 2**32))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_moved_keeps_identity_history_references_and_rights(town: Town, seed: int) -> None:
    dice, world = random.Random(seed), World(town)
    for _ in range(2):
        town.filed(login="ott")
    world.learn()
    with town.database.reading() as session:
        documents = session.scalar(select(func.count()).select_from(Document))
    for _ in range(STEPS):
        step(world, dice)
        world.learn()
        world.check()
    world.check_rights()
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Document)) == documents
        told = set(session.scalars(select(HistoryEntry.about_id).where(HistoryEntry.action.like("%.moved"))))
        alone = set(session.scalars(select(ReferenceAlias.record_id)))
        assert {str(record_id) for record_id in alone} <= told
        assert verification.verify(session).first_broken is None
