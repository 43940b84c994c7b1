"""Submissions of an online portal, laid out as FIT-Connect delivers them: metadata, structured data, attachments.

``metadata.json`` follows FITKO's metadata schema (https://schema.fitko.de/fit-connect/metadata/1.0.0/metadata.schema.json):
``contentStructure.data`` and ``contentStructure.attachments`` name every part with its SHA-512, an attachment also with
its purpose; ``publicServiceType`` names the service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METADATA = "metadata.json"
DATA = ("data.json", "data.xml")
FORM = "form"
"""Purpose of the attachment that shows the filled form as people read it."""
LARGEST_JSON = 2_000_000
"""Bytes of metadata or structured data that are looked into."""
LONGEST_VALUE = 500
_SUBMISSION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,79}")


class SubmissionFaulty(ValueError):
    """The submission cannot be taken; the text is a German sentence for the portal's operator."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An attachment as the metadata list it."""

    attachment_id: str
    filename: str
    purpose: str
    sha512: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the metadata say, as far as we need it."""

    service: str
    service_id: str
    data_sha512: str
    attachments: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which file of a submission is what."""

    metadata: Metadata
    main: str
    """File that stands for the submission: the filled form, else the structured data."""
    order: tuple[str, ...]
    """The other files, as attachments in this order."""
    names: Mapping[str, str]
    """How each file is called for people."""


def is_submission_id(text: str) -> bool:
    """Tell whether a text may name a submission: 8 to 80 letters, digits, points, dashes, as a UUID has."""
    return _SUBMISSION_ID.fullmatch(text) is not None


def metadata_of(content: bytes) -> Metadata:
    """Return what ``metadata.json`` says.

    Raises:
        SubmissionFaulty: It is no JSON of that form.
    """
    told = _json(content, METADATA)
    structure = _object(told.get("contentStructure"))
    listed = structure.get("attachments") or []
    if "contentStructure" not in told or not isinstance(listed, list):
        raise SubmissionFaulty(f"{METADATA} nennt keine Inhalte (contentStructure).")
    service = _object(told.get("publicServiceType"))
    return Metadata(
        service=_text(service.get("name")),
        service_id=_text(service.get("identifier")),
        data_sha512=_sha512(_object(structure.get("data"))),
        attachments=tuple(_listed(_object(each)) for each in listed),
    )


def _listed(told: Mapping[str, Any]) -> Listed:
    found = Listed(
        _text(told.get("attachmentId")), _text(told.get("filename")), _text(told.get("purpose")), _sha512(told)
    )
    if not found.attachment_id:
        raise SubmissionFaulty(f"{METADATA} nennt eine Anlage ohne attachmentId.")
    return found


def _sha512(told: Mapping[str, Any]) -> str:
    digest = _object(told.get("hash"))
    return _text(digest.get("content")).lower() if _text(digest.get("type")).lower() in {"sha512", "sha-512"} else ""


def layout_of(metadata: Metadata, sha512: Mapping[str, str]) -> Layout:
    """Return which file is what; ``sha512`` holds every file's name and hash.

    Raises:
        SubmissionFaulty: A file is missing, nobody listed it, or it is another than the metadata say.
    """
    data = [name for name in DATA if name in sha512]
    if len(data) != 1:
        raise SubmissionFaulty("Erwartet wird genau eine Datei data.json oder data.xml.")
    if metadata.data_sha512 and metadata.data_sha512 != sha512[data[0]]:
        raise SubmissionFaulty(f"{data[0]} ist eine andere Datei, als {METADATA} nennt (SHA-512).")
    files: dict[str, Listed] = {}
    for one in metadata.attachments:
        name = _file_of(one, sha512)
        if one.sha512 and one.sha512 != sha512[name]:
            raise SubmissionFaulty(f"„{name}“ ist eine andere Datei, als {METADATA} nennt (SHA-512).")
        files[name] = one
    if unlisted := sorted(set(sha512) - set(files) - {METADATA, *data}):
        raise SubmissionFaulty(f"„{unlisted[0]}“ steht nicht in {METADATA}.")
    main = next((name for name, one in files.items() if one.purpose == FORM), data[0])
    order = (*(name for name in files if name != main), *(name for name in (*data, METADATA) if name != main))
    return Layout(metadata, main, order, {name: one.filename or name for name, one in files.items()})


def _file_of(listed: Listed, names: Collection[str]) -> str:
    """Return the file of a listed attachment: it is called by its id, or by its name."""
    for name in (listed.attachment_id, listed.filename):
        if name in names and name not in {METADATA, *DATA}:
            return name
    raise SubmissionFaulty(f"Die Anlage „{listed.filename or listed.attachment_id}“ fehlt.")


def values_of(content: bytes) -> dict[str, object]:
    """Return the plain values of structured data in JSON by their names, wherever they stand; unreadable gives none.

    A name that stands for several values has no meaning of its own and is left out.
    """
    try:
        told = _json(content, "data.json")
    except SubmissionFaulty:
        return {}
    found: dict[str, object] = {}
    double: set[str] = set()
    for name, value in _plain_values(told):
        if name in found:
            double.add(name)
        found[name] = _text(value) if isinstance(value, str) else value
    return {name: value for name, value in found.items() if name not in double and value != ""}


def _plain_values(told: object) -> Iterator[tuple[str, object]]:
    waiting: list[object] = [told]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [value for value in one.values() if isinstance(value, (dict, list))]
            yield from ((name, value) for name, value in one.items() if isinstance(value, (str, int, float)))


def _json(content: bytes, name: str) -> dict[str, Any]:
    if len(content) > LARGEST_JSON:
        raise SubmissionFaulty(f"{name} ist größer als {LARGEST_JSON // 1_000_000} MB.")
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise SubmissionFaulty(f"{name} ist kein gültiges JSON.") from None
    if not isinstance(told, dict):
        raise SubmissionFaulty(f"{name} ist kein JSON-Objekt.")
    return told


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() else " " for char in whole).strip()[:LONGEST_VALUE]
