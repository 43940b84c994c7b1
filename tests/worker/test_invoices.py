"""An electronic invoice comes into the inbox with the values of its fields, ready to be filed."""

from __future__ import annotations

from sqlalchemy import select

from eakte.records.field_values import judged
from eakte.records.metadata import Required
from eakte.services import Services
from eakte.store.declarations import read_catalogue
from eakte.store.documents import Document
from eakte.worker.intake import read
from tests.ingest import invoice_files
from tests.town import Town


def test_what_an_invoice_states_stands_in_its_fields(town: Town, services: Services) -> None:
    read(services, str(town.receive(invoice_files.ubl()).item_id))
    with town.database.reading() as session:
        document = session.scalars(select(Document)).one()
        assert (document.document_type, document.sender) == ("Rechnung", "Bäder & Söhne GmbH")
        values = document.field_values
    assert (values["rechnungsnummer"], values["betrag"]) == ("R-2026/0815", "119.00")
    assert (values["rechnungsdatum"], values["faellig_am"]) == ("2026-11-20", "2026-12-20")
    assert (values["iban"], values["leitweg_id"]) == (invoice_files.IBAN, "03241001-63-44")
    declared = {spec.name: spec for spec in read_catalogue(services.settings.config_folder).document_fields("Rechnung")}
    assert set(values) <= set(declared)
    assert judged(declared.values(), values, Required.FILING) == ()


def test_amounts_in_another_currency_are_no_euros(town: Town, services: Services) -> None:
    read(services, str(town.receive(invoice_files.ubl(currency="CHF")).item_id))
    with town.database.reading() as session:
        values = session.scalars(select(Document)).one().field_values
    assert "betrag" not in values
    assert values["rechnungsnummer"] == "R-2026/0815"
