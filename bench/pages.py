"""Pages of German office text without end, the same for the same seed: words as frequent as in real text (Zipf's law).

Administrative nouns and their compounds, forms of verbs and adjectives, function words, names, numbers, reference
numbers; some words stand on one page only, as misread ones do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import numpy as np
import numpy.typing as npt

from search.model import Entry, EntryPage

UNITS = 500
WORDS_OF_A_PAGE = 220
_LONGEST = 6
_FIRST = date(2006, 1, 1)


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_COMMON = _listed(
    "die der und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine auch als an nach "
    "wie im für man aber aus durch wenn nur war noch werden bei hat wir was wird sein einen welche sind oder zur "
    "um haben einer mir über ihm diese einem ihr uns da zum kann doch vor dieser mich ihn du hatte seine mehr am "
    "denn nun unter sehr"
)
_FUNCTION_WORDS = frozenset(_COMMON)
_NOUNS = _listed(
    "Antrag Bescheid Stellplatz Garten Gebäude Straße Gewerbe Steuer Satzung Genehmigung Verwaltung Gebühr "
    "Prüfung Verfahren Frist Widerspruch Grundstück Nachbar Wohnung Geld Kind Schule Amt Stadt Bezirk Plan Bau "
    "Abwasser Lärm Verkehr Sicherheit Ordnung Unterlage Rechnung Vertrag Zahlung Mahnung Gutachten Fläche Nutzung "
    "Betrieb Anlage Denkmal Brand Schutz Umwelt Wasser Abfall Friedhof Halle Verein Zuschuss Haushalt Kasse "
    "Personal Ausweis Pass"
)
_OTHERS = _listed(
    "beantragen erteilen ablehnen prüfen vorlegen einreichen bestätigen zahlen bauen nutzen ändern widersprechen "
    "neu alt öffentlich privat schriftlich persönlich zuständig rechtlich fällig dringend vollständig "
    "erforderlich möglich"
)
_ENDINGS = ("", "e", "en", "er", "es", "em")
_SYLLABLES = _listed(
    "ba be bi bo da de du fa fe ga ge ha he ka ke la le li ma me mi na ne ra re ri sa se si ta te ti wa we"
)
_TYPES = ("Antrag", "Bescheid", "Rechnung", "Gutachten", "Stellungnahme", "Vermerk", "Anlage", "Mahnung")


def vocabulary() -> list[str]:
    """Return the words by how often they are used."""
    links = {"g": "s", "t": "", "e": "n", "r": "s"}
    pairs = [f"{a}{links.get(a[-1], '')}{b.lower()}" for a, b in product(_NOUNS, _NOUNS) if a != b]
    triples = [f"{pair}{links.get(pair[-1], '')}{c.lower()}" for pair, c in product(pairs[::3], _NOUNS[::2])]
    forms = [f"{word}{ending}" for word in (*_OTHERS, *_NOUNS) for ending in _ENDINGS]
    rng = np.random.default_rng(5)
    return [*_COMMON, *forms, *map(str, rng.permutation(pairs)), *map(str, rng.permutation(triples))]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes text; ``share`` holds for each word how much of all text it and those before it are."""

    words: npt.NDArray[np.object_]
    share: npt.NDArray[np.float64]

    def text(self, rng: np.random.Generator) -> str:
        """Return the text of one page."""
        chosen = self.words[np.searchsorted(self.share, rng.random(WORDS_OF_A_PAGE))].tolist()
        for place in rng.integers(0, WORDS_OF_A_PAGE, 6):
            chosen[place] = "".join(_SYLLABLES[one] for one in rng.integers(0, len(_SYLLABLES), 4)).title()
        chosen[3] = (
            f"{rng.integers(10, 99)}.{rng.integers(10, 99)}-20{rng.integers(10, 27)}/{rng.integers(1, 9_999):04}"
        )
        chosen[5] = str(rng.integers(1, 100_000))
        lines = [" ".join(chosen[start : start + 11]) for start in range(0, WORDS_OF_A_PAGE, 11)]
        return ".\n".join(lines) + "."

    def question(self, rng: np.random.Generator) -> str:
        """Return three words of a page, as frequent as words of a page are, without function words."""
        words = dict.fromkeys(word.strip(".") for word in self.text(rng).split())
        kept = [word for word in words if word.isalpha() and word not in _FUNCTION_WORDS]
        return " ".join(rng.choice(kept, 3, replace=False).tolist())


def maker() -> Maker:
    """Return the one maker there is."""
    words = vocabulary()
    weights = 1 / (np.arange(len(words)) + 2.7) ** 1.05
    return Maker(np.array(words, dtype=object), np.cumsum(weights) / weights.sum())


def unit_key(number: int) -> str:
    """Return the access key of a unit."""
    return f"unit:{number:03}"


def entries(first: int, pages: int, seed: int = 1) -> Iterator[Entry]:
    """Yield documents numbered from *first* that have *pages* pages in all, most of them one to three."""
    made, rng = maker(), np.random.default_rng([seed, first])
    number = first
    while pages > 0:
        count = min(pages, int(rng.choice((1, 1, 2, 3, _LONGEST))))
        pages -= count
        yield _entry(made, rng, number, count)
        number += 1


def _entry(made: Maker, rng: np.random.Generator, number: int, pages: int) -> Entry:
    unit, file = int(rng.integers(0, UNITS)), number // 8
    reference = f"{10 + unit // 10}.{10 + unit % 10}-20{10 + file % 17}/{file % 10_000:04}"
    texts = [made.text(rng) for _ in range(pages)]
    return Entry(
        document_id=f"d{number}",
        version=1,
        access_keys=frozenset({unit_key(unit)}),
        blocked_keys=frozenset(),
        case_file_id=f"f{file}",
        case_file_reference=reference,
        case_file_subject=" ".join(texts[0].split()[8:12]),
        document_reference=f"{reference}-01#{number % 8 + 1:04}",
        subject=" ".join(texts[0].split()[12:17]),
        document_type=_TYPES[int(rng.integers(0, len(_TYPES)))],
        sender=f"Firma {texts[0].split()[20]}",
        org_unit=f"{10 + unit // 10}.{unit % 10}",
        file_plan_code=f"{10 + unit // 10}.{10 + unit % 10}",
        state=("OPEN", "CLOSED")[file % 3 == 0],
        document_date=_FIRST + timedelta(days=int(rng.integers(0, 7_000))),
        pages=tuple(EntryPage(place, text) for place, text in enumerate(texts, 1)),
    )
