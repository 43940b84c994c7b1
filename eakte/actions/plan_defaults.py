"""What the file plan gives new case files: need-to-know and shares, by the nearest unit that states them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.access import Actor, unit_key
from eakte.records.file_plan import Defaults
from eakte.store.files import CaseFile, Share
from eakte.store.history import record, set_to
from eakte.store.people import OrgUnit


def share_by_default(session: Session, actor: Actor, file: CaseFile, defaults: Defaults, now: datetime) -> None:
    """Share a new case file with the units its place in the plan names, each with its history."""
    if defaults.shares is None:
        return
    reason = f"Vorgabe des Aktenplans ({defaults.shares.code})"
    for code, key in living(session, defaults.shared_with).items():
        if key == file.access_key:
            continue
        session.add(Share(case_file_id=file.id, key=key, since=now, reason=reason, granted_by=actor.login))
        detail = {"whom": code, "until": None}
        about = ("case_file", file.id)
        record(
            session,
            actor,
            "case_file.shared",
            about=about,
            now=now,
            case_file_id=file.id,
            detail=detail,
            reason=reason,
            changes=set_to(share=code),
        )


def living(session: Session, keys: tuple[str, ...]) -> dict[str, str]:
    """Return codes and keys of the units that stand for these keys now: successors for those dissolved."""
    units = session.scalars(select(OrgUnit).order_by(OrgUnit.code))
    now = {unit.current.code: unit_key(unit.current.key) for unit in units if unit_key(unit.key) in keys}
    return dict(sorted(now.items()))


def sentence(session: Session, defaults: Defaults) -> str:
    """Say in German what new case files start with."""
    names = ", ".join(living(session, defaults.shared_with)) or "niemandem"
    seen = "nur die zuständige Einheit" if defaults.need_to_know else "zuständige Einheit und aufsichtführende Stellen"
    return f"{seen}, geteilt mit {names}"
