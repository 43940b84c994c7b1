"""The post of the demo city: which letters came, whose inbox they reached, what the clerks did with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from eakte.demo.data import CONFIG
from eakte.demo.letters import Carrier, Letter, letters

SEED = 2026
COUNT = 78
_WAITING = {
    ("63.2", True): 3,
    ("63.2", False): 3,
    ("32.1", False): 1,
    ("50.1", True): 1,
    ("66.1", False): 1,
    ("23.2", True): 1,
}
"""How many of the latest letters about open files still wait in an inbox, with and without a printed reference."""
_RECENT = date(2026, 10, 1)
_STRAY_UNITS = ("63.2", "11.2", "66.1", "63.2", "32.1", "11.2")
"""Inboxes that letters without a case file reach, one after the other."""


class Fate(StrEnum):
    """What became of a letter."""

    FILED = "filed"
    WAITING = "waiting"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter on its way."""

    letter: Letter
    unit: str
    fate: Fate
    locked: bool = False
    """It came as a PDF that nobody can open."""

    @property
    def upload_id(self) -> str:
        """The same letter is the same upload, also after an interruption."""
        return f"demo:{self.letter.seed}:{self.letter.spec.key}{':locked' if self.locked else ''}"

    def render(self, folder: Path) -> Path:
        """Write the file that arrives into *folder*."""
        return self.letter.render_locked(folder) if self.locked else self.letter.render(folder)

    @property
    def typed(self) -> bool:
        """Whether it came as a file, not as paper."""
        return self.letter.spec.carrier is Carrier.BORN_PDF


def demo_mail(config: Path = CONFIG) -> tuple[Mail, ...]:
    """Return the whole post of the demo city, with one file at the end that cannot be read."""
    post = sort_mail(letters(SEED, COUNT, config=config))
    last = next(mail for mail in reversed(post) if mail.unit == "63.2" and mail.fate is Fate.WAITING)
    return (*post, replace(last, locked=True))


def sort_mail(post: Iterable[Letter]) -> tuple[Mail, ...]:
    """Decide the fate of every letter: the latest of open files wait, advertising is dropped, the rest is filed."""
    sorted_mail: list[Mail] = []
    waiting: Counter[tuple[str, bool]] = Counter()
    strays = 0
    for letter in sorted(post, key=lambda letter: letter.spec.received_on, reverse=True):
        spec = letter.spec
        if spec.unit_code is None:
            fate = Fate.DROPPED if spec.template == "frei-werbung" else Fate.WAITING
            sorted_mail.append(Mail(letter, _STRAY_UNITS[strays % len(_STRAY_UNITS)], fate))
            strays += 1
            continue
        kind = (spec.unit_code, spec.reference is not None)
        waits = _recent(letter) and waiting[kind] < _WAITING.get(kind, 0)
        waiting[kind] += waits
        sorted_mail.append(Mail(letter, spec.unit_code, Fate.WAITING if waits else Fate.FILED))
    return tuple(reversed(sorted_mail))


def _recent(letter: Letter) -> bool:
    return letter.spec.direction == "INCOMING" and letter.spec.letter_date >= _RECENT
