"""Rules that only 4.0.0 knows: numbers, points in time, context objects, hashes; and groups without a schema."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from retention import DisposalAction, archived_part, inspect, parents, write_plan, write_transfer
from tests.retention.samples import HEAD, case_file, open_file, schema_folder, wanted
from tests.retention.test_validate import Change, codes, in_message, rewrite
from tests.retention.test_versions import PLAN

NEW = replace(HEAD, version="4.0.0")


@pytest.fixture
def transfer(tmp_path: Path) -> Path:
    return write_transfer([wanted(case_file())], NEW, tmp_path, open_file=open_file).path


def as_number_two(path: Path) -> Path:
    return path.rename(path.with_name(f"{HEAD.process_id}_0503_2.zip"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (in_message("09:30:00.000+00:00", "09:30:00+00:00"), "moment"),
        (in_message("09:30:00.000+00:00", "09:30:00.000"), "moment"),
        (in_message("<code>A</code>", "<code>B</code>"), "left-in-review"),
        (in_message("Kontextobjekt>0", "Kontextobjekt>1"), "context-files"),
        (in_message("xdomea:Wert>", "xdomea:Wert>0"), "hash-differs"),
        (in_message('version="4.0.0"', 'version="3.1.0"'), "schema"),
        (in_message("<xdomea:Kontextobjekt>0</xdomea:Kontextobjekt>", "", 1), "schema"),
    ],
)
def test_each_fault_is_found(transfer: Path, change: Change, code: str) -> None:
    assert code in codes(rewrite(transfer, change))


def test_the_number_in_the_name_is_the_one_in_the_message(transfer: Path) -> None:
    assert codes(as_number_two(transfer)) == {"name-differs", "name-number"}


def test_what_holds_nothing_that_is_handed_over_is_no_context(tmp_path: Path) -> None:
    file = case_file()
    decisions = dict.fromkeys(parents([file]), DisposalAction.DESTROY) | {file.cases[0].case_id: DisposalAction.ARCHIVE}
    part = archived_part(file, decisions)
    assert part is not None
    empty = replace(part, cases=(replace(part.cases[0], context=True, documents=()),))
    report = inspect(write_transfer([empty], NEW, tmp_path, open_file=open_file).path, schema_folder())
    assert report.findings == ()
    assert any("nur Kontext" in hint.text for hint in report.hints)


def test_a_group_without_a_schema_is_never_clean(tmp_path: Path) -> None:
    path = tmp_path / "plan.xml"
    with path.open("wb") as sink:
        write_plan(PLAN, HEAD, sink)
    path.write_text(path.read_text().replace("schema:3.1.0", "schema:4.0.0"))
    assert "schema-unknown" in codes(path)
