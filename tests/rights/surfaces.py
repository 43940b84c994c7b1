"""Everything a person can look at, as they look at it: pages in a browser, the interface for programs with a token.

Each surface tells which records it mentions; what it should mention is the oracle's business.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eakte.web.edge import SESSION_COOKIE
from tests.rights.oracle import File, Letter, Oracle, Person, Record
from tests.rights.words import COMMON, mentioned, referenced, word
from tests.rights.world import World

API = "/api/v1"
FOUND = re.compile(r'<b class="ea-num">([\d.]+)</b> Treffer in ([\d.]+) Akte')
TOTAL = re.compile(r'<h1>Akten</h1><span class="ea-muted ea-num">([\d.]+)</span>')
NODE = re.compile(r"<span><b>([\d.]+)</b> [^<]*</span><span class=\"ea-num\">([\d.]*)</span>")
TOKENS = re.compile(r'(name="csrf" value=|"X-CSRF-Token": ?|content=)"[^"]+"|"correlation_id": ?"[^"]+"')
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VARIES = {"Set-Cookie", "Date", "X-Correlation-Id"}

FILE_PAGES = (
    "/akten/{file}", "/akten/{file}/angaben",
    f"{API}/case-files/{{file}}", f"{API}/case-files/{{file}}/cases", f"{API}/case-files/{{file}}/documents",
    f"{API}/case-files/{{file}}/history", f"{API}/case-files/{{file}}/closing", f"{API}/case-files/{{file}}/retention",
    f"{API}/case-files/{{file}}/events", f"{API}/case-files/{{file}}/holds",
)  # fmt: skip
"""Whoever reads may ask for them."""
DOCUMENT_PAGES = (
    "/dokumente/{document}", "/dokumente/{document}/seiten/1.webp", "/dokumente/{document}/seiten/1-klein.webp",
    "/dokumente/{document}/seiten/1/woerter", "/dokumente/{document}/text", "/dokumente/{document}/original",
    "/dokumente/{document}/pdf", "/dokumente/{document}/fassungen/1/original",
    "/dokumente/{document}/fassungen/1/searchable_pdf", "/suche/vorschau?dokument={document}&q=" + COMMON,
    f"{API}/documents/{{document}}", f"{API}/documents/{{document}}/versions", f"{API}/documents/{{document}}/pages",
    f"{API}/documents/{{document}}/pages/1", f"{API}/documents/{{document}}/pages/1/image",
    f"{API}/documents/{{document}}/pages/1/thumbnail", f"{API}/documents/{{document}}/text",
    f"{API}/documents/{{document}}/original", f"{API}/documents/{{document}}/renditions/searchable_pdf",
)  # fmt: skip
ITEM_PAGES = (
    "/posteingang/{item}", "/posteingang/{item}/original", "/hochladen/{item}", f"{API}/incoming-items/{{item}}",
    f"{API}/incoming-items/{{item}}/original", f"{API}/incoming-items/{{item}}/proposals",
)  # fmt: skip
"""Whoever files mail may ask for them."""


class Wrong(AssertionError):
    """A person was shown too much, or refused what they may see."""


@dataclass
class Eyes:
    """One person who looks at everything."""

    world: World
    oracle: Oracle
    person: Person

    def __post_init__(self) -> None:
        self.client: FlaskClient = self.world.app.test_client()
        self.client.set_cookie(SESSION_COOKIE, self.world.session_of(self.person.login))
        self.bearer = {"Authorization": f"Bearer {self.world.token_of(self.person.login)}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.bearer if path.startswith(API) else {}, buffered=True)

    def json(self, path: str) -> Any:
        """Return what the interface answers; an empty answer where the person lacks the power to ask."""
        answer = self.get(API + path)
        if answer.status_code != 200:
            raise Wrong(f"{self.person.login} got {answer.status_code} for {path}: {answer.text[:200]}")
        return answer.get_json()

    def check(self, path: str, shown: object, expected: object) -> None:
        if shown != expected:
            named = [self._named(one) for one in (shown, expected)]
            raise Wrong(f"{self.person.login} at {path}: shown {named[0]}, should be {named[1]}")

    def _named(self, one: object) -> object:
        return sorted(record.word for record in one) if isinstance(one, (set, frozenset)) else one

    def mentioned(self, text: str) -> set[Record]:
        return mentioned(text, self.oracle.records()) | referenced(text, self.oracle.records())

    # --- lists --------------------------------------------------------------------------------------------------

    def lists(self, turn: int) -> None:
        """Look at lists, counts and proposals, at some in each turn."""
        reads, files_mail = self.oracle.reads(self.person), self.oracle.files_mail(self.person)
        looks = (self.files_by_page, self.files_by_program, self.plan, self.search_page, self.suggestions)
        if reads:
            looks[turn % len(looks)]()
            self.search()
        else:
            self.refused("/akten", "/aktenplan", "/suche?q=a", f"{API}/search?q=a", f"{API}/case-files")
        mail = (self.inbox_page, self.inbox)[turn % 2]
        mail() if files_mail else self.refused("/posteingang", f"{API}/incoming-items")
        self.history(turn) if self.oracle.reads_history(self.person) else self.refused("/protokoll", f"{API}/history")

    def refused(self, *paths: str) -> None:
        self.check(str(paths), {path: self.get(path).status_code for path in paths}, dict.fromkeys(paths, 403))

    def files_by_page(self) -> None:
        files = self.oracle.visible_files(self.person)
        page = self.get("/akten").text
        self.check("/akten", self.mentioned(page), files)
        total = TOTAL.search(page)
        self.check("/akten: number", total and int(total[1]), len(files))

    def files_by_program(self) -> None:
        files = self.oracle.visible_files(self.person)
        told = self.json("/case-files?limit=100")
        self.check("case-files", {row["subject"] for row in told["items"]}, {file.word for file in files})
        self.check("case-files: number", told["total"], len(files))

    def plan(self) -> None:
        expected = self.oracle.plan_counts(self.person)
        nodes = {code: int(number or 0) for code, number in NODE.findall(self.get("/aktenplan").text)}
        leaves = Counter({code: count for code, count in nodes.items() if "." in code and count})
        self.check("/aktenplan", leaves, expected)
        groups = Counter({code: count for code, count in nodes.items() if "." not in code and count})
        above: Counter[str] = Counter()
        for code, count in expected.items():
            above[code[:2]] += count
        self.check("/aktenplan: groups", groups, above)

    def search(self) -> None:
        letters = self.oracle.visible_letters(self.person)
        files = {letter.file for letter in letters}
        told = self.json(f"/search?q={COMMON}&limit=100")
        self.check("search: hits", {hit["subject"] for hit in told["items"]}, {letter.word for letter in letters})
        self.check("search: numbers", (told["total"], told["case_files"]), (len(letters), len(files)))
        facets = {name: Counter(counts) for name, counts in told["facets"].items()}
        self.check("search: facets", facets, self.oracle.facets(self.person))

    def search_page(self) -> None:
        letters = self.oracle.visible_letters(self.person)
        files = {letter.file for letter in letters}
        page = self.get(f"/suche?q={COMMON}").text
        counted = FOUND.search(page)
        self.check("/suche", counted and (int(counted[1]), int(counted[2])), (len(letters), len(files)))
        self.check("/suche: too much", self.mentioned(page) - {*letters, *files}, set())

    def suggestions(self) -> None:
        letters = self.oracle.visible_letters(self.person)
        told = {one.lower() for one in self.json("/search/suggestions?prefix=dq")["suggestions"]}
        words = {letter.word for letter in letters}
        self.check("suggestions: too much", told - words, set())
        self.check("suggestions: number", len(told), min(8, len(words)))
        self.hidden_words(letters)

    def hidden_words(self, letters: set[Letter]) -> None:
        """Ask for words of hidden documents, written right and wrongly: the same as for words nobody wrote."""
        strange = word(self.world.strange(), prefix="dq")
        for letter in [one for one in self.oracle.letters if one not in letters][-2:]:
            for asked, missing in ((letter.word, strange), (letter.word[:-1], strange[:-1])):
                answers = [str(self.json(f"/search?q={one}&limit=100")).replace(one, "·") for one in (asked, missing)]
                self.check(f"search for {asked}", answers[0], answers[1])
        for letter in sorted(letters, key=lambda one: one.word)[:1]:
            told = self.json(f"/search?q={letter.word[:-1]}q")
            self.check("did you mean", told["did_you_mean"], letter.word)

    def inbox(self) -> None:
        waiting = self.oracle.inbox(self.person)
        told = self.json("/incoming-items?limit=100")
        self.check("incoming-items", {row["item_id"] for row in told["items"]}, {str(one.item_id) for one in waiting})
        self.check("incoming-items: number", sum(told["counts"].values()), len(waiting))

    def inbox_page(self) -> None:
        waiting, known = self.oracle.inbox(self.person), self.oracle.may_know(self.person)
        page = self.get("/posteingang").text
        self.check("/posteingang: too much", self.mentioned(page) - known, set())
        self.check("/posteingang: too little", waiting - self.mentioned(page), set())
        chosen = self.get(f"/posteingang/{next(iter(waiting)).item_id}/akten?q=") if waiting else None
        if chosen is not None:
            self.check("choose: too much", self.mentioned(chosen.text) - known, set())

    def history(self, turn: int) -> None:
        known = self.oracle.visible_files(self.person)
        path = ("/protokoll", f"{API}/history?limit=100")[turn % 2]
        text = self.get(path).text
        files = {file for file in self.oracle.files if str(file.file_id) in text or file in referenced(text, [file])}
        self.check(f"{path}: too much", files - known, set())
        for file in list(known)[:1]:
            told = self.json(f"/history?reference={file.reference}&limit=100")
            self.check("history of a file", not told["items"], expected=False)
        for file in [file for file in self.oracle.files if file not in known][:1]:
            self.check("history, hidden file", self.json(f"/history?reference={file.reference}")["items"], [])

    # --- single records -----------------------------------------------------------------------------------------

    def records(self, turn: int) -> None:
        """Look at a third of all records, at one of their surfaces each; *turn* tells at which."""
        self._compared = 0
        reads, files_mail = self.oracle.reads(self.person), self.oracle.files_mail(self.person)
        for number, file in list(enumerate(self.oracle.files, turn))[turn % 3 :: 3]:
            sees, path = self.oracle.sees_file(self.person, file), FILE_PAGES[number % len(FILE_PAGES)]
            self.one(path, file, sees=sees, may_ask=reads or "angaben" in path)
        for number, letter in list(enumerate(self.oracle.letters, turn))[turn % 3 :: 3]:
            sees = self.oracle.sees_letter(self.person, letter)
            self.one(DOCUMENT_PAGES[number % len(DOCUMENT_PAGES)], letter, sees=sees, may_ask=reads)
            sees = self.oracle.sees_item(self.person, letter)
            self.one(ITEM_PAGES[number % len(ITEM_PAGES)], letter, sees=sees, may_ask=files_mail)

    def one(self, path: str, record: Record, *, sees: bool, may_ask: bool) -> None:
        answer = self.get(_address(path, record))
        if not may_ask or answer.status_code == 403:
            self.check(_address(path, record), (answer.status_code, sees and may_ask), (403, False))
            return
        self.check(_address(path, record), answer.status_code, 200 if sees else 404)
        if not sees and self._compared < 2:
            self._compared += 1
            missing = self.get(_address(path, None))
            differing = [pair for pair in zip_longest(_plain(answer), _plain(missing)) if pair[0] != pair[1]]
            self.check(f"{path}: unlike what is not there", differing[:3], [])
        elif sees and answer.mimetype in {"text/html", "application/json"}:
            past = record.past if isinstance(record, File) and path.endswith("/history") else set()
            known = self.oracle.may_know(self.person) | past
            shown = mentioned(answer.text, self.oracle.records())
            self.check(f"{path}: too much", shown - known, set())
            if path in {FILE_PAGES[0], FILE_PAGES[4]} and isinstance(record, File):
                self.inside(path, record, shown)

    def inside(self, path: str, file: File, shown: set[Record]) -> None:
        """Check what a case file shows of what lies in it; its page shows one case at a time."""
        own, linked = self.oracle.inside(self.person, file)
        self.check(f"{path}: something else", shown - {file} - own - linked, set())
        if path == FILE_PAGES[4] or len(self.oracle.cases_of(file)) == 1:
            self.check(f"{path}: too little", (own if path == FILE_PAGES[4] else own | linked) - shown, set())


def _address(path: str, record: Record | None) -> str:
    if record is None:
        return path.format(file=uuid4(), document=uuid4(), item=uuid4())
    if isinstance(record, File):
        return path.format(file=record.file_id)
    return path.format(document=record.document_id, item=record.item_id)


def _plain(answer: TestResponse) -> list[str]:
    """Return the lines of an answer without what differs in any two: the address, form tokens, the request's number."""
    headers = [f"{name}: {value}" for name, value in answer.headers.items() if name not in VARIES]
    return [str(answer.status_code), *headers, *TOKENS.sub("", UUID_TEXT.sub("·", answer.text)).splitlines()]
