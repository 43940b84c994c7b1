"""The history leaves as a signed file that proves itself without the database."""

from __future__ import annotations

import json
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eakte.actions.history_export import Chosen, lines
from eakte.errors import NotFound
from eakte.records.access import SYSTEM, Actor
from eakte.records.export import Checked, check
from eakte.store.signing import SigningKey, verifier
from tests.town import NOW, Town


def exported(town: Town, chosen: Chosen | None = None, actor: Actor = SYSTEM) -> bytes:
    key = SigningKey(town.folder / "keys")
    with town.database.reading() as session:
        made = lines(session, actor, chosen or Chosen(values=True), key.sign, NOW)
        return "".join(f"{line}\n" for line in made).encode()


def checked(town: Town, content: bytes, folder: Path | None = None) -> Checked:
    public = town.folder / "public.pem"
    public.write_bytes(SigningKey(folder or town.folder / "keys").public_pem())
    return check(content.splitlines(keepends=True), verifier(public).signed)


def of(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.splitlines()]


def test_an_export_proves_itself(town: Town) -> None:
    town.filed()
    content = exported(town)
    found = checked(town, content)
    assert (found.problem, found.entries) == ("", len(of(content)) - 1)
    assert of(content)[-1]["whole"] is True
    assert "Neubau Gartenweg 7" in content.decode()


def test_without_values_no_content_leaves(town: Town) -> None:
    town.filed()
    content = exported(town, Chosen())
    assert checked(town, content).problem == ""
    assert "Gartenweg" not in content.decode()


def test_the_key_is_made_once_and_only_we_may_read_it(town: Town) -> None:
    first, second = exported(town), exported(town)
    assert first == second
    key = SigningKey(town.folder / "keys").path
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [file.name for file in key.parent.iterdir()] == [key.name]


def test_another_key_proves_nothing(town: Town) -> None:
    assert "Unterschrift" in checked(town, exported(town), town.folder / "others").problem


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_changed_in_an_export_is_found(town: Town, data: st.DataObject) -> None:
    content = exported(town)
    place, byte = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 255))
    forged = content[:place] + bytes([byte]) + content[place + 1 :]
    assert (checked(town, forged).problem == "") == (forged == content)


@pytest.mark.parametrize("way", ["first", "middle", "last entry", "signature", "twice", "order"])
def test_any_line_taken_added_or_moved_is_found(town: Town, way: str) -> None:
    town.case_file()
    whole = exported(town).splitlines(keepends=True)
    forged = {
        "first": whole[1:],
        "middle": whole[:3] + whole[4:],
        "last entry": whole[:-2] + whole[-1:],
        "signature": whole[:-1],
        "twice": whole[:3] + whole[2:],
        "order": [*whole[:2], whole[3], whole[2], *whole[4:]],
    }[way]
    assert checked(town, b"".join(forged)).problem != ""


def test_a_period_and_a_case_file_can_be_chosen(town: Town) -> None:
    one, other = town.case_file(), town.case_file()
    town.now = NOW + timedelta(days=3)
    later = town.case_file()
    of_one = exported(town, Chosen(reference=one.file_reference))
    assert [line["entry"]["case_file_id"] for line in of(of_one)[:-1]] == [str(one.id)]  # type: ignore[index]  # entries
    by_day = exported(town, Chosen(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23)))
    assert [line["entry"]["case_file_id"] for line in of(by_day)[:-1]] == [str(later.id)]  # type: ignore[index]  # entries
    assert checked(town, of_one).problem == checked(town, by_day).problem == ""
    assert of(of_one)[-1]["whole"] is False
    assert str(other.id) not in (of_one + by_day).decode()


def test_files_one_may_not_know_of_are_left_out(town: Town) -> None:
    secret, public = town.case_file(restricted=True), town.case_file()
    content = exported(town, actor=town.actor("pruefer")).decode()
    assert str(secret.id) not in content
    assert str(public.id) in content
    with pytest.raises(NotFound):
        exported(town, Chosen(reference=secret.file_reference), actor=town.actor("pruefer"))


def test_values_of_letters_that_are_not_ones_own_to_see_are_left_out_and_the_rest_still_proves_itself(
    town: Town,
) -> None:
    hidden, shown = town.filed_in(restricted=True), town.filed_in(restricted=False)
    content = exported(town, actor=town.actor("pruefer"))
    received = {
        name: line
        for line in content.decode().splitlines()
        for name in (str(hidden), str(shown))
        if name in line and "item.received" in line
    }
    assert checked(town, content).problem == ""
    assert ".pdf" not in received[str(hidden)]
    assert ".pdf" in received[str(shown)]
