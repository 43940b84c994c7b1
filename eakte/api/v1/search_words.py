"""Synonyms and stop words of the house, for administrators."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import search_words
from eakte.api.models import In, Out
from eakte.api.operation import Answer, Call, Operation
from eakte.records.access import Permission
from search import german

Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=search_words.LONGEST_WORD, strip_whitespace=True, pattern=r"^[^=]+$"),
]


class SynonymGroup(Out):
    """Words that mean the same; without an id they stand in the installation's file."""

    group_id: UUID | None
    synonyms: list[str]


class SearchWords(Out):
    """All words that the house keeps."""

    synonym_groups: list[SynonymGroup]
    stop_words: list[str]


class NewGroup(In):
    """Words that mean the same."""

    synonyms: Annotated[list[Word], Field(min_length=2, max_length=search_words.MOST_WORDS)]


class KeptGroup(Out):
    """The receipt for a group."""

    group_id: UUID


class NewStopWord(In):
    """A word to drop from questions."""

    stop_word: Word


class KeptStopWord(Out):
    """The receipt for a stop word."""

    stop_word: str


def listing(call: Call) -> SearchWords:
    """List synonyms and stop words."""
    return SearchWords.model_validate(_told(search_words.listing(call.session, call.actor)))


def _told(view: search_words.WordsView) -> dict[str, object]:
    groups = [{"group_id": one.group_id, "synonyms": list(one.words)} for one in view.groups]
    return {"synonym_groups": groups, "stop_words": list(view.stop_words)}


def add_group(call: Call, body: NewGroup) -> Answer:
    """Add a group."""
    return Answer(
        KeptGroup(group_id=search_words.add_group(call.session, call.actor, " = ".join(body.synonyms), call.now))
    )


def change_group(call: Call, group_id: UUID, body: NewGroup) -> KeptGroup:
    """Replace the words of a group."""
    search_words.change_group(call.session, call.actor, group_id, " = ".join(body.synonyms), now=call.now)
    return KeptGroup(group_id=group_id)


def remove_group(call: Call, group_id: UUID) -> KeptGroup:
    """Forget a group."""
    search_words.remove_group(call.session, call.actor, group_id, call.now)
    return KeptGroup(group_id=group_id)


def add_stop_word(call: Call, body: NewStopWord) -> Answer:
    """Drop a word from questions; twice is once."""
    search_words.add_stop_words(call.session, call.actor, body.stop_word, call.now)
    return Answer(KeptStopWord(stop_word=body.stop_word))


def remove_stop_word(call: Call, stop_word: str) -> KeptStopWord:
    """Let questions ask for a word again."""
    search_words.remove_stop_word(call.session, call.actor, stop_word, call.now)
    return KeptStopWord(stop_word=german.clean(stop_word))


_GROUP = "/synonym-groups/<uuid:group_id>"
OPERATIONS = (
    Operation(
        "GET", "/search-words", listing, Permission.USERS, SearchWords, "Synonyme und Stoppwörter der Suche",
        notes="Änderungen gelten ab der nächsten Suche.",
    ),
    Operation(
        "POST", "/synonym-groups", add_group, Permission.USERS, KeptGroup, "Synonyme hinzufügen",
        status=201, body=NewGroup, once=True,
    ),
    Operation("PUT", _GROUP, change_group, Permission.USERS, KeptGroup, "Synonyme ändern", body=NewGroup),
    Operation("DELETE", _GROUP, remove_group, Permission.USERS, KeptGroup, "Synonyme entfernen"),
    Operation(
        "POST", "/stop-words", add_stop_word, Permission.USERS, KeptStopWord, "Stoppwort hinzufügen",
        status=201, body=NewStopWord,
    ),
    Operation(
        "DELETE", "/stop-words/<stop_word>", remove_stop_word, Permission.USERS, KeptStopWord, "Stoppwort entfernen",
    ),
)  # fmt: skip
