"""A large city, the same for the same numbers: units in a tree, people in posts, case files, documents, and rights.

Skewed as cities are: a few units keep most of the files; one file in a hundred is need-to-know, one in two hundred
is shared, one in a thousand blocked for somebody; one person in fifty stands in for another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from bench.bulk import Bulk
from eakte.records.access import RestrictionKind, Role
from eakte.records.file_plan import PlanState
from eakte.records.organisation import Relation, UnitKind
from eakte.records.states import CaseFileState, DocumentState, ItemState
from eakte.store.base import Base

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FIRST = date(2006, 1, 1)
DAYS = (NOW.date() - FIRST).days
SUBJECTS = (
    "Neubau Carport", "Gewerbeanmeldung Imbiss", "Wohngeldantrag", "Baumfällung", "Hundesteuer", "Ausbau Gehweg",
    "Akteneinsicht", "Widerspruch gegen Bescheid", "Stellplatznachweis", "Sondernutzung Sommerfest", "Kita-Beitrag",
    "Grundstückskauf", "Vergabe Reinigung", "Denkmalpflege Fassade", "Lärmbeschwerde", "Straßensperrung",
)  # fmt: skip
STREETS = ("Gartenweg", "Lindenallee", "Mühlenstraße", "Bahnhofstraße", "Am Markt", "Schulstraße", "Feldweg", "Ring")
TYPES = ("Antrag", "Bescheid", "Rechnung", "Gutachten", "Stellungnahme", "Vermerk", "Anlage", "Mahnung")
_TABLES = Base.metadata.tables


@dataclass(frozen=True, slots=True)
class Size:
    """How large the city is."""

    units: int = 300
    people: int = 11_000
    files: int = 1_000_000
    documents_per_file: int = 10


def made_id(kind: int, number: int) -> UUID:
    """Return an id that grows with the number, so that tables fill at their end."""
    return UUID(int=(kind << 96) | (number << 16) | 0x8000)


UNIT, PERSON, POST, PLAN, FILE, CASE, ITEM, DOCUMENT, OTHER = range(1, 10)


def code_of(unit: int) -> str:
    """Return the code of a unit: ten departments, each with divisions, each with sections."""
    if unit < 10:
        return f"{10 + unit}"
    above = (unit - 10) // 5 if unit < 60 else 10 + (unit - 60) % 50
    place = (unit - 10) % 5 if unit < 60 else (unit - 60) // 50
    return f"{code_of(above)}.{place + 1}"


def parent_of(unit: int) -> int | None:
    """Return the unit above."""
    if unit < 10:
        return None
    return (unit - 10) // 5 if unit < 60 else 10 + (unit - 60) % 50


def unit_of_file(number: int, size: Size) -> int:
    """Return the lead unit of a file: half of all files lie with a twentieth of the units."""
    chance = number * 2_654_435_761 % 2**32 / 2**32  # Knuth's multiplicative hash: spread, and the same every time
    return int(chance**4 * size.units) % size.units


def is_restricted(number: int) -> bool:
    """Whether a file is need-to-know."""
    return number % 100 == 7


def opened_on(number: int, size: Size) -> date:
    """Return the day a file was opened: they came in order."""
    return FIRST + timedelta(days=number * DAYS // size.files)


def reference(number: int, size: Size) -> str:
    """Return a reference of the usual pattern."""
    return f"52.{number % 90 + 10}-{opened_on(number, size).year}/{number:07d}"


def subject(number: int) -> str:
    """Return what a file is about."""
    return f"{SUBJECTS[number % len(SUBJECTS)]} {STREETS[number // 7 % len(STREETS)]} {number % 211 + 1}"


def fill(url: str, size: Size) -> dict[str, int]:
    """Write the city into an empty, migrated database and return the number of rows by table."""
    bulk = Bulk(url)
    counts = {name: bulk.insert(_TABLES[name], rows, **same) for name, rows, same in _rows(size)}
    bulk.close()
    return counts


def _rows(size: Size) -> Iterator[tuple[str, Iterator[dict[str, Any]], dict[str, Any]]]:
    yield "org_unit", _units(size), {}
    yield "unit_edge", _edges(size), {"relation": Relation.PART}
    yield "person", _people(size), {}
    yield "post", _posts(size), {}
    yield "post_seat", _seats(size), {}
    yield "post_holder", _holders(size), {"valid_from": FIRST}
    yield "deputation", _deputies(size), {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=9)}
    yield (
        "file_plan",
        iter([{"id": made_id(PLAN, 10**6), "title": "Plan", "version": "1", "state": PlanState.IN_FORCE}]),
        {},
    )
    yield "file_plan_unit", _plan(), {"plan_id": made_id(PLAN, 10**6)}
    yield "case_file", _files(size), {"opened_by": "Amt", "last_case": 1}
    yield (
        "business_case",
        _cases(size),
        {"number": 1, "subject": "Allgemeines", "last_position": size.documents_per_file},
    )
    yield "share", _shares(size), {"since": NOW - timedelta(days=400)}
    yield (
        "access_restriction",
        _blocks(size),
        {"since": NOW - timedelta(9), "reason": "Befangenheit", "set_by": "r"},
    )
    stored = {"sha256": "0" * 64, "sha512": "0" * 128, "size": 1, "created_at": NOW}
    yield "stored_object", iter([stored]), {}
    yield (
        "incoming_item",
        _items(size),
        {"source": "upload", "filename": "brief.pdf", "received_at": NOW, "sha256": "0" * 64},
    )
    yield (
        "document",
        _documents(size),
        {"direction": "incoming", "sender": "Hollmann", "filed_at": NOW, "filed_by": "Amt"},
    )


def _units(size: Size) -> Iterator[dict[str, Any]]:
    for unit in range(size.units):
        above = parent_of(unit)
        kind = UnitKind.DEPARTMENT if above is None else UnitKind.DIVISION if above < 10 else UnitKind.SECTION
        parent = made_id(UNIT, above) if above is not None else None
        code = code_of(unit)
        yield {
            "id": made_id(UNIT, unit),
            "parent_id": parent,
            "key": code,
            "code": code,
            "name": f"Amt {code}",
            "kind": kind,
        }


def _edges(size: Size) -> Iterator[dict[str, Any]]:
    for unit in range(size.units):
        if (above := parent_of(unit)) is not None:
            yield {"id": made_id(OTHER, unit), "upper": code_of(above), "lower": code_of(unit)}


def login_of(person: int) -> str:
    """Return the login of a person; the first three are the all-reader and clerks of a large and a small unit."""
    return f"p{person:05d}"


def unit_of_person(person: int, size: Size) -> int:
    """Return the unit of a person's post."""
    return {0: 9, 1: 60, 2: size.units - 1}.get(person, person % size.units)


