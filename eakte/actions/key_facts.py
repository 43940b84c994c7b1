"""What a destruction did to the keys of encrypted objects, for its certificate.

How the objects lay before is written into the manifest while their keys are there; how many keys are gone is asked of
the key store at the end, because an object that another record holds too keeps its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from eakte.store.object_keys import ObjectKeys
from retention.certificate import KeyDestruction


def listed(manifest: Mapping[str, Any]) -> list[str]:
    """Return the hashes of all bytes in a manifest."""
    originals = [kept["sha256"] for kept in manifest["originals"]]
    return [*originals, *manifest["derived"], *manifest["messages"]]


def with_keys(manifest: dict[str, Any], keys: ObjectKeys | None) -> dict[str, Any]:
    """Return the manifest with how many of its objects have a key, and until when one of them lay open."""
    if keys is None:
        return manifest
    past = keys.past(sorted(set(listed(manifest))))
    open_until = past.open_until.isoformat() if past.open_until else None
    return {**manifest, "keys": {"count": past.keys, "open_until": open_until}}


def keys_destroyed(manifest: Mapping[str, Any], keys: ObjectKeys, key_backups_until: date | None) -> KeyDestruction:
    """Return what became of the keys, once the objects are gone."""
    hashes = sorted(set(listed(manifest)))
    left = keys.past(hashes).keys
    before = manifest.get("keys") or {"count": left, "open_until": None}
    open_until = before["open_until"]
    return KeyDestruction(
        destroyed=max(0, before["count"] - left),
        shared=left,
        unencrypted=len(hashes) - max(before["count"], left),
        encrypted_on=date.fromisoformat(open_until) if open_until else None,
        key_backups_until=key_backups_until,
    )
