"""One letter scanned twice is told to whom may know of the first; decisions about letters alike change proposals."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from eakte.actions import alike, filing, inbox, proposals, proposing
from eakte.actions.filing import Filing
from eakte.store.documents import IncomingItem
from eakte.store.textprints import TextPrint, TextPrintBand
from tests.actions.test_destruction import CLOSED, approve, destroy, propose
from tests.town import Town

LETTER = (
    "Hiermit zeigen wir Ihnen den Beginn der Bauarbeiten auf dem Grundstück Gartenweg {number} zum {day}.03.2026 an "
    "die Bauleitung übernimmt Frau Hollmann sie ist unter der Nummer 0511 {number}77 {day} erreichbar die Baustelle "
    "ist ab diesem Tag eingerichtet und gesichert mit freundlichen Grüßen"
)


def letter(number: int, day: int = 12) -> str:
    return LETTER.format(number=number, day=day)


def told(town: Town, login: str, item_id: UUID) -> list[UUID]:
    with town.database.reading() as session:
        return [one.item_id for one in inbox.show(session, town.actor(login), item_id, town.now).earlier]


def arrive(town: Town, text: str, *, unit: str = "63.2", login: str = "brandt") -> UUID:
    town.now += timedelta(minutes=1)
    return town.waiting(unit=unit, login=login, text=text)


def test_the_same_letter_scanned_twice_is_offered_with_the_earlier_one_and_not_dropped(town: Town) -> None:
    first = arrive(town, letter(7))
    other = arrive(town, letter(12, day=28))
    again = arrive(town, letter(7).replace("erreichbar", "errcichbar").replace("Bauleitung", "Baulcitung"))
    assert told(town, "brandt", again) == [first]
    assert told(town, "brandt", first) == [], "the first one is no duplicate of a later one"
    assert told(town, "brandt", other) == []
    case_file = town.case_file()
    town.file(first, case_file.id)
    with town.database.reading() as session:
        (earlier,) = inbox.show(session, town.actor("brandt"), again, town.now).earlier
        assert earlier.case_file_reference == case_file.file_reference


def test_across_departments_and_need_to_know_nobody_learns_of_the_earlier_letter(town: Town) -> None:
    arrive(town, letter(7))
    foreign = arrive(town, letter(7), unit="50.1", login="kaya")
    assert told(town, "kaya", foreign) == []
    hidden = town.case_file(unit="63.1", login="ott", plan="52.02", restricted=True)
    town.file(arrive(town, letter(9), unit="63", login="ott"), hidden.id, login="ott")
    assert told(town, "brandt", arrive(town, letter(9))) == []


def proposed(town: Town, item_id: UUID) -> proposals.Read:
    with town.database.reading() as session:
        return proposals.from_json(session.get_one(IncomingItem, item_id).proposals)


def decide(town: Town, item_id: UUID, case_file_id: UUID, name: str) -> None:
    with town.database.begin() as session:
        decided = Filing(case_file_id, None, name, "Baubeginn", "Hollmann", None)
        filing.file_document(session, town.actor("brandt"), item_id, decided, town.now)


def test_a_correction_changes_what_is_proposed_for_the_next_letter_alike(town: Town) -> None:
    case_file = town.case_file()
    first, waits = arrive(town, letter(7)), arrive(town, letter(8, day=13))
    before = proposed(town, first).document_type
    assert before is not None
    assert before.value == "Antrag"
    decide(town, first, case_file.id, "Baubeginnsanzeige")
    with town.database.begin() as session:
        proposing.renew_proposals(session, waits, town.now)
    for item_id in (waits, arrive(town, letter(9, day=14))):
        after = proposed(town, item_id).document_type
        assert after is not None
        assert (after.value, after.reason) == (
            "Baubeginnsanzeige",
            "1 fast gleiches Schreiben wurde als „Baubeginnsanzeige“ abgelegt.",
        )
        assert after.confidence == pytest.approx(0.67)


def test_another_department_is_not_taught_by_it(town: Town) -> None:
    decide(town, arrive(town, letter(7)), town.case_file().id, "Baubeginnsanzeige")
    kind = proposed(town, arrive(town, letter(8), unit="50.1", login="kaya")).document_type
    assert kind is not None
    assert kind.value == "Antrag"


def test_fingerprints_go_with_a_destroyed_file(town: Town) -> None:
    case_file = town.case_file()
    town.file(arrive(town, letter(7)), case_file.id)
    town.close(case_file.id, on=CLOSED)
    disposal_id = propose(town, case_file.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    with town.database.reading() as session:
        for gone in (TextPrint, TextPrintBand):
            assert session.scalar(select(func.count()).select_from(gone)) == 0


def test_documents_read_before_there_were_fingerprints_get_theirs_in_pieces_and_only_once(town: Town) -> None:
    first, short = arrive(town, letter(7)), arrive(town, "Kurz")
    with town.database.begin() as session:
        for table in (TextPrintBand, TextPrint):
            session.execute(delete(table))
    again = arrive(town, letter(7))
    assert told(town, "brandt", again) == []
    for expected in (1, 1, 0):
        with town.database.begin() as session:
            assert alike.fill(session, 1) == expected
    assert told(town, "brandt", again) == [first]
    assert told(town, "brandt", arrive(town, "Kurz")) == []
    assert told(town, "brandt", short) == []
