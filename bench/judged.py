"""Judged queries from any German text: ``python -m bench.judged FOLDER OUT [--queries 300] [--documents 10000]``.

Cuts the text files (``.txt``, ``.md``) of FOLDER into page-like documents and writes ``OUT/docs.jsonl`` and
``OUT/queries.jsonl`` as :mod:`bench.retrieval` reads them. Each query looks for one known document by three of its
rarer words, one of which is asked differently than it is written there:

- ``split``: a compound asked by its parts; ``joined``: two words asked as one compound;
- ``inflected``: another form of the word; ``umlaut``: ``ae`` for ``ä``; ``misspelt``: one letter wrong;
- ``plain``: as written; ``phrase``: three words that stand together, in quotation marks;
- ``synonym``: by a word of ``config/synonyms.txt`` that means the same. A kind the text does not lend itself to is left
  out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search import german
from search.synonyms import read

PAGE = 2_000
"""Characters of a document."""
SYNONYMS = Path("config/synonyms.txt")
TRIES = 2_000
"""Documents tried for one query."""
RAREST, MOST = 2, 40
"""Documents that a word of a query stands in."""
_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{4,}")
_LINKS = ("", "s", "es", "n", "en")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, and in how many of them each lower-case word stands."""

    texts: list[str]
    counts: Counter[str]
    by_stem: dict[str, list[str]]


def documents(folder: Path, most: int) -> Iterator[str]:
    """Yield page-like pieces of the text files below *folder*, cut at paragraphs."""
    made = 0
    for file in sorted((*folder.rglob("*.txt"), *folder.rglob("*.md"))):
        page = ""
        for paragraph in re.split(r"\n\s*\n", file.read_text("utf-8", "replace")):
            page += paragraph.strip() + "\n\n"
            if len(page) >= PAGE:
                yield page.strip()
                page, made = "", made + 1
                if made >= most:
                    return


