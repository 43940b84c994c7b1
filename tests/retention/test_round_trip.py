from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import (
    DIFFERENCE_LABELS,
    WRITTEN_VERSIONS,
    Difference,
    DisposalAction,
    MessageHead,
    archived_part,
    handed_over,
    parents,
    read_appraisal,
    read_import_result,
    read_message,
    read_receipt,
    transfer_differences,
    validate,
    write_appraisal_receipt,
    write_offer,
    write_transfer,
)
from retention.archives.box import BoxGateway
from retention.archives.folder import FolderBox
from retention.errors import MessageUnexpectedError
from retention.xdomea.write import Written
from tests.retention.receiver import Delivery, Misbehaviour, Receiver
from tests.retention.samples import HEAD, PROCESS, case_file, content, open_file, primary, schema_folder, wanted

FILES = (case_file(1), case_file(2))
TREE = parents(FILES)
OFFERED = handed_over(FILES)
FIRST = FILES[0]


@pytest.fixture(params=WRITTEN_VERSIONS)
def head(request: pytest.FixtureRequest) -> MessageHead:
    return replace(HEAD, version=request.param, answers=PROCESS)


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture
def archive(outbox: Path) -> Receiver:
    return Receiver(schema_folder(), outbox)


@pytest.fixture
def offer(archive: Receiver, head: MessageHead, tmp_path: Path) -> Delivery:
    return archive.open(write_offer(FILES, head, tmp_path).path, "0501")


@pytest.fixture
def transfer(archive: Receiver, head: MessageHead, tmp_path: Path) -> Delivery:
    return archive.open(write_transfer(FILES, head, tmp_path, open_file=open_file).path, "0503")


def codes(differences: Iterable[Difference]) -> set[str]:
    assert all(each.code in DIFFERENCE_LABELS and each.text.endswith(".") for each in differences)
    return {each.code for each in differences}


@dataclass
class Post:
    """The way between the city and its archive."""

    archive: Receiver
    gateway: BoxGateway
    share: Path

    def deliver(self, written: Written) -> Delivery:
        """What arrives of a message that stood its check."""
        assert validate(written.path, schema_folder()) == ()
        self.gateway.send(written.path, written.path.name)
        return self.archive.open(self.share / written.path.name, written.code)

    def answers(self) -> dict[str, Path]:
        """What the archive sent since the last time, by code."""
        kept = {}
        for each in self.gateway.receive():
            kept[read_message(each.path).code] = Path(shutil.copy(each.path, self.share / each.name))
            self.gateway.acknowledge(each.name)
        assert all(validate(path, schema_folder()) == () for path in kept.values())
        return kept


@pytest.fixture
def post(archive: Receiver, outbox: Path, tmp_path: Path) -> Post:
    share = tmp_path / "share"
    share.mkdir()
    return Post(archive, BoxGateway(FolderBox(share, outbox)), share)


def test_the_whole_way_from_offer_to_confirmation(post: Post, tmp_path: Path, head: MessageHead) -> None:
    archive = post.archive
    offered = post.deliver(write_offer(FILES, head, tmp_path))
    assert not offered.files
    assert set(offered.objects) == set(TREE)

    kept = FIRST.cases[0].case_id
    refused = FIRST.cases[1].case_id
    archive.acknowledge(offered, "0504")
    archive.appraise(offered, {each: "V" for each in TREE if each not in {FIRST.file_id, kept}})
    answers = post.answers()
    assert read_receipt(answers["0504"], PROCESS).differences == ()
    appraisal = read_appraisal(answers["0502"], PROCESS, TREE)
    assert appraisal.differences == ()
    assert appraisal.decisions[kept] is DisposalAction.ARCHIVE
    assert appraisal.decisions[refused] is DisposalAction.DESTROY
    assert appraisal.message.version == head.version
    post.deliver(write_appraisal_receipt(replace(head, answers=appraisal.message.message_id or ""), tmp_path))

    parts = [part for each in FILES if (part := archived_part(each, appraisal.decisions)) is not None]
    assert [part.file_id for part in parts] == [FIRST.file_id]
    delivered = post.deliver(write_transfer(parts, head, tmp_path, open_file=open_file))
    assert delivered.objects == [FIRST.file_id, kept]
    assert transfer_differences(handed_over(parts), appraisal.decisions) == ()
    assert len(delivered.files) == 6

    archive.acknowledge(delivered, "0507")
    archive.confirm_import(delivered)
    answers = post.answers()
    assert read_receipt(answers["0507"], PROCESS).differences == ()
    result = read_import_result(answers["0506"], PROCESS, handed_over(parts))
    assert result.complete
    assert {each.object_id: each.archive_reference for each in result.results} == {
        FIRST.file_id: "StadtA, Dig. 1",
        kept: "StadtA, Dig. 2",
    }


