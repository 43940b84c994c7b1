"""People and organisation units, for those who may."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from eakte.actions import choices, users
from eakte.actions import organisation as actions
from eakte.api import paging
from eakte.api.models import Code, Day, In, Out, Page, PageQuery
from eakte.api.operation import Answer, Call, Operation
from eakte.records.access import Permission, Role

Login = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^\S+$")]


class OrgUnit(Out):
    """An organisation unit."""

    code: str
    name: str


class OrgUnits(Out):
    """The units the person works in, and those to which items can be forwarded."""

    own: list[OrgUnit]
    others: list[OrgUnit]


class NewOrgUnit(In):
    """What is stated of a new unit."""

    code: Code
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
    kind: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"\S")]
    parent: Code | None = None


class AddedOrgUnit(Out):
    """The receipt for a unit."""

    code: str


class Person(Out):
    """A person with their posts today."""

    login: str
    name: str
    active: bool
    posts: list[str]


class PeoplePage(Page[Person]):
    """A piece of the people, by login."""


class NewPerson(In):
    """What is stated of a new person; a technical account has no password and works by keys alone."""

    login: Login
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
    password: Annotated[str, StringConstraints(max_length=200)] | None = None
    technical: bool = False


class AddedPerson(Out):
    """The receipt for a person."""

    login: str


class NewPost(In):
    """The post a person gets."""

    org_unit_code: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
    role: Role
    valid_from: Day


def units(call: Call) -> OrgUnits:
    """List units as forms offer them."""
    own, others = choices.units(call.session, call.actor), choices.other_units(call.session, call.actor)
    return OrgUnits.model_validate({"own": own, "others": others}, from_attributes=True)


def add_unit(call: Call, body: NewOrgUnit) -> Answer:
    """Add a unit."""
    actions.add_unit(
        call.session, call.actor, code=body.code, name=body.name, kind=body.kind, parent=body.parent, now=call.now
    )
    return Answer(AddedOrgUnit(code=body.code))


class _Place(paging.Place):
    login: Login


def people(call: Call, query: PageQuery) -> PeoplePage:
    """List people by login."""
    at = paging.place(query, _Place)
    rows = users.people(call.session, call.actor, call.now, after=at.login if at else "", limit=query.limit + 1)
    made: PeoplePage = paging.page(PeoplePage, query, rows, lambda row: _Place(login=row.login))
    return made


def add_person(call: Call, body: NewPerson) -> Answer:
    """Add a person."""
    users.add_person(
        call.session,
        call.actor,
        login=body.login,
        name=body.name,
        password=body.password,
        technical=body.technical,
        now=call.now,
    )
    return Answer(AddedPerson(login=body.login))


def assign_post(call: Call, login: str, body: NewPost) -> AddedPerson:
    """Give a person a post."""
    users.assign_post(
        call.session,
        call.actor,
        login,
        unit_code=body.org_unit_code,
        title=body.title,
        role=body.role,
        valid_from=body.valid_from,
        now=call.now,
    )
    return AddedPerson(login=login)


OPERATIONS = (
    Operation("GET", "/org-units", units, Permission.READ, OrgUnits, "Organisationseinheiten"),
    Operation(
        "POST", "/org-units", add_unit, Permission.USERS, AddedOrgUnit, "Organisationseinheit anlegen",
        status=201, body=NewOrgUnit,
    ),
    Operation("GET", "/people", people, Permission.USERS, PeoplePage, "Personen mit ihren Stellen", query=PageQuery),
    Operation(
        "POST", "/people", add_person, Permission.USERS, AddedPerson, "Person anlegen", status=201, body=NewPerson,
    ),
    Operation(
        "POST", "/people/<login>/posts", assign_post, Permission.USERS, AddedPerson, "Stelle zuweisen", body=NewPost,
    ),
)  # fmt: skip
