"""Letterheads and footers."""

from __future__ import annotations

from eakte.demo.letters.content import Content
from eakte.demo.letters.paper import Paper


def draw_head(sheet: Paper, content: Content) -> None:
    """Draw the letterhead the look asks for."""
    _HEADS[content.look.head](sheet, content)
    sheet.set_text_color(0)


def draw_footer(sheet: Paper, content: Content) -> None:
    """Draw three columns in small print. The bank account has an impossible check number on purpose."""
    sender = content.sender
    sheet.set_draw_color(*content.look.ink)
    sheet.line(25, 272, 190, 272)
    sheet.set_draw_color(0)
    sheet.set_font("body", "", 7)
    columns = (
        f"{sender.name}\n{sender.street}\n{sender.town}",
        f"Telefon 0123 45678-0\npost@{sender.domain}\nwww.{sender.domain}",
        "Bank für Musterland\nIBAN DE00 1234 5678 9012 3456 78\nSteuernummer 21/200/00000",
    )
    for number, text in enumerate(columns):
        sheet.set_xy(25 + number * 57, 274)
        sheet.multi_cell(55, 3.1, text, align="L")


def _left(sheet: Paper, content: Content) -> None:
    _mark(sheet, content, 25, 12)
    sheet.set_text_color(*content.look.ink)
    sheet.set_xy(41, 13)
    sheet.write_text(content.sender.name, size=15, bold=True, width=140)
    sheet.set_x(41)
    sheet.write_text(content.sender.claim, size=8.5, width=140)


def _right(sheet: Paper, content: Content) -> None:
    sheet.set_text_color(*content.look.ink)
    sheet.set_xy(90, 12)
    sheet.write_text(content.sender.name, size=13, bold=True, align="R", width=100)
    sheet.set_x(90)
    sheet.write_text(content.sender.claim, size=8.5, align="R", width=100)
    sheet.set_x(90)
    sheet.write_text(f"{content.sender.street} · {content.sender.town}", size=8.5, align="R", width=100)


def _centre(sheet: Paper, content: Content) -> None:
    sheet.set_text_color(*content.look.ink)
    sheet.set_xy(25, 12)
    sheet.write_text(content.sender.name, size=16, bold=True, align="C")
    sheet.write_text(content.sender.claim, size=9, align="C")
    sheet.set_draw_color(*content.look.ink)
    sheet.line(45, 27, 170, 27)
    sheet.line(45, 27.8, 170, 27.8)
    sheet.set_draw_color(0)


def _bar(sheet: Paper, content: Content) -> None:
    sheet.set_fill_color(*content.look.ink)
    sheet.rect(0, 0, 210, 24, style="F")
    sheet.set_text_color(255)
    sheet.set_xy(25, 7)
    sheet.write_text(content.sender.name, size=14, bold=True)
    sheet.write_text(content.sender.claim, size=8.5)
    sheet.set_fill_color(255)


def _none(sheet: Paper, content: Content) -> None:
    sheet.set_xy(25, 18)
    for line in (content.sender.name, content.sender.street, content.sender.town):
        sheet.write_text(line, size=content.look.size)


def _mark(sheet: Paper, content: Content, x: float, y: float) -> None:
    """Draw a simple sign: two squares and a disc."""
    sheet.set_fill_color(*content.look.ink)
    sheet.rect(x, y, 6, 6, style="F")
    sheet.rect(x + 7, y + 7, 6, 6, style="F")
    sheet.ellipse(x + 7, y, 6, 6, style="F")
    sheet.set_fill_color(255)


_HEADS = {"left": _left, "right": _right, "centre": _centre, "bar": _bar, "none": _none}
