"""Judged letters against case files: ``python -m bench.letter_sets OUT [--files 400] [--incoming 400] [--seed 1]``.

Writes ``OUT/files.jsonl`` and ``OUT/incoming.jsonl`` as :mod:`bench.casefile` reads them. The files hold what came in
before a day, the letters come after it. It is meant to be hard: names and streets recur, a citizen has several files,
one matter has an old and a new file, others write about a matter without naming its parties, three letters in ten are
forms whose words are the same in any matter, only one in five names the reference (and recognition may spoil it), and
one in eight is about a matter that has no file yet.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.letter_worlds import COMMON, DOGS, FIRST, HOUSES, LAST, STREETS, THINGS, TREES, WORLDS, World
from bench.noise import Spoiler

SPLIT = date(2026, 7, 1)
NAMED, STRANGE, TWICE, FORM = 0.2, 0.12, 0.25, 0.3


@dataclass
class Matter:
    """What a case file is about."""

    number: int
    world: World
    slots: dict[str, str]
    opened: date
    relevant: list[str] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The reference number of its file."""
        return f"{self.world.code}-{self.opened.year}/{self.number:04d}"


class City:
    """Makes matters, files and letters, the same for the same seed."""

    def __init__(self, seed: int, worlds: Sequence[World] = WORLDS) -> None:
        self.chance = random.Random(seed)
        self._worlds = worlds

    def matter(self, number: int, before: Sequence[Matter]) -> Matter:
        """Return a new matter, sometimes of a person who has one already, or the same again years later."""
        chance = self.chance
        world, opened = chance.choice(self._worlds), SPLIT - timedelta(days=chance.randrange(1, 2500))
        slots = self._slots()
        if before and chance.random() < TWICE:
            other = chance.choice(before)
            kept = ("name", "last", "street", "hnr", "person") if chance.random() < 0.7 else ("street", "house")
            slots |= {key: other.slots[key] for key in kept}
            if chance.random() < 0.2:
                world = other.world
        return Matter(number, world, slots, opened)

    def _slots(self) -> dict[str, str]:
        chance = self.chance
        first, last = chance.choice(FIRST), chance.choice(LAST)
        return {
            "name": f"{last}, {first}" if chance.random() < 0.5 else f"{first} {last}",
            "person": f"{first} {last}",
            "last": last,
            "street": chance.choice(STREETS).replace("_", " "),
            "hnr": f"{chance.randrange(1, 90)}{chance.choice(['', '', '', 'a', 'b'])}",
            "parcel": f"{chance.randrange(10, 400)}/{chance.randrange(1, 30)}",
            "plate": f"MU-{chance.choice('ABCDEFGHK')}{chance.choice('LMNPRST')} {chance.randrange(10, 9999)}",
            "id": f"{chance.randrange(10_000, 99_999)}",
            "sign": f"{chance.randrange(100, 9999)}/{chance.randrange(19, 27)}-{last[:2].upper()}",
            "thing": chance.choice(THINGS),
            "house": chance.choice(HOUSES),
            "tree": chance.choice(TREES),
            "dog": chance.choice(DOGS),
            "other": chance.choice(LAST),
            "last2": chance.choice(LAST),
        }

    def letter(self, matter: Matter, day: date, *, named: bool, after: bool) -> str:
        """Return the text of a letter; ``after``: of the time behind the split, told in another way."""
        chance, slots = self.chance, dict(matter.slots)
        slots |= {
            "num": str(chance.randrange(12, 980)),
            "small": str(chance.randrange(2, 9)),
            "amount": f"{chance.randrange(20, 900)},{chance.randrange(0, 100):02d}",
            "date": f"{day - timedelta(days=chance.randrange(5, 90)):%d.%m.%Y}",
        }
        outsider = chance.random() < (0.35 if after else 0.2)
        if outsider:
            writer = chance.choice(matter.world.others).format(**(slots | {"last": slots["other"]}))
            head = [writer, f"{chance.choice(STREETS).replace('_', ' ')} {chance.randrange(1, 99)}"]
        else:
            writer = slots["person"]
            head = [writer, f"{slots['street']} {slots['hnr']}"]
        lines = [*head, "30159 Musterstadt", "", "Stadt Musterstadt", "Rathausplatz 1", "30159 Musterstadt", ""]
        lines += self._signs(matter, slots, named=named, outsider=outsider)
        lines += [f"Musterstadt, den {day:%d.%m.%Y}", "", self._subject(matter, slots, outsider=outsider), ""]
        lines += ["Sehr geehrte Damen und Herren,", *self._body(matter, slots), "", "Mit freundlichen Grüßen", writer]
        return "\n".join(lines)

    def _signs(self, matter: Matter, slots: dict[str, str], *, named: bool, outsider: bool) -> list[str]:
        signs = [f"{self.chance.choice(['Ihr Zeichen', 'Az.', 'Aktenzeichen'])}: {matter.reference}"] if named else []
        return signs + ([f"Unser Zeichen: {slots['sign']}"] if outsider and self.chance.random() < 0.6 else [])

    def _subject(self, matter: Matter, slots: dict[str, str], *, outsider: bool) -> str:
        chance, subject = self.chance, self.chance.choice(matter.world.subjects)
        about = chance.random()
        if about < 0.35:
            title = chance.choice(matter.world.titles).format(**slots)
            return f"{subject} - {title}"
        if about < 0.65:
            return f"{subject}, {slots['street']} {slots['hnr']}"
        if about < 0.8 and outsider:
            return f"{subject} {slots['person']}"
        return subject

    def _body(self, matter: Matter, slots: dict[str, str]) -> list[str]:
        chance = self.chance
        if chance.random() < FORM:  # the same words in every matter
            return [" ".join(one.format(**slots) for one in (*matter.world.sentences[:5], *COMMON[:3]))]
        said = chance.sample(matter.world.sentences, chance.randrange(2, 5))
        said += chance.sample(COMMON, chance.randrange(1, 4))
        chance.shuffle(said)
        return [" ".join(one.format(**slots) for one in said)]

    def texts_of(self, matter: Matter) -> str:
        """Return what lies in a file: the letters of one to four days."""
        days = sorted(
            matter.opened + (SPLIT - matter.opened) * self.chance.random() for _ in range(self.chance.randrange(1, 5))
        )
        return "\n\n".join(self.letter(matter, day, named=self.chance.random() < 0.5, after=False) for day in days)


