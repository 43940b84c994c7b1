"""Ways to destroy a case file in a small town: by the actions, the pages, the programs' interface and the command line.

Each way returns whether it was let through; a refusal changes nothing.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from click.testing import CliRunner
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from eakte.actions import bundle, cases, disposal, hold_orders, holds, organisation, restricting, sessions, tokens
from eakte.actions.cases import NewCaseFile
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.restricting import Terms
from eakte.actions.tokens import NewToken
from eakte.app import create_app
from eakte.cli import console
from eakte.cli.main import main
from eakte.errors import EakteError
from eakte.records.access import SYSTEM
from eakte.records.holding import HoldScope
from eakte.records.origin import Origin
from eakte.records.processing import Ground
from eakte.records.scopes import Scope
from eakte.services import build
from eakte.settings import Settings
from eakte.store.disposal import DestructionCertificate, Disposal
from eakte.store.disposal_runs import DisposalRunFile
from eakte.store.documents import Document, DocumentVersion, PageRow
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.people import person_by_login
from eakte.store.plan import FilePlanUnit, plan_unit
from eakte.web.edge import SESSION_COOKIE
from eakte.worker import clock
from eakte.worker import disposal as job
from retention.errors import RetentionError
from retention.model import DisposalAction
from tests import town
from tests.town import Town

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COOLING_OFF = 10
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
MANAGERS = ("weber", "lang")
WAYS = ("action", "web", "api", "cli")


def found_more(session: Session) -> None:
    """Add a place in the file plan whose case files are kept three years from a demolition on."""
    made = town.rule("R-E", months=36, action=DisposalAction.DESTROY)
    made = replace(made, trigger="DEMOLITION", trigger_label="Abriss")
    shorter = town.rule("R-K", months=12, action=DisposalAction.DESTROY)
    organisation.add_rules(session, SYSTEM, [made, shorter], town.FOUNDED)
    beside = plan_unit(session, "52.01")
    assert beside is not None
    place = FilePlanUnit(plan_id=beside.plan_id, parent_id=beside.parent_id, code="52.03", title="Abbrüche")
    place.rule_code, place.org_unit_id = "R-E", beside.org_unit_id
    session.add(place)


class Standing:
    """The clock of the edges; it stands where the machine puts it."""

    def __init__(self, world: DisposalWorld) -> None:
        self._world = world

    def now(self, _: object = None) -> datetime:
        return self._world.town.now


class DisposalWorld:
    """A town on a database of its own with all the ways there are."""

    def __init__(self, url: str, folder: Path) -> None:
        settings = Settings(
            data_folder=folder, database_url=url, cooling_off_days=COOLING_OFF, api_requests_per_minute=1_000_000
        )
        self.services, self.folder, self.url = build(settings), folder, url
        self.given_up: set[UUID] = set()
        """Case files whose destruction the worker has tried in vain and tries no more."""
        self.town = Town(self.services.database, self.services.objects, folder, now=START)  # type: ignore[arg-type]
        with self.services.database.begin() as session:
            found_more(session)
        clock.datetime = console.datetime = Standing(self)  # type: ignore[misc, assignment]  # the edges' clocks
        app = create_app(self.services, clock=lambda: self.town.now)
        self.browsers = {login: app.test_client() for login in MANAGERS}
        self.programs = app.test_client()

    def close(self) -> None:
        clock.datetime = console.datetime = datetime  # type: ignore[misc]  # as it was
        self.services.close()

    def tried(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except (EakteError, DBAPIError, RetentionError):
            return False
        return True

    # --- what people do -----------------------------------------------------------------------------------------

    def open_file(self, plan: str, unit: str, person: str) -> tuple[UUID, str, str]:
        """Open a case file with one document about a person; return its id, its reference and the original's hash."""
        with self.services.database.begin() as session:
            new = NewCaseFile(plan, "Neubau Gartenweg 7", unit)
            case_file = cases.open_case_file(
                session, self.town.actor("brandt" if unit == "63.2" else "ott"), new, self.town.now
            )
        self.town.file(self.town.waiting(text=f"Antrag von Erika {person}"), case_file.id, login="ott")
        with self.services.database.reading() as session:
            query = select(DocumentVersion.original).join(Document).join(BusinessCase)
            original = session.scalars(query.where(BusinessCase.case_file_id == case_file.id)).one()
        return case_file.id, case_file.file_reference, original

    def close_file(self, file_id: UUID) -> bool:
        return self.tried(lambda: self.town.close(file_id, on=self.town.now, login="ott"))

    def reopen(self, file_id: UUID) -> bool:
        def act() -> None:
            with self.services.database.begin() as session:
                cases.reopen(session, self.town.actor("ott"), file_id, reason="Widerspruch", now=self.town.now)

        return self.tried(act)

    def hold(self, file_id: UUID) -> UUID | None:
        made: list[UUID] = []

        def act() -> None:
            with self.services.database.begin() as session:
                made.append(holds.place(session, self.town.actor("weber"), file_id, reason="Klage", now=self.town.now))

        return made[0] if self.tried(act) else None

    def lift(self, hold_id: UUID) -> bool:
        def act() -> None:
            with self.services.database.begin() as session:
                holds.lift(session, self.town.actor("lang"), hold_id, reason="Vergleich", now=self.town.now)

        return self.tried(act)

    def order(self, name: str, *, by_search: bool) -> UUID:
        """Order to keep all that tells of a person, named or searched for."""
        reach = Reach(HoldScope.QUERY, text=name) if by_search else Reach(HoldScope.PERSON, names=(f"Erika {name}",))
        with self.services.database.begin() as session:
            new = NewOrder(reach, "Untersuchungsausschuss")
            return hold_orders.place(session, self.town.actor("weber"), new, self.town.now).id

    def lift_order(self, order_id: UUID) -> bool:
        def act() -> None:
            with self.services.database.begin() as session:
                hold_orders.lift(session, self.town.actor("lang"), order_id, reason="beendet", now=self.town.now)

        return self.tried(act)

    def restrict(self, file_id: UUID) -> UUID | None:
        """Restrict the processing because somebody contests that it is accurate (Art. 18 (1) (a) GDPR)."""
        made: list[UUID] = []

        def act() -> None:
            now = self.town.now
            terms = Terms(Ground.ACCURACY, "Frau P. bestreitet", "weber", now.date() + timedelta(days=90))
            with self.services.database.begin() as session:
                made.append(restricting.restrict_file(session, self.town.actor("weber"), file_id, terms, now=now))

        return made[0] if self.tried(act) else None

    def end_restriction(self, restriction_id: UUID) -> bool:
        def act() -> None:
            actor, now = self.town.actor("weber"), self.town.now
            with self.services.database.begin() as session:
                restricting.inform(session, actor, restriction_id, on=now.date(), how="Brief", now=now)
                restricting.lift(session, actor, restriction_id, reason="geklärt", now=now)

        return self.tried(act)

    def propose(self, way: str, login: str, file_id: UUID, reference: str) -> bool:
        reason = "Frist abgelaufen"
        if way == "web":
            return self.page(login, "/aussonderung/vernichtung", case_file_id=str(file_id), reason=reason)
        if way == "api":
            items = {"items": [{"case_file_id": str(file_id), "reason": reason}]}
            return self.program(login, "/disposals", items)
        if way == "cli":
            return self.shell("disposal", "propose", reference, "--reason", reason, "--as", login)

        def act() -> None:
            with self.services.database.begin() as session:
                disposal.propose(session, self.town.actor(login), [file_id], reason=reason, now=self.town.now)

        return self.tried(act)

    def decide(self, way: str, login: str, disposal_id: UUID, reference: str, *, approve: bool) -> bool:
        if way == "web":
            word = "freigabe" if approve else "ablehnung"
            return self.page(login, f"/aussonderung/{disposal_id}/{word}")
        if way == "api":
            return self.program(login, f"/disposals/{disposal_id}/{'approval' if approve else 'rejection'}", {})
        if way == "cli":
            return self.shell("disposal", "approve" if approve else "reject", reference, "--as", login)

        def act() -> None:
            actor, now = self.town.actor(login), self.town.now
            with self.services.database.begin() as session:
                if approve:
                    disposal.approve(session, actor, disposal_id, cooling_off_days=COOLING_OFF, now=now)
                else:
                    disposal.reject(session, actor, disposal_id, now=now)

        return self.tried(act)

    def page(self, login: str, path: str, **fields: str) -> bool:
        client = self.browsers[login]
        with self.services.database.begin() as session:
            person = person_by_login(session, login)
            assert person is not None
            origin = Origin("", "")
            token = sessions.begin(session, person, sessions.PASSWORD, origin=origin, now=self.town.now, hours=8)
        client.set_cookie(SESSION_COOKIE, token)
        found = TOKEN.search(client.get("/aussonderung", buffered=True).text)
        assert found is not None
        return client.post(path, data={"csrf": found[1], **fields}, buffered=True).status_code == 303

    def program(self, login: str, path: str, body: object) -> bool:
        with self.services.database.begin() as session:
            new = NewToken("Fachverfahren", frozenset({Scope.EVERYTHING}), 30)
            token = tokens.make(session, self.town.actor(login), new, now=self.town.now)
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.programs.post(f"/api/v1{path}", json=body, headers=headers, buffered=True)
        assert answer.status_code < 500, answer.text
        told = answer.get_json() or {}
        refused = any("problem" in one and one["problem"] for one in told.get("items", told.get("results", ())))
        return answer.status_code < 300 and not refused

    def shell(self, *words: str) -> bool:
        variables = {"EAKTE_DATA_FOLDER": str(self.folder), "EAKTE_DATABASE_URL": self.url,
                     "EAKTE_COOLING_OFF_DAYS": str(COOLING_OFF)}  # fmt: skip
        result = CliRunner(env=variables).invoke(main, list(words), prog_name="eakte")
        assert result.exit_code != 2, result.output
        return result.exit_code == 0

    # --- what machines do ---------------------------------------------------------------------------------------

    def work(self) -> None:
        """Let the worker try every destruction there is, whether or not it should be tried yet."""
        with self.services.database.reading() as session:
            ids = session.scalars(select(Disposal.id).where(Disposal.case_file_id.not_in(self.given_up))).all()
        for disposal_id in ids:
            with suppress(EakteError, RetentionError, DBAPIError):
                for step in job.DESTRUCTION.steps:
                    if step(self.services, str(disposal_id)):
                        break

    def by_hand(self, statement: str, **values: object) -> bool:
        """Run a statement as the application's own database user; return whether the database let it through."""

        def act() -> None:
            with self.services.database.begin() as session:
                session.execute(text(statement), {name: self._plain(value) for name, value in values.items()})

        return self.tried(act)

    def _plain(self, value: object) -> object:
        if not self.services.database.is_sqlite:
            return value
        return value.hex if isinstance(value, UUID) else str(value) if isinstance(value, datetime) else value

    def load_forged(self, file_id: UUID) -> bool:
        """Load our own bundle with one destruction more, which says that it executes."""
        place = self.folder / "bundle"
        shutil.rmtree(place, ignore_errors=True)
        now = self.town.now
        with self.services.database.reading() as session:
            bundle.write(session, self.services.objects, SYSTEM, place, "Stadt", now, lambda *_: None)
        lines = place / "tables" / "disposal.jsonl"
        people = [self.town.actor(login).person_id for login in MANAGERS]
        row = {
            "id": str(UUID(bytes=os.urandom(16))), "case_file_id": str(file_id), "state": "executing", "reason": "x",
            "proposed_by_id": str(people[0]), "proposed_by": "A", "proposed_at": now.isoformat(),
            "decided_by_id": str(people[1]), "decided_by": "B", "decided_at": now.isoformat(),
            "not_before": "2020-01-01", "rule_id": "R-V/1", "explanation": [], "done_at": None,
            "manifest": {"documents": [], "originals": [], "derived": [], "messages": [], "items": [], "pages": 0,
                         "retention_end": "2020-01-01"},
        }  # fmt: skip
        with lines.open("a") as out:
            out.write(json.dumps(row) + "\n")

        def act() -> None:
            with self.services.database.begin() as session:
                bundle.load(session, self.services.objects, SYSTEM, place, now, lambda *_: None)

        return self.tried(act)

    # --- what is there ------------------------------------------------------------------------------------------

    def open_disposal(self, file_id: UUID) -> UUID | None:
        with self.services.database.reading() as session:
            states = disposal.OPEN_DISPOSALS
            query = select(Disposal.id).where(Disposal.case_file_id == file_id, Disposal.state.in_(states))
            return session.scalars(query).first()

    def in_run(self, run_id: UUID) -> set[str]:
        """Return the references of the case files in a run."""
        with self.services.database.reading() as session:
            query = select(CaseFile.file_reference).join(DisposalRunFile, DisposalRunFile.case_file_id == CaseFile.id)
            return set(session.scalars(query.where(DisposalRunFile.run_id == run_id)))

    def is_whole(self, file_id: UUID, original: str) -> bool:
        """Tell whether its only document is there with its pages, and its original's bytes."""
        with self.services.database.reading() as session:
            query = select(DocumentVersion.original, func.count(PageRow.id)).join(Document).join(BusinessCase)
            query = query.outerjoin(PageRow, PageRow.version_id == DocumentVersion.id)
            query = query.where(BusinessCase.case_file_id == file_id).group_by(DocumentVersion.id)
            rows = [tuple(row) for row in session.execute(query)]
        with io.BytesIO() as out:
            if self.services.objects.exists(original):
                with self.services.objects.open(original) as stream:
                    shutil.copyfileobj(stream, out)
            return rows == [(original, 1)] and bool(out.getvalue())

    def certificates(self) -> int:
        with self.services.database.reading() as session:
            return len(session.scalars(select(DestructionCertificate.disposal_id)).all())
