"""OpenSearch where it is unlike an engine in our own process: away, outdated, refusing long questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search import IndexOutdated, Query
from search.engines import discard_index, open_engine
from search.engines.opensearch_engine import connect, names
from search.errors import NoServers, SearchAway
from search.servers import Servers
from tests.postgres import free_port
from tests.search.corpus import EVERYBODY, entry

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


def test_an_index_of_another_release_is_outdated_until_discarded(opensearch: Servers) -> None:
    servers = replace(opensearch, prefix="eakte-test-outdated")
    open_engine("opensearch", Path(), servers).close()
    client = connect(servers)
    client.indices.put_mapping(index=names(servers)[0], body={"_meta": {"analysis": "0"}})
    client.close()
    with pytest.raises(IndexOutdated):
        open_engine("opensearch", Path(), servers)
    discard_index("opensearch", Path(), servers)
    engine = open_engine("opensearch", Path(), servers)
    assert list(engine.versions()) == []
    engine.close()
    discard_index("opensearch", Path(), servers)


def test_a_question_with_more_variants_than_a_server_takes_is_answered(opensearch: Servers) -> None:
    engine = open_engine("opensearch", Path(), opensearch)
    kinds = [f"Zwiebel{first}{second}kuchen" for first in "bdfgklmnprst" for second in ("a", "e", "o", "u")]
    engine.put([entry("a", " ".join(kinds))])
    typed = " ".join(["Zwiebel", "Kuchen", *(f"{kind[:-1]}m" for kind in kinds[:40])])
    assert [hit.document_id for hit in engine.find(Query(typed), EVERYBODY).hits] == ["a"]
    engine.close()
