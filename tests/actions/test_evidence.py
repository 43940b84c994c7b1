"""Seals of a real time-stamp authority, renewed; evidence records that others can check; damage found and told."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from rfc3161_client import TimeStampResponse
from sqlalchemy import Engine, delete, event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from eakte.actions import destruction, disposal, evidence, fixity, sealing
from eakte.actions.evidence import Bytes, FileEvidence, NoEvidence, Seal
from eakte.errors import NotFound, TimestampFailed
from eakte.records.access import SYSTEM
from eakte.store.documents import DocumentVersion, PageRow, StoredObject
from eakte.store.evidence import Damage, EvidencePath, EvidenceTree, ObjectDamage
from eakte.store.history import HistoryEntry
from eakte.store.timestamps import ask, certificates
from tests.town import NOW, Town
from tests.tsa import Authority

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def asking(tsa_url: str) -> sealing.Ask:
    return partial(ask, tsa_url)


def unreachable(digest: bytes) -> TimeStampResponse:
    return ask("http://127.0.0.1:9/", digest)


def verified(
    town: Town, file_id: UUID, authority: Authority | None = None, *, login: str = "brandt", read: bool = True
) -> FileEvidence:
    trusted = certificates(authority.certificates if authority else "")
    objects = town.objects if read else None
    actor = town.actor(login)
    with town.database.reading() as session:
        return evidence.of_case_file(session, actor, file_id, objects=objects, trusted=trusted, now=TOMORROW)


def seals(found: FileEvidence) -> set[Seal]:
    return {proof.seal for proof in found.proofs}


def original_of(town: Town, file_id: UUID) -> str:
    found = verified(town, file_id)
    return next(proof.sha256 for proof in found.proofs if proof.part == "original")


def test_a_file_is_proven_by_the_stamp_of_its_day(town: Town, asking: sealing.Ask, authority: Authority) -> None:
    file_id = town.filed()[0].id
    assert seals(verified(town, file_id, authority)) == {Seal.NONE}
    done = sealing.seal(town.database, asking, TOMORROW)
    found = verified(town, file_id, authority)
    assert (done.objects, done.trees, done.stamped) == (2, 1, 1)
    assert (seals(found), {proof.bytes for proof in found.proofs}) == ({Seal.STAMPED}, {Bytes.INTACT})
    assert (found.sound, found.whole, found.broken_entries) == (True, True, ())
    assert found.entries == 2


def test_pictures_of_pages_are_drawn_again_and_need_no_proof(town: Town) -> None:
    town.filed()
    sealing.seal(town.database, None, TOMORROW)
    with town.database.reading() as session:
        sealed = set(session.scalars(select(EvidencePath.sha256)))
        assert not sealed & set(session.scalars(select(PageRow.image)))
        assert sealed >= set(session.scalars(select(DocumentVersion.original)))


def test_the_same_day_is_sealed_once_and_the_next_only_what_is_new(town: Town) -> None:
    town.filed()
    sealing.seal(town.database, None, TOMORROW)
    assert sealing.seal(town.database, None, TOMORROW).objects == 0
    town.now = TOMORROW
    town.filed()
    assert sealing.seal(town.database, None, TOMORROW + timedelta(days=1)).objects == 2


def test_what_a_transaction_may_still_be_storing_waits(town: Town) -> None:
    town.filed()
    assert sealing.seal(town.database, None, NOW + timedelta(minutes=5)).objects == 0


def test_a_look_at_the_whole_stock_finds_what_was_left_out(town: Town) -> None:
    file_id = town.filed()[0].id
    sealing.seal(town.database, None, TOMORROW)
    with town.database.begin() as session:
        session.execute(delete(EvidencePath))
    assert sealing.seal(town.database, None, TOMORROW).objects == 0
    assert sealing.seal(town.database, None, TOMORROW, whole=True).objects == 2
    assert seals(verified(town, file_id)) == {Seal.TREE}


def test_a_stock_that_others_have_in_hand_is_left_to_the_next_look(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LEAVES", 2)
    file_id = town.filed()[0].id
    if town.database.url.get_backend_name() == "sqlite":
        pytest.skip("SQLite has one writer: nobody else has anything in hand")
    with town.database.engine.begin() as somebody_else:
        somebody_else.execute(select(StoredObject.sha256).with_for_update())
        assert sealing.seal(town.database, None, TOMORROW, whole=True).objects == 0
    assert sealing.seal(town.database, None, TOMORROW, whole=True).objects == 2
    assert seals(verified(town, file_id)) == {Seal.TREE}


def test_a_case_file_of_many_documents_asks_no_more_of_the_database_for_its_seals(town: Town) -> None:
    file_id = town.filed()[0].id
    sealing.seal(town.database, None, TOMORROW)
    few = asked_of_seals(town, file_id)
    for _ in range(4):
        town.file(town.waiting(), file_id)
    sealing.seal(town.database, None, TOMORROW, whole=True)
    assert len(verified(town, file_id).proofs) == 10
    assert asked_of_seals(town, file_id) == few


def asked_of_seals(town: Town, file_id: UUID) -> int:
    """Return how many statements about stored objects verifying a case file takes."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        verified(town, file_id)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return sum("FROM stored_object" in each or "FROM evidence_path" in each for each in statements)


