"""A file plan goes to the archive to be appraised once: 0511 to 0515, in every version, with every fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from retention import (
    WRITTEN_VERSIONS,
    DisposalAction,
    MessageHead,
    UnitResult,
    read_catalogue,
    read_message,
    read_receipt,
    validate,
    write_catalogue_receipt,
    write_catalogue_result,
    write_plan_offer,
)
from retention.errors import OfferIncompleteError
from tests.retention.receiver import Delivery, Misbehaviour, Receiver
from tests.retention.samples import HEAD, PROCESS, schema_folder
from tests.retention.test_versions import PLAN

UNITS = [unit.unit_id for unit in PLAN.units]
FIRST = UNITS[0]


@pytest.fixture(params=WRITTEN_VERSIONS)
def head(request: pytest.FixtureRequest) -> MessageHead:
    return replace(HEAD, version=request.param)


@pytest.fixture
def archive(tmp_path: Path) -> Receiver:
    outbox = tmp_path / "archive"
    outbox.mkdir()
    return Receiver(schema_folder(), outbox)


@pytest.fixture
def offer(archive: Receiver, head: MessageHead, tmp_path: Path) -> Delivery:
    return archive.open(write_plan_offer(PLAN, head, tmp_path).path, "0511")


def test_the_whole_way_of_a_plan(archive: Receiver, offer: Delivery, head: MessageHead, tmp_path: Path) -> None:
    assert offer.units == UNITS
    assert read_receipt(archive.acknowledge(offer, "0512"), PROCESS).differences == ()
    answer = archive.appraise_plan(offer, {FIRST: "B", UNITS[1]: "V"})
    assert validate(answer, schema_folder()) == ()
    catalogue = read_catalogue(answer, PROCESS, UNITS)
    assert catalogue.differences == ()
    assert [catalogue.decisions[each].value for each in UNITS] == ["B", "V", "A"]
    reply = replace(head, answers=read_message(answer).message_id or "")
    for written in (
        write_catalogue_receipt(reply, tmp_path),
        write_catalogue_result([UnitResult(each, accepted=True) for each in UNITS], reply, tmp_path),
    ):
        assert validate(written.path, schema_folder()) == ()
        assert archive.open(written.path, written.code).process_id == PROCESS


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Misbehaviour(forget={FIRST}), "undecided"),
        (Misbehaviour(invent=True), "unknown-object"),
        (Misbehaviour(twice={FIRST}), "decided-twice"),
        (Misbehaviour(process_id="00000000-0000-4000-8000-000000000000"), "wrong-process"),
    ],
)
def test_each_fault_of_a_catalogue_is_listed(
    archive: Receiver, offer: Delivery, wrong: Misbehaviour, code: str
) -> None:
    catalogue = read_catalogue(archive.appraise_plan(offer, {}, wrong), PROCESS, UNITS)
    assert {each.code for each in catalogue.differences} == {code}
    assert (FIRST in catalogue.decisions) is (code == "unknown-object")
    assert set(catalogue.decisions.values()) <= {DisposalAction.ARCHIVE}


def test_a_result_about_nothing_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(OfferIncompleteError):
        write_catalogue_result([], HEAD, tmp_path)
    assert list(tmp_path.iterdir()) == []
