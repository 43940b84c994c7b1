from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import (
    DisposalAction,
    archived_part,
    handed_over,
    parents,
    read_appraisal,
    read_import_result,
    read_message,
    read_receipt,
    validate,
    write_appraisal_receipt,
    write_offer,
    write_transfer,
)
from retention.archives.folder import FolderGateway
from retention.errors import MessageUnexpectedError
from tests.retention.receiver import Delivery, Misbehaviour, Receiver
from tests.retention.samples import HEAD, PROCESS, case_file, content, open_file, primary, schema_folder

FILES = (case_file(1), case_file(2))
TREE = parents(FILES)
FIRST = FILES[0]


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture
def archive(outbox: Path) -> Receiver:
    return Receiver(schema_folder(), outbox)


@pytest.fixture
def offer(archive: Receiver, tmp_path: Path) -> Delivery:
    return archive.open(write_offer(FILES, HEAD, tmp_path).path, "0501")


def test_the_whole_way_from_offer_to_confirmation(archive: Receiver, outbox: Path, tmp_path: Path) -> None:
    schemas = schema_folder()
    work, share = tmp_path / "work", tmp_path / "share"
    work.mkdir()
    share.mkdir()
    gateway = FolderGateway(share, outbox)

    written = write_offer(FILES, HEAD, work)
    assert validate(written.path, schemas) == ()
    gateway.send(written.path, written.path.name)
    offered = archive.open(share / written.path.name, "0501")
    assert not offered.files
    assert set(offered.objects) == set(TREE)

    kept = FIRST.cases[0].case_id
    refused = FIRST.cases[1].case_id
    archive.acknowledge(offered, "0504")
    archive.appraise(offered, {each: "V" for each in TREE if each not in {FIRST.file_id, kept}})
    receipt, appraised = (each.path for each in sorted(gateway.receive(), key=lambda each: each.name))
    assert read_receipt(receipt, PROCESS).differences == ()
    appraisal = read_appraisal(appraised, PROCESS, TREE)
    assert appraisal.differences == ()
    assert appraisal.decisions[kept] is DisposalAction.ARCHIVE
    assert appraisal.decisions[refused] is DisposalAction.DESTROY
    confirmation = write_appraisal_receipt(HEAD, work)
    assert validate(confirmation.path, schemas) == ()
    gateway.acknowledge(receipt.name)
    gateway.acknowledge(appraised.name)

    parts = [part for each in FILES if (part := archived_part(each, appraisal.decisions)) is not None]
    assert [part.file_id for part in parts] == [FIRST.file_id]
    transfer = write_transfer(parts, HEAD, work, open_file=open_file)
    assert validate(transfer.path, schemas) == ()
    gateway.send(transfer.path, transfer.path.name)
    delivered = archive.open(share / transfer.path.name, "0503")
    assert delivered.objects == [FIRST.file_id, kept]
    assert len(delivered.files) == 6

    archive.acknowledge(delivered, "0507")
    archive.confirm_import(delivered)
    messages = {read_message(each.path).code: each.path for each in gateway.receive()}
    assert sorted(messages) == ["0506", "0507"]
    result = read_import_result(messages["0506"], PROCESS, handed_over(parts))
    assert result.complete
    assert {each.object_id: each.archive_reference for each in result.results} == {
        FIRST.file_id: "StadtA, Dig. 1",
        kept: "StadtA, Dig. 2",
    }


@given(st.text(min_size=1).filter(lambda text: text.strip()), st.text(), st.text())
def test_any_text_makes_a_message_that_the_archive_can_read(subject: str, sender: str, name: str) -> None:
    document = FIRST.documents[0]
    file = replace(document.files[0], original_name=name)
    changed = replace(FIRST, subject=subject, documents=(replace(document, sender=sender, files=(file,)),))
    with TemporaryDirectory() as folder:
        path = write_transfer([changed], HEAD, Path(folder), open_file=open_file).path
        assert validate(path, schema_folder()) == ()


def test_the_bytes_arrive_as_they_left(archive: Receiver, tmp_path: Path) -> None:
    delivered = archive.open(write_transfer([FIRST], HEAD, tmp_path, open_file=open_file).path, "0503")
    file = primary(1, 1, 0)
    assert delivered.files[f"{file.file_id}.pdf"] == file.sha256
    assert content(file.file_id)


