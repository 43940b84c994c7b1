"""The shape of the tree: sizes, leftovers, and that texts, settings, commands and routes are told where people look."""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from eakte.records.access import Permission
from eakte.settings import Settings, load
from eakte.texts import sentences
from eakte.web.routes import ROUTES

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("eakte", "ingest", "search", "retention")
NOT_OURS = {
    ".git", ".venv", "node_modules", "vendor", "var", "build", "__pycache__", ".hypothesis", ".mypy_cache",
    ".pytest_cache", ".ruff_cache", ".import_linter_cache", "LICENSES",
}  # fmt: skip
TEXT = {
    "", ".py", ".md", ".toml", ".yml", ".yaml", ".html", ".css", ".js", ".sh", ".sql", ".json", ".lock", ".ini", ".csv",
}  # fmt: skip
GENERATED = "eakte/store/migrations/versions/"  # written by alembic, read by nobody twice
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 50
LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
DOWNLOAD = re.compile(r"https?://[^\s\"'<>]+\.(whl|tgz|tar\.gz|deb|zip)\b")
MACHINE = re.compile(r"(?<![\w.])/(root|work|Users|home/\w+)/\w")


@cache
def _files() -> tuple[Path, ...]:
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - NOT_OURS)
        found += (Path(folder, name) for name in sorted(set(names) - NOT_OURS) if Path(name).suffix in TEXT)
    return tuple(found)


def _sources() -> Iterator[tuple[str, str]]:
    for file in _files():
        yield str(file.relative_to(ROOT)), file.read_text("utf-8")


def _python() -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in _sources() if name.endswith(".py") and not name.startswith(GENERATED))


def _lines_that_match(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in _sources()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    others = ((name, text) for name, text in _sources() if name.endswith((".js", ".css", ".html", ".sh")))
    lengths = {name: len(text.splitlines()) for name, text in chain(_python(), others)}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, text in _python()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_nothing_is_left_to_do_in_comments() -> None:
    assert _lines_that_match(LEFTOVER) == []


def test_nothing_names_a_download_address() -> None:
    assert _lines_that_match(DOWNLOAD) == []


def test_nothing_names_a_place_of_one_machine() -> None:
    assert _lines_that_match(MACHINE) == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"])
def test_python_packages_are_locked_by_hash_and_not_by_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pinned = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==.*(?:\n    .*)*", text, re.MULTILINE)
    assert pinned
    assert [pin for pin in pinned if "--hash=sha256:" not in pin] == []
    assert "://" not in text


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ("assets",)), ("requirements-dev.lock", ("assets", "dev"))]
)
def test_every_package_the_project_names_is_in_the_lock_file(lock: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {*project["dependencies"], *chain(*(project["optional-dependencies"][extra] for extra in extras))}
    locked = set(re.findall(r"^([\w.-]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
    assert {re.split(r"[\[<>=]", name)[0] for name in named} - locked == set()


def test_front_end_packages_are_locked_by_hash_and_not_by_address() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    assert '"integrity"' in text
    assert '"resolved": "http' not in text


def _assigned(body: list[ast.stmt], name: str) -> Iterator[str]:
    """Yield the text given to *name* in a class body, also in ``code, status = "…", 404``."""
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=str(text))) if found == name:
                yield text
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.Constant(value=str(text))) if found == name:
                yield text
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=found), *_])], value=ast.Tuple(elts=[first, *_])):
                if found == name and isinstance(first, ast.Constant):
                    yield str(first.value)


def _error_codes() -> dict[str, str]:
    """Every error code of the four packages with the class that carries it."""
    classes = [
        node
        for name, text in _python()
        if name.startswith(PACKAGES)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
    ]
    errors: set[str] = {"Exception", "ValueError"}
    while True:
        more = {kind.name for kind in classes if errors & {ast.unparse(base).split(".")[-1] for base in kind.bases}}
        if more <= errors:
            return {code: kind.name for kind in classes if kind.name in errors for code in _assigned(kind.body, "code")}
        errors |= more


def test_every_error_code_has_a_german_sentence() -> None:
    codes = _error_codes()
    assert codes
    assert {code: name for code, name in codes.items() if not sentences().get(code, "").strip()} == {}


def test_the_example_file_names_every_setting_with_its_default() -> None:
    example = ROOT / "config" / "eakte.example.toml"
    named = load(example, {})
    assert set(tomllib.loads(example.read_text("utf-8"))) == {field.name for field in fields(Settings)}
    assert replace(named, config_folder=ROOT / named.config_folder) == Settings()


def test_every_route_names_a_permission_and_few_are_public() -> None:
    assert [route.path for route in ROUTES if not isinstance(route.needs, Permission)] == []
    public = {(route.method, route.path) for route in ROUTES if route.needs is Permission.PUBLIC}
    assert public == {
        ("GET", "/anmelden"), ("POST", "/anmelden"), ("GET", "/anmelden/dienst"), ("GET", "/anmelden/dienst/zurueck"),
        ("GET", "/gesund"), ("GET", "/v/<name>"),
    }  # fmt: skip


def test_every_address_stands_once_in_the_table_of_routes() -> None:
    addresses = [(route.method, route.path) for route in ROUTES]
    assert len(addresses) == len(set(addresses))


def test_every_migration_has_its_own_number_and_follows_the_one_before() -> None:
    """Two migrations of one number make the tool for migrations leave one of them out without a word."""
    files = sorted((ROOT / "eakte" / "store" / "migrations" / "versions").glob("*.py"))
    texts = [file.read_text("utf-8") for file in files]
    told = [re.findall(r"^(?:down_)?revision = (.+)$", text, re.MULTILINE) for text in texts]
    numbers = [ast.literal_eval(one[0]) for one in told]
    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [ast.literal_eval(one[1]) for one in told] == [None, *numbers[:-1]]
    assert [file.name.split("_")[0] for file in files] == numbers