def corpus_of(texts: list[str]) -> Corpus:
    """Count the words of the documents."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word.lower() for word in _WORD.findall(text)})
    by_stem: dict[str, list[str]] = {}
    for word in counts:
        by_stem.setdefault(german.analyse(word)[1], []).append(word)
    return Corpus(texts, counts, by_stem)


class Asker:
    """Makes queries for one document."""

    def __init__(self, corpus: Corpus, chance: random.Random) -> None:
        self._corpus, self._chance = corpus, chance
        groups = read(SYNONYMS.read_text("utf-8").splitlines())
        self._others = {word.lower(): [one for one in group if one != word] for group in groups for word in group}
        self.kinds: dict[str, Callable[[list[str], str], str | None]] = {
            "plain": lambda words, _: " ".join(words[:3]),
            "split": lambda words, _: self._one(words, self._parts),
            "joined": lambda _, text: self._joined(text),
            "inflected": lambda words, _: self._one(words, self._other_form),
            "umlaut": lambda words, _: self._one(words, self._spelt_out),
            "misspelt": lambda words, _: self._one(words, self._misspelt),
            "phrase": lambda _, text: self._phrase(text),
            "synonym": self._synonym,
        }

    def query(self, kind: str, text: str) -> str | None:
        """Return a query of the kind for a document, or nothing if its words do not lend themselves to it."""
        rare = sorted({word for word in _WORD.findall(text) if RAREST <= self._corpus.counts[word.lower()] <= MOST})
        if len(rare) < 6:
            return None
        return self.kinds[kind](self._chance.sample(rare, len(rare)), text)

    def _one(self, words: list[str], change: Callable[[str], str | None]) -> str | None:
        for word in words:
            if changed := change(word):
                others = [other for other in words if other != word][:2]
                asked = [changed, *others]
                self._chance.shuffle(asked)
                return " ".join(asked)
        return None

    def _parts(self, word: str) -> str | None:
        counts, lower = self._corpus.counts, word.lower()
        for cut in range(4, len(lower) - 3):
            head, tail = lower[:cut], lower[cut:]
            for link in _LINKS:
                base = head.removesuffix(link) if link else head
                if len(base) >= 4 and counts[base] and counts[tail] and base != head + link:
                    return f"{base} {tail}"
        return None

    def _joined(self, text: str) -> str | None:
        words = [word.lower() for word in _WORD.findall(text)]
        here = set(words)
        for first in self._chance.sample(sorted(here), min(200, len(here))):
            for second in self._chance.sample(sorted(here), min(60, len(here))):
                for link in _LINKS:
                    compound = f"{first}{link}{second}"
                    if compound not in here and 0 < self._corpus.counts[compound] <= MOST:
                        rare = [word for word in here if RAREST <= self._corpus.counts[word] <= MOST]
                        return " ".join([compound, *self._chance.sample(sorted(rare), 2)]) if len(rare) > 1 else None
        return None

    def _other_form(self, word: str) -> str | None:
        lower = word.lower()
        forms = [form for form in self._corpus.by_stem.get(german.analyse(lower)[1], ()) if form != lower]
        if forms:
            return self._chance.choice(forms)
        return f"{lower}en" if not lower.endswith(("en", "er", "es")) else None

    @staticmethod
    def _spelt_out(word: str) -> str | None:
        spelt = word.translate(_SPELT)
        return spelt if spelt != word else None

    def _misspelt(self, word: str) -> str | None:
        if len(word) < 6:
            return None
        place = self._chance.randrange(1, len(word) - 1)
        wrong = self._chance.choice(
            (
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
                word[:place] + self._chance.choice("abcdefghiklmnoprstuvwz") + word[place + 1 :],
            )
        )
        return wrong if wrong.lower() not in self._corpus.counts else None

    def _phrase(self, text: str) -> str | None:
        words = text.split()
        runs = [
            words[place : place + 3]
            for place in range(len(words) - 2)
            if all(_WORD.fullmatch(word) for word in words[place : place + 3])
        ]
        return f'"{" ".join(self._chance.choice(runs))}"' if runs else None

    def _synonym(self, rare: list[str], text: str) -> str | None:
        known = sorted({word.lower() for word in _WORD.findall(text)} & self._others.keys())
        if not known:
            return None
        word = self._chance.choice(known)
        others = [other for other in rare if other.lower() != word][:2]
        return " ".join([self._chance.choice(self._others[word]), *others])


def judged(corpus: Corpus, count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield about *count* queries of all kinds in turn, as lines of ``queries.jsonl``."""
    chance = random.Random(seed)
    asker = Asker(corpus, chance)
    kinds = list(asker.kinds)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        for _ in range(TRIES):
            place = chance.randrange(len(corpus.texts))
            if (asked := asker.query(kind, corpus.texts[place])) is not None:
                yield {"id": f"{kind}-{number}", "text": asked, "relevant": [f"d{place}"], "kind": kind}
                break


def write(corpus: Corpus, queries: Iterable[dict[str, Any]], out: Path) -> int:
    """Write documents and queries as files into the folder *out* and return how many queries there are."""
    out.mkdir(parents=True, exist_ok=True)
    docs = [{"id": f"d{number}", "title": "", "text": text} for number, text in enumerate(corpus.texts)]
    asked = list(queries)
    for name, rows in (("docs.jsonl", docs), ("queries.jsonl", asked)):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (out / name).write_text("".join(lines), encoding="utf-8")
    return len(asked)


def main() -> None:
    """Write documents and queries."""
    parser = argparse.ArgumentParser(prog="python -m bench.judged")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    corpus = corpus_of(list(documents(options.folder, options.documents)))
    made = write(corpus, judged(corpus, options.queries, options.seed), options.out)
    print(json.dumps({"documents": len(corpus.texts), "queries": made}))


if __name__ == "__main__":
    main()
