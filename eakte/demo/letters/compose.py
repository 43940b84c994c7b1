"""Compose a letter from case file, template, sender and seed: pure, the same seed gives the same letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from eakte.demo.data import CaseFileEntry, City
from eakte.demo.letters.chance import chance
from eakte.demo.letters.content import Content, Look
from eakte.demo.letters.days import long_date, pick_letter_date, short_date, working_day
from eakte.demo.letters.senders import choose_sender
from eakte.demo.letters.spec import Carrier, LetterSpec, Printed, Shape
from eakte.demo.letters.texts import Choice, Sender, Template, Texts

_FONTS = ("Liberation Sans", "Noto Sans", "DejaVu Serif", "Liberation Serif", "Noto Serif", "DejaVu Sans")
_PLAIN_FONTS = ("Liberation Serif", "Liberation Mono", "DejaVu Sans Mono", "Liberation Sans", "Noto Serif")
_INKS = ((24, 60, 110), (120, 20, 30), (20, 90, 60), (40, 40, 40), (150, 80, 10), (70, 40, 100))
_FREE = 12
"""Every twelfth letter belongs to no case file."""
_REMEDY = (
    "Rechtsbehelfsbelehrung: Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe "
    "Widerspruch bei der oben genannten Behörde schriftlich oder zur Niederschrift erhoben werden (§ 70 VwGO)."
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The choices made so far for one letter."""

    number: int
    random: Random
    template: Template
    case_file: CaseFileEntry | None
    sender: Sender
    words: dict[str, str]
    letter_date: date
    deadline: date


def compose(city: City, texts: Texts, *, seed: int, number: int) -> Content:
    """Return letter *number* of *seed*."""
    draft = _draft(city, texts, seed=seed, number=number)
    spec = _spec(draft)
    random, template, sender = draft.random, draft.template, draft.sender
    signed_by = random.choice(sender.people) if sender.people else sender.name
    fill = draft.words.get
    return Content(
        spec=spec,
        look=_look(draft, spec),
        sender=sender,
        signed_by=signed_by,
        recipient=_recipient(draft, city),
        date_text=spec.evidence[0].text,
        salutation="Sehr geehrte Damen und Herren,",
        paragraphs=tuple(_one(random, part).format_map(draft.words) for part in template.paragraphs),
        grounds=template.grounds if random.random() < 0.6 else (),
        closing="Im Auftrag" if spec.shape is Shape.NOTICE else "Mit freundlichen Grüßen",
        title=template.title,
        fields=_fields(draft, spec),
        checks=tuple((text, random.random() < 0.6) for text in template.checks),
        items=template.items,
        deadline_text=fill("deadline", ""),
        annex_title=template.annex_title if random.random() < 0.75 else "",
        annex=tuple((left, right.format_map(draft.words)) for left, right in template.annex),
        remedy=_REMEDY if template.document_type == "Bescheid" else "",
    )


def _draft(city: City, texts: Texts, *, seed: int, number: int) -> Draft:
    random = chance(seed, number)
    case_file = None if number % _FREE == _FREE - 1 else _turn(city.case_files, seed, number)
    topic = case_file.topic if case_file else "frei"
    template = random.choice(texts.for_topic(topic))
    sender = choose_sender(random, template, texts, city=city, case_file=case_file)
    written = pick_letter_date(random, case_file)
    deadline = written + timedelta(days=random.randrange(14, 43))
    words = _words(random, case_file, city, letter_date=written, deadline=deadline)
    return Draft(number, random, template, case_file, sender, words, written, deadline)


def _turn(entries: tuple[CaseFileEntry, ...], seed: int, number: int) -> CaseFileEntry:
    """Give every case file one letter, in an order of the seed; after that only the open ones get post."""
    place = number - number // _FREE
    if place < len(entries):
        order = list(entries)
        chance(seed, "order").shuffle(order)
        return order[place]
    again = [entry for entry in entries if entry.closed is None for _ in range(entry.post)]
    turn, place = divmod(place - len(entries), len(again))
    chance(seed, "order", turn).shuffle(again)
    return again[place]


def _words(
    random: Random, case_file: CaseFileEntry | None, city: City, *, letter_date: date, deadline: date
) -> dict[str, str]:
    earlier = letter_date - timedelta(days=random.randrange(20, 60))
    if case_file is not None:
        earlier = max(earlier, case_file.opened)
    return {
        "matter": case_file.matter if case_file else "",
        "place": case_file.place if case_file else city.street,
        "applicant": case_file.applicant if case_file else "",
        "parcel": f"Flur {random.randrange(2, 19)}, Flurstück {random.randrange(20, 480)}/{random.randrange(1, 9)}",
        "earlier": long_date(earlier) if random.random() < 0.3 else short_date(earlier),
        "deadline": long_date(deadline) if random.random() < 0.5 else short_date(deadline),
        "amount": f"{random.randrange(320, 2900)},{random.randrange(100):02d}",
        "rent": f"{random.randrange(420, 940)},{random.randrange(100):02d}",
        "value": f"{random.randrange(180, 980)}.000",
        "number": str(random.randrange(24, 180)),
        "small": str(random.randrange(2, 9)),
        "invoice": f"{letter_date.year}-{random.randrange(1000, 9999)}",
    }