def test_a_case_without_its_own_decision_follows_its_file(archive: Receiver, offer: Delivery) -> None:
    cases = {case.case_id for case in FIRST.cases}
    answer = archive.appraise(offer, {}, Misbehaviour(forget=cases))
    appraisal = read_appraisal(answer, PROCESS, TREE)
    assert appraisal.differences == ()
    assert appraisal.inherited == cases
    assert all(appraisal.decisions[each] is DisposalAction.ARCHIVE for each in cases)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Misbehaviour(forget={FIRST.file_id, *(case.case_id for case in FIRST.cases)}), "undecided"),
        (Misbehaviour(invent=True), "unknown-object"),
        (Misbehaviour(leave_in_review={FIRST.file_id}), "left-in-review"),
        (Misbehaviour(twice={FIRST.file_id}), "decided-twice"),
    ],
)
def test_each_fault_of_an_appraisal_is_listed(
    archive: Receiver, offer: Delivery, wrong: Misbehaviour, code: str
) -> None:
    appraisal = read_appraisal(archive.appraise(offer, {}, wrong), PROCESS, TREE)
    assert code in {difference.code for difference in appraisal.differences}
    if code != "unknown-object":
        assert FIRST.file_id not in appraisal.decisions


def test_a_file_left_in_review_decides_nothing_for_its_cases(archive: Receiver, offer: Delivery) -> None:
    cases = {case.case_id for case in FIRST.cases}
    wrong = Misbehaviour(leave_in_review={FIRST.file_id}, forget=cases)
    appraisal = read_appraisal(archive.appraise(offer, {}, wrong), PROCESS, TREE)
    assert not cases & set(appraisal.decisions)
    assert {each.object_id for each in appraisal.differences if each.code == "undecided"} == cases


def test_an_archived_case_in_a_destroyed_file_is_shown(archive: Receiver, offer: Delivery) -> None:
    appraisal = read_appraisal(archive.appraise(offer, {FIRST.file_id: "V"}), PROCESS, TREE)
    assert {each.code for each in appraisal.differences} == {"parent-destroyed"}


def test_an_answer_to_another_process_decides_nothing(archive: Receiver, offer: Delivery) -> None:
    wrong = Misbehaviour(process_id="00000000-0000-4000-8000-000000000000")
    appraisal = read_appraisal(archive.appraise(offer, {}, wrong), PROCESS, TREE)
    assert [each.code for each in appraisal.differences] == ["wrong-process"]
    assert not appraisal.decisions
    result = read_import_result(archive.confirm_import(offer, wrong), PROCESS, handed_over(FILES))
    assert not result.complete
    assert not result.results


def test_a_partly_failed_import_names_object_and_reason(archive: Receiver, offer: Delivery) -> None:
    rejected, forgotten = FIRST.file_id, FILES[1].file_id
    wrong = Misbehaviour(reject={rejected}, forget={forgotten})
    result = read_import_result(archive.confirm_import(offer, wrong), PROCESS, handed_over(FILES))
    assert not result.complete
    assert {(each.code, each.object_id) for each in result.differences} == {
        ("rejected", rejected),
        ("unconfirmed", forgotten),
    }
    assert "Format defekt" in next(each.text for each in result.differences if each.code == "rejected")


def test_a_message_of_the_wrong_kind_is_refused(archive: Receiver, offer: Delivery) -> None:
    with pytest.raises(MessageUnexpectedError, match="erwartet 0502"):
        read_appraisal(archive.confirm_import(offer), PROCESS, TREE)


def test_documents_of_a_destroyed_file_stay_behind() -> None:
    decisions = {FIRST.file_id: DisposalAction.DESTROY, FIRST.cases[0].case_id: DisposalAction.ARCHIVE}
    part = archived_part(FIRST, decisions)
    assert part is not None
    assert part.documents == ()
    assert part.retention == replace(FIRST.retention, action=DisposalAction.DESTROY)
    assert archived_part(FIRST, {FIRST.file_id: DisposalAction.DESTROY}) is None
