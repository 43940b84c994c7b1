"""The design layer shown on one page: every component in each of its states, made with the macros all pages use."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions.legibility import PoorView
from eakte.records.figures import Figure, Row, Subject
from eakte.records.languages import offered
from eakte.records.states import CaseFileState
from eakte.web.context import Context
from eakte.web.inputs import Input
from eakte.web.pages.figures import HEIGHT, SERIES, THICK, WIDTH, drawn
from eakte.web.viewer import Proof, Sheet
from ingest.model import Box

ICONS = (
    "shield", "home", "chart", "inbox", "upload", "download", "search", "tree", "case", "folder", "hourglass", "log",
    "user", "help", "check", "warn", "unclear", "flag", "left", "right", "down", "up", "plus", "close", "zoom-in",
    "zoom-out", "fit", "text", "scan", "mail", "doc", "pencil", "lock", "unlock", "clock", "archive", "undo", "redo",
    "clip", "trash", "copy", "link", "theme", "exit", "print",
)  # fmt: skip
"""Every symbol of ``icons.svg``."""
COLOURS = ("surface", "side", "canvas", "line", "text", "muted", "field", "action", "chosen", "ok", "check", "bad",
           "info", "mark", "top", "focus")  # fmt: skip
"""The tokens of ``10-tokens.css`` that carry a meaning."""
NOBODYS = UUID(int=0)
"""Stands where a component leads to a record: the samples lead nowhere."""


def page(ctx: Context) -> ResponseReturnValue:
    """Show every component with invented contents."""
    return ctx.page(
        "design.html",
        icons=ICONS,
        colours=COLOURS,
        file_states=list(CaseFileState),
        inputs=_inputs(),
        poor=_poor(ctx),
        languages=offered(("deu", "eng", "frk"), "deu"),
        sheet=_sheet(),
        pictures=(drawn(_ages()), drawn(_months())),
        sizes=(WIDTH, HEIGHT, THICK),
        series=SERIES,
        nobodys=NOBODYS,
    )


def _sheet() -> Sheet:
    proof = Proof(1, "Aktenzeichen", 1, Box(60, 60, 180, 26), 252, 60, 26)
    return Sheet(1, 620, 220, (proof,), (Box(60, 130, 90, 26),))


def _inputs() -> tuple[Input, ...]:
    return (
        Input("subject", "Betreff", "Neubau Carport", required=True),
        Input("day", "Schreiben vom", "", placeholder="TT.MM.JJJJ", hint="Das Datum auf dem Schreiben."),
        Input("wrong", "Frist", "gestern", problem="Datum im Format TT.MM.JJJJ eingeben."),
        Input("kind", "Dokumenttyp", "b", options=(("a", "Antrag"), ("b", "Bescheid"))),
    )


def _poor(ctx: Context) -> tuple[PoorView, ...]:
    yesterday = ctx.now - timedelta(days=1)
    return PoorView(NOBODYS, 2, 61, "", None), PoorView(UUID(int=1), 3, 66, "Brandt, K.", yesterday)


def _ages() -> Figure:
    rows = (Row("bis 1 Tag", (12, 4, 1)), Row("bis 1 Woche", (7, 9, 2)), Row("älter", (1, 2, 0)))
    return Figure(Subject.INBOX_AGE, "Alter", ("sicher", "prüfen", "unklar"), rows, (0, 1, 2))


def _months() -> Figure:
    rows = tuple(Row(f"{date(2026, month, 1):%m.%Y}", (10 * month % 37 + 4,)) for month in range(1, 13))
    return Figure(Subject.SCANNING, "Monat", ("Seiten",), rows, (0,), over_time=True)
