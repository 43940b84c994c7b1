"""Every way to exchange messages with an archive keeps the same promises: folder, WebDAV and SFTP."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import paramiko
import pytest

from eakte.errors import SettingsInvalid
from eakte.services import build
from eakte.settings import Settings
from retention import ArchiveGateway, write_appraisal_receipt
from retention.archives.box import SETTLED_SECONDS, TAKEN, Box, BoxGateway
from retention.archives.folder import FolderBox
from retention.archives.sftp import SftpBox, host_keys_of, private_key_of
from retention.archives.webdav import WebDavBox, listed
from retention.errors import (
    ArchiveAwayError,
    ArchiveFolderError,
    ArchiveNotTrustedError,
    ArchiveOccupiedError,
    ArchiveRefusedError,
)
from tests.archive_servers import PASSWORD, USER, Relay, SftpServer, WebDavServer
from tests.retention.samples import HEAD


class Place:
    """Where messages lie, seen from the archive's side, and our gateway to it."""

    def __init__(self, box: Box, out: Path, into: Path) -> None:
        self.box, self.out, self.into = box, out, into
        self.gateway: ArchiveGateway = BoxGateway(box)

    def at(self, moment: float) -> ArchiveGateway:
        return BoxGateway(self.box, clock=lambda: moment)

    def arrive(self, name: str, content: bytes) -> Path:
        path = self.into / name
        path.write_bytes(content)
        return path

    def sent(self) -> list[str]:
        """The names in the outgoing folder that an archive would take for messages."""
        return sorted(path.name for path in self.out.iterdir() if not path.name.startswith("."))


def webdav(server: WebDavServer) -> WebDavBox:
    return WebDavBox(server.url, USER, PASSWORD, server.ca_file)


def sftp(server: SftpServer) -> SftpBox:
    keys, key = host_keys_of(server.host_key), private_key_of(server.key_file, PASSWORD)
    return SftpBox("127.0.0.1", server.port, server.user, f"{server.folder}/austausch", keys, key)


