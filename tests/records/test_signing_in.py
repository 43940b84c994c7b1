"""The rules of signing in: passwords, throttles, addresses, scopes, groups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eakte.actions.passwords import _common
from eakte.records.access import Permission, Role
from eakte.records.identity import GroupRule, Wanted, wanted_posts
from eakte.records.origin import browser, client_address, shortened
from eakte.records.passwords import LONGEST, SHORTEST, problem_of
from eakte.records.scopes import Scope, powers_of
from eakte.records.throttle import per, take

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
STEIN = ("stein", "Stein", "Maja")


def accepted(password: str) -> bool:
    return problem_of(password, about=STEIN, common=_common()) is None


@pytest.mark.parametrize(
    "password",
    [
        "kurz", "passwort1234", "Passwort2026!", "P4ssw0rt-P4ssw0rt", "123456789012", "aaaaaaaaaaaaaaaa",
        "qwertzuiopü12", "Sommer2026!!!!", "stein-2026-stein", "MajaStein2026", "willkommen123", "abcdefghijklmnop",
        "geheim-geheim", "x" * (LONGEST + 1),
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert not accepted(password)


@pytest.mark.parametrize(
    "password",
    [
        "Regenschirm ohne Griff",
        "leuchtturmtrinkttee",
        "korrekt pferd batterie klammer",
        "Xk7#mQ2$vL9p",
        "ÄÖÜ über alles Öl",
    ],
)
def test_long_and_strange_is_enough_whatever_the_characters(password: str) -> None:
    assert accepted(password)


@given(some.text(some.characters(categories=["L"]), min_size=SHORTEST, max_size=60))
def test_no_kind_of_character_is_demanded(password: str) -> None:
    problem = problem_of(password, about=(), common=())
    assert problem is None or "geraten" in problem


@given(
    some.integers(1, 20),
    some.integers(1, 600),
    some.lists(some.integers(0, 120), min_size=1, max_size=60),
)
def test_no_more_passes_than_is_allowed_in_any_window(burst: int, seconds: int, gaps: list[int]) -> None:
    allowance, now, arrival, passed = per(burst, timedelta(seconds=seconds)), NOW, None, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        arrival, wait = take(arrival, now, allowance)
        if wait is None:
            passed.append(now)
        else:
            assert wait > timedelta()
            assert take(arrival, now + wait, allowance)[1] is None
    for first in passed:
        window = [at for at in passed if first <= at < first + timedelta(seconds=seconds)]
        assert len(window) <= 2 * burst


def test_a_burst_passes_and_then_one_at_a_time() -> None:
    allowance, arrival = per(3, timedelta(seconds=30)), None
    outcomes = []
    for second in (0, 0, 0, 0, 9, 10, 11, 60):
        arrival, wait = take(arrival, NOW + timedelta(seconds=second), allowance)
        outcomes.append(wait is None)
    assert outcomes == [True, True, True, False, False, True, False, True]


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("10.0.0.1", ["203.0.113.7"], 0, "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7"], 1, "203.0.113.7"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.7"], 1, "203.0.113.7"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.7", "10.0.0.2"], 2, "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7"], 2, "10.0.0.1"),
        ("10.0.0.1", ["unsinn"], 1, "10.0.0.1"),
        ("10.0.0.1", [""], 1, "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_say_is_believed(
    peer: str, forwarded: list[str], trusted: int, expected: str
) -> None:
    assert client_address(peer, forwarded, trusted) == expected


def test_addresses_are_kept_as_networks() -> None:
    assert shortened("203.0.113.77") == "203.0.113.x"
    assert shortened("::ffff:203.0.113.77") == "203.0.113.x"
    assert shortened("2001:db8:7:9::1") == "2001:db8:7::x"
    assert shortened("unsinn") == ""


@given(some.ip_addresses(v=4), some.integers(0, 255))
def test_neighbours_have_the_same_shortened_address(address: IPv4Address, last: int) -> None:
    neighbour = IPv4Address(int(address) // 256 * 256 + last)
    assert shortened(str(address)) == shortened(str(neighbour))
    assert str(neighbour) not in shortened(str(address))


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge unter Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox unter Linux"),
        ("curl/8", "Anderes Programm"),
        ("", ""),
    ],
)
def test_browsers_are_told_in_words(agent: str, expected: str) -> None:
    assert browser(agent) == expected


def test_every_power_but_ones_own_account_is_in_the_widest_scope_and_few_in_the_narrow() -> None:
    assert powers_of(list(Scope)) == frozenset(Permission) - {Permission.ACCOUNT}
    assert powers_of([]) == {Permission.PUBLIC, Permission.SIGNED_IN}
    for scope in set(Scope) - {Scope.EVERYTHING}:
        assert not powers_of([scope]) & {Permission.USERS, Permission.DISPOSE, Permission.HOLD, Permission.ACCOUNT}


def test_groups_mean_posts() -> None:
    rules = (
        GroupRule("akte-sb-*", "*", Role.CLERK, "Sachbearbeitung"),
        GroupRule("Revision", "14", Role.AUDITOR, "Prüfung"),
        GroupRule("leitung-*", "10", Role.REGISTRAR, "Leitung"),
    )
    found = wanted_posts({"akte-sb-63.2", "REVISION", "leitung-x", "akte-sb-", "xakte-sb-1", "kantine"}, rules)
    assert found == {
        Wanted("63.2", Role.CLERK, "Sachbearbeitung"),
        Wanted("14", Role.AUDITOR, "Prüfung"),
        Wanted("10", Role.REGISTRAR, "Leitung"),
    }


@given(some.text(max_size=30))
def test_no_group_means_a_post_by_accident(group: str) -> None:
    rule = GroupRule("akte.sb", "10", Role.CLERK, "x")
    assert bool(wanted_posts({group}, (rule,))) == (group.casefold() == "akte.sb")