def _spec(draft: Draft) -> LetterSpec:
    random, template, case_file = draft.random, draft.template, draft.case_file
    subject = template.subject.format_map(draft.words)
    reference = case_file.reference if case_file and random.random() < 0.72 else None
    foreign = None
    if draft.sender.sign and random.random() < 0.8:
        foreign = f"{draft.sender.sign}{random.randrange(100, 999)}-{draft.letter_date:%y}"
    date_text = (long_date if random.random() < 0.6 else short_date)(draft.letter_date)
    uses_deadline = any("{deadline}" in str(part) for part in (*template.paragraphs, *template.fields))
    deadline = draft.deadline if uses_deadline or template.shape is Shape.INVOICE else None
    facts = [
        ("letter_date", date_text), ("sender", draft.sender.name), ("subject", subject),
        ("reference", reference), ("foreign_reference", foreign),
    ]  # fmt: skip
    carrier = _carrier(random, template)
    received = working_day(draft.letter_date + timedelta(days=random.randrange(2, 5)))
    return LetterSpec(
        key=f"{draft.number:04d}-{template.key}",
        template=template.key,
        shape=Shape.PLAIN if draft.sender.private and template.shape is Shape.LETTER else template.shape,
        document_type=template.document_type,
        sender=draft.sender.name,
        letter_date=draft.letter_date,
        received_on=max(received, draft.letter_date + timedelta(days=1)),
        subject=subject,
        reference=reference,
        case_file_key=case_file.key if case_file else None,
        file_plan_code=case_file.plan if case_file else None,
        unit_code=case_file.unit if case_file else None,
        foreign_reference=foreign,
        deadline=deadline,
        direction=template.direction,
        legal_remedy=template.legal_remedy,
        evidence=tuple(Printed(name, text, 1) for name, text in facts if text is not None),
        carrier=carrier,
        dpi=300 if carrier is Carrier.SCAN_TIFF or random.random() < 0.3 else 200,
        font=random.choice(_PLAIN_FONTS if draft.sender.private else _FONTS),
        filename=_filename(draft, carrier),
    )


def _carrier(random: Random, template: Template) -> Carrier:
    if template.direction == "OUTGOING":
        return Carrier.BORN_PDF
    lot = random.random()
    if lot < 0.17:
        return Carrier.BORN_PDF
    if lot < 0.27:
        return Carrier.SCAN_TIFF
    short = not template.annex and not template.grounds and len(template.fields) + len(template.checks) < 14
    if lot < 0.35 and short:
        return Carrier.SCAN_JPEG
    return Carrier.SCAN_PDF


def _filename(draft: Draft, carrier: Carrier) -> str:
    ending = {Carrier.SCAN_TIFF: "tif", Carrier.SCAN_JPEG: "jpg"}.get(carrier, "pdf")
    stem = "Dokument" if carrier is Carrier.BORN_PDF else "Scan"
    return f"{stem}_{draft.letter_date:%Y-%m-%d}_{draft.number:04d}.{ending}"


def _look(draft: Draft, spec: LetterSpec) -> Look:
    random = draft.random
    heads = ("left", "right", "centre", "bar")
    return Look(
        head="none" if draft.sender.private else heads[sum(map(ord, draft.sender.key)) % len(heads)],
        font=spec.font,
        size=random.choice((10.0, 10.5, 11.0)),
        ink=_INKS[sum(map(ord, draft.sender.name)) % len(_INKS)],
        reference_place=random.choice(("info", "subject")),
        signature=sum(map(ord, draft.sender.name)),
        site_plan="bauen" in draft.template.topics and bool(draft.template.annex) and random.random() < 0.6,
    )


def _recipient(draft: Draft, city: City) -> tuple[str, ...]:
    case_file = draft.case_file
    if draft.template.direction == "OUTGOING" and case_file is not None:
        return case_file.applicant, case_file.place, city.town
    if case_file is None:
        return city.name, city.street, city.town
    unit = city.unit(case_file.unit.partition(".")[0])
    return city.name, unit.name, city.street, city.town


def _fields(draft: Draft, spec: LetterSpec) -> tuple[tuple[str, str], ...]:
    fields = tuple((label, value.format_map(draft.words)) for label, value in draft.template.fields)
    if not fields:
        return ()
    return (("Aktenzeichen der Stadt, falls bekannt", spec.reference or "–"), *fields)


def _one(random: Random, part: Choice) -> str:
    return part if isinstance(part, str) else random.choice(part)