def role_of(person: int) -> Role:
    """Return the role of a person's post."""
    return Role.RECORDS_MANAGER if person == 0 else Role.REGISTRAR if person % 40 == 3 else Role.CLERK


def _people(size: Size) -> Iterator[dict[str, Any]]:
    for person in range(size.people):
        yield {"id": made_id(PERSON, person), "login": login_of(person), "name": f"Person {person}"}


def _posts(size: Size) -> Iterator[dict[str, Any]]:
    for person in range(size.people):
        unit = made_id(UNIT, unit_of_person(person, size))
        yield {"id": made_id(POST, person), "org_unit_id": unit, "title": f"Stelle {person}", "role": role_of(person)}


def _seats(size: Size) -> Iterator[dict[str, Any]]:
    for person in range(size.people):
        unit = made_id(UNIT, unit_of_person(person, size))
        yield {"id": made_id(POST, 10**7 + person), "post_id": made_id(POST, person), "org_unit_id": unit}


def _holders(size: Size) -> Iterator[dict[str, Any]]:
    for person in range(size.people):
        yield {
            "id": made_id(POST, 2 * 10**7 + person),
            "post_id": made_id(POST, person),
            "person_id": made_id(PERSON, person),
        }


def _deputies(size: Size) -> Iterator[dict[str, Any]]:
    for person in range(50, size.people, 50):
        yield {
            "id": made_id(OTHER, 10**6 + person),
            "post_id": made_id(POST, person),
            "person_id": made_id(PERSON, person - 7),
            "arranged_by": login_of(person),
        }


def _plan() -> Iterator[dict[str, Any]]:
    for number in range(90):
        yield {"id": made_id(PLAN, number), "code": f"52.{number + 10}", "title": f"Aufgabe {number}"}


def _files(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(size.files):
        unit = unit_of_file(number, size)
        opened = opened_on(number, size)
        closed = opened + timedelta(days=700) if number < size.files * 0.8 else None
        yield {
            "id": made_id(FILE, number),
            "file_reference": reference(number, size),
            "subject": subject(number),
            "file_plan_unit_id": made_id(PLAN, number % 90),
            "org_unit_id": made_id(UNIT, unit),
            "access_key": f"unit:{code_of(unit)}",
            "restricted": is_restricted(number),
            "state": CaseFileState.CLOSED if closed else CaseFileState.OPEN,
            "opened_on": opened,
            "closed_on": closed,
        }


def _cases(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(size.files):
        opened = opened_on(number, size)
        yield {"id": made_id(CASE, number), "case_file_id": made_id(FILE, number), "opened_on": opened}


def _shares(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(0, size.files, 200):
        key = f"unit:{code_of(number // 200 % size.units)}"
        ends = NOW + timedelta(days=30 if number % 400 else -30)
        yield {
            "id": made_id(OTHER, 10**7 + number),
            "case_file_id": made_id(FILE, number),
            "key": key,
            "expires_at": ends,
        }


def _blocks(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(3, size.files, 1_000):
        person = made_id(PERSON, number // 1_000 % size.people)
        kind = tuple(RestrictionKind)[number // 1_000 % len(RestrictionKind)]
        yield {
            "id": made_id(OTHER, 10**8 + number),
            "case_file_id": made_id(FILE, number),
            "key": f"person:{person}",
            "kind": kind,
        }


def _items(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(size.files):
        unit = unit_of_file(number, size)
        same = {"org_unit_id": made_id(UNIT, unit), "access_key": f"unit:{code_of(unit)}", "state": ItemState.FILED}
        for place in range(size.documents_per_file):
            serial = number * size.documents_per_file + place
            yield {"id": made_id(ITEM, serial), "upload_id": f"{serial}", "received_by": "Amt", **same}


def _documents(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(size.files):
        day = opened_on(number, size)
        for place in range(size.documents_per_file):
            serial = number * size.documents_per_file + place
            yield {
                "id": made_id(DOCUMENT, serial),
                "item_id": made_id(ITEM, serial),
                "case_id": made_id(CASE, number),
                "position": place + 1,
                "subject": f"{TYPES[serial % len(TYPES)]} {subject(number)}",
                "document_type": TYPES[serial % len(TYPES)],
                "letter_date": day,
                "state": DocumentState.REGISTERED,
            }
