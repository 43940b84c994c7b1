"""The scanning desk, pure: how scans fall into documents, what stops a batch, what is drawn, when paper may go."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import MoveRefused
from eakte.records.scanning import (
    BATCH_LABELS,
    BATCH_MOVES,
    BatchState,
    Counts,
    Protection,
    SheetFacts,
    differences,
    drawn,
    keeps_from_release,
    move_batch,
    pieces_of,
    sample_size,
)
from eakte.records.separator_sheet import SheetContent, sheet_content, sheet_text
from eakte.store.signing import PublicKey, SigningKey

SHEETS = st.lists(st.sampled_from("spb"), max_size=30)


def facts(letters: str | list[str], *, same: bool = False) -> list[SheetFacts]:
    """S is a separator, p a written page, b a blank one."""
    return [SheetFacts(n, one == "s", blank=one == "b", same_as_before=same) for n, one in enumerate(letters, 1)]


def shown(letters: str, *, same: bool = False) -> list[tuple[int | None, tuple[int, ...]]]:
    return [(piece.separator, piece.pages) for piece in pieces_of(facts(letters, same=same))]


def test_each_document_begins_behind_its_sheet_and_the_first_also_without() -> None:
    assert shown("ppspsppp") == [(None, (1, 2)), (3, (4,)), (5, (6, 7, 8))]


def test_the_back_of_a_sheet_belongs_to_it_and_a_blank_page_elsewhere_to_the_document() -> None:
    assert shown("sbpbp") == [(1, (3, 4, 5))]
    assert shown("sspp", same=True) == [(1, (3, 4))]


def test_two_different_sheets_in_a_row_are_two_and_a_sheet_without_pages_opens_nothing() -> None:
    assert shown("sspps") == [(2, (3, 4))]


@given(SHEETS)
def test_no_written_page_is_lost_and_none_comes_twice(letters: list[str]) -> None:
    pages = [page for piece in pieces_of(facts(letters)) for page in piece.pages]
    assert pages == sorted(set(pages))
    assert {n for n, one in enumerate(letters, 1) if one == "p"} <= set(pages)
    assert not {n for n, one in enumerate(letters, 1) if one == "s"} & set(pages)


def test_a_difference_is_told_in_a_sentence_and_agreement_in_none() -> None:
    assert differences(Counts(4, 4, 12), documents=7, pages=12) == ("7 Trennblätter erwartet, 4 gefunden",)
    assert differences(Counts(7, 7, 11), documents=7, pages=12) == ("12 Seiten erwartet, 11 gefunden",)
    assert differences(Counts(8, 7, 12), documents=7, pages=None) == ("7 Dokumente erwartet, 8 gefunden",)
    assert differences(Counts(1, 1, 3), documents=1, pages=3) == ()


@given(st.sets(st.text(min_size=1), max_size=60), st.integers(0, 100), st.integers(0, 20), st.text())
def test_the_sample_is_as_large_as_the_rule_says_and_drawn_again_from_its_seed(
    ids: set[str], percent: int, least: int, seed: str
) -> None:
    size = sample_size(len(ids), percent, least)
    sample = drawn(ids, size, seed)
    assert len(sample) == size <= len(ids)
    assert size >= min(least, len(ids))
    assert size * 100 >= min(len(ids) * 100, len(ids) * percent)
    assert drawn(sorted(ids, reverse=True), size, seed) == sample
    assert set(sample) <= ids


def test_another_seed_draws_another_sample() -> None:
    ids = [str(number) for number in range(1_000)]
    assert drawn(ids, 10, "a") != drawn(ids, 10, "b")


def test_paper_goes_only_after_inspection_and_retention_and_never_where_all_of_it_must_stay() -> None:
    today = date(2026, 11, 26)
    past, types, stays = date(2026, 11, 25), ["Antrag"], {"Urkunde"}
    assert keeps_from_release(BatchState.INSPECTED, past, types, stays, today) == ()
    assert keeps_from_release(BatchState.INSPECTION, past, types, stays, today)
    assert keeps_from_release(BatchState.INSPECTED, today, types, stays, today)
    assert keeps_from_release(BatchState.INSPECTED, None, types, stays, today)
    assert keeps_from_release(BatchState.INSPECTED, past, ["Urkunde"], stays, today)
    assert not keeps_from_release(BatchState.INSPECTED, past, ["Urkunde", "Antrag"], stays, today)


def test_every_state_has_a_german_name_and_moves_not_in_the_table_are_refused() -> None:
    assert set(BATCH_LABELS) == set(BATCH_MOVES) == set(BatchState)
    with pytest.raises(MoveRefused):
        move_batch(BatchState.STOPPED, BatchState.INSPECTION)
    with pytest.raises(MoveRefused):
        move_batch(BatchState.INSPECTION, BatchState.PAPER_RELEASED)


CONTENTS = st.builds(
    SheetContent, st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.sampled_from(Protection)
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("key"))


@given(CONTENTS)
def test_a_sheet_says_what_was_printed(key: SigningKey, content: SheetContent) -> None:
    assert sheet_content(sheet_text(content, key.sign), key.signed) == content


@given(CONTENTS, st.data())
def test_a_changed_or_foreign_code_is_no_sheet_of_ours(
    key: SigningKey, content: SheetContent, data: st.DataObject
) -> None:
    text = sheet_text(content, key.sign)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("AbZ09-_.").filter(lambda char: char != text[place]))
    forged = text[:place] + other + text[place + 1 :]
    said = sheet_content(forged, key.signed)
    assert said is None or (said == content and place == len(text) - 1)  # the last sign holds unused bits
    foreign = PublicKey(Ed25519PrivateKey.generate().public_key())
    assert sheet_content(text, foreign.signed) is None


@given(st.text())
def test_no_text_at_all_breaks_the_reader(key: SigningKey, text: str) -> None:
    assert sheet_content(text, key.signed) is None
    assert sheet_content(f"EAKTE1.{text}", key.signed) is None
