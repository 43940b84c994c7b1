"""For whom a deputy acts: asked by the history for every entry, answered from what the act needed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.access import Actor, Permission
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile, reached


def stood_in_for(
    session: Session, actor: Actor, about: tuple[str, UUID | str], case_file_id: UUID | None, now: datetime
) -> str | None:
    """Return for whom a deputy acts; ``None`` where the actor's own posts would have allowed it just the same."""

    def allowed(keys: frozenset[str], permissions: frozenset[Permission]) -> bool:
        if not actor.needed <= permissions:
            return False
        if about[0] == "item":
            query = select(IncomingItem.id).where(
                IncomingItem.id == UUID(str(about[1])), IncomingItem.access_key.in_(keys)
            )
        elif case_file_id is not None and about[0] != "data_request":
            query = select(CaseFile.id).where(CaseFile.id == case_file_id, reached(keys, now))
        else:
            return True
        return session.scalar(query) is not None

    if not actor.mandates or allowed(actor.own_keys, actor.own_permissions):
        return None
    for mandate in actor.mandates:
        if allowed(actor.own_keys | mandate.keys, actor.own_permissions | mandate.permissions):
            return mandate.on_behalf_of
    together = ", ".join(sorted({mandate.on_behalf_of for mandate in actor.mandates}))
    return together[:80] if allowed(actor.keys, actor.permissions) else None
