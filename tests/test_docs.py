"""What people are told: every setting, command and make target stands where they look, and no other."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from eakte.cli.main import main
from eakte.settings import Settings
from eakte.worker.mail import KEYWORD
from eakte.worker.portal import ATTACHMENTS, MARKER, RECEIPT
from eakte.worker.watch import PARTIAL, REFUSED, TAKEN

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name))


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_stands_in_the_table_of_the_readme(setting: str) -> None:
    assert re.search(rf"^\| *`{setting}` *\|", README.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", sorted(_commands(main)))
def test_every_command_is_told_in_the_readme(command: str) -> None:
    assert re.search(rf"`(python -m eakte )?{command}\b", README.read_text("utf-8"))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_documents_name_only_make_targets_that_exist(name: str) -> None:
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / name).read_text("utf-8")))
    assert named <= _targets()


GUIDES = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md", *GUIDES]
)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text("utf-8"))
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_the_readme_leads_to_every_guide() -> None:
    assert [name for name in GUIDES if f"]({name})" not in README.read_text("utf-8")] == []


def test_the_guide_to_sources_names_every_kind_and_where_each_is_put_aside() -> None:
    told = (ROOT / "docs" / "quellen.md").read_text("utf-8")
    kinds = {f"[[{field}]]" for field in ("mailbox", "folder", "portal")}
    names = {*kinds, *PARTIAL, TAKEN, REFUSED, KEYWORD, MARKER, RECEIPT, ATTACHMENTS}
    assert sorted(name for name in names if f"{name}" not in told) == []
