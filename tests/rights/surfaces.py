"""Everything a person can look at, as they look at it: pages in a browser, the interface for programs with a token.

Each surface tells which records it mentions; what it should mention is the oracle's business.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eakte.web.edge import SESSION_COOKIE
from tests.rights import pages
from tests.rights.oracle import File, Letter, Oracle, Person, Record
from tests.rights.pages import API, Page
from tests.rights.words import COMMON, mentioned, referenced, word
from tests.rights.world import World

FOUND = re.compile(r'<b class="ea-num">([\d.]+)</b> Treffer in ([\d.]+) Akte')
TOTAL = re.compile(r'<h1>Akten</h1><span class="ea-muted ea-num">([\d.]+)</span>')
NODE = re.compile(
    r'<span><b>([\d.]+)</b> [^<]*</span>(?:(?!<span><b>).)*?<span class="ea-num">([\d.]*)</span>', re.DOTALL
)
TOKENS = re.compile(
    r'(name="csrf" value=|"X-CSRF-Token": ?|content=)"[^"]+"|"correlation_id": ?"[^"]+"'
    r'|Anfrage <span class="ea-num">[^<]+'
)
OF_FILE = r'"reference": ?"{0}"|<td class="ea-tight">{0}</td>'
"""How a line of the history names the case file it belongs to."""
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VARIES = {"Set-Cookie", "Date", "X-Correlation-Id"}


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
        if self.oracle.may(self.person, "dispose"):
            self.worklists()
        if self.oracle.may(self.person, "data_protection"):
            self.restrictions()
        reads, files_mail = self.oracle.reads(self.person), self.oracle.files_mail(self.person)
        looks = (
            self.files_by_page, self.files_by_program, self.plan, self.search_page, self.suggestions,
            self.search_to_the_last, self.search_as_table,
        )  # fmt: skip
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
        letters = self.oracle.findable(self.person)
        files = {letter.file for letter in letters}
        told = self.json(f"/search?q={COMMON}&limit=100")
        self.check("search: hits", {hit["subject"] for hit in told["items"]}, {letter.word for letter in letters})
        self.check("search: numbers", (told["total"], told["case_files"]), (len(letters), len(files)))
        facets = {name: Counter(counts) for name, counts in told["facets"].items()}
        self.check("search: facets", facets, self.oracle.facets(self.person))

    def search_page(self) -> None:
        letters = self.oracle.findable(self.person)
        files = {letter.file for letter in letters}
        page = self.get(f"/suche?q={COMMON}").text
        counted = FOUND.search(page)
        self.check("/suche", counted and (int(counted[1]), int(counted[2])), (len(letters), len(files)))
        self.check("/suche: too much", self.mentioned(page) - {*letters, *files}, set())

    def search_to_the_last(self) -> None:
        """Go through all pages of a search, and add up what is counted only on demand."""
        letters = self.oracle.findable(self.person)
        asked = f"/search?q={COMMON}&sort=date&limit=3&facet=month&facet=plan_branch&facet=sender_name&facet=origin"
        told = self.json(asked)
        for name in ("month", "origin"):
            self.check(f"search: {name}", sum(told["facets"][name].values()), len(letters))
        leaves = {code: count for code, count in told["facets"]["plan_branch"].items() if "." in code}
        self.check("search: branches", Counter(leaves), self.oracle.facets(self.person)["file_plan_code"])
        seen = [hit["subject"] for hit in told["items"]]
        while told["next"]:
            told = self.json(told["next"].removeprefix(API))
            seen += [hit["subject"] for hit in told["items"]]
        self.check("search: pages", sorted(seen), sorted(letter.word for letter in letters))

    def search_as_table(self) -> None:
        letters = self.oracle.findable(self.person)
        table = self.get(f"/suche/treffer.csv?q={COMMON}").text
        self.check("treffer.csv: rows", len(table.strip().splitlines()) - 1, len(letters))
        files = {letter.file for letter in letters}
        self.check("treffer.csv: too much", self.mentioned(table) - {*letters, *files}, set())
        page = self.get(f"/suche?q={COMMON[:3]}&sort=reference").text
        self.check("/suche by reference: too much", self.mentioned(page) - {*letters, *files}, set())

    def suggestions(self) -> None:
        letters = self.oracle.findable(self.person)
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

    def worklists(self) -> None:
        """Look at what waits for disposal, at the loans and at their table."""
        known = self.oracle.may_know(self.person)
        lists = ("/aussonderung", "/fristen?liste=no_rule", "/fristen?liste=overdue", "/fristen/ereignisse")
        for path in (*lists, f"{API}/disposals/worklist?limit=100", "/ausleihen", "/ausleihen.csv"):
            self.check(f"{path}: too much", self.mentioned(self.get(path).text) - known, set())

    def restrictions(self) -> None:
        """The list of what is restricted names references of files one would see without that, and no word of them."""
        known = {file for file in self.oracle.files if self.oracle.sees_without_restriction(self.person, file)}
        told = self.json("/restrictions?limit=100")
        closed = {str(one.closed) for one in [*self.oracle.files, *self.oracle.letters] if one.closed and (
            one in known or (isinstance(one, Letter) and one.file in known))}  # fmt: skip
        self.check("restrictions", {row["restriction_id"] for row in told["items"]}, closed)
        words = {one for one in self.oracle.records() if one.word in str(told)}
        self.check("restrictions: words", words, set())

    def history(self, turn: int) -> None:
        known = self.oracle.visible_files(self.person)
        paths = ("/protokoll", f"{API}/history?limit=100", f"{API}/history/export?values=true")
        path = paths[turn % len(paths)]
        text = self.get(path).text
        # What has moved goes on naming the reference it had before: that is its own, whoever sees the place it left.
        named = {file for file in self.oracle.files if re.search(OF_FILE.format(re.escape(file.reference)), text)}
        words = {one for one in self.oracle.records() if one.word in text}
        ids = {file for file in self.oracle.files if str(file.file_id) in text}
        told = self.oracle.may_know(self.person).union(*(file.past for file in known))
        self.check(f"{path}: too much", (named | words | ids) - told, set())
        for file in list(known)[:1]:
            told = self.json(f"/history?reference={file.reference}&limit=100")
            self.check("history of a file", not told["items"], expected=False)
        for file in [file for file in self.oracle.files if file not in known][:1]:
            self.check("history, hidden file", self.json(f"/history?reference={file.reference}")["items"], [])

    # --- single records -----------------------------------------------------------------------------------------

    def records(self, turn: int) -> None:
        """Look at a third of all records, at one of their surfaces each; *turn* tells at which."""
        self._compared = 0
        for number, file in list(enumerate(self.oracle.files, turn))[turn % 3 :: 3]:
            self.one(pages.pick(pages.OF_FILES, number), file, sees=self.oracle.sees_file(self.person, file))
        for number, letter in list(enumerate(self.oracle.letters, turn))[turn % 3 :: 3]:
            sees = self.oracle.sees_letter(self.person, letter)
            self.one(pages.pick(pages.OF_DOCUMENTS, number), letter, sees=sees)
            sees = self.oracle.sees_item(self.person, letter)
            self.one(pages.pick(pages.OF_ITEMS, number), letter, sees=sees)

    def one(self, page: Page, record: Record, *, sees: bool) -> None:
        address = pages.address(page, record, self.oracle)
        if address is None:
            return
        answer = self.get(address)
        if not self.oracle.may(self.person, page.needs):
            self.check(address, answer.status_code, 403)
        elif not sees:
            self.check(address, answer.status_code, 404)
            self.unlike_nothing(page, record, answer)
        elif not (page.of_filed and isinstance(record, Letter) and record.file is None):
            self.check(address, answer.status_code in {200, 302, 303, 409}, expected=True)
            self.content(page, record, answer)

    def unlike_nothing(self, page: Page, record: Record, answer: TestResponse) -> None:
        """Compare an answer with the one for what is not there, for two records in each turn."""
        if self._compared < 2:
            self._compared += 1
            missing = self.get(pages.missing(page))
            pairs = zip_longest(_plain(answer, record), _plain(missing, None))
            self.check(f"{page.path}: unlike what is not there", [pair for pair in pairs if pair[0] != pair[1]][:3], [])

    def content(self, page: Page, record: Record, answer: TestResponse) -> None:
        if answer.mimetype not in {"text/html", "application/json", "text/csv"}:
            return
        shown = mentioned(answer.text, self.oracle.records())
        past = record.past if isinstance(record, File) and page.path.endswith(("/history", "/verlauf")) else set()
        self.check(f"{page.path}: too much", shown - self.oracle.may_know(self.person) - past, set())
        if isinstance(record, File) and page.path in pages.WITH_DOCUMENTS:
            own, linked = self.oracle.inside(self.person, record)
            self.check(f"{page.path}: something else", shown - {record} - own - linked, set())
            if page.path == pages.CASE_FILE and len(self.oracle.cases_of(record)) == 1:
                self.check(f"{page.path}: too little", (own | linked) - shown, set())
            if page.path == pages.DOCUMENTS:
                self.check(f"{page.path}: too little", own - shown, set())


def _plain(answer: TestResponse, record: Record | None) -> list[str]:
    """Return the lines of an answer without what differs in any two: the address, form tokens, the request's number."""
    headers = [f"{name}: {value}" for name, value in answer.headers.items() if name not in VARIES]
    text = answer.text.replace(record.reference if isinstance(record, File) else pages.NO_REFERENCE, pages.NO_REFERENCE)
    length = str(len(text.encode()) - len(answer.text.encode()))
    headers = [
        f"Content-Length: {int(line.split(': ')[1]) + int(length)}" if line.startswith("Content-Length") else line
        for line in headers
    ]
    return [str(answer.status_code), *headers, *TOKENS.sub("", UUID_TEXT.sub("·", text)).splitlines()]
