"""Checks of what is kept: database, objects, their keys, the search index, the history."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
from datetime import timedelta

from botocore.exceptions import ClientError
from sqlalchemy import func, select, text

from eakte.actions import entries, fixity
from eakte.cli.checkup.model import Findings, Patient, fault, note, warning, well
from eakte.records.calendar import german
from eakte.store import migrate
from eakte.store.anchors import AnchorBook
from eakte.store.comparisons import last_comparison
from eakte.store.database import Database
from eakte.store.documents import StoredObject
from eakte.store.evidence import ObjectDamage
from eakte.store.guards import missing_guards
from eakte.store.history import HistoryEntry
from eakte.store.objects import Stored

SAMPLES = 20
"""Objects read and held against their hashes; ``evidence check`` reads all of them."""
LEAST_POSTGRESQL = 150_000
ANCHOR_LATE, COMPARISON_LATE = timedelta(hours=26), timedelta(hours=3)
CLOCK_AHEAD = timedelta(minutes=2)


def database(patient: Patient) -> Findings:
    """Whether it answers, in a version we know, at our revision and with its guards."""
    opened = patient.database
    with opened.engine.connect() as connection:
        if opened.is_sqlite:
            version = str(connection.scalar(text("SELECT sqlite_version()")))
            yield well("database", f"SQLite {version} in „{opened.url.database}“ antwortet.")
        else:
            number = int(connection.scalar(text("SHOW server_version_num")) or 0)
            told = f"PostgreSQL {number // 10_000} auf „{opened.url.host or 'diesem Rechner'}“ antwortet"
            if number < LEAST_POSTGRESQL:
                yield fault("database", f"{told}; nötig ist 15 oder neuer.", "PostgreSQL aktualisieren.")
            else:
                yield well("database", f"{told}.")
    yield from _schema(opened)


def _schema(opened: Database) -> Findings:
    if migrate.is_empty(opened):
        yield fault("migrations", "Die Datenbank ist noch leer.", "„python -m eakte migrate“ aufrufen.")
        return
    found, wanted = migrate.revision(opened), migrate.newest()
    if found != wanted:
        yield fault(
            "migrations",
            f"Die Datenbank hat den Stand {found}, das Programm erwartet {wanted}.",
            "Alle Prozesse beenden, sichern, „python -m eakte migrate“; ist die Datenbank neuer, das Programm.",
        )
        return
    yield well("migrations", f"Die Datenbank hat den Stand {found}, wie das Programm ihn erwartet.")
    with opened.reading() as session:
        gone = sorted(missing_guards(session))
    if gone:
        yield fault(
            "guards",
            f"Auslöser, die Protokoll und Akten schützen, fehlen oder sind abgeschaltet: {', '.join(gone)}.",
            "Klären, wer sie entfernt hat; „python -m eakte audit verify“ aufrufen; zu einer Sicherung zurückkehren.",
        )
    else:
        yield well("guards", "Alle Auslöser, die Protokoll und Akten schützen, sind da.")


def objects(patient: Patient) -> Findings:
    """Whether something can be written, read and removed."""
    content = secrets.token_bytes(32)
    stored = patient.objects.put(io.BytesIO(content))
    with patient.objects.open(stored.sha256) as stream:
        same = stream.read() == content
    where = patient.settings.object_store or f"Ordner „{patient.settings.data_folder / 'objects'}“"
    if not same:
        yield fault(
            "objects", f"Der Objektspeicher ({where}) gibt anderes zurück, als er bekam.", "Datenträger prüfen."
        )
    try:
        patient.objects.delete(stored.sha256)
    except ClientError:
        yield note("objects", f"Der Objektspeicher ({where}) hält die Probe fest, solange seine Sperre reicht.")
    if same:
        yield well("objects", f"Der Objektspeicher ({where}) nimmt an und gibt zurück.")


def samples(patient: Patient) -> Findings:
    """Read some objects, chosen at random, and tell what earlier checks found."""
    with patient.database.reading() as session:
        query = select(StoredObject).where(StoredObject.sha256 >= secrets.token_hex(4)).order_by(StoredObject.sha256)
        rows = list(session.scalars(query.limit(SAMPLES)))
        if len(rows) < SAMPLES:
            rows = list(session.scalars(select(StoredObject).order_by(StoredObject.sha256).limit(SAMPLES)))
        kept = [Stored(row.sha256, row.sha512, row.size) for row in rows]
        known = session.scalar(select(func.count()).select_from(ObjectDamage)) or 0
    damaged = [each.sha256 for each in kept if fixity.problem_of(patient.objects, each)]
    advice = "Aus einer Sicherung ersetzen; „evidence check“ zeigt alle, „evidence check --now“ liest alles."
    if damaged:
        yield fault("hashes", f"Von {len(kept)} Stichproben fehlen oder stimmen nicht: {', '.join(damaged)}.", advice)
    else:
        yield well("hashes", f"{len(kept)} Stichproben tragen ihre Hashwerte.")
    if known:
        yield fault("hashes", f"Die laufende Prüfung kennt {known} beschädigte oder fehlende Objekte.", advice)


def keys(patient: Patient) -> Findings:
    """Whether what is encrypted can be read, and the master key is changed in time."""
    if patient.keys is None:
        yield note("keys", "Gespeichertes ist nicht verschlüsselt (master_keys ist leer).")
        return
    patient.keys.check()
    current = next(each for each in patient.keys.epochs() if each.retired_at is None)
    days = patient.settings.key_rotation_days
    if days and patient.now - current.used_from > timedelta(days=days + 2):
        advice = "Läuft ein Worker? Sonst „python -m eakte keys rotate“ aufrufen und den neuen Schlüssel sichern."
        yield warning("keys", f"Der Hauptschlüssel {current.name} ist älter als {days} Tage.", advice)
    else:
        yield well("keys", f"Der Hauptschlüssel {current.name} öffnet die Schlüssel der Objekte.")
    if patient.keys.open_left():
        advice = "„python -m eakte keys encrypt“ aufrufen."
        yield warning("keys", "Es liegen noch Objekte offen, aus der Zeit vor der Verschlüsselung.", advice)


def index(patient: Patient) -> Findings:
    """Whether the index answers, fits this program, and follows the database."""
    state = patient.index.state()
    with patient.database.reading() as session:
        wanted, compared = entries.expected_count(session), last_comparison(session)
    told = f"Der Suchindex ({patient.settings.search_engine}) hält {state.documents} von {wanted} Dokumenten"
    if state.outdated:
        advice = "Der Worker baut ihn von selbst neu auf; sonst „python -m eakte index rebuild“."
        yield warning("index", f"{told} und stammt aus einer anderen Fassung.", advice)
    elif state.building:
        yield note("index", f"{told}; er wird gerade neu aufgebaut ({state.built} von {wanted}).")
    else:
        yield well("index", f"{told} und passt zum Programm.")
    different = compared.different if compared else 0
    if compared is None or patient.now - compared.compared_at > COMPARISON_LATE:
        last = f"zuletzt am {german(compared.compared_at.date())}" if compared else "noch nie"
        advice = "Läuft ein Worker? Er vergleicht jede Stunde. Von Hand: „python -m eakte index check --repair“."
        yield note("index", f"Index und Datenbank wurden {last} verglichen.", advice)
    elif different:
        advice = "Der Worker gleicht es an; bleibt es dabei: „python -m eakte index check --repair“."
        yield warning("index", f"Beim letzten Vergleich wichen {different} Dokumente von der Datenbank ab.", advice)


def history(patient: Patient) -> Findings:
    """Whether the history is anchored outside in time, and no entry lies in the future."""
    book = AnchorBook(patient.settings.anchors)
    last = book.last()
    with patient.database.reading() as session:
        newest: Sequence[HistoryEntry] = session.scalars(
            select(HistoryEntry).order_by(HistoryEntry.sequence.desc()).limit(1)
        ).all()
    if newest and newest[0].at > patient.now + CLOCK_AHEAD:
        advice = "Uhr dieses Rechners und der anderen prüfen (NTP), bevor jemand weiterarbeitet."
        yield fault("clock", "Der jüngste Eintrag im Protokoll liegt in der Zukunft.", advice)
    if newest and (last is None or patient.now - last.at > ANCHOR_LATE):
        advice = "Läuft ein Worker? Er tut es täglich. Von Hand: „python -m eakte audit anchor“."
        yield warning("anchor", "Der Stand des Protokolls wurde heute und gestern nicht festgehalten.", advice)
    elif last:
        yield well("anchor", f"Der Stand des Protokolls ist festgehalten (Eintrag {last.sequence}).")
    if not patient.settings.anchor_file:
        advice = "anchor_file auf einen anderen Speicher legen."
        yield note("anchor", "Die Stände des Protokolls liegen im Datenordner, neben dem, was sie bezeugen.", advice)
