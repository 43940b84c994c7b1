"""Fonts of the letters: free families as Debian packs them, found in the known folders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eakte.errors import EakteError

_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
_FAMILIES = {
    "DejaVu Sans": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "DejaVu Serif": ("DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
    "DejaVu Sans Mono": ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
    "Liberation Sans": ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    "Liberation Serif": ("LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"),
    "Liberation Mono": ("LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf"),
    "Noto Sans": ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    "Noto Serif": ("NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf"),
}
_PACKAGES = "fonts-dejavu-core fonts-liberation fonts-noto-core"


class FontsMissing(EakteError):
    """None of the fonts for the demo letters is installed."""

    code, status = "fonts-missing", 500


@dataclass(frozen=True, slots=True)
class Font:
    """One family with the files of its two weights."""

    family: str
    regular: Path
    bold: Path


@cache
def fonts() -> dict[str, Font]:
    """Return the installed families by name, in a fixed order.

    Raises:
        FontsMissing: No family is there; names the Debian packages.
    """
    files = {path.name: path for folder in _FOLDERS if folder.is_dir() for path in sorted(folder.rglob("*.ttf"))}
    found = {
        family: Font(family, files[regular], files[bold])
        for family, (regular, bold) in _FAMILIES.items()
        if regular in files and bold in files
    }
    if not found:
        raise FontsMissing(packages=_PACKAGES)
    return found


def font(wanted: str) -> Font:
    """Return the family, or the nearest one that is installed: a mono for a mono, else the first."""
    there = fonts()
    if wanted in there:
        return there[wanted]
    alike = [face for name, face in there.items() if ("Mono" in name) == ("Mono" in wanted)]
    return alike[0] if alike else next(iter(there.values()))
