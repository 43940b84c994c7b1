"""Reorganisation: one action, no case file touched, everybody sees what the new organisation says."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from eakte.actions import case_lists, cases, choices, filing, inbox, intake, organisation, reorganising, users
from eakte.actions.entries import entry_of, expected_versions
from eakte.actions.intake import Source, Upload
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.actions.moving_files import FileMove
from eakte.actions.reorganisation_preview import preview
from eakte.actions.reorganising import Change, Dissolve, Merge, Move, Rename, Split, Target
from eakte.errors import InvalidInput, MissingReason, NotAllowed
from eakte.records.access import SYSTEM, Role
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.people import OrgUnit, Post
from tests.actions.test_deputies import last_entry, sees, stand_in
from tests.actions.test_moving import first_case, moved
from tests.town import Town

DAY = timedelta(days=1)


def reorganise(town: Town, change: Change, *, by: str = "admin") -> None:
    actor = town.actor(by)
    with town.database.begin() as session:
        reorganising.carry_out(session, actor, change, reason="Neue Gliederung", now=town.now)


def rows(town: Town) -> list[tuple[object, ...]]:
    with town.database.reading() as session:
        query = select(CaseFile.id, CaseFile.org_unit_id, CaseFile.access_key, CaseFile.revision)
        return [tuple(row) for row in session.execute(query.order_by(CaseFile.file_reference)).all()]


CHANGES = [
    Rename("63.2", "63.5", "Bauaufsicht"),
    Move("63.2", "50"),
    Merge(("63.1", "63.2"), Target("63.7", "Bauordnung")),
    Merge(("63.2",), Target("50.1")),
    Split("63.2", (Target("63.8", "Nord"), Target("63.9", "Süd"))),
    Dissolve("63.2", "63.1"),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_no_reorganisation_touches_a_case_file(town: Town, change: Change) -> None:
    town.case_file()
    town.case_file(plan="31.01", unit="50.1", login="kaya")
    before = rows(town)
    reorganise(town, change)
    assert rows(town) == before
    with town.database.reading() as session:
        entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.sequence.desc()).limit(1)).one()
    assert entry.action.startswith("unit.")
    assert entry.reason == "Neue Gliederung"


@pytest.mark.parametrize("change", CHANGES[:-1], ids=lambda change: type(change).__name__)
def test_clerks_go_on_seeing_their_files(town: Town, change: Change) -> None:
    case_file = town.case_file()
    reorganise(town, change)
    assert sees(town, "brandt", case_file.id)


def test_a_renamed_unit_is_shown_by_its_new_code(town: Town) -> None:
    case_file, filed = town.filed()
    with town.database.reading() as session:
        before = dict(expected_versions(session))[str(filed.document_id)]
    reorganise(town, Rename("63.2", "63.5", "Bauaufsicht"))
    with town.database.reading() as session:
        rows, _ = case_lists.listing(session, town.actor("brandt"), now=town.now)
        entry = entry_of(session, filed.document_id, town.now)
        assert dict(expected_versions(session))[str(filed.document_id)] > before
    assert [(row.case_file_id, row.unit_code) for row in rows] == [(case_file.id, "63.5")]
    assert entry is not None
    assert entry.org_unit == "63.5"
    assert town.actor("brandt").home_unit == "63.5"


@pytest.mark.parametrize("what", ["document", "case", "file", "filing"])
def test_what_leaves_a_unit_that_was_renamed_often_replaces_its_older_entry_in_the_index(town: Town, what: str) -> None:
    case_file, filed = town.filed()
    target = town.case_file(unit="63.1", login="ott")
    for code in ("63.5", "63.6", "63.7"):
        reorganise(town, Rename("63.2" if code == "63.5" else f"63.{int(code[-1]) - 1}", code, "Bauaufsicht"))

    def version() -> int:
        with town.database.reading() as session:
            return dict(expected_versions(session))[str(filed.document_id)]

    before = version()
    if what == "filing":
        with town.database.begin() as session:
            item_id = filing.undo(session, town.actor("brandt"), filed.document_id, town.now)
            session.get_one(IncomingItem, item_id).access_key = "unit:63.1"
        town.file(item_id, target.id, login="ott")
    else:
        to = first_case(town, target.id)
        moved(
            town,
            {
                "document": DocumentMove(filed.document_id, to),
                "case": CaseMove(first_case(town, case_file.id), target.id),
                "file": FileMove(case_file.id, org_unit_code="63.1"),
            }[what],
            "ott",
        )
    assert version() > before


def test_a_unit_that_moves_takes_its_files_to_the_new_head_and_from_the_old_one(town: Town) -> None:
    case_file = town.case_file()
    assert sees(town, "ott", case_file.id)
    reorganise(town, Move("63.2", "50"))
    assert not sees(town, "ott", case_file.id)
    reorganise(town, Move("50.1", "63"))
    other = town.case_file(plan="31.01", unit="50.1", login="kaya")
    assert sees(town, "ott", other.id)


def test_after_a_merger_both_see_the_files_of_both_under_the_code_of_the_new_unit(town: Town) -> None:
    building = town.case_file()
    social = town.case_file(plan="31.01", unit="50.1", login="kaya")
    reorganise(town, Merge(("50.1", "63.2"), Target("70", "Bauen und Wohnen")))
    for login in ("brandt", "kaya"):
        assert sees(town, login, building.id)
        assert sees(town, login, social.id)
    with town.database.reading() as session:
        rows, _ = case_lists.listing(session, town.actor("kaya"), now=town.now)
        units = {choice.code for choice in choices.units(session, town.actor("kaya"))}
    assert {row.unit_code for row in rows} == {"70"}
    assert units == {"70"}


def test_merging_into_one_of_the_units_keeps_that_one(town: Town) -> None:
    case_file = town.case_file()
    reorganise(town, Merge(("63.1", "63.2"), Target("63.1")))
    assert sees(town, "brandt", case_file.id)
    assert town.actor("brandt").home_unit == "63.1"


def test_both_parts_of_a_divided_unit_see_its_files_and_each_its_own_new_ones(town: Town) -> None:
    old = town.case_file()
    with town.database.begin() as session:
        users.assign_post(
            session,
            SYSTEM,
            "kaya",
            unit_code="63.2",
            title="Süd",
            role=Role.CLERK,
            valid_from=town.now.date(),
            now=town.now,
        )
        posts = {session.scalars(select(Post.id).where(Post.title == "Süd")).one(): "63.9"}
    reorganise(town, Split("63.2", (Target("63.8", "Nord"), Target("63.9", "Süd")), posts))
    north = town.case_file(unit="63.8")
    assert sees(town, "brandt", old.id)
    assert sees(town, "kaya", old.id)
    assert sees(town, "brandt", north.id)
    assert not sees(town, "kaya", north.id)


def test_who_held_a_post_of_a_dissolved_unit_loses_it_and_the_successor_takes_over(town: Town) -> None:
    case_file = town.case_file()
    reorganise(town, Dissolve("63.2", "50.1"))
    assert not sees(town, "brandt", case_file.id)
    assert sees(town, "kaya", case_file.id)


def test_the_inbox_of_a_dissolved_unit_reaches_the_successor(town: Town) -> None:
    item_id = town.waiting()
    reorganise(town, Dissolve("63.2", "50.1"))
    actor = town.actor("kaya")
    with town.database.reading() as session:
        page = inbox.listing(session, actor, band=None, after=None, limit=10, now=town.now)
    assert [(row.item_id, row.unit_code) for row in page.rows] == [(item_id, "50.1")]


def test_a_letter_in_the_folder_of_a_unit_that_is_gone_comes_to_its_successor(town: Town) -> None:
    reorganise(town, Merge(("63.2",), Target("50.1")))
    stored = town.objects.put(io.BytesIO(b"Brief"))
    upload = Upload(stored, "brief.pdf", Source.FOLDER, "63.2", "folder:1")
    with town.database.begin() as session:
        receipt = intake.receive(session, town.objects, SYSTEM, upload, town.now)
        assert inbox.show(session, town.actor("kaya"), receipt.item_id, town.now).row.unit_code == "50.1"
        assert organisation.inbox_of(session, "gibt es nicht") is None


def test_a_deputyship_moves_with_its_post(town: Town) -> None:
    case_file = town.case_file()
    stand_in(town, deputy="adler", for_login="brandt")
    reorganise(town, Merge(("63.2",), Target("50.1")))
    assert sees(town, "adler", case_file.id)


def test_a_code_may_be_given_again_but_its_key_never(town: Town) -> None:
    old = town.case_file()
    reorganise(town, Merge(("63.2",), Target("63.1")))
    with town.database.begin() as session:
        organisation.add_unit(session, SYSTEM, code="63.2", name="Neu", kind="Bereich", parent="50", now=town.now)
        keys = session.scalars(select(OrgUnit.key).where(OrgUnit.code == "63.2")).all()
    assert len(set(keys)) == 2
    assert sees(town, "brandt", old.id)
    reorganise(town, Move("63.2", "63"))
    assert last_entry(town, "unit.moved").detail == {"unit": "63.2", "to": "63"}


def test_the_preview_says_who_would_see_what_and_changes_nothing(town: Town) -> None:
    town.case_file()
    town.waiting()
    before = rows(town)
    with town.database.begin() as session:
        told = preview(session, town.actor("admin"), Merge(("63.2",), Target("50.1")), town.now)
        entries = session.scalars(select(HistoryEntry.action)).all()
    assert (told.case_files, told.items, [post.people for post in told.posts]) == (1, 1, [("Brandt, K.",)])
    gained = {sight.name: sight.units for sight in told.gained}
    assert gained["Kaya, S."] == ("63.2 Amt 63.2",)
    assert gained["Brandt, K."] == ("50.1 Amt 50.1",)
    assert {sight.name for sight in told.lost} == {"Ott, M."}
    assert rows(town) == before
    assert "unit.merged" not in entries
    assert sees(town, "ott", before[0][0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        Rename("63.2", "63.1", "Doppelt"),
        Rename("99", "98", "Unbekannt"),
        Move("63", "63.2"),
        Move("63.2", "63.2"),
        Merge(("63.2",), Target("63.2")),
        Merge(("63.2",), Target("71")),
        Merge(("63",), Target("63.2")),
        Split("63.2", (Target("63.8", "Nord"),)),
        Dissolve("63.2", "63.2"),
        Dissolve("63", "63.2"),
    ],
    ids=repr,
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(town: Town, change: Change) -> None:
    case_file = town.case_file()
    with pytest.raises(InvalidInput):
        reorganise(town, change)
    assert sees(town, "brandt", case_file.id)
    assert sees(town, "ott", case_file.id)


def test_only_the_administration_reorganises_and_gives_a_reason(town: Town) -> None:
    with pytest.raises(NotAllowed):
        reorganise(town, CHANGES[0], by="ott")
    with town.database.begin() as session, pytest.raises(MissingReason):
        reorganising.carry_out(session, town.actor("admin"), CHANGES[0], reason=" ", now=town.now)


def test_a_unit_that_is_gone_takes_no_new_files_and_no_new_letters(town: Town) -> None:
    reorganise(town, Merge(("63.2",), Target("63.1")))
    actor = town.actor("brandt")
    with town.database.begin() as session, pytest.raises(InvalidInput):
        cases.open_case_file(session, actor, cases.NewCaseFile("52.01", "Neu", "63.2"), town.now)
    with pytest.raises(InvalidInput):
        town.receive(unit="63.2")
    assert town.receive(unit="63.1").outcome is intake.ReceiptOutcome.ACCEPTED
