"""Reading the history."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, not_, or_, select
from sqlalchemy.orm import Session

from eakte.actions.guard import item_told
from eakte.actions.history_words import Change
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.calendar import start_of
from eakte.store.documents import Document, IncomingItem, unrestricted
from eakte.store.files import CaseFile, reached
from eakte.store.history import HistoryEntry, HistoryValue

ACTION_LABELS = {
    "case_file.opened": "Akte angelegt",
    "case_file.changed": "Akte geändert",
    "paper.added": "Papierteil aufgenommen",
    "paper.changed": "Papierteil geändert",
    "paper.lent": "Papierteil ausgeliehen",
    "paper.returned": "Papierteil zurückgenommen",
    "follow_up.set": "Wiedervorlage gesetzt",
    "follow_up.postponed": "Wiedervorlage verschoben",
    "follow_up.done": "Wiedervorlage erledigt",
    "case_file.closed": "z.d.A. verfügt",
    "case_file.reopened": "Akte wieder geöffnet",
    "case_file.read": "Akte mit Beschränkung oder Einschränkung gelesen",
    "case_file.offered": "Dem Archiv angeboten",
    "case_file.appraised": "Bewertet, vom Archiv oder durch eine Regel",
    "case_file.transferred": "An das Archiv übergeben",
    "case_file.archived": "Vom Archiv übernommen",
    "case_file.import_failed": "Übernahme im Archiv gescheitert",
    "case_file.moved": "Akte umprotokolliert",
    "case_file.recalled": "Übergabe an das Archiv zurückgenommen",
    "case.moved": "Vorgang umprotokolliert",
    "case.moved_away": "Vorgang in eine andere Akte umprotokolliert",
    "document.linked": "Dokument einer anderen Akte auch hier abgelegt (Verweis)",
    "document.linked_away": "Dokument auch in einem anderen Vorgang abgelegt (Verweis)",
    "document.unlinked": "Verweis auf ein Dokument entfernt",
    "document.unlinked_away": "Verweis aus einem anderen Vorgang entfernt",
    "document.rehomed": "Dokument aus einer vernichteten Akte übernommen",
    "document.moved": "Dokument umprotokolliert",
    "document.moved_away": "Dokument in eine andere Akte umprotokolliert",
    "case.opened": "Vorgang angelegt",
    "case.renamed": "Vorgang umbenannt",
    "case.closed": "Vorgang abgeschlossen",
    "case.reopened": "Vorgang wieder geöffnet",
    "sub_file.opened": "Teilakte angelegt",
    "sub_file.renamed": "Teilakte umbenannt",
    "sub_file.closed": "Teilakte abgeschlossen",
    "sub_file.reopened": "Teilakte wieder geöffnet",
    "document.changed": "Dokument geändert",
    "document.filed": "Dokument abgelegt",
    "document.filing_undone": "Ablage zurückgenommen",
    "document.downloaded": "Dokument heruntergeladen",
    "document.checked_out": "Dokument ausgecheckt",
    "document.checked_in": "Dokument eingecheckt",
    "document.lock_broken": "Auschecken aufgehoben",
    "document.finalised": "Dokument schlussgezeichnet",
    "document.voided": "Dokument storniert",
    "document.reread_ordered": "Dokument zum Neulesen aufgegeben",
    "document.blanks_decided": "Über leere Seiten entschieden",
    "page.settled": "Schlecht lesbare Seite in Ordnung befunden",
    "page.unsettled": "Seite wieder als schlecht lesbar gelistet",
    "document.reread": "Dokument neu gelesen",
    "document.reread_kept": "Dokument neu gelesen, früherer Text behalten",
    "document.reread_fault": "Dokument nicht neu gelesen",
    "version.received": "Neue Fassung hochgeladen",
    "version.read": "Neue Fassung gelesen",
    "version.fault": "Neue Fassung nicht lesbar",
    "version.retried": "Neue Fassung erneut versucht",
    "version.discarded": "Neue Fassung verworfen",
    "item.received": "Eingang",
    "item.attached": "Anlage eingegangen",
    "item.arranged": "Aus neu geordneten Seiten entstanden",
    "item.replaced": "Seiten neu geordnet",
    "item.arranging_undone": "Seitenordnung zurückgenommen",
    "item.arranging_failed": "Seitenordnung gescheitert",
    "item.taken_out": "Anlage herausgenommen",
    "item.received_again": "Erneut eingegangen",
    "item.read": "Texterkennung abgeschlossen",
    "item.read_again": "Texterkennung wiederholt",
    "item.proposed": "Ablage vorgeschlagen",
    "item.proposed_anew": "Ablage neu vorgeschlagen",
    "item.fault": "Störung",
    "item.retried": "Erneut versucht",
    "item.proof_taken": "Eingangsnachweis ausgegeben",
    "item.downloaded": "Eingang heruntergeladen",
    "search.saved": "Suche gemerkt",
    "search.changed": "Gemerkte Suche geändert",
    "search.removed": "Gemerkte Suche entfernt",
    "search.exported": "Trefferliste ausgegeben",
    "synonyms.added": "Synonyme der Suche hinzugefügt",
    "synonyms.changed": "Synonyme der Suche geändert",
    "synonyms.removed": "Synonyme der Suche entfernt",
    "stop_word.added": "Stoppwort der Suche hinzugefügt",
    "stop_word.removed": "Stoppwort der Suche entfernt",
    "index.compare_ordered": "Abgleich des Suchindex angeordnet",
    "index.rebuild_ordered": "Neuaufbau des Suchindex angeordnet",
    "intake.unbalanced": "Eingang nicht im Gleichgewicht",
    "item.dropped": "Nicht aktenrelevant",
    "item.reassigned": "Weitergeleitet",
    "separator.printed": "Trennblätter gedruckt",
    "batch.opened": "Stapel angelegt",
    "batch.scanned": "Scan zum Stapel",
    "batch.finished": "Stapel fertig gescannt",
    "batch.checked": "Stapel geprüft, Zählung stimmt",
    "batch.stopped": "Stapel angehalten",
    "batch.decided": "Über angehaltenen Stapel entschieden",
    "batch.split": "Stapel in Dokumente getrennt",
    "batch.inspection_begun": "Sichtprüfung begonnen",
    "batch.inspected": "Sichtprüfung abgeschlossen",
    "batch.paper_released": "Papier des Stapels zur Vernichtung freigegeben",
    "batch.paper_destroyed": "Papier des Stapels vernichtet",
    "item.transfer_noted": "Transfervermerk erstellt",
    "exchange.failed": "Nachricht an das Archiv gescheitert",
    "exchange.differs": "Abweichung in der Nachricht des Archivs",
    "exchange.unread": "Sendung des Archivs nicht lesbar",
    "exchange.arrival_decided": "Über eine nicht lesbare Sendung des Archivs entschieden",
    "exchange.decided": "Über eine Abweichung im Austausch mit dem Archiv entschieden",
    "exchange.reminded": "Archiv erinnert",
    "exchange.sent_again": "Nachricht an das Archiv noch einmal gesendet",
    "restriction.placed": "Verarbeitung eingeschränkt",
    "restriction.opened": "Eingeschränktes geöffnet",
    "restriction.closed": "Öffnung beendet",
    "restriction.informed": "Über Aufhebung der Einschränkung unterrichtet",
    "restriction.lifted": "Einschränkung der Verarbeitung aufgehoben",
    "data_request.entered": "Betroffenenantrag erfasst",
    "data_request.searched": "Akten zu einem Betroffenenantrag gesucht",
    "data_request.record_added": "Akte gehört zu einem Betroffenenantrag",
    "data_request.record_removed": "Akte gehört nicht mehr zu einem Betroffenenantrag",
    "data_request.decided": "Zu einem Betroffenenantrag über die Akte entschieden",
    "data_request.reconsidered": "Entscheidung zu einem Betroffenenantrag zurückgenommen",
    "data_request.extended": "Frist eines Betroffenenantrags verlängert",
    "data_request.assigned": "Betroffenenantrag weitergegeben",
    "data_request.drafted": "Antwort auf einen Betroffenenantrag entworfen",
    "data_request.exported": "Liste zu einem Betroffenenantrag ausgegeben",
    "data_request.answered": "Betroffenenantrag beantwortet",
    "data_request.forgotten": "Angaben eines Betroffenenantrags gelöscht",
    "hold.placed": "Löschsperre gesetzt",
    "hold.lifted": "Löschsperre aufgehoben",
    "hold_order.placed": "Sperranordnung getroffen",
    "hold_order.reviewed": "Sperranordnung geprüft und verlängert",
    "hold_order.lifted": "Sperranordnung aufgehoben",
    "hold_order.exported": "Akten einer Sperranordnung ausgegeben",
    "event.recorded": "Ereignis erfasst",
    "event.corrected": "Ereignis berichtigt",
    "event.withdrawn": "Ereignis zurückgenommen",
    "case_file.offer_withdrawn": "Anbietung an das Archiv zurückgenommen",
    "disposal_run.created": "Aussonderungslauf aufgestellt",
    "disposal_run.file_added": "In einen Aussonderungslauf aufgenommen",
    "disposal_run.moved": "Aussonderungslauf weitergegeben",
    "disposal_run.answered": "Fachamt hat zur Aussonderung geantwortet",
    "disposal_run.appraised": "Im Aussonderungslauf bewertet",
    "disposal_run.approved": "Im Aussonderungslauf freigegeben",
    "disposal_run.report_taken": "Bericht des Aussonderungslaufs ausgegeben",
    "disposal_run.settled": "Aussonderungslauf: Ergebnis für die Akte",
    "desk.exported": "Fristenliste ausgegeben",
    "disposal.proposed": "Vernichtung vorgeschlagen",
    "disposal.rejected": "Vernichtung abgelehnt",
    "disposal.approved": "Vernichtung freigegeben",
    "disposal.begun": "Vernichtung begonnen",
    "disposal.done": "Vernichtet",
    "keys.rotated": "Neuer Hauptschlüssel der Verschlüsselung",
    "keys.destroyed": "Abgelöster Hauptschlüssel vernichtet",
    "keys.stock_encrypted": "Gespeichertes verschlüsselt",
    "history.exported": "Protokoll ausgegeben",
    "values.erased": "Frühere Werte mit vernichtet",
    "object.damaged": "Gespeicherte Datei fehlt oder ist verändert",
    "evidence.sealed": "Gespeichertes im Hashbaum gesichert",
    "evidence.renewed": "Zeitstempel erneuert",
    "object.whole_again": "Gespeicherte Datei ist wieder unversehrt",
    "person.added": "Person angelegt",
    "person.password_set": "Kennwort gesetzt",
    "person.post_assigned": "Stelle zugewiesen",
    "person.signed_in": "Angemeldet",
    "person.locked": "Konto nach Fehlversuchen gesperrt",
    "person.password_changed": "Eigenes Kennwort geändert",
    "person.recovered": "Einmalkennwort vergeben",
    "person.sessions_ended": "Sitzungen beendet",
    "person.closed": "Konto geschlossen",
    "person.reopened": "Konto wieder geöffnet",
    "person.renamed": "Name geändert",
    "person.linked": "Mit Anmeldedienst verknüpft",
    "person.post_ended": "Stelle beendet",
    "token.made": "Zugangsschlüssel angelegt",
    "token.revoked": "Zugangsschlüssel widerrufen",
    "unit.added": "Organisationseinheit angelegt",
    "unit.renamed": "Organisationseinheit umbenannt",
    "unit.moved": "Organisationseinheit verschoben",
    "unit.merged": "Organisationseinheiten zusammengelegt",
    "unit.split": "Organisationseinheit geteilt",
    "unit.dissolved": "Organisationseinheit aufgelöst",
    "deputy.arranged": "Vertretung eingerichtet",
    "deputy.ended": "Vertretung beendet",
    "case_file.shared": "Akte geteilt",
    "case_file.share_revoked": "Freigabe widerrufen",
    "case_file.blocked": "Sperre gesetzt",
    "case_file.unblocked": "Sperre aufgehoben",
    "case_file.restricted": "Beschränkung auf die zuständige Einheit geändert",
    "plan.imported": "Aktenplan geladen",
    "plan.drafted": "Neue Fassung des Aktenplans begonnen",
    "plan.scheduled": "Inkrafttreten des Aktenplans festgesetzt",
    "plan.in_force": "Aktenplan in Kraft gesetzt",
    "case_file.voided": "Akte storniert",
    "case_file.migrated": "Aus der Papierakte übernommen",
    "migration.created": "Migration angelegt",
    "migration.mapped": "Spalten der Migration zugeordnet",
    "migration.started": "Migration begonnen",
    "migration.stopped": "Migration angehalten",
    "migration.resumed": "Migration fortgesetzt",
    "migration.failed": "Migration durch eine Störung unterbrochen",
    "migration.done": "Migration abgeschlossen",
    "migration.line_retried": "Zeile der Migration noch einmal versucht",
    "migration.line_corrected": "Zeile der Migration berichtigt",
    "migration.line_accepted": "Ausnahme der Migration angenommen",
    "migration.rollback_ordered": "Rücknahme der Migration beauftragt",
    "migration.rolled_back": "Migration zurückgenommen",
    "rehousing.begun": "Umbettung vorbereitet",
    "rehousing.changed": "Ziele der Umbettung geändert",
    "rehousing.ordered": "Umbettung beauftragt",
    "rehousing.done": "Umbettung abgeschlossen",
    "case_file.rehoused": "Akte umgebettet",
    "plan_unit.changed": "Aktenplaneinheit geändert",
    "plan_unit.retired": "Aktenplaneinheit stillgelegt",
    "rules.imported": "Aufbewahrungsregeln geladen",
    "rule_draft.begun": "Änderung einer Aufbewahrungsregel begonnen",
    "rule_draft.changed": "Entwurf einer Aufbewahrungsregel geändert",
    "rule_draft.discarded": "Entwurf einer Aufbewahrungsregel verworfen",
    "rule_draft.preview_ordered": "Vorschau einer Regeländerung beauftragt",
    "rule_draft.exported": "Vorschau einer Regeländerung ausgegeben",
    "rule.approved": "Aufbewahrungsregel freigegeben",
    "demo.begun": "Demo-Stadt begonnen",
    "demo.loaded": "Demo-Stadt geladen",
    "model.trained": "Aus Ablagen gelernt",
    "model.chosen": "Gelernte Fassung gewählt",
    "bundle.loaded": "Bündel einer Behörde geladen",
}
"""The German name of every action that is logged."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry as people read it."""

    sequence: int
    at: datetime
    actor: str
    action: str
    label: str
    about_kind: str
    about_id: str
    case_file_id: UUID | None
    reference: str
    """Reference of the case file, also after its destruction."""
    detail: dict[str, Any]
    reason: str
    on_behalf_of: str | None = None
    """Login of the person the actor stood in for (i. V.)."""
    changes: tuple[Change, ...] = ()

    @property
    def who(self) -> str:
        """Who acted, with whom they stood in for."""
        return f"{self.actor} i. V. {self.on_behalf_of}" if self.on_behalf_of else self.actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are shown; days included, empty for all."""

    login: str = ""
    """Whoever acted, or was stood in for."""
    action: str = ""
    reference: str = ""
    first_day: date | None = None
    last_day: date | None = None


EVERYTHING = Wanted()


def history(
    session: Session,
    actor: Actor,
    wanted: Wanted = EVERYTHING,
    *,
    before: int | None = None,
    limit: int = 100,
    now: datetime,
) -> tuple[HistoryLine, ...]:
    """Return entries, newest first; ``before`` is the sequence number to go on from.

    Entries of case files the actor may not know of are left out, also in the history, and so are the old and new
    values of incoming items that are not theirs to see.
    """
    actor.require(Permission.HISTORY)
    query = _lines(before).where(*_where(wanted)).limit(limit)
    if actor is not SYSTEM:
        query = query.where(or_(HistoryEntry.case_file_id.is_(None), reached(actor.keys, now)))
    return _within_rights(session, actor, _told(session, query), now)


def _within_rights(
    session: Session, actor: Actor, lines: tuple[HistoryLine, ...], now: datetime
) -> tuple[HistoryLine, ...]:
    """Leave out values and reasons of items and documents the actor may not know of: they say what is in them."""
    secret = not_told(session, actor, [(line.about_kind, line.about_id) for line in lines], now)
    return tuple(replace(line, changes=(), reason="") if line.about_id in secret else line for line in lines)


def not_told(session: Session, actor: Actor, about: Collection[tuple[str, str]], now: datetime) -> frozenset[str]:
    """Return the ids of those of the records whose values the history does not tell the actor."""
    items = [about_id for kind, about_id in about if kind == "item"]
    documents = {UUID(about_id) for kind, about_id in about if kind == "document"}
    secret = items_not_told(session, actor, items, now)
    if actor is SYSTEM or not documents:
        return secret
    restricted = select(Document.id).where(Document.id.in_(documents), not_(unrestricted(actor.keys, now)))
    return secret | {str(found) for found in session.scalars(restricted)}


def items_not_told(session: Session, actor: Actor, item_ids: Collection[str], now: datetime) -> frozenset[str]:
    """Return those of the incoming items whose values the history does not tell the actor."""
    if actor is SYSTEM or not item_ids:
        return frozenset()
    asked = select(IncomingItem.id).where(IncomingItem.id.in_({UUID(each) for each in item_ids}), item_told(actor, now))
    return frozenset(item_ids) - {str(each) for each in session.scalars(asked)}


def _where(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.login:
        yield or_(HistoryEntry.actor_login == wanted.login, HistoryEntry.on_behalf_of == wanted.login)
    if wanted.action:
        yield HistoryEntry.action == wanted.action
    if wanted.reference:
        yield CaseFile.file_reference == wanted.reference
    if wanted.first_day:
        yield HistoryEntry.at >= start_of(wanted.first_day)
    if wanted.last_day:
        yield HistoryEntry.at < start_of(wanted.last_day + timedelta(days=1))


def of_case_file(
    session: Session, actor: Actor, case_file_id: UUID, *, limit: int, before: int | None = None, now: datetime
) -> tuple[HistoryLine, ...]:
    """Return the newest entries of one case file; the caller has checked that the actor may see it."""
    lines = _told(session, _lines(before).where(HistoryEntry.case_file_id == case_file_id).limit(limit))
    return _within_rights(session, actor, lines, now)


def of_run(session: Session, run_id: UUID, files: Select[UUID], *, limit: int = 50) -> tuple[HistoryLine, ...]:
    """Return the newest entries of a disposal run: of the run itself, and of those of its *files* one may see."""
    theirs = or_(HistoryEntry.case_file_id.is_(None), HistoryEntry.case_file_id.in_(files))
    about = (HistoryEntry.about_kind == "disposal_run") & (HistoryEntry.about_id == str(run_id))
    return _told(session, _lines(None).where(about, theirs).limit(limit))


def _lines(before: int | None) -> Select[HistoryEntry, str]:
    query = select(HistoryEntry, CaseFile.file_reference).outerjoin(CaseFile, CaseFile.id == HistoryEntry.case_file_id)
    query = query.order_by(HistoryEntry.sequence.desc())
    return query if before is None else query.where(HistoryEntry.sequence < before)


def _told(session: Session, query: Select[HistoryEntry, str]) -> tuple[HistoryLine, ...]:
    found = session.execute(query).all()
    changed = [entry.sequence for entry, _ in found if entry.changes]
    values: dict[int, dict[str, HistoryValue]] = {}
    for row in session.scalars(select(HistoryValue).where(HistoryValue.sequence.in_(changed))) if changed else ():
        values.setdefault(row.sequence, {})[row.field] = row
    return tuple(_line(entry, reference, values.get(entry.sequence, {})) for entry, reference in found)


def _line(entry: HistoryEntry, reference: str | None, values: Mapping[str, HistoryValue]) -> HistoryLine:
    changes = (
        Change(field, row.old, row.new) if (row := values.get(field)) else Change(field, erased=True)
        for field in entry.changes or {}
    )
    return HistoryLine(
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.actor_login,
        action=entry.action,
        label=ACTION_LABELS[entry.action],
        about_kind=entry.about_kind,
        about_id=entry.about_id,
        case_file_id=entry.case_file_id,
        reference=reference or "",
        detail=entry.detail,
        reason=entry.reason,
        on_behalf_of=entry.on_behalf_of,
        changes=tuple(changes),
    )
