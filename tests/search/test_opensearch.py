"""OpenSearch where it is unlike an engine in our own process: away, outdated, refusing long questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from search import IndexBroken, IndexOutdated, Query
from search.engines import begin_anew, open_engine
from search.engines.opensearch_engine import connect
from search.engines.opensearch_schema import documents_index, pages_index
from search.engines.server_shelf import ServerShelf
from search.errors import NoServers, SearchAway
from search.servers import Servers
from search.texts import sentence
from tests.postgres import free_port
from tests.search.corpus import EVERYBODY, entry

KINDS = ("documents", "pages")
pytestmark = pytest.mark.xdist_group("opensearch")


def test_servers_that_do_not_answer_are_named_so() -> None:
    nobody = Servers((f"http://127.0.0.1:{free_port()}",))
    with pytest.raises(SearchAway, match="antwortet nicht"):
        open_engine("opensearch", Path(), nobody)
    with pytest.raises(NoServers, match="search_servers"):
        open_engine("opensearch", Path())


def test_another_server_answers_where_one_is_gone(opensearch: Servers) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    engine = open_engine("opensearch", Path(), replace(opensearch, addresses=(gone, *opensearch.addresses)))
    engine.put([entry("a", "Zwiebelturm")])
    assert [engine.find(Query("Zwiebelturm"), EVERYBODY).total for _ in range(4)] == [1] * 4
    engine.close()


def test_an_index_with_other_fields_is_outdated_until_begun_anew(opensearch: Servers) -> None:
    servers = replace(opensearch, prefix="eakte-test-outdated")
    open_engine("opensearch", Path(), servers).close()
    client = connect(servers)
    client.indices.put_mapping(index=f"{servers.prefix}-documents", body={"properties": {"other": {"type": "keyword"}}})
    with pytest.raises(IndexOutdated):
        open_engine("opensearch", Path(), servers)
    begin_anew("opensearch", Path(), servers)
    engine = open_engine("opensearch", Path(), servers)
    assert list(engine.versions()) == []
    assert engine.find(Query("Garten"), EVERYBODY).notes[-1] == sentence("note-index-partial")
    engine.close()
    ServerShelf.on(servers).remove_all()
    assert client.indices.get(index=f"{servers.prefix}-*") == {}
    client.close()


def test_an_index_of_another_analysis_answers_with_a_note_until_its_successor_is_built(opensearch: Servers) -> None:
    servers = replace(opensearch, prefix="eakte-test-analysis")
    open_engine("opensearch", Path(), servers).put([entry("a", "Garten"), entry("b", "Garten")])
    client = connect(servers)
    client.indices.put_mapping(index=f"{servers.prefix}-documents", body={"_meta": {"analysis": "0"}})
    client.close()
    index = open_engine("opensearch", Path(), servers)
    assert index.state().outdated
    index.remove(["b"])
    results = index.find(Query("Garten"), EVERYBODY)
    assert (results.total, results.notes[-1]) == (1, sentence("note-index-outdated"))
    building = index.rebuild()
    building.add([entry("a", "Garten")])
    building.serve()
    results = index.find(Query("Garten"), EVERYBODY)
    assert (results.total, sentence("note-index-outdated") in results.notes) == (1, False)
    assert not index.state().needs_rebuild
    ServerShelf.on(servers).remove_all()
    index.close()


def test_an_index_from_before_there_were_generations_answers_until_the_first_is_built(opensearch: Servers) -> None:
    servers = replace(opensearch, prefix="eakte-test-before")
    client = connect(servers)
    for name, made in (("documents", documents_index), ("pages", pages_index)):
        client.indices.create(index=f"{servers.prefix}-{name}", body=made({"analysis": "0"}))
    index = open_engine("opensearch", Path(), servers)
    index.put([entry("a", "Garten"), entry("b", "Garten")])
    index.remove(["b"])
    assert [hit.document_id for hit in index.find(Query("Garten"), EVERYBODY).hits] == ["a"]
    building = index.rebuild()
    index.put([entry("c", "Garten")])
    building.add([entry("a", "Garten")])
    building.serve()
    assert set(dict(index.versions())) == {"a", "c"} == set(dict(open_engine("opensearch", Path(), servers).versions()))
    assert set(client.indices.get(index=f"{servers.prefix}-*")) == {f"{servers.prefix}-{name}-g1" for name in KINDS}
    ServerShelf.on(servers).remove_all()
    index.close()
    client.close()


def test_what_is_written_late_to_a_generation_that_is_gone_makes_no_new_one(opensearch: Servers) -> None:
    servers = replace(opensearch, prefix="eakte-test-late")
    index = open_engine("opensearch", Path(), servers)
    late = ServerShelf.on(servers)._engine(1)
    index.rebuild().serve()
    for act in (lambda: late.put([entry("a", "Garten")]), lambda: late.remove(["a"])):
        with pytest.raises(IndexBroken):
            act()
    client = connect(servers)
    assert set(client.indices.get(index=f"{servers.prefix}-*")) == {f"{servers.prefix}-{name}-g2" for name in KINDS}
    ServerShelf.on(servers).remove_all()
    index.close()
    client.close()


def test_whoever_finds_a_document_finds_its_pages_wherever_its_writer_stopped(opensearch: Servers) -> None:
    servers = replace(opensearch, prefix="eakte-test-stopped")
    index = open_engine("opensearch", Path(), servers)
    writer = ServerShelf.on(servers)._engine(1)
    transport = writer._connection.client().transport
    perform, stopped = transport.perform_request, True
    for requests in count(1):
        left = iter(range(requests))

        def or_stop(*given: object, left: Iterator[int] = left, **named: object) -> object:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return perform(*given, **named)

        transport.perform_request = or_stop
        with suppress(KeyboardInterrupt):
            writer.put([entry("a", "Garten", "Garten", version=requests)])
            stopped = False
        shown = [[page.number for page in hit.pages] for hit in index.find(Query("Garten"), EVERYBODY).hits]
        assert shown in ([], [[1, 2]])
        if not stopped:
            break
    assert requests > 5
    assert shown
    ServerShelf.on(servers).remove_all()
    index.close()
    writer._connection.close()


def test_a_question_with_more_variants_than_a_server_takes_is_answered(opensearch: Servers) -> None:
    engine = open_engine("opensearch", Path(), opensearch)
    kinds = [f"Zwiebel{first}{second}kuchen" for first in "bdfgklmnprst" for second in ("a", "e", "o", "u")]
    engine.put([entry("a", " ".join(kinds))])
    typed = " ".join(["Zwiebel", "Kuchen", *(f"{kind[:-1]}m" for kind in kinds[:40])])
    assert [hit.document_id for hit in engine.find(Query(typed), EVERYBODY).hits] == ["a"]
    engine.close()
