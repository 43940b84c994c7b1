"""The five page layouts: letter, private letter, form, invoice, notice."""

from __future__ import annotations

from eakte.demo.letters.content import Content
from eakte.demo.letters.paper import WIDTH
from eakte.demo.letters.sheet import BODY_TOP, MARGIN, Sheet
from eakte.demo.letters.spec import Shape


def draw(content: Content, *, password: str = "") -> bytes:
    """Return the letter as a PDF with text, locked if a password is given."""
    sheet = Sheet(content)
    if password:
        sheet.set_encryption(owner_password=f"{password}!", user_password=password)
    sheet.add_page()
    if content.spec.shape is Shape.FORM:
        _form(sheet, content)
    else:
        _letter(sheet, content)
    if content.annex_title and content.annex:
        _annex(sheet, content)
    if content.look.site_plan:
        _site_plan(sheet)
    return bytes(sheet.output())


def _letter(sheet: Sheet, content: Content) -> None:
    size = content.look.size
    _fold_marks(sheet)
    _address(sheet, content)
    _info(sheet, content)
    sheet.set_y(BODY_TOP)
    sheet.write_text(content.spec.subject, size=size, bold=True)
    if content.spec.reference and content.look.reference_place == "subject":
        sheet.write_text(f"{content.reference_label}: {content.spec.reference}", size=size, bold=True)
    sheet.gap(5)
    sheet.write_text(content.salutation, size=size)
    sheet.gap(3)
    for text in content.paragraphs:
        sheet.write_text(text, size=size)
        sheet.gap(3)
    if content.grounds:
        _grounds(sheet, content)
    if content.spec.shape is Shape.INVOICE:
        _invoice(sheet, content)
    sheet.gap(2)
    sheet.write_text(content.closing, size=size)
    sheet.write_signature(content.signed_by, content.look.signature, content.look.size)
    if content.remedy:
        sheet.gap(5)
        sheet.write_text(content.remedy, size=8.5)


def _grounds(sheet: Sheet, content: Content) -> None:
    """Write numbered reasons, which run over onto the next page."""
    for number, text in enumerate(content.grounds, 1):
        sheet.gap(1.5)
        sheet.write_text(f"{number}. {text}", size=content.look.size)
        sheet.gap(1.5)


def _fold_marks(sheet: Sheet) -> None:
    if not sheet.content.sender.private:
        for height in (105, 148.5, 210):
            sheet.line(4, height, 8, height)


def _address(sheet: Sheet, content: Content) -> None:
    sender = content.sender
    sheet.set_xy(MARGIN, 44)
    if not sender.private:
        sheet.set_font("body", "U", 7)
        sheet.cell(80, 3.5, f"{sender.name} · {sender.street} · {sender.town}", new_x="LMARGIN", new_y="NEXT")
    sheet.set_xy(MARGIN, 52)
    for line in content.recipient:
        sheet.write_text(line, size=content.look.size, width=85)


def _info(sheet: Sheet, content: Content) -> None:
    """Write the block on the right: references, contact, date."""
    spec = content.spec
    if content.sender.private:
        _private_info(sheet, content)
        return
    rows = []
    if spec.reference and content.look.reference_place == "info":
        rows.append((content.reference_label, spec.reference))
    if spec.foreign_reference:
        rows.append(("Unser Zeichen", spec.foreign_reference))
    rows += [("Kontakt", content.signed_by), ("Telefon", "0123 45678-21"), ("Datum", content.date_text)]
    for number, (label, value) in enumerate(rows):
        sheet.set_xy(118, 59 + number * 5)
        sheet.set_font("body", "", 8.5)
        sheet.cell(25, 5, f"{label}:")
        sheet.set_font("body", "", 9.5)
        sheet.cell(47, 5, value)


def _private_info(sheet: Sheet, content: Content) -> None:
    size = content.look.size
    sheet.set_xy(MARGIN, 86)
    sheet.write_text(f"Musterstadt, den {content.date_text}", size=size, align="R")
    if content.spec.reference and content.look.reference_place == "info":
        sheet.set_xy(MARGIN, 80)
        sheet.write_text(f"Ihr Aktenzeichen: {content.spec.reference}", size=size, align="R")


def _invoice(sheet: Sheet, content: Content) -> None:
    size = content.look.size - 0.5
    net = 0.0
    rows = [("Pos.", "Leistung", "Menge", "Einzelpreis", "Betrag")]
    for number, (text, quantity, price) in enumerate(content.items, 1):
        net += round(quantity * price, 2)
        rows.append((str(number), text, f"{quantity:g}", _euro(price), _euro(quantity * price)))
    sheet.set_font("body", "", size)
    with sheet.table(col_widths=(13, 76, 16, 30, 30), text_align=("L", "L", "R", "R", "R"), line_height=6) as table:
        for cells in rows:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    sheet.gap(2)
    tax = round(net * 0.19, 2)
    for label, value in (("Nettobetrag", net), ("Umsatzsteuer 19 %", tax), ("Rechnungsbetrag", net + tax)):
        sheet.set_font("body", "B" if label.startswith("Rechnung") else "", size)
        sheet.cell(130, 5.5, label, align="R")
        sheet.cell(35, 5.5, _euro(value), align="R", new_x="LMARGIN", new_y="NEXT")
    sheet.gap(3)
    sheet.write_text(
        f"Zahlbar ohne Abzug bis zum {content.deadline_text} auf das unten genannte Konto. "
        "Leistungszeitraum entspricht dem Rechnungsmonat.",
        size=content.look.size,
    )


