from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import file_plan, plan_files, rehousing, rehousing_preview, rehousing_run
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotAllowed, StaleRevision
from eakte.records.plan_rows import PlanRefused
from eakte.records.rehousing import RehousingState, Target
from eakte.settings import Settings
from eakte.store.disposal import VerdictRow
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.plan import FilePlan
from eakte.store.references import CASE_FILE, former_references, resolve
from eakte.store.rehousing import Rehousing
from tests.town import NOW, Town

NEW = """code;title;rule_code;lead_unit;reference_pattern;default_restricted
52;Bauen;;;;
52.01;Baugenehmigungen;R-B;63.2;{plan}/{yy}-{number:03}/B;
52.05;Denkmäler;R-B;63.1;{plan} {derivation} {number};
31;Soziales;R-V;;;ja
31.07;Sozialhilfe;R-P;50.1;;
"""


@dataclass
class Reform:
    """The town with a second version of its plan, and a re-mapping to it."""

    town: Town
    source_id: UUID
    target_id: UUID
    rehousing_id: UUID

    def assign(self, **targets: Target) -> None:
        weber = self.town.actor("weber")
        named = {code.replace("_", "."): target for code, target in targets.items()}
        with self.town.database.begin() as session:
            rehousing.assign(session, weber, self.rehousing_id, {code[1:]: to for code, to in named.items()}, now=NOW)

    def order(self, reason: str = "Neuer Aktenplan") -> None:
        weber = self.town.actor("weber")
        with self.town.database.begin() as session:
            rehousing.order(session, weber, self.rehousing_id, reason=reason, now=NOW)

    def batch(self, size: int, after: UUID | None = None) -> UUID | None:
        with self.town.database.begin() as session:
            return rehousing_run.move_batch(session, self.rehousing_id, after, NOW, size=size)

    def run(self) -> None:
        last = self.batch(2)
        while last:
            last = self.batch(2, last)
        with self.town.database.begin() as session:
            rehousing_run.finish(session, self.rehousing_id, NOW)

    def place(self, file: CaseFile) -> tuple[str, str]:
        with self.town.database.reading() as session:
            now = session.get_one(CaseFile, file.id)
            return now.plan_unit.code, now.file_reference

    def unit(self, code: str, login: str = "weber") -> rehousing_preview.UnitPreview:
        actor = self.town.actor(login)
        with self.town.database.reading() as session:
            found = rehousing_preview.preview(session, actor, self.rehousing_id, NOW)
        return next(unit for unit in found if unit.code == code)


@pytest.fixture
def reform(town: Town, tmp_path: Path) -> Reform:
    path = tmp_path / "neu.csv"
    path.write_text(NEW, "utf-8")
    weber = town.actor("weber")
    with town.database.begin() as session:
        source = session.scalars(select(FilePlan)).one()
        target = plan_files.load(session, weber, path, Settings(), title="Aktenplan", version="2", now=NOW)
        made = rehousing.begin(session, weber, source.id, target.id, NOW)
        return Reform(town, source.id, target.id, made.id)


def activate(reform: Reform) -> None:
    weber = reform.town.actor("weber")
    with reform.town.database.begin() as session:
        file_plan.put_in_force(session, weber, reform.target_id, NOW.date(), NOW)


DECIDED = {"c52_01": Target("52.01", renumber=True), "c52_02": Target(), "c31_01": Target("31.07")}


def test_units_with_the_same_code_are_decided_and_all_others_asked_for(reform: Reform) -> None:
    assert reform.unit("52.01").target == Target("52.01")
    assert reform.unit("31.01").problems == ("Noch nicht entschieden.",)
    activate(reform)
    with pytest.raises(PlanRefused) as refused:
        reform.order()
    assert [problem.text for problem in refused.value.problems] == [
        "Für die Einheit 31.01 fehlt die Entscheidung.",
        "Für die Einheit 52.02 fehlt die Entscheidung.",
    ]