def test_a_great_stock_becomes_several_trees(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LEAVES", 3)
    for minute in range(4):
        town.now = NOW + timedelta(minutes=minute)
        town.filed()
    done = sealing.seal(town.database, None, TOMORROW)
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidencePath)) == 8
    assert (done.objects, done.trees) == (8, 3)


def test_without_its_service_a_tree_waits_for_the_stamp(town: Town, asking: sealing.Ask, authority: Authority) -> None:
    file_id = town.filed()[0].id
    assert sealing.seal(town.database, unreachable, TOMORROW).stamped == 0
    assert seals(verified(town, file_id, authority)) == {Seal.TREE}
    with pytest.raises(TimestampFailed):
        sealing.stamp_waiting(town.database, unreachable)
    assert sealing.stamp_waiting(town.database, asking).stamped == 1
    assert seals(verified(town, file_id, authority)) == {Seal.STAMPED}
    assert sealing.stamp_waiting(town.database, asking).stamped == 0


def test_stamps_are_renewed_before_their_certificate_ends(
    town: Town, asking: sealing.Ask, authority: Authority
) -> None:
    file_id = town.filed()[0].id
    sealing.seal(town.database, asking, TOMORROW)
    assert sealing.renew(town.database, asking, TOMORROW).renewed == 0
    in_ten_years = TOMORROW + timedelta(days=3_500)
    assert sealing.renew(town.database, asking, in_ten_years).renewed == 1
    found = verified(town, file_id, authority)
    assert (seals(found), {proof.renewals for proof in found.proofs}) == ({Seal.STAMPED}, {1})
    # The renewing stamp is of the same authority and ends as early; it is renewed in its turn, the first one not again.
    assert sealing.renew(town.database, asking, in_ten_years).renewed == 1
    assert {proof.renewals for proof in verified(town, file_id, authority).proofs} == {2}


def test_a_stamp_of_a_stranger_proves_nothing(town: Town, asking: sealing.Ask, tmp_path: Path) -> None:
    file_id = town.filed()[0].id
    sealing.seal(town.database, asking, TOMORROW)
    assert seals(verified(town, file_id, Authority(tmp_path / "stranger"))) == {Seal.BROKEN}
    assert seals(verified(town, file_id)) == {Seal.UNTRUSTED}


def test_a_changed_byte_is_seen_and_a_changed_hash_too(town: Town, asking: sealing.Ask, authority: Authority) -> None:
    file_id = town.filed()[0].id
    sealing.seal(town.database, asking, TOMORROW)
    sha256 = original_of(town, file_id)
    with town.objects.path(sha256) as path:
        path.chmod(0o640)
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    found = verified(town, file_id, authority)
    assert [proof.part for proof in found.proofs if not proof.sound] == ["original"]
    assert verified(town, file_id, authority, read=False).sound
    with town.database.begin() as session:  # whoever changes the file and its hashes cannot change the tree
        forged = hashlib.sha512(b"forged").hexdigest()
        session.execute(update(StoredObject).where(StoredObject.sha256 == sha256).values(sha512=forged))
    assert [proof.seal for proof in verified(town, file_id, authority, read=False).proofs if not proof.sound] == [
        Seal.BROKEN
    ]


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE evidence_tree SET root = {other}",
        "UPDATE evidence_tree SET made_at = '2020-01-01 00:00:00.000000'",
        "UPDATE evidence_tree SET response = {other}",
        "DELETE FROM evidence_tree",
    ],
)
def test_the_database_keeps_a_stamped_tree_as_it_is(town: Town, asking: sealing.Ask, attempt: str) -> None:
    town.filed()
    sealing.seal(town.database, asking, TOMORROW)
    other = "x'00'" if town.database.engine.dialect.name == "sqlite" else "'\\x00'::bytea"
    with town.database.begin() as session:
        session.execute(delete(EvidencePath))
    with pytest.raises(DBAPIError), town.database.begin() as session:
        session.execute(text(attempt.format(other=other)))


def test_others_can_check_the_evidence_record(
    town: Town, asking: sealing.Ask, authority: Authority, tmp_path: Path
) -> None:
    file_id = town.filed()[0].id
    town.filed()
    sealing.seal(town.database, asking, TOMORROW)
    sealing.renew(town.database, asking, TOMORROW, everything=True)
    sha256 = original_of(town, file_id)
    with town.database.reading() as session:
        der = evidence.record_of(session, town.actor("brandt"), file_id, sha256, TOMORROW)
    with town.objects.open(sha256) as stream:
        expected = hashlib.sha512(stream.read()).digest()
    _check_by_rfc_4998(der, expected, authority, tmp_path)


