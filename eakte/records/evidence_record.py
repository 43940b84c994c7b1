"""Evidence records (Beweisdatensätze) in the form of RFC 4998, so that any program of its kind can check them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import algos, cms, core

from eakte.records.evidence import ALGORITHM, steps


class DigestAlgorithms(core.SequenceOf):  # type: ignore[misc]
    """The algorithms a record uses."""

    _child_spec = algos.DigestAlgorithm


class PartialHashtree(core.SequenceOf):  # type: ignore[misc]
    """Hashes that are joined in one step (RFC 4998, 4.1)."""

    _child_spec = core.OctetString


class ReducedHashtree(core.SequenceOf):  # type: ignore[misc]
    """The way from one hash to the root."""

    _child_spec = PartialHashtree


class ArchiveTimeStamp(core.Sequence):  # type: ignore[misc]
    """A time stamp with the way to what it stamps."""

    _fields = [  # noqa: RUF012 - the library's own form
        ("digest_algorithm", algos.DigestAlgorithm, {"implicit": 0, "optional": True}),
        ("reduced_hashtree", ReducedHashtree, {"implicit": 2, "optional": True}),
        ("time_stamp", cms.ContentInfo),
    ]


class ArchiveTimeStampChain(core.SequenceOf):  # type: ignore[misc]
    """Time stamps, each renewing the one before."""

    _child_spec = ArchiveTimeStamp


class ArchiveTimeStampSequence(core.SequenceOf):  # type: ignore[misc]
    """Chains, each with another hash algorithm."""

    _child_spec = ArchiveTimeStampChain


class EvidenceRecord(core.Sequence):  # type: ignore[misc]
    """The proof of one object (RFC 4998, 3.1)."""

    _fields = [  # noqa: RUF012 - the library's own form
        ("version", core.Integer),
        ("digest_algorithms", DigestAlgorithms),
        ("archive_time_stamp_sequence", ArchiveTimeStampSequence),
    ]


@dataclass(frozen=True, slots=True)
class Stamp:
    """One link of the proof: a hash, its way to the root, and the stamp of that root."""

    leaf: bytes
    path: bytes
    root: bytes
    response: bytes
    """The answer of the service (RFC 3161, DER)."""
    token: bytes
    """The token in it (DER of the ContentInfo)."""


def encoded(stamps: Sequence[Stamp]) -> bytes:
    """Return the evidence record (DER) of what the first stamp's leaf is the hash of; each further stamp renews one."""
    algorithm = algos.DigestAlgorithm({"algorithm": ALGORITHM})
    record = EvidenceRecord(
        {
            "version": 1,
            "digest_algorithms": [algorithm],
            "archive_time_stamp_sequence": [[_archive_time_stamp(stamp) for stamp in stamps]],
        }
    )
    return bytes(record.dump())


def _archive_time_stamp(stamp: Stamp) -> ArchiveTimeStamp:
    made = ArchiveTimeStamp(
        {
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": ALGORITHM}),
            "time_stamp": cms.ContentInfo.load(stamp.token),
        }
    )
    if beside := steps(stamp.path):
        first, *others = beside
        made["reduced_hashtree"] = [sorted([stamp.leaf, first]), *([other] for other in others)]
    return made
