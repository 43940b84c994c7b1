"""The inbox: what a clerk sees, files, takes back, drops and retries."""

from __future__ import annotations

import re

from eakte.store.documents import IncomingItem
from ingest.model import Box, Mention, MentionKind
from tests.web.city import City, reread, state_of
from tests.web.conftest import Person


def filing(city: City, **changed: str) -> dict[str, str]:
    return {
        "case_file_id": str(city.file_id),
        "document_type": "Bauantrag",
        "subject": "Antrag",
        "sender": "Hollmann & Dräger",
        "letter_date": "12.11.2026",
        **changed,
    }


def test_the_inbox_shows_the_first_item_with_its_proposal_and_its_evidence(city: City, clerk: Person) -> None:
    page = clerk.get("/posteingang").text
    assert "Architekturbüro Hollmann &amp; Dräger" in page
    assert city.file_reference in page
    assert "sicher" in page
    assert 'data-show-proof="1"' in page
    assert f'value="{city.file_id}" checked' in page
    assert "15.12.2026" in page


def test_what_a_letter_mentions_is_a_numbered_list_with_the_same_numbers_at_boxes_on_the_page(
    city: City, clerk: Person
) -> None:
    two_lines = (Box(140, 600, 300, 38), Box(140, 690, 200, 38))
    reread(
        city,
        city.waiting[0],
        mentions=(
            Mention(MentionKind.DEADLINE, "2026-12-15", "15. Dezember 2026", 1, (Box(9, 9, 9, 9),), 0.9),
            Mention(MentionKind.RUNNING_LIMIT, "1 Monat nach Zustellung", "…", 1, two_lines, 0.97),
            Mention(MentionKind.AMOUNT, "1284.50", "1.284,50 €", 1, (Box(140, 780, 90, 38),), 0.97, "Gebühr"),
            Mention(MentionKind.IBAN, "DE89370400440532013000", "DE89 …", 1, (), 0.97),
            Mention(MentionKind.PERSON, "<b>Brandt</b>", "Brandt", 7, (Box(1, 1, 1, 1),), 0.97),
        ),
    )
    page = clerk.get(f"/posteingang/{city.waiting[0]}").text
    mentioned = page[page.index('id="ea-mentions"') : page.index("</details>", page.index('id="ea-mentions"'))]
    lines = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in mentioned.split("<li>")[1:]]
    assert lines == [
        "7 S. 1 Fundstelle zeigen: Frist 1 Monat nach Zustellung Frist 1 Monat nach Zustellung",
        "8 S. 1 Fundstelle zeigen: Betrag 1.284,50 € Gebühr 1.284,50 €",
        "9 IBAN DE89 3704 0044 0532 0130 00",
        "10 Person &lt;b&gt;Brandt&lt;/b&gt;",
    ]
    boxes = re.findall(r'<g class="ea-proof" data-number="(\d+)" data-mention>.*?<rect x="(\d+)" y="(\d+)"', page)
    assert boxes == [("7", "136", "596"), ("7", "136", "686"), ("8", "136", "776")]
    assert page.count(">7</text>") == 1


def test_what_came_with_an_invoice_or_was_read_once_stands_in_its_fields(city: City, clerk: Person) -> None:
    amounts = [
        Mention(MentionKind.AMOUNT, value, value, 1, (), 0.97, called)
        for value, called in (("119.00", "Rechnungsbetrag"), ("100.00", "Nettobetrag"), ("50.00", "Nettobetrag"))
    ]
    account = Mention(MentionKind.IBAN, "DE89370400440532013000", "DE89 …", 1, (), 0.97)
    reread(city, city.waiting[0], mentions=(*amounts, account))
    with city.services.database.begin() as session:
        document = session.get_one(IncomingItem, city.waiting[0]).document
        assert document is not None
        document.document_type, document.field_values = "Rechnung", {"rechnungsnummer": "2026-1088"}
    page = clerk.get(f"/posteingang/{city.waiting[0]}").text

    def shown(name: str) -> str:
        field = re.search(rf'<input[^>]*name="[^"]*{name}"[^>]*>', page)
        assert field
        value = re.search(r' value="([^"]*)"', field[0])
        return value[1] if value else ""

    assert [shown(name) for name in ("rechnungsnummer", "\\.betrag", "iban", "nettobetrag")] == [
        "2026-1088", "119,00", "DE89370400440532013000", "",
    ]  # fmt: skip


def test_a_letter_that_mentions_nothing_has_no_list(city: City, clerk: Person) -> None:
    reread(city, city.waiting[0], mentions=())
    assert "Im Schreiben genannt" not in clerk.get(f"/posteingang/{city.waiting[0]}").text


