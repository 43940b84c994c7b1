"""A mailbox on a real mail server: each mail is an item once, and is marked only when that is safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.errors import SettingsInvalid
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.store.arrivals import Arrival
from eakte.store.documents import IncomingItem
from eakte.worker import mail as mail_module
from eakte.worker.intake import propose, read
from eakte.worker.mail import KEYWORD, MailSource
from eakte.worker.sources import Mailbox, load
from tests.mail.server import DONE, Server, emptied, looking
from tests.town import NOW, Town


def letter(number: int, *, received: str = "von mail.example.org") -> bytes:
    mail = EmailMessage()
    mail["Received"] = received
    mail["From"], mail["To"] = "Anna Hollmann <a.hollmann@example.org>", "bauamt@example.org"
    mail["Subject"], mail["Message-ID"] = f"Antrag {number} für die Grünfläche", f"<{number}@example.org>"
    mail.set_content(f"Antrag auf Baugenehmigung {number}\n")
    mail.add_attachment(f"Lageplan {number}".encode(), maintype="text", subtype="plain", filename="plan.txt")
    mail.set_boundary("grenze")
    return mail.as_bytes()


@pytest.fixture
def mailbox(mail_server: Server) -> Mailbox:
    """The mailbox over TLS, emptied."""
    return emptied(mail_server)


def marks(server: Server) -> list[tuple[str, ...]]:
    with looking(server) as opened:
        return [found.flags for found in opened.fetch(mark_seen=False)]


def items(town: Town) -> list[IncomingItem]:
    with town.database.reading() as session:
        return list(session.scalars(select(IncomingItem).order_by(IncomingItem.filename)))


def source(services: Services, mailbox: Mailbox) -> MailSource:
    return MailSource(services, mailbox, clock=lambda: NOW)


def test_a_mail_becomes_an_item_with_its_bytes_and_what_its_header_says(
    town: Town, services: Services, mail_server: Server, mailbox: Mailbox
) -> None:
    mail_server.deliver(letter(1))
    assert source(services, mailbox).look() == 1
    [item] = items(town)
    assert (item.source, item.received_at, item.state) == ("mail", NOW, ItemState.RECEIVED)
    with town.objects.open(item.sha256) as kept:
        assert kept.read().replace(b"\r\n", b"\n") == letter(1)
    with town.database.reading() as session:
        envelope = session.get_one(Arrival, item.id).envelope
    assert envelope["from"] == "Anna Hollmann <a.hollmann@example.org>"
    assert envelope["subject"] == "Antrag 1 für die Grünfläche"
    assert (envelope["message_id"], envelope["mailbox"]) == ("<1@example.org>", "Bauamt")
    read(services, str(item.id))
    propose(services, str(item.id))
    assert [one.filename for one in items(town)] == ["Antrag 1 für die Grünfläche.eml", "plan.txt"]


def test_a_mail_that_is_safe_is_marked_and_left_unread_for_people(
    town: Town, services: Services, mail_server: Server, mailbox: Mailbox
) -> None:
    mail_server.deliver(letter(1))
    source(services, mailbox).look()
    [flags] = marks(mail_server)
    assert KEYWORD in flags
    assert "\\Seen" not in flags
    assert source(services, mailbox).look() == 0
    assert len(items(town)) == 1


def test_a_mail_that_is_safe_is_moved_where_a_folder_is_set(
    town: Town, services: Services, mail_server: Server, mailbox: Mailbox
) -> None:
    mail_server.deliver(letter(1))
    assert source(services, replace(mailbox, done_folder=DONE)).look() == 1
    with looking(mail_server) as server:
        assert server.uids() == []
        server.folder.set(DONE)
        assert len(server.uids()) == 1
    assert len(items(town)) == 1


@pytest.mark.parametrize("moment", ["_receive", "_mark"])
@pytest.mark.parametrize("done_folder", ["", DONE])
def test_ended_at_any_moment_nothing_is_lost_and_nothing_doubled(
    town: Town,
    services: Services,
    mail_server: Server,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    done_folder: str,
) -> None:
    """The process ends after a step: nothing behind it happens, as with ``kill -9``."""
    mail_server.deliver(letter(1))
    mailbox = replace(mailbox, done_folder=done_folder)
    monkeypatch.setattr(MailSource, moment, _ending_after(getattr(MailSource, moment)))
    with pytest.raises(Ended):
        source(services, mailbox).look()
    if moment == "_receive":
        assert all(KEYWORD not in flags for flags in marks(mail_server))
    monkeypatch.undo()
    for _ in range(2):
        source(services, mailbox).look()
    assert len(items(town)) == 1
    assert source(services, mailbox).look() == 0


class Ended(BaseException):
    """Stands for the end of the process."""


def _ending_after(step: Callable[..., object]) -> Callable[..., object]:
    def ended(*arguments: object) -> object:
        step(*arguments)
        raise Ended

    return ended


def test_a_mail_is_marked_by_nobody_while_the_database_is_away(
    town: Town, services: Services, mail_server: Server, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_server.deliver(letter(1))

    def away(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(mail_module, "receive", away)
    assert source(services, mailbox).look() == 0
    assert marks(mail_server) == [("\\Recent",)] or all(KEYWORD not in flags for flags in marks(mail_server))
    monkeypatch.undo()
    assert source(services, mailbox).look() == 1
    assert len(items(town)) == 1


def test_the_same_mail_over_another_server_is_one_item_and_another_with_its_id_a_second(
    town: Town, services: Services, mail_server: Server, mailbox: Mailbox
) -> None:
    mail_server.deliver(letter(1))
    mail_server.deliver(letter(1, received="von relay.example.net"))
    mail_server.deliver(letter(1).replace(b"Baugenehmigung", b"Abrissgenehmigung"))
    assert source(services, mailbox).look() == 3
    assert len(items(town)) == 2


def test_mails_for_a_full_inbox_stay_unmarked_until_there_is_room(
    town: Town, services: Services, mail_server: Server, mailbox: Mailbox
) -> None:
    limited = replace(services, settings=replace(services.settings, source_waiting=1))
    now = [NOW]
    found = MailSource(limited, mailbox, clock=lambda: now[0])
    for number in (1, 2):
        mail_server.deliver(letter(number))
    assert (found.look(), found.look()) == (1, 0)
    assert len(items(town)) == 1
    with town.database.begin() as session:
        for item in session.scalars(select(IncomingItem)):
            item.state = ItemState.FILED
    now[0] += timedelta(minutes=6)
    assert found.look() == 1
    assert len(items(town)) == 2


def test_a_mailbox_that_cannot_be_opened_stops_nothing_and_is_told_once(
    services: Services, mailbox: Mailbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "wrong").write_text("falsch")
    for wrong in (replace(mailbox, password_file=str(tmp_path / "wrong")), replace(mailbox, ca_file="")):
        caplog.clear()
        broken = source(services, wrong)
        assert broken.look() == broken.look() == 0
        assert len(caplog.records) == 1


def test_a_mail_for_a_unit_that_is_not_there_stays_unmarked(
    town: Town, services: Services, mail_server: Server, mailbox: Mailbox
) -> None:
    mail_server.deliver(letter(1))
    assert source(services, replace(mailbox, unit="99")).look() == 0
    assert items(town) == []
    assert all(KEYWORD not in flags for flags in marks(mail_server))


@pytest.mark.parametrize(
    "wrong",
    [
        'name = "x"',
        'name = "x"\nhost = "h"\nuser = "u"\npassword_file = "p"\nunit = "1"\nport = "993"',
        'name = "x"\nhost = "mail.example.org"\nuser = "u"\npassword_file = "p"\nunit = "1"\nencryption = "none"',
        'name = "x"\nhost = "h"\nuser = "u"\npassword_file = "p"\nunit = "1"\ncolour = "red"',
    ],
)
def test_a_wrong_source_is_refused_when_the_worker_starts(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "sources.toml").write_text(f"[[mailbox]]\n{wrong}\n")
    with pytest.raises(SettingsInvalid):
        load(str(tmp_path / "sources.toml"))
