"""Checks of what lies outside: archive, virus scanner, sign-in service, directory, sources of mail."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from eakte import services as engines
from eakte.cli.checkup.model import Findings, Patient, fault, note, well
from eakte.worker import sources as given
from ingest.errors import IngestError
from ingest.virus import ScannerAway, refuse_infected
from retention.errors import RetentionError, SchemasMissingError
from retention.xdomea.schemas import schema_for

OFFER = "0501"


def archive(patient: Patient) -> Findings:
    """Whether messages to the archive can be checked, and its letter box can be reached."""
    settings = patient.settings
    wanted = bool(settings.archive_folder or settings.archive_url)
    if not wanted:
        yield note("archive", "Ein Austausch mit dem Archiv ist nicht eingerichtet.")
        return
    folder = Path(settings.xdomea_schemas) if settings.xdomea_schemas else None
    try:
        schema_for(folder, settings.archive_xdomea, OFFER)
        yield well("schemas", f"Die Schemata von xdomea {settings.archive_xdomea} sind da.")
    except SchemasMissingError:
        advice = "xdomea_schemas auf den Ordner der Schemata setzen (docs/aussonderung.md)."
        yield fault("schemas", f"Schemata von xdomea {settings.archive_xdomea} fehlen; nichts wird gesendet.", advice)
        return
    gateway = engines.archive_of(settings)
    try:
        if gateway is not None:
            next(iter(gateway.receive()), None)
        yield well(
            "archive", f"Der Briefkasten des Archivs („{settings.archive_folder or settings.archive_url}“) antwortet."
        )
    except RetentionError as error:
        yield fault("archive", str(error), "Adresse, Kennung und Netz prüfen; der Worker versucht es weiter.")


def scanner(patient: Patient) -> Findings:
    """Whether the virus scanner answers."""
    address = patient.settings.clamav
    if not address:
        yield note("clamav", "Eingänge werden nicht auf Viren geprüft (clamav ist leer).")
        return
    with tempfile.NamedTemporaryFile(prefix="eakte-") as harmless:
        try:
            with suppress(IngestError):
                refuse_infected(Path(harmless.name), address)
            yield well("clamav", f"Der Virenscanner ({address}) antwortet.")
        except ScannerAway:
            advice = "clamd starten. Bis dahin wird nichts gelesen; die Eingänge warten."
            yield fault("clamav", f"Der Virenscanner ({address}) antwortet nicht.", advice)


def sign_in(patient: Patient) -> Findings:
    """Whether the sign-in service and the directory answer; errors of theirs are told by who calls."""
    if provider := engines.provider_of(patient.settings):
        provider.begin(patient.now)
        yield well("oidc", f"Der Anmeldedienst ({patient.settings.oidc_issuer}) antwortet.")
    if directory := engines.directory_of(patient.settings):
        directory.check("eakte-doctor", "eakte-doctor")
        yield well("ldap", f"Das Verzeichnis ({patient.settings.ldap_url}) antwortet.")


def sources(patient: Patient) -> Findings:
    """Whether the sources can be understood, and the folders that are watched are there."""
    found = given.load(patient.settings.sources_file)
    watched = [*(Path(each.path) for each in found.folders), *(Path(each.path) for each in found.portals)]
    named = [Path(each) for each in (patient.settings.watch_folder, patient.settings.migration_folder) if each]
    for folder in (*watched, *named):
        if not folder.is_dir():
            yield fault("sources", f"Den Ordner „{folder}“ gibt es nicht.", "Anlegen oder einhängen.")
    count = len(found.mailboxes) + len(watched) + len(named)
    yield well("sources", f"Quellen neben Browser und Programmen: {count}.")