def world_rows(
    seed: int, files: int, incoming: int, worlds: Sequence[World] = WORLDS
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of files and of letters that come in later."""
    city = City(seed, worlds)
    matters: list[Matter] = []
    for number in range(1, files + 1):
        matters.append(city.matter(number, matters))
    rows: list[dict[str, Any]] = [
        {
            "id": f"a{one.number}",
            "title": city.chance.choice(one.world.titles).format(**(one.slots | {"date": f"{one.opened:%d.%m.%Y}"})),
            "ref": one.reference if city.chance.random() < 0.9 else _other_pattern(one),
            "date": one.opened.isoformat(),
            "text": city.texts_of(one),
        }
        for one in matters
    ]
    return rows, [_incoming(city, matters, number) for number in range(incoming)]


def _other_pattern(matter: Matter) -> str:
    return f"{re.sub(r'[^0-9]', '', matter.world.code)[:3]}-{matter.number}/{matter.opened.year % 100} AB"


def _incoming(city: City, matters: list[Matter], number: int) -> dict[str, Any]:
    chance = city.chance
    strange = chance.random() < STRANGE
    matter = city.matter(9000 + number, matters) if strange else chance.choice(matters)
    day = SPLIT + timedelta(days=chance.randrange(1, 120))
    named = not strange and chance.random() < NAMED
    text = city.letter(matter, day, named=named, after=True)
    spoiled = Spoiler(chance.choice((0.0, 0.0, 0.01, 0.03, 0.06)), seed=number).spoil(text)
    return {"id": f"b{number}", "text": spoiled, "relevant": [] if strange else [f"a{matter.number}"]}


def main() -> None:
    """Write the set."""
    parser = argparse.ArgumentParser(prog="python -m bench.letter_sets")
    parser.add_argument("out", type=Path)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--incoming", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = world_rows(options.seed, options.files, options.incoming)
    for name, rows in zip(("files", "incoming"), made, strict=True):
        with (options.out / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    print(json.dumps({"files": len(made[0]), "incoming": len(made[1])}))


if __name__ == "__main__":
    main()
