"""Follow-ups (Wiedervorlagen): setting one, postponing it, and saying what came of it.

A follow-up opens nothing: whoever may not see the case file sees neither the follow-up nor that there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import users
from eakte.actions.follow_up_view import found_of
from eakte.actions.guard import case_file_of, case_of, check_revision, document_of, sees
from eakte.errors import CaseFileClosed, EakteError, InvalidInput, MissingReason, NotFound
from eakte.records.access import Actor, Permission, unit_key
from eakte.records.calendar import day_of
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile
from eakte.store.follow_ups import FollowUp
from eakte.store.history import Changes, noted, record, set_to, since
from eakte.store.people import unit_by_code

LONGEST = 500
"""Letters of a note, and of a reason."""


class FollowUpDone(EakteError):
    """The follow-up is done already."""

    code, status = "follow-up-done", 409


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """What is to be seen again: one of the three; when, why, and by whom: a person, a unit, or oneself."""

    due_on: date
    note: str
    case_file_id: UUID | None = None
    case_id: UUID | None = None
    document_id: UUID | None = None
    login: str = ""
    org_unit_code: str = ""


def put(session: Session, actor: Actor, wanted: NewFollowUp, now: datetime) -> FollowUp:
    """Set a follow-up on an open case file, or on a case or document in one.

    Raises:
        NotFound: There is no such record, or the actor may not know of it.
        CaseFileClosed: The case file is closed.
        InvalidInput: The day is past, the note is missing, or whom it is for may not see the file.
    """
    actor.require(Permission.FILE)
    case_file = _open_file(session, actor, wanted, now)
    _check_day(wanted.due_on, day_of(now))
    note = _checked(wanted.note, "Anlass", "note")
    login, key = _addressee(session, actor, wanted, case_file, now)
    row = FollowUp(
        case_file_id=wanted.case_file_id,
        case_id=wanted.case_id,
        document_id=wanted.document_id,
        due_on=wanted.due_on,
        note=note,
        login=login,
        access_key=key,
        set_by=actor.login,
        set_at=now,
        revision=1,
    )
    session.add(row)
    session.flush()
    _log(session, actor, "follow_up.set", row, case_file, set_to(due_on=row.due_on, note=note), now)
    return row


def postpone(
    session: Session,
    actor: Actor,
    follow_up_id: UUID,
    *,
    due_on: date,
    reason: str,
    revision: int | None,
    now: datetime,
) -> FollowUp:
    """Put a follow-up off to a later day, for a reason.

    Raises:
        FollowUpDone: It is done.
        MissingReason: No reason was given.
        InvalidInput: The day is past.
        StaleRevision: Somebody changed it since.
    """
    row, case_file = _open_row(session, actor, follow_up_id, revision, now)
    _check_day(due_on, day_of(now))
    before = noted(row, "due_on", "postponed_because")
    row.due_on, row.postponed_because = due_on, _reason(reason)
    row.revision += 1
    _log(session, actor, "follow_up.postponed", row, case_file, since(before, row), now)
    return row


def finish(
    session: Session, actor: Actor, follow_up_id: UUID, *, reason: str, revision: int | None, now: datetime
) -> FollowUp:
    """Say that a follow-up is done, and what came of it.

    Raises:
        FollowUpDone: It is done already.
        MissingReason: Nothing was said.
        StaleRevision: Somebody changed it since.
    """
    row, case_file = _open_row(session, actor, follow_up_id, revision, now)
    before = noted(row, "done_on", "outcome")
    row.done_on, row.done_by, row.outcome = day_of(now), actor.login, _reason(reason)
    row.revision += 1
    _log(session, actor, "follow_up.done", row, case_file, since(before, row), now)
    return row


def _open_row(
    session: Session, actor: Actor, follow_up_id: UUID, revision: int | None, now: datetime
) -> tuple[FollowUp, CaseFile]:
    actor.require(Permission.FILE)
    row, seen, _, _ = found_of(session, actor, follow_up_id, now)
    case_file = case_file_of(session, actor, seen.id, now, lock=True)
    session.refresh(row, with_for_update=True)
    check_revision(row.revision, revision)
    if row.done_on is not None:
        raise FollowUpDone
    return row, case_file


def _open_file(session: Session, actor: Actor, wanted: NewFollowUp, now: datetime) -> CaseFile:
    given = [one for one in (wanted.case_file_id, wanted.case_id, wanted.document_id) if one is not None]
    if len(given) != 1:
        raise InvalidInput(problem="Bitte genau eines nennen: Akte, Vorgang oder Dokument.", field="case_file_id")
    if wanted.document_id is not None:
        document = document_of(session, actor, wanted.document_id, now)
        if document.case is None:
            raise NotFound
        file_id = document.case.case_file_id
    elif wanted.case_id is not None:
        file_id = case_of(session, actor, wanted.case_id, now).case_file_id
    else:
        file_id = given[0]
    case_file = case_file_of(session, actor, file_id, now, lock=True)
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    return case_file


def _addressee(
    session: Session, actor: Actor, wanted: NewFollowUp, case_file: CaseFile, now: datetime
) -> tuple[str, str]:
    """Return the login, or the key of the unit, that a follow-up is for."""
    if wanted.login and wanted.org_unit_code:
        raise InvalidInput(problem="Bitte eine Person oder eine Stelle nennen, nicht beide.", field="login")
    if wanted.org_unit_code:
        unit = unit_by_code(session, wanted.org_unit_code)
        if unit is None:
            raise InvalidInput(
                problem=f"Die Organisationseinheit „{wanted.org_unit_code}“ gibt es nicht.", field="org_unit_code"
            )
        return "", unit_key(unit.key)
    login = wanted.login or actor.login
    if login != actor.login and not _may_see(session, login, case_file, now):
        raise InvalidInput(
            problem=f"„{login}“ gibt es nicht oder darf diese Akte nicht sehen. Bitte eine andere Person nennen.",
            field="login",
        )
    return login, ""


def _may_see(session: Session, login: str, case_file: CaseFile, now: datetime) -> bool:
    try:
        other = users.actor_by_login(session, login, now)
    except EakteError:
        return False
    return sees(session, other, case_file.id, now)


def _check_day(due_on: date, today: date) -> None:
    if due_on < today:
        raise InvalidInput(
            problem="Der Tag der Wiedervorlage ist schon vorbei. Bitte einen späteren wählen.", field="due_on"
        )


def _reason(reason: str) -> str:
    if not reason.strip():
        raise MissingReason
    return _checked(reason, "Grund", "reason")


def _checked(text: str, label: str, field: str) -> str:
    if not text.strip():
        raise InvalidInput(problem=f"Bitte ausfüllen: {label}.", field=field)
    if len(text.strip()) > LONGEST:
        raise InvalidInput(problem=f"{label}: höchstens {LONGEST} Zeichen.", field=field)
    return text.strip()


def _log(
    session: Session, actor: Actor, action: str, row: FollowUp, case_file: CaseFile, changes: Changes, now: datetime
) -> None:
    about = ("follow_up", row.id)
    detail = {"due_on": row.due_on.isoformat(), "whom": row.login or None} if action == "follow_up.set" else {}
    record(session, actor, action, about=about, now=now, case_file_id=case_file.id, detail=detail, changes=changes)