def _euro(value: float) -> str:
    return f"{value:,.2f} €".replace(",", "_").replace(".", ",").replace("_", ".")


def _form(sheet: Sheet, content: Content) -> None:
    spec = content.spec
    sheet.set_xy(MARGIN, 38)
    sheet.write_text("\n".join(content.recipient), size=9, width=85)
    sheet.gap(3)
    sheet.write_text(content.title, size=17, bold=True)
    sheet.gap(1)
    sheet.write_text(spec.subject, size=10)
    sheet.gap(4)
    for number, (label, value) in enumerate(content.fields, 1):
        _field(sheet, number, label, value)
    sheet.gap(5)
    sheet.write_text("Erklärungen und Anlagen", size=11, bold=True)
    sheet.gap(1.5)
    for label, ticked in content.checks:
        _check(sheet, label, ticked=ticked)
    sheet.gap(4)
    for text in content.paragraphs:
        sheet.write_text(text, size=9.5)
    sheet.gap(6)
    if spec.foreign_reference:
        sheet.write_text(f"Unser Zeichen: {spec.foreign_reference}", size=9.5)
    sheet.write_text(f"Eingereicht von: {content.sender.name}, {content.sender.street}", size=9.5)
    sheet.write_text(f"Ort, Datum: Musterstadt, {content.date_text}", size=9.5)
    sheet.write_signature(content.signed_by, content.look.signature, content.look.size)


def _field(sheet: Sheet, number: int, label: str, value: str) -> None:
    """Draw a box with its number and label in small print and a typed answer."""
    x, y = MARGIN, sheet.get_y()
    sheet.rect(x, y, WIDTH, 10)
    sheet.set_font("body", "", 7)
    sheet.set_xy(x + 1, y + 0.6)
    sheet.cell(text=f"{number}  {label}")
    sheet.set_font("typed", "", 10)
    sheet.set_text_color(25, 35, 90)
    sheet.set_xy(x + 6, y + 4)
    sheet.cell(text=value)
    sheet.set_text_color(0)
    sheet.set_xy(x, y + 10)


def _check(sheet: Sheet, label: str, *, ticked: bool) -> None:
    x, y = MARGIN, sheet.get_y()
    sheet.rect(x, y + 0.5, 3.6, 3.6)
    if ticked:
        sheet.set_line_width(0.5)
        sheet.line(x + 0.3, y + 0.2, x + 3.6, y + 4.4)
        sheet.line(x + 3.7, y + 0.3, x + 0.2, y + 4.2)
        sheet.set_line_width(0.2)
    sheet.set_font("body", "", 9.5)
    sheet.set_xy(x + 6, y)
    sheet.cell(text=label, h=5)
    sheet.set_xy(x, y + 5.8)


def _annex(sheet: Sheet, content: Content) -> None:
    sheet.add_page()
    sheet.write_text(content.annex_title, size=12, bold=True)
    sheet.gap(5)
    sheet.set_font("body", "", content.look.size)
    with sheet.table(col_widths=(60, 105), text_align="L", line_height=8, padding=1) as table:
        for cells in content.annex:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    sheet.gap(6)
    sheet.write_text(f"Zu: {content.spec.subject}", size=9)


def _site_plan(sheet: Sheet) -> None:
    """Draw a simple site plan: parcels, street, buildings, a north arrow."""
    sheet.add_page()
    sheet.write_text("Anlage 2 – Lageplan, Maßstab 1:500", size=12, bold=True)
    sheet.rect(MARGIN, 45, WIDTH, 190)
    sheet.set_dash_pattern(dash=3, gap=1.5)
    for x in (70, 118, 160):
        sheet.line(x, 45, x + 6, 235)
    sheet.set_dash_pattern()
    sheet.set_fill_color(215)
    sheet.rect(MARGIN, 205, WIDTH, 16, style="DF")
    for x, y, width, height in ((35, 80, 26, 38), (82, 92, 30, 52), (130, 76, 22, 34)):
        sheet.rect(x, y, width, height, style="DF")
    sheet.set_fill_color(255)
    for x, y, text in (
        (38, 96, "Haus Nr. 5"),
        (88, 116, "Vorhaben"),
        (76, 211, "Straßenverkehrsfläche"),
    ):
        sheet.set_xy(x, y)
        sheet.set_font("body", "", 8)
        sheet.cell(text=text)
    sheet.line(178, 70, 178, 52)
    sheet.polyline([(175.5, 57), (178, 51), (180.5, 57)])
    sheet.set_xy(176, 72)
    sheet.cell(text="N")
