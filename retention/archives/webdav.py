"""Exchange with an archive by WebDAV (RFC 4918): plain HTTP over TLS to one address, never anywhere else."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from retention.archives.box import IN, MOST_BYTES, OUT, TAKEN, TAKEN_IN, Entry, is_name
from retention.errors import ArchiveAwayError, ArchiveNotTrustedError, ArchiveRefusedError, MessageUnreadableError
from retention.xdomea.parse import local, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

TIMEOUT = (10.0, 120.0)
"""Seconds to connect, and between two pieces of an answer."""
MOST_LISTED = 50_000_000
"""Bytes of a listing; a folder of ten thousand messages takes about five million."""
PIECE = 2**20
_PATHS = {OUT: f"{OUT}/", IN: f"{IN}/", TAKEN_IN: f"{IN}/{TAKEN}/"}
_ASKED = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:">'
    b"<prop><resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>"
)
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class WebDavBox:
    """A folder on a WebDAV server, at *url* (``https://host/folder/``), with the subfolders ``out`` and ``in``."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """Certificates to trust; empty: the usual ones."""

    @contextmanager
    def open(self) -> Iterator[_Shelf]:
        """See ``Box.open``."""
        with requests.Session() as session:
            # Neither proxies nor passwords from the environment of the process: what is not set is not used.
            session.trust_env = False
            session.verify = self.ca_file or True
            session.auth = HTTPBasicAuth(self.user.encode(), self.password.encode()) if self.user else _Nobody()
            yield _Shelf(session, self.url.rstrip("/") + "/")


class _Nobody(AuthBase):
    """Says nothing about who asks; without it, the library would look for passwords in the home folder."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Shelf:
    """See ``Shelf``."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session, self._url = session, url

    def entries(self, folder: str) -> Sequence[Entry]:
        body = self._listing(self._url + _PATHS[folder], depth="1")
        if body is None:
            raise ArchiveAwayError(f"{folder}: Ordner fehlt")
        return listed(body)

    def entry(self, folder: str, name: str) -> Entry | None:
        body = self._listing(self._at(folder, name), depth="0")
        return next(iter(listed(body)), None) if body is not None else None

    def fetch(self, folder: str, name: str, sink: IO[bytes]) -> None:
        with self._ask("GET", self._at(folder, name), {HTTPStatus.OK}, headers={"Accept-Encoding": "identity"}) as got:
            told, read = got.headers.get("Content-Length"), 0
            try:
                for piece in got.iter_content(PIECE):
                    read += len(piece)
                    if read > MOST_BYTES:
                        raise ArchiveAwayError(f"{name}: zu groß")
                    sink.write(piece)
            except requests.RequestException as error:
                raise ArchiveAwayError(f"{name}: {type(error).__name__}") from error
            if told is not None and told.isdecimal() and int(told) != read:
                raise ArchiveAwayError(f"{name}: nicht vollständig angekommen")

    def put(self, folder: str, name: str, source: IO[bytes]) -> None:
        done = {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT}
        self._ask("PUT", self._at(folder, name), done, data=source).close()

    def move(self, folder: str, name: str, to: tuple[str, str]) -> bool:
        headers = {"Destination": self._at(*to), "Overwrite": "F"}
        answers = {HTTPStatus.CREATED, HTTPStatus.NO_CONTENT, HTTPStatus.PRECONDITION_FAILED}
        with self._ask("MOVE", self._at(folder, name), answers, headers=headers) as answer:
            return answer.status_code != HTTPStatus.PRECONDITION_FAILED

    def remove(self, folder: str, name: str) -> None:
        answers = {HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}
        self._ask("DELETE", self._at(folder, name), answers).close()

    def make(self, folder: str) -> None:
        answers = {HTTPStatus.CREATED, HTTPStatus.METHOD_NOT_ALLOWED}
        self._ask("MKCOL", self._url + _PATHS[folder], answers).close()

    def _at(self, folder: str, name: str) -> str:
        return self._url + _PATHS[folder] + quote(name, safe="")

    def _listing(self, url: str, *, depth: str) -> bytes | None:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        answers = {HTTPStatus.MULTI_STATUS, HTTPStatus.NOT_FOUND}
        with self._ask("PROPFIND", url, answers, headers=headers, data=_ASKED) as answer:
            if answer.status_code == HTTPStatus.NOT_FOUND:
                return None
            body = bytearray()
            try:
                for piece in answer.iter_content(PIECE):
                    body += piece
                    if len(body) > MOST_LISTED:
                        raise ArchiveAwayError("Verzeichnis zu groß")
            except requests.RequestException as error:
                raise ArchiveAwayError(type(error).__name__) from error
            return bytes(body)

    def _ask(
        self,
        verb: str,
        url: str,
        answers: set[HTTPStatus],
        *,
        headers: dict[str, str] | None = None,
        data: IO[bytes] | bytes | None = None,
    ) -> requests.Response:
        """Ask the server; redirects are not followed, and no error says more of the address than its host."""
        host = urlsplit(url).hostname
        try:
            answer = self._session.request(
                verb, url, headers=headers, data=data, timeout=TIMEOUT, allow_redirects=False, stream=True
            )
        except requests.exceptions.SSLError as error:
            raise ArchiveNotTrustedError(str(host)) from error
        except (requests.RequestException, OSError) as error:
            raise ArchiveAwayError(f"{host}: {type(error).__name__}") from error
        if answer.status_code in answers:
            return answer
        answer.close()
        kind = ArchiveRefusedError if answer.status_code in _REFUSED else ArchiveAwayError
        raise kind(f"{host}: {verb} HTTP {answer.status_code}")


def listed(body: bytes) -> list[Entry]:
    """Return the files in the answer to a PROPFIND; names that lead elsewhere are left out."""
    found = []
    try:
        for event, element in steps(io.BytesIO(body)):
            if event == "end" and element.tag == "{DAV:}response":
                entry = _entry_of(element)
                element.clear()
                if entry is not None:
                    found.append(entry)
    except (MessageUnreadableError, ValueError, TypeError) as error:
        raise ArchiveAwayError("Verzeichnis nicht lesbar") from error
    return found


def _entry_of(response: _Element) -> Entry | None:
    values = {
        local(each): each.text or "" for each in response.iter("{*}href", "{*}getcontentlength", "{*}getlastmodified")
    }
    if response.find(".//{DAV:}collection") is not None or "getcontentlength" not in values:
        return None
    name = unquote(urlsplit(values["href"].strip()).path.rpartition("/")[2])
    changed = parsedate_to_datetime(values["getlastmodified"]) if values.get("getlastmodified") else None
    if not is_name(name):
        return None
    return Entry(name, int(values["getcontentlength"]), changed.timestamp() if changed else 0.0)