def _check_by_rfc_4998(der: bytes, expected: bytes, authority: Authority, folder: Path) -> None:
    """Follow sections 4.3 and 5.3 with nothing of ours: DER read by hand, hashlib, and openssl for the stamps."""
    version, algorithms, sequence = _inside(der)
    assert version == b"\x02\x01\x01"
    assert bytes.fromhex("0609608648016503040203") in algorithms  # SHA-512
    [chain] = _inside(sequence)
    stamps = _inside(chain)
    for stamp in stamps:
        *before, token = _inside(stamp)
        for ways in (part for part in before if part[0] == 0xA2):
            for place, hashes in enumerate(_inside(ways)):
                found = [each[2:] for each in _inside(hashes)]
                assert place or expected in found
                joined = found if expected in found else [*found, expected]
                expected = hashlib.sha512(b"".join(sorted(joined))).digest()
        (folder / "token").write_bytes(token)
        subprocess.run(
            ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-digest", expected.hex(), "-CAfile",
             authority.certificates],
            cwd=folder, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        expected = hashlib.sha512(token).digest()
    assert len(stamps) == 2


def _inside(der: bytes) -> list[bytes]:
    """Return the elements inside of a DER element, each with tag and length."""
    found, rest = [], der[_ends(der)[0] :]
    while rest:
        _, end = _ends(rest)
        found.append(rest[:end])
        rest = rest[end:]
    return found


def _ends(der: bytes) -> tuple[int, int]:
    """Return where the head of the first element ends, and where its content does."""
    if der[1] < 0x80:
        return 2, 2 + der[1]
    head = 2 + (der[1] & 0x7F)
    return head, head + int.from_bytes(der[2:head], "big")


def test_there_is_no_evidence_record_without_a_stamp_or_for_the_file_of_others(town: Town) -> None:
    file_id = town.filed()[0].id
    sha256 = original_of(town, file_id)
    sealing.seal(town.database, None, TOMORROW)
    with town.database.reading() as session:
        with pytest.raises(NoEvidence):
            evidence.record_of(session, town.actor("brandt"), file_id, sha256, TOMORROW)
        other = town.filed()[0].id
        with pytest.raises(NotFound):
            evidence.record_of(session, town.actor("brandt"), other, sha256, TOMORROW)


def test_who_may_not_see_the_file_learns_nothing_of_its_evidence(town: Town) -> None:
    file_id = town.case_file(restricted=True).id
    with pytest.raises(NotFound):
        verified(town, file_id, login="kaya")


def test_a_destroyed_object_leaves_no_way_behind_and_its_neighbours_stay_proven(town: Town) -> None:
    file_id, neighbour = town.filed()[0].id, town.filed()[0].id
    sealing.seal(town.database, None, TOMORROW)
    _destroy(town, file_id)
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidencePath)) == 2
        assert session.scalar(select(func.count()).select_from(EvidenceTree)) == 1
    assert seals(verified(town, neighbour)) == {Seal.TREE}


def _destroy(town: Town, file_id: UUID) -> None:
    town.close(file_id, on=NOW)
    later = NOW + timedelta(days=2_000)
    with town.database.begin() as session:
        [disposal_id] = disposal.propose(session, town.actor("weber"), [file_id], reason="Frist", now=later)
    with town.database.begin() as session:
        disposal.approve(session, town.actor("lang"), disposal_id, cooling_off_days=0, now=later)
    for step in (destruction.begin, destruction.delete_rows):
        with town.database.begin() as session:
            step(session, disposal_id, later)
    with town.database.begin() as session:
        for sha256 in destruction.objects_of(session, disposal_id):
            destruction.delete_object(session, town.objects, sha256)


def test_damage_is_told_once_and_so_is_its_end(town: Town) -> None:
    sha256 = town.receive(b"ein Brief").sha256
    share = int(sha256[:8], 16) * fixity.SHARES >> 32
    with town.objects.path(sha256) as place:
        path = place
    good = path.read_bytes()
    path.unlink()
    assert [fixity.read_share(town.database, town.objects, share, NOW) for _ in range(2)] == [[sha256]] * 2
    with town.database.reading() as session:
        found = fixity.report(session, SYSTEM)
        assert (found.damaged, found.damages[0].problem, found.shares) == (1, Damage.MISSING, 1)
    path.write_bytes(good)
    assert fixity.read_share(town.database, town.objects, share, TOMORROW) == []
    with town.database.reading() as session:
        actions = [each for each in session.scalars(select(HistoryEntry.action)) if each.startswith("object.")]
        assert actions == ["object.damaged", "object.whole_again"]
        assert session.scalars(select(ObjectDamage)).all() == []


def test_every_object_is_in_one_share(town: Town) -> None:
    for _ in range(5):
        town.filed()
    with town.database.reading() as session:
        found = [each.sha256 for share in range(fixity.SHARES) for each in fixity.listed(session, share)]
        assert sorted(found) == sorted(session.scalars(select(StoredObject.sha256)))