@pytest.fixture(params=["folder", "webdav", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "webdav":
        server = request.getfixturevalue("webdav_server")
        return Place(webdav(server), server.out, server.into)
    if request.param == "sftp":
        server = request.getfixturevalue("sftp_server")
        return Place(sftp(server), server.out, server.into)
    out, into = tmp_path / "out", tmp_path / "in"
    out.mkdir()
    into.mkdir()
    return Place(FolderBox(out, into), out, into)


@pytest.fixture
def message(tmp_path: Path) -> Path:
    return write_appraisal_receipt(HEAD, tmp_path).path


def names(gateway: ArchiveGateway) -> list[str]:
    return [each.name for each in gateway.receive()]


def test_a_message_arrives_whole_under_its_name(place: Place, message: Path) -> None:
    place.gateway.send(message, "a.zip")
    place.gateway.send(message, "a.zip")
    assert [path.name for path in place.out.iterdir()] == ["a.zip"]
    assert (place.out / "a.zip").read_bytes() == message.read_bytes()


def test_large_messages_and_odd_names_arrive_too(place: Place, tmp_path: Path) -> None:
    large = tmp_path / "groß"
    large.write_bytes(os.urandom(5_000_017))
    for name in ("Übergabe 1 (50 %) #2;ä&b+c.zip", "_.zip"):
        place.gateway.send(large, name)
        place.gateway.send(large, name)
        assert (place.out / name).read_bytes() == large.read_bytes()
    place.arrive("Größe 50 %.zip", large.read_bytes() + b"\n")
    assert names(place.at(0)) == []
    place.arrive("Antwort 50 %.xml", b"<a><b/></a>")
    assert names(place.gateway) == ["Antwort 50 %.xml"]


def test_another_message_of_that_name_is_never_overwritten(place: Place, message: Path) -> None:
    for other in (b"eine andere", bytes(len(message.read_bytes()))):
        (place.out / "a.zip").write_bytes(other)
        with pytest.raises(ArchiveOccupiedError, match="anderem Inhalt"):
            place.gateway.send(message, "a.zip")
        assert (place.out / "a.zip").read_bytes() == other
        assert [path.name for path in place.out.iterdir()] == ["a.zip"]


def test_what_a_broken_attempt_left_is_written_over(place: Place, message: Path) -> None:
    left = place.out / ".a.zip.part"
    left.write_bytes(b"halb" * 10_000)
    left.chmod(0o666)
    place.gateway.send(message, "a.zip")
    assert [path.name for path in place.out.iterdir()] == ["a.zip"]
    assert (place.out / "a.zip").read_bytes() == message.read_bytes()


def test_a_received_message_is_byte_for_byte_what_the_archive_wrote(place: Place, message: Path) -> None:
    place.arrive("a.zip", message.read_bytes())
    assert [each.path.read_bytes() for each in place.gateway.receive()] == [message.read_bytes()]


def test_half_written_and_hidden_files_are_left_alone(place: Place, message: Path) -> None:
    whole = message.read_bytes()
    place.arrive("halb.zip", whole[: len(whole) // 2])
    place.arrive(".versteckt.zip", whole)
    place.arrive("arbeit.tmp", whole)
    place.arrive("halb.xml", b"<a><b/>")
    place.arrive("ganz.xml", b"<a><b/></a>")
    place.arrive("ganz.zip", whole)
    (place.into / "ordner.zip").mkdir()
    assert names(place.gateway) == ["ganz.xml", "ganz.zip"]


def test_a_file_that_stays_damaged_is_shown_in_the_end(place: Place) -> None:
    os.utime(place.arrive("kaputt.zip", b"kaputt"), (1000, 1000))
    assert names(place.at(1000.0)) == []
    assert names(place.at(1001.0 + SETTLED_SECONDS)) == ["kaputt.zip"]


def test_an_acknowledged_message_is_kept_but_not_received_again(place: Place, message: Path) -> None:
    for _ in range(2):
        place.arrive("a.zip", message.read_bytes())
        assert names(place.gateway) == ["a.zip"]
        place.gateway.acknowledge("a.zip")
        place.gateway.acknowledge("a.zip")
        assert names(place.gateway) == []
    taken = sorted((place.into / TAKEN).iterdir())
    assert [path.name for path in taken] == ["a (2).zip", "a.zip"]
    assert all(path.read_bytes() == message.read_bytes() for path in taken)


@pytest.mark.parametrize("name", ["../a.zip", "", "..", "x/y.zip", "a\r\nb.zip"])
def test_names_never_leave_the_folders(place: Place, message: Path, name: str) -> None:
    with pytest.raises(ArchiveFolderError):
        place.gateway.send(message, name)
    with pytest.raises(ArchiveFolderError):
        place.gateway.acknowledge(name)


def test_a_missing_folder_is_said_in_german(place: Place, message: Path) -> None:
    place.out.rmdir()
    place.into.rmdir()
    for attempt in (lambda: place.gateway.send(message, "a.zip"), lambda: names(place.gateway)):
        with pytest.raises(ArchiveAwayError, match=r"(Austauschordner|Server).*Bitte|bitte"):
            attempt()


@pytest.fixture(params=["webdav", "sftp"])
def server(request: pytest.FixtureRequest) -> WebDavServer | SftpServer:
    found: WebDavServer | SftpServer = request.getfixturevalue(f"{request.param}_server")
    return found


def box_of(server: WebDavServer | SftpServer, *, port: int = 0) -> Box:
    if isinstance(server, SftpServer):
        return replace(sftp(server), port=port or server.port)
    return replace(webdav(server), url=server.url.replace(str(server.port), str(port or server.port)))


def test_a_server_that_is_away_is_a_fault_that_passes(server: WebDavServer | SftpServer, message: Path) -> None:
    gateway = BoxGateway(box_of(server))
    server.stop()
    for attempt in (lambda: gateway.send(message, "a.zip"), lambda: names(gateway), lambda: gateway.acknowledge("a")):
        with pytest.raises(ArchiveAwayError, match="weiter versucht"):
            attempt()
    server.start()
    gateway.send(message, "a.zip")
    assert (server.out / "a.zip").read_bytes() == message.read_bytes()


def test_an_interrupted_upload_leaves_nothing_that_looks_whole(
    server: WebDavServer | SftpServer, tmp_path: Path
) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(8_000_000))
    relay = Relay(server.port, after=4_000_000)
    with closing(relay), pytest.raises(ArchiveAwayError):
        BoxGateway(box_of(server, port=relay.port)).send(large, "a.zip")
    assert relay.cut
    assert [path.name for path in server.out.iterdir() if not path.name.startswith(".")] == []
    BoxGateway(box_of(server)).send(large, "a.zip")
    assert [path.name for path in server.out.iterdir()] == ["a.zip"]
    assert (server.out / "a.zip").read_bytes() == large.read_bytes()


def test_a_connection_that_cannot_even_be_closed_is_told_as_any_other(
    sftp_server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: paramiko.SFTPClient) -> None:
        raise EOFError

    monkeypatch.setattr(paramiko.SFTPClient, "close", broken)
    large = tmp_path / "large"
    large.write_bytes(os.urandom(100_000))
    with closing(Relay(sftp_server.port, after=50_000)) as relay, pytest.raises(ArchiveAwayError):
        BoxGateway(box_of(sftp_server, port=relay.port)).send(large, "a.zip")
    BoxGateway(box_of(sftp_server)).send(large, "a.zip")
    assert (sftp_server.out / "a.zip").read_bytes() == large.read_bytes()


def test_an_interrupted_download_is_no_message(server: WebDavServer | SftpServer, message: Path) -> None:
    (server.into / "a.zip").write_bytes(message.read_bytes() + os.urandom(4_000_000))
    relay = Relay(server.port, after=6_000)  # what we ask for is small, and the answer breaks off with the question
    gateway = BoxGateway(box_of(server, port=relay.port))
    received = [each.path.stat().st_size for each in _until_away(gateway)]
    relay.close()
    assert all(size == (server.into / "a.zip").stat().st_size for size in received)


def _until_away(gateway: ArchiveGateway) -> Iterator[SimpleNamespace]:
    try:
        yield from (SimpleNamespace(path=each.path) for each in gateway.receive())
    except ArchiveAwayError:
        return


def test_a_server_with_another_key_gets_nothing(sftp_server: SftpServer, message: Path) -> None:
    known = BoxGateway(sftp(sftp_server))
    sftp_server.stop()
    sftp_server.new_key("host")
    sftp_server.start()
    with pytest.raises(ArchiveNotTrustedError, match="gesendet wurde nichts"):
        known.send(message, "a.zip")
    assert list(sftp_server.out.iterdir()) == []


def test_a_key_the_server_does_not_know_is_refused(sftp_server: SftpServer, message: Path) -> None:
    sftp_server.new_key("stranger")
    stranger = replace(sftp(sftp_server), key=private_key_of(sftp_server.folder / "stranger"))
    with pytest.raises(ArchiveRefusedError, match="lehnt die Anmeldung"):
        BoxGateway(stranger).send(message, "a.zip")


def test_a_certificate_nobody_vouches_for_gets_nothing(webdav_server: WebDavServer, message: Path) -> None:
    with pytest.raises(ArchiveNotTrustedError, match="gesendet wurde nichts"):
        BoxGateway(replace(webdav(webdav_server), ca_file="")).send(message, "a.zip")
    assert list(webdav_server.out.iterdir()) == []


def test_a_wrong_password_is_refused(webdav_server: WebDavServer, message: Path) -> None:
    for box in (replace(webdav(webdav_server), password="falsch"), replace(webdav(webdav_server), user="")):
        with pytest.raises(ArchiveRefusedError, match="lehnt die Anmeldung"):
            BoxGateway(box).send(message, "a.zip")


def test_nobody_is_followed_to_another_address(webdav_server: WebDavServer, message: Path) -> None:
    moved = replace(webdav(webdav_server), url=webdav_server.url.replace("austausch", "umzug"))
    for attempt in (lambda: BoxGateway(moved).send(message, "a.zip"), lambda: names(BoxGateway(moved))):
        with pytest.raises(ArchiveAwayError, match="HTTP 307"):
            attempt()


def test_neither_proxies_nor_passwords_of_the_environment_are_used(
    webdav_server: WebDavServer, message: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(message))
    BoxGateway(webdav(webdav_server)).send(message, "a.zip")
    assert (webdav_server.out / "a.zip").exists()


def test_no_secret_is_ever_logged_or_told(
    server: WebDavServer | SftpServer, message: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    box = box_of(server)
    BoxGateway(box).send(message, "a.zip")
    assert names(BoxGateway(box)) == []
    server.stop()
    with pytest.raises(ArchiveAwayError) as told:
        BoxGateway(box).send(message, "b.zip")
    assert caplog.text
    for text in (caplog.text, str(told.value), repr(box)):
        assert PASSWORD not in text
        assert "PRIVATE KEY" not in text


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><multistatus xmlns="DAV:">&b;</multistatus>'


@pytest.mark.parametrize("body", [b"", b"<html>", BOMB, b"\xff\xfe"])
def test_a_listing_that_is_none_is_a_fault(body: bytes) -> None:
    with pytest.raises(ArchiveAwayError, match="nicht lesbar"):
        listed(body)


def test_a_listing_leads_nowhere_else() -> None:
    one = (
        "<response><href>{}</href><propstat><prop><resourcetype>{}</resourcetype><getcontentlength>3</getcontentlength>"
        "<getlastmodified>Thu, 01 Jan 1970 00:16:40 GMT</getlastmodified></prop></propstat></response>"
    )
    hrefs = ("/x/in/..", "/x/in/%2e%2e", "/x/in/a%2Fb.zip", "/x/in/", "https://elsewhere.example/other/gut.xml")
    body = "".join(one.format(href, "") for href in hrefs) + one.format("/x/in/ordner.zip", "<collection/>")
    found = listed(f'<multistatus xmlns="DAV:">{body}</multistatus>'.encode())
    assert [(entry.name, entry.size, entry.changed) for entry in found] == [("gut.xml", 3, 1000.0)]


def settings_for(server: WebDavServer | SftpServer, tmp_path: Path) -> Settings:
    settings = Settings(data_folder=tmp_path, xdomea_schemas=str(tmp_path), archive_url=server.url)
    if isinstance(server, SftpServer):
        return replace(
            settings, archive_user=server.user, archive_password=PASSWORD, archive_key_file=str(server.key_file),
            archive_host_key=server.host_key,
        )  # fmt: skip
    return replace(settings, archive_user=USER, archive_password=PASSWORD, archive_ca_file=server.ca_file)


def test_the_settings_lead_to_the_server(server: WebDavServer | SftpServer, message: Path, tmp_path: Path) -> None:
    services = build(settings_for(server, tmp_path / "data"))
    assert services.archive is not None
    services.archive.send(message, "a.zip")
    assert (server.out / "a.zip").read_bytes() == message.read_bytes()
    (server.into / "b.zip").write_bytes(message.read_bytes())
    lent = [incoming.path for incoming in services.archive.receive()]
    services.close()
    # Where the next start clears up what a killed worker leaves.
    assert [path.parents[1] for path in lent] == [tmp_path / "data" / "work"]
    assert not lent[0].parent.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("archive_folder", "daneben"),
        ("archive_url", "http://127.0.0.1/x"),
        ("archive_url", "sftp://ich:geheim@127.0.0.1/x"),
        ("archive_url", "sftp:///x"),
        ("archive_user", ""),
        ("archive_password", "falsch"),
        ("archive_key_file", "gibt-es-nicht"),
        ("archive_host_key", ""),
        ("archive_host_key", "ssh-ed25519 AAAA"),
        ("archive_host_key", "ssh-ed25519 kein-base64!"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(sftp_server: SftpServer, tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        build(replace(settings_for(sftp_server, tmp_path / "data"), **{name: value}))
    assert "geheim" not in str(refused.value)
