"""Back-pressure: who sends too much waits, the others do not, and what was taken stays taken."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest

from eakte.actions import inbox, intake
from eakte.actions.intake import Receipt, ReceiptOutcome, Source, Upload
from eakte.actions.quotas import IntakeFull, uses
from eakte.records.access import SYSTEM
from eakte.records.quotas import Limit, Quotas
from tests.town import Town


def send(
    town: Town, quotas: Quotas, *, login: str = "", unit: str = "63.2", size: int = 10, source: Source = Source.UPLOAD,
    upload_id: str = "",
) -> Receipt:  # fmt: skip
    town.counter += 1
    stored = town.objects.put(io.BytesIO(f"{town.counter:0{size}}".encode()))
    upload = Upload(stored, "brief.pdf", source, unit, upload_id or f"u-{town.counter}")
    actor = town.actor(login) if login else SYSTEM
    with town.database.begin() as session:
        return intake.receive(session, town.objects, actor, upload, town.now, quotas)


def used(town: Town, quotas: Quotas) -> dict[Limit, tuple[int, int]]:
    with town.database.reading() as session:
        return {use.limit: (use.percent, use.near) for use in uses(session, quotas, town.now)}


def test_a_person_over_the_limit_waits_and_nobody_else_does(town: Town) -> None:
    quotas = Quotas(person_documents_per_day=2)
    for _ in range(2):
        send(town, quotas, login="brandt")
    with pytest.raises(IntakeFull) as refused:
        send(town, quotas, login="brandt")
    assert "Person" in refused.value.detail["problem"]
    assert send(town, quotas, login="kaya", unit="50.1").outcome is ReceiptOutcome.ACCEPTED
    assert send(town, quotas).outcome is ReceiptOutcome.ACCEPTED
    town.now += refused.value.wait
    assert send(town, quotas, login="brandt").outcome is ReceiptOutcome.ACCEPTED


def test_megabytes_count_by_their_size_and_a_file_larger_than_the_day_passes_alone(town: Town) -> None:
    quotas = Quotas(unit_mb_per_day=1)
    send(town, quotas, size=600_000)
    with pytest.raises(IntakeFull):
        send(town, quotas, size=500_000)
    assert send(town, quotas, size=300_000).outcome is ReceiptOutcome.ACCEPTED
    assert send(town, quotas, size=1_500_000, unit="50.1").outcome is ReceiptOutcome.ACCEPTED
    with pytest.raises(IntakeFull):
        send(town, quotas, unit="50.1")


def test_a_department_is_counted_over_all_that_send_to_it(town: Town) -> None:
    quotas = Quotas(unit_documents_per_day=2, person_documents_per_day=9)
    send(town, quotas, login="brandt")
    send(town, quotas, source=Source.MAIL)
    with pytest.raises(IntakeFull):
        send(town, quotas, source=Source.FOLDER)
    assert send(town, quotas, unit="50.1").outcome is ReceiptOutcome.ACCEPTED


def test_what_was_refused_took_nothing_and_what_is_repeated_costs_nothing(town: Town) -> None:
    quotas = Quotas(person_documents_per_day=3, unit_documents_per_day=1)
    send(town, quotas, login="brandt", upload_id="once")
    before = used(town, quotas)
    with pytest.raises(IntakeFull):
        send(town, quotas, login="brandt")
    assert used(town, quotas) == before == {Limit.PERSON_DOCUMENTS: (33, 0), Limit.UNIT_DOCUMENTS: (100, 1)}
    town.counter -= 2
    assert send(town, quotas, login="brandt", upload_id="once").outcome is ReceiptOutcome.REPEATED
    assert used(town, quotas) == before


def test_a_source_whose_inbox_is_full_waits_until_somebody_works_there(town: Town) -> None:
    quotas = Quotas(source_waiting=2)
    first: UUID = send(town, quotas, source=Source.FOLDER).item_id
    send(town, quotas, source=Source.FOLDER)
    with pytest.raises(IntakeFull) as refused:
        send(town, quotas, source=Source.FOLDER)
    assert refused.value.wait == timedelta(minutes=5)
    for free in (Source.MAIL, Source.UPLOAD):
        assert send(town, quotas, source=free).outcome is ReceiptOutcome.ACCEPTED
    assert send(town, quotas, source=Source.FOLDER, unit="50.1").outcome is ReceiptOutcome.ACCEPTED
    assert used(town, quotas) == {Limit.SOURCE_WAITING: (100, 1)}
    town.read(first)
    with town.database.begin() as session:
        inbox.drop(session, town.actor("brandt"), first, reason="Werbung", revision=None, now=town.now)
    assert send(town, quotas, source=Source.FOLDER).outcome is ReceiptOutcome.ACCEPTED


def test_without_limits_nothing_is_counted(town: Town) -> None:
    for _ in range(3):
        send(town, Quotas(), login="brandt")
    assert used(town, Quotas()) == {}
    assert used(town, Quotas(person_documents_per_day=1)) == {Limit.PERSON_DOCUMENTS: (0, 0)}
