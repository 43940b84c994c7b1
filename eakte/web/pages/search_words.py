"""Administration of the words of the search: synonyms and stop words of the house."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import search_words
from eakte.web import forms
from eakte.web.context import Context

LONGEST = 1_000


def page(ctx: Context) -> ResponseReturnValue:
    """Show all words; of a group that is asked for, what it would find besides."""
    typed = forms.text("words", LONGEST)
    gains = search_words.preview(ctx.session, ctx.services.index, ctx.actor, typed, ctx.now) if typed else None
    return ctx.page(
        "find/words.html", words=search_words.listing(ctx.session, ctx.actor), typed=typed, gains=gains, section=SECTION
    )


def add_group(ctx: Context) -> ResponseReturnValue:
    """Add a group of synonyms."""
    search_words.add_group(ctx.session, ctx.actor, forms.text("words", LONGEST), ctx.now)
    return ctx.go(SECTION)


def change_group(ctx: Context, group_id: UUID) -> ResponseReturnValue:
    """Replace the words of a group."""
    text, revision = forms.text("words", LONGEST), forms.whole("revision")
    search_words.change_group(ctx.session, ctx.actor, group_id, text, revision=revision, now=ctx.now)
    return ctx.go(SECTION)


def remove_group(ctx: Context, group_id: UUID) -> ResponseReturnValue:
    """Forget a group."""
    search_words.remove_group(ctx.session, ctx.actor, group_id, ctx.now)
    return ctx.go(SECTION)


def add_stop_words(ctx: Context) -> ResponseReturnValue:
    """Drop words from questions."""
    search_words.add_stop_words(ctx.session, ctx.actor, forms.text("stop_words", LONGEST), ctx.now)
    return ctx.go(SECTION)


def remove_stop_word(ctx: Context) -> ResponseReturnValue:
    """Let questions ask for a word again."""
    search_words.remove_stop_word(ctx.session, ctx.actor, forms.text("stop_word", LONGEST), ctx.now)
    return ctx.go(SECTION)


SECTION = "search_words.page"