@given(st.text(min_size=1).filter(lambda text: text.strip()), st.text(), st.text(), st.sampled_from(WRITTEN_VERSIONS))
def test_any_text_makes_a_message_that_the_archive_can_read(subject: str, sender: str, name: str, version: str) -> None:
    document = FIRST.documents[0]
    file = replace(document.files[0], original_name=name)
    changed = replace(FIRST, subject=subject, documents=(replace(document, sender=sender, files=(file,)),))
    with TemporaryDirectory() as folder:
        head = replace(HEAD, version=version)
        path = write_transfer([wanted(changed)], head, Path(folder), open_file=open_file).path
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


DOCUMENT = FIRST.documents[0].document_id


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Misbehaviour(forget={FIRST.file_id, *(case.case_id for case in FIRST.cases)}), "undecided"),
        (Misbehaviour(add={DOCUMENT}), "surplus"),
        (Misbehaviour(invent=True), "unknown-object"),
        (Misbehaviour(leave_in_review={FIRST.file_id}), "left-in-review"),
        (Misbehaviour(twice={FIRST.file_id}), "decided-twice"),
        (Misbehaviour(process_id="00000000-0000-4000-8000-000000000000"), "wrong-process"),
    ],
)
def test_each_fault_of_an_appraisal_is_listed(
    archive: Receiver, offer: Delivery, wrong: Misbehaviour, code: str
) -> None:
    appraisal = read_appraisal(archive.appraise(offer, {}, wrong), PROCESS, TREE, others=OFFERED.others)
    assert codes(appraisal.differences) == {code}
    named = {each.object_id for each in appraisal.differences}
    assert not named & set(appraisal.decisions)
    assert (FIRST.file_id in appraisal.decisions) is (code in {"surplus", "unknown-object"})


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Misbehaviour(forget={FIRST.file_id}), "unconfirmed"),
        (Misbehaviour(add={PROCESS}), "surplus"),
        (Misbehaviour(invent=True), "unknown-object"),
        (Misbehaviour(twice={FIRST.file_id}), "decided-twice"),
        (Misbehaviour(reject={FIRST.file_id}), "rejected"),
        (Misbehaviour(process_id="00000000-0000-4000-8000-000000000000"), "wrong-process"),
    ],
)
def test_each_fault_of_a_confirmation_is_listed(
    archive: Receiver, transfer: Delivery, wrong: Misbehaviour, code: str
) -> None:
    answer = archive.confirm_import(transfer, wrong)
    result = read_import_result(answer, PROCESS, handed_over(FILES), known={PROCESS})
    assert not result.complete
    assert codes(result.differences) == {code}


def test_documents_may_be_confirmed_too(archive: Receiver, transfer: Delivery) -> None:
    answer = archive.confirm_import(transfer, Misbehaviour(add=set(transfer.documents)))
    assert read_import_result(answer, PROCESS, handed_over(FILES)).complete


def test_an_import_that_failed_as_a_whole_is_listed(archive: Receiver, tmp_path: Path) -> None:
    head = replace(HEAD, version="4.0.0")
    transfer = archive.open(write_transfer(FILES, head, tmp_path, open_file=open_file).path, "0503")
    wrong = Misbehaviour(forget=set(transfer.objects), fail="Magazin voll")
    result = read_import_result(archive.confirm_import(transfer, wrong), PROCESS, handed_over(FILES))
    assert codes(result.differences) == {"unconfirmed", "import-failed"}
    assert any("Magazin voll" in each.text for each in result.differences)


