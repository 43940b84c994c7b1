"""Exchange with an archive by SFTP: one server, known by its key, and we are known by ours."""

from __future__ import annotations

import base64
import binascii
import io
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

import paramiko

from retention.archives.box import IN, MOST_BYTES, OUT, TAKEN, TAKEN_IN, Entry, is_name
from retention.errors import ArchiveAwayError, ArchiveNotTrustedError, ArchiveRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

P = ParamSpec("P")
T = TypeVar("T")
PORT = 22

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 120.0
"""How long we wait for the server to greet us, and for each answer."""
_PATHS = {OUT: OUT, IN: IN, TAKEN_IN: f"{IN}/{TAKEN}"}
_KEYS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(frozen=True, slots=True)
class SftpBox:
    """A folder on an SFTP server with the subfolders ``out`` and ``in``; *folder* is its path there."""

    host: str
    port: int
    user: str
    folder: str
    host_keys: tuple[paramiko.PKey, ...]
    """The keys that the server may show, see :func:`host_keys_of`."""
    key: paramiko.PKey = field(repr=False)

    @contextmanager
    def open(self) -> Iterator[_Shelf]:
        """See ``Box.open``."""
        with paramiko.SSHClient() as client:
            with _told(self.host):
                files = self._connected(client)
            try:
                yield _Shelf(files, self.host, self.folder.rstrip("/"))
            finally:
                # Closing a connection that broke fails, too, and would hide what was told of it.
                with suppress(paramiko.SSHException, OSError, EOFError):
                    files.close()

    def _connected(self, client: paramiko.SSHClient) -> paramiko.SFTPClient:
        client.set_missing_host_key_policy(_Stranger())
        name = self.host if self.port == PORT else f"[{self.host}]:{self.port}"
        for known in self.host_keys:
            client.get_host_keys().add(name, known.get_name(), known)
        client.connect(
            self.host,
            self.port,
            self.user,
            pkey=self.key,
            allow_agent=False,
            look_for_keys=False,
            timeout=CONNECT_SECONDS,
            banner_timeout=CONNECT_SECONDS,
            auth_timeout=CONNECT_SECONDS,
            channel_timeout=CONNECT_SECONDS,
        )
        files = client.open_sftp()
        if (channel := files.get_channel()) is not None:
            channel.settimeout(ANSWER_SECONDS)
        return files


class _Stranger(paramiko.MissingHostKeyPolicy):
    """Turns away from a server that shows a key of a kind that none is known of."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        del client, key
        raise ArchiveNotTrustedError(hostname)


@contextmanager
def _told(host: str) -> Iterator[None]:
    """Tell in German what goes wrong; no error says more than the host and the kind of error."""
    try:
        yield
    except paramiko.BadHostKeyException as error:
        raise ArchiveNotTrustedError(host) from error
    except paramiko.AuthenticationException as error:
        raise ArchiveRefusedError(host) from error
    except PermissionError as error:
        raise ArchiveRefusedError(f"{host}: Zugriff verweigert") from error
    except FileNotFoundError as error:
        raise ArchiveAwayError(f"{host}: Ordner fehlt") from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise ArchiveAwayError(f"{host}: {type(error).__name__}") from error


def _telling(act: Callable[Concatenate[_Shelf, P], T]) -> Callable[Concatenate[_Shelf, P], T]:
    """Let an act on a shelf tell in German what goes wrong at the server."""

    @wraps(act)
    def telling(shelf: _Shelf, /, *args: P.args, **more: P.kwargs) -> T:
        with _told(shelf.host):
            return act(shelf, *args, **more)

    return telling


class _Shelf:
    """See ``Shelf``."""

    def __init__(self, files: paramiko.SFTPClient, host: str, folder: str) -> None:
        self._files, self.host, self._folder = files, host, folder

    @_telling
    def entries(self, folder: str) -> Sequence[Entry]:
        found = self._files.listdir_attr(f"{self._folder}/{_PATHS[folder]}")
        return [entry for each in found if (entry := _entry(each.filename, each)) is not None]

    @_telling
    def entry(self, folder: str, name: str) -> Entry | None:
        self._files.stat(f"{self._folder}/{_PATHS[folder]}")
        try:
            return _entry(name, self._files.lstat(self._at(folder, name)))
        except FileNotFoundError:
            return None

    @_telling
    def fetch(self, folder: str, name: str, sink: IO[bytes]) -> None:
        bounded = cast("IO[bytes]", _Bounded(sink))
        # Answers are small; asking in advance would leave a thread behind where the connection breaks.
        self._files.getfo(self._at(folder, name), bounded, prefetch=False)

    @_telling
    def put(self, folder: str, name: str, source: IO[bytes]) -> None:
        self._files.putfo(source, self._at(folder, name), confirm=False)

    @_telling
    def move(self, folder: str, name: str, to: tuple[str, str]) -> bool:
        if self.entry(*to) is not None:
            return False
        # By the protocol (draft-ietf-secsh-filexfer-02, 6.5) this refuses to take the place of another file.
        self._files.rename(self._at(folder, name), self._at(*to))
        return True

    @_telling
    def remove(self, folder: str, name: str) -> None:
        with suppress(FileNotFoundError):
            self._files.remove(self._at(folder, name))

    @_telling
    def make(self, folder: str) -> None:
        path = f"{self._folder}/{_PATHS[folder]}"
        try:
            self._files.stat(path)
        except FileNotFoundError:
            self._files.mkdir(path)

    def _at(self, folder: str, name: str) -> str:
        return f"{self._folder}/{_PATHS[folder]}/{name}"


class _Bounded:
    """Refuses more bytes than a message can have."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink, self._written = sink, 0

    def write(self, piece: bytes) -> int:
        self._written += len(piece)
        if self._written > MOST_BYTES:
            raise ArchiveAwayError("Datei zu groß")
        return self._sink.write(piece)


def _entry(name: str, found: paramiko.SFTPAttributes) -> Entry | None:
    if not stat.S_ISREG(found.st_mode or 0) or not is_name(name):
        return None
    return Entry(name, found.st_size or 0, float(found.st_mtime or 0))


def host_keys_of(text: str) -> tuple[paramiko.PKey, ...]:
    """Return the keys written as ``kind base64``, several with commas between them; raise ``ValueError`` for others."""
    keys = []
    for each in filter(None, map(str.strip, text.split(","))):
        kind, _, encoded = each.partition(" ")
        try:
            keys.append(paramiko.PKey.from_type_string(kind, base64.b64decode(encoded.split(" ")[0], validate=True)))
        except (paramiko.SSHException, binascii.Error, paramiko.pkey.UnknownKeyType) as error:
            raise ValueError(each) from error
    return tuple(keys)


def private_key_of(file: Path, passphrase: str = "") -> paramiko.PKey:
    """Return our key (Ed25519, ECDSA or RSA) from its file; raise ``ValueError`` or ``OSError`` where that fails."""
    text = file.read_text("ascii")
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(text), passphrase or None)
        except paramiko.SSHException:
            continue
    raise ValueError(file.name)
