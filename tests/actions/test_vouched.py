"""What the source says a document is stays so, whatever was learned."""

from __future__ import annotations

import io

from eakte.actions import filing, intake, proposals, proposing
from eakte.actions.filing import Filing
from eakte.actions.intake import Source, Told, Upload
from eakte.store.documents import Document, IncomingItem
from tests.town import Town

TEXT = (
    "Sehr geehrte Damen und Herren, zu unserem Vorhaben am Gartenweg reichen wir hiermit die fehlenden Pläne und die "
    "Statik nach und bitten um weitere Bearbeitung"
)


def kept(town: Town, item_id: object) -> tuple[str, str, str]:
    """The document's type, the proposed one, and its reason."""
    with town.database.reading() as session:
        item = session.get_one(IncomingItem, item_id)
        assert isinstance(item.document, Document)
        proposed = proposals.from_json(item.proposals).document_type
        assert proposed is not None
        return item.document.document_type, proposed.value, proposed.reason


def decide(town: Town, kind: str) -> None:
    case_file, item_id = town.case_file(), town.waiting(text=TEXT)
    with town.database.begin() as session:
        decided = Filing(case_file.id, None, kind, "Pläne", "Hollmann", None)
        filing.file_document(session, town.actor("brandt"), item_id, decided, town.now)


def test_a_type_the_source_vouches_for_is_not_changed_by_what_was_decided_about_letters_alike(town: Town) -> None:
    for _ in range(3):
        decide(town, "Nachreichung")
    stored = town.objects.put(io.BytesIO(b"vom Scanner der Bauakten"))
    told = Told(document_type="Antrag")  # what the rules say as well
    upload = Upload(stored, "scan.pdf", Source.FOLDER, "63.2", "told-1", told)
    with town.database.begin() as session:
        vouched = intake.receive(session, town.objects, town.actor("brandt"), upload, town.now).item_id
    town.read(vouched, text=TEXT)
    plain = town.waiting(text=TEXT)
    assert kept(town, plain)[:2] == ("Nachreichung", "Nachreichung")
    assert kept(town, vouched)[:2] == ("Antrag", "Antrag")
    assert "Quelle" in kept(town, vouched)[2]
    with town.database.begin() as session:
        proposing.renew_proposals(session, vouched, town.now)
    assert kept(town, vouched)[:2] == ("Antrag", "Antrag")


def test_a_type_a_clerk_had_decided_before_taking_the_filing_back_is_not_overwritten(town: Town) -> None:
    case_file, item_id = town.case_file(), town.waiting(text=TEXT)
    with town.database.begin() as session:
        decided = Filing(case_file.id, None, "Statik", "Pläne", "Hollmann", None)
        filed = filing.file_document(session, town.actor("brandt"), item_id, decided, town.now)
    with town.database.begin() as session:
        filing.undo(session, town.actor("brandt"), filed.document_id, town.now)
    with town.database.begin() as session:
        proposing.renew_proposals(session, item_id, town.now)
    assert kept(town, item_id)[0] == "Statik"
