"""Letters of the demo generator as readings, without drawing and recognising them: words on rows, facts read off."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from eakte.demo.letters.content import Content
from eakte.demo.letters.generator import letters
from ingest import load_rules
from ingest.classify import document_type, file_plan_units
from ingest.extract import facts_of
from ingest.model import Box, Page, Reading, TextSource, Word

RULES = Path(__file__).parent.parent / "config" / "classification"
_ROW, _SIGN = 58, 19


def lines_of(content: Content) -> list[str]:
    """What stands on the paper, in order."""
    spec = content.spec
    head = [spec.sender, "", *content.recipient, "", content.date_text]
    signs = [f"{content.reference_label}: {spec.reference}"] if spec.reference else []
    rows = [f"{name}: {value}" for name, value in (*content.fields, *content.annex)]
    texts = [*content.paragraphs, *content.grounds, *(item[0] for item in content.items), *rows, content.remedy]
    body = [line for text in texts for line in textwrap.wrap(text, 90)]
    return [*head, *signs, "", content.title, spec.subject, "", content.salutation, *body, "", content.closing]


def page_of(content: Content, image: Path) -> Page:
    """One page of words on rows."""
    words = []
    for row, line in enumerate(lines_of(content)):
        left = 300
        for text in line.split():
            words.append(Word(text, Box(left, 300 + row * _ROW, _SIGN * len(text), 40), 95))
            left += _SIGN * (len(text) + 1)
    text = "\n".join(lines_of(content))
    return Page(1, 2480, 3508, 300, TextSource.OCR, text, tuple(words), 95, image, image)


def reading_of(content: Content, folder: Path) -> Reading:
    """The letter as read, with what the rules of the house propose."""
    image = folder / "blank.webp"
    if not image.exists():
        Image.new("L", (8, 8)).save(image, "WEBP")
    page = page_of(content, image)
    facts, known = facts_of([page]), load_rules(RULES)
    return Reading(
        media_type="application/pdf",
        pages=(page,),
        renditions=(),
        facts=facts,
        document_type=document_type([page], facts, known),
        file_plan_units=file_plan_units([page], facts, known),
        software="test",
    )


HOUSE = {
    "bau-nachreichung": "Nachreichung",
    "bau-baubeginn": "Baubeginnsanzeige",
    "st-stundung": "Stundungsantrag",
    "bau-rechnung": "Rechnung",
    "bau-widerspruch": "Widerspruch",
    "bau-stellungnahme": "Stellungnahme",
}
"""What a department calls some of the letters; the rules of the house know half of these names."""


def house_letters(seed: int, *, each: int) -> Iterator[tuple[Content, str]]:
    """*each* letters of every type of the department with the name it files them by, the types in turn."""
    found: dict[str, list[Content]] = defaultdict(list)
    for letter in letters(seed, 60 * each + 200):
        found[letter.spec.template].append(letter.content)
    for number in range(each):
        for template, name in HOUSE.items():
            yield found[template][number], name
