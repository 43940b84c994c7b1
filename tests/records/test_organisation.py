"""The organisation in time, and rights as sets, against naive answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.access import ALL, meets
from eakte.records.organisation import KIND_LABELS, Edge, Organisation, Relation, Span, UnitKind, new_key

UNITS = st.sampled_from("ABCDEF")
EDGES = st.lists(st.builds(Edge, UNITS, UNITS, st.sampled_from(Relation)), max_size=12)
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 6).map(lambda hours: START + timedelta(hours=hours))
SPANS = st.builds(Span, st.none() | MOMENTS, st.none() | MOMENTS)
KEYS = st.frozensets(st.sampled_from(["unit:A", "unit:B", "person:1", "member:A", "member:B", ALL]))


def holds(edges: list[Edge], upper: str, lower: str) -> bool:
    """Naively: follow all walks as long as there can be new units."""
    reached = {upper}
    for _ in range(6):
        reached |= {edge.lower for edge in edges if edge.upper in reached}
    return lower in reached


def belongs(edges: list[Edge], unit: str, around: str) -> bool:
    reached = {unit}
    for _ in range(6):
        reached |= {edge.upper for edge in edges if edge.lower in reached and edge.relation is Relation.PART}
        reached |= {edge.lower for edge in edges if edge.upper in reached and edge.relation is Relation.SUCCESSION}
    return around in reached


@given(EDGES, UNITS, UNITS)
def test_who_holds_a_unit_holds_what_lies_below_and_what_it_took_over(
    edges: list[Edge], upper: str, lower: str
) -> None:
    assert (lower in Organisation(edges).below(upper)) == holds(edges, upper, lower)


@given(EDGES, UNITS)
def test_the_way_to_every_unit_is_a_chain_of_edges(edges: list[Edge], upper: str) -> None:
    for lower, way in Organisation(edges).below(upper).items():
        places = [upper, *(edge.lower for edge in way)]
        assert [edge.upper for edge in way] == places[:-1]
        assert places[-1] == lower
        assert set(way) <= set(edges)


@given(EDGES, UNITS, UNITS)
def test_who_works_in_a_unit_works_in_those_above_it_and_in_what_these_took_over(
    edges: list[Edge], unit: str, other: str
) -> None:
    assert (other in Organisation(edges).around(unit)) == belongs(edges, unit, other)


@given(KEYS, KEYS, KEYS)
def test_a_record_is_seen_by_a_key_that_opens_it_unless_a_key_is_blocked(
    keys: frozenset[str], carried: frozenset[str], blocked: frozenset[str]
) -> None:
    opened = any(key in carried for key in keys)
    struck = any(key in blocked for key in keys)
    assert meets(keys, carried, blocked) == (opened and not struck)


@given(KEYS, KEYS, KEYS, KEYS)
def test_one_more_block_never_shows_a_record_and_one_more_share_never_hides_it(
    keys: frozenset[str], carried: frozenset[str], blocked: frozenset[str], more: frozenset[str]
) -> None:
    assert not (meets(keys, carried, blocked | more) and not meets(keys, carried, blocked))
    assert not (meets(keys, carried, blocked) and not meets(keys, carried | more, blocked))


@given(SPANS, MOMENTS)
def test_a_span_begins_with_its_first_moment_and_is_over_at_its_end(span: Span, moment: datetime) -> None:
    hours = [START + timedelta(hours=hour) for hour in range(-1, 9)]
    begun = [hour for hour in hours if span.since is None or hour >= span.since]
    expected = moment in [hour for hour in begun if span.until is None or hour < span.until]
    assert span.covers(moment) == expected


@given(st.lists(st.sampled_from(["63", "63.2", "63~2"]), max_size=8))
def test_no_unit_gets_the_key_of_another_one(codes: list[str]) -> None:
    keys: list[str] = []
    for code in codes:
        keys.append(new_key(code, keys))
    assert len(set(keys)) == len(keys)


def test_kinds_of_units_are_known_by_their_german_word() -> None:
    assert {UnitKind(label) for label in KIND_LABELS.values()} == set(UnitKind)
    assert UnitKind("Fachbereich") is UnitKind.DEPARTMENT
