"""Submissions of a portal: which file is what, and what is refused."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.records.portal import SubmissionFaulty, is_submission_id, layout_of, metadata_of, values_of

DATA = json.dumps({"antragsteller": {"nachname": "Hollmann"}, "flaeche": 12.5, "kinder": [{"alter": 3}, {"alter": 5}]})
FORM_ID, PLAN_ID = "6c1f0a52-0001", "6c1f0a52-0002"


def sha512(text: str) -> str:
    return hashlib.sha512(text.encode()).hexdigest()


def metadata(**changes: Any) -> bytes:
    """Metadata with a filled form and a plan, as FIT-Connect writes them."""
    attachments = [
        {"attachmentId": PLAN_ID, "purpose": "attachment", "filename": "Lageplan.pdf", "hash": _hash("Plan")},
        {"attachmentId": FORM_ID, "purpose": "form", "filename": "Antrag.pdf", "hash": _hash("Formular")},
    ]
    structure = {"data": {"hash": _hash(DATA), "submissionSchema": {"mimeType": "application/json"}}}
    service = {"name": "Baugenehmigung", "identifier": "urn:de:fim:leika:leistung:99012014001000"}
    told = {"contentStructure": {**structure, "attachments": attachments}, "publicServiceType": service}
    return json.dumps({**told, **changes}).encode()


def _hash(text: str) -> dict[str, str]:
    return {"type": "sha512", "content": sha512(text)}


def files(**changes: str) -> dict[str, str]:
    texts = {"metadata.json": "", "data.json": DATA, FORM_ID: "Formular", "Lageplan.pdf": "Plan"}
    return {name: sha512(text) for name, text in {**texts, **changes}.items()}


def test_the_filled_form_stands_for_the_submission_and_the_rest_is_attached() -> None:
    layout = layout_of(metadata_of(metadata()), files())
    assert (layout.main, layout.names[layout.main]) == (FORM_ID, "Antrag.pdf")
    assert layout.order == ("Lageplan.pdf", "data.json", "metadata.json")
    assert layout.metadata.service == "Baugenehmigung"


def test_without_a_form_the_data_stand_for_it() -> None:
    told = metadata_of(metadata(contentStructure={"data": {}, "attachments": []}))
    layout = layout_of(told, {"metadata.json": "", "data.xml": "1"})
    assert (layout.main, layout.order) == ("data.xml", ("metadata.json",))


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (files(**{FORM_ID: "anders"}), "andere Datei"),
        (files(**{"data.json": "{}"}), "andere Datei"),
        (files(**{"data.xml": "<a/>"}), "genau eine"),
        (files(**{"fremd.exe": "x"}), "steht nicht in"),
        ({name: digest for name, digest in files().items() if name != FORM_ID}, "fehlt"),
    ],
)
def test_what_is_not_as_the_metadata_say_is_refused(there: dict[str, str], says: str) -> None:
    with pytest.raises(SubmissionFaulty, match=says):
        layout_of(metadata_of(metadata()), there)


def test_plain_values_are_found_by_name_unless_the_name_means_several() -> None:
    assert values_of(DATA.encode()) == {"nachname": "Hollmann", "flaeche": 12.5}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(JSON | st.fixed_dictionaries({"contentStructure": JSON, "publicServiceType": JSON}), st.binary(max_size=40))
def test_whatever_a_portal_sends_is_read_or_refused(told: object, noise: bytes) -> None:
    for content in (json.dumps(told).encode(), noise, b"[" * 100_000):
        assert isinstance(values_of(content), dict)
        with suppress(SubmissionFaulty):
            layout_of(metadata_of(content), {"metadata.json": "", "data.json": ""})


@pytest.mark.parametrize("wrong", ["", "kurz", "../../etc/passwd", "a" * 81, ".versteckt-1", "mit leerzeichen 1"])
def test_an_id_that_could_be_a_path_names_no_submission(wrong: str) -> None:
    assert not is_submission_id(wrong)
    assert is_submission_id("f5a3c1f0-7a3e-4f6b-9b1e-0c7b5d2e8a41")
