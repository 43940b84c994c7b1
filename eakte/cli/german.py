"""Help and usage faults in German: click speaks English and takes translations only from compiled files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

HEADINGS = {"Options": "Optionen", "Commands": "Befehle", "Positional arguments": "Angaben"}
USAGE = "Aufruf: "
NEEDED = "[nötig]"


class Formatter(click.HelpFormatter):
    """Writes help with German headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix or USAGE)

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        super().write_heading(HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of options or commands."""
        german = [(term, text.replace("[required]", NEEDED)) for term, text in rows]
        super().write_dl(german, col_max, col_spacing)


class Context(click.Context):
    """The context of all our commands."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is German."""

    context_class = Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[OPTIONEN]")
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows the help."""
        return _german(super().get_help_option(ctx))


class Group(click.Group):
    """A group of commands whose help is German."""

    context_class = Context
    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[OPTIONEN]")
        kwargs.setdefault("subcommand_metavar", "BEFEHL …")
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows the help."""
        return _german(super().get_help_option(ctx))


def _german(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "Diese Hilfe zeigen."
    return option


def usage_sentence(fault: click.UsageError) -> str:
    """Say in German what is wrong with the call, and how to get help."""
    hint = f"Hilfe: {fault.ctx.command_path} --help" if fault.ctx else ""
    return f"{_reason(fault)} {hint}".strip()


def _reason(fault: click.UsageError) -> str:
    text = "Der Aufruf passt nicht: Eine Angabe ist zu viel, oder es fehlt ein Befehl."
    match fault:
        case WrongUse():
            text = fault.message
        case click.MissingParameter():
            text = f"Es fehlt: {_name(fault)}."
        case click.NoSuchOption():
            text = f"Die Option {fault.option_name} gibt es nicht.{_meant(fault.possibilities)}"
        case click.exceptions.NoSuchCommand():
            text = f"Den Befehl „{fault.command_name}“ gibt es nicht.{_meant(fault.possibilities)}"
        case click.BadParameter():
            text = f"Der Wert für {_name(fault)} passt nicht{_expected(fault.param)}."
        case click.BadOptionUsage():
            text = f"Die Option {fault.option_name} ist falsch benutzt."
    return text


def _meant(possibilities: Sequence[str] | None) -> str:
    return f" Meinten Sie {' oder '.join(possibilities)}?" if possibilities else ""


def _name(fault: click.BadParameter) -> str:
    param = fault.param
    if param is None:
        return "eine Angabe"
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.make_metavar(fault.ctx or click.Context(click.Command(None)))


def _expected(param: click.Parameter | None) -> str:
    match param.type if param else None:
        case click.Choice() as choice:
            return f"; möglich sind: {', '.join(str(name) for name in choice.choices)}"
        case click.IntRange() as numbers:
            return f"; nötig ist eine ganze Zahl ab {numbers.min}"
        case click.Path():
            return "; die Datei gibt es nicht, oder sie ist nicht lesbar"
        case click.DateTime():
            return "; nötig ist ein Datum wie 2026-12-31"
        case _:
            return ""


class WrongUse(click.UsageError):
    """The call does not fit, for a reason of ours in German."""
