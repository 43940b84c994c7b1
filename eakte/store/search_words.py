"""The house's own words of the search: groups that mean the same, and words too common to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.store.base import Base
from eakte.store.database import catalogue_of

_KNOWN = "search_words"


class SynonymGroup(Base):
    """Words that mean the same to a search, besides those of ``synonyms.txt``."""

    __tablename__ = "synonym_group"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    words: Mapped[list[str]] = mapped_column(JSON)
    """As they were typed; replaced, never changed."""
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form


class StopWord(Base):
    """A word that is dropped from questions; the index and phrases keep it."""

    __tablename__ = "stop_word"

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Folded, as the search compares words."""
    written: Mapped[str] = mapped_column(String(80))


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What a question is asked with."""

    synonyms: tuple[tuple[str, ...], ...]
    stop_words: frozenset[str]


def search_words(session: Session) -> SearchWords:
    """Return the words of ``synonyms.txt`` and of the database; looked up once in a session."""
    known: SearchWords | None = session.info.get(_KNOWN)
    if known is None:
        groups = session.scalars(select(SynonymGroup.words).order_by(SynonymGroup.id))
        synonyms = (*catalogue_of(session).synonyms, *(tuple(words) for words in groups))
        known = SearchWords(synonyms, frozenset(session.scalars(select(StopWord.word))))
        session.info[_KNOWN] = known
    return known


def forget_search_words(session: Session) -> None:
    """Look the words up again: they were changed."""
    session.info.pop(_KNOWN, None)
