"""Proving a case file: its stored bytes, the hash trees and time stamps over them, and the entries of its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.document_life import reference_of
from eakte.actions.guard import case_file_of
from eakte.actions.manifest import documents_of
from eakte.errors import EakteError, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.evidence import digest, root_from
from eakte.records.evidence_record import Stamp, encoded
from eakte.store.documents import Document, StoredObject, unrestricted
from eakte.store.evidence import EvidencePath, EvidenceTree, StampRenewal
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.objects import ObjectStore, Stored, intact
from eakte.store.timestamps import stamps, token_of

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


class NoEvidence(EakteError):
    """A stored file has no evidence record: it is not sealed yet, or no service stamped the seal."""

    code, status = "no-evidence", 409


class Bytes(StrEnum):
    """What reading the stored bytes again showed."""

    INTACT = "intact"
    DAMAGED = "damaged"
    """Missing, or with another hash or size."""
    UNREAD = "unread"


class Seal(StrEnum):
    """How far a proof reaches."""

    NONE = "none"
    """Not in a hash tree yet: trees are built once a day."""
    TREE = "tree"
    """In a tree that has no time stamp (yet)."""
    STAMPED = "stamped"
    """Proven by a time stamp of a service whose certificates are known here."""
    UNTRUSTED = "untrusted"
    """Stamped, but no certificate is set that the stamp could be held against."""
    BROKEN = "broken"
    """Tree or stamp do not fit the stored hash."""


_AT_ONCE = 500
"""Stored files that are asked for together."""
BYTES_LABELS = {Bytes.INTACT: "unverändert", Bytes.DAMAGED: "beschädigt", Bytes.UNREAD: "nicht gelesen"}
SEAL_LABELS = {
    Seal.NONE: "noch nicht gesichert",
    Seal.TREE: "ohne Zeitstempel gesichert",
    Seal.STAMPED: "Zeitstempel geprüft",
    Seal.UNTRUSTED: "Zertifikat fehlt",
    Seal.BROKEN: "Nachweis passt nicht",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven of one stored file of a document."""

    document_id: UUID
    reference: str
    subject: str
    version: int
    part: str
    """``original`` or the kind of the rendition."""
    sha256: str
    bytes: Bytes
    seal: Seal
    proven_at: datetime | None
    """The moment the first time stamp names, or the tree was built."""
    renewals: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against it."""
        return self.bytes is not Bytes.DAMAGED and self.seal is not Seal.BROKEN


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """What is proven of a whole case file."""

    proofs: tuple[Proof, ...]
    entries: int
    """Entries of its history."""
    broken_entries: tuple[int, ...]
    """Numbers of those whose content does not fit their hash."""

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.broken_entries and all(proof.sound for proof in self.proofs)

    @property
    def whole(self) -> bool:
        """Whether everything is sealed too."""
        return self.sound and all(proof.seal is not Seal.NONE for proof in self.proofs)


def of_case_file(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    objects: ObjectStore | None,
    trusted: Sequence[Certificate],
    now: datetime,
) -> FileEvidence:
    """Verify a case file: every entry of its history, every seal, and every stored byte if *objects* is given.

    That the entries follow from each other is proven for the whole history at once (:mod:`eakte.actions.verification`).
    """
    actor.require(Permission.READ)
    case_file = case_file_of(session, actor, case_file_id, now)
    trees = _Trees(session, trusted)
    documents = sorted(_shown(session, actor, case_file, now), key=_place)
    files = [file for document in documents for file in _files(document)]
    stored = _stored(session, [file.sha256 for file in files])
    found = [_proof(trees, objects, file, *stored[file.sha256]) for file in files]
    query = select(HistoryEntry).where(HistoryEntry.case_file_id == case_file.id).order_by(HistoryEntry.sequence)
    links = [entry.link() for entry in session.scalars(query)]
    broken = [link.sequence for link in links if not link.follows(link.sequence, link.previous_hash)]
    return FileEvidence(tuple(found), len(links), tuple(broken))


def record_of(session: Session, actor: Actor, case_file_id: UUID, sha256: str, now: datetime) -> bytes:
    """Return the evidence record (RFC 4998, DER) of a stored file of a case file.

    Raises:
        NotFound: It is no file of this case file.
        NoEvidence: It is not sealed yet, or no service stamped the seal.
    """
    actor.require(Permission.READ)
    case_file = case_file_of(session, actor, case_file_id, now)
    files = (file for document in _shown(session, actor, case_file, now) for file in _files(document))
    if sha256 not in {file.sha256 for file in files}:
        raise NotFound
    sealed = session.get(EvidencePath, sha256)
    if sealed is None or sealed.tree.response is None:
        raise NoEvidence
    leaf = bytes.fromhex(session.get_one(StoredObject, sha256).sha512)
    return encoded(list(_stamps(session, leaf, sealed.path, sealed.tree)))


def _shown(session: Session, actor: Actor, case_file: CaseFile, now: datetime) -> list[Document]:
    """Return the documents of a case file without those whose processing is restricted."""
    documents = documents_of(session, case_file.id)
    ids = [document.id for document in documents]
    shown = set(session.scalars(select(Document.id).where(Document.id.in_(ids), unrestricted(actor.keys, now))))
    return [document for document in documents if document.id in shown]


@dataclass(frozen=True, slots=True)
class _File:
    document: Document
    version: int
    part: str
    sha256: str


def _place(document: Document) -> tuple[int, int]:
    return (document.case.number if document.case else 0, document.position or 0)


def _files(document: Document) -> Iterator[_File]:
    for version in document.versions:
        yield _File(document, version.number, "original", version.original)
        for rendition in version.renditions:
            yield _File(document, version.number, rendition.kind, rendition.sha256)


def _stored(session: Session, hashes: Sequence[str]) -> dict[str, tuple[StoredObject, EvidencePath | None]]:
    """Return stored objects with their ways in the trees, asked for together."""
    found: dict[str, tuple[StoredObject, EvidencePath | None]] = {}
    for start in range(0, len(hashes), _AT_ONCE):
        query = (
            select(StoredObject, EvidencePath)
            .outerjoin(EvidencePath, EvidencePath.sha256 == StoredObject.sha256)
            .where(StoredObject.sha256.in_(hashes[start : start + _AT_ONCE]))
        )
        found |= {kept.sha256: (kept, way) for kept, way in session.execute(query)}
    return found


def _proof(
    trees: _Trees, objects: ObjectStore | None, file: _File, kept: StoredObject, sealed: EvidencePath | None
) -> Proof:
    seal, at, renewals = trees.seal(kept, sealed)
    return Proof(
        document_id=file.document.id,
        reference=reference_of(file.document),
        subject=file.document.subject,
        version=file.version,
        part=file.part,
        sha256=file.sha256,
        bytes=_read(objects, kept),
        seal=seal,
        proven_at=at,
        renewals=renewals,
    )


def _read(objects: ObjectStore | None, kept: StoredObject) -> Bytes:
    if objects is None:
        return Bytes.UNREAD
    whole = intact(objects, Stored(kept.sha256, kept.sha512, kept.size))
    return Bytes.INTACT if whole else Bytes.DAMAGED


class _Trees:
    """Verifies seals; what many objects of one tree share is verified once."""

    def __init__(self, session: Session, trusted: Sequence[Certificate]) -> None:
        self._session, self._trusted = session, trusted
        self._verified = lru_cache(maxsize=None)(self._verify)

    def seal(self, kept: StoredObject, sealed: EvidencePath | None) -> tuple[Seal, datetime | None, int]:
        """Return how far the proof of an object reaches, the moment it proves, and how often it was renewed."""
        if sealed is None:
            return Seal.NONE, None, 0
        if root_from(bytes.fromhex(kept.sha512), sealed.path) != sealed.tree.root:
            return Seal.BROKEN, None, 0
        seal, renewals = self._verified(sealed.tree_id)
        return seal, sealed.tree.stamped_at or sealed.tree.made_at, renewals

    def _verify(self, tree_id: UUID) -> tuple[Seal, int]:
        tree = self._session.get_one(EvidenceTree, tree_id)
        if tree.response is None:
            return Seal.TREE, 0
        links = list(_stamps(self._session, tree.root, b"", tree))
        for link in links:
            if root_from(link.leaf, link.path) != link.root:
                return Seal.BROKEN, len(links) - 1
        if not self._trusted:
            return Seal.UNTRUSTED, len(links) - 1
        genuine = all(stamps(link.response, link.root, self._trusted) for link in links)
        return Seal.STAMPED if genuine else Seal.BROKEN, len(links) - 1


def _stamps(session: Session, leaf: bytes, path: bytes, tree: EvidenceTree) -> Iterator[Stamp]:
    """Yield the stamp of a tree and those that renew it, the newest last."""
    current: EvidenceTree | None = tree
    while current is not None and current.response is not None:
        yield Stamp(leaf, path, current.root, current.response, token_of(current.response))
        renewal = session.get(StampRenewal, current.id)
        if renewal is not None:
            leaf, path = digest(token_of(current.response)), renewal.path
        current = renewal.by if renewal else None
