"""Learning as a whole: real files are received, read apart and proposed for; training, refusal, going back."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle, islice
from uuid import UUID

import pytest

from eakte.actions import filing, learning, proposals
from eakte.actions.filing import Filing
from eakte.actions.proposals import Read
from eakte.demo.letters.content import Content
from eakte.records.access import SYSTEM
from eakte.records.learning import ModelKind
from eakte.services import Services
from eakte.store.documents import IncomingItem
from eakte.store.learning import serving, versions_of
from eakte.store.people import unit_by_code
from eakte.worker import intake
from eakte.worker import learning as worker
from tests.generated import house_letters, lines_of
from tests.town import Town
from tests.worker.test_learning import arrive as arrive_read

TYPE = ModelKind.DOCUMENT_TYPE
ONLY_SQLITE = pytest.mark.parametrize("town", ["sqlite"], indirect=True)
"""Reading files apart costs most here and knows no database."""


def arrive(town: Town, services: Services, text: str) -> UUID:
    """Receive a file and do what the worker does with it."""
    item_id = town.receive(text.encode()).item_id
    intake.read(services, str(item_id))
    intake.propose(services, str(item_id))
    return item_id


def written(content: Content) -> str:
    return "\n".join(lines_of(content))


def proposal(town: Town, item_id: UUID) -> Read:
    with town.database.reading() as session:
        return proposals.from_json(session.get_one(IncomingItem, item_id).proposals)


def decide(town: Town, item_id: UUID, case_file_id: UUID, name: str) -> None:
    town.now += timedelta(minutes=1)
    with town.database.begin() as session:
        decided = Filing(case_file_id, None, name, "Schreiben", "Absender", None)
        filing.file_document(session, town.actor("brandt"), item_id, decided, town.now)


def unit_id(town: Town) -> UUID:
    with town.database.reading() as session:
        unit = unit_by_code(session, "63.2")
        assert unit is not None
        return unit.id


def served(town: Town) -> int:
    """The number of the version that serves; 0: the rules alone."""
    with town.database.reading() as session:
        version = serving(session, unit_id(town), TYPE)
        return version.number if version else 0


NAMES = frozenset({"Nachreichung", "Stundungsantrag", "Stellungnahme"})
"""Three of the department's names: each letter that is asked about costs a process that reads it."""


def some_letters(seed: int, each: int) -> list[tuple[str, str]]:
    return [(written(content), name) for content, name in house_letters(seed, each=each) if name in NAMES]


def right(town: Town, services: Services, seed: int) -> int:
    letters = some_letters(seed, each=2)
    found = [proposal(town, arrive(town, services, text)).document_type for text, _ in letters]
    return sum(one is not None and one.value == name for one, (_, name) in zip(found, letters, strict=True))


@ONLY_SQLITE
def test_rules_and_references_speak_first_and_after_twenty_confirmations_of_each_type_it_is_better_and_says_why(
    town: Town, services: Services
) -> None:
    case_file = town.case_file()
    named = f"Otto Fremd\n\nIhr Zeichen: {case_file.file_reference}\n\nNachtrag\n\nanbei die fehlende Seite."
    best = proposal(town, arrive(town, services, named)).case_files[0]
    assert (best.value, best.confidence >= 0.95) == (str(case_file.id), True)
    assert "Aktenzeichen" in best.reason
    before = right(town, services, seed=2)
    assert before >= 2, "with nothing learned the rules know some of the types"
    for content, name in house_letters(1, each=20):
        if name in NAMES:
            decide(town, arrive_read(town, content, services), case_file.id, name)
    worker.train_types(services, str(unit_id(town)), learning.BY_NIGHT)
    assert served(town) == 1
    assert right(town, services, seed=3) >= before + 2
    text = next(text for text, name in some_letters(4, each=1) if name == "Stundungsantrag")
    told = proposal(town, arrive(town, services, text)).document_type
    assert told is not None
    assert "als „Stundungsantrag“ abgelegt" in told.reason


TEXTS = {
    "Antrag": "Hiermit beantrage ich die Genehmigung für den Neubau mit Lageplan und Statik Nummer {number}",
    "Rechnung": "Rechnung über den zahlbaren Betrag mit Umsatzsteuer für unsere Lieferung Nummer {number}",
}


def decisions(town: Town, case_file_id: UUID, count: int, *, swapped: bool = False) -> None:
    other = {"Antrag": "Rechnung", "Rechnung": "Antrag"}
    for name in islice(cycle(TEXTS), count):
        town.counter += 1
        item_id = town.waiting(text=TEXTS[name].format(number=town.counter))
        decide(town, item_id, case_file_id, other[name] if swapped else name)


@ONLY_SQLITE
def test_what_learned_from_mistakes_is_refused_the_one_before_serves_on_and_one_can_go_back(
    town: Town, services: Services
) -> None:
    case_file, unit = town.case_file(), str(unit_id(town))
    decisions(town, case_file.id, 20)
    worker.train_types(services, unit, learning.BY_NIGHT)
    assert served(town) == 1
    decisions(town, case_file.id, 30, swapped=True)
    decisions(town, case_file.id, 12)
    worker.train_types(services, unit, learning.BY_NIGHT)
    with town.database.reading() as session:
        newest = versions_of(session, UUID(unit), TYPE)[0]
        assert newest.number == 2
        assert newest.right < newest.right_before
    assert served(town) == 1
    for number in (2, 1, 0):
        with town.database.begin() as session:
            learning.use(session, SYSTEM, unit_code="63.2", kind=TYPE, number=number, now=town.now)
        assert served(town) == number