def test_the_preview_tells_numbers_retention_and_rights_before_anything_happens(reform: Reform) -> None:
    reform.town.case_file()
    social = reform.town.case_file(plan="31.01", unit="50.1", login="kaya")
    reform.assign(**DECIDED)
    builds, aid = reform.unit("52.01"), reform.unit("31.01")
    assert (builds.open_files, builds.closed_files) == (1, 0)
    (example,) = builds.examples
    assert (example.reference, example.new_reference) == ("52.01-2026/0001", "52.01/26-…/B")
    assert example.retention[0] == "Regel bisher R-V/1 (V), danach R-B/1 (B)."
    (example,) = aid.examples
    assert example.new_reference == example.reference == social.file_reference
    assert "dauernd" in example.retention[1]
    assert "künftig: nur die zuständige Einheit" in aid.rights
    assert reform.place(social) == ("31.01", social.file_reference)


def test_case_files_move_with_history_alias_and_new_retention(reform: Reform) -> None:
    build = reform.town.case_file()
    social = reform.town.case_file(plan="31.01", unit="50.1", login="kaya")
    monument = reform.town.case_file(plan="52.02", unit="63.1", login="ott")
    reform.assign(**DECIDED)
    activate(reform)
    reform.order()
    reform.run()
    assert reform.place(build) == ("52.01", "52.01/26-001/B")
    assert reform.place(social) == ("31.07", social.file_reference)
    assert reform.place(monument) == ("52.02", monument.file_reference)
    with reform.town.database.reading() as session:
        assert former_references(session, [build.id, social.id]) == {build.id: (build.file_reference,)}
        assert resolve(session, build.file_reference) == (CASE_FILE, build.id)
        entries = select(HistoryEntry).where(HistoryEntry.action == "case_file.rehoused")
        told = {entry.case_file_id: entry for entry in session.scalars(entries)}
        assert set(told) == {build.id, social.id}
        assert told[build.id].actor_login == "weber"
        assert told[build.id].reason == "Neuer Aktenplan"
        assert told[build.id].detail == {
            "from": build.file_reference,
            "reference": "52.01/26-001/B",
            "place": "52.01",
            "to": "52.01",
        }
        assert session.get_one(Rehousing, reform.rehousing_id).state is RehousingState.DONE
        assert session.get_one(VerdictRow, social.id) is not None


def test_an_interrupted_job_goes_on_where_it_was(reform: Reform) -> None:
    files = [reform.town.case_file() for _ in range(5)]
    reform.assign(**DECIDED)
    activate(reform)
    reform.order()
    reform.batch(2)
    moved = [file for file in files if reform.place(file)[1] != file.file_reference]
    assert len(moved) == 2
    before = {file.id: reform.place(file) for file in moved}
    reform.run()
    assert {file.id: reform.place(file) for file in moved} == before
    assert len({reform.place(file)[1] for file in files}) == 5
    assert all(reform.place(file)[1].endswith("/B") for file in files)
    reform.run()
    assert len({reform.place(file)[1] for file in files}) == 5


