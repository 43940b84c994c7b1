"""Case files go to another system (0401), are read there as they were, and are confirmed (0402, 0403)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from retention import (
    WRITTEN_VERSIONS,
    ReceivedObject,
    handed_over,
    read_handover,
    read_import_result,
    read_receipt,
    validate,
    write_handover,
    write_offer,
    write_transfer,
)
from retention.errors import MessageUnexpectedError, PackageUnreadableError
from retention.offered import OfferedDocument, all_documents
from tests.retention.receiver import Misbehaviour, Receiver
from tests.retention.samples import HEAD, PROCESS, case_file, open_file, sample_folder, schema_folder
from tests.retention.test_nested import FILE

FILES = (FILE, case_file(2))


def every(found: ReceivedObject) -> list[ReceivedObject]:
    return [found, *(each for inner in found.inside for each in every(inner))]


def same(document: OfferedDocument, found: ReceivedObject) -> bool:
    return (document.subject, document.reference, document.document_type, document.received_on) == (
        found.subject,
        found.reference,
        found.object_type,
        found.received_on,
    )


def test_what_another_system_reads_is_what_was_written(tmp_path: Path) -> None:
    written = write_handover(FILES, HEAD, tmp_path, open_file=open_file)
    assert validate(written.path, schema_folder()) == ()
    with read_handover(written.path) as handover:
        assert handover.message.code == "0401"
        files = list(handover.objects())
        assert [(each.object_id, each.subject, each.plan_code) for each in files] == [
            (each.file_id, each.subject, each.plan_code) for each in FILES
        ]
        assert [each.closed_on for each in files] == [each.closed_on for each in FILES]
        assert [each.action for each in files] == ["B", "B"]
        for file, found in zip(FILES, files, strict=True):
            objects = {each.object_id: each for each in every(found)}
            assert set(objects) == handed_over([file]).objects | handed_over([file]).others
            assert {each.kind for each in objects.values()} <= {
                "Akte",
                "Teilakte",
                "Vorgang",
                "Teilvorgang",
                "Dokument",
            }
            for document in all_documents(file):
                there = objects[document.document_id]
                assert same(document, there)
                assert [each.original_name for each in there.files] == [each.original_name for each in document.files]
                for sent, received in zip(document.files, there.files, strict=True):
                    with handover.open(received) as source:
                        assert hashlib.sha256(source.read()).hexdigest() == sent.sha256


@pytest.mark.parametrize("version", WRITTEN_VERSIONS)
def test_what_goes_to_the_archive_can_be_read_like_that_too(version: str, tmp_path: Path) -> None:
    head = replace(HEAD, version=version)
    hashes = {file.sha256 for each in FILES for document in all_documents(each) for file in document.files}
    for written in (write_offer(FILES, head, tmp_path), write_transfer(FILES, head, tmp_path, open_file=open_file)):
        with read_handover(written.path) as handover:
            found = [each for file in handover.objects() for each in every(file)]
        assert {each.object_id for each in found} == handed_over(FILES).objects | handed_over(FILES).others
        stated = {file.sha256 for each in found for file in each.files}
        assert stated == (set() if written.code == "0501" else hashes if version == "4.0.0" else {""})


def test_messages_of_3_0_0_are_read() -> None:
    found = []
    for path in sample_folder().glob("toolkit-pattern/xdomea_3.0.0/*050[13].xml"):
        with read_handover(path) as handover:
            assert handover.message.version == "3.0.0"
            found += [each for file in handover.objects() for each in every(file)]
    assert all(each.object_id for each in found)
    assert any(each.kind == "Dokument" and each.files for each in found)


def test_confirmations_of_the_other_system_are_read(tmp_path: Path) -> None:
    outbox = tmp_path / "other"
    outbox.mkdir()
    other = Receiver(schema_folder(), outbox)
    delivery = other.open(write_handover(FILES, HEAD, tmp_path, open_file=open_file).path, "0401")
    answer = other.confirm_import(delivery, kind="0402")
    assert validate(answer, schema_folder()) == ()
    assert read_import_result(answer, PROCESS, handed_over(FILES)).complete
    wrong = Misbehaviour(reject={FILE.file_id}, forget={FILES[1].file_id})
    result = read_import_result(other.confirm_import(delivery, wrong, kind="0402"), PROCESS, handed_over(FILES))
    assert {each.code for each in result.differences} == {"rejected", "unconfirmed"}
    assert read_receipt(other.acknowledge(delivery, "0403"), PROCESS).differences == ()


def test_a_file_that_is_not_in_the_package_is_named(tmp_path: Path) -> None:
    written = write_handover(FILES[1:], HEAD, tmp_path, open_file=open_file)
    with read_handover(written.path) as handover:
        (file,) = handover.objects()
        there = next(each for each in every(file) if each.files).files[0]
        with pytest.raises(PackageUnreadableError), handover.open(replace(there, name="fehlt.pdf")):
            pass


def test_an_answer_is_no_hand_over() -> None:
    path = next(sample_folder().glob("toolkit-pattern/xdomea_3.0.0/*0502.xml"))
    with pytest.raises(MessageUnexpectedError, match="0401"), read_handover(path):
        pass