def test_a_file_left_in_review_decides_nothing_for_its_cases(archive: Receiver, offer: Delivery) -> None:
    cases = {case.case_id for case in FIRST.cases}
    wrong = Misbehaviour(leave_in_review={FIRST.file_id}, forget=cases)
    appraisal = read_appraisal(archive.appraise(offer, {}, wrong), PROCESS, TREE)
    assert not cases & set(appraisal.decisions)
    assert {each.object_id for each in appraisal.differences if each.code == "undecided"} == cases


def test_an_archived_case_in_a_destroyed_file_is_shown(archive: Receiver, offer: Delivery) -> None:
    appraisal = read_appraisal(archive.appraise(offer, {FIRST.file_id: "V"}), PROCESS, TREE)
    assert {each.code for each in appraisal.differences} == {"parent-destroyed"}


def test_a_partly_failed_import_names_object_and_reason(archive: Receiver, transfer: Delivery) -> None:
    rejected, forgotten = FIRST.file_id, FILES[1].file_id
    wrong = Misbehaviour(reject={rejected}, forget={forgotten})
    result = read_import_result(archive.confirm_import(transfer, wrong), PROCESS, handed_over(FILES))
    assert {(each.code, each.object_id) for each in result.differences} == {
        ("rejected", rejected),
        ("unconfirmed", forgotten),
    }
    assert "Format defekt" in next(each.text for each in result.differences if each.code == "rejected")
    assert sum(each.accepted for each in result.results) == len(TREE) - 2


def test_a_message_of_the_wrong_kind_is_refused(archive: Receiver, transfer: Delivery) -> None:
    with pytest.raises(MessageUnexpectedError, match="erwartet 0502"):
        read_appraisal(archive.confirm_import(transfer), PROCESS, TREE)


def test_a_hand_over_that_does_not_hold_what_was_decided_is_seen_before_it_leaves() -> None:
    decisions = dict.fromkeys(TREE, DisposalAction.ARCHIVE) | {FILES[1].file_id: DisposalAction.DESTROY}
    found = transfer_differences(handed_over(FILES), decisions)
    assert {(each.code, each.object_id) for each in found} == {("surplus", FILES[1].file_id)}
    found = transfer_differences(handed_over(FILES[1:]), decisions)
    missing = {each.object_id for each in found if each.code == "not-handed-over"}
    assert missing == {FIRST.file_id, *(case.case_id for case in FIRST.cases)}


@pytest.mark.parametrize("version", WRITTEN_VERSIONS)
def test_what_goes_along_as_context_is_not_confirmed_in_4_0_0_and_may_be_in_3_1_0(
    archive: Receiver, version: str, tmp_path: Path
) -> None:
    wanted = FIRST.cases[0].case_id
    decisions = dict.fromkeys(TREE, DisposalAction.DESTROY) | {wanted: DisposalAction.ARCHIVE}
    parts = [part for each in FILES if (part := archived_part(each, decisions)) is not None]
    written = write_transfer(parts, replace(HEAD, version=version), tmp_path, open_file=open_file)
    delivered = archive.open(written.path, "0503")
    assert set(delivered.objects) == ({wanted} if version == "4.0.0" else {FIRST.file_id, wanted})
    answer = archive.confirm_import(delivered)
    assert read_import_result(answer, PROCESS, handed_over(parts), known=TREE).complete


def test_documents_of_a_destroyed_file_stay_behind() -> None:
    decisions = {FIRST.file_id: DisposalAction.DESTROY, FIRST.cases[0].case_id: DisposalAction.ARCHIVE}
    part = archived_part(FIRST, decisions)
    assert part is not None
    assert part.documents == ()
    assert part.retention == replace(FIRST.retention, action=DisposalAction.DESTROY)
    assert archived_part(FIRST, {FIRST.file_id: DisposalAction.DESTROY}) is None
