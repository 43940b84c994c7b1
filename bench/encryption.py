"""What encryption costs beside storing the same bytes open: ``python -m bench.encryption``.

Puts and reads objects in a local folder, open and encrypted, by the product's own stores with a real key store: many
small ones (page images) and one of ``--large`` megabytes. CPU time of the whole process, the best of ``--rounds``. The
last line is one JSON object:

- ``small_put_ratio``, ``small_read_ratio``: CPU time encrypted over open, ``--count`` objects of 40 kB each;
- ``large_put_ratio``, ``large_read_ratio``: the same for one large object, read wholly;
- ``part_read_ratio``: for reading 200 parts of 4 kB of the large object at random places, as a viewer does;
- ``grown_mb``: how much the most memory the process held grew by the large objects, beside their content;
- ``overhead``: bytes on the disk over bytes of content.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from eakte.store.database import connect
from eakte.store.master_keys import FolderKeys
from eakte.store.object_keys import ObjectKeys
from eakte.store.objects import LocalObjects, ObjectStore
from eakte.store.objects_encrypted import EncryptedObjects

SMALL, PART, PARTS, BLOCK = 40_000, 4_000, 200, 1 << 20
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--large", type=int, default=50, help="megabytes")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    chance = random.Random(1)
    small = [chance.randbytes(SMALL) for _ in range(given.count)]
    large = [chance.randbytes(given.large * 1_000_000)]
    results: dict[str, list[float]] = {}
    memory: list[float] = []
    for _ in range(given.rounds):
        for kind in ("open", "encrypted"):
            with tempfile.TemporaryDirectory() as folder, closing(_keys(Path(folder))) as keys:
                store = _store(Path(folder), keys, kind)
                _measure(store, small, f"{kind} small", results)
                memory.append(_peak())
                _measure(store, large, f"{kind} large", results)
                memory.append(_peak())
                parts = partial(_read_parts, store, sha256(large[0]).hexdigest(), len(large[0]))
                results.setdefault(f"{kind} part", []).append(_cpu(parts))
                size = sum(file.stat().st_size for file in (Path(folder) / "objects").rglob("??/??/*"))
    best = {name: min(times) for name, times in results.items()}
    print(json.dumps(_ratios(best) | {
        "grown_mb": round(memory[-1] - memory[0], 1),
        "overhead": round(size / (given.count * SMALL + len(large[0])), 5),
        "count": given.count, "large_mb": given.large,
        "ms_per_small_put": round(1000 * best["encrypted small put"] / given.count, 3),
        "ms_per_small_read": round(1000 * best["encrypted small read"] / given.count, 3),
    }))  # fmt: skip


def _keys(folder: Path) -> ObjectKeys:
    keys = ObjectKeys(connect(f"sqlite:///{folder / 'keys.sqlite'}"), FolderKeys(folder / "masters"))
    keys.begin(BEGUN, open_left=False)
    return keys


def _store(folder: Path, keys: ObjectKeys, kind: str) -> ObjectStore:
    shelf = LocalObjects(folder / "objects")
    return EncryptedObjects(shelf, keys, folder) if kind == "encrypted" else shelf


def _measure(store: ObjectStore, contents: list[bytes], name: str, results: dict[str, list[float]]) -> None:
    names: list[str] = []
    put = _cpu(lambda: names.extend(store.put(io.BytesIO(content)).sha256 for content in contents))
    read = _cpu(lambda: [_read(store, sha256) for sha256 in names])
    results.setdefault(f"{name} put", []).append(put)
    results.setdefault(f"{name} read", []).append(read)


def _read(store: ObjectStore, sha256: str) -> None:
    with store.open(sha256) as stream:
        while stream.read(BLOCK):
            pass


def _read_parts(store: ObjectStore, name: str, size: int) -> None:
    chance = random.Random(2)
    with store.open(name) as stream:
        for _ in range(PARTS):
            stream.seek(chance.randrange(size - PART))
            stream.read(PART)


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _ratios(best: dict[str, float]) -> dict[str, float]:
    pairs = {"small_put": "small put", "small_read": "small read", "large_put": "large put", "large_read": "large read",
             "part_read": "part"}  # fmt: skip
    return {f"{name}_ratio": round(best[f"encrypted {of}"] / best[f"open {of}"], 2) for name, of in pairs.items()}


if __name__ == "__main__":
    main()
