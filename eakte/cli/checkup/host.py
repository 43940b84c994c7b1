"""Checks of the machine: disk, clock, languages, programs and fonts, and settings that do not go together."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path

from eakte.cli.checkup.model import Finding, Findings, Patient, fault, note, warning, well
from eakte.settings import Settings
from ingest import languages as models
from ingest import separator_page

GIGA = 1_000_000_000
LITTLE, TOO_LITTLE = 10 * GIGA, 1 * GIGA
"""Free bytes below which is warned, and below which nothing more can be taken in for long."""
SANS, MONO = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"), "LiberationMono-Regular.ttf"
FONTS = Path("/usr/share/fonts")
SECRET = ("password_file", "secret_file", "token_file", "key_file", "seal_file")
ASK_NTP = ("show", "--property=NTPSynchronized", "--value")


def settings(patient: Patient) -> Findings:
    """Whether files that settings name can be read, and settings go together."""
    found = patient.settings
    wrong = list(_files(found))
    yield from wrong
    if not found.backups:
        advice = "backup_days setzen, z. B. „Tagessicherung 30“; der Vernichtungsnachweis nennt die Frist."
        yield note("settings", "Wie lange Sicherungen liegen, ist nicht eingestellt.", advice)
    if not _is_loopback(found.host) and not found.public_url.startswith("https:"):
        advice = "Einen Proxy mit TLS davorstellen und public_url setzen (docs/betrieb.md)."
        yield warning("settings", f"Die Oberfläche ist unter {found.host} ohne TLS erreichbar.", advice)
    if found.public_url and not found.trusted_proxies:
        advice = "trusted_proxies auf die Zahl der eigenen Proxys setzen."
        yield note("settings", "Anmeldungen tragen die Adresse des Proxys statt die der Personen.", advice)
    if not wrong:
        yield well("settings", f"Die Einstellungen der Stadt {found.city} sind lesbar.")


def _files(found: Settings) -> Iterator[Finding]:
    named = (field.name for field in fields(Settings) if field.name.endswith(("_file", "_certificates")))
    for name in (*named, "clamav"):
        place = str(getattr(found, name))
        if not place or name == "anchor_file" or (name == "clamav" and not place.startswith("/")):
            continue
        path = Path(place)
        if not path.exists():
            yield fault("settings", f"{name} nennt „{place}“; das gibt es nicht.", "Pfad berichtigen.")
        elif name.endswith(SECRET) and path.stat().st_mode & 0o007:
            yield warning("settings", f"„{place}“ darf jeder lesen.", f"„chmod o= {place}“ aufrufen.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def disk(patient: Patient) -> Findings:
    """Whether there is room where data lies, and where large uploads arrive."""
    places = {"Datenordner": patient.settings.data_folder, "Zwischenordner": Path("/tmp")}  # noqa: S108 - only its room
    for name, place in places.items():
        room = shutil.disk_usage(place)
        told = f"{name} „{place}“: {room.free // GIGA} von {room.total // GIGA} GB frei"
        advice = "Platz schaffen oder den Datenträger vergrößern."
        if room.free < TOO_LITTLE:
            yield fault("disk", f"{told}; bald wird nichts mehr angenommen.", advice)
        elif room.free < LITTLE:
            yield warning("disk", f"{told}.", advice)
        else:
            yield well("disk", f"{told}.")


def clock(patient: Patient) -> Findings:
    """Whether the clock is kept by a time server; periods and time stamps depend on it."""
    told = f"Die Uhr zeigt {patient.now:%d.%m.%Y %H:%M} UTC"
    program = shutil.which("timedatectl")
    asked = program and subprocess.run([program, *ASK_NTP], capture_output=True, text=True, timeout=10, check=False)
    if not asked or asked.returncode or not asked.stdout.strip():
        yield note("clock", f"{told}; ob ein Zeitserver sie stellt, ist hier nicht zu erfahren.", "Von Hand prüfen.")
    elif asked.stdout.strip() != "yes":
        yield warning("clock", f"{told}; kein Zeitserver stellt sie.", "„timedatectl set-ntp true“ aufrufen.")
    else:
        yield well("clock", f"{told}; ein Zeitserver stellt sie.")


def languages(patient: Patient) -> Findings:
    """Whether text recognition has its languages."""
    if patient.settings.ocr_engine == "null":
        yield note("languages", "Die Texterkennung ist abgeschaltet (ocr_engine).")
        return
    installed = models.installed()
    missing = [code for code in patient.settings.ocr_languages.split("+") if code not in installed]
    if missing:
        packages = " ".join(f"tesseract-ocr-{code.replace('_', '-')}" for code in missing)
        yield fault(
            "languages", f"Der Texterkennung fehlen: {', '.join(missing)}.", f"„apt-get install {packages}“ aufrufen."
        )
    else:
        yield well("languages", f"Die Texterkennung liest {', '.join(installed)}.")
    if not models.fraktur():
        advice = "„apt-get install tesseract-ocr-frk“ aufrufen, wenn alte Akten eingelesen werden."
        yield note("languages", "Fraktur wird nicht gelesen.", advice)


def programs(patient: Patient) -> Findings:
    """Whether the programs and fonts are there that reading and printing need."""
    wanted = {"soffice": "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"}
    if patient.settings.ocr_engine == "tesseract":
        wanted["tesseract"] = "tesseract-ocr"
    if not patient.database.is_sqlite:
        wanted["pg_dump"] = "postgresql-client"
    lacking = {name: package for name, package in wanted.items() if not shutil.which(name)}
    for name, package in lacking.items():
        yield warning("programs", f"Das Programm {name} fehlt.", f"„apt-get install {package}“ aufrufen.")
    fonts = {
        "fonts-dejavu-core": all((separator_page.FONTS / name).is_file() for name in SANS),
        "fonts-liberation": any(FONTS.glob(f"**/{MONO}")),
    }
    for package in (package for package, there in fonts.items() if not there):
        advice = f"„apt-get install {package}“ aufrufen."
        yield warning("fonts", f"Schriften fehlen ({package}): Trennblätter, Berichte oder PDF/A misslingen.", advice)
    if not lacking and all(fonts.values()):
        yield well("programs", "Programme und Schriften sind da.")