def test_closed_files_keep_their_unit_if_so_decided(reform: Reform) -> None:
    closed, running = reform.town.case_file(), reform.town.case_file()
    reform.town.close(closed.id, on=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    reform.assign(**DECIDED)
    weber = reform.town.actor("weber")
    with reform.town.database.begin() as session:
        rehousing.assign(session, weber, reform.rehousing_id, {}, closed_too=False, now=NOW)
    activate(reform)
    reform.order()
    reform.run()
    assert reform.place(closed) == ("52.01", closed.file_reference)
    assert reform.place(running)[1].endswith("/B")


def test_a_pattern_that_asks_for_a_derivation_keeps_the_number_and_says_so(reform: Reform) -> None:
    monument = reform.town.case_file(plan="52.02", unit="63.1", login="ott")
    reform.assign(**DECIDED | {"c52_02": Target("52.05", renumber=True)})
    assert "verlangt eine Ableitung" in reform.unit("52.02").problems[0]
    activate(reform)
    reform.order()
    reform.run()
    assert reform.place(monument) == ("52.05", monument.file_reference)


def test_counts_and_examples_tell_nothing_of_files_one_may_not_see(reform: Reform) -> None:
    secret = reform.town.case_file(restricted=True)
    reform.assign(**DECIDED)
    unit = reform.unit("52.01")
    assert (unit.open_files, unit.closed_files, unit.examples) == (0, 0, ())
    activate(reform)
    reform.order()
    reform.run()
    assert reform.place(secret)[1].endswith("/B")


def test_only_a_version_in_force_takes_case_files_in(reform: Reform) -> None:
    reform.assign(**DECIDED)
    with pytest.raises(InvalidInput, match="zuerst in Kraft"):
        reform.order()
    activate(reform)
    with pytest.raises(MissingReason):
        reform.order(" ")


def test_an_ordered_re_mapping_is_not_changed_any_more(reform: Reform) -> None:
    reform.assign(**DECIDED)
    activate(reform)
    reform.order()
    with pytest.raises(MoveRefused):
        reform.assign(**DECIDED)
    with pytest.raises(MoveRefused):
        reform.order()


def test_a_target_is_a_unit_where_case_files_may_lie(reform: Reform) -> None:
    for code in ("52", "99"):
        with pytest.raises(InvalidInput):
            reform.assign(c52_01=Target(code))


def test_targets_come_from_a_table_or_not_at_all(reform: Reform) -> None:
    weber = reform.town.actor("weber")
    table = "Bisher;Künftig;Aktenzeichen\n31.01;31.07;neu\n52.02;bleibt;\n"
    with reform.town.database.begin() as session:
        rehousing.load_targets(session, weber, reform.rehousing_id, table.encode(), NOW)
    assert reform.unit("31.01").target == Target("31.07", renumber=True)
    assert reform.unit("52.01").target == Target("52.01")
    with reform.town.database.begin() as session, pytest.raises(PlanRefused, match="Zeile 3"):
        rehousing.load_targets(session, weber, reform.rehousing_id, table.replace("bleibt", "7").encode(), NOW)


def test_two_who_decide_at_once_do_not_overwrite_each_other(reform: Reform) -> None:
    weber = reform.town.actor("weber")
    with reform.town.database.begin() as session:
        rehousing.assign(session, weber, reform.rehousing_id, {"31.01": Target("31.07")}, revision=1, now=NOW)
    with reform.town.database.begin() as session, pytest.raises(StaleRevision):
        rehousing.assign(session, weber, reform.rehousing_id, {"31.01": Target()}, revision=1, now=NOW)


def test_what_could_not_move_is_named_with_its_reason(reform: Reform) -> None:
    file = reform.town.case_file()
    reform.town.close(file.id, on=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    with reform.town.database.begin() as session:
        session.get_one(CaseFile, file.id).state = type(file.state)("offered")
    reform.assign(**DECIDED)
    activate(reform)
    reform.order()
    reform.run()
    weber = reform.town.actor("weber")
    with reform.town.database.reading() as session:
        found = session.get_one(Rehousing, reform.rehousing_id)
        (left,) = rehousing_run.left(session, weber, found, NOW)
    assert (left.reference, "im Zustand" in left.obstacle) == (file.file_reference, True)


@pytest.mark.parametrize("login", ["brandt", "pruefer"])
def test_only_who_keeps_the_plan_re_maps(reform: Reform, login: str) -> None:
    actor = reform.town.actor(login)
    with reform.town.database.begin() as session, pytest.raises(NotAllowed):
        rehousing.begin(session, actor, reform.source_id, reform.target_id, NOW)
    with pytest.raises(NotAllowed):
        reform.unit("52.01", login=login)
