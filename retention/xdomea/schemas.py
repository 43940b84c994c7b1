"""Find and compile the schemas of a version in a folder that the settings name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lxml import etree

from retention.errors import SchemasMissingError
from retention.xdomea import names


def schema_for(folder: Path | None, version: str, code: str) -> etree.XMLSchema | None:
    """The schema that defines message *code* of *version*, or ``None`` where that version has none for its group.

    *folder* holds one folder per version ("3.1.0/…", beside "xoev/"), itself or in "xsd/". Raises
    ``SchemasMissingError`` where the folder or the version is not there, or a schema does not compile.
    """
    if folder is None:
        raise SchemasMissingError(f"xdomea {version}, Nachricht {code}")
    found = [path for path in (folder / version, folder / "xsd" / version) if path.is_dir()]
    if not found:
        raise SchemasMissingError(version)
    name = names.schema_file(code)
    path = found[0] / (name or "")
    return _compiled(path, path.stat().st_mtime_ns) if name and path.is_file() else None


class _Beside(etree.Resolver):
    """Answers addresses on the network with the file of that name: beside the schema, or in "xoev/"."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folders = (folder, folder.parent / "xoev")

    def resolve(  # type: ignore[override] # lxml calls it with a context that its stubs leave out
        self, system_url: str, _public_id: str | None, context: object
    ) -> object:
        """Nothing is ever loaded from the network; what is not on disk stays missing and fails the schema."""
        if not system_url.startswith(("http://", "https://")):
            return None
        name = system_url.rpartition("/")[2]
        for folder in self._folders:
            if (folder / name).is_file():
                return self.resolve_filename(str(folder / name), context)  # type: ignore[attr-defined] # not in the stubs
        return None


@lru_cache(maxsize=16)
def _compiled(path: Path, _changed: int) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(_Beside(path.parent))
    try:
        return etree.XMLSchema(etree.parse(path, parser))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
        raise SchemasMissingError(f"{path.name}: {error}") from error
