from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, select

from eakte.actions import events, holds, organisation, verdicts
from eakte.records.access import SYSTEM
from eakte.store.disposal import VerdictRow
from eakte.store.files import CaseFile
from eakte.store.plan import plan_unit
from retention.model import DisposalAction, Outcome, RetentionKind
from tests.town import FOUNDED, NOW, Town, rule

CLOSED = datetime(2018, 6, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def stock(town: Town) -> list[CaseFile]:
    """Case files of every unit, some closed, one of them held, with rules of every scope."""
    demolition = replace(
        rule("R-E", months=24, action=DisposalAction.REVIEW), trigger="DEMOLITION", trigger_label="Abriss"
    )
    more = [
        replace(rule("R-U", months=600, action=DisposalAction.DESTROY, kind=RetentionKind.MIN), departments=("50",)),
        demolition,
        replace(rule("R-A", months=240, action=DisposalAction.DESTROY, kind=RetentionKind.MIN), file_types=("Bau",)),
    ]
    with town.database.begin() as session:
        branches = [replace(more[0], branch="31"), more[1], replace(more[2], branch="*")]
        organisation.add_rules(session, SYSTEM, branches, FOUNDED)
        unit = plan_unit(session, "52.02")
        assert unit is not None
        unit.rule_code = "R-E"
    town.now = CLOSED
    places = [("52.01", "63.2", "brandt"), ("52.02", "63.1", "ott"), ("31.01", "50.1", "kaya")] * 3
    files = [town.case_file(plan=plan, unit=unit, login=login) for plan, unit, login in places]
    for file, (_, _, login) in list(zip(files, places, strict=True))[:7]:
        town.close(file.id, on=CLOSED, login=login)
    town.now = NOW
    with town.database.begin() as session:
        session.get_one(CaseFile, files[3].id).file_type = "Bau"
        events.record_event(
            session, town.actor("ott"), files[1].id, trigger="DEMOLITION", happened_on=date(2020, 2, 29),
            evidence=events.Evidence("Abrissanzeige"), now=NOW,
        )  # fmt: skip
        for number in (0, 5):
            holds.place(session, town.actor("weber"), files[number].id, reason="Klage", now=NOW)
    return files


def test_the_run_over_all_files_decides_as_asking_for_one_does(town: Town) -> None:
    stock(town)
    with town.database.reading() as session:
        files = {file.id: file for file in session.scalars(select(CaseFile))}
        alone = {file_id: verdicts.verdict_of(session, file, TODAY) for file_id, file in files.items()}
        together = {row.id: made for row, made in verdicts.decisions(session, TODAY)}
        assert together.keys() == alone.keys()
        for file_id, made in together.items():
            verdict = alone[file_id]
            assert (made.outcome, made.retention_end, made.rule_id, made.waits_for) == (
                verdict.outcome,
                verdict.retention_end,
                verdict.rule_id,
                verdict.waits_for,
            )
        assert verdicts.explained(session, list(files.values()), TODAY) == alone
        outcomes = {verdict.outcome for verdict in alone.values()}
    assert outcomes >= {Outcome.OPEN, Outcome.ON_HOLD, Outcome.DESTROY, Outcome.OFFER, Outcome.KEEP}


def test_a_rule_reaches_only_the_departments_and_types_it_names(town: Town) -> None:
    files = stock(town)
    with town.database.reading() as session:
        ends = [verdicts.verdict_of(session, file, TODAY).retention_end for file in session.scalars(
            select(CaseFile).where(CaseFile.id.in_([files[2].id, files[0].id])).order_by(CaseFile.file_reference)
        )]  # fmt: skip
        typed = verdicts.verdict_of(session, session.get_one(CaseFile, files[3].id), TODAY)
    assert ends == [date(2068, 12, 31), date(2021, 12, 31)]
    assert typed.retention_end == date(2038, 12, 31)


def test_only_what_has_changed_is_written(town: Town) -> None:
    files = stock(town)
    with town.database.begin() as session:
        session.execute(delete(VerdictRow))
    with town.database.reading() as session:
        found = list(verdicts.changed(session, TODAY))
    assert sum(one.evaluated for one in found) == len(files)
    assert {file_id for one in found for file_id in one.ids} == {file.id for file in files}
    with town.database.begin() as session:
        assert sum(verdicts.review(session, one.ids, TODAY) for one in found) == len(files)
    with town.database.reading() as session:
        assert [one.ids for one in verdicts.changed(session, TODAY)] == [()]
        later = TODAY + timedelta(days=365 * 60)
        rest = [file_id for one in verdicts.changed(session, later) for file_id in one.ids]
    assert 0 < len(rest) < len(files)
    with town.database.begin() as session:
        assert verdicts.review(session, [file.id for file in files], later) == len(rest)
