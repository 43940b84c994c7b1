"""Office files made here: by hand where that is short, by LibreOffice itself for the old binary formats."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

from openpyxl import Workbook

TEXT = "Größe der Fläche"
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SLIDES = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.presentation"><office:body><office:presentation>
<draw:page draw:name="1"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="15cm" svg:height="3cm"><draw:text-box>
<text:p>{text}</text:p></draw:text-box></draw:frame></draw:page></office:presentation></office:body></office:document>"""


def docx(text: str = TEXT, **more: str) -> bytes:
    """Return a text document; *more* names further files in it (``__`` stands for ``/``, ``_`` for a dot)."""
    body = f'<w:document xmlns:w="{_WORDS}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    relation = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>',
        "word/document.xml": body,
        **{name.replace("__", "/"): value for name, value in more.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in files.items():
            archive.writestr(name, value)
    return file.getvalue()


def xlsx(text: str = TEXT) -> bytes:
    """Return a table document."""
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append([text])
    sheet.append([12.5])
    book.save(file)
    return file.getvalue()


def converted(folder: Path, kind: str) -> Path:
    """Return a file of *kind* (``doc``, ``odt``, ``ods``, ``xls``, ``odp``, ``pptx`` …) with the text in it."""
    source = {"d": "a.docx", "o": "a.docx", "r": "a.docx", "x": "a.xlsx", "p": "a.fodp"}[kind[0]]
    source = {"ods": "a.xlsx", "odp": "a.fodp"}.get(kind, source)
    data = {"a.docx": docx(), "a.xlsx": xlsx(), "a.fodp": _SLIDES.format(text=TEXT).encode()}[source]
    (folder / source).write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    program = shutil.which("soffice")
    assert program is not None
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(folder / source)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / f"a.{kind}"
