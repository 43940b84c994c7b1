"""Whatever is asked, no engine tells of what a person may not see: before and after rights change and records go."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import COUNTED, Entry, EntryPage, MaySee, Query, SearchEngine, german
from tests.contracts.search_engines import Begin
from tests.search import corpus, naive

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
OWN = ("Stellaron", "Stellbuche", "Stelldichein", "Stellefant", "Stellgabel", "Stellhirse", "Stellimbus", "Stelljagd")
"""A word for each document that stands in no other: who is told of it is told of the document."""
ALL = 100


def test_no_answer_tells_of_what_a_person_may_not_see_however_rights_change(begin: Begin) -> None:
    @settings(max_examples=begin.examples(20, on_servers=8), suppress_health_check=SLOW)
    @given(entries=corpus.entries(), person=corpus.people(), text=corpus.question_texts(), number=st.integers(0, 2**32))
    def check(entries: list[Entry], person: MaySee, text: str, number: int) -> None:
        chance = Random(number)
        entries = [_marked(entry, own) for entry, own in zip(entries, OWN, strict=False)]
        with begin() as engine:
            engine.put(entries)
            _keeps_the_rights(engine, entries, person, text)
            fates = [(entry, chance.choice(("stays", "closed", "opened", "hidden", "destroyed"))) for entry in entries]
            engine.put([_changed(entry, fate, person) for entry, fate in fates if fate in {"closed", "opened"}])
            engine.remove([entry.document_id for entry, fate in fates if fate == "destroyed"])
            waiting = frozenset(entry.document_id for entry, fate in fates if fate == "hidden")
            left = [_changed(entry, fate, person) for entry, fate in fates if fate != "destroyed"]
            _keeps_the_rights(engine, left, replace(person, hidden=person.hidden | waiting), text)

    check()


def _marked(entry: Entry, own: str) -> Entry:
    page = EntryPage(len(entry.pages) + 1, f"Garten {own} Steuer")
    return replace(entry, pages=(*entry.pages, page))


def _changed(entry: Entry, fate: str, person: MaySee) -> Entry:
    match fate:
        case "closed":
            return replace(entry, version=entry.version + 1, blocked_keys=entry.blocked_keys | person.keys)
        case "opened":
            keys = entry.access_keys | person.keys
            return replace(entry, version=entry.version + 1, access_keys=keys, blocked_keys=frozenset())
        case _:
            return entry


def _keeps_the_rights(engine: SearchEngine, entries: list[Entry], person: MaySee, text: str) -> None:
    visible = {
        entry.document_id: entry
        for entry in entries
        if entry.document_id in naive.scan(entries, Query(""), person) - person.hidden
    }
    for asked in (text, "Garten", "Gartn Steur"):
        _counts_what_it_shows(engine, visible, person, asked)
    for entry in entries:
        sees = entry.document_id in visible
        own = entry.pages[-1].text.split()[1]
        found = engine.find(Query(own, exact=True), person)
        assert [hit.document_id for hit in found.hits] == [entry.document_id] * sees
        assert engine.suggest(own[:6], person) == (own,) * sees
        meant = engine.find(Query(own[:-1] + "q"), person).did_you_mean
        assert _folded(meant or "") <= _words(visible)
        _likens_what_may_be_seen(engine, visible, person, entry)
    told = engine.suggest("ste", person, ALL) + engine.suggest("geb", person, ALL)
    assert _folded(*told) <= _words(visible)
    assert {word for word in told if word in OWN} == {entry.pages[-1].text.split()[1] for entry in visible.values()}


def _counts_what_it_shows(engine: SearchEngine, visible: dict[str, Entry], person: MaySee, text: str) -> None:
    """Ask loosely: what is shown may be seen, and every number is of what is shown."""
    found = engine.find(Query(text, limit=ALL, facets=COUNTED), person)
    shown = [visible[hit.document_id] for hit in found.hits]
    assert (found.total, found.case_files) == (len(shown), len({entry.case_file_id for entry in shown}))
    assert found.facets == naive.facets(shown)
    for hit in found.hits:
        texts = {page.number: page.text for page in visible[hit.document_id].pages}
        assert all(page.snippet.text in texts[page.number] for page in hit.pages)
    assert _folded(found.did_you_mean or "") <= _words(visible) | _folded(german.clean(text))


def _likens_what_may_be_seen(engine: SearchEngine, visible: dict[str, Entry], person: MaySee, entry: Entry) -> None:
    text = " ".join(page.text for page in entry.pages)
    found = engine.similar(text, person, but=entry.document_id, limit=ALL)
    assert {hit.document_id for hit in found.hits} <= visible.keys() - {entry.document_id}
    assert found.total == len(found.hits)


def _words(visible: dict[str, Entry]) -> set[str]:
    """Return all words of documents, folded."""
    texts = []
    for entry in visible.values():
        texts += [entry.subject, entry.case_file_subject, entry.sender, entry.document_type]
        texts += [field.text for field in entry.fields] + [page.text for page in entry.pages]
    return _folded(*texts)


def _folded(*texts: str) -> set[str]:
    return {token.word for text in texts for token in german.tokens(text)}
