"""Every message we write, in every version we write it in: valid, complete, and without a hint of an archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from retention import (
    WRITTEN_VERSIONS,
    DisposalAction,
    MessageHead,
    Naming,
    Plan,
    PlanUnit,
    UnitResult,
    archived_part,
    handed_over,
    inspect,
    parents,
    read_message,
    write_appraisal_receipt,
    write_catalogue_receipt,
    write_catalogue_result,
    write_handover,
    write_offer,
    write_plan_offer,
    write_transfer,
)
from retention.errors import OfferIncompleteError, VersionUnknownError
from retention.xdomea.write import Written
from tests.retention.samples import HEAD, case_file, identity, open_file, schema_folder, wanted

ORIGIN = identity("message", "of the archive")
PLAN = Plan(
    "Aktenplan der Stadt",
    "2027",
    date(2027, 1, 1),
    None,
    (
        PlanUnit("5", "Bauen", None, 0, DisposalAction.REVIEW, 10, unit_id=identity("unit", "5")),
        PlanUnit("52", "Bauordnung", "5", 1, DisposalAction.DESTROY, 5, unit_id=identity("unit", "52")),
        PlanUnit("6", "Umwelt", None, 0, DisposalAction.ARCHIVE, None, unit_id=identity("unit", "6")),
    ),
    plan_id=identity("plan"),
)
RESULTS = (
    UnitResult(identity("unit", "5"), accepted=True),
    UnitResult(identity("unit", "6"), accepted=False, errors=("fehlt",)),
)
FILES = [case_file(1), case_file(2)]

WRITERS: dict[str, Callable[[MessageHead, Path], Written]] = {
    "0501": lambda head, folder: write_offer(FILES, head, folder),
    "0503": lambda head, folder: write_transfer(map(wanted, FILES), head, folder, open_file=open_file),
    "0505": write_appraisal_receipt,
    "0511": lambda head, folder: write_plan_offer(PLAN, head, folder),
    "0514": lambda head, folder: write_catalogue_result(RESULTS, head, folder),
    "0515": write_catalogue_receipt,
}


def head(version: str) -> MessageHead:
    return replace(HEAD, version=version, answers=ORIGIN)


@pytest.mark.parametrize("version", WRITTEN_VERSIONS)
@pytest.mark.parametrize("code", WRITERS)
def test_what_we_write_is_valid_and_leaves_nothing_to_wish(version: str, code: str, tmp_path: Path) -> None:
    written = WRITERS[code](head(version), tmp_path)
    report = inspect(written.path, schema_folder())
    assert (report.version, report.code, report.process_id) == (version, code, HEAD.process_id)
    assert (report.findings, report.hints) == ((), ())


@pytest.mark.parametrize("code", WRITERS)
def test_a_message_of_4_0_0_says_what_it_answers_and_which_one_it_is(code: str, tmp_path: Path) -> None:
    sent = replace(head("4.0.0"), number=2, total=3)
    written = WRITERS[code](sent, tmp_path)
    assert written.path.name == f"{HEAD.process_id}_{code}_2.zip"
    message = read_message(written.path)
    assert (message.message_id, message.number, message.total) == (sent.message_id, 2, 3)
    assert message.answers == (ORIGIN if code in {"0505", "0514", "0515"} else None)
    assert message.receipt_wanted is (code in {"0501", "0503", "0511"})


def test_every_head_is_a_new_message() -> None:
    parties = {"sender": HEAD.sender, "receiver": HEAD.receiver}
    first, second = (MessageHead(HEAD.process_id, HEAD.created_at, **parties) for _ in range(2))
    assert first.message_id != second.message_id


def test_an_answer_in_4_0_0_needs_the_message_it_answers(tmp_path: Path) -> None:
    with pytest.raises(OfferIncompleteError, match="0502"):
        write_appraisal_receipt(replace(HEAD, version="4.0.0"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("naming", "name"),
    [
        (Naming.LONG, "Aussonderung.Anbieteverzeichnis.0501"),
        (Naming.NUMBERED, "0501_1"),
        (Naming.SHORT, "0501"),
    ],
)
@pytest.mark.parametrize("version", WRITTEN_VERSIONS)
def test_an_archive_can_ask_for_another_name(version: str, naming: Naming, name: str, tmp_path: Path) -> None:
    written = write_offer(FILES, replace(head(version), naming=naming), tmp_path)
    assert written.path.name == f"{HEAD.process_id}_{name}.zip"
    assert inspect(written.path, schema_folder()).findings == ()


@pytest.mark.parametrize("version", ["3.0.0", "2.4.0", "5.0.0", ""])
def test_other_versions_are_not_written(version: str, tmp_path: Path) -> None:
    with pytest.raises(VersionUnknownError, match=r"3\.1\.0 oder 4\.0\.0"):
        write_offer(FILES, head(version), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_hand_over_to_another_system_is_written_where_its_schema_is_known(tmp_path: Path) -> None:
    written = write_handover(FILES, HEAD, tmp_path, open_file=open_file)
    assert written.path.name.endswith("_Abgabe.Abgabe.0401.zip")
    assert inspect(written.path, schema_folder()).findings == ()
    with pytest.raises(VersionUnknownError, match="0401"):
        write_handover(FILES, head("4.0.0"), tmp_path, open_file=open_file)


@pytest.mark.parametrize("version", WRITTEN_VERSIONS)
def test_a_plan_without_uuids_cannot_be_appraised(version: str, tmp_path: Path) -> None:
    bare = replace(PLAN, plan_id="", units=(replace(PLAN.units[0], unit_id=""),))
    with pytest.raises(OfferIncompleteError, match=r"Aktenplans.*Aktenplaneinheit 5"):
        write_plan_offer(bare, head(version), tmp_path)


def test_what_only_goes_along_is_marked_as_context_and_needs_no_confirmation(tmp_path: Path) -> None:
    wanted = FILES[0].cases[0]
    decisions = dict.fromkeys(parents(FILES), DisposalAction.DESTROY) | {wanted.case_id: DisposalAction.ARCHIVE}
    part = archived_part(FILES[0], decisions)
    assert part is not None
    sent = handed_over([part])
    assert sent.objects == {wanted.case_id}
    assert sent.others == {part.file_id, *(document.document_id for document in wanted.documents)}
    written = write_transfer([part], head("4.0.0"), tmp_path, open_file=open_file)
    assert inspect(written.path, schema_folder()).findings == ()
