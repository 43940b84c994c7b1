"""The words of the search that the house keeps itself: synonyms and stop words, by administrators.

They belong to questions and not to the index, so a change counts from the next question on, for people, programs and
alerts alike. They are words of the house and none of its records, so the history tells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.finding import counted
from eakte.actions.guard import check_revision
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import Actor, Permission
from eakte.store.database import catalogue_of
from eakte.store.history import record, set_to
from eakte.store.search_words import StopWord, SynonymGroup, forget_search_words, search_words
from search import german
from search.engine import SearchEngine
from search.model import Query

MOST_GROUPS, MOST_WORDS, MOST_STOP_WORDS = 1_000, 12, 500
LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of synonyms; those of the file have no id and are changed there."""

    words: tuple[str, ...]
    group_id: UUID | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class WordsView:
    """All words that the house keeps."""

    groups: tuple[GroupView, ...]
    stop_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gain:
    """What a word finds now, and what it would find with a group of synonyms, as far as the person may see it."""

    word: str
    before: int
    after: int


def listing(session: Session, actor: Actor) -> WordsView:
    """Return the groups, those of the file first, and the stop words in order."""
    actor.require(Permission.USERS)
    own = session.scalars(select(SynonymGroup)).all()
    changed = sorted((GroupView(tuple(one.words), one.id, one.revision) for one in own), key=lambda one: one.words)
    fixed = (GroupView(words) for words in catalogue_of(session).synonyms)
    return WordsView((*fixed, *changed), tuple(session.scalars(select(StopWord.written).order_by(StopWord.word))))


def add_group(session: Session, actor: Actor, text: str, now: datetime) -> UUID:
    """Add a group typed as ``Kfz = Kraftfahrzeug``.

    Raises:
        InvalidInput: These are no two words, the group is there already, or there are too many.
    """
    actor.require(Permission.USERS)
    words = _group(session, text)
    if (session.scalar(select(func.count()).select_from(SynonymGroup)) or 0) >= MOST_GROUPS:
        raise InvalidInput(problem=f"Mehr als {MOST_GROUPS} Gruppen sind nicht möglich.", field="words")
    made = SynonymGroup(words=list(words))
    session.add(made)
    _flush(session)
    record(
        session, actor, "synonyms.added", about=("synonym_group", made.id), now=now, changes=set_to(words=made.words)
    )
    return made.id


def change_group(
    session: Session, actor: Actor, group_id: UUID, text: str, *, revision: int | None = None, now: datetime
) -> None:
    """Replace the words of a group.

    Raises:
        NotFound: There is no such group.
        InvalidInput: These are no two words, or another group is the same.
        StaleRevision: It was changed since.
    """
    found = _group_of(session, actor, group_id)
    check_revision(found.revision, revision)
    before, words = found.words, list(_group(session, text, but=group_id))
    if words == before:
        return
    found.words, found.revision = words, found.revision + 1
    _flush(session)
    changes = {"words": (before, words)}
    record(session, actor, "synonyms.changed", about=("synonym_group", group_id), now=now, changes=changes)


def remove_group(session: Session, actor: Actor, group_id: UUID, now: datetime) -> None:
    """Forget a group.

    Raises:
        NotFound: There is no such group.
    """
    found = _group_of(session, actor, group_id)
    before = found.words
    session.delete(found)
    _flush(session)
    changes = {"words": (before, None)}
    record(session, actor, "synonyms.removed", about=("synonym_group", group_id), now=now, changes=changes)


def add_stop_words(session: Session, actor: Actor, text: str, now: datetime) -> tuple[str, ...]:
    """Drop words from questions from now on and return those that are new; known ones are fine.

    Raises:
        InvalidInput: There is no word, or there are too many.
    """
    actor.require(Permission.USERS)
    typed = {token.word: text[token.start : token.end] for token in german.tokens(german.clean(text))}
    if not typed or max(map(len, typed.values())) > LONGEST_WORD:
        raise InvalidInput(problem=f"Bitte Wörter angeben, jedes höchstens {LONGEST_WORD} Zeichen.", field="stop_words")
    known = search_words(session).stop_words
    new = {word: written for word, written in typed.items() if word not in known and not german.is_stop_word(word)}
    if len(known) + len(new) > MOST_STOP_WORDS:
        raise InvalidInput(problem=f"Mehr als {MOST_STOP_WORDS} Stoppwörter sind nicht möglich.", field="stop_words")
    for word, written in new.items():
        session.add(StopWord(word=word, written=written))
        _flush(session)
        record(session, actor, "stop_word.added", about=("stop_word", word), now=now, changes=set_to(words=[written]))
    return tuple(new.values())


def remove_stop_word(session: Session, actor: Actor, word: str, now: datetime) -> None:
    """Let questions ask for a word again.

    Raises:
        NotFound: It is no stop word of the house.
    """
    actor.require(Permission.USERS)
    found = session.get(StopWord, german.fold(german.clean(word)), with_for_update=True)
    if found is None:
        raise NotFound
    session.delete(found)
    _flush(session)
    changes = {"words": ([found.written], None)}
    record(session, actor, "stop_word.removed", about=("stop_word", found.word), now=now, changes=changes)


def preview(session: Session, index: SearchEngine, actor: Actor, text: str, now: datetime) -> tuple[Gain, ...]:
    """Return for each single word of a group what it would find; nothing is counted for who may not search.

    Raises:
        InvalidInput: These are no two words.
    """
    actor.require(Permission.USERS)
    words = _group(session, text, new=False)
    if not actor.may(Permission.READ):
        return ()
    known = search_words(session).synonyms
    queries = [Query(word) for word in words if len(list(german.tokens(word))) == 1]
    return tuple(
        Gain(
            query.text,
            counted(session, index, actor, query, known, now),
            counted(session, index, actor, query, (*known, words), now),
        )
        for query in queries
    )


def _group_of(session: Session, actor: Actor, group_id: UUID) -> SynonymGroup:
    actor.require(Permission.USERS)
    found = session.get(SynonymGroup, group_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _group(session: Session, text: str, *, but: UUID | None = None, new: bool = True) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(" ".join(word.split()) for word in german.clean(text).split("=")))
    meanings = [tuple(token.stem for token in german.tokens(word)) for word in words]
    if len(words) < 2 or not all(meanings) or len(set(meanings)) < len(words):
        problem = "Erwartet wird „Wort = anderes Wort“; dieselbe Wortform zählt einmal."
        raise InvalidInput(problem=problem, field="words")
    if len(words) > MOST_WORDS or max(map(len, words)) > LONGEST_WORD:
        problem = f"Höchstens {MOST_WORDS} Wörter in einer Gruppe, jedes höchstens {LONGEST_WORD} Zeichen."
        raise InvalidInput(problem=problem, field="words")
    others = [*catalogue_of(session).synonyms]
    others += [tuple(one.words) for one in session.scalars(select(SynonymGroup)) if one.id != but]
    if new and any(set(words) == set(other) for other in others):
        raise InvalidInput(problem="Diese Gruppe gibt es schon.", field="words")
    return words


def _flush(session: Session) -> None:
    session.flush()
    forget_search_words(session)
