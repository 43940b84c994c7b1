"""What can go wrong with an archive's package on its way: the finished ZIP is spoilt, each time in one way."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path


def _rewritten(path: Path, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        [name] = archive.namelist()
        text = archive.read(name).decode()
    changed = change(text)
    assert changed != text
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, changed)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _no_zip(path: Path) -> None:
    path.write_bytes(b"Bitte rufen Sie uns an.")


def _in_folder(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        [name] = archive.namelist()
        text = archive.read(name)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"neu/{name}", text)


def _two_messages(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        [name] = archive.namelist()
        other = "0" if name[0] != "0" else "1"
        archive.writestr(other + name[1:], archive.read(name))


def _without_message(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lies-mich.txt", "leer")


def _surplus(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("Begleitschreiben.pdf", b"%PDF-1.7")


def _no_time(text: str) -> str:
    start, end = text.index("<xdomea:Kopf>"), text.index("</xdomea:Kopf>")
    head = text[start:end]
    first = head.index("<xdomea:Erstellungszeitpunkt>")
    last = head.index("</xdomea:Erstellungszeitpunkt>") + len("</xdomea:Erstellungszeitpunkt>")
    return text[:start] + head[:first] + head[last:] + text[end:]


def _of_version(version: str) -> Callable[[str], str]:
    return lambda text: text.replace("xdomea:schema:3.1.0", f"xdomea:schema:{version}")


SPOILT: dict[str, tuple[str, Callable[[Path], None]]] = {
    "cut off": ("package-unreadable", _cut),
    "no ZIP": ("package-unreadable", _no_zip),
    "nothing in it": ("package-unreadable", _without_message),
    "two messages": ("package-unreadable", _two_messages),
    "in a folder": ("package-unsafe", _in_folder),
    "no XML": ("message-unreadable", lambda path: _rewritten(path, lambda text: text[:-30])),
    "unknown version": ("version-unknown", lambda path: _rewritten(path, _of_version("9.9.9"))),
    "old version": ("version-old", lambda path: _rewritten(path, _of_version("2.4.0"))),
    "against the schema": ("schema", lambda path: _rewritten(path, _no_time)),
    "no process": (
        "process-id",
        lambda path: _rewritten(path, lambda text: text.replace(path.stem[:36], "Verfahren 7")),
    ),
    "other prefix": ("prefix", lambda path: _rewritten(path, lambda text: _prefixed(text, "x"))),
    "no schema named": (
        "schema-location",
        lambda path: _rewritten(path, lambda text: text.replace("xdomea-Nachrichten-", "unsere-")),
    ),
    "a letter beside it": ("file-surplus", _surplus),
}
"""By name: the code of what is found first, and how a package of 3.1.0 is spoilt."""


def _prefixed(text: str, prefix: str) -> str:
    for sign in ("<xdomea:", "</xdomea:", "xmlns:xdomea="):
        text = text.replace(sign, sign.replace("xdomea", prefix))
    return text
