"""Hold orders by file, by person and by search: what they hold, what comes later, who sees what, and what they stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import destruction, due_dates, hold_orders, hold_preview, hold_view, holds, verification
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.hold_owners import Owner, owner_by_login
from eakte.actions.hold_view import OrderList
from eakte.actions.holds import HeldByOrder
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotFound, OnHold, StaleRevision
from eakte.records.access import RestrictionKind
from eakte.records.holding import HoldScope, ReviewState
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.disposal import Disposal, DisposalHold
from eakte.store.files import AccessRestriction
from eakte.store.history import HistoryEntry
from eakte.store.hold_orders import HoldOrder
from eakte.store.people import Post
from eakte.worker import clock, indexing
from eakte.worker import disposal as job
from eakte.worker import holding as worker
from retention.model import Outcome
from search.engines import open_engine
from tests.actions.test_destruction import approve, destroy, due_file, propose
from tests.town import NOW, Town


@pytest.fixture
def services(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    settings = Settings(data_folder=tmp_path / "data")
    index = open_engine(settings.search_engine, settings.data_folder / "index")
    monkeypatch.setattr(clock, "datetime", type("Hands", (), {"now": staticmethod(lambda _=None: town.now)}))
    yield Services(settings=settings, database=town.database, objects=town.objects, index=index, archive=None)
    index.close()


def by_person(*names: str, marks: tuple[str, ...] = ()) -> Reach:
    return Reach(HoldScope.PERSON, names=names, marks=marks)


def by_search(text: str) -> Reach:
    return Reach(HoldScope.QUERY, text=text)


def place(town: Town, reach: Reach, login: str = "weber", **more: object) -> UUID:
    actor = town.actor(login)
    with town.database.begin() as session:
        new = NewOrder(reach, "Untersuchungsausschuss", **more)  # type: ignore[arg-type]  # named by the tests
        return hold_orders.place(session, actor, new, town.now).id


def lift(town: Town, order_id: UUID, login: str = "weber") -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        hold_orders.lift(session, actor, order_id, reason="Ausschuss beendet", now=town.now)


def held(town: Town) -> set[tuple[UUID, UUID]]:
    with town.database.reading() as session:
        rows = select(DisposalHold.order_id, DisposalHold.case_file_id).where(DisposalHold.lifted_on.is_(None))
        return {(order_id, file_id) for order_id, file_id in session.execute(rows)}


def letter(town: Town, services: Services, text: str, *, restricted: bool = False) -> UUID:
    """A case file with a letter, put into the index as the worker does."""
    case_file = town.case_file(restricted=restricted)
    filed = town.file(town.waiting(text=text), case_file.id)
    indexing.put(services, str(filed.document_id))
    return case_file.id


def test_an_order_over_a_person_holds_what_names_them_in_either_spelling(town: Town, services: Services) -> None:
    first = letter(town, services, "Widerspruch von Erika Beispiel gegen den Bescheid")
    second = letter(town, services, "Beispiel, Erika: Bescheid vom Mai")
    third = letter(town, services, "Konto DE02 1203 0000 0000 2020 51 der Antragstellerin")
    letter(town, services, "Erika schreibt ein Beispiel")
    order = place(town, by_person("Erika Beispiel", marks=("DE02120300000000202051",)))
    worker.ask_stock(services, str(order))
    assert held(town) == {(order, first), (order, second), (order, third)}
    worker.ask_stock(services, str(order))
    assert len(held(town)) == 3


def test_what_is_filed_or_opened_later_is_held_by_itself(town: Town, services: Services) -> None:
    order = place(town, by_search("Baustopp ODER betreff:Gartenweg"))
    later = letter(town, services, "Anordnung Baustopp")
    assert (order, later) in held(town)
    assert (order, town.case_file().id) in held(town), "its subject names the Gartenweg"


def test_case_files_without_documents_are_found_in_the_stock(town: Town, services: Services) -> None:
    empty = town.case_file()
    order = place(town, by_search("betreff:Gartenweg"))
    worker.ask_stock(services, str(order))
    assert held(town) == {(order, empty.id)}


def test_need_to_know_files_are_held_and_shown_to_nobody_without_the_right(town: Town, services: Services) -> None:
    open_file = letter(town, services, "Untreue im Bauhof")
    secret = letter(town, services, "Untreue im Bauhof", restricted=True)
    weber = town.actor("weber")
    with town.database.reading() as session:
        found = hold_preview.preview(session, services.index, weber, by_search("Untreue"), limit=9, now=town.now)
        assert [row.case_file_id for row in found.first] == [open_file]
        assert found.total == 1
    order = place(town, by_search("Untreue"))
    worker.ask_stock(services, str(order))
    assert held(town) == {(order, open_file), (order, secret)}
    with town.database.reading() as session:
        assert hold_view.show(session, weber, order, town.now).files == 1
        assert [row.case_file_id for row in hold_view.files(session, weber, order, limit=9, now=town.now)] == [
            open_file
        ]


def test_an_order_over_files_is_unknown_to_who_may_see_none_of_them(town: Town) -> None:
    file = town.case_file()
    order = place(town, Reach(HoldScope.FILES, (file.id,)))
    weber, lang = town.actor("weber"), town.actor("lang")
    with town.database.begin() as session:
        session.add(
            AccessRestriction(
                case_file_id=file.id,
                key=f"person:{lang.person_id}",
                kind=RestrictionKind.CONFLICT,
                since=NOW,
                reason="befangen",
                set_by="ott",
            )
        )
    with town.database.reading() as session:
        assert hold_view.listing(session, lang, OrderList.IN_FORCE, limit=9, now=town.now) == ([], 0)
        assert hold_view.listing(session, weber, OrderList.IN_FORCE, limit=9, now=town.now)[1] == 1
        with pytest.raises(NotFound):
            hold_view.show(session, lang, order, town.now)
        with pytest.raises(NotFound):
            hold_view.files(session, lang, order, limit=9, now=town.now)
    with pytest.raises(NotFound):
        lift(town, order, "lang")


def test_a_destruction_asks_the_orders_though_no_round_has_run(town: Town, services: Services) -> None:
    case_file_id = due_file(town)
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)
    order = place(town, by_search("Baugenehmigung"))
    assert held(town) == set()
    with pytest.raises(OnHold), town.database.begin() as session:
        destruction.begin(session, disposal_id, town.now)
    assert held(town) == set(), "a refused transaction leaves nothing"
    with pytest.raises(OnHold):
        job.begin(services, str(disposal_id))
    assert held(town) == {(order, case_file_id)}
    lift(town, order)
    assert job.begin(services, str(disposal_id)) is None


def test_the_manifest_names_every_order_that_was_asked(town: Town) -> None:
    case_file_id = due_file(town)
    order = place(town, by_search("Zirkuszelt"))
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    with town.database.reading() as session:
        manifest = session.get_one(Disposal, disposal_id).manifest
        assert manifest is not None
        assert manifest["orders"] == [str(order)]
        assert verification.verify(session).first_broken is None


def test_lifting_lets_go_what_the_order_holds_and_nothing_else(town: Town, services: Services) -> None:
    file = letter(town, services, "Streit mit Erika Beispiel")
    person, search = place(town, by_person("Erika Beispiel")), place(town, by_search("Streit"))
    for order in (person, search):
        worker.ask_stock(services, str(order))
    lift(town, person)
    assert held(town) == {(search, file)}
    worker.ask_stock(services, str(person))
    indexing.put_all(services, str(file))
    assert held(town) == {(search, file)}, "a lifted order holds nothing again"
    with pytest.raises(MoveRefused):
        lift(town, person)
    with town.database.reading() as session:
        told = session.scalars(select(HistoryEntry.action).where(HistoryEntry.case_file_id == file)).all()
        assert (told.count("hold.placed"), told.count("hold.lifted")) == (2, 1)
        of_order = select(HistoryEntry.action).where(HistoryEntry.about_id == str(person))
        assert session.scalars(of_order).all() == ["hold_order.placed", "hold_order.lifted"]
        assert verification.verify(session).first_broken is None


def test_what_was_caught_stays_held_though_the_record_changes(town: Town, services: Services) -> None:
    file = letter(town, services, "Streit um den Zaun")
    order = place(town, by_search("Zaun -Vergleich"))
    worker.ask_stock(services, str(order))
    indexing.put_all(services, str(file))
    assert held(town) == {(order, file)}


def test_one_file_is_not_taken_out_of_an_order_that_would_hold_it_again(town: Town, services: Services) -> None:
    letter(town, services, "Streit um den Zaun")
    order = place(town, by_search("Zaun"))
    worker.ask_stock(services, str(order))
    weber = town.actor("weber")
    with town.database.reading() as session:
        hold_id = session.scalars(select(DisposalHold.id).where(DisposalHold.order_id == order)).one()
    with pytest.raises(HeldByOrder), town.database.begin() as session:
        holds.lift(session, weber, hold_id, reason="erledigt", now=town.now)


def test_an_order_over_files_ends_with_its_last_hold(town: Town) -> None:
    files = [town.case_file().id, town.case_file().id]
    order, weber = place(town, Reach(HoldScope.FILES, tuple(files))), town.actor("weber")
    with town.database.reading() as session:
        ids = session.scalars(select(DisposalHold.id).where(DisposalHold.order_id == order)).all()
    for number, hold_id in enumerate(ids):
        with town.database.begin() as session:
            holds.lift(session, weber, hold_id, reason="erledigt", now=town.now)
        with town.database.reading() as session:
            assert (session.get_one(HoldOrder, order).lifted_at is not None) == (number == 1)


@pytest.mark.parametrize("text", ["", "  ", "unbekannt:wert", "datum:gestern", "az:", '"offen'])
def test_a_search_that_is_not_understood_is_no_order(town: Town, text: str) -> None:
    with pytest.raises(InvalidInput):
        place(town, by_search(text))


def test_an_order_needs_a_reason_someone_and_a_day_to_come(town: Town) -> None:
    weber = town.actor("weber")
    with pytest.raises(MissingReason), town.database.begin() as session:
        hold_orders.place(session, weber, NewOrder(by_search("Zaun"), "  "), town.now)
    with pytest.raises(InvalidInput):
        place(town, by_search("Zaun"), review_on=town.now.date())
    with pytest.raises(InvalidInput):
        place(town, by_person())
    with pytest.raises(InvalidInput):
        place(town, Reach(HoldScope.FILES))
    with town.database.reading() as session, pytest.raises(InvalidInput):
        owner_by_login(session, "niemand")


def test_the_owner_prolongs_with_a_reason_and_others_do_not(town: Town) -> None:
    brandt, kaya = town.actor("brandt"), town.actor("kaya")
    with town.database.reading() as session:
        owner = owner_by_login(session, "brandt")
    order = place(town, by_search("Zaun"), owner=owner, review_on=town.now.date() + timedelta(days=10))
    day = town.now.date() + timedelta(days=200)
    with town.database.reading() as session:
        assert hold_view.due(session, brandt, town.now) == hold_view.Due(0, 1)
        assert hold_view.due(session, kaya, town.now) == hold_view.Due(0, 0)
    with pytest.raises(NotFound), town.database.begin() as session:
        hold_orders.prolong(session, kaya, order, reason="weiter", review_on=day, now=town.now)
    with pytest.raises(MissingReason), town.database.begin() as session:
        hold_orders.prolong(session, brandt, order, reason="", review_on=day, now=town.now)
    later = town.now + timedelta(days=10)
    with town.database.reading() as session:
        [seen], _ = hold_view.listing(session, brandt, OrderList.DUE, limit=9, now=later)
        assert (seen.review_state, seen.owner) == (ReviewState.OVERDUE, "Brandt, K.")
    with town.database.begin() as session:
        hold_orders.prolong(session, brandt, order, reason="Verfahren läuft", review_on=day, revision=1, now=later)
    with town.database.reading() as session:
        assert hold_view.listing(session, brandt, OrderList.DUE, limit=9, now=later) == ([], 0)
        [review] = hold_view.show(session, brandt, order, later).reviews
        assert (review.reason, review.review_on) == ("Verfahren läuft", day)
    with pytest.raises(StaleRevision), town.database.begin() as session:
        hold_orders.lift(session, brandt, order, reason="vorbei", revision=1, now=later)


def test_a_post_answers_for_an_order_whoever_holds_it(town: Town) -> None:
    with town.database.reading() as session:
        post = session.scalars(select(Post).where(Post.role == "clerk")).first()
        assert post is not None
        owner = Owner(post_id=post.id)
    order = place(town, by_search("Zaun"), owner=owner, review_on=town.now.date() + timedelta(days=1))
    seen = []
    for login in ("brandt", "kaya"):
        with town.database.reading() as session:
            seen += [row.order_id for row in hold_view.listing(
                session, town.actor(login), OrderList.DUE, limit=9, now=town.now
            )[0]]  # fmt: skip
    assert seen == [order]


def test_the_verdict_names_who_holds_why_since_when_and_until_which_review(town: Town) -> None:
    case_file_id, weber = due_file(town), town.actor("weber")
    reach = Reach(HoldScope.FILES, (case_file_id,))
    place(town, reach, legal_basis="§ 1 UAG", review_on=date(2027, 6, 30))
    with town.database.reading() as session:
        found = due_dates.of_case_file(session, weber, case_file_id, town.now)
    assert found.outcome is Outcome.ON_HOLD
    assert "Untersuchungsausschuss (§ 1 UAG, gesetzt von Weber, A., zuständig Weber, A., " in found.steps[-1]
    assert "Prüfung am 30.06.2027)" in found.steps[-1]


def test_the_words_of_a_lifted_order_go_with_the_last_file_it_held(town: Town) -> None:
    case_file_id = due_file(town)
    order = place(town, Reach(HoldScope.FILES, (case_file_id,)))
    lift(town, order)
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    with town.database.reading() as session:
        kept = session.get_one(HoldOrder, order)
        assert (kept.title, kept.reason, kept.lift_reason, kept.criteria) == ("", "", "", {})


def test_a_worker_lets_go_what_is_too_much_for_one_transaction(
    town: Town, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        letter(town, services, f"Zaun {number}")
    order = place(town, by_search("Zaun"))
    worker.ask_stock(services, str(order))
    assert len(held(town)) == 3
    monkeypatch.setattr(hold_orders, "MOST_FILES", 2)
    lift(town, order)
    assert len(held(town)) == 1
    worker.order_all(services)
    worker.ask_stock(services, str(order))
    assert held(town) == set()


def test_a_search_with_more_files_than_the_index_counts_is_walked_to_its_end(
    town: Town, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {letter(town, services, "Zaun") for _ in range(3)}
    order = place(town, by_search("Zaun"))
    find = services.index.find

    def counting_one(query: object, may_see: object) -> object:
        found = find(query, may_see)  # type: ignore[arg-type]  # passed on as it came
        from dataclasses import replace  # noqa: PLC0415

        few = {name: dict(list(counts.items())[:1]) for name, counts in found.facets.items()}
        return replace(found, facets=few)

    monkeypatch.setattr(services.index, "find", counting_one)
    worker.ask_stock(services, str(order))
    assert {file for _, file in held(town)} == files
