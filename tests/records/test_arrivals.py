"""What of one arrival goes with records that are destroyed."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.arrivals import UNRECORDED, gone_along, lead_id_of, part_id
from eakte.records.states import ItemState

ITEMS = [UUID(int=number) for number in range(1, 7)]
LEAD = ITEMS[0]
ARRIVALS = st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(list(ItemState)), max_size=6)


@given(ARRIVALS, st.sets(st.sampled_from(ITEMS), min_size=1))
def test_only_what_is_no_record_goes_and_never_while_its_container_is_kept(
    states: dict[UUID, ItemState], gone: set[UUID]
) -> None:
    along = gone_along(LEAD, states, gone)
    assert all(states[one] in UNRECORDED and one not in gone for one in along)
    if LEAD in states and LEAD not in gone and states[LEAD] not in UNRECORDED:
        assert not along


@given(ARRIVALS, st.sets(st.sampled_from(ITEMS), min_size=1))
def test_what_is_left_of_an_arrival_still_has_a_record_or_a_decision_to_come(
    states: dict[UUID, ItemState], gone: set[UUID]
) -> None:
    left = {key: state for key, state in states.items() if key not in gone | gone_along(LEAD, states, gone)}
    assert not left or any(state not in UNRECORDED for state in left.values())


def test_the_upload_id_of_a_part_names_its_container_and_no_other_does() -> None:
    lead = uuid4()
    assert lead_id_of(part_id(lead, 3)) == lead
    assert [lead_id_of(one) for one in (str(lead), f"mail:63:{lead}", "part:x:1", "part:", "")] == [None] * 5
