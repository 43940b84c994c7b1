"""The page of the exchange with the archive: who sees it, what it lists, and how a decision is made on it."""

from __future__ import annotations

from uuid import UUID, uuid4

from eakte.records.states import CaseFileState
from eakte.store.exchange import DisposalMessage, DisposalProcess, ExchangeDifference
from eakte.store.files import CaseFile
from tests.web.city import NOW, City
from tests.web.conftest import Person

PAGE = "/aussonderung/archiv"


def difference(city: City) -> UUID:
    """The archive left the old file in review; its offer waits for an answer."""
    with city.services.database.begin() as session:
        process = DisposalProcess(id=uuid4(), begun_at=NOW, begun_by="Test")
        file = session.get_one(CaseFile, city.old_file)
        file.process_id, file.state = process.id, CaseFileState.OFFERED
        sent, answer = (
            DisposalMessage(
                process_id=process.id, kind=kind, direction=direction, name=f"{kind}.zip", sha256=kind * 16, at=NOW
            )
            for kind, direction in (("0501", "out"), ("0502", "in"))
        )
        session.add_all([process, sent, answer])
        session.flush()
        made = ExchangeDifference(
            message_id=answer.id,
            process_id=process.id,
            case_file_id=file.id,
            code="left-in-review",
            object_id=str(file.id),
            found="Das Objekt ist noch mit B (bewerten) markiert.",
            blocks=True,
            noticed_at=NOW,
        )
        session.add(made)
        session.flush()
        return made.id


def test_a_difference_is_decided_on_its_page_and_listed_there_afterwards(city: City, manager: Person) -> None:
    difference_id = difference(city)
    shown = manager.get(PAGE)
    assert shown.status_code == 200
    assert "Noch mit B bewertet" in shown.text
    assert "Antwort bis" in shown.text
    refused = manager.post(f"{PAGE}/entscheidungen", difference_id=str(difference_id), decision="taken_out", reason="")
    assert refused.status_code == 422
    done = manager.post(
        f"{PAGE}/entscheidungen", difference_id=str(difference_id), decision="taken_out", reason="Das Amt braucht sie"
    )
    assert done.status_code == 303
    assert "Keine Abweichung ist offen." in manager.get(PAGE).text
    assert "Das Amt braucht sie" in manager.get(f"{PAGE}?zeige=entschieden").text
    with city.services.database.reading() as session:
        assert session.get_one(CaseFile, city.old_file).state is CaseFileState.CLOSED


def test_a_clerk_does_not_get_to_the_page(city: City, clerk: Person) -> None:
    difference(city)
    assert clerk.get(PAGE).status_code == 403
