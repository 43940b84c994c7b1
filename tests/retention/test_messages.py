from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from retention import (
    DisposalAction,
    Outcome,
    Sent,
    Verdict,
    read_appraisal,
    read_import_result,
    read_message,
    read_receipt,
    retention_data,
)
from retention.errors import MessageUnexpectedError
from tests.retention.samples import sample_folder
from tests.retention.test_schedule import RULE

PROCESS = "3f0c7a3e-6d0b-4b7f-9f55-0d6d6f2f1a01"
AKTE, FIRST, SECOND, DOCUMENT = (f"a1c2b6f0-0000-4000-8000-0000000000{number}" for number in ("01", "11", "12", "21"))
TREE = {AKTE: None, FIRST: AKTE, SECOND: AKTE}


def sample(version: str, code: str) -> Path:
    return next(path for path in sample_folder().glob(f"synthetic/{version}/*.zip") if code in path.stem[37:])


@pytest.mark.parametrize("version", ["3.1.0", "4.0.0"])
def test_appraisals_are_read_in_both_versions(version: str) -> None:
    appraisal = read_appraisal(sample(version, "0502"), PROCESS, TREE)
    assert appraisal.message.version == version
    assert appraisal.differences == ()
    assert {key: value.value for key, value in appraisal.decisions.items()} == {AKTE: "A", FIRST: "A", SECOND: "V"}


@pytest.mark.parametrize("version", ["3.1.0", "4.0.0"])
def test_import_results_are_read_in_both_versions(version: str) -> None:
    result = read_import_result(sample(version, "0506"), PROCESS, Sent(frozenset({AKTE, FIRST}), frozenset({DOCUMENT})))
    assert result.complete
    assert {each.object_id: each.archive_reference for each in result.results}[FIRST] == "StadtA H, Dig. 2"


@pytest.mark.parametrize("code", ["0504", "0505", "0507"])
def test_receipts_are_read_in_both_versions(code: str) -> None:
    for version in ("3.1.0", "4.0.0"):
        receipt = read_receipt(sample(version, code), PROCESS)
        assert (receipt.message.code, receipt.differences) == (code, ())


def test_an_appraisal_of_3_0_0_is_read_and_unknown_objects_are_listed() -> None:
    path = next(sample_folder().glob("toolkit-pattern/xdomea_3.0.0/*0502.xml"))
    message = read_message(path)
    assert (message.version, message.code) == ("3.0.0", "0502")
    appraisal = read_appraisal(path, message.process_id, {AKTE: None})
    assert {difference.code for difference in appraisal.differences} == {"unknown-object", "undecided"}


def test_answers_of_2_x_are_refused_by_name() -> None:
    path = next(sample_folder().glob("toolkit-pattern/xdomea_2.4.0/*0502.xml"))
    with pytest.raises(MessageUnexpectedError, match=r"2\.4\.0"):
        read_appraisal(path, PROCESS, TREE)


@pytest.mark.parametrize(
    ("months", "trigger", "years"), [(60, "CASE_CLOSED", 5), (6, "CASE_CLOSED", None), (60, "A", None)]
)
def test_years_are_sent_only_where_the_standard_means_the_same(months: int, trigger: str, years: int | None) -> None:
    verdict = Verdict(Outcome.OFFER, date(2020, 12, 31), RULE.rule_id, ())
    data = retention_data(replace(RULE, months=months, trigger=trigger, action=DisposalAction.REVIEW), verdict)
    assert (data.years, data.end, data.action) == (years, date(2020, 12, 31), DisposalAction.REVIEW)
