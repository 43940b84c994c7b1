"""Rights as sets."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.access import (
    ALL,
    POWERS,
    Permission,
    PostFacts,
    Role,
    keys_of,
    permissions_of,
    person_key,
    record_keys,
    unit_key,
)

PERSON = uuid4()
CODES = st.frozensets(st.sampled_from(["1", "1.1", "1.2", "2", "2.1"]), min_size=1)
POSTS = st.lists(st.builds(PostFacts, st.sampled_from(Role), CODES), max_size=4)


@given(POSTS)
def test_a_person_without_reading_role_holds_no_key_of_a_unit(posts: list[PostFacts]) -> None:
    readers = [post for post in posts if Permission.READ in POWERS[post.role]]
    if not readers:
        assert keys_of(PERSON, posts) <= {person_key(PERSON)}


@given(POSTS, POSTS)
def test_one_more_post_never_takes_a_key_or_power_away(posts: list[PostFacts], more: list[PostFacts]) -> None:
    assert keys_of(PERSON, posts) <= keys_of(PERSON, [*posts, *more])
    assert permissions_of(posts) <= permissions_of([*posts, *more])


@given(POSTS, st.sampled_from(["1", "1.1", "2"]))
def test_roles_that_read_everything_do_not_reach_need_to_know_files(posts: list[PostFacts], unit: str) -> None:
    carried = record_keys(unit_key(unit), restricted=True, shares=[])
    assert ALL not in carried
    reached = bool(keys_of(PERSON, posts) & carried)
    works_there = any(
        unit in post.unit_codes and post.role in {Role.CLERK, Role.MAIL_CLERK, Role.REGISTRAR} for post in posts
    )
    assert reached == works_there


def test_without_a_post_a_person_sees_and_does_nothing() -> None:
    assert keys_of(PERSON, []) == frozenset()
    assert permissions_of([]) == {
        Permission.PUBLIC, Permission.SIGNED_IN, Permission.ACCOUNT, Permission.OWN,
    }  # fmt: skip


def test_a_share_adds_a_key_to_a_need_to_know_file() -> None:
    assert record_keys(unit_key("1"), restricted=True, shares=[unit_key("2")]) == {unit_key("1"), unit_key("2")}


def test_the_administrator_reads_no_content() -> None:
    assert not POWERS[Role.ADMINISTRATOR] & {Permission.READ, Permission.FILE, Permission.DISPOSE}
