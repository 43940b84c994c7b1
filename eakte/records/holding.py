"""Hold orders (Sperranordnung): what they reach and when they have to be looked at again. Pure: days are arguments.

Records know people by what is written in them, and by nothing else: there is no register of persons. An order over a
person therefore looks for names and marks (an account, a customer or personnel number, an address); it holds namesakes
too, because what was held too much can be let go, and what was destroyed cannot be brought back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum


class HoldScope(StrEnum):
    """What an order reaches."""

    FILES = "files"
    """The case files it names, and no others."""
    PERSON = "person"
    """Every case file in which a person is named, those to come too."""
    QUERY = "query"
    """Every case file of which a search finds a document, those to come too."""


SCOPE_LABELS: Mapping[HoldScope, str] = {
    HoldScope.FILES: "Einzelne Akten",
    HoldScope.PERSON: "Person",
    HoldScope.QUERY: "Suche",
}
ASKED = frozenset({HoldScope.PERSON, HoldScope.QUERY})
"""Scopes that are asked of each case file, again and again."""
MOST_WORDS = 20
"""Names or marks in one order."""
SOON = timedelta(days=30)
"""So long before its day a review is on the worklist."""

_QUOTES = re.compile(r"[\"„“”»«‚‘'*]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


class ReviewState(StrEnum):
    """How the review of an order stands."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


REVIEW_LABELS: Mapping[ReviewState, str] = {
    ReviewState.OVERDUE: "überfällig",
    ReviewState.SOON: "bald fällig",
    ReviewState.LATER: "später",
}


def review_state(review_on: date, today: date) -> ReviewState:
    """Tell whether a review is overdue; on its day itself it is."""
    if review_on <= today:
        return ReviewState.OVERDUE
    return ReviewState.SOON if review_on <= today + SOON else ReviewState.LATER


def in_a_year(day: date) -> date:
    """Return the day of review where nobody chose one: a hold that nobody looks at would stay for ever."""
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def written(lines: str) -> tuple[str, ...]:
    """Return what was typed, one a line, without empty lines and repetitions."""
    return tuple(dict.fromkeys(" ".join(line.split()) for line in lines.splitlines() if line.strip()))


def questions(scope: HoldScope, criteria: Mapping[str, object]) -> tuple[str, ...]:
    """Return what an order asks in the language of the search; a case file is held if one of them finds a document."""
    if scope is HoldScope.QUERY:
        return (str(criteria["text"]),)
    if scope is HoldScope.PERSON:
        asked = [text for name in _texts(criteria, "names") for text in _spellings(name)]
        asked += [text for mark in _texts(criteria, "marks") for text in _written_marks(mark)]
        return tuple(dict.fromkeys(f'"{text}"' for text in asked))
    return ()


def told(scope: HoldScope, criteria: Mapping[str, object]) -> str:
    """Say in one German line what an order reaches."""
    if scope is HoldScope.QUERY:
        return f"Suche: {criteria.get('text', '')}"
    if scope is HoldScope.PERSON:
        return "Person: " + "; ".join([*_texts(criteria, "names"), *_texts(criteria, "marks")])
    return SCOPE_LABELS[scope]


def _texts(criteria: Mapping[str, object], name: str) -> Sequence[str]:
    found = criteria.get(name) or ()
    return [str(each) for each in found] if isinstance(found, list | tuple) else ()


def _spellings(name: str) -> list[str]:
    """Return a name as letters write it: first name first, and last name first; the comma is none of its words."""
    last, comma, first = (part.strip() for part in _bare(name).partition(","))
    if comma and first:
        return [f"{first} {last}", f"{last} {first}"]
    words = last.split()
    return [" ".join(words), " ".join([words[-1], *words[:-1]])] if len(words) > 1 else words


def _written_marks(mark: str) -> list[str]:
    """Return a mark as it stands in letters; an account number in one piece and in groups of four."""
    bare = " ".join(_bare(mark).split())
    closed = bare.replace(" ", "").upper()
    if not _IBAN.fullmatch(closed):
        return [bare] if bare else []
    return [closed, " ".join(closed[start : start + 4] for start in range(0, len(closed), 4))]


def _bare(text: str) -> str:
    return _QUOTES.sub(" ", text).strip()
