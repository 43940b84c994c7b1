"""Office and OpenDocument files, drawn by LibreOffice in a process and a profile of its own.

The content is looked at before: LibreOffice waits for ever on some files that only bear the name of its formats.
It runs without macros, without links and without a network (``ingest.confine``), and is ended when its time is over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import media_type as types
from ingest import office_content
from ingest.errors import DamagedFile, ProgramMissing, ReadTimedOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.model import Limits

SUFFIXES = {
    types.DOCX: ".docx",
    types.XLSX: ".xlsx",
    types.PPTX: ".pptx",
    types.ODT: ".odt",
    types.ODS: ".ods",
    types.ODP: ".odp",
    types.ODG: ".odg",
    types.WORD: ".doc",
    types.EXCEL: ".xls",
    types.POWERPOINT: ".ppt",
    types.RTF: ".rtf",
}
"""The name LibreOffice wants to see; chosen by the content."""

_START_AGAIN = 81
"""LibreOffice ends with this when it has just made its profile and wants to be started once more."""
_MOST_SECONDS = 300
_PROGRAM = "soffice.bin"
_OPTIONS = ("--headless", "--invisible", "--nologo", "--norestore", "--nodefault", "--nolockcheck")

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{items}</oor:items>
"""
_ITEM = '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}"><value>{value}</value></prop></item>\n'
_SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "1"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
"""No macros, no updated links, and a proxy where nobody answers."""


def as_pdf(source: Path, media_type: str, *, limits: Limits, work: Path) -> Path:
    """Return the PDF that LibreOffice makes of the office file *source*, in the folder *work*.

    Raises:
        DamagedFile: It is not what it seems, or nothing comes of it.
        DecompressionBomb: Its archive unpacks beyond *limits*.
        EncryptedFile: It asks for a password.
        ProgramMissing: LibreOffice is not set up here.
        ReadTimedOut: It took too long.
    """
    office_content.check(source, media_type, limits=limits)
    folder = work / "office"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"document{SUFFIXES[media_type]}"
    shutil.copyfile(source, copy)
    made = folder / "document.pdf"
    made.unlink(missing_ok=True)
    seconds = min(_MOST_SECONDS, limits.wall_seconds)
    for _ in range(2):
        code = _run(_command(folder, copy), folder, seconds)
        if code != _START_AGAIN:
            break
    if not made.exists():
        raise DamagedFile(f"LibreOffice made nothing of it and ended with {code}")
    return made


def _command(folder: Path, copy: Path) -> Sequence[str]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    # The program behind the start script is one process, which can be ended for certain.
    beside = Path(program).resolve().with_name(_PROGRAM) if program else None
    if beside is None or not beside.exists():
        raise ProgramMissing("LibreOffice is not set up")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    items = "".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items=items), "utf-8")
    profile_option = f"-env:UserInstallation={profile.as_uri()}"
    return [str(beside), profile_option, *_OPTIONS, "--convert-to", "pdf", "--outdir", str(folder), str(copy)]


def _run(command: Sequence[str], folder: Path, seconds: float) -> int:
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder), "LANG": "C.UTF-8"}
    environment |= {"TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp", "http_proxy": "http://127.0.0.1:9"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise ReadTimedOut(f"LibreOffice took more than {seconds:.0f} seconds") from None
    finally:
        process.kill()
        process.wait()
