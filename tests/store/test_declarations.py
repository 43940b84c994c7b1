"""Declarations of metadata and templates: read whole, or refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from eakte.errors import DeclarationInvalid
from eakte.records.metadata import EMPTY, FieldType, Required
from eakte.store.declarations import read_catalogue
from eakte.texts import sentence

CONFIG = Path(__file__).resolve().parents[2] / "config"
BUILDING = """
[case_file]
kind = "bauakte"
label = "Bauakte"
plan = ["52.01"]

[[field]]
name = "flurstueck"
label = "Flurstück"
required = "closing"
pattern = '\\d+'
hint = "Eine Nummer."

[[field]]
name = "verfahren"
label = "Verfahren"
type = "choice"
choices = ["Vereinfacht", "Förmlich"]
"""
INVOICE = """
[document]
type = "Rechnung"

[[field]]
name = "betrag"
label = "Betrag"
type = "money"
"""
TEMPLATE = """
name = "bauantrag"
label = "Bauantrag"
plan = ["52.01"]
subject = "Bauvorhaben "
cases = ["Antrag", "Bauüberwachung"]

[values]
verfahren = "Vereinfacht"
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        kind = "file_templates" if name.startswith("template") else "metadata"
        path = folder / kind / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_declarations_are_read_whole(tmp_path: Path) -> None:
    catalogue = read_catalogue(write(tmp_path, bauakte=BUILDING, rechnung=INVOICE, template=TEMPLATE))
    flurstueck, verfahren = catalogue.case_file_fields("", ("52.01.01", "52.01", "52"))
    assert (flurstueck.required, flurstueck.hint) == (Required.CLOSING, "Eine Nummer.")
    assert verfahren.choices == ("Vereinfacht", "Förmlich")
    assert catalogue.document_fields(" rechnung ")[0].type is FieldType.MONEY
    assert catalogue.document_fields("Antrag") == ()
    assert catalogue.case_file_fields("", ("31.01", "31")) == ()
    assert catalogue.case_file_fields("bauakte", ("31.01", "31")) == (flurstueck, verfahren)
    (template,) = catalogue.templates_for(("52.01.01", "52.01"))
    assert (template.cases, template.values) == (("Antrag", "Bauüberwachung"), {"verfahren": "Vereinfacht"})
    assert catalogue.templates_for(("31",)) == ()
    assert set(catalogue.searchable) == {"flurstueck", "verfahren", "betrag"}


def test_without_a_folder_nothing_is_declared(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path) == EMPTY


def test_what_the_demo_city_declares_can_be_read() -> None:
    catalogue = read_catalogue(CONFIG)
    assert {kind.name for kind in catalogue.document_kinds} >= {"Rechnung", "Bescheid"}
    assert {kind.label for kind in catalogue.case_file_kinds} >= {"Bauakte", "Gewerbeakte", "Wohngeldakte"}
    assert catalogue.templates


@pytest.mark.parametrize(
    ("files", "file", "line", "says"),
    [
        ({"a": BUILDING.replace('"choice"', '"list"')}, "a.toml", 17, "„list“ gibt es nicht. Möglich sind: text"),
        ({"a": BUILDING.replace("'\\d+'", "'('")}, "a.toml", 11, "kein regulärer Ausdruck"),
        ({"a": BUILDING.replace('hint = "Eine Nummer."\n', "")}, "a.toml", 7, "Hinweis"),
        ({"a": BUILDING.replace('name = "verfahren"', 'name = "Verfahren!"')}, "a.toml", 15, "Kleinbuchstaben"),
        ({"a": BUILDING.replace('name = "verfahren"', 'name = "datum"')}, "a.toml", 15, "schon ein Suchfeld"),
        ({"a": BUILDING.replace('name = "verfahren"', 'name = "flurstueck"')}, "a.toml", 15, "zweimal"),
        ({"a": BUILDING.replace("choices", "auswahl")}, "a.toml", 18, "„auswahl“ gibt es nicht"),
        ({"a": BUILDING.replace("choices =", "#")}, "a.toml", 14, "Auswahlliste"),
        ({"a": BUILDING + "["}, "a.toml", 19, "kein gültiges TOML"),
        ({"a": BUILDING.replace("[case_file]", "[akte]")}, "a.toml", 1, "genau einen Abschnitt"),
        ({"a": BUILDING, "b": BUILDING.replace('"bauakte"', '"andere"')}, "b.toml", 5, "52.01"),
        ({"a": INVOICE, "b": INVOICE.replace("Rechnung", "rechnung")}, "b.toml", 3, "schon angegeben"),
        (
            {"a": INVOICE, "b": INVOICE.replace("Rechnung", "Mahnung").replace('"money"', '"text"')},
            "b.toml",
            8,
            "ein Name hat einen Typ",
        ),
        (
            {"a": BUILDING, "template": TEMPLATE.replace('= "Vereinfacht"', '= "Anders"')},
            "template.toml",
            9,
            "Möglich sind: Vereinfacht",
        ),
        ({"template": TEMPLATE + 'farbe = "rot"'}, "template.toml", 9, "verfahren"),
        ({"template": TEMPLATE.replace("cases", 'kind = "gibt-es-nicht"\ncases')}, "template.toml", 6, "Aktenart"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    tmp_path: Path, files: dict[str, str], file: str, line: int, says: str
) -> None:
    with pytest.raises(DeclarationInvalid) as caught:
        read_catalogue(write(tmp_path, **files))
    told = sentence(caught.value.code, caught.value.detail)
    assert (caught.value.detail["file"], caught.value.detail["line"]) == (file, str(line)), told
    assert says in told


def test_synonyms_are_read_and_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    assert ("Kfz", "Kraftfahrzeug") in read_catalogue(CONFIG).synonyms
    (tmp_path / "synonyms.txt").write_text("Kfz = Kraftfahrzeug\nKfz\n", "utf-8")
    with pytest.raises(DeclarationInvalid) as caught:
        read_catalogue(tmp_path)
    assert (caught.value.detail["file"], caught.value.detail["line"]) == ("synonyms.txt", "2")
