"""Sub-files and sub-cases in messages to the archive: valid, complete, decided one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from retention import DisposalAction, archived_part, parents, read_appraisal, validate, write_offer, write_transfer
from retention.offered import OfferedFile, OfferedSubFile, all_cases, all_documents, gaps
from tests.retention.receiver import Receiver
from tests.retention.samples import HEAD, PROCESS, case_file, identity, open_file, schema_folder, wanted

A, V = DisposalAction.ARCHIVE, DisposalAction.DESTROY


def nested() -> OfferedFile:
    """A file with all five levels: a sub-file with a case with a sub-case, and a case with a sub-case directly."""
    plain = case_file(1, cases=4, documents=1)
    first, second, third, fourth = plain.cases
    band = OfferedSubFile(
        sub_file_id=identity("teilakte", 1),
        subject="Band 1",
        reference=f"{plain.reference}-T01",
        period_from=date(2013, 2, 1),
        period_to=date(2015, 12, 15),
        closed_on=date(2015, 12, 15),
        retention=plain.retention,
        position=1,
        cases=(replace(third, sub_cases=(fourth,)),),
    )
    return replace(plain, cases=(replace(first, sub_cases=(second,)),), sub_files=(band,))


FILE = nested()
BAND, THIRD = FILE.sub_files[0], FILE.sub_files[0].cases[0]
FIRST = FILE.cases[0]


def test_every_case_and_document_is_there_once_and_lies_in_what_holds_it() -> None:
    cases = [case.case_id for case in all_cases(FILE)]
    assert len(cases) == len(set(cases)) == 4
    assert len({document.document_id for document in all_documents(FILE)}) == 5
    tree = parents([FILE])
    assert tree[THIRD.sub_cases[0].case_id] == THIRD.case_id
    assert tree[THIRD.case_id] == BAND.sub_file_id
    assert tree[BAND.sub_file_id] == FILE.file_id
    assert list(tree).index(BAND.sub_file_id) < list(tree).index(THIRD.case_id)


@pytest.mark.parametrize("kind", ["0501", "0503"])
def test_messages_with_all_five_levels_stay_valid(kind: str, tmp_path: Path) -> None:
    schemas = schema_folder()
    if kind == "0501":
        written = write_offer([FILE], HEAD, tmp_path)
    else:
        written = write_transfer([wanted(FILE)], HEAD, tmp_path, open_file=open_file)
    assert validate(written.path, schemas) == ()
    delivery = Receiver(schemas, tmp_path).open(written.path, kind)
    assert set(delivery.objects) == set(parents([FILE]))
    assert len(delivery.files) == (10 if kind == "0503" else 0)


def test_a_part_without_its_own_decision_follows_what_it_lies_in(tmp_path: Path) -> None:
    archive = Receiver(schema_folder(), tmp_path)
    offer = archive.open(write_offer([FILE], HEAD, tmp_path).path, "0501")
    offer.objects[:] = [FILE.file_id, BAND.sub_file_id]
    answer = archive.appraise(offer, {FILE.file_id: "V", BAND.sub_file_id: "V"})
    decided = read_appraisal(answer, PROCESS, parents([FILE])).decisions
    assert decided == dict.fromkeys(parents([FILE]), V)


def test_a_wanted_part_goes_with_everything_it_lies_in_and_with_nothing_else() -> None:
    decisions = dict.fromkeys(parents([FILE]), V) | {THIRD.sub_cases[0].case_id: A}
    part = archived_part(FILE, decisions)
    assert part is not None
    assert part.cases == ()
    assert [case.case_id for case in all_cases(part)] == [THIRD.case_id, THIRD.sub_cases[0].case_id]
    assert len(list(all_documents(part))) == 1


def test_nothing_wanted_is_nothing_handed_over() -> None:
    assert archived_part(FILE, dict.fromkeys(parents([FILE]), V)) is None


def test_a_sub_file_without_subject_is_named() -> None:
    broken = replace(FILE, sub_files=(replace(BAND, subject=" "),))
    assert any("Teilakte" in text for text in gaps(broken, with_files=False))
