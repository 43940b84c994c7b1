"""Who writes a letter: somebody from the pool, the applicant, or the city itself."""

from __future__ import annotations

from random import Random

from eakte.demo.data import CaseFileEntry, City
from eakte.demo.letters.texts import Sender, Template, Texts

_FIRM = ("GmbH", "eG", "KG", "OHG", "e. V.", "Anliegergemeinschaft")
_PLAIN: dict[int, str] = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


def choose_sender(
    random: Random, template: Template, texts: Texts, *, city: City, case_file: CaseFileEntry | None
) -> Sender:
    """Choose among the kinds of sender the template names."""
    kind = random.choice(template.senders)
    if kind == "city":
        return Sender(
            "city",
            kind,
            city.name,
            city.street,
            city.town,
            "Die Oberbürgermeisterin",
            "musterstadt.example",
            ("Nguyễn Thị Hạnh",),
        )
    if kind == "landlord":
        return _applicant(city.case_file("gartenweg-7").applicant, "Eichenallee 1", city.town)
    if kind == "applicant" and case_file is not None:
        if case_file.applicant != city.name:
            street = case_file.place if any(map(str.isdigit, case_file.place)) else "Lindenstraße 2"
            return _applicant(case_file.applicant, street, city.town)
        kind = "citizen" if case_file.topic == "anfrage" else "supplier"
    return random.choice(texts.of_kind(kind))


def _applicant(name: str, street: str, town: str) -> Sender:
    """Return an applicant as sender: firms get a letterhead, people do not."""
    if not any(mark in name for mark in _FIRM):
        return Sender(name, "applicant", name, street, town)
    short = "-".join(word for word in name.lower().split() if word.isalpha())[:24]
    plain = short.translate(_PLAIN)
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    return Sender(
        name, "applicant", name, street, town, "Geschäftsführung", f"{plain}.example", ("Geschäftsleitung",), initials
    )
