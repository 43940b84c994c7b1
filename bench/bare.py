"""Tantivy as it comes: what a result page costs without German analysis, stages, versions and exact counts of ours."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import tantivy

from search.model import Entry

SHOWN = 20
_FACETS = ("document_type", "org_unit", "file_plan_code", "state")
_GERMAN = "german"


class Bare:
    """One index with a row for each page."""

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("access", tokenizer_name="raw", index_option="basic")
        for name in _FACETS:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("text", stored=True, tokenizer_name=_GERMAN, index_option="position")
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, str(folder), reuse=True)
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer("German"))
            .build()
        )
        self._index.register_tokenizer(_GERMAN, self._analyzer)

    def put(self, entries: Collection[Entry]) -> None:
        """Add a row for each page of the entries."""
        writer = self._index.writer(64_000_000, 1)
        for entry in entries:
            for page in entry.pages:
                row = tantivy.Document()
                for key in entry.access_keys:
                    row.add_text("access", key)
                for name in _FACETS:
                    row.add_text(name, getattr(entry, name))
                row.add_text("text", page.text)
                writer.add_document(row)
        writer.commit()
        writer.wait_merging_threads()

    def answer(self, text: str, keys: Collection[str]) -> int:
        """Make a result page for any of the words among what the keys open; return how many pages match."""
        self._index.reload()
        searcher, schema = self._index.searcher(), self._schema
        words = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term))
            for term in self._analyzer.analyze(text)
        ]
        wanted = tantivy.Query.boolean_query(words)
        rights = tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema, "access", sorted(keys)), 0.0)
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, rights)])
        result = searcher.search(both, SHOWN)
        searcher.aggregate(both, {name: {"terms": {"field": name, "size": 1_000}} for name in _FACETS})
        snippets = tantivy.SnippetGenerator.create(searcher, wanted, schema, "text")
        for _, address in result.hits:
            snippets.snippet_from_doc(searcher.doc(address)).to_html()
        return int(result.count or 0)