def test_filing_shows_the_next_item_and_offers_to_take_it_back(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    answer = clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", htmx=True, **filing(city))
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == f"/posteingang/{city.waiting[1]}"
    assert f"Abgelegt in {city.file_reference}" in answer.text
    assert "Rückgängig" in answer.text
    assert state_of(city, city.waiting[0]) == "filed"


def test_filing_works_without_script(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    answer = clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", **filing(city))
    assert answer.status_code == 303
    assert f"Abgelegt in {city.file_reference}" in clerk.get(answer.headers["Location"]).text


def test_the_end_of_the_queue_is_no_error(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    for item_id in city.waiting:
        answer = clerk.post(f"/posteingang/{item_id}/ablegen", htmx=True, **filing(city))
    assert "Posteingang ist leer." in answer.text
    assert "Posteingang ist leer." in clerk.get("/posteingang").text


def test_a_filing_is_taken_back(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    undo = f"/dokumente/{city.filed}/rueckgaengig"
    answer = clerk.post(undo)
    assert answer.status_code == 303
    assert "Vorschlag zur Ablage" in clerk.get(answer.headers["Location"]).text


def test_filing_without_a_case_file_says_what_is_missing(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    answer = clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", htmx=True, **filing(city, case_file_id=""))
    assert answer.status_code == 422
    assert answer.headers["X-Error-Field"] == "case_file_id"
    assert "Bitte wählen Sie eine Akte aus." in answer.text


def test_a_wrong_date_is_named_at_its_field(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    answer = clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", htmx=True, **filing(city, letter_date="31.02.2026"))
    assert (answer.status_code, answer.headers["X-Error-Field"]) == (422, "letter_date")


def test_a_stale_form_never_overwrites(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    answer = clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", htmx=True, **filing(city, revision="1"))
    assert answer.status_code == 409
    assert state_of(city, city.waiting[0]) == "waiting"


def test_an_item_is_dropped_only_with_a_reason(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    path = f"/posteingang/{city.waiting[0]}/nicht-aktenrelevant"
    assert clerk.post(path, reason=" ").status_code == 422
    assert clerk.post(path, reason="Werbung").status_code == 303
    assert state_of(city, city.waiting[0]) == "dropped"


def test_a_fault_is_listed_with_its_reason_and_read_again(city: City, clerk: Person) -> None:
    assert "kaputt.pdf" in clerk.get("/stoerungen").text
    assert clerk.post(f"/posteingang/{city.fault}/erneut").status_code == 303
    assert state_of(city, city.fault) == "received"


def test_another_case_file_is_found_by_typing_and_chosen_by_hand(city: City, clerk: Person) -> None:
    options = clerk.htmx(f"/posteingang/{city.waiting[0]}/akten?q=Gartenweg").text
    assert city.file_reference in options
    assert 'role="option"' in options
    chosen = clerk.htmx(f"/posteingang/{city.waiting[0]}?akte={city.file_id}").text
    assert f'value="{city.file_id}" checked' in chosen


def test_a_new_case_file_comes_back_to_the_item(city: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    answer = clerk.post(
        "/akten",
        item=str(city.waiting[0]),
        file_plan_code="63.20 Baugenehmigungen",
        subject="Carport",
        org_unit_code="63.2",
    )
    assert answer.status_code == 303
    assert "von Hand" in clerk.get(answer.headers["Location"]).text


def test_the_poll_of_the_top_bar_is_answered_short_while_nothing_changes(clerk: Person) -> None:
    first = clerk.htmx("/posteingang/lesen")
    again = clerk.htmx("/posteingang/lesen", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_the_case_is_preselected_with_its_reason_and_a_new_one_can_be_opened_with_the_letter(
    city: City, clerk: Person
) -> None:
    page = clerk.get(f"/posteingang/{city.waiting[0]}").text
    assert re.search(r'<option value="[0-9a-f-]{36}" selected>01 ', page)
    assert "Neuer Vorgang" in page
    assert re.search(r'id="ea-case-reason">[^<]+\(\d+ %\)', page)
    changed = filing(city, case_id="new", subject="Nachtrag zur Tiefgarage")
    clerk.post(f"/posteingang/{city.waiting[0]}/ablegen", **changed)
    shown = clerk.get(f"/posteingang/{city.waiting[1]}/vorgaenge?case_file_id={city.file_id}").text
    assert "02 Nachtrag zur Tiefgarage" in shown


def test_of_a_file_nobody_may_know_of_no_case_is_shown(city: City, clerk: Person) -> None:
    unknown = "00000000-0000-0000-0000-000000000001"
    shown = clerk.get(f"/posteingang/{city.waiting[0]}/vorgaenge?case_file_id={unknown}")
    assert shown.status_code == 200
    assert "<option" not in shown.text
