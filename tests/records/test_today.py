"""The order in which people are told of their work."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.today import CHORE_HINTS, CHORE_LABELS, Chore, Task, in_order

TASKS = st.lists(
    st.builds(Task, st.sampled_from(Chore), st.integers(0, 3), overdue=st.booleans()), unique_by=lambda one: one.chore
)


def test_each_kind_of_work_has_a_name_and_a_hint() -> None:
    assert set(CHORE_LABELS) == set(CHORE_HINTS) == set(Chore)


@given(TASKS)
def test_urgent_work_comes_first_and_what_does_not_wait_is_not_told(tasks: list[Task]) -> None:
    told = in_order(tasks)
    assert set(told) == {task for task in tasks if task.count}
    urgent = [task.urgent for task in told]
    assert urgent == sorted(urgent, reverse=True)
    for part in (True, False):
        places = [list(Chore).index(task.chore) for task in told if task.urgent is part]
        assert places == sorted(places)
