"""Restricting the processing (Art. 18 GDPR): stored and nothing else, opened for a purpose, lifted after informing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import (
    audit,
    case_parts,
    case_view,
    destruction,
    disposal,
    documents,
    explaining,
    filing,
    holds,
    restricted_access,
    restricting,
    rights,
)
from eakte.actions.entries import entry_of, gone
from eakte.actions.restricting import AlreadyRestricted, PersonNotInformed, RestrictionLifted, Terms
from eakte.actions.rights import Whom
from eakte.errors import InvalidInput, MissingReason, MoveNotPossible, MoveRefused, NotAllowed, NotFound, OnHold
from eakte.records.access import SYSTEM, RestrictionKind
from eakte.records.processing import HOLDS, OPEN_FOR, Ground, Purpose, purposes
from eakte.store.disposal import DisposalHold
from eakte.store.history import HistoryEntry
from eakte.store.processing import ProcessingRestriction, RestrictedOpening
from tests.actions.test_attachments import filed_letter
from tests.town import Town

REVIEW = date(2027, 3, 1)
CLOSED = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)


def terms(ground: Ground = Ground.CLAIMS, **more: object) -> Terms:
    return Terms(**{"ground": ground, "reason": "Schreiben vom 3.11.", "owner": "ott", "review_on": REVIEW, **more})  # type: ignore[arg-type]  # by name


def restrict(town: Town, file_id: UUID, ground: Ground = Ground.CLAIMS, *, by: str = "ott") -> UUID:
    actor = town.actor(by)
    with town.database.begin() as session:
        return restricting.restrict_file(session, actor, file_id, terms(ground), now=town.now)


def restrict_document(town: Town, document_id: UUID, ground: Ground = Ground.CLAIMS, *, by: str = "ott") -> UUID:
    actor = town.actor(by)
    with town.database.begin() as session:
        return restricting.restrict_document(session, actor, document_id, terms(ground), now=town.now)


def open_for(town: Town, restriction_id: UUID, purpose: Purpose = Purpose.CLAIMS, *, by: str = "ott") -> datetime:
    actor = town.actor(by)
    with town.database.begin() as session:
        return restricted_access.open_for(
            session, actor, restriction_id, purpose=purpose, reason="Klage 4 K 17/26", now=town.now
        )


def lift(town: Town, restriction_id: UUID, *, by: str = "ott", informed: bool = True) -> None:
    actor = town.actor(by)
    with town.database.begin() as session:
        if informed:
            day = town.now.date()
            restricting.inform(session, actor, restriction_id, on=day, how="Schreiben", now=town.now)
        restricting.lift(session, actor, restriction_id, reason="Geprüft: richtig", now=town.now)


def reads_document(town: Town, login: str, document_id: UUID) -> bool:
    with town.database.reading() as session:
        try:
            documents.show(session, town.actor(login), document_id, town.now)
        except NotFound:
            return False
    return True


def test_a_restricted_file_is_there_for_nobody_whatever_they_hold(town: Town) -> None:
    file, filed = town.filed()
    restrict(town, file.id)
    for login in ("brandt", "ott", "weber", "pruefer"):
        assert not town.sees(login, file.id)
        assert not reads_document(town, login, filed.document_id)


def test_a_share_made_before_opens_it_no_more(town: Town) -> None:
    file, _ = town.filed()
    with town.database.begin() as session:
        rights.share(
            session, town.actor("brandt"), file.id, Whom(person="kaya"), reason="x", expires_at=None, now=town.now
        )
    assert town.sees("kaya", file.id)
    restrict(town, file.id)
    assert not town.sees("kaya", file.id)


def test_who_opens_it_for_a_purpose_sees_it_for_half_an_hour_and_nobody_else_does(town: Town) -> None:
    file, filed = town.filed()
    number = restrict(town, file.id)
    assert open_for(town, number) == town.now + OPEN_FOR
    assert town.sees("ott", file.id)
    assert reads_document(town, "ott", filed.document_id)
    assert not town.sees("weber", file.id)
    assert not town.sees("brandt", file.id)
    town.now += OPEN_FOR
    assert not town.sees("ott", file.id)


def test_an_opening_is_ended_before_its_time(town: Town) -> None:
    file, _ = town.filed()
    number = restrict(town, file.id)
    open_for(town, number)
    town.now += timedelta(minutes=1)
    with town.database.begin() as session:
        restricted_access.close(session, town.actor("ott"), number, now=town.now)
    assert not town.sees("ott", file.id)


def test_each_opening_is_told_with_its_purpose(town: Town) -> None:
    file, _ = town.filed()
    open_for(town, restrict(town, file.id), Purpose.RIGHTS_OF_OTHERS)
    with town.database.reading() as session:
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "restriction.opened")).one()
    assert entry.actor_login == "ott"
    assert entry.detail["purpose"] == "rights_of_others"
    assert "Klage" not in str(entry.detail)


def test_an_opening_opens_nothing_the_person_would_not_see_without_the_restriction(town: Town) -> None:
    file, _ = town.filed()
    number = restrict(town, file.id)
    with town.database.begin() as session:
        rights.block(
            session, SYSTEM, file.id, Whom(person="ott"), kind=RestrictionKind.CONFLICT, reason="x", until=None,
            now=town.now,
        )  # fmt: skip
    with pytest.raises(NotFound):
        open_for(town, number)


def test_clerks_neither_restrict_nor_open_nor_list(town: Town) -> None:
    file, _ = town.filed()
    with pytest.raises(NotAllowed):
        restrict(town, file.id, by="brandt")
    number = restrict(town, file.id)
    with pytest.raises(NotAllowed):
        open_for(town, number, by="brandt")
    with town.database.reading() as session, pytest.raises(NotAllowed):
        restricted_access.listing(session, town.actor("brandt"), now=town.now)


def test_the_list_names_what_the_person_would_see_and_no_word_of_it(town: Town) -> None:
    file, _ = town.filed()
    other = town.case_file(plan="31.01", unit="50.1", login="kaya")
    restrict(town, file.id)
    restrict(town, other.id, by="weber")
    with town.database.reading() as session:
        rows, total = restricted_access.listing(session, town.actor("ott"), now=town.now)
        everything, _ = restricted_access.listing(session, town.actor("weber"), now=town.now)
    assert [row.reference for row in rows] == [file.file_reference]
    assert total == 1
    assert len(everything) == 2
    assert "Gartenweg" not in str(rows)


def test_need_to_know_hides_the_restriction_too(town: Town) -> None:
    file = town.case_file(restricted=True)
    number = restrict(town, file.id)
    with town.database.reading() as session, pytest.raises(NotFound):
        restricted_access.show(session, town.actor("weber"), number, town.now)


def test_a_restricted_document_is_gone_from_its_file_and_its_number_is_told(town: Town) -> None:
    file, filed = town.filed()
    other = town.file(town.waiting(), file.id, subject="Nachtrag")
    restrict_document(town, filed.document_id)
    with town.database.reading() as session:
        actor = town.actor("brandt")
        view = case_view.show(session, actor, file.id, town.now)
        rows = case_parts.documents_of(session, actor, file.id, limit=10, now=town.now)
        [case] = case_parts.cases_of(session, actor, file.id, town.now)
    assert [row.document_id for one in view.cases for row in one.documents] == [other.document_id]
    assert [row.document_id for row in rows] == [other.document_id]
    assert (view.hidden_documents, view.document_count, case.documents) == (1, 1, 1)
    assert not reads_document(town, "brandt", filed.document_id)


def test_the_history_keeps_the_words_of_a_restricted_document_to_itself(town: Town) -> None:
    file = town.case_file()
    filed = town.file(town.waiting(), file.id, subject="Pfeifenstrauch")
    with town.database.reading() as session:
        assert "Pfeifenstrauch" in str(
            audit.of_case_file(session, town.actor("brandt"), file.id, limit=99, now=town.now)
        )
    number = restrict_document(town, filed.document_id)
    with town.database.reading() as session:
        brandt, weber = town.actor("brandt"), town.actor("weber")
        told = str(audit.of_case_file(session, brandt, file.id, limit=99, now=town.now))
        told += str(audit.history(session, weber, limit=99, now=town.now))
    assert "Pfeifenstrauch" not in told
    assert "Schreiben vom 3.11." not in told
    open_for(town, number)
    with town.database.reading() as session:
        assert "Pfeifenstrauch" in str(audit.of_case_file(session, town.actor("ott"), file.id, limit=99, now=town.now))


def test_what_is_restricted_has_no_place_in_the_index_until_it_is_lifted(town: Town) -> None:
    file, filed = town.filed()
    number = restrict(town, file.id)
    with town.database.reading() as session:
        assert entry_of(session, filed.document_id, town.now) is None
        assert gone(session, [str(filed.document_id)]) == [str(filed.document_id)]
    lift(town, number)
    number = restrict_document(town, filed.document_id)
    with town.database.reading() as session:
        assert entry_of(session, filed.document_id, town.now) is None
    lift(town, number)
    with town.database.reading() as session:
        assert entry_of(session, filed.document_id, town.now) is not None
    assert reads_document(town, "brandt", filed.document_id)


def test_it_is_lifted_only_after_the_person_was_told(town: Town) -> None:
    file, _ = town.filed()
    number = restrict(town, file.id)
    with pytest.raises(PersonNotInformed):
        lift(town, number, informed=False)
    lift(town, number)
    assert town.sees("brandt", file.id)
    with pytest.raises(RestrictionLifted):
        lift(town, number)
    with town.database.reading() as session:
        assert restricted_access.listing(session, town.actor("ott"), now=town.now) == ((), 0)
        [row], _ = restricted_access.listing(session, town.actor("ott"), lifted=True, now=town.now)
    assert row.restriction_id == number


def test_informing_needs_a_day_that_has_been_and_a_way(town: Town) -> None:
    file, _ = town.filed()
    number = restrict(town, file.id)
    for day, how in ((town.now.date() + timedelta(days=1), "Schreiben"), (town.now.date(), " ")):
        with town.database.begin() as session, pytest.raises(InvalidInput):
            restricting.inform(session, town.actor("ott"), number, on=day, how=how, now=town.now)


@pytest.mark.parametrize("ground", Ground)
def test_a_ground_that_stops_destruction_comes_and_goes_with_a_hold(town: Town, ground: Ground) -> None:
    file, _ = town.filed()
    number = restrict(town, file.id, ground)
    with town.database.reading() as session:
        placed = session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == file.id)).all()
    assert bool(placed) == (ground in HOLDS)
    lift(town, number)
    with town.database.reading() as session:
        held = session.scalars(select(DisposalHold).where(DisposalHold.lifted_on.is_(None))).all()
    assert held == []


def test_the_hold_of_a_restriction_is_not_lifted_by_itself(town: Town) -> None:
    _file, filed = town.filed()
    restrict_document(town, filed.document_id)
    with town.database.begin() as session:
        hold = session.scalars(select(DisposalHold)).one()
        with pytest.raises(MoveRefused):
            holds.lift(session, town.actor("weber"), hold.id, reason="Weg damit", now=town.now)


def test_a_held_restriction_stops_destruction_also_when_it_is_open(town: Town) -> None:
    file = _due(town)
    number = restrict(town, file, by="weber")
    open_for(town, number, by="weber")
    with town.database.begin() as session, pytest.raises(OnHold):
        disposal.propose(session, town.actor("weber"), [file], reason="Frist", now=town.now)


def _due(town: Town) -> UUID:
    now, town.now = town.now, CLOSED
    file, _ = town.filed()
    town.close(file.id, on=CLOSED)
    town.now = now
    return file.id


def test_where_only_a_duty_to_keep_stood_against_erasure_its_end_is_the_end_of_the_record(town: Town) -> None:
    file = _due(town)
    number = restrict(town, file, Ground.RETENTION, by="weber")
    with town.database.begin() as session, pytest.raises(NotFound):
        disposal.propose(session, town.actor("weber"), [file], reason="Frist", now=town.now)
    for login in ("weber", "lang"):
        open_for(town, number, Purpose.ERASURE, by=login)
    with town.database.begin() as session:
        [made] = disposal.propose(session, town.actor("weber"), [file], reason="Frist", now=town.now)
    with town.database.begin() as session:
        disposal.approve(session, town.actor("lang"), made, cooling_off_days=0, now=town.now)
    for step in (destruction.begin, destruction.delete_rows, destruction.finish):
        with town.database.begin() as session:
            step(session, made, town.now)
    with town.database.reading() as session:
        kept = session.get_one(ProcessingRestriction, number)
        opened = session.scalars(select(RestrictedOpening.reason)).all()
        told = disposal.certificates(session, town.actor("weber"), now=town.now)
    assert kept.until == town.now
    assert (kept.reason, set(opened)) == ("", {""})
    assert [row.disposal_id for row in told] == [made]


def test_what_is_restricted_stays_where_it_is(town: Town) -> None:
    file, filed = town.filed(login="ott")
    number = restrict(town, file.id, Ground.RETENTION)
    actor = town.actor("ott")
    with town.database.begin() as session:
        rights.share(session, SYSTEM, file.id, Whom(person="brandt"), reason="x", expires_at=None, now=town.now)
    open_for(town, number)
    with town.database.begin() as session, pytest.raises(MoveNotPossible, match="eingeschränkt"):
        filing.undo(session, actor, filed.document_id, town.now)


def test_a_ground_allows_its_own_purposes_and_no_others(town: Town) -> None:
    file, _ = town.filed()
    number = restrict(town, file.id, Ground.CLAIMS)
    for purpose in set(Purpose) - set(purposes(Ground.CLAIMS)):
        with pytest.raises(InvalidInput):
            open_for(town, number, purpose)
    assert Purpose.EXAMINATION in purposes(Ground.ACCURACY)
    assert Purpose.ERASURE in purposes(Ground.RETENTION)


def test_what_is_missing_or_wrong_is_refused(town: Town) -> None:
    file, filed = town.filed()
    actor = town.actor("ott")
    wrong: list[tuple[dict[str, object], type[Exception]]] = [
        ({"reason": " "}, MissingReason),
        ({"owner": "niemand"}, InvalidInput),
        ({"review_on": town.now.date()}, InvalidInput),
        ({"ground": Ground.ACCURACY, "review_on": None}, InvalidInput),
    ]
    for given, error in wrong:
        with town.database.begin() as session, pytest.raises(error):
            restricting.restrict_file(session, actor, file.id, terms(**given), now=town.now)  # type: ignore[arg-type]  # by name
    number = restrict_document(town, filed.document_id)
    open_for(town, number)
    with pytest.raises(AlreadyRestricted):
        restrict_document(town, filed.document_id)


def test_why_names_the_restriction_and_who_has_it_open(town: Town) -> None:
    file, _ = town.filed()
    number = restrict(town, file.id)
    open_for(town, number)
    with town.database.reading() as session:
        brandt = explaining.why(session, town.actor("ott"), "brandt", file.id, now=town.now)
        ott = explaining.why(session, town.actor("ott"), "ott", file.id, now=town.now)
        seers = explaining.who(session, town.actor("ott"), file.id, now=town.now)
        before = explaining.why(session, SYSTEM, "brandt", file.id, at=town.now - timedelta(seconds=1), now=town.now)
    assert not brandt.visible
    assert "eingeschränkt" in brandt.sentences[-2]
    assert ott.visible
    assert [one.login for one in seers] == ["ott"]
    assert before.visible


def test_the_attachments_of_a_mail_are_restricted_with_it(town: Town) -> None:
    lead, attached = filed_letter(town)
    number = restrict_document(town, attached)
    assert not reads_document(town, "brandt", lead)
    open_for(town, number)
    assert reads_document(town, "ott", lead)
    lift(town, number)
    assert reads_document(town, "brandt", lead)
    assert reads_document(town, "brandt", attached)
